// Organizations of any size, made up: what the benchmarks measure and the tests of scale compile. Every part is computed from
// its number alone, so that whoever needs one app of a million makes that one; the same counts give the same policy.

package import PosternLanguage

/// An organization of so many apps with ten grants each: five in the app's own row, five for each in the row of its
/// folder, which holds a hundred apps. Of five members of a row the last is a group.
package struct SyntheticOrganization: Sendable {
  package let appCount: Int
  package let userCount: Int
  package let groupCount: Int

  package static let appsPerFolder = 100
  package static let grantsPerRow = 5
  package static let domain = "example.com"
  package static let provider = "workspace"
  package static let role = "roles/iap.httpsResourceAccessor"
  package static let portal = "portal.\(domain)"
  package static let absoluteSeconds = 8 * 3_600
  package static let revalidateSeconds = 120

  /// As many people as apps, at least a thousand, and a group for each ten.
  package init(appCount: Int) {
    self.appCount = appCount
    userCount = max(1_000, appCount)
    groupCount = max(1_000, appCount / 10)
  }

  // MARK: folders and apps

  package var folderCount: Int { (appCount + Self.appsPerFolder - 1) / Self.appsPerFolder }

  package func folder(ofApp app: Int) -> Int { app / Self.appsPerFolder }

  package func apps(inFolder folder: Int) -> Range<Int> {
    folder * Self.appsPerFolder..<min((folder + 1) * Self.appsPerFolder, appCount)
  }

  package static func name(ofFolder index: Int) -> String { name("f", index) }

  package static func name(ofApp index: Int) -> String { name("app", index) }

  /// The host of an app: 24 bytes up to a million apps, so that the size of the organization is all that changes.
  package static func host(ofApp index: Int) -> String { name("app", index, digits: 6) + ".co.\(domain)" }

  /// What leads to an app: its host, and for each tenth app a path of a host that they share.
  package static func routes(ofApp index: Int) -> [(host: String, path: String)] {
    let own = (host(ofApp: index), "")
    return index % 10 == 0 ? [own, (portal, "/app\(index)")] : [own]
  }

  package static func idleSeconds(ofApp index: Int) -> Int { 900 + index % 4 * 300 }

  // MARK: bindings

  /// The id of the one binding of a folder.
  package func binding(ofFolder folder: Int) -> Int { folder * (1 + Self.appsPerFolder) }

  /// The id of the one binding of an app.
  package func binding(ofApp app: Int) -> Int {
    binding(ofFolder: folder(ofApp: app)) + 1 + app % Self.appsPerFolder
  }

  /// The members of the folder's row, distinct, as they stand in it.
  package func members(ofFolder folder: Int) -> [Int] {
    members(row: 2 * UInt64(folder) + 1, count: apps(inFolder: folder).count * Self.grantsPerRow)
  }

  /// The members of the app's own row.
  package func members(ofApp app: Int) -> [Int] { members(row: 2 * UInt64(app), count: Self.grantsPerRow) }

  private func members(row: UInt64, count: Int) -> [Int] {
    var seen: Set<Int> = []
    return (0..<count).lazy.map { member(row: row, place: $0) }.filter { seen.insert($0).inserted }
  }

  private func member(row: UInt64, place: Int) -> Int {
    let number = Self.mix(row << 16 | UInt64(place))
    let isGroup = place % Self.grantsPerRow == Self.grantsPerRow - 1
    return isGroup ? userCount + Int(number % UInt64(groupCount)) : Int(number % UInt64(userCount))
  }

  // MARK: members: first the users, then the groups

  package func isUser(_ member: Int) -> Bool { member < userCount }

  /// The e-mail of a user or a group.
  package func email(ofMember member: Int) -> String {
    isUser(member) ? "user\(member)@\(Self.domain)" : "group\(member - userCount)@\(Self.domain)"
  }

  package func member(_ index: Int) -> Member {
    isUser(index) ? .user(email: email(ofMember: index)) : .group(email: email(ofMember: index))
  }

  // MARK: numbers

  /// A name whose numbers sort as texts.
  private static func name(_ prefix: String, _ index: Int, digits count: Int = 7) -> String {
    let digits = String(index)
    return prefix + String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
  }

  /// SplitMix64's output for a state.
  private static func mix(_ state: UInt64) -> UInt64 {
    let state = (state &+ 0x706F_7374_6572_6E00) &* 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

// MARK: the policy

extension SyntheticOrganization {
  private static let span = Span(fileIndex: 0, startLine: 1, startColumn: 1, endLine: 1, endColumn: 2)

  /// All of it in memory; its members are in the order of their numbers, also those whom no row holds.
  package func policy() -> Policy {
    var nodes = [
      Node(kind: .organization, path: "", parentIndex: nil, bindings: [], firstBindingID: 0, denyRuleRange: 0..<0)
    ]
    var apps: [App] = []
    apps.reserveCapacity(appCount)
    for folder in 0..<folderCount {
      let parent = nodes.count
      nodes.append(
        node(.folder, Self.name(ofFolder: folder), parent: 0, members(ofFolder: folder), id: binding(ofFolder: folder)))
      for app in self.apps(inFolder: folder) {
        apps.append(self.app(app, nodeIndex: nodes.count))
        nodes.append(node(.app, Self.name(ofApp: app), parent: parent, members(ofApp: app), id: binding(ofApp: app)))
      }
    }
    let provider = LoginProvider(
      name: sourced(Self.provider), source: .workspace, issuer: sourced("https://accounts.example.com"),
      clientID: "postern", domains: [sourced(Self.domain)], tenantIDs: [], pool: nil,
      sessionDurationSeconds: LoginProvider.defaultSessionDurationSeconds, span: Self.span)
    let organization = Organization(
      name: sourced(Self.domain), clockSkewSeconds: Organization.defaultClockSkewSeconds, budget: nil, guards: [])
    return Policy(
      files: [SourceFile(path: "organization.yaml", bytes: [])], organization: organization, providers: [provider],
      nodes: nodes, apps: apps, denyRules: [], members: (0..<userCount + groupCount).map { member($0) }, groups: [],
      accessLevels: [], tests: [])
  }

  private func node(_ kind: Node.Kind, _ path: String, parent: Int, _ members: [Int], id: Int) -> Node {
    let uses = members.map { MemberUse(memberIndex: UInt32($0), line: 1, column: 1) }
    let binding = Binding(role: Self.role, grantsAccess: true, members: uses, condition: nil, span: Self.span)
    return Node(
      kind: kind, path: path, parentIndex: parent, bindings: [binding], firstBindingID: UInt32(id),
      denyRuleRange: 0..<0)
  }

  private func app(_ index: Int, nodeIndex: Int) -> App {
    let session = SessionSettings(
      absoluteTimeout: sourced(.seconds(UInt32(Self.absoluteSeconds))),
      idleTimeout: sourced(.seconds(UInt32(Self.idleSeconds(ofApp: index)))),
      revalidate: sourced(.seconds(UInt32(Self.revalidateSeconds))), onStateUnavailable: sourced(.deny),
      onStoreUnavailable: sourced(.deny), activityExclude: [], programmaticMaxAge: nil)
    let routes = Self.routes(ofApp: index).map {
      Route(host: $0.host, isWildcard: false, path: $0.path, allowEscapes: false, span: Self.span)
    }
    return App(
      name: sourced(Self.name(ofApp: index)), nodeIndex: nodeIndex, routes: routes, audience: Self.name(ofApp: index),
      providerIndices: [0], session: session, access: AccessSettings(), application: ApplicationSettings(),
      corsOrigins: [], span: Self.span)
  }

  private func sourced<Value>(_ value: Value) -> Sourced<Value> { Sourced(value, at: Self.span) }
}
