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
      header = Self.endOfSoundRows(units, from: header, pair)
      if header < units.count { header = try checkRow(units, header, &pair) }
    }
  }

  /// Where the walked rows of `pair` end that stand from the unit `start` on and are sound: at the end of the units, or at a row
  /// that is to be looked at more closely, for it is of another kind or has a mistake.
  ///
  /// Out of line, so that nothing else wants its registers.
  @inline(never)
  private static func endOfSoundRows(_ units: Records<1>, from start: Int, _ pair: KindPair) -> Int {
    var header = start
    while units.count &- header >= RowHeader.byteCount / RecordSize.unit {
      let first = units.word(header)
      let second = units.word(header &+ 1)
      let entryCount = Int(first.highHalf)
      // Of a walked row the mask is all that is above the binding's id, for it has no cells.
      let isOfPair =
        first.lowHalf == BundleFormat.rowMarker && UInt(bitPattern: entryCount &- 1) < UInt(BundleFormat.walkLimit)
        && second >> 32 == UInt64(pair.mask) && second & UInt64(BundleFormat.conditionalGrant) == 0
      if !isOfPair { break }
      let hasFilter = entryCount >= BundleFormat.filterLeast
      let place = header &+ RowHeader.byteCount(entryCount: entryCount) / RecordSize.unit
      if units.count &- place < entryCount { break }
      let filter = filterOfSound(units.slice(place, count: entryCount), pair)
      if filter == 0 || (hasFilter && filter != units.word(header &+ 2)) { break }
      header = place &+ entryCount
    }
    return header
  }

  /// The filter of the keys of a walked row's entries; 0 where one is not as it should be.
  @inline(__always)
  private static func filterOfSound(_ entries: Records<1>, _ pair: KindPair) -> UInt64 {
    var tally = KindTally()
    var filter: UInt64 = 0
    // The grant stands in the high half, the member in the low one: as one number they ascend together. Read with its sign, one
    // with the reserved bit is below any other.
    var previous: Int64 = -1
    var index = 0
    while index < entries.count {
      let unit = entries.word(index)
      if Int64(bitPattern: unit) <= previous { return 0 }
      previous = Int64(bitPattern: unit)
      filter |= RowFilter.bit(unit.lowHalf)
      tally.add(MemberKey.name(ofKey: unit.lowHalf), pair)
      index &+= 1
    }
    // What is of one of the kinds is below the end of the members.
    return tally.isWhole(pair, memberCount: entries.count) ? filter : 0
  }

  /// Checks the row at the unit `header`; returns where the next begins. Most rows are of the kinds of the row before,
  /// whose `pair` serves again.
  @inline(never)
  private func checkRow(_ units: Records<1>, _ header: Int, _ pair: inout KindPair) throws(BundleFault) -> Int {
    try require(units.count &- header >= RowHeader.byteCount / RecordSize.unit, .rowOutOfBounds)
    let first = units.word(header)
    let entryCount = Int(first.highHalf)
    pair = try checkRowHeader(first, units.word(header &+ 1), pair)
    if entryCount > BundleFormat.walkLimit {
      return try checkProbedRow(sections.grants.offset &+ RecordSize.unit &* header, entryCount: entryCount, pair)
    }
    let place = header &+ RowHeader.byteCount(entryCount: entryCount) / RecordSize.unit
    let next = place &+ entryCount
    try require(next <= units.count, .rowOutOfBounds)
    let filter = try checkEntries(units.slice(place, count: entryCount), pair)
    try require(entryCount < BundleFormat.filterLeast || filter == units.word(header &+ 2), .rowFilter)
    return next
  }

  /// Checks the header of a row; returns its kinds.
  private func checkRowHeader(_ first: UInt64, _ second: UInt64, _ pair: KindPair) throws(BundleFault) -> KindPair {
    let kinds = UInt16(truncatingIfNeeded: second >> 32)
    let isSound =
      first.lowHalf == BundleFormat.rowMarker && first.highHalf > 0 && second.lowHalf < BundleFormat.conditionalGrant
      && kinds != 0 && kinds < 1 << NameKind.memberCount
      && UInt16(truncatingIfNeeded: second >> 48) == RowCell.countBits(entryCount: first.highHalf)
    try require(isSound, .rowHeader)
    return kinds == pair.mask ? pair : KindPair(kinds, kindStarts)
  }

  /// Checks the entries of a walked row; returns the filter of their keys.
  private func checkEntries(_ entries: Records<1>, _ pair: KindPair) throws(BundleFault) -> UInt64 {
    var tally = KindTally()
    var filter: UInt64 = 0
    let memberEnd = memberEnd
    var previous: UInt64 = 0
    var index = 0
    while index < entries.count {
      let unit = entries.word(index)
      try checkEntry(unit, memberEnd: memberEnd)
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
      ProbedRow(words, header: header, cellCountBits: UInt32(head.u16(14)), slotCount: head.u32(16)),
      Records(words, slots, count: slotCount), entryCount: entryCount, pair)
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

  private func checkSlots(
    _ row: ProbedRow, _ slots: Records<1>, entryCount: Int, _ pair: KindPair
  ) throws(BundleFault) {
    // The key of a free slot is of no name below 2^31.
    let areSound = memberEnd <= 1 << 31 && Self.areSound(row, slots, entryCount: entryCount, pair)
    if !areSound { try checkSlotsOneByOne(row, slots, entryCount: entryCount, pair) }
  }

  /// Whether every slot is free, or has a member of one of the two kinds where its key leads, let through by its cell. Counted
  /// without a branch: free slots come in no order that a processor could guess.
  ///
  /// Out of line, so that nothing else wants its registers.
  @inline(never)
  private static func areSound(_ row: ProbedRow, _ slots: Records<1>, entryCount: Int, _ pair: KindPair) -> Bool {
    var tally = KindTally()
    var freeCount = 0
    var signs: UInt64 = 0
    var index = 0
    while index < slots.count {
      let unit = slots.word(index)
      let key = unit.lowHalf
      let displacement = UInt64(truncatingIfNeeded: row.slot(of: key) ^ index) | row.mayHold(key) ^ 1
      // A misplaced member is taken for one of no kind: a number below 0 has all bits of its upper half.
      let member = MemberKey.name(ofKey: key) | (0 &- displacement).highHalf
      tally.add(member, pair)
      freeCount &+= unit == UInt64(BundleFormat.freeMember) ? 1 : 0
      signs |= unit
      index &+= 1
    }
    return signs >> 63 == 0 && slots.count &- freeCount == entryCount && tally.isWhole(pair, memberCount: entryCount)
  }

  /// The same for a row with kinds beyond two, or with a mistake.
  @inline(never)
  private func checkSlotsOneByOne(
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

  /// Whether so many members are all of the two kinds, and there are no others to be found.
  @inline(__always) func isWhole(_ pair: KindPair, memberCount count: Int) -> Bool {
    memberCount == count && hasEach(of: pair) && pair.otherKinds == 0
  }
}
