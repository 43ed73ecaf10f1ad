// Headers and claims that a condition asks for by a constant name become variables of their own, so that a condition
// fails by what it asks for and by nothing beside it. Refuses nothing: what is asked for otherwise is taken as a whole.

internal import PosternCEL

/// A header, or a claim or what is inside it.
struct ReferenceAttribute {
  /// `request.headers` or `request.auth.claims`.
  let root: String
  let keys: [String]
}

/// A condition's tree with its headers and claims as variables.
struct ReferenceExpression {
  private(set) var tree: CELExpression
  private(set) var checking: CELChecking
  /// What the new variables stand for: a value, or for `has()` whether there is one.
  private(set) var values: [String: ReferenceAttribute] = [:]
  private(set) var presences: [String: ReferenceAttribute] = [:]
  private var variables: [Int: String]
  private let constants: CELConstants
  /// What names of `cel.bind` stand for, where that is something that is asked for by name.
  private var bound: [String: ReferenceAttribute] = [:]

  init(_ expression: ConditionExpression) {
    tree = expression.tree
    checking = expression.checking
    variables = checking.variables
    constants = expression.constants
    tree = rewritten(expression.tree)
    checking = CELChecking(
      type: checking.type, types: checking.types, variables: variables, overloads: checking.overloads, issues: [])
  }

  /// What a node asks for; nil where it is not a map of the request's, or a constant part of one.
  private func attribute(_ node: CELExpression) -> ReferenceAttribute? {
    if let root = checking.variables[node.id] {
      let isMap = root == ConditionEnvironment.headers || root == ConditionEnvironment.claims
      return isMap ? ReferenceAttribute(root: root, keys: []) : nil
    }
    switch node.kind {
    case .identifier(let name, isAbsolute: false): return bound[name]
    case .call("dyn", nil, let operands): return operands.first.flatMap { attribute($0) }
    default: break
    }
    guard let (operand, key) = step(node), let inner = attribute(operand) else { return nil }
    return ReferenceAttribute(root: inner.root, keys: inner.keys + [key])
  }

  /// `operand.key` or `operand["key"]`.
  private func step(_ node: CELExpression) -> (operand: CELExpression, key: String)? {
    switch node.kind {
    case .select(let operand, let field, isOptional: false): return (operand, field)
    case .call(CELOperator.index, nil, let operands) where operands.count == 2:
      guard case .string(let key)? = constants.value(of: operands[1]) else { return nil }
      return (operands[0], key)
    default: return nil
    }
  }

  private mutating func rewritten(_ node: CELExpression) -> CELExpression { node.replacing { replacement(for: $0) } }

  /// A variable in the place of what is asked for by name, and names of macros as they are; nil of any other node.
  private mutating func replacement(for node: CELExpression) -> CELExpression? {
    if let attribute = attribute(node), !attribute.keys.isEmpty {
      let name = "part \(node.id)"
      values[name] = attribute
      variables[node.id] = name
      return CELExpression(id: node.id, range: node.range, kind: .identifier(name, isAbsolute: true))
    }
    switch node.kind {
    case .has(let operand, let field):
      guard let inner = attribute(operand) else { return nil }
      let name = "presence \(node.id)"
      presences[name] = ReferenceAttribute(root: inner.root, keys: inner.keys + [field])
      variables[node.id] = name
      return node
    case .bind(let name, let value, let body):
      let inner = rewritten(body, binding: [name], to: attribute(value))
      return CELExpression(
        id: node.id, range: node.range, kind: .bind(name: name, value: rewritten(value), body: inner))
    case .comprehension(let comprehension):
      return CELExpression(id: node.id, range: node.range, kind: .comprehension(rewritten(comprehension)))
    default: return nil
    }
  }

  private mutating func rewritten(_ comprehension: CELExpression.Comprehension) -> CELExpression.Comprehension {
    let names = comprehension.variables
    return CELExpression.Comprehension(
      kind: comprehension.kind, range: rewritten(comprehension.range), variables: names,
      predicate: comprehension.predicate.map { rewritten($0, binding: names, to: nil) },
      transform: comprehension.transform.map { rewritten($0, binding: names, to: nil) })
  }

  /// The same below a macro that gives names another meaning.
  private mutating func rewritten(
    _ node: CELExpression, binding names: [String], to attribute: ReferenceAttribute?
  ) -> CELExpression {
    let outer = bound
    defer { bound = outer }
    for name in names { bound[name] = attribute }
    return rewritten(node)
  }
}
