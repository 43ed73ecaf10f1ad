// What is odd about a condition that is none the less one: it holds always or never, or never where it stands, or asks
// whether a fact is empty that is never empty but absent. Refuses nothing, and claims only what is proved.

internal import PosternCEL

/// A remark on a condition.
struct ConditionRemark {
  enum Kind {
    case alwaysTrue
    case alwaysFalse
    case unreachable
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
    if let truth = ConditionTruth(expression).truth {
      remarks.append(ConditionRemark(kind: truth ? .alwaysTrue : .alwaysFalse, range: expression.tree.range))
    }
    expression.tree.forEachNode { node in
      if let name = emptyComparison(node) {
        remarks.append(ConditionRemark(kind: .comparesWithEmpty(name), range: node.range))
      }
    }
  }

  /// What is odd about a condition that stands at an app with these routes: it is false on each of them, and not everywhere.
  static func remarks(on expression: ConditionExpression, routes: [Route]) -> [ConditionRemark] {
    let isUnreachable =
      !routes.isEmpty && routes.allSatisfy { ConditionTruth(expression, on: $0).truth == false }
      && ConditionTruth(expression).truth == nil
    return isUnreachable ? [ConditionRemark(kind: .unreachable, range: expression.tree.range)] : []
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
