// Numbers by text, compared byte for byte: Swift's own comparison takes two spellings of one letter for equal, and a
// policy must not. The texts lie in one buffer, so that a million of them cost little more than their bytes.

/// An open-addressing table from texts to 32-bit numbers.
struct ByteTextIndex {
  private struct Entry {
    var offset: Int
    var byteCount: UInt32
    var number: UInt32
  }

  /// Where an entry is, with its hash: a slot of another text is passed over without a look at its entry, which is far away.
  private struct Slot {
    var hash: UInt32 = 0
    /// Its index in `entries` plus one; 0 is free.
    var place: UInt32 = 0
  }

  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  /// A power of two of them, at most half in use.
  private var slots = [Slot](repeating: Slot(), count: 64)

  /// The number of a text.
  func number(of text: String) -> UInt32? {
    let place = slots[slot(of: text.utf8Span.span, hash: Self.hash(of: text))].place
    return place == 0 ? nil : entries[Int(place) - 1].number
  }

  /// Adds a text that is not there yet.
  mutating func add(_ text: String, _ number: UInt32) {
    if (entries.count + 1) * 2 > slots.count { grow() }
    let hash = Self.hash(of: text)
    let slot = slot(of: text.utf8Span.span, hash: hash)
    let byteCount = UInt32(truncatingIfNeeded: text.utf8.count)
    entries.append(Entry(offset: bytes.count, byteCount: byteCount, number: number))
    bytes.append(contentsOf: text.utf8)
    slots[slot] = Slot(hash: hash, place: UInt32(truncatingIfNeeded: entries.count))
  }

  private static func hash(of text: String) -> UInt32 { UInt32(truncatingIfNeeded: text.hashValue) }

  /// The slot that holds a text, or the free one that it would take. Texts of the same bytes have the same hash.
  private func slot(of text: Swift.Span<UInt8>, hash: UInt32) -> Int {
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot].place != 0 {
      if slots[slot].hash == hash && isEqual(entries[Int(slots[slot].place) - 1], text) { break }
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  private func isEqual(_ entry: Entry, _ text: Swift.Span<UInt8>) -> Bool {
    guard Int(entry.byteCount) == text.count else { return false }
    for index in text.indices where bytes[entry.offset + index] != text[index] { return false }
    return true
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: old.count * 2)
    for taken in old where taken.place != 0 {
      var slot = Int(taken.hash) & (slots.count - 1)
      while slots[slot].place != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = taken
    }
  }
}
