// Numbers by text, compared byte for byte: Swift's own comparison takes two spellings of one letter for equal, and a policy
// must not. The texts lie in one buffer, so that a million of them cost little more than their bytes.

/// An open-addressing table from texts to 32-bit numbers.
struct ByteTextIndex {
  private struct Entry {
    var offset: Int
    var byteCount: UInt32
    var number: UInt32
  }

  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  /// Indices into `entries` plus one; 0 is free. A power of two of them, at most half in use.
  private var slots = [UInt32](repeating: 0, count: 64)

  /// The number of a text.
  func number(of text: String) -> UInt32? {
    var text = text
    return text.withUTF8 { buffer in
      let entry = slots[unsafe slot(of: buffer)]
      return entry == 0 ? nil : entries[Int(entry) - 1].number
    }
  }

  /// Adds a text that is not there yet.
  mutating func add(_ text: String, _ number: UInt32) {
    if (entries.count + 1) * 2 > slots.count { grow() }
    var text = text
    text.withUTF8 { buffer in
      let slot = unsafe slot(of: buffer)
      entries.append(
        Entry(offset: bytes.count, byteCount: UInt32(truncatingIfNeeded: buffer.count), number: number))
      unsafe bytes.append(contentsOf: buffer)
      slots[slot] = UInt32(truncatingIfNeeded: entries.count)
    }
  }

  /// The slot that holds a text, or the free one that it would take.
  private func slot(of text: UnsafeBufferPointer<UInt8>) -> Int {
    var slot = unsafe Self.hash(UnsafeRawBufferPointer(text)) & (slots.count - 1)
    while slots[slot] != 0 {
      let entry = entries[Int(slots[slot]) - 1]
      if unsafe Int(entry.byteCount) == text.count && isEqual(entry, text) { break }
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  private func isEqual(_ entry: Entry, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    for index in 0..<Int(entry.byteCount) where unsafe bytes[entry.offset + index] != text[index] { return false }
    return true
  }

  private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    unsafe hasher.combine(bytes: bytes)
    return hasher.finalize()
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    unsafe bytes.withUnsafeBytes { buffer in
      for (index, entry) in entries.enumerated() {
        let text = unsafe UnsafeRawBufferPointer(rebasing: buffer[entry.offset..<entry.offset + Int(entry.byteCount)])
        var slot = unsafe Self.hash(text) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(truncatingIfNeeded: index + 1)
      }
    }
  }
}
