// Values of conditions: constants, parts of the request, facts of the caller, parts of instants. Refuses what would have to
// build a text or a list.

internal import CPostern
internal import PosternCEL
internal import PosternKernel
internal import PosternLanguage

extension ConditionLowering {
  /// Writes code that brings the value into a register, or leaves by `error`; the register.
  mutating func lower(
    value expression: CELExpression, orElse error: ProgramLabel
  ) throws(LoweringRefusal) -> UInt8 {
    if let register = scope.register(of: expression) { return register }
    let register = try takeRegister(for: expression)
    try lower(value: expression, into: register, orElse: error)
    return register
  }

  /// The same into `register`, but for what is in one already; the register.
  mutating func lower(
    value expression: CELExpression, orInto register: UInt8, orElse error: ProgramLabel
  ) throws(LoweringRefusal) -> UInt8 {
    if let known = scope.register(of: expression) { return known }
    try lower(value: expression, into: register, orElse: error)
    return register
  }

  /// The same with the register given; no other is taken any longer.
  mutating func lower(
    value expression: CELExpression, into register: UInt8, orElse error: ProgramLabel
  ) throws(LoweringRefusal) {
    try requireRoom(expression)
    depth += 1
    let mark = self.mark
    let registers = scope.registers
    defer {
      depth -= 1
      release(to: mark)
      scope.registers = registers
    }
    switch scope.outcome(of: expression) {
    case .value(let constant): return try load(constant, register, at: expression)
    case .error: return loadError(register, orElse: error)
    case .unbounded: throw tooLong(expression)
    case nil: break
    }
    if let known = scope.register(of: expression) { return copy(known, into: register, orElse: error) }
    if let path = path(of: expression) {
      if let constant = Self.constants[path] { return load(.string(constant), register) }
      return load(attribute: path, register, orElse: error)
    }
    if let inner = scope.expansion(of: expression) {
      return try within(inner.scope) { lowering throws(LoweringRefusal) in
        try lowering.lower(value: inner.expression, into: register, orElse: error)
      }
    }
    try share(within: expression)
    if isTest(expression) { return try lower(outcomeOf: expression, into: register, orElse: error) }
    if case .call(CELOperator.conditional, nil, let operands) = expression.kind {
      return try lower(choice: operands, into: register, orElse: error)
    }
    if try lower(partOfTime: expression, into: register, orElse: error) { return }
    if try lower(computed: expression, into: register, orElse: error) { return }
    throw refusal("this part of the condition has no bounded form", expression)
  }

  private mutating func copy(_ source: UInt8, into register: UInt8, orElse error: ProgramLabel) {
    builder.value(.convert, a: register | source << 4, b: Conversion.same.rawValue, orElse: error)
  }

  /// Registers that shared values may take; the rest is for what is computed from them.
  private static let sharedRegisterLimit = 8

  /// Computes the values of which `part` is the smallest part that holds all uses; an error becomes a value.
  mutating func share(within part: CELExpression) throws(LoweringRefusal) {
    for value in scope.shared.values[part.id] ?? [] where mark < Self.sharedRegisterLimit && !scope.isInBody {
      guard let number = scope.shared.number(of: value) else { continue }
      let register = try takeRegister(for: value)
      let end = builder.makeLabel()
      builder.emit(.loadConstant, a: register, b: UInt16(ConstantTag.error))
      if path(of: value) != nil {
        // A load that fails leaves the register as it is.
        try lower(value: value, into: register, orElse: end)
      } else {
        copy(try lower(value: value, orElse: end), into: register, orElse: end)
        release(to: register + 1)
      }
      builder.place(end)
      scope.registers[number] = register
    }
  }

  /// A constant that is an error: null has no negative.
  private mutating func loadError(_ register: UInt8, orElse error: ProgramLabel) {
    load(.null, register)
    builder.value(.convert, a: register | register << 4, b: Conversion.negated.rawValue, orElse: error)
  }

  /// A part of an instant; false where it is none.
  private mutating func lower(
    partOfTime expression: CELExpression, into register: UInt8, orElse error: ProgramLabel
  ) throws(LoweringRefusal) -> Bool {
    guard case .call(let function, let target?, let arguments) = expression.kind, let part = Self.timeParts[function]
    else { return false }
    guard scope.type(of: target) == .timestamp else {
      throw refusal("parts have a bounded form only of an instant", expression)
    }
    let zone = try zone(arguments)
    let source = try lower(value: target, orInto: register, orElse: error)
    let operand = register | source << 4
    switch zone {
    case .offset(let seconds):
      builder.value(.timePart, a: operand, b: part.rawValue, y: UInt32(bitPattern: seconds), orElse: error)
    case .table(let index):
      builder.value(.zonedTimePart, a: operand, b: part.rawValue, y: index, orElse: error)
    }
    return true
  }

  private enum Zone {
    case offset(Int32)
    case table(UInt32)
  }

  private mutating func zone(_ arguments: [CELExpression]) throws(LoweringRefusal) -> Zone {
    guard let argument = arguments.first else { return .offset(0) }
    guard case .string(let name)? = scope.ownValue(of: argument) else {
      throw refusal("a time zone has a bounded form only where it is a constant", argument)
    }
    if let seconds = FixedOffset.seconds(name) { return .offset(seconds) }
    guard let table = zoneFolder.table(named: name) else {
      throw refusal("there is no time zone `\(name)` among the zone files", argument)
    }
    return .table(zones.index(of: table.words))
  }

  private static let timeParts: [String: TimePart] = [
    "getFullYear": .year, "getMonth": .month, "getDate": .date, "getDayOfMonth": .dayOfMonth,
    "getDayOfWeek": .dayOfWeek, "getDayOfYear": .dayOfYear, "getHours": .hours, "getMinutes": .minutes,
    "getSeconds": .seconds, "getMilliseconds": .milliseconds,
  ]

  // MARK: attributes

  /// The path of an attribute: a variable, or constant fields and keys of one; nil of access levels, which are no facts.
  func path(of expression: CELExpression) -> String? {
    if let name = scope.checking.variables[expression.id] { return Self.isOfLevels(name) ? nil : name }
    if case .expression(let named, let inner)? = scope.local(expression) {
      var lowering = self
      lowering.scope = inner
      return lowering.path(of: named)
    }
    switch expression.kind {
    case .call("dyn", nil, let arguments): return path(of: arguments[0])
    case .select(let operand, let field, isOptional: false): return path(of: operand).map { Self.path($0, field) }
    case .call(CELOperator.index, let target, let arguments):
      let operands = (target.map { [$0] } ?? []) + arguments
      guard operands.count == 2, case .string(let key)? = scope.value(of: operands[1]),
        let path = path(of: operands[0])
      else { return nil }
      return Self.path(path, key)
    default: return nil
    }
  }

  /// The path of what a map holds under a name: `.name`, or `["name"]` for a header and for what is no identifier.
  static func path(_ path: String, _ key: String) -> String {
    let isIdentifier =
      (key.utf8.first.map { !isDigit($0) } ?? false)
      && key.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "_") || isLetter($0) }
    if isIdentifier && path != "request.headers" { return path + "." + key }
    let escaped = key.unicodeScalars.reduce(into: "") { text, scalar in
      if scalar == "\"" || scalar == "\\" { text += "\\" }
      text.unicodeScalars.append(scalar)
    }
    return "\(path)[\"\(escaped)\"]"
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// Attributes that are the same for every request through the gate.
  private static let constants = [
    "resource.type": "iap.googleapis.com/WebService", "resource.service": "iap.googleapis.com",
  ]

  private static let requestParts: [String: RequestPart] = [
    "request.path": .path, "request.host": .host, "request.method": .method, "request.scheme": .scheme,
    "request.query": .query, "request.time": .time, "resource.name": .resourceName,
  ]

  private mutating func load(attribute path: String, _ register: UInt8, orElse error: ProgramLabel) {
    // Texts of the caller are looked at once to see that they are UTF-8; that the path is one is known.
    if path != "request.path" { count(bytes: Self.byteLimit(ofAttribute: path)) }
    if let part = Self.requestParts[path] {
      builder.value(.loadRequest, a: register, b: part.rawValue, orElse: error)
    } else if let slot = attributes.slot(of: path) {
      let isBool = ConditionEnvironment.types[path] == .bool
      load(slot, of: path, tag: isBool ? POSTERN_BOOL : POSTERN_TEXT, register, orElse: error)
    }
  }

  /// Loads a slot; facts of the device must have the tag.
  mutating func load(_ slot: UInt16, of path: String, tag: Int, _ register: UInt8, orElse error: ProgramLabel) {
    if path.hasPrefix(ConditionEnvironment.devicePrefix) {
      builder.value(.loadDevice, a: register, b: slot, y: UInt32(tag), orElse: error)
    } else {
      builder.value(.loadFact, a: register, b: slot, y: attributes.isOfCaller(slot) ? 1 : 0, orElse: error)
    }
  }

  /// The most bytes that an attribute can have.
  static func byteLimit(ofAttribute path: String) -> Int {
    switch path {
    case "request.time": 0
    case "request.host": ConditionLimit.hostBytes
    case "request.method", "request.scheme": ConditionLimit.methodBytes
    case "request.query": ConditionLimit.queryBytes
    default: ConditionLimit.textBytes
    }
  }

  // MARK: constants

  /// Loads a constant that has a form of 64 bits, or a text.
  mutating func load(_ value: CELValue, _ register: UInt8, at expression: CELExpression) throws(LoweringRefusal) {
    guard Self.hasForm(value) else {
      throw refusal("a constant of type \(value.typeName) has no bounded form here", expression)
    }
    load(value, register)
  }

  private static func hasForm(_ value: CELValue) -> Bool {
    switch value {
    case .null, .bool, .int, .uint, .double, .string, .bytes: true
    case .timestamp(let instant): instant.nanoseconds % 1_000_000 == 0
    case .duration(let duration): duration.nanoseconds % 1_000_000 == 0
    default: false
    }
  }

  mutating func load(_ value: CELValue, _ register: UInt8) {
    switch value {
    case .bool(let value): load(bits: value ? 1 : 0, POSTERN_BOOL, register)
    case .int(let value): load(bits: UInt64(bitPattern: value), POSTERN_INT, register)
    case .uint(let value): load(bits: value, POSTERN_UINT, register)
    case .double(let value): load(bits: value.bitPattern, POSTERN_DOUBLE, register)
    case .string(let text): load(text: Array(text.utf8), POSTERN_TEXT, register)
    case .bytes(let bytes): load(text: bytes, POSTERN_BYTES, register)
    case .timestamp(let instant):
      load(bits: Self.milliseconds(instant.seconds, instant.nanoseconds), POSTERN_TIMESTAMP, register)
    case .duration(let duration):
      load(bits: Self.milliseconds(duration.seconds, duration.nanoseconds), POSTERN_DURATION, register)
    default: load(bits: 0, POSTERN_NULL, register)
    }
  }

  private static func milliseconds(_ seconds: Int64, _ nanoseconds: Int32) -> UInt64 {
    UInt64(bitPattern: seconds * 1_000 + Int64(nanoseconds / 1_000_000))
  }

  private mutating func load(bits: UInt64, _ tag: Int, _ register: UInt8) {
    builder.emit(
      .loadConstant, a: register, b: UInt16(tag), y: UInt32(truncatingIfNeeded: bits),
      z: UInt32(truncatingIfNeeded: bits >> 32))
  }

  private mutating func load(text: [UInt8], _ tag: Int, _ register: UInt8) {
    let run = strings.cons(text)
    builder.emit(.loadConstant, a: register, b: UInt16(tag), y: run.start, z: run.count)
  }

  /// Loads a set of texts.
  mutating func loadSet(_ texts: Set<[UInt8]>, _ register: UInt8) {
    let sorted = texts.sorted { $0.lexicographicallyPrecedes($1) }
    var pairs: [UInt32] = []
    for text in sorted {
      let run = strings.cons(text)
      pairs += [run.start, run.count]
    }
    let run = lists.cons(pairs)
    builder.emit(.loadConstant, a: register, b: UInt16(ConstantTag.textSet), y: run.start, z: UInt32(sorted.count))
  }
}
