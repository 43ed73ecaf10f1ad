// What a condition comes to whatever the request is, or whatever a request on one route is. Refuses nothing, and claims
// only what folding constants, and comparing the route's host and path with literals, proves.

internal import PosternCEL

/// The truth of a condition's parts as far as it is known beforehand.
struct ConditionTruth {
  private let expression: ConditionExpression
  /// What is known of attributes, by their names.
  private let texts: [String: RouteText]

  /// Of requests on `route`; nil is any request.
  init(_ expression: ConditionExpression, on route: Route? = nil) {
    self.expression = expression
    texts = route.map { ["request.host": RouteText(hostOf: $0), "request.path": RouteText(pathOf: $0)] } ?? [:]
  }

  /// nil where it depends on the request, or may be an error.
  var truth: Bool? { truth(of: expression.tree) }

  private func truth(of node: CELExpression) -> Bool? {
    if let constant = expression.constants.outcome(of: node) {
      return if case .value(.bool(let truth)) = constant { truth } else { nil }
    }
    guard case .call(let function, let target, let operands) = node.kind else { return nil }
    if let target { return truth(of: function, target, operands) }
    switch function {
    case CELOperator.not: return truth(of: operands[0]).map { !$0 }
    case CELOperator.and: return Self.fold(operands.map { truth(of: $0) }, decisive: false)
    case CELOperator.or: return Self.fold(operands.map { truth(of: $0) }, decisive: true)
    case CELOperator.conditional: return truth(of: operands[0]).flatMap { truth(of: operands[$0 ? 1 : 2]) }
    case CELOperator.equals: return equality(operands)
    case CELOperator.notEquals: return equality(operands).map { !$0 }
    case CELOperator.in: return membership(operands)
    default: return nil
    }
  }

  /// One operand that is decisive settles it, even where another is an error.
  private static func fold(_ truths: [Bool?], decisive: Bool) -> Bool? {
    if truths.contains(decisive) { return decisive }
    return truths.contains(nil) ? nil : !decisive
  }

  // MARK: the route's host and path

  private func truth(of method: String, _ target: CELExpression, _ operands: [CELExpression]) -> Bool? {
    guard let text = routeText(target), let literal = operands.first.flatMap(Self.literal) else { return nil }
    switch method {
    case "startsWith": return text.startsWith(literal)
    case "endsWith": return text.endsWith(literal)
    default: return nil
    }
  }

  private func equality(_ operands: [CELExpression]) -> Bool? {
    for (left, right) in [(operands[0], operands[1]), (operands[1], operands[0])] {
      if let text = routeText(left), let literal = Self.literal(right) { return text.equals(literal) }
    }
    return nil
  }

  /// An optional element, and one that is no literal, may be anything.
  private func membership(_ operands: [CELExpression]) -> Bool? {
    guard let text = routeText(operands[0]), case .list(let elements) = operands[1].kind else { return nil }
    return Self.fold(
      elements.map { $0.isOptional ? nil : Self.literal($0.value).flatMap(text.equals) }, decisive: true)
  }

  private func routeText(_ node: CELExpression) -> RouteText? {
    expression.checking.variables[node.id].flatMap { texts[$0] }
  }

  private static func literal(_ node: CELExpression) -> String? {
    guard case .constant(.string(let text)) = node.kind else { return nil }
    return text
  }
}
