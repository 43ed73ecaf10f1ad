// Small policies for tests, built in Swift: nodes in tree order, ids counted, members interned, as `Policy.read` does
// it.

import PosternLanguage

struct PolicyBuilder {
  var policy: Policy
  private var memberIndices: [Member: UInt32] = [:]
  private var nextBindingID: UInt32 = 0

  static let span = Span(fileIndex: 0, startLine: 3, startColumn: 5, endLine: 3, endColumn: 9)

  /// An organization with one provider, `workspace`, that declares `example.com`.
  init(bindings: [[Member]] = [], denies: [Deny] = []) {
    let organization = Organization(
      name: sourced("example.com"), clockSkewSeconds: 30, budget: nil, guards: [])
    policy = Policy(
      files: [SourceFile(path: "organization.yaml", bytes: [])], organization: organization, providers: [], nodes: [],
      apps: [], denyRules: [], members: [], groups: [], accessLevels: [], tests: [])
    addProvider("workspace", .workspace, domains: ["example.com"])
    addNode(.organization, path: "", parent: nil, bindings: bindings, denies: denies)
  }

  struct Deny {
    var denied: [Member]
    var excepted: [Member] = []
  }

  mutating func addProvider(
    _ name: String, _ source: LoginProvider.Source, domains: [String] = [], tenants: [String] = [],
    pool: String? = nil, seconds: UInt32 = 3_600
  ) {
    policy.providers.append(
      LoginProvider(
        name: sourced(name), source: source, issuer: sourced("https://\(name).example"), clientID: "postern",
        domains: domains.map(sourced), tenantIDs: tenants.map(sourced), pool: pool, sessionDurationSeconds: seconds,
        span: Self.span))
  }

  mutating func member(_ member: Member) -> MemberUse {
    let index = memberIndices[member] ?? UInt32(policy.members.count)
    if index == UInt32(policy.members.count) { policy.members.append(member) }
    memberIndices[member] = index
    return MemberUse(memberIndex: index, line: 3, column: 5)
  }

  mutating func addGroup(_ email: String, _ members: [Member]) {
    let group = member(.group(email: email)).memberIndex
    policy.groups.append(
      DirectoryGroup(memberIndex: group, members: members.map { member($0) }, span: Self.span))
  }

  /// Adds a folder; returns its node.
  mutating func addFolder(
    _ name: String, parent: Int = 0, bindings: [[Member]] = [], denies: [Deny] = []
  ) -> Int {
    addNode(.folder, path: name, parent: parent, bindings: bindings, denies: denies)
    return policy.nodes.count - 1
  }

  @discardableResult
  mutating func addNode(
    _ kind: Node.Kind, path: String, parent: Int?, bindings: [[Member]], denies: [Deny]
  ) -> Int {
    let firstRule = policy.denyRules.count
    let uses = bindings.map { members in
      Binding(
        role: "roles/iap.httpsResourceAccessor", grantsAccess: true, members: members.map { member($0) },
        condition: nil, span: Self.span)
    }
    for deny in denies {
      policy.denyRules.append(
        DenyRule(
          nodeIndex: policy.nodes.count, deniedPrincipals: deny.denied.map { member($0) },
          exceptionPrincipals: deny.excepted.map { member($0) }, condition: nil, span: Self.span))
    }
    policy.nodes.append(
      Node(
        kind: kind, path: path, parentIndex: parent, bindings: uses, firstBindingID: nextBindingID,
        denyRuleRange: firstRule..<policy.denyRules.count))
    nextBindingID += UInt32(bindings.count)
    return policy.nodes.count - 1
  }

  /// Adds an app; its host is `NAME.example.com` where no routes are given.
  mutating func addApp(
    _ name: String, parent: Int = 0, routes: [Route]? = nil, bindings: [[Member]] = [], denies: [Deny] = [],
    providers: [Int] = [0], configure: (inout App) -> Void = { _ in }
  ) {
    let node = addNode(.app, path: name, parent: parent, bindings: bindings, denies: denies)
    var app = App(
      name: sourced(name), nodeIndex: node, routes: routes ?? [Self.route("\(name).example.com")], audience: name,
      providerIndices: providers, session: Self.session(), access: AccessSettings(),
      application: ApplicationSettings(), corsOrigins: [], span: Self.span)
    configure(&app)
    policy.apps.append(app)
  }

  static func route(_ host: String, _ path: String = "", wildcard: Bool = false, escapes: Bool = false) -> Route {
    Route(host: host, isWildcard: wildcard, path: path, allowEscapes: escapes, span: span)
  }

  static func session(
    absolute: Limit = .seconds(8 * 3_600), idle: Limit = .seconds(900), revalidate: Limit = .seconds(120)
  ) -> SessionSettings {
    SessionSettings(
      absoluteTimeout: sourced(absolute), idleTimeout: sourced(idle), revalidate: sourced(revalidate),
      onStateUnavailable: sourced(.deny), onStoreUnavailable: sourced(.deny), activityExclude: [],
      programmaticMaxAge: nil)
  }
}

func sourced<Value>(_ value: Value) -> Sourced<Value> { Sourced(value, at: PolicyBuilder.span) }

extension Propagation {
  /// SAML attributes under their own names.
  static func selecting(_ names: [String], outputs: [Output]) -> Propagation {
    Propagation(
      expression: sourced(""), outputs: outputs,
      attributes: names.map { Attribute(source: .saml, name: $0, emittedName: $0) })
  }
}
