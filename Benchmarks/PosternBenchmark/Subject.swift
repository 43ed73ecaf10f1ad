// Whom the benchmarks ask for: people who are in the folder's row of an app, in its own row through a group, or in neither.

internal import PosternCompiler

/// An app, and a person who asks for it: a user and three groups.
struct Subject {
  let appIndex: Int
  var host: String
  /// Numbers of the organization's members: the user, then the groups.
  let members: [Int]
  let email: String
  let groups: [String]

  static let groupCount = 3

  /// The subject for an app: the user's grant stands in the folder's row, the groups' nowhere above the app.
  init(_ organization: SyntheticOrganization, app: Int) {
    let rows = AppRows(organization, app: app)
    let user = rows.folder.first { !rows.own.contains($0) && organization.isUser($0) }
    self.init(organization, app: app, user: user ?? 0, groups: rows.strangers(organization, areUsers: false))
  }

  /// Another for the same: of the folder's people, and of the groups that are nowhere above the app, those that `generator` draws.
  init(_ organization: SyntheticOrganization, app: Int, drawnBy generator: inout SplitMix) {
    let rows = AppRows(organization, app: app)
    let users = rows.folder.filter { !rows.own.contains($0) && organization.isUser($0) }
    let above = Set(rows.own).union(rows.folder)
    var groups: [Int] = []
    while groups.count < Self.groupCount {
      let group = organization.userCount + Int.random(in: 0..<organization.groupCount, using: &generator)
      if !above.contains(group) && !groups.contains(group) { groups.append(group) }
    }
    self.init(organization, app: app, user: users.randomElement(using: &generator) ?? 0, groups: groups)
  }

  /// One whose user has no grant above the app, and who is in the app's own row through a group; another than the stranger.
  static func throughGroup(_ organization: SyntheticOrganization, app: Int) -> Subject {
    let rows = AppRows(organization, app: app)
    let group = rows.own.filter { !organization.isUser($0) }.prefix(1)
    let strangers = rows.strangers(organization, areUsers: false).dropLast(group.count)
    return Subject(
      organization, app: app, user: rows.strangers(organization, areUsers: true)[1], groups: Array(strangers + group))
  }

  /// One who has no grant above the app.
  static func stranger(_ organization: SyntheticOrganization, app: Int) -> Subject {
    let rows = AppRows(organization, app: app)
    return Subject(
      organization, app: app, user: rows.strangers(organization, areUsers: true)[0],
      groups: rows.strangers(organization, areUsers: false))
  }

  private init(_ organization: SyntheticOrganization, app: Int, user: Int, groups: [Int]) {
    appIndex = app
    host = SyntheticOrganization.host(ofApp: app)
    members = [user] + groups
    email = organization.email(ofMember: user)
    self.groups = groups.map { organization.email(ofMember: $0) }
  }
}

/// The members of an app's own row and of its folder's, as they stand there.
struct AppRows {
  let own: [Int]
  let folder: [Int]

  init(_ organization: SyntheticOrganization, app: Int) {
    own = organization.members(ofApp: app)
    folder = organization.members(ofFolder: organization.folder(ofApp: app))
  }

  /// The last members who are in neither row: users, or groups.
  func strangers(_ organization: SyntheticOrganization, areUsers: Bool) -> [Int] {
    let above = Set(own).union(folder)
    let all =
      areUsers ? 0..<organization.userCount : organization.userCount..<organization.userCount + organization.groupCount
    return Array(all.reversed().lazy.filter { !above.contains($0) }.prefix(Subject.groupCount))
  }
}
