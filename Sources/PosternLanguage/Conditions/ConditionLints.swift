// What is odd about a condition that is none the less one: it holds always or never, or asks whether a fact is empty
// that is never empty but absent. Refuses nothing, and claims only what folding constants proves.

internal import PosternCEL

/// A remark on a condition.
struct ConditionRemark {
  enum Kind {
    case alwaysTrue
    case alwaysFalse
    case comparesWithEmpty(String)
  }

  let kind: Kind
  /// UTF-8 bytes of the expression.
  let range: Range<Int>
}

/// The remarks on one condition.
struct ConditionLints {
  private(set) var remarks: [ConditionRemark] = []
  private let checking: CELChecking

  init(_ expression: ConditionExpression) {
    checking = expression.checking
    if let truth = truth(of: expression.tree) {
      remarks.append(ConditionRemark(kind: truth ? .alwaysTrue : .alwaysFalse, range: expression.tree.range))
    }
    expression.tree.forEachNode { node in
      if let name = emptyComparison(node) {
        remarks.append(ConditionRemark(kind: .comparesWithEmpty(name), range: node.range))
      }
    }
  }

  // MARK: conditions that hold always or never

  /// What an expression comes to whatever the request is; nil where it depends on it, or may be an error.
  private func truth(of node: CELExpression) -> Bool? {
    if isConstant(node) { return constantTruth(of: node) }
    guard case .call(let function, nil, let operands) = node.kind else { return nil }
    switch function {
    case CELOperator.not: return truth(of: operands[0]).map { !$0 }
    case CELOperator.and: return fold(operands, decisive: false)
    case CELOperator.or: return fold(operands, decisive: true)
    case CELOperator.conditional: return truth(of: operands[0]).flatMap { truth(of: operands[$0 ? 1 : 2]) }
    default: return nil
    }
  }

  /// One operand that is decisive settles it, even where another is an error.
  private func fold(_ operands: [CELExpression], decisive: Bool) -> Bool? {
    let truths = operands.map { truth(of: $0) }
    if truths.contains(decisive) { return decisive }
    return truths.contains(nil) ? nil : !decisive
  }

  private func isConstant(_ node: CELExpression) -> Bool {
    var asks = false
    node.forEachNode { asks = asks || checking.variables[$0.id] != nil }
    return !asks
  }

  private func constantTruth(of node: CELExpression) -> Bool? {
    guard case .bool(let truth)? = try? CELEvaluator().evaluate(node, [String: CELValue]()) else { return nil }
    return truth
  }

  // MARK: comparisons with the empty text

  /// Facts that are absent where they are not known.
  private static let absentWhereUnknown: Set<String> = [
    "request.auth.principal", "origin.ip", "origin.region_code", "destination.ip", "device.encryption_status",
    "device.os_type", "device.os_version",
  ]

  private func emptyComparison(_ node: CELExpression) -> String? {
    guard case .call(let function, nil, let operands) = node.kind, operands.count == 2,
      function == CELOperator.equals || function == CELOperator.notEquals
    else { return nil }
    let hasEmpty = operands.contains { if case .constant(.string("")) = $0.kind { true } else { false } }
    let name = operands.compactMap { checking.variables[$0.id] }.first
    return hasEmpty ? name.flatMap { Self.absentWhereUnknown.contains($0) ? $0 : nil } : nil
  }
}
