// Row 10's bindings: which binding of a row holds an identity. A small row is walked, a large one probed once for each of
// the identity's members; both answer the least ordinal, so the binding reported is the first in file order.

extension Bundle {
  /// The id of the first binding of the row at unit `row` that holds the identity, or NONE.
  @inline(__always)
  borrowing func binding(inRow row: UInt32, _ identity: IdentityView) -> UInt32 {
    let offset = sections.grants.offset &+ RecordSize.unit &* Int(row)
    let header = Block<24>(words, offset)
    if UInt32(header.u16(12)) & identity.word(IdentityLayout.kindMask) == 0 { return BundleFormat.none }
    let entryCount = Int(header.u32(4))
    var ordinal = BundleFormat.none
    if entryCount > BundleFormat.walkLimit {
      ordinal = probe(offset, cellCountBits: UInt32(header.u16(14)), slotCount: header.u32(16), identity)
    } else if entryCount < BundleFormat.filterLeast || header.u64(16) & identity.rowFilter != 0 {
      ordinal = walk(offset, entryCount: entryCount, identity)
    }
    return ordinal == BundleFormat.none ? ordinal : header.u32(8) &+ ordinal
  }

  /// Entries ascend by grant: the first that is held is the least.
  @inline(never)
  private borrowing func walk(_ header: Int, entryCount: Int, _ identity: IdentityView) -> UInt32 {
    let identity = identity.sized
    let entries = Records<1>(words, header &+ RowHeader.byteCount(entryCount: entryCount), count: entryCount)
    var index = 0
    while index < entries.count {
      let unit = entries.word(index)
      if identity.holds(unit.lowHalf) { return unit.highHalf }
      index &+= 1
    }
    return BundleFormat.none
  }

  /// Members are looked for 64 at a time: most identities have no more.
  @inline(never)
  private borrowing func probe(
    _ header: Int, cellCountBits: UInt32, slotCount: UInt32, _ identity: IdentityView
  ) -> UInt32 {
    let row = ProbedRow(words, header: header, cellCountBits: cellCountBits, slotCount: slotCount)
    let identity = identity.sized
    let memberCount = identity.memberCount
    if memberCount <= 64 { return row.leastGrant(of: identity, from: 0, to: memberCount) }
    var least = BundleFormat.none
    var first = 0
    while first < memberCount {
      least = min(least, row.leastGrant(of: identity, from: first, to: min(first &+ 64, memberCount)))
      first &+= 64
    }
    return least
  }
}

/// A row of more than 16 entries: a perfect table of its own, whose pilots stand in cells with filters of their keys.
struct ProbedRow {
  private let table: CellsAndSlots

  /// The row at `header`, whose cells and slots are all there.
  @inline(__always) init(_ words: Words, header: Int, cellCountBits: UInt32, slotCount: UInt32) {
    table = CellsAndSlots(
      words, header &+ RowHeader.byteCount, cellCountBits: cellCountBits, slotCount: slotCount)
  }

  /// 1 where the filter of a key's cell has the key's bit, otherwise 0.
  @inline(__always) func mayHold(_ key: UInt32) -> UInt64 {
    UInt64(table.cell(of: key).highHalf &>> RowCell.bit(key) & 1)
  }

  /// Index of the one slot that can hold `key`.
  @inline(__always) func slot(of key: UInt32) -> Int {
    PerfectHash.slot(UInt64(key), pilot: RowCell.pilot(table.cell(of: key)), slotCount: table.slotCount)
  }

  /// The least grant of some of an identity's members, at most 64, or NONE: first they are looked for in the filters of their
  /// cells, without a branch, then those that a filter lets through in their slots. These are few but for what is held.
  @inline(__always) func leastGrant(of identity: borrowing IdentityView, from first: Int, to end: Int) -> UInt32 {
    var index = end
    var hits: UInt64 = 0
    while index > first {
      index &-= 1
      hits = hits &+ hits &+ mayHold(identity.key(index))
    }
    var least = BundleFormat.none
    while hits != 0 {
      least = min(least, grant(of: identity.key(first &+ hits.trailingZeroBitCount)))
      hits &= hits &- 1
    }
    return least
  }

  /// The grant of `key`, or NONE.
  @inline(__always) func grant(of key: UInt32) -> UInt32 {
    let unit = table.slot(slot(of: key))
    return unit.lowHalf == key ? unit.highHalf : BundleFormat.none
  }
}

/// The filter of a walked row: a bit for each key in it.
package enum RowFilter {
  @inline(__always) package static func bit(_ key: UInt32) -> UInt64 { 1 &<< UInt64(key >> 26) }
}

/// A cell of a probed row: the pilot of its keys in the low 16 bits, 16 bits of 0, and a filter with a bit for each key.
package enum RowCell {
  /// The bit of a key in the filter: of other bits of the key than its cell.
  @inline(__always) package static func bit(_ key: UInt32) -> UInt32 { key & 31 }

  @inline(__always) static func pilot(_ cell: UInt64) -> UInt16 { UInt16(truncatingIfNeeded: cell) }

  /// Whether a cell is the pilot of a table, and a filter.
  static func isSound(_ cell: UInt64) -> Bool { cell.lowHalf < UInt32(BundleFormat.pilotLimit) }

  /// The number of cells of a row, as a power of two: none of at most 16 entries; of others one for three to six entries.
  package static func countBits(entryCount: UInt32) -> UInt16 {
    if entryCount <= UInt32(BundleFormat.walkLimit) { return 0 }
    var bits: UInt16 = 2
    while UInt64(entryCount) > 6 &<< UInt64(bits) { bits &+= 1 }
    return bits
  }
}
