// What IAM says of the conditional bindings of one policy: which of them have no effect, and where Google would refuse
// them. Warnings only: the tree means what it says here, and stays portable where it heeds them.

/// The conditional bindings of one `iam`.
struct ConditionalBindings {
  static let bindingLimit = 100
  static let conditionLimit = 20
  static let operatorLimit = 12

  private let bindings: [Binding]
  private let members: MemberTable

  private struct Grant: Hashable {
    var role: String
    var memberIndex: UInt32
  }

  init(_ bindings: [Binding], _ members: MemberTable) {
    self.bindings = bindings
    self.members = members
  }

  func faults() -> [Diagnostic] {
    noOps() + tooManyBindings() + tooManyConditions() + tooManyOperators()
  }

  private func text(_ use: MemberUse) -> String { members.members[Int(use.memberIndex)].canonicalText }

  /// Conditional grants of what the same member has without a condition.
  private func noOps() -> [Diagnostic] {
    var unconditional: [Grant: Span] = [:]
    for binding in bindings where binding.condition == nil {
      for use in binding.members {
        unconditional[Grant(role: binding.role, memberIndex: use.memberIndex)] =
          use.span(fileIndex: binding.span.fileIndex)
      }
    }
    return bindings.filter { $0.condition != nil }.flatMap { binding in
      binding.members.compactMap { use in
        unconditional[Grant(role: binding.role, memberIndex: use.memberIndex)].map {
          .conditionWithoutEffect(text(use), at: use.span(fileIndex: binding.span.fileIndex), unconditional: $0)
        }
      }
    }
  }

  private func tooManyBindings() -> [Diagnostic] {
    let conditional = bindings.filter { $0.condition != nil }
    guard conditional.count > Self.bindingLimit else { return [] }
    let what = "\(conditional.count) conditional bindings, where IAM allows \(Self.bindingLimit)"
    return [.portabilityLimit(what, at: conditional[Self.bindingLimit].span)]
  }

  private func tooManyConditions() -> [Diagnostic] {
    var counts: [Grant: Int] = [:]
    var diagnostics: [Diagnostic] = []
    for binding in bindings where binding.condition != nil {
      for use in binding.members {
        let grant = Grant(role: binding.role, memberIndex: use.memberIndex)
        counts[grant, default: 0] += 1
        guard counts[grant] == Self.conditionLimit + 1 else { continue }
        let what = "more than \(Self.conditionLimit) conditions for `\(text(use))` and one role"
        diagnostics.append(.portabilityLimit(what, at: use.span(fileIndex: binding.span.fileIndex)))
      }
    }
    return diagnostics
  }

  private func tooManyOperators() -> [Diagnostic] {
    bindings.compactMap { binding in
      guard let expression = binding.condition?.expression else { return nil }
      let count = Self.logicalOperatorCount(expression.value)
      guard count > Self.operatorLimit else { return nil }
      let what = "\(count) logical operators, where IAM allows \(Self.operatorLimit) in one condition"
      return .portabilityLimit(what, at: expression.span)
    }
  }

  /// The `&&`, `||` and `!` of an expression, outside of its string literals.
  static func logicalOperatorCount(_ expression: String) -> Int {
    let bytes = Array(expression.utf8)
    var count = 0
    var quote: UInt8?
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      if let open = quote {
        if byte == UInt8(ascii: "\\") { index += 1 } else if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if (byte == UInt8(ascii: "&") || byte == UInt8(ascii: "|")) && next == byte {
        count += 1
        index += 1
      } else if byte == UInt8(ascii: "!") && next != UInt8(ascii: "=") {
        count += 1
      }
      index += 1
    }
    return count
  }
}
