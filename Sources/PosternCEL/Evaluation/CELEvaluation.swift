// One evaluation: the walk over the tree, and the bounds it keeps. Refuses messages, which are out of scope.

/// The state of one evaluation.
final class CELEvaluation {
  /// Levels of the tree after macros, each of which makes a few levels of one written.
  static let depthLimit = 4 * CELLimits.depth

  let activation: any CELActivation
  let variables: [Int: String]?
  let timeZones: any CELTimeZones
  let functions = CELLibrary.all
  let regexes = CELRegexMemory()
  private let names: CELEnvironment
  private(set) var stepsLeft: Int
  /// Whether a bound of the evaluation was passed: an error that nothing absorbs, for it says nothing about the
  /// operand.
  private(set) var isExhausted = false
  private var depth = 0
  private var deepest = 0

  init(
    activation: any CELActivation, variables: [Int: String]?, container: String, timeZones: any CELTimeZones,
    stepLimit: Int = CELLimits.evaluationSteps
  ) {
    stepsLeft = stepLimit
    self.activation = activation
    self.variables = variables
    self.timeZones = timeZones
    names = CELEnvironment(container: container)
  }

  /// The value of a node.
  func evaluate(_ expression: CELExpression, in scope: CELScope?) throws(CELError) -> CELValue {
    depth += 1
    defer { depth -= 1 }
    deepest = max(deepest, depth)
    guard depth <= Self.depthLimit else { throw exhausted("the expression nests too deeply") }
    switch expression.kind {
    case .constant(let value): return value
    case .identifier, .select: return try resolve(expression, in: scope)
    case .has(let operand, let field): return .bool(try has(field, of: operand, id: expression.id, in: scope))
    case .call(let function, let target, let arguments):
      return try call(function, on: target, arguments, in: scope)
    case .list(let elements): return try list(elements, in: scope)
    case .map(let entries): return try map(entries, in: scope)
    case .message(let name, _): throw CELError(.noSuchOverload, "there are no messages: `\(name)`")
    case .comprehension(let comprehension): return try fold(comprehension, in: scope)
    case .bind(let name, let value, let body):
      return try evaluate(body, in: CELScope(name, .pending(value, in: scope), nesting: 0, parent: scope))
    }
  }

  /// The qualified names that a written one may stand for, in the order in which they are tried.
  func candidates(for name: String, isAbsolute: Bool) -> [String] {
    isAbsolute ? [name] : names.candidates(for: name)
  }

  /// Takes steps from those that are left.
  func charge(_ steps: Int) throws(CELError) {
    guard steps <= stepsLeft else { throw exhausted("the evaluation takes too many steps") }
    stepsLeft -= steps
  }

  private func exhausted(_ message: String) -> CELError {
    isExhausted = true
    return CELError(.limit, message)
  }
}

// Values that variables keep.
extension CELEvaluation {
  /// A value and a bound on how deep it nests: as deep as the variables in reach and the levels of its expression.
  func evaluateBound(
    _ expression: CELExpression, in scope: CELScope?
  ) throws(CELError) -> (value: CELValue, nesting: Int) {
    let outer = deepest
    deepest = depth
    defer { deepest = outer }
    let value = try evaluate(expression, in: scope)
    let nesting = scope.nesting + deepest - depth
    guard nesting <= Self.depthLimit else { throw exhausted("the value nests too deeply") }
    return (value, nesting)
  }

  /// The value of a macro's variable.
  func value(of variable: CELScope) throws(CELError) -> CELValue {
    switch variable.content {
    case .value(let value): return value
    case .failure(let error): throw error
    case .pending(let expression, let scope):
      do throws(CELError) {
        let bound = try evaluateBound(expression, in: scope)
        variable.content = .value(bound.value)
        variable.nesting = bound.nesting
        return bound.value
      } catch {
        variable.content = .failure(error)
        throw error
      }
    }
  }
}

// Literals.
extension CELEvaluation {
  private func list(_ elements: [CELExpression.Element], in scope: CELScope?) throws(CELError) -> CELValue {
    try charge(elements.count)
    var values: [CELValue] = []
    values.reserveCapacity(elements.count)
    for element in elements {
      let value = try evaluate(element.value, in: scope)
      if let present = try element.isOptional ? unwrap(value) : value { values.append(present) }
    }
    return .list(values)
  }

  private func map(_ entries: [CELExpression.Entry], in scope: CELScope?) throws(CELError) -> CELValue {
    try charge(entries.count)
    var map = CELMap()
    for entry in entries {
      let key = try evaluate(entry.key, in: scope)
      let value = try evaluate(entry.value, in: scope)
      if let present = try entry.isOptional ? unwrap(value) : value { try map.add(key, present) }
    }
    return .map(map)
  }

  /// What an optional holds; nil for `optional.none()`.
  private func unwrap(_ value: CELValue) throws(CELError) -> CELValue? {
    guard case .optional(let boxed) = value else {
      throw CELError(.noSuchOverload, "an optional element must be an optional, not `\(value.typeName)`")
    }
    return boxed?.value
  }
}

extension CELMap {
  /// Adds an entry; a key twice, or one of a type that keys have not, is an error.
  mutating func add(_ key: CELValue, _ value: CELValue) throws(CELError) {
    if case .double = key { throw CELError(.noSuchOverload, "a double is no key") }
    guard Key(key) != nil else { throw CELError(.noSuchOverload, "`\(key.typeName)` is no key") }
    guard insert(key, value) else { throw CELError(.duplicateKey, "a key of a map stands there twice") }
  }
}
