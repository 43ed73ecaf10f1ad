// From a typed condition to words of bounded cost: tests with three ways out become jumps, values go through sixteen registers.
// Refuses, with the place and the reason, what has no bounded form (docs/conditions.md says what has one).

internal import CPostern
internal import PosternCEL
internal import PosternKernel
internal import PosternLanguage

/// Why a part of a condition does not compile.
struct LoweringRefusal: Error {
  /// In lower case, without a full stop.
  var message: String
  /// UTF-8 bytes of the expression.
  var range: Range<Int>
}

/// Lowers conditions one after the other; their constants and attributes collect in pools that they share.
struct ConditionLowering {
  var builder = ProgramBuilder()
  /// Of the expression at hand.
  var scope = LoweringScope()
  /// Texts of constants.
  var strings: ConsPool<UInt8>
  /// Sets and ranges.
  var lists: ConsPool<UInt32>
  var attributes = AttributeSlots()
  var automata = TablePool()
  var zones = TablePool()
  let zoneFolder: ZoneFolder
  /// The most bytes of facts that the last condition looks at.
  private(set) var byteCount: UInt32 = 0
  /// Levels of nesting around the part at hand.
  var depth = 0
  /// Registers that are taken, from the lowest.
  private var registerCount: UInt8 = 0
  let levels: [String: Condition]

  init(
    levels: [AccessLevel], zoneFolder: ZoneFolder, strings: ConsPool<UInt8>, lists: ConsPool<UInt32>
  ) {
    self.zoneFolder = zoneFolder
    self.strings = strings
    self.lists = lists
    self.levels = Dictionary(levels.map { ($0.name.value, $0.condition) }) { first, _ in first }
  }

  /// The program of a condition that is always an error.
  static var fault: Program {
    var builder = ProgramBuilder()
    builder.place(builder.makeLabel())
    builder.emit(.fault)
    return builder.finish()
  }

  /// The program of a condition.
  mutating func program(of condition: Condition) throws(LoweringRefusal) -> Program {
    builder = ProgramBuilder()
    registerCount = 0
    byteCount = 0
    guard let reading = condition.reading else { return Self.fault }
    builder.place(builder.makeLabel())
    for use in reading.timeUses { writeTurn(use) }
    try within(LoweringScope(reading)) { lowering throws(LoweringRefusal) in
      try lowering.lowerEnded(test: reading.tree)
    }
    return builder.finish()
  }

  /// Writes code in another scope.
  mutating func within<Result>(
    _ inner: LoweringScope, _ body: (inout ConditionLowering) throws(LoweringRefusal) -> Result
  ) throws(LoweringRefusal) -> Result {
    let outer = scope
    defer { scope = outer }
    scope = inner
    return try body(&self)
  }

  /// Writes a program that ends where the test does: the body of an `each`.
  mutating func lowerEnded(test expression: CELExpression) throws(LoweringRefusal) {
    let exits = ProgramExits(yes: builder.makeLabel(), no: builder.makeLabel(), error: builder.makeLabel())
    try lower(test: expression, exits)
    end(exits.yes, .yes)
    end(exits.no, .no)
    end(exits.error, .fault)
  }

  /// Counts bytes that a word may look at.
  mutating func count(bytes: Int) {
    let (sum, overflow) = byteCount.addingReportingOverflow(UInt32(clamping: bytes))
    byteCount = overflow ? .max : sum
  }

  private mutating func end(_ label: ProgramLabel, _ opcode: Opcode) {
    guard builder.isReferenced(label) else { return }
    builder.place(label)
    builder.emit(opcode)
  }

  /// A condition of more words is none that anybody reads.
  private static let wordLimit = 4_096

  /// Levels of nesting, those of access levels and of what names stand for included: what recursion can meet.
  private static let depthLimit = 500

  func requireRoom(_ expression: CELExpression) throws(LoweringRefusal) {
    guard depth < Self.depthLimit else {
      throw refusal("nests more than \(Self.depthLimit) levels deep with what it asks for", expression)
    }
    guard builder.wordCount < Self.wordLimit else {
      throw refusal("takes more than \(Self.wordLimit) words with what it asks for", expression)
    }
  }

  // MARK: registers

  /// A register that stays taken until `release(to:)` goes back below it.
  mutating func takeRegister(for expression: CELExpression) throws(LoweringRefusal) -> UInt8 {
    guard registerCount < UInt8(ConditionLimit.registers) else {
      throw refusal("is nested deeper than \(ConditionLimit.registers) registers allow", expression)
    }
    registerCount += 1
    return registerCount - 1
  }

  var mark: UInt8 { registerCount }
  mutating func release(to mark: UInt8) { registerCount = mark }

  func refusal(_ why: String, _ expression: CELExpression) -> LoweringRefusal {
    LoweringRefusal(message: why, range: expression.range)
  }

  func tooLong(_ constant: CELExpression) -> LoweringRefusal {
    refusal("this constant part takes too many steps to compute", constant)
  }

  // MARK: tests

  /// Writes code that leaves by one of `exits`.
  mutating func lower(test expression: CELExpression, _ exits: ProgramExits) throws(LoweringRefusal) {
    try requireRoom(expression)
    if let constant = scope.outcome(of: expression) {
      return try jump(constant, at: expression, exits)
    }
    depth += 1
    let mark = self.mark
    let registers = scope.registers
    defer {
      depth -= 1
      release(to: mark)
      scope.registers = registers
    }
    try share(within: expression)
    if let inner = scope.expansion(of: expression) {
      return try within(inner.scope) { lowering throws(LoweringRefusal) in
        try lowering.lower(test: inner.expression, exits)
      }
    }
    if let name = scope.checking.variables[expression.id], name.hasPrefix(Self.levelPrefix) {
      return try lower(level: String(name.dropFirst(Self.levelPrefix.count)), expression, exits)
    }
    switch expression.kind {
    case .call(let function, let target, let arguments):
      try lower(call: function, target.map { [$0] + arguments } ?? arguments, expression, exits)
    case .has(let operand, let field):
      try lower(has: operand, field, expression, exits)
    case .comprehension(let comprehension) where LoweringScope.fold(comprehension.kind) != nil:
      try lower(comprehension, expression, exits)
    default:
      let register = try lower(value: expression, orElse: exits.error)
      builder.test(.testTrue, a: register, exits)
    }
  }

  /// A test whose outcome is known.
  mutating func jump(
    _ constant: CELConstants.Outcome, at expression: CELExpression, _ exits: ProgramExits
  ) throws(LoweringRefusal) {
    let mark = self.mark
    defer { release(to: mark) }
    if case .unbounded = constant { throw tooLong(expression) }
    let register = try takeRegister(for: expression)
    // A register that holds no bool: the test is an error, as the constant is.
    if case .value(.bool(let value)) = constant {
      load(.bool(value), register)
    } else {
      load(.null, register)
    }
    builder.test(.testTrue, a: register, exits)
  }

  private mutating func lower(
    call function: String, _ arguments: [CELExpression], _ expression: CELExpression, _ exits: ProgramExits
  ) throws(LoweringRefusal) {
    if try lower(path: function, arguments, exits) { return }
    switch function {
    case CELOperator.and: try fold(arguments, decisive: false, at: expression, exits)
    case CELOperator.or: try fold(arguments, decisive: true, at: expression, exits)
    case CELOperator.not:
      try lower(test: arguments[0], ProgramExits(yes: exits.no, no: exits.yes, error: exits.error))
    case CELOperator.conditional: try lower(conditional: arguments, exits)
    case CELOperator.in: try lower(member: arguments[0], of: arguments[1], exits)
    case "startsWith": try lower(.testPrefix, arguments, exits)
    case "endsWith": try lower(.testSuffix, arguments, exits)
    case "contains": try lower(contains: arguments, exits)
    case "matches": try lower(matches: arguments, exits)
    case "inIpRange": try lower(address: arguments[0], in: arguments[1], exits)
    default:
      if let comparison = Self.comparisons[function] {
        try refuseAggregates(arguments, expression)
        return try lower(.testCompare, arguments, b: comparison.rawValue, exits)
      }
      let register = try lower(value: expression, orElse: exits.error)
      builder.test(.testTrue, a: register, exits)
    }
  }

  /// Comparisons of the path with a constant, the most common of all, take one word; false where it is none.
  private mutating func lower(
    path function: String, _ operands: [CELExpression], _ exits: ProgramExits
  ) throws(LoweringRefusal) -> Bool {
    guard let part = Self.textParts[function], let first = operands.first, let last = operands.last else {
      return false
    }
    let isTurned = part == .whole && scope.checking.variables[last.id] == Self.pathVariable
    let (path, constant) = isTurned ? (last, first) : (first, last)
    guard scope.checking.variables[path.id] == Self.pathVariable,
      case .string(let text)? = scope.value(of: constant), text.utf8.count <= UInt16.max
    else { return false }
    count(bytes: text.utf8.count)
    let run = strings.cons(text.utf8)
    let isNegated = function == CELOperator.notEquals
    builder.test(
      path: part, (run.start, run.count),
      isNegated ? ProgramExits(yes: exits.no, no: exits.yes, error: exits.error) : exits)
    return true
  }

  private static let pathVariable = "request.path"
  private static let textParts: [String: TextPart] = [
    CELOperator.equals: .whole, CELOperator.notEquals: .whole, "startsWith": .prefix, "endsWith": .suffix,
  ]

  /// The most bytes of an operand that a test can look at.
  private func byteLimit(_ operand: CELExpression) -> Int {
    guard let constant = scope.value(of: operand) else {
      return path(of: operand).map { Self.byteLimit(ofAttribute: $0) } ?? ConditionLimit.textBytes
    }
    switch constant {
    case .string(let text): return text.utf8.count
    case .bytes(let bytes): return bytes.count
    default: return 0
    }
  }

  private static let comparisons: [String: Comparison] = [
    CELOperator.equals: .equal, CELOperator.notEquals: .notEqual, CELOperator.less: .less,
    CELOperator.lessOrEqual: .lessOrEqual, CELOperator.greater: .greater,
    CELOperator.greaterOrEqual: .greaterOrEqual,
  ]

  // MARK: logic

  private mutating func lower(
    conditional operands: [CELExpression], _ exits: ProgramExits
  ) throws(LoweringRefusal) {
    let first = builder.makeLabel()
    let second = builder.makeLabel()
    try lower(test: operands[0], ProgramExits(yes: first, no: second, error: exits.error))
    builder.place(first)
    try lower(test: operands[1], exits)
    builder.place(second)
    try lower(test: operands[2], exits)
  }

  // MARK: access levels

  static let levelPrefix = "levels."
  private static let levelList = "request.auth.access_levels"

  /// Whether a variable is an access level, or the list of those that hold.
  static func isOfLevels(_ variable: String) -> Bool { variable.hasPrefix(levelPrefix) || variable == levelList }

  /// The level's own condition, in place.
  private mutating func lower(
    level name: String, _ expression: CELExpression, _ exits: ProgramExits
  ) throws(LoweringRefusal) {
    guard let reading = levels[name]?.reading else { throw refusal("there is no access level `\(name)`", expression) }
    do throws(LoweringRefusal) {
      try within(LoweringScope(reading, isInBody: scope.isInBody)) { lowering throws(LoweringRefusal) in
        try lowering.lower(test: reading.tree, exits)
      }
    } catch {
      throw refusal("access level `\(name)`: \(error.message)", expression)
    }
  }

  // MARK: matching

  private mutating func lower(contains operands: [CELExpression], _ exits: ProgramExits) throws(LoweringRefusal) {
    guard case .string(let part)? = scope.value(of: operands[1]) else {
      throw refusal("`contains()` has a bounded form only of a constant text", operands[1])
    }
    try lower(operands[0], matching: part.quotedForRegex, at: operands[1], exits)
  }

  private mutating func lower(matches operands: [CELExpression], _ exits: ProgramExits) throws(LoweringRefusal) {
    guard case .string(let pattern)? = scope.value(of: operands[1]) else {
      throw refusal("`matches()` has a bounded form only of a constant expression", operands[1])
    }
    try lower(operands[0], matching: pattern, at: operands[1], exits)
  }

  private mutating func lower(
    _ text: CELExpression, matching pattern: String, at place: CELExpression, _ exits: ProgramExits
  ) throws(LoweringRefusal) {
    let table: CELRegexTable
    do throws(CELError) {
      table = try CELRegex(pattern).table()
    } catch {
      throw refusal(error.message, place)
    }
    let left = try lower(value: text, orElse: exits.error)
    let right = try takeRegister(for: place)
    builder.emit(.loadConstant, a: right, b: UInt16(ConstantTag.automaton), y: automata.index(of: table.words))
    count(bytes: ConditionLimit.textBytes)
    builder.test(.testMatches, a: left | right << 4, exits)
  }

  // MARK: comparisons

  private mutating func lower(
    _ opcode: Opcode, _ operands: [CELExpression], b: UInt16 = 0, _ exits: ProgramExits
  ) throws(LoweringRefusal) {
    let left = try lower(value: operands[0], orElse: exits.error)
    let right = try lower(value: operands[1], orElse: exits.error)
    count(bytes: min(byteLimit(operands[0]), byteLimit(operands[1])))
    builder.test(opcode, a: left | right << 4, b: b, exits)
  }

  /// Two values of which neither is known to be a scalar may be lists or maps, which are not compared whole.
  private func refuseAggregates(_ operands: [CELExpression], _ expression: CELExpression) throws(LoweringRefusal) {
    guard operands.allSatisfy({ mayBeAggregate($0) }) else { return }
    throw refusal("lists and maps are not compared whole: compare with a constant, or convert one side", expression)
  }

  private func mayBeAggregate(_ operand: CELExpression) -> Bool {
    if scope.outcome(of: operand) != nil || isTest(operand) { return false }
    if case .call("dyn", nil, let arguments) = operand.kind { return mayBeAggregate(arguments[0]) }
    if isComputed(operand) { return false }
    switch scope.type(of: operand) {
    case .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration, .null: return false
    default: return true
    }
  }

  private mutating func lower(
    has operand: CELExpression, _ field: String, _ expression: CELExpression, _ exits: ProgramExits
  ) throws(LoweringRefusal) {
    guard let path = path(of: operand), let slot = attributes.slot(of: Self.path(path, field)) else {
      throw refusal("`has()` has a bounded form only for an attribute's field", expression)
    }
    builder.test(.testFact, a: attributes.isOfCaller(slot) ? 1 : 0, b: slot, exits)
  }

  private mutating func lower(
    member value: CELExpression, of container: CELExpression, _ exits: ProgramExits
  ) throws(LoweringRefusal) {
    if scope.checking.variables[container.id] == Self.levelList,
      case .string(let name)? = scope.value(of: value)
    {
      // The list holds the levels whose condition is true: one in error is not among them.
      return try lower(level: name, value, ProgramExits(yes: exits.yes, no: exits.no, error: exits.no))
    }
    if case .list(let items)? = scope.value(of: container) {
      return try lower(member: value, ofConstants: items, container, exits)
    }
    if mayBeAggregate(value) {
      throw refusal("lists and maps are not looked for whole: convert the value to a text or a number", value)
    }
    let left = try lower(value: value, orElse: exits.error)
    let right = try lower(value: container, orElse: exits.error)
    count(bytes: ConditionLimit.items * byteLimit(value))
    builder.test(.testMember, a: left | right << 4, exits)
  }

  /// Texts make a set; anything else is compared one by one.
  private mutating func lower(
    member value: CELExpression, ofConstants items: [CELValue], _ container: CELExpression, _ exits: ProgramExits
  ) throws(LoweringRefusal) {
    let left = try lower(value: value, orElse: exits.error)
    let texts = items.compactMap { item in if case .string(let text) = item { Array(text.utf8) } else { nil } }
    let right = try takeRegister(for: container)
    if texts.count == items.count {
      let longest = texts.map(\.count).max() ?? 0
      count(bytes: longest * (Int.bitWidth - texts.count.leadingZeroBitCount))
      loadSet(Set(texts), right)
      return builder.test(.testMember, a: left | right << 4, exits)
    }
    guard items.count <= 64 else {
      throw refusal("a list of more than 64 items has a bounded form only of texts", container)
    }
    for item in items {
      let next = builder.makeLabel()
      try load(item, right, at: container)
      if case .string(let text) = item { count(bytes: text.utf8.count) }
      builder.test(
        .testCompare, a: left | right << 4, b: Comparison.equal.rawValue,
        ProgramExits(yes: exits.yes, no: next, error: exits.error))
      builder.place(next)
    }
    load(.bool(false), right)
    builder.test(.testTrue, a: right, exits)
  }

  private mutating func lower(
    address: CELExpression, in ranges: CELExpression, _ exits: ProgramExits
  ) throws(LoweringRefusal) {
    guard let constant = scope.value(of: ranges), let ranges = AddressRanges(constant) else {
      throw refusal("ranges of addresses have a bounded form only where they are constants", ranges)
    }
    let left = try lower(addressOf: address, orElse: exits.error)
    let right = try takeRegister(for: address)
    let run = lists.cons(ranges.words)
    builder.emit(
      .loadConstant, a: right, b: UInt16(ConstantTag.addressRanges), y: run.start, z: run.count / 8)
    builder.test(.testMember, a: left | right << 4, exits)
  }

  private mutating func lower(
    addressOf expression: CELExpression, orElse error: ProgramLabel
  ) throws(LoweringRefusal) -> UInt8 {
    guard let path = path(of: expression), let slot = attributes.slot(of: path, tag: POSTERN_ADDRESS) else {
      throw refusal("an address has a bounded form only where it is an attribute", expression)
    }
    let register = try takeRegister(for: expression)
    load(slot, of: path, tag: POSTERN_ADDRESS, register, orElse: error)
    return register
  }
}

extension String {
  /// A regular expression that matches this text and nothing else.
  fileprivate var quotedForRegex: String {
    unicodeScalars.reduce(into: "") { quoted, scalar in
      let isPlain =
        !scalar.isASCII || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
      quoted += isPlain ? String(scalar) : "\\x{\(String(scalar.value, radix: 16))}"
    }
  }
}
