// What row 10 of docs/decision.md asks of an app: its deny rules and bindings with those of the nodes above, over numbered
// members. Whom none of the app's providers can vouch for is left out: nobody ever comes as such. Refuses nothing.

internal import PosternLanguage

/// Some of those who ask.
struct Principals: Hashable {
  /// `allUsers`: whoever asks, the anonymous included.
  var isEveryone = false
  /// `allAuthenticatedUsers`.
  var isAuthenticated = false
  /// The numbers of members; who stands in a group of the directory is named.
  var members: Set<Int> = []
}

/// One deny rule, as the app meets it.
struct AppDenial {
  var denied: Principals
  var excepted: Principals
  /// Whether it denies a group, so that it cannot be said to spare somebody whose groups are not known.
  var namesGroup: Bool
  var condition: Condition?
}

/// One binding with a condition.
struct AppConditional {
  var principals: Principals
  var condition: Condition
}

/// Everything of one policy that row 10 asks of an app.
struct AccessRules {
  private(set) var denials: [AppDenial] = []
  private(set) var isPublic = false
  /// Whom bindings without a condition hold.
  private(set) var granted = Principals()
  /// The bindings with conditions: the app's, then its folders' inwards out, the organization's.
  private(set) var conditionals: [AppConditional] = []

  init(_ app: App, _ policy: Policy, _ directory: Directory, _ numbers: MemberNumbers) {
    func principals(_ uses: [MemberUse]) -> Principals { Self.principals(uses, of: app, policy, directory, numbers) }
    for node in policy.nodesInwardsOut(app).reversed() {
      for rule in policy.denyRules[node.denyRuleRange] {
        denials.append(
          AppDenial(
            denied: principals(rule.deniedPrincipals), excepted: principals(rule.exceptionPrincipals),
            namesGroup: rule.deniedPrincipals.contains { policy.members[Int($0.memberIndex)].isGroup },
            condition: rule.condition))
      }
    }
    for node in policy.nodesInwardsOut(app) {
      for binding in node.bindings where binding.grantsAccess {
        let holders = principals(binding.members)
        if let condition = binding.condition {
          conditionals.append(AppConditional(principals: holders, condition: condition))
        } else {
          isPublic = isPublic || holders.isEveryone
          granted.isAuthenticated = granted.isAuthenticated || holders.isAuthenticated
          granted.members.formUnion(holders.members)
        }
      }
    }
  }

  /// Whom a list of members means at an app.
  static func principals(
    _ uses: [MemberUse], of app: App, _ policy: Policy, _ directory: Directory, _ numbers: MemberNumbers
  ) -> Principals {
    let providers = app.providerIndices.map { policy.providers[$0] }
    var principals = Principals()
    var named: [Int] = []
    for use in uses {
      switch policy.members[Int(use.memberIndex)] {
      case .allUsers: principals.isEveryone = true
      case .allAuthenticatedUsers: principals.isAuthenticated = true
      default: named.append(directory.numbers[Int(use.memberIndex)])
      }
    }
    principals.members = directory.expanded(named).filter { number in
      providers.contains { numbers.members[number].isAsserted(by: $0) }
    }
    return principals
  }

  /// Every condition, those of deny rules first.
  var conditions: [Condition] { denials.compactMap(\.condition) + conditionals.map(\.condition) }

  /// The sets whose members the comparison tells apart.
  var principalSets: [Principals] {
    denials.flatMap { [$0.denied, $0.excepted] } + [granted] + conditionals.map(\.principals)
  }
}

extension Member {
  /// Whether it is a group that a credential may leave out.
  var isGroup: Bool {
    switch self {
    case .group, .poolGroup: true
    default: false
    }
  }
}
