// Numbers by text, compared byte for byte: Swift's own comparison takes two spellings of one letter for equal, and a
// policy must not. The texts lie in one buffer, so that a million of them cost little more than their bytes.

/// An open-addressing table from texts to 32-bit numbers.
struct ByteTextIndex {
  private struct Entry {
    var offset: Int
    var byteCount: UInt32
    var number: UInt32
    var hash: Int
  }

  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  /// Indices into `entries` plus one; 0 is free. A power of two of them, at most half in use.
  private var slots = [UInt32](repeating: 0, count: 64)

  /// The number of a text.
  func number(of text: String) -> UInt32? {
    let entry = slots[slot(of: text.utf8Span.span, hash: text.hashValue)]
    return entry == 0 ? nil : entries[Int(entry) - 1].number
  }

  /// Adds a text that is not there yet.
  mutating func add(_ text: String, _ number: UInt32) {
    if (entries.count + 1) * 2 > slots.count { grow() }
    let hash = text.hashValue
    let slot = slot(of: text.utf8Span.span, hash: hash)
    let byteCount = UInt32(truncatingIfNeeded: text.utf8.count)
    entries.append(Entry(offset: bytes.count, byteCount: byteCount, number: number, hash: hash))
    bytes.append(contentsOf: text.utf8)
    slots[slot] = UInt32(truncatingIfNeeded: entries.count)
  }

  /// The slot that holds a text, or the free one that it would take. Texts of the same bytes have the same hash.
  private func slot(of text: Swift.Span<UInt8>, hash: Int) -> Int {
    var slot = hash & (slots.count - 1)
    while slots[slot] != 0 {
      let entry = entries[Int(slots[slot]) - 1]
      if entry.hash == hash && Int(entry.byteCount) == text.count && isEqual(entry, text) { break }
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  private func isEqual(_ entry: Entry, _ text: Swift.Span<UInt8>) -> Bool {
    for index in text.indices where bytes[entry.offset + index] != text[index] { return false }
    return true
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for (index, entry) in entries.enumerated() {
      var slot = entry.hash & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(truncatingIfNeeded: index + 1)
    }
  }
}
