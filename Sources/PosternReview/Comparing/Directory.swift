// Who is behind the members that a policy names: groups of the directory, taken apart, and the members of two policies under
// one numbering. Refuses nothing.

internal import PosternLanguage

/// Numbers for members, the same in both policies.
struct MemberNumbers {
  private(set) var members: [Member] = []
  private var numbers: [Member: Int] = [:]

  mutating func number(_ member: Member) -> Int {
    if let number = numbers[member] { return number }
    numbers[member] = members.count
    members.append(member)
    return members.count - 1
  }
}

/// The directory of one policy.
struct Directory {
  /// The number of each of the policy's members.
  let numbers: [Int]
  /// What the groups of the directory hold, groups in them taken apart, by their numbers; a group holds itself.
  private(set) var expansions: [Int: Set<Int>] = [:]

  init(_ policy: Policy, _ shared: inout MemberNumbers) {
    var numbers: [Int] = []
    numbers.reserveCapacity(policy.members.count)
    for member in policy.members { numbers.append(shared.number(member)) }
    self.numbers = numbers
    var direct: [Int: [Int]] = [:]
    for group in policy.groups {
      direct[numbers[Int(group.memberIndex)], default: []] += group.members.map { numbers[Int($0.memberIndex)] }
    }
    for group in direct.keys { _ = expand(group, direct) }
  }

  /// No group is in a ring: the reader has checked it.
  private mutating func expand(_ group: Int, _ direct: [Int: [Int]]) -> Set<Int> {
    if let known = expansions[group] { return known }
    var all: Set<Int> = [group]
    for member in direct[group] ?? [] {
      if direct[member] == nil { all.insert(member) } else { all.formUnion(expand(member, direct)) }
    }
    expansions[group] = all
    return all
  }

  /// Everyone who holds one of the members: the members themselves, and who stands in them.
  func expanded(_ members: some Sequence<Int>) -> Set<Int> {
    var all: Set<Int> = []
    for member in members {
      if let expansion = expansions[member] { all.formUnion(expansion) } else { all.insert(member) }
    }
    return all
  }
}

extension Member {
  /// Whether a provider may say that somebody is this member, or carries this group (docs/decision.md, "Who a member means").
  func isAsserted(by provider: LoginProvider) -> Bool {
    switch self {
    case .user, .serviceAccount, .group, .domain: provider.domains.contains { $0.value == domain }
    case .poolSubject(let pool, _), .poolGroup(let pool, _), .poolAttribute(let pool, _, _), .pool(let pool):
      provider.pool == pool
    case .allUsers, .allAuthenticatedUsers: true
    case .deleted: false
    }
  }
}
