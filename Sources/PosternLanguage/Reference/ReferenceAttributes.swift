// Headers and claims that a condition asks for by a constant name become variables of their own, so that a condition
// fails by what it asks for and by nothing beside it. A name that a macro or `cel.bind` gives to a constant is one too.
// Refuses nothing: what is asked for otherwise is taken as a whole.

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
  /// What names of macros and of `cel.bind` stand for, where that is a constant.
  private var constantNames: [String: CELValue] = [:]
  /// The id of the next node that is made: below 0, where the parser makes none.
  private var nextID = -1
  private var turnsLeft = ReferenceExpression.turnLimit

  /// Turns of macros over constants that are written out; a condition of more has no compiled form.
  private static let turnLimit = 4_096

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
      guard case .string(let key)? = constant(operands[1]) else { return nil }
      return (operands[0], key)
    default: return nil
    }
  }

  private func constant(_ node: CELExpression) -> CELValue? { constants.value(of: node, binding: constantNames) }

  private mutating func rewritten(_ node: CELExpression) -> CELExpression { node.replacing { replacement(for: $0) } }

  /// A variable in the place of what is asked for by name, and names of macros as they are; nil of any other node.
  private mutating func replacement(for node: CELExpression) -> CELExpression? {
    if let attribute = attribute(node), !attribute.keys.isEmpty {
      let part = makeVariable("part")
      values[part.name] = attribute
      return node.with(.identifier(part.name, isAbsolute: true), id: part.id)
    }
    switch node.kind {
    case .has(let operand, let field):
      guard let inner = attribute(operand) else { return nil }
      let presence = makeVariable("presence")
      presences[presence.name] = ReferenceAttribute(root: inner.root, keys: inner.keys + [field])
      return node.with(node.kind, id: presence.id)
    case .bind(let name, let value, let body):
      let inner = rewritten(body, [name], attribute: attribute(value), constants: constant(value).map { [name: $0] })
      return node.with(.bind(name: name, value: rewritten(value), body: inner))
    case .comprehension(let comprehension):
      return node.with(writtenOut(comprehension) ?? .comprehension(rewritten(comprehension)))
    default: return nil
    }
  }

  /// A variable that no expression has, at a node of its own: a macro that is written out has nodes of its body many times.
  private mutating func makeVariable(_ what: String) -> (id: Int, name: String) {
    defer { nextID -= 1 }
    let name = "\(what) \(-nextID)"
    variables[nextID] = name
    return (nextID, name)
  }

  // MARK: macros

  /// `all` and `exists` over constants, turn by turn, as the operators that they fold like; nil of any other macro.
  private mutating func writtenOut(_ comprehension: CELExpression.Comprehension) -> CELExpression.Kind? {
    let folds: [CELExpression.Comprehension.Kind: String] = [.all: CELOperator.and, .exists: CELOperator.or]
    guard let fold = folds[comprehension.kind], let body = comprehension.predicate,
      let range = constant(comprehension.range), let turns = comprehension.turns(over: range), turns.count <= turnsLeft
    else { return nil }
    turnsLeft -= turns.count
    let tests = turns.map { test(body, comprehension.locals(of: $0)) }
    return .call(function: fold, target: nil, arguments: tests)
  }

  /// The body in one turn.
  private mutating func test(_ body: CELExpression, _ locals: [(name: String, value: CELValue)]) -> CELExpression {
    let values = Dictionary(locals.map { ($0.name, $0.value) }) { _, last in last }
    let inner = rewritten(body, locals.map(\.name), attribute: nil, constants: values)
    return locals.reversed().reduce(inner) { inner, local in
      body.with(.bind(name: local.name, value: body.with(.constant(local.value)), body: inner))
    }
  }

  private mutating func rewritten(_ comprehension: CELExpression.Comprehension) -> CELExpression.Comprehension {
    let names = comprehension.variables
    return CELExpression.Comprehension(
      kind: comprehension.kind, range: rewritten(comprehension.range), variables: names,
      predicate: comprehension.predicate.map { rewritten($0, names, attribute: nil, constants: nil) },
      transform: comprehension.transform.map { rewritten($0, names, attribute: nil, constants: nil) })
  }

  /// The same below a macro that gives names another meaning.
  private mutating func rewritten(
    _ node: CELExpression, _ names: [String], attribute: ReferenceAttribute?, constants: [String: CELValue]?
  ) -> CELExpression {
    let outer = (bound, constantNames)
    defer { (bound, constantNames) = outer }
    for name in names {
      bound[name] = attribute
      constantNames[name] = constants?[name]
    }
    return rewritten(node)
  }
}

extension CELExpression {
  /// Another node in the same place.
  fileprivate func with(_ kind: Kind, id: Int? = nil) -> CELExpression {
    CELExpression(id: id ?? self.id, range: range, kind: kind)
  }
}
