// The checker's state and its walk over the tree. A node with a mistake is `CELType.mistake` to the nodes around it, so
// that one mistake is told once, and `dyn` in what the check tells. What refuses: nothing here but nesting beyond the
// limit; each construct has its own file.

struct TypeChecker {
  let environment: CELEnvironment
  var unifier = TypeUnifier()
  /// The variables of macros, the innermost last.
  var locals: [String: [CELType]] = [:]
  private var types: [Int: CELType] = [:]
  var variables: [Int: String] = [:]
  var overloads: [Int: [String]] = [:]
  private var issues: [CELIssue] = []
  private var depth = 0
  private var isTooDeep = false

  init(_ environment: CELEnvironment) {
    self.environment = environment
  }

  /// The type of a node, which may hold type parameters that later nodes bind.
  mutating func check(_ node: CELExpression) -> CELType {
    depth += 1
    defer { depth -= 1 }
    if depth > 2 * CELLimits.depth { isTooDeep = true }
    guard !isTooDeep, !unifier.isExhausted else { return .dyn }
    let type = type(of: node)
    types[node.id] = type
    return type
  }

  private mutating func type(of node: CELExpression) -> CELType {
    switch node.kind {
    case .constant(let value): CELType(of: value)
    case .identifier, .select: typeOfName(node)
    case .has(let operand, let field): typeOfPresence(node, operand, field)
    case .call(let function, let target, let arguments): typeOfCall(node, function, target, arguments)
    case .list(let elements): typeOfList(elements)
    case .map(let entries): typeOfMap(entries)
    case .message(let name, let fields): typeOfMessage(node, name, fields)
    case .comprehension(let comprehension): typeOfComprehension(comprehension)
    case .bind(let name, let value, let body): typeOfBinding(name, value, body)
    }
  }

  mutating func setType(_ type: CELType, of node: CELExpression) {
    types[node.id] = type
  }

  mutating func report(_ kind: CELIssue.Kind, _ message: String, at node: CELExpression, help: String? = nil) {
    issues.append(CELIssue(kind, message, at: node.range, help: help))
  }

  /// No more issues are told; work that only makes one is skipped.
  var hasManyIssues: Bool { issues.count >= CELChecker.issueCount }

  /// As an issue names it: with what is known of it by now.
  mutating func name(_ type: CELType) -> String {
    unifier.substitute(type, isFinal: true).description
  }

  /// Asks that a value be a condition.
  mutating func expectBool(_ type: CELType, _ node: CELExpression, _ role: String) {
    guard !unifier.isAssignable(type, to: .bool), !hasManyIssues else { return }
    report(.type, "\(role) must be bool, but is \(name(type))", at: node)
  }

  mutating func finish(_ type: CELType, of expression: CELExpression) -> CELChecking {
    let type = unifier.substitute(type, isFinal: true)
    for (id, type) in types { types[id] = unifier.substitute(type, isFinal: true) }
    if isTooDeep { report(.limit, "the expression is nested too deeply to be checked", at: expression) }
    if unifier.isExhausted { report(.limit, "the types in the expression are too large to be checked", at: expression) }
    let sorted = issues.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    return CELChecking(
      type: sorted.isEmpty ? type : nil, types: types, variables: variables, overloads: overloads,
      issues: Array(sorted.prefix(CELChecker.issueCount)))
  }
}
