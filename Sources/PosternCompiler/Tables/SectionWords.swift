// Records as little-endian u32 words, in which every field of the format but texts can be said. Refuses nothing.

internal import PosternKernel

extension [UInt32] {
  /// Appends a u64 field.
  mutating func append64(_ value: UInt64) {
    append(UInt32(truncatingIfNeeded: value))
    append(UInt32(truncatingIfNeeded: value >> 32))
  }

  /// Appends a run as u32 start (or offset), u32 count.
  mutating func append(_ run: Run) {
    append(run.start)
    append(run.count)
  }

  /// Appends reserved words.
  mutating func appendZeroes(_ count: Int) { append(contentsOf: repeatElement(0, count: count)) }

  /// Appends zeroes to the next multiple of `wordCount`.
  mutating func pad(toMultipleOf wordCount: Int) { appendZeroes((wordCount - count % wordCount) % wordCount) }

  /// Appends pilots, two a word.
  mutating func append(pilots: [UInt16]) {
    for index in stride(from: 0, to: pilots.count, by: 2) {
      append(UInt32(pilots[index]) | (index + 1 < pilots.count ? UInt32(pilots[index + 1]) << 16 : 0))
    }
  }

  /// A perfect table up to its slots (docs/bundle-format.md, "Perfect tables").
  static func tableHead(_ placement: PerfectPlacement) -> [UInt32] {
    var words: [UInt32] = []
    words.append64(placement.seed)
    words.append(placement.slotCount)
    words.append(UInt32(placement.pilots.count))
    if placement.pilots.isEmpty { return words }
    words.append(pilots: placement.pilots)
    words.pad(toMultipleOf: BundleFormat.sectionAlignment / 4)
    return words
  }
}

/// A section before it has a place in the file.
struct SectionDraft {
  enum Content: Equatable {
    case bytes([UInt8])
    case words([UInt32])
  }

  let id: SectionID
  let isRequired: Bool
  var content: Content

  var byteCount: Int {
    switch content {
    case .bytes(let bytes): bytes.count
    case .words(let words): words.count * 4
    }
  }

  static func required(_ id: SectionID, _ words: [UInt32]) -> SectionDraft {
    SectionDraft(id: id, isRequired: true, content: .words(words))
  }

  /// A section that the kernel does not read.
  static func optional(_ id: SectionID, _ bytes: [UInt8]) -> SectionDraft {
    SectionDraft(id: id, isRequired: false, content: .bytes(bytes))
  }
}
