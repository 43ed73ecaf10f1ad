// Whom the benchmarks ask for, found in the policy: people who are in the folder's row of an app, in its own row through a
// group, or in neither.

internal import PosternLanguage

/// An app, and a person who asks for it: a user and three groups.
struct Subject {
  let appIndex: Int
  var host: String
  /// Indices into the policy's members: the user, then the groups.
  let members: [Int]
  let email: String
  let groups: [String]

  static let groupCount = 3

  /// The subject for the app at `appIndex`: the user's grant stands in the folder's row, the groups' nowhere above the app.
  init(_ policy: Policy, appIndex: Int) {
    let rows = AppRows(policy, appIndex: appIndex)
    let user = rows.folder.first { !rows.own.contains($0) && policy.members[$0].isUser }
    self.init(policy, appIndex: appIndex, user: user ?? 0, groups: rows.strangers(policy, areUsers: false))
  }

  /// One whose user has no grant above the app, and who is in the app's own row through a group; another than the stranger.
  static func throughGroup(_ policy: Policy, appIndex: Int) -> Subject {
    let rows = AppRows(policy, appIndex: appIndex)
    let group = rows.own.filter { !policy.members[$0].isUser }.prefix(1)
    let strangers = rows.strangers(policy, areUsers: false).dropLast(group.count)
    return Subject(
      policy, appIndex: appIndex, user: rows.strangers(policy, areUsers: true)[1], groups: Array(strangers + group))
  }

  /// One who has no grant above the app.
  static func stranger(_ policy: Policy, appIndex: Int) -> Subject {
    let rows = AppRows(policy, appIndex: appIndex)
    return Subject(
      policy, appIndex: appIndex, user: rows.strangers(policy, areUsers: true)[0],
      groups: rows.strangers(policy, areUsers: false))
  }

  private init(_ policy: Policy, appIndex: Int, user: Int, groups: [Int]) {
    self.appIndex = appIndex
    host = policy.apps[appIndex].routes[0].host
    members = [user] + groups
    email = policy.members[user].address
    self.groups = groups.map { policy.members[$0].address }
  }
}

/// The members of an app's own row and of its folder's, in the policy's order.
struct AppRows {
  let own: [Int]
  let folder: [Int]

  init(_ policy: Policy, appIndex: Int) {
    let nodeIndex = policy.apps[appIndex].nodeIndex
    own = Self.members(policy, nodeIndex: nodeIndex)
    folder = Self.members(policy, nodeIndex: policy.nodes[nodeIndex].parentIndex ?? 0)
  }

  static func members(_ policy: Policy, nodeIndex: Int) -> [Int] {
    policy.nodes[nodeIndex].bindings.flatMap { $0.members.map { Int($0.memberIndex) } }
  }

  /// The last members who are in neither row: users, or groups.
  func strangers(_ policy: Policy, areUsers: Bool) -> [Int] {
    let above = Set(own).union(folder)
    return Array(
      policy.members.indices.reversed().lazy
        .filter { policy.members[$0].isUser == areUsers && !above.contains($0) }.prefix(Subject.groupCount))
  }
}

extension Member {
  var isUser: Bool { if case .user = self { true } else { false } }

  /// The e-mail of a user or a group; the generator makes no other members.
  var address: String {
    switch self {
    case .user(let email), .group(let email): email
    default: preconditionFailure("a synthetic organization has users and groups only")
    }
  }
}
