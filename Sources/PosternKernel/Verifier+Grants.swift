// The grants, row by row, and the code. Relies on the kinds of names being read. After it, a unit that begins with the row
// marker is the header of a row that was checked: so a reference to a row is proved by a look at one word.

extension Verifier {
  /// Whether `unit` is where a checked row begins.
  @inline(__always) func isRow(_ unit: UInt32) -> Bool {
    Int(unit) < sections.unitCount
      && words.u32(sections.grants.offset &+ RecordSize.unit &* Int(unit)) == BundleFormat.rowMarker
  }

  func checkGrants() throws(BundleFault) {
    var offset = sections.grants.offset
    let end = offset &+ sections.grants.byteCount
    while offset < end {
      offset = try checkRow(offset, end: end)
    }
  }

  /// Checks the row at `header`; returns where the next begins.
  private func checkRow(_ header: Int, end: Int) throws(BundleFault) -> Int {
    try require(end &- header >= 2 &* RecordSize.unit, .rowOutOfBounds)
    let entryCount = Int(words.u32(header &+ 4))
    let kinds = words.u16(header &+ 12)
    let isSound =
      words.u32(header) == BundleFormat.rowMarker && entryCount > 0
      && words.u32(header &+ 8) < BundleFormat.conditionalGrant && kinds != 0 && kinds < 1 << NameKind.memberCount
      && (words.u16(header &+ 14) == 0) == (entryCount <= BundleFormat.walkLimit)
    try require(isSound, .rowHeader)
    if entryCount > BundleFormat.walkLimit {
      return try checkProbedRow(header, entryCount: entryCount, kinds: kinds, end: end)
    }
    let next = header &+ RecordSize.unit &* (2 &+ entryCount)
    try require(next <= end, .rowOutOfBounds)
    try checkEntries(from: header &+ 2 &* RecordSize.unit, to: next, kinds: kinds)
    return next
  }

  private func checkEntries(from start: Int, to end: Int, kinds: UInt16) throws(BundleFault) {
    var seen = KindSet()
    var previous: UInt64 = 0
    var offset = start
    while offset < end {
      let unit = words.u64(offset)
      try checkEntry(unit, &seen)
      // The grant stands in the high half, the member in the low one: as one number they ascend together.
      try require(offset == start || unit > previous, .rowOrder)
      previous = unit
      offset &+= RecordSize.unit
    }
    try require(seen.mask == kinds, .rowKinds)
  }

  /// Checks one entry and notes its member's kind.
  @inline(__always)
  private func checkEntry(_ unit: UInt64, _ seen: inout KindSet) throws(BundleFault) {
    try require(unit >> 63 == 0, .conditionalGrant)
    let member = UInt32(truncatingIfNeeded: unit)
    // Members of one kind mostly stand together, so the last kind is tried first.
    if member &- seen.first < seen.count { return }
    try require(member < memberEnd, .rowEntry)
    insertKind(of: member, into: &seen)
  }

  private func insertKind(of member: UInt32, into seen: inout KindSet) {
    var kind = 0
    while kind < NameKind.memberCount &- 1 && member >= kindStarts[kind &+ 1] { kind &+= 1 }
    seen.first = kindStarts[kind]
    seen.count = kindStarts[kind &+ 1] &- kindStarts[kind]
    seen.mask |= 1 << UInt16(kind)
  }

  private func checkProbedRow(
    _ header: Int, entryCount: Int, kinds: UInt16, end: Int
  ) throws(BundleFault) -> Int {
    try require(end &- header >= 3 &* RecordSize.unit, .rowOutOfBounds)
    let row = ProbedRow(header: header, words: words)
    try require(row.seed != BundleFormat.rowMarker && Int(row.slotCount) >= entryCount, .rowHeader)
    let next = row.slotsOffset &+ RecordSize.unit &* Int(row.slotCount)
    try require(next <= end, .rowOutOfBounds)
    try checkPilots(row)
    var seen = KindSet()
    var usedCount = 0
    var offset = row.slotsOffset
    while offset < next {
      let unit = words.u64(offset)
      if unit != UInt64(BundleFormat.freeMember) {
        try checkEntry(unit, &seen)
        let member = UInt32(truncatingIfNeeded: unit)
        try require(row.slotOffset(of: member, words: words) == offset, .rowMisplaced)
        usedCount &+= 1
      }
      offset &+= RecordSize.unit
    }
    try require(usedCount == entryCount, .rowEntryCount)
    try require(seen.mask == kinds, .rowKinds)
    return next
  }

  private func checkPilots(_ row: ProbedRow) throws(BundleFault) {
    var offset = row.pilotsOffset
    let end = offset &+ 2 &* Int(row.pilotCount)
    while offset < row.slotsOffset {
      let pilot = words.u16(offset)
      try require(offset < end ? pilot != BundleFormat.pilotLimit : pilot == 0, .rowPilot)
      offset &+= 2
    }
  }

  // MARK: code

  func checkCode() throws(BundleFault) {
    var index = 0
    var budget: UInt32 = 0
    var isOpen = false
    while index < sections.codeWordCount {
      let word = CodeWord(words, sections.code.offset &+ RecordSize.codeWord &* index)
      guard let shape = word.opcode.shape else { throw .unknownOpcode }
      try checkOperands(word, shape)
      if word.opcode == .label {
        try require(!isOpen || word.x <= budget, .costNotDecreasing)
        budget = word.x
      } else {
        try require(isOpen, .unreachableWord)
      }
      try require(budget > 0, .costNotDecreasing)
      budget &-= 1
      if shape.x == .target { try checkJump(word, from: index, budget: budget) }
      isOpen = !shape.endsPath
      index &+= 1
    }
    try require(!isOpen, .pathDoesNotEnd)
  }

  private func checkJump(_ word: CodeWord, from index: Int, budget: UInt32) throws(BundleFault) {
    let target = Int(word.x)
    try require(target > index, .jumpBackwards)
    try require(target < sections.codeWordCount, .jumpToNoLabel)
    let label = CodeWord(words, sections.code.offset &+ RecordSize.codeWord &* target)
    try require(label.opcode == .label, .jumpToNoLabel)
    try require(label.x <= budget, .costNotDecreasing)
  }

  private func checkOperands(_ word: CodeWord, _ shape: OpcodeShape) throws(BundleFault) {
    if shape.b == .registers { try require(word.b == 0, .registersNotWritten) }
    let areSound =
      isSound(UInt32(word.a), shape.a) && isSound(UInt32(word.b), shape.b) && isSound(word.x, shape.x)
      && isSound(word.y, shape.y) && isSound(word.z, shape.z)
    try require(areSound, .operandOutOfRange)
  }

  private func isSound(_ value: UInt32, _ kind: OperandKind) -> Bool {
    switch kind {
    case .unused, .registers: value == 0
    case .challengeReason: value >= 40 && value <= 62 && (value <= 45 || value >= 50)
    case .credentialKind: value == 1 || value == 2
    case .principalKind: value <= 3
    case .provider: Int(value) < sections.providerCount
    case .seconds: value != BundleFormat.none
    case .fact: value <= UInt32(FactID.last)
    case .flag: value <= 1
    case .method: value >= 1 && value <= 3
    default: true
    }
  }
}

/// A word of code, taken apart.
package struct CodeWord {
  package let opcode: Opcode
  package let a: UInt8
  package let b: UInt16
  package let x: UInt32
  package let y: UInt32
  package let z: UInt32

  init(_ words: Words, _ offset: Int) {
    opcode = Opcode(words.byte(offset))
    a = words.byte(offset &+ 1)
    b = words.u16(offset &+ 2)
    x = words.u32(offset &+ 4)
    y = words.u32(offset &+ 8)
    z = words.u32(offset &+ 12)
  }
}

/// The kinds of a row's members, and the range of names of the last one met.
private struct KindSet {
  var mask: UInt16 = 0
  var first: UInt32 = 0
  var count: UInt32 = 0
}
