// Deny rules, whom they hold, and which of them stand above each node (docs/bundle-format.md, "denyRules"). Refuses nothing.

internal import PosternKernel
internal import PosternLanguage

/// The rules with their lists of members and the sets of rules that apps refer to.
struct DenySections {
  private(set) var rules: [UInt32] = []
  private(set) var members = ConsPool<UInt32>()
  private(set) var sets = ConsPool<UInt32>()
  /// The number of each node's set, or NONE where no rule stands at it or above.
  private(set) var setOfNode: [UInt32]
  /// The rules that an anonymous caller matches.
  private(set) var anonymousMask = [UInt32](repeating: 0, count: maskWordCount)

  static let maskWordCount = RecordSize.denySet / 4

  init(_ policy: Policy, memberNames: [UInt32], conditions: [ConditionSection.Entry?]) {
    setOfNode = [UInt32](repeating: BundleFormat.none, count: policy.nodes.count)
    for (index, rule) in policy.denyRules.enumerated() {
      let flags = Self.flags(rule, policy.members)
      if flags & DenyFlag.deniesEveryone != 0 && flags & DenyFlag.exceptsEveryone == 0 {
        anonymousMask[index / 32] |= 1 << UInt32(index % 32)
      }
      rules.append(members.cons(Self.names(rule.deniedPrincipals, memberNames)))
      rules.append(members.cons(Self.names(rule.exceptionPrincipals, memberNames)))
      rules.append(flags)
      rules.append(conditions[index]?.index ?? BundleFormat.none)
      rules.appendZeroes(2)
    }
    for (index, node) in policy.nodes.enumerated() { addSet(of: node, at: index) }
  }

  private mutating func addSet(of node: Node, at index: Int) {
    let above = node.parentIndex.map { setOfNode[$0] } ?? BundleFormat.none
    if node.denyRuleRange.isEmpty {
      setOfNode[index] = above
      return
    }
    var mask = [UInt32](repeating: 0, count: Self.maskWordCount)
    if above != BundleFormat.none {
      let start = Int(above) * Self.maskWordCount
      mask = Array(sets.elements[start..<start + Self.maskWordCount])
    }
    for rule in node.denyRuleRange { mask[rule / 32] |= 1 << UInt32(rule % 32) }
    setOfNode[index] = sets.consRecord(mask)
  }

  /// Ascending and distinct; members that are no name stand in the flags, or match nobody.
  private static func names(_ uses: [MemberUse], _ memberNames: [UInt32]) -> [UInt32] {
    Set(uses.map { memberNames[Int($0.memberIndex)] }).filter { $0 != BundleFormat.none }.sorted()
  }

  private static func flags(_ rule: DenyRule, _ members: [Member]) -> UInt32 {
    var flags: UInt32 = 0
    for use in rule.deniedPrincipals {
      switch members[Int(use.memberIndex)] {
      case .group, .poolGroup: flags |= DenyFlag.namesGroup
      case .allUsers: flags |= DenyFlag.deniesEveryone
      default: break
      }
    }
    for use in rule.exceptionPrincipals {
      if case .allUsers = members[Int(use.memberIndex)] { flags |= DenyFlag.exceptsEveryone }
    }
    return flags
  }
}
