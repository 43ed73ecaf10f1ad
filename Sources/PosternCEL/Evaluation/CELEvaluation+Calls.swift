// Calls of functions, methods and operators, with the work they are charged for. Refuses, as error values, functions
// that no library has and arguments that no overload takes.

extension CELEvaluation {
  /// A call, of an operator as of a function.
  func call(
    _ function: String, on target: CELExpression?, _ arguments: [CELExpression], in scope: CELScope?
  ) throws(CELError) -> CELValue {
    switch function {
    case CELOperator.and: return try logic(decisive: false, arguments, in: scope)
    case CELOperator.or: return try logic(decisive: true, arguments, in: scope)
    case CELOperator.conditional: return try conditional(arguments, in: scope)
    default: break
    }
    guard let target else {
      return try apply(qualified(function), isMethod: false, to: arguments, in: scope)
    }
    if let name = namespaced(function, on: target, in: scope) {
      return try apply(name, isMethod: false, to: arguments, in: scope)
    }
    if arguments.count == 1, function == "or" || function == "orValue" {
      return try alternative(function, on: target, arguments[0], in: scope)
    }
    return try apply(function, isMethod: true, to: [target] + arguments, in: scope)
  }

  /// `optional.or(other)` and `optional.orValue(other)`, whose argument is evaluated only where it is asked for, as
  /// the CEL project's own implementation has it.
  private func alternative(
    _ function: String, on target: CELExpression, _ argument: CELExpression, in scope: CELScope?
  ) throws(CELError) -> CELValue {
    let first = try evaluate(target, in: scope)
    guard case .optional(let boxed) = first else {
      throw CELError(.noSuchOverload, "`\(first.typeName)` has no `\(function)`")
    }
    if let boxed { return function == "or" ? first : boxed.value }
    let second = try evaluate(argument, in: scope)
    if function == "or", second.typeName != first.typeName {
      throw CELError(.noSuchOverload, "`or` takes an optional, not `\(second.typeName)`")
    }
    return second
  }

  /// A function's name within the container; a leading dot skips the container.
  private func qualified(_ function: String) -> String {
    guard !function.hasPrefix(".") else { return String(function.dropFirst()) }
    return candidates(for: function, isAbsolute: false).first { functions[$0] != nil } ?? function
  }

  /// The function `math.greatest`, written like a method `greatest` of `math`.
  private func namespaced(_ function: String, on target: CELExpression, in scope: CELScope?) -> String? {
    guard let prefix = qualifiedName(of: target, in: scope) else { return nil }
    return candidates(for: prefix.text + "." + function, isAbsolute: prefix.isAbsolute).first { name in
      functions[name]?.contains { !$0.isMethod } ?? false
    }
  }

  private func apply(
    _ name: String, isMethod: Bool, to arguments: [CELExpression], in scope: CELScope?
  ) throws(CELError) -> CELValue {
    var values: [CELValue] = []
    values.reserveCapacity(arguments.count)
    for argument in arguments { values.append(try evaluate(argument, in: scope)) }
    try chargeArguments(values, of: name)
    let call = CELCall(arguments: values, timeZones: timeZones, regexes: regexes, stepsLeft: stepsLeft)
    for function in functions[name] ?? []
    where function.isMethod == isMethod && function.argumentCounts.contains(values.count) {
      guard let result = try function.call(call) else { continue }
      try chargeResult(result, of: name)
      return result
    }
    throw CELError(.noSuchOverload, "`\(name)` takes no (\(values.map(\.typeName).joined(separator: ", ")))")
  }
}

// Work.
extension CELEvaluation {
  /// Functions whose work does not grow with what they are given.
  private static let constantTime: Set<String> = [
    "size", "type", "dyn", CELOperator.index, CELOperator.optionalIndex, "optional.of", "optional.none",
    "optional.ofNonZeroValue", "hasValue", "value", "or", "orValue",
  ]

  /// Most functions look at all they are given, to any depth: a value that holds another many times counts it each
  /// time.
  private func chargeArguments(_ values: [CELValue], of name: String) throws(CELError) {
    guard !Self.constantTime.contains(name), name != CELOperator.add else { return }
    if name == CELOperator.in, case .map? = values.last { return }
    for value in values { try charge(value.weight(atMost: stepsLeft)) }
    if name == "matches", values.count == 2 { try charge(values[0].width, times: values[1].width / 16) }
  }

  /// A regular expression takes steps by the product of its length and the text's; many are taken at once.
  private func charge(_ steps: Int, times factor: Int) throws(CELError) {
    let (product, overflow) = steps.multipliedReportingOverflow(by: factor)
    try charge(overflow ? .max : product)
  }

  private func chargeResult(_ value: CELValue, of name: String) throws(CELError) {
    guard !Self.constantTime.contains(name) else { return }
    try charge(value.width)
  }
}

extension CELValue {
  /// Bytes of a text, elements of an aggregate, 1 of anything else.
  var width: Int {
    switch self {
    case .string(let text): text.utf8.count
    case .bytes(let bytes): bytes.count
    case .list(let elements): elements.count
    case .map(let map): map.count
    default: 1
    }
  }

  /// The widths of the value and all that it holds, counted until they pass a limit.
  func weight(atMost limit: Int) -> Int {
    var weight = width
    switch self {
    case .list(let elements):
      for element in elements where weight <= limit { weight += element.weight(atMost: limit - weight) }
    case .map(let map):
      for entry in map.entries where weight <= limit {
        weight += entry.key.width
        weight += entry.value.weight(atMost: limit - weight)
      }
    case .optional(let boxed?): weight += boxed.value.weight(atMost: limit - weight)
    default: break
    }
    return weight
  }
}
