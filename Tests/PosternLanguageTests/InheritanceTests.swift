// What levels pass down: the nearest wins field by field, and what is enforced can only be tightened.

import Testing

@testable import PosternLanguage

@Suite("Inheritance")
struct InheritanceTests {
  /// An organization, a folder and an app below it, each with a `session`.
  static func tree(_ organization: String, _ folder: String, _ app: String) -> Tree {
    let base = Tree.organization.replacing(
      "session: {absoluteTimeout: 14d, idleTimeout: none, revalidate: 2m}\n", with: "")
    return Tree(
      ("organization.yaml", base + "session: {\(organization)}\n"),
      ("f/folder.yaml", "kind: Folder\nsession: {\(folder)}\n"),
      ("f/payroll.yaml", Tree.app + "session: {\(app)}\n"))
  }

  static let base = "absoluteTimeout: 14d, idleTimeout: none, revalidate: 2m"

  @Test("a timer is that of the nearest level that writes it, and the others stay")
  func nearest() throws {
    let tree = Self.tree(Self.base, "absoluteTimeout: 8h, idleTimeout: 1h", "idleTimeout: 15m")
    let session = try #require(tree.read().policy?.apps.first?.session)
    #expect(session.absoluteTimeout.value == .seconds(28_800))
    #expect(session.idleTimeout.value == .seconds(900))
    #expect(session.revalidate.value == .seconds(120))
    #expect(session.absoluteTimeout.span.fileIndex == 0)
  }

  /// What an enforced value allows below: key, above, below, whether it holds.
  static let enforced: [(above: String, below: String, isAllowed: Bool)] = [
    ("absoluteTimeout: {max: 8h, enforce: true}", "absoluteTimeout: 8h", true),
    ("absoluteTimeout: {max: 8h, enforce: true}", "absoluteTimeout: 7h59m59s", true),
    ("absoluteTimeout: {max: 8h, enforce: true}", "absoluteTimeout: 8h1s", false),
    ("absoluteTimeout: {max: 8h, enforce: true}", "absoluteTimeout: none", false),
    ("absoluteTimeout: {max: 8h, enforce: false}", "absoluteTimeout: none", true),
    ("absoluteTimeout: {max: 8h}", "absoluteTimeout: 9h", true),
    ("absoluteTimeout: {max: none, enforce: true}", "absoluteTimeout: 10d", true),
    ("idleTimeout: {max: 15m, enforce: true}", "idleTimeout: {max: 16m, enforce: true}", false),
    ("idleTimeout: {max: 15m, enforce: true}", "idleTimeout: none", false),
    ("idleTimeout: {max: 15m, enforce: true}", "idleTimeout: {max: 14m}", true),
    ("revalidate: {max: 2m, enforce: true}", "revalidate: 3m", false),
    ("revalidate: {max: 2m, enforce: true}", "revalidate: 1m", true),
    ("onStateUnavailable: {allowFor: 5m, enforce: true}", "onStateUnavailable: deny", true),
    ("onStateUnavailable: {allowFor: 5m, enforce: true}", "onStateUnavailable: {allowFor: 5m}", true),
    ("onStateUnavailable: {allowFor: 5m, enforce: true}", "onStateUnavailable: {allowFor: 6m}", false),
    ("onStoreUnavailable: {allowFor: 0s, enforce: true}", "onStoreUnavailable: {allowFor: 1s}", false),
    ("onStoreUnavailable: deny", "onStoreUnavailable: {allowFor: 1s}", true),
    ("programmatic: {maxAge: 1h, enforce: true}", "programmatic: {maxAge: none}", false),
    ("programmatic: {maxAge: 1h, enforce: true}", "programmatic: {maxAge: 30m}", true),
    ("activity: {exclude: [/api/poll], enforce: true}", "activity: {exclude: [/api/poll, /x]}", true),
    ("activity: {exclude: [/api/poll], enforce: true}", "activity: {exclude: [/api]}", true),
    ("activity: {exclude: [/api/poll], enforce: true}", "activity: {exclude: [/api/polling]}", false),
    ("activity: {exclude: [/api/poll], enforce: true}", "activity: {exclude: []}", false),
    ("activity: {exclude: [/api/poll]}", "activity: {exclude: []}", true),
  ]

  /// The timers that `above` leaves unsaid.
  static func rest(_ above: String) -> String {
    let unsaid = Self.base.split(separator: ", ").filter { !above.hasPrefix($0.prefix { $0 != ":" }) }
    return unsaid.joined(separator: ", ")
  }

  @Test("what is enforced can only be tightened, at any distance", arguments: enforced.indices)
  func enforcement(_ index: Int) {
    let row = Self.enforced[index]
    let near = Self.tree(Self.rest(row.above), row.above, row.below)
    let far = Self.tree(Self.rest(row.above) + ", " + row.above, "", row.below)
    for tree in [near, far] {
      let ids = tree.read().diagnostics.map(\.id)
      #expect(ids == (row.isAllowed ? [] : ["above-enforced-limit"]))
    }
  }

  @Test("a value between an enforced one and a looser one does not lift what is enforced")
  func enforcementStays() {
    let tree = Self.tree(
      "idleTimeout: none, revalidate: 2m, absoluteTimeout: {max: 8h, enforce: true}", "absoluteTimeout: 2h",
      "absoluteTimeout: 9h")
    #expect(tree.faults() == ["above-enforced-limit f/payroll.yaml:4:28"])
  }

  @Test("the diagnostic of a loosened limit points at the place that enforces it")
  func enforcingPlace() throws {
    let tree = Self.tree("\(Self.rest("idleTimeout")), idleTimeout: {max: 15m, enforce: true}", "", "idleTimeout: 20m")
    let diagnostic = try #require(tree.read().diagnostics.first)
    #expect(diagnostic.notes.map(\.span.fileIndex) == [2])
  }

  @Test("settings are inherited leaf by leaf, an empty text takes one back, and a list is replaced whole")
  func settings() throws {
    let tree = Tree.small(
      organization: """
        settings:
          accessSettings:
            oauthSettings: {loginHint: example.com, programmaticClients: [a, b]}
            corsSettings: {allowHttpOptions: true}
          applicationSettings: {csmSettings: {rctokenAud: mesh}}

        """,
      app: """
        settings: {accessSettings: {oauthSettings: {loginHint: "", programmaticClients: [c]}}}

        """)
    let app = try #require(tree.read().policy?.apps.first)
    #expect(app.access.loginHint == nil)
    #expect(app.access.programmaticClients.map(\.value) == ["c"])
    #expect(app.access.allowHTTPOptions?.value == true)
    #expect(app.application.rctokenAudience?.value == "mesh")
  }

  @Test("bindings and deny rules stand at their own nodes and add up")
  func additive() throws {
    let binding = "iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ['user:ann@example.com']}]}\n"
    let deny = """
      deny:
        - denyRule: {deniedPrincipals: ['user:eve@example.com'], deniedPermissions: [iap.*]}

      """
    let policy = try #require(Tree.small(organization: binding + deny, app: binding + deny).read().policy)
    #expect(policy.nodes.map(\.bindings.count) == [1, 1])
    #expect(policy.nodes.map(\.denyRuleRange) == [0..<1, 1..<2])
    #expect(policy.denyRules.map(\.nodeIndex) == [0, 1])
  }

  @Test("providers and origins are those of the nearest level that names any")
  func providers() throws {
    let second = """
      loginProviders:
        - {name: workspace, source: workspace, issuer: "https://a.example.com", clientID: x}
        - {name: partners, source: oidc, issuer: "https://b.example.com", clientID: x}
      session: {absoluteTimeout: 14d, idleTimeout: none, revalidate: 2m}
      providers: [workspace, partners]
      cors: {origins: ["HTTPS://Portal.example.com:443"]}

      """
    let head = "kind: Organization\nname: example.com\n"
    let other = "kind: App\nname: other\nroutes: [other.example.com]\nproviders: [partners]\ncors: {origins: []}\n"
    let tree = Tree(
      ("organization.yaml", head + second), ("payroll.yaml", Tree.app), ("other.yaml", other))
    let policy = try #require(tree.read().policy)
    #expect(policy.apps.map(\.name.value) == ["other", "payroll"])
    #expect(policy.apps.map(\.providerIndices) == [[1], [0, 1]])
    #expect(policy.apps.map { $0.corsOrigins.map(\.value) } == [[], ["https://portal.example.com"]])
  }
}
