// The sections of a bundle's file, read before anything is trusted: signing, verifying and stripping work on files that
// nobody has verified yet. Refuses a file whose header or section table is not one.

package import PosternKernel

/// Where the sections of a file lie.
package struct SectionTable {
  package struct Entry: Equatable {
    package var id: SectionID
    package var flags: UInt32
    package var range: Range<Int>
  }

  package let entries: [Entry]
  package let revision: UInt64
  /// The digest of the manifest that the header states.
  package let manifestDigest: [UInt8]

  /// Reads the table of `bytes`; nil where they are no bundle.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count >= BundleFormat.headerByteCount, bytes.u64(at: 0) == BundleFormat.magic,
      bytes.u16(at: 8) == BundleFormat.version, let count = bytes.u32(at: 12), count <= BundleFormat.sectionLimit,
      let revision = bytes.u64(at: 16)
    else { return nil }
    self.revision = revision
    manifestDigest = Array(bytes[BundleFormat.digestOffset..<BundleFormat.digestOffset + SHA256.byteCount])
    var entries: [Entry] = []
    for index in 0..<Int(count) {
      let offset = BundleFormat.headerByteCount + index * BundleFormat.tableEntryByteCount
      guard let entry = Self.entry(bytes, at: offset), entries.last.map({ $0.precedes(entry) }) ?? true else {
        return nil
      }
      entries.append(entry)
    }
    self.entries = entries
  }

  private static func entry(_ bytes: [UInt8], at offset: Int) -> Entry? {
    guard let id = bytes.u32(at: offset), let flags = bytes.u32(at: offset + 4),
      let start = bytes.u64(at: offset + 8).flatMap(Int.init(exactly:)),
      let count = bytes.u64(at: offset + 16).flatMap(Int.init(exactly:)),
      start <= bytes.count, count <= bytes.count - start
    else { return nil }
    return Entry(id: SectionID(id), flags: flags, range: start..<start + count)
  }

  /// Where a section lies; nil where there is none.
  package func range(_ id: SectionID) -> Range<Int>? { entries.first { $0.id == id }?.range }
}

extension SectionTable.Entry {
  fileprivate func precedes(_ next: Self) -> Bool {
    id.rawValue < next.id.rawValue && range.upperBound <= next.range.lowerBound
  }
}

extension [UInt8] {
  /// The little-endian number at `offset`; nil where it does not lie inside.
  package func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number? {
    let byteCount = Number.bitWidth / 8
    guard offset >= 0, offset <= count - byteCount else { return nil }
    var number: Number = 0
    for index in 0..<byteCount { number |= Number(truncatingIfNeeded: self[offset + index]) << Number(8 * index) }
    return number
  }

  package func u16(at offset: Int) -> UInt16? { number(at: offset, as: UInt16.self) }
  package func u32(at offset: Int) -> UInt32? { number(at: offset, as: UInt32.self) }
  package func u64(at offset: Int) -> UInt64? { number(at: offset, as: UInt64.self) }

  /// The bytes from `offset`; nil where they do not lie inside.
  package func slice(at offset: Int, count byteCount: Int) -> ArraySlice<UInt8>? {
    guard offset >= 0, byteCount >= 0, offset <= count, byteCount <= count - offset else { return nil }
    return self[offset..<offset + byteCount]
  }
}
