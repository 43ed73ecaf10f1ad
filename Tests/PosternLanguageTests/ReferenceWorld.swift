// A small policy that the reference's tests turn their knobs on: five providers, one of each source, and two apps of
// one host.

import PosternLanguage

enum ReferenceWorld {
  static let now: Int64 = 1_700_000_000_000
  static let span = Span(fileIndex: 0, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1)
  static let hour: UInt32 = 3_600

  static func sourced<Value>(_ value: Value) -> Sourced<Value> { Sourced(value, at: span) }

  static func provider(
    _ name: String, _ source: LoginProvider.Source, domains: [String], tenants: [String] = [], pool: String? = nil
  ) -> LoginProvider {
    LoginProvider(
      name: sourced(name), source: source, issuer: sourced("https://\(name)"), clientID: "postern",
      domains: domains.map { sourced($0) }, tenantIDs: tenants.map { sourced($0) }, pool: pool,
      sessionDurationSeconds: hour, span: span)
  }

  static let unlimited = SessionSettings(
    absoluteTimeout: sourced(.none), idleTimeout: sourced(.none), revalidate: sourced(.none),
    onStateUnavailable: sourced(.deny), onStoreUnavailable: sourced(.deny), activityExclude: [],
    programmaticMaxAge: nil)

  static func app(_ name: String, nodeIndex: Int, routes: [Route]) -> App {
    App(
      name: sourced(name), nodeIndex: nodeIndex, routes: routes, audience: name, providerIndices: [0, 1, 2, 3, 4],
      session: unlimited, access: AccessSettings(), application: ApplicationSettings(), corsOrigins: [], span: span)
  }

  static func route(_ host: String, _ path: String, isWildcard: Bool = false, allowEscapes: Bool = false) -> Route {
    Route(host: host, isWildcard: isWildcard, path: path, allowEscapes: allowEscapes, span: span)
  }

  static func uses(_ indices: UInt32...) -> [MemberUse] {
    indices.map { MemberUse(memberIndex: $0, line: 1, column: 1) }
  }

  static func binding(_ members: [MemberUse]) -> Binding {
    Binding(
      role: "roles/iap.httpsResourceAccessor", grantsAccess: true, members: members, condition: nil, span: span)
  }

  /// Apps `site` at `/` and `admin` at `/admin`; members 0 `allAuthenticatedUsers`, 1 `allUsers`, 2 Ada; whoever
  /// authenticates may in. No limit is set.
  static func policy() -> Policy {
    let organization = Node(
      kind: .organization, path: "", parentIndex: nil, bindings: [binding(uses(0))], firstBindingID: 0,
      denyRuleRange: 0..<0)
    let nodes = ["admin", "site"].map {
      Node(kind: .app, path: $0, parentIndex: 0, bindings: [], firstBindingID: 1, denyRuleRange: 0..<0)
    }
    return Policy(
      files: [], organization: Organization(name: sourced("o"), clockSkewSeconds: 30, budget: nil, guards: []),
      providers: [
        provider("workspace", .workspace, domains: ["example.com"]),
        provider("platform", .identityPlatform, domains: ["platform.example"]),
        provider("workforce", .workforce, domains: [], pool: "pool"),
        provider("oidc", .oidc, domains: ["oidc.example"]), provider("saml", .saml, domains: ["saml.example"]),
      ],
      nodes: [organization] + nodes,
      apps: [
        app("admin", nodeIndex: 1, routes: [route("app.example.com", "/admin")]),
        app("site", nodeIndex: 2, routes: [route("app.example.com", "")]),
      ],
      denyRules: [], members: [.allAuthenticatedUsers, .allUsers, .user(email: "ada@example.com")], groups: [],
      accessLevels: [], tests: [])
  }

  static func request(_ path: String = "/", host: String = "app.example.com", method: String = "GET") -> Request {
    var request = Request()
    request.method = Array(method.utf8)
    request.host = Array(host.utf8)
    request.path = Array(path.utf8)
    return request
  }

  /// Ada, in a session of the provider, with every time fact at `now` and nothing wrong.
  static func session(_ provider: String = "workspace") -> Credential {
    var credential = Credential()
    credential.kind = .session
    credential.principalKind = .user
    credential.accountState = .active
    credential.emailVerified = true
    credential.groupsComplete = true
    credential.provider = Array(provider.utf8)
    credential.email = Array("ada@example.com".utf8)
    credential.createdAt = now
    credential.lastSeenAt = now
    credential.stateCheckedAt = now
    credential.issuedAt = now
    credential.expiresAt = now + 1_000
    credential.loginAt = now
    credential.deviceCheckedAt = now
    return credential
  }

  static func bearer() -> Credential {
    var credential = session()
    credential.kind = .bearer
    credential.audience = Array("site".utf8)
    return credential
  }
}
