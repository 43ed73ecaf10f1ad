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

  init(_ expression: ConditionExpression) {
    tree = expression.tree
    checking = expression.checking
    variables = checking.variables
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
    guard let (operand, key) = Self.step(node), let inner = attribute(operand) else { return nil }
    return ReferenceAttribute(root: inner.root, keys: inner.keys + [key])
  }

  /// `operand.key` or `operand["key"]`.
  private static func step(_ node: CELExpression) -> (operand: CELExpression, key: String)? {
    switch node.kind {
    case .select(let operand, let field, isOptional: false): return (operand, field)
    case .call(CELOperator.index, nil, let operands) where operands.count == 2:
      guard case .constant(.string(let key)) = operands[1].kind else { return nil }
      return (operands[0], key)
    default: return nil
    }
  }

  private mutating func rewritten(_ node: CELExpression) -> CELExpression {
    if let attribute = attribute(node), !attribute.keys.isEmpty {
      let name = "part \(node.id)"
      values[name] = attribute
      variables[node.id] = name
      return CELExpression(id: node.id, range: node.range, kind: .identifier(name, isAbsolute: true))
    }
    if case .has(let operand, let field) = node.kind, let inner = attribute(operand) {
      let name = "presence \(node.id)"
      presences[name] = ReferenceAttribute(root: inner.root, keys: inner.keys + [field])
      variables[node.id] = name
      return node
    }
    return CELExpression(id: node.id, range: node.range, kind: rewritten(node.kind))
  }

  private mutating func rewritten(_ kind: CELExpression.Kind) -> CELExpression.Kind {
    switch kind {
    case .constant, .identifier, .message: return kind
    case .select(let operand, let field, let isOptional):
      return .select(operand: rewritten(operand), field: field, isOptional: isOptional)
    case .has(let operand, let field): return .has(operand: rewritten(operand), field: field)
    case .call(let function, let target, let arguments):
      let target = target.map { rewritten($0) }
      return .call(function: function, target: target, arguments: arguments.map { rewritten($0) })
    case .list(let elements):
      return .list(elements.map { .init(value: rewritten($0.value), isOptional: $0.isOptional) })
    case .map(let entries):
      return .map(
        entries.map { .init(key: rewritten($0.key), value: rewritten($0.value), isOptional: $0.isOptional) })
    case .comprehension(let comprehension): return .comprehension(rewritten(comprehension))
    case .bind(let name, let value, let body):
      return .bind(name: name, value: rewritten(value), body: rewritten(body))
    }
  }

  private mutating func rewritten(_ comprehension: CELExpression.Comprehension) -> CELExpression.Comprehension {
    CELExpression.Comprehension(
      kind: comprehension.kind, range: rewritten(comprehension.range), variables: comprehension.variables,
      predicate: comprehension.predicate.map { rewritten($0) },
      transform: comprehension.transform.map { rewritten($0) })
  }
}
