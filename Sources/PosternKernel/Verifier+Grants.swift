// The grants, row by row. Relies on the kinds of names being read. After it, a unit that begins with the row
// marker is the header of a row that was checked: so a reference to a row is proved by a look at one word.

extension Verifier {
  /// Whether `unit` is where a checked row begins.
  @inline(__always) func isRow(_ unit: UInt32) -> Bool {
    Int(unit) < sections.unitCount
      && words.u32(sections.grants.offset &+ RecordSize.unit &* Int(unit)) == BundleFormat.rowMarker
  }

  func checkGrants() throws(BundleFault) {
    let units = Records<1>(words, sections.grants)
    var pair = KindPair(0, kindStarts)
    var header = 0
    while header < units.count {
      header = try checkRow(units, header, &pair)
    }
  }

  /// Checks the row at the unit `header`; returns where the next begins. Most rows are of the kinds of the row before,
  /// whose `pair` serves again.
  @inline(__always)
  private func checkRow(_ units: Records<1>, _ header: Int, _ pair: inout KindPair) throws(BundleFault) -> Int {
    try require(units.count &- header >= RowHeader.byteCount / RecordSize.unit, .rowOutOfBounds)
    let first = units.word(header)
    let second = units.word(header &+ 1)
    let entryCount = Int(first.highHalf)
    let kinds = UInt16(truncatingIfNeeded: second >> 32)
    let isWalked = entryCount <= BundleFormat.walkLimit
    let isSound =
      first.lowHalf == BundleFormat.rowMarker && entryCount > 0 && second.lowHalf < BundleFormat.conditionalGrant
      && kinds != 0 && kinds < 1 << NameKind.memberCount
      && UInt16(truncatingIfNeeded: second >> 48) == RowCell.countBits(entryCount: first.highHalf)
    try require(isSound, .rowHeader)
    if kinds != pair.mask { pair = KindPair(kinds, kindStarts) }
    let offset = sections.grants.offset &+ RecordSize.unit &* header
    if !isWalked { return try checkProbedRow(offset, entryCount: entryCount, pair) }
    let headerByteCount = RowHeader.byteCount(entryCount: entryCount)
    let next = header &+ headerByteCount / RecordSize.unit &+ entryCount
    try require(next <= units.count, .rowOutOfBounds)
    let filter = try checkEntries(Records(words, offset &+ headerByteCount, count: entryCount), pair)
    try require(headerByteCount != RowHeader.byteCount || filter == units.word(header &+ 2), .rowFilter)
    return next
  }

  /// Checks the entries of a walked row; returns the filter of their keys.
  @inline(__always)
  private func checkEntries(_ entries: Records<1>, _ pair: KindPair) throws(BundleFault) -> UInt64 {
    var tally = KindTally()
    var filter: UInt64 = 0
    let memberEnd = memberEnd
    var previous: UInt64 = 0
    var index = 0
    while index < entries.count {
      let unit = entries.word(index)
      try checkEntry(unit, memberEnd: memberEnd)
      // The grant stands in the high half, the member in the low one: as one number they ascend together.
      try require(unit > previous || index == 0, .rowOrder)
      previous = unit
      filter |= RowFilter.bit(unit.lowHalf)
      tally.add(MemberKey.name(ofKey: unit.lowHalf), pair)
      index &+= 1
    }
    try checkKinds(tally, pair, entries, entryCount: entries.count)
    return filter
  }

  @inline(__always)
  private func checkEntry(_ unit: UInt64, memberEnd: UInt32) throws(BundleFault) {
    try require(unit >> 63 == 0, .conditionalGrant)
    try require(MemberKey.name(ofKey: unit.lowHalf) < memberEnd, .rowEntry)
  }

  /// Checks the probed row at `header`; returns the unit where the next begins.
  @inline(never)
  private func checkProbedRow(_ header: Int, entryCount: Int, _ pair: KindPair) throws(BundleFault) -> Int {
    let end = sections.grants.offset &+ sections.grants.byteCount
    let head = Block<24>(words, header)
    let slotCount = Int(head.u32(16))
    try require(slotCount >= entryCount && head.u32(20) == 0, .rowHeader)
    let cells = header &+ RowHeader.byteCount
    let cellCount = 1 << Int(head.u16(14))
    let slots = cells &+ RecordSize.unit &* cellCount
    let next = slots &+ RecordSize.unit &* slotCount
    try require(next <= end, .rowOutOfBounds)
    try checkCells(Records(words, cells, count: cellCount))
    try checkSlots(
      ProbedRow(header: header, words: words), Records(words, slots, count: slotCount), entryCount: entryCount, pair)
    return (next &- sections.grants.offset) / RecordSize.unit
  }

  /// No sound cell begins as a row does.
  private func checkCells(_ cells: Records<1>) throws(BundleFault) {
    var index = 0
    while index < cells.count {
      try require(RowCell.isSound(cells.word(index)), .rowCell)
      index &+= 1
    }
  }

  @inline(__always)
  private func checkSlots(
    _ row: ProbedRow, _ slots: Records<1>, entryCount: Int, _ pair: KindPair
  ) throws(BundleFault) {
    var tally = KindTally()
    let memberEnd = memberEnd
    var freeCount = 0
    var index = 0
    while index < slots.count {
      let unit = slots.word(index)
      if unit == UInt64(BundleFormat.freeMember) {
        freeCount &+= 1
      } else {
        try checkEntry(unit, memberEnd: memberEnd)
        let key = unit.lowHalf
        try require(row.slot(of: key) == index && row.mayHold(key) == 1, .rowMisplaced)
        tally.add(MemberKey.name(ofKey: key), pair)
      }
      index &+= 1
    }
    try require(slots.count &- freeCount == entryCount, .rowEntryCount)
    try checkKinds(tally, pair, slots, entryCount: entryCount)
  }

  /// Every member is of one of the row's kinds, and every one of them is some member's. Most rows have two kinds at most:
  /// `tally` knows them. A row of more is counted again for the others; its free slots are of no kind.
  @inline(__always)
  private func checkKinds(
    _ tally: KindTally, _ pair: KindPair, _ units: Records<1>, entryCount: Int
  ) throws(BundleFault) {
    try require(tally.hasEach(of: pair), .rowKinds)
    let rest = entryCount &- tally.memberCount
    let areSound = pair.otherKinds == 0 ? rest == 0 : hasKinds(pair.otherKinds, units, memberCount: rest)
    try require(areSound, .rowKinds)
  }

  /// Whether `memberCount` members of the units are of the kinds of `mask`, and every one of them is some member's.
  @inline(never)
  private func hasKinds(_ mask: UInt16, _ units: Records<1>, memberCount: Int) -> Bool {
    var others = mask
    var missingCount = memberCount
    while others != 0 {
      let pair = KindPair(others, kindStarts)
      var tally = KindTally()
      var index = 0
      while index < units.count {
        tally.add(MemberKey.name(ofKey: units.word(index).lowHalf), pair)
        index &+= 1
      }
      if !tally.hasEach(of: pair) { return false }
      missingCount &-= tally.memberCount
      others = pair.otherKinds
    }
    return missingCount == 0
  }
}

/// The first two kinds of a mask, as ranges of names.
private struct KindPair {
  let mask: UInt16
  /// The kinds of the mask beyond the two.
  let otherKinds: UInt16
  let hasSecond: Bool
  let first: KindRange
  let second: KindRange

  @inline(never) init(_ mask: UInt16, _ kindStarts: borrowing InlineArray<13, UInt32>) {
    let rest = mask & (mask &- 1)
    self.mask = mask
    otherKinds = rest & (rest &- 1)
    hasSecond = rest != 0
    first = KindRange(mask, kindStarts)
    second = KindRange(rest, kindStarts)
  }
}

/// The names of the least kind of a mask; none for the empty mask.
private struct KindRange {
  private let start: UInt32
  private let count: UInt32

  init(_ mask: UInt16, _ kindStarts: borrowing InlineArray<13, UInt32>) {
    let kind = min(mask.trailingZeroBitCount, NameKind.memberCount)
    start = kindStarts[kind]
    count = mask == 0 ? 0 : kindStarts[kind &+ 1] &- start
  }

  @inline(__always) func holds(_ member: UInt32) -> Bool { member &- start < count }
}

/// How many members are of each of two kinds, counted without a branch: members of different kinds alternate in no order
/// that a processor could guess.
private struct KindTally {
  private var firstCount = 0
  private var secondCount = 0

  @inline(__always) mutating func add(_ member: UInt32, _ pair: KindPair) {
    firstCount &+= pair.first.holds(member) ? 1 : 0
    secondCount &+= pair.second.holds(member) ? 1 : 0
  }

  /// Whether there was a member of each kind that the pair has.
  @inline(__always) func hasEach(of pair: KindPair) -> Bool {
    firstCount != 0 && (secondCount != 0) == pair.hasSecond
  }

  var memberCount: Int { firstCount &+ secondCount }
}
