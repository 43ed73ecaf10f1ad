// Values that are computed from others: arithmetic, conversions, sizes, texts in lower case, the values of `?:` and of tests.
// Refuses what would build a text or a list, and what may be one.

internal import CPostern
internal import PosternCEL
internal import PosternKernel

extension ConditionLowering {
  /// Writes code that brings what a call comes to into `register`; false where the call is of another kind.
  mutating func lower(
    computed expression: CELExpression, into register: UInt8, orElse error: ProgramLabel
  ) throws(LoweringRefusal) -> Bool {
    guard case .call(let function, let target, let arguments) = expression.kind else { return false }
    let operands = (target.map { [$0] } ?? []) + arguments
    if let operation = Self.operations[function] {
      try requireNumbers(operation, operands, expression)
      try lower(value: operands[0], into: register, orElse: error)
      let right = try lower(value: operands[1], orElse: error)
      builder.value(.arithmetic, a: register | right << 4, b: operation.rawValue, orElse: error)
      return true
    }
    guard let operand = operands.first, operands.count == 1, let conversion = try conversion(function, operand) else {
      return false
    }
    let source = try lower(value: operand, orInto: register, orElse: error)
    if conversion == .size || conversion == .int || conversion == .uint { count(bytes: ConditionLimit.textBytes) }
    builder.value(.convert, a: register | source << 4, b: conversion.rawValue, orElse: error)
    return true
  }

  private static let operations: [String: Arithmetic] = [
    CELOperator.add: .add, CELOperator.subtract: .subtract, CELOperator.multiply: .multiply,
    CELOperator.divide: .divide, CELOperator.remainder: .remainder,
  ]

  private static let numbers: [CELType] = [.int, .uint, .double, .timestamp, .duration]

  /// A sum of which neither operand is known to be a number or a time may be a text or a list, which would have to be built.
  private func requireNumbers(
    _ operation: Arithmetic, _ operands: [CELExpression], _ expression: CELExpression
  ) throws(LoweringRefusal) {
    guard operation == .add else { return }
    guard operands.contains(where: { scope.type(of: $0).map(Self.numbers.contains) ?? false }) else {
      throw refusal("a sum that may be a text or a list has no bounded form", expression)
    }
  }

  /// The functions of one value, and the types of which alone they have a bounded form; nil: of any.
  private static let conversions: [String: (conversion: Conversion, types: [CELType]?)] = [
    "size": (.size, nil), "lowerAscii": (.lowerASCII, nil), CELOperator.negate: (.negated, nil), "int": (.int, nil),
    "uint": (.uint, nil), "dyn": (.same, nil), "double": (.double, [.int, .uint, .double]),
    "timestamp": (.timestamp, [.int, .timestamp]), "duration": (.same, [.duration]), "string": (.same, [.string]),
    "bool": (.same, [.bool]),
  ]

  /// The conversion that a function is; nil where it is none.
  private func conversion(_ function: String, _ operand: CELExpression) throws(LoweringRefusal) -> Conversion? {
    guard let known = Self.conversions[function] else { return nil }
    if let types = known.types, !(scope.type(of: operand).map(types.contains) ?? false) {
      throw refusal("`\(function)()` of what may be of another type has no bounded form", operand)
    }
    return known.conversion
  }

  /// Whether an expression is arithmetic, or a conversion to another value than itself: a scalar, whatever its type is known to be.
  func isComputed(_ expression: CELExpression) -> Bool {
    guard case .call(let function, _, _) = expression.kind else { return false }
    if let known = Self.conversions[function] { return known.conversion != .same }
    return Self.operations[function] != nil
  }

  // MARK: values of tests

  /// Whether an expression is a test that leaves by exits, rather than a value.
  func isTest(_ expression: CELExpression) -> Bool {
    if let name = scope.checking.variables[expression.id] { return name.hasPrefix(Self.levelPrefix) }
    switch expression.kind {
    case .has: return true
    case .comprehension(let comprehension): return LoweringScope.fold(comprehension.kind) != nil
    case .call(let function, _, _): return Self.isTest(function)
    default: return false
    }
  }

  static func isTest(_ function: String) -> Bool { tests.contains(function) }

  private static let tests: Set<String> = [
    CELOperator.and, CELOperator.or, CELOperator.not, CELOperator.equals, CELOperator.notEquals, CELOperator.less,
    CELOperator.lessOrEqual, CELOperator.greater, CELOperator.greaterOrEqual, CELOperator.in, "startsWith", "endsWith",
    "contains", "matches", "inIpRange",
  ]

  /// The outcome of a test, as a bool.
  mutating func lower(
    outcomeOf expression: CELExpression, into register: UInt8, orElse error: ProgramLabel
  ) throws(LoweringRefusal) {
    let exits = ProgramExits(yes: builder.makeLabel(), no: builder.makeLabel(), error: error)
    let end = builder.makeLabel()
    try lower(test: expression, exits)
    builder.place(exits.yes)
    load(.bool(true), register)
    builder.test(.testTrue, a: register, ProgramExits(yes: end, no: end, error: end))
    builder.place(exits.no)
    load(.bool(false), register)
    builder.place(end)
  }

  /// The value of `condition ? first : second`.
  mutating func lower(
    choice operands: [CELExpression], into register: UInt8, orElse error: ProgramLabel
  ) throws(LoweringRefusal) {
    let exits = ProgramExits(yes: builder.makeLabel(), no: builder.makeLabel(), error: error)
    let end = builder.makeLabel()
    try lower(test: operands[0], exits)
    builder.place(exits.yes)
    try lower(value: operands[1], into: register, orElse: error)
    let settled = try takeRegister(for: operands[1])
    load(.bool(true), settled)
    builder.test(.testTrue, a: settled, ProgramExits(yes: end, no: end, error: end))
    builder.place(exits.no)
    try lower(value: operands[2], into: register, orElse: error)
    builder.place(end)
  }
}
