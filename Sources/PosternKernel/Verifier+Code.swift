// The code: one pass forwards. Each label states which registers are written where it is reached and the most words that can
// still run; whatever falls or jumps into it must bring as much. So runs end, and read nothing that was not written.

internal import CPostern

extension Verifier {
  func checkCode() throws(BundleFault) {
    var index = 0
    var budget: UInt32 = 0
    var written: UInt16 = 0
    var isOpen = false
    while index < sections.codeWordCount {
      let word = CodeWord(words, sections.code.offset &+ RecordSize.codeWord &* index)
      guard let shape = word.opcode.shape else { throw .unknownOpcode }
      try checkOperands(word, shape)
      if word.opcode == .label {
        try require(!isOpen || word.x <= budget, .costNotDecreasing)
        try require(!isOpen || word.b & ~written == 0, .registersNotWritten)
        try require(word.a != LabelMark.usualProgram || isUsualProgram(at: index), .operandOutOfRange)
        budget = word.x
        written = word.b
      } else {
        try require(isOpen, .unreachableWord)
      }
      try require(budget > 0, .costNotDecreasing)
      budget &-= 1
      try require(shape.reads(word.a) & ~written == 0, .registersNotWritten)
      if let ofItem = shape.writesForBody(word.a) {
        budget = try checkBody(at: index &+ 1, budget: budget, written: written | ofItem)
      }
      try checkJumps(word, shape, from: index, budget: budget, written: written)
      written |= shape.writes(word.a)
      isOpen = !shape.endsPath
      index &+= 1
    }
    try require(!isOpen, .pathDoesNotEnd)
  }

  /// Whether the words after the label at `index` are the usual program.
  private func isUsualProgram(at index: Int) -> Bool {
    let wordCount = UsualProgram.byteCount / RecordSize.codeWord
    if index &+ wordCount > sections.codeWordCount { return false }
    return UsualProgram(words, sections.code.offset &+ RecordSize.codeWord &* index).isUsual
  }

  /// A body begins at a `label` and is so short that there is no other `each` in it: what is left of the budget once it has
  /// run for every item.
  private func checkBody(at index: Int, budget: UInt32, written: UInt16) throws(BundleFault) -> UInt32 {
    try require(index < sections.codeWordCount, .jumpToNoLabel)
    let label = CodeWord(words, sections.code.offset &+ RecordSize.codeWord &* index)
    try require(label.opcode == .label, .jumpToNoLabel)
    try require(label.b & ~written == 0, .registersNotWritten)
    try require(label.x <= UInt32(ConditionLimit.bodyWords), .costNotDecreasing)
    let cost = label.x &* UInt32(ConditionLimit.items)
    try require(cost <= budget, .costNotDecreasing)
    return budget &- cost
  }

  private func checkJumps(
    _ word: CodeWord, _ shape: OpcodeShape, from index: Int, budget: UInt32, written: UInt16
  ) throws(BundleFault) {
    if shape.x == .target { try checkJump(to: word.x, from: index, budget: budget, written: written) }
    if shape.y == .target { try checkJump(to: word.y, from: index, budget: budget, written: written) }
    if shape.z == .target { try checkJump(to: word.z, from: index, budget: budget, written: written) }
  }

  private func checkJump(
    to target: UInt32, from index: Int, budget: UInt32, written: UInt16
  ) throws(BundleFault) {
    let target = Int(target)
    try require(target > index, .jumpBackwards)
    try require(target < sections.codeWordCount, .jumpToNoLabel)
    let label = CodeWord(words, sections.code.offset &+ RecordSize.codeWord &* target)
    try require(label.opcode == .label, .jumpToNoLabel)
    try require(label.x <= budget, .costNotDecreasing)
    try require(label.b & ~written == 0, .registersNotWritten)
  }

  private func checkOperands(_ word: CodeWord, _ shape: OpcodeShape) throws(BundleFault) {
    let areSound =
      isSound(UInt32(word.a), shape.a) && isSound(UInt32(word.b), shape.b) && isSound(word.x, shape.x)
      && isSound(word.y, shape.y) && isSound(word.z, shape.z)
    try require(areSound, .operandOutOfRange)
    if shape.b == .constantTag { try require(isConstant(word), .operandOutOfRange) }
    if shape.b == .byteCount { try require(isText(offset: word.z, byteCount: Int(word.b)), .operandOutOfRange) }
  }

  private func isSound(_ value: UInt32, _ kind: OperandKind) -> Bool {
    switch kind {
    case .unused: value == 0
    case .challengeReason: value >= 40 && value <= 62 && (value <= 45 || value >= 50)
    case .credentialKind: value == 1 || value == 2
    case .principalKind: value <= 3
    case .provider: Int(value) < sections.providerCount
    case .seconds: value != BundleFormat.none
    case .facts: value <= UInt32(FactSet.all)
    case .flag, .ofCaller, .anyValue, .labelMark: value <= 1
    case .method: value >= 1 && value <= 3
    case .writes, .reads: value < UInt32(ConditionLimit.registers)
    case .requestPart: value <= UInt32(RequestPart.last)
    case .timePart: value <= UInt32(TimePart.last)
    case .comparison: value <= UInt32(Comparison.last)
    case .zone: Int(value) < sections.zoneCount
    case .textPart: value <= UInt32(TextPart.last)
    case .conversion: value <= UInt32(Conversion.last)
    case .arithmetic: value <= UInt32(Arithmetic.last)
    case .fold: value <= UInt32(Fold.last)
    case .deviceType: isDeviceType(Int(value))
    default: true
    }
  }

  private func isDeviceType(_ tag: Int) -> Bool {
    tag == POSTERN_BOOL || tag == POSTERN_TEXT || tag == POSTERN_ADDRESS
  }

  // MARK: constants

  /// Whether what y and z of a `loadConstant` refer to lies in the bundle and is as its readers assume.
  private func isConstant(_ word: CodeWord) -> Bool {
    switch Int(word.b) {
    case ConstantTag.textSet: isTextSet(start: word.y, count: word.z)
    case ConstantTag.addressRanges: areRanges(start: word.y, count: word.z)
    case ConstantTag.automaton: Int(word.y) < sections.automatonCount && word.z == 0
    case POSTERN_TEXT, POSTERN_BYTES: isText(offset: word.y, byteCount: Int(word.z))
    case POSTERN_BOOL: word.y <= 1 && word.z == 0
    case POSTERN_NULL, ConstantTag.error: word.y == 0 && word.z == 0
    case POSTERN_INT, POSTERN_UINT, POSTERN_DOUBLE, POSTERN_TIMESTAMP, POSTERN_DURATION: true
    default: false
    }
  }

  /// Whether pairs of start and count in the lists are texts that ascend.
  private func isTextSet(start: UInt32, count: UInt32) -> Bool {
    if Int(start) &+ 2 &* Int(count) > sections.lists.byteCount / 4 { return false }
    let first = sections.lists.offset &+ 4 &* Int(start)
    var index = 0
    while index < Int(count) {
      let pair = first &+ 8 &* index
      if !isText(at: pair) || (index > 0 && !areAscending(pair &- 8, pair)) { return false }
      index &+= 1
    }
    return true
  }

  /// Whether the text of one pair comes before that of another.
  private func areAscending(_ first: Int, _ second: Int) -> Bool {
    let start = sections.strings.offset &+ Int(words.u32(first))
    let next = sections.strings.offset &+ Int(words.u32(second))
    let counts = (first: Int(words.u32(first &+ 4)), second: Int(words.u32(second &+ 4)))
    var index = 0
    while index < min(counts.first, counts.second) {
      let bytes = (words.byte(start &+ index), words.byte(next &+ index))
      if bytes.0 != bytes.1 { return bytes.0 < bytes.1 }
      index &+= 1
    }
    return counts.first < counts.second
  }

  /// Whether eight words a range in the lists are ranges that ascend and lie apart.
  private func areRanges(start: UInt32, count: UInt32) -> Bool {
    if Int(start) &+ 8 &* Int(count) > sections.lists.byteCount / 4 { return false }
    var previous: AddressKey?
    var index = 0
    while index < Int(count) {
      let offset = sections.lists.offset &+ 4 &* Int(start) &+ AddressRange.byteCount &* index
      let range = AddressRange(words, offset)
      if range.last < range.first { return false }
      if let previous, !(previous < range.first) { return false }
      previous = range.last
      index &+= 1
    }
    return true
  }

  // MARK: conditions

  /// The label of a condition: its first word, with nothing written before it.
  func isCondition(_ entry: UInt32) -> Bool {
    if Int(entry) >= sections.codeWordCount { return false }
    let word = CodeWord(words, sections.code.offset &+ RecordSize.codeWord &* Int(entry))
    return word.opcode == .label && word.b == 0
  }

  /// Conditional bindings: runs of records, each ended by one without a binding.
  func checkConditionals() throws(BundleFault) {
    let records = Records<2>(words, sections.conditionals)
    var index = 0
    var isEnded = true
    while index < records.count {
      let first = records.word(index, 0)
      let second = records.word(index, 1)
      isEnded = first.lowHalf == BundleFormat.none
      if isEnded {
        try require(first == UInt64(BundleFormat.none) && second == 0, .conditionalRecord)
      } else {
        let isSound =
          first.lowHalf < BundleFormat.conditionalGrant && isCondition(first.highHalf) && isRow(second.lowHalf)
          && second.highHalf == 0
        try require(isSound, .conditionalRecord)
      }
      index &+= 1
    }
    try require(isEnded, .conditionalRecord)
  }

  /// What the conditions of the run at `index` can cost together: words, and probes of their rows.
  func conditionCost(ofRun start: UInt32) throws(BundleFault) -> (wordCount: UInt64, probeCount: UInt64) {
    let records = Records<2>(words, sections.conditionals)
    var index = Int(start)
    try require(index < records.count, .appConditionals)
    var cost: (wordCount: UInt64, probeCount: UInt64) = (0, 0)
    // Every run ends: `checkConditionals`.
    while records.word(index, 0).lowHalf != BundleFormat.none {
      cost.wordCount &+= UInt64(wordCount(ofCondition: records.word(index, 0).highHalf))
      let header = words.u64(sections.grants.offset &+ RecordSize.unit &* Int(records.word(index, 1).lowHalf))
      cost.probeCount &+= Self.probes(entryCount: header.highHalf)
      index &+= 1
    }
    return cost
  }

  /// The most words that a checked condition runs.
  func wordCount(ofCondition entry: UInt32) -> UInt32 {
    words.u32(sections.code.offset &+ RecordSize.codeWord &* Int(entry) &+ 4)
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
