// What names stand for where an expression is lowered: attributes, constants of macros, items of lists, expressions bound by
// `cel.bind`. Refuses nothing.

internal import PosternCEL
internal import PosternKernel
internal import PosternLanguage

/// The surroundings of a part of a condition.
struct LoweringScope {
  /// What a name of a macro stands for.
  enum Local {
    case constant(CELValue)
    /// The item that an `each` is at.
    case item(register: UInt8)
    /// What `cel.bind` names: written out where it is asked for, in the scope in which it stands.
    indirect case expression(CELExpression, LoweringScope)
  }

  var checking = CELChecking(type: nil, types: [:], variables: [:], overloads: [:], issues: [])
  private var constants = CELConstants()
  private(set) var locals: [String: Local] = [:]
  /// The locals that are constants.
  private var values: [String: CELValue] = [:]
  private(set) var shared = SharedValues()
  /// The registers of shared values that are computed already, by their numbers.
  var registers: [Int: UInt8] = [:]
  /// Whether this is the body of an `each`.
  private(set) var isInBody = false

  /// Nothing is known.
  init() {}

  /// The scope of a whole condition, or of an access level in the place where one asks for it.
  init(_ expression: ConditionExpression, isInBody: Bool = false) {
    checking = expression.checking
    constants = expression.constants
    shared = SharedValues(expression)
    self.isInBody = isInBody
  }

  /// The same with a name of its own.
  func binding(_ name: String, to local: Local) -> LoweringScope {
    var scope = self
    scope.locals[name] = local
    scope.values[name] = if case .constant(let value) = local { value } else { nil }
    if case .item = local { scope.isInBody = true }
    return scope
  }

  /// The register in which the value of a node stands already: a shared value, or the item that an `each` is at.
  func register(of node: CELExpression) -> UInt8? {
    if case .item(let register)? = local(node) { return register }
    return shared.number(of: node).flatMap { registers[$0] }
  }

  func outcome(of node: CELExpression) -> CELConstants.Outcome? { constants.outcome(of: node, binding: values) }

  func value(of node: CELExpression) -> CELValue? { constants.value(of: node, binding: values) }

  /// The same without the constants of macros: a zone's files are found before a condition is lowered.
  func ownValue(of node: CELExpression) -> CELValue? { constants.value(of: node) }

  func type(of node: CELExpression) -> CELType? { checking.types[node.id] }

  /// What a name of a macro stands for; nil where the node is none.
  func local(_ node: CELExpression) -> Local? {
    guard case .identifier(let name, isAbsolute: false) = node.kind else { return nil }
    return locals[name]
  }

  /// The expression that a node stands for, with the scope to lower it in: the body of a `cel.bind`, or what it names.
  func expansion(of node: CELExpression) -> (expression: CELExpression, scope: LoweringScope)? {
    if case .bind(let name, let value, let body) = node.kind {
      return (body, binding(name, to: self.value(of: value).map { .constant($0) } ?? .expression(value, self)))
    }
    if case .expression(let expression, let scope)? = local(node) { return (expression, scope.inBody(isInBody)) }
    return nil
  }

  private func inBody(_ isInBody: Bool) -> LoweringScope {
    var scope = self
    scope.isInBody = isInBody || self.isInBody
    return scope
  }

  /// The fold of a macro that comes to a bool; nil of any other.
  static func fold(_ kind: CELExpression.Comprehension.Kind) -> Fold? {
    switch kind {
    case .all: .all
    case .exists: .exists
    case .existsOne: .existsOne
    default: nil
    }
  }
}
