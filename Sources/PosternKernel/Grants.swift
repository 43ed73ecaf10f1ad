// Row 10's bindings: which binding of a row holds an identity. A small row is walked, a large one probed once for each of
// the identity's members; both answer the least ordinal, so the binding reported is the first in file order.

extension Bundle {
  /// The id of the first binding of the row at unit `row` that holds the identity, or NONE.
  @inline(__always)
  borrowing func binding(inRow row: UInt32, _ identity: IdentityView) -> UInt32 {
    let offset = sections.grants.offset &+ RecordSize.unit &* Int(row)
    let header = Block<16>(words, offset)
    if UInt32(header.u16(12)) & identity.word(IdentityLayout.kindMask) == 0 { return BundleFormat.none }
    let entryCount = Int(header.u32(4))
    let ordinal =
      entryCount <= BundleFormat.walkLimit
      ? walk(offset, entryCount: entryCount, identity) : probe(offset, identity)
    return ordinal == BundleFormat.none ? ordinal : header.u32(8) &+ ordinal
  }

  /// Entries ascend by grant: the first that is held is the least.
  @inline(__always)
  private borrowing func walk(_ header: Int, entryCount: Int, _ identity: IdentityView) -> UInt32 {
    let entries = Records<1>(words, header &+ 2 &* RecordSize.unit, count: entryCount)
    var index = 0
    while index < entries.count {
      let unit = entries.word(index)
      if identity.holds(unit.lowHalf) { return unit.highHalf }
      index &+= 1
    }
    return BundleFormat.none
  }

  @inline(never)
  private borrowing func probe(_ header: Int, _ identity: IdentityView) -> UInt32 {
    let row = ProbedRow(header: header, words: words)
    let memberCount = identity.memberCount
    var least = BundleFormat.none
    var index = 0
    while index < memberCount {
      least = min(least, row.grant(of: identity.member(index), words: words))
      index &+= 1
    }
    return least
  }
}

/// A row of more than 16 entries: a perfect table of its own.
struct ProbedRow {
  let seed: UInt32
  let slotCount: UInt32
  let pilotCount: UInt32
  let pilotsOffset: Int
  let slotsOffset: Int

  @inline(__always) init(header: Int, words: Words) {
    let units = Block<24>(words, header)
    seed = units.u32(16)
    slotCount = units.u32(20)
    pilotCount = UInt32(units.u16(14))
    pilotsOffset = header &+ 3 &* RecordSize.unit
    slotsOffset = pilotsOffset &+ Self.pilotUnits(pilotCount) &* RecordSize.unit
  }

  /// Units that so many pilots fill.
  @inline(__always) static func pilotUnits(_ pilotCount: UInt32) -> Int { (2 &* Int(pilotCount) &+ 7) / 8 }

  /// Byte offset of the one slot that can hold `member`.
  @inline(__always) func slotOffset(of member: UInt32, words: Words) -> Int {
    let hash = PerfectHash.hash(member: member, seed: seed)
    let pilot = words.u16(pilotsOffset &+ 2 &* PerfectHash.pilotIndex(hash, pilotCount: pilotCount))
    return slotsOffset &+ RecordSize.unit &* PerfectHash.slot(hash, pilot: pilot, slotCount: slotCount)
  }

  /// The grant of `member`, or NONE.
  @inline(__always) func grant(of member: UInt32, words: Words) -> UInt32 {
    let unit = words.u64(slotOffset(of: member, words: words))
    return UInt32(truncatingIfNeeded: unit) == member ? UInt32(truncatingIfNeeded: unit >> 32) : BundleFormat.none
  }
}
