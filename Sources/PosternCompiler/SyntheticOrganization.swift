// Organizations of any size, made up: what the benchmarks measure and the tests of scale compile. Deterministic: the
// same counts give the same policy.

package import PosternLanguage

/// An organization of so many apps with ten grants each: five in the app's own row, five for each in the row of its
/// folder, which holds a hundred apps.
package struct SyntheticOrganization {
  package let appCount: Int
  package let userCount: Int
  package let groupCount: Int

  package static let appsPerFolder = 100
  package static let grantsPerRow = 5
  package static let domain = "example.com"

  private var state: UInt64 = 0x706F_7374_6572_6E00
  private let span = Span(fileIndex: 0, startLine: 1, startColumn: 1, endLine: 1, endColumn: 2)

  /// `userCount` is by default the number of apps, at least a thousand.
  package init(appCount: Int, userCount: Int? = nil) {
    self.appCount = appCount
    self.userCount = userCount ?? max(1_000, appCount)
    groupCount = max(1_000, appCount / 100)
  }

  /// The e-mail of a user.
  package static func email(ofUser index: Int) -> String { "user\(index)@\(domain)" }

  /// The host of an app: 24 bytes up to a million apps, so that the size of the organization is all that changes.
  package static func host(ofApp index: Int) -> String {
    let digits = String(index)
    return "app" + String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits + ".co.\(domain)"
  }

  /// The policy; users come first among its members, then groups.
  package consuming func policy() -> Policy {
    var nodes = [node(.organization, "", parent: nil, bindings: [], firstBindingID: 0)]
    var apps: [App] = []
    apps.reserveCapacity(appCount)
    var bindingID: UInt32 = 0
    var index = 0
    while index < appCount {
      let range = index..<min(index + Self.appsPerFolder, appCount)
      let folder = nodes.count
      let binding = binding(memberCount: range.count * Self.grantsPerRow)
      nodes.append(node(.folder, name("f", folder), parent: 0, bindings: [binding], firstBindingID: bindingID))
      bindingID += 1
      for app in range {
        let binding = self.binding(memberCount: Self.grantsPerRow)
        apps.append(self.app(app, nodeIndex: nodes.count))
        nodes.append(
          node(.app, name("app", app), parent: folder, bindings: [binding], firstBindingID: bindingID))
        bindingID += 1
      }
      index = range.upperBound
    }
    return policy(nodes: nodes, apps: apps)
  }

  private func policy(nodes: [Node], apps: [App]) -> Policy {
    var members = (0..<userCount).map { Member.user(email: Self.email(ofUser: $0)) }
    members += (0..<groupCount).map { Member.group(email: "group\($0)@\(Self.domain)") }
    let provider = LoginProvider(
      name: sourced("workspace"), source: .workspace, issuer: sourced("https://accounts.example.com"),
      clientID: "postern", domains: [sourced(Self.domain)], tenantIDs: [], pool: nil,
      sessionDurationSeconds: LoginProvider.defaultSessionDurationSeconds, span: span)
    let organization = Organization(
      name: sourced(Self.domain), clockSkewSeconds: Organization.defaultClockSkewSeconds, budget: nil, guards: [])
    return Policy(
      files: [SourceFile(path: "organization.yaml", bytes: [])], organization: organization, providers: [provider],
      nodes: nodes, apps: apps, denyRules: [], members: members, groups: [], accessLevels: [], tests: [])
  }

  private func node(
    _ kind: Node.Kind, _ path: String, parent: Int?, bindings: [Binding], firstBindingID: UInt32
  ) -> Node {
    Node(
      kind: kind, path: path, parentIndex: parent, bindings: bindings, firstBindingID: firstBindingID,
      denyRuleRange: 0..<0)
  }

  /// A binding of users, the last of five a group.
  private mutating func binding(memberCount: Int) -> Binding {
    let uses = (0..<memberCount).map { index in
      let isGroup = index % Self.grantsPerRow == Self.grantsPerRow - 1
      let member = isGroup ? userCount + next(below: groupCount) : next(below: userCount)
      return MemberUse(memberIndex: UInt32(member), line: 1, column: 1)
    }
    return Binding(
      role: "roles/iap.httpsResourceAccessor", grantsAccess: true, members: uses, condition: nil, span: span)
  }

  private func app(_ index: Int, nodeIndex: Int) -> App {
    var routes = [route(Self.host(ofApp: index), "")]
    if index % 10 == 0 { routes.append(route("portal.\(Self.domain)", "/app\(index)")) }
    let session = SessionSettings(
      absoluteTimeout: sourced(.seconds(8 * 3_600)), idleTimeout: sourced(.seconds(UInt32(900 + index % 4 * 300))),
      revalidate: sourced(.seconds(120)), onStateUnavailable: sourced(.deny), onStoreUnavailable: sourced(.deny),
      activityExclude: [], programmaticMaxAge: nil)
    return App(
      name: sourced(name("app", index)), nodeIndex: nodeIndex, routes: routes, audience: name("app", index),
      providerIndices: [0], session: session, access: AccessSettings(), application: ApplicationSettings(),
      corsOrigins: [], span: span)
  }

  private func route(_ host: String, _ path: String) -> Route {
    Route(host: host, isWildcard: false, path: path, allowEscapes: false, span: span)
  }

  private func sourced<Value>(_ value: Value) -> Sourced<Value> { Sourced(value, at: span) }

  /// A name whose numbers sort as texts.
  private func name(_ prefix: String, _ index: Int) -> String {
    let digits = String(index)
    return prefix + String(repeating: "0", count: max(0, 7 - digits.utf8.count)) + digits
  }

  /// SplitMix64.
  private mutating func next(below limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ mixed >> 31) % UInt64(limit))
  }
}
