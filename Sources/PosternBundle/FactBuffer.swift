// What one call's facts refer to: a buffer of text and the cells that point into it (postern.h). Whoever has facts packs them here,
// the compiler's readable ones and the gate's own. Refuses nothing: what is not there becomes an absent cell, and the kernel judges.

package import CPostern

/// The text and the cells that one call's facts refer to.
package struct FactBuffer {
  package private(set) var text: [UInt8] = []
  package private(set) var cells: [postern_cell] = []

  /// A buffer without facts.
  package init() {}

  /// Empties the buffer and makes room for the bundle's attribute slots, all absent.
  package mutating func reset(slotCount: Int) {
    text.removeAll(keepingCapacity: true)
    cells.removeAll(keepingCapacity: true)
    cells.append(contentsOf: repeatElement(postern_cell(), count: slotCount))
  }

  /// Puts a cell into an attribute slot.
  package mutating func set(_ cell: postern_cell, slot: Int) { cells[slot] = cell }

  /// Marks a slot's fact as one that nobody knows.
  package mutating func setUnknown(slot: Int) { cells[slot] = Self.cell(POSTERN_UNKNOWN, value: 0) }

  /// Puts an address into an attribute slot.
  package mutating func set(address: [UInt8], slot: Int) { cells[slot] = cell(address, tag: POSTERN_ADDRESS) }

  /// The cell of a text; absent where it is nil.
  package mutating func cell(_ bytes: (some Sequence<UInt8>)?, tag: Int = POSTERN_TEXT) -> postern_cell {
    guard let bytes else { return postern_cell() }
    let offset = text.count
    text.append(contentsOf: bytes)
    return Self.cell(tag, value: UInt64(offset), length: text.count - offset)
  }

  /// The cell of a text, as a request has it: not generic, since this is called from another module for every fact of every request.
  package mutating func cell(_ bytes: String.UTF8View?, tag: Int = POSTERN_TEXT) -> postern_cell {
    guard let bytes else { return postern_cell() }
    let offset = text.count
    text.append(contentsOf: bytes)
    return Self.cell(tag, value: UInt64(offset), length: text.count - offset)
  }

  /// The cell of a list of texts.
  package mutating func cell(texts: [some Sequence<UInt8>]) -> postern_cell {
    list(POSTERN_LIST, texts) { $0.cell($1) }
  }

  /// A list's cells stand together, so their places are taken before the items' own lists take theirs.
  package mutating func list<Item>(
    _ tag: Int, _ items: [Item], cell: (inout FactBuffer, Item) -> postern_cell
  ) -> postern_cell {
    let start = cells.count
    cells.append(contentsOf: repeatElement(postern_cell(), count: items.count))
    for (index, item) in items.enumerated() { cells[start + index] = cell(&self, item) }
    return Self.cell(tag, value: UInt64(start), length: items.count)
  }

  /// A cell of a value that needs no text.
  package static func cell(_ tag: Int, value: UInt64, length: Int = 0) -> postern_cell {
    postern_cell(
      tag: UInt8(truncatingIfNeeded: tag), flags: 0, reserved: 0, length: UInt32(clamping: length), value: value)
  }
}
