// A tree with OAuth clients, as text: two documents, of which one asks for a security key, and what is asked of its bundle.

import PosternLanguage
import Testing

@testable import PosternCompiler

enum ClientTree {
  static let files = [
    "organization.yaml": """
    kind: Organization
    name: example.com
    loginProviders:
      - {name: people, source: oidc, issuer: "https://id.example.com", clientID: postern, domains: [example.com]}
    session: {absoluteTimeout: 8h, idleTimeout: 15m, revalidate: 2m}
    """,
    "payroll.yaml": """
    kind: App
    name: payroll
    routes: [payroll.example.com/]
    settings: {accessSettings: {oauthSettings: {programmaticClients: [payroll-cli, mirror, Admin]}}}
    """,
    "mail.yaml": """
    kind: App
    name: mail
    routes: [mail.example.com/]
    settings: {accessSettings: {oauthSettings: {programmaticClients: [payroll-cli, wide]}}}
    """,
    "clients.yaml": """
    kind: OAuthClients
    sessionLength: 16h
    boundScopes: ["payroll.*", "https://www.googleapis.com/auth/cloud-platform"]
    passwordChangeEnds: ["mail.*"]
    clients:
      - id: payroll-cli
        displayName: Payroll command line
        party: FIRST_PARTY
        redirectURIs: ["http://127.0.0.1/callback", "https://tool.example.com/cb"]
        scopes: [profile, payroll.read, payroll.write, mail.send, "https://www.googleapis.com/auth/cloud-platform"]
        apps: [payroll, mail]
      - id: mirror
        displayName: Mirror
        party: THIRD_PARTY
        flows: [DEVICE]
        scopes: [payroll.read, profile, payroll]
        apps: [payroll]
    """,
    "keys.yaml": """
    kind: OAuthClients
    sessionLength: 1h
    reauthentication: SECURE_KEY
    boundScopes: ["*"]
    liveTokens: 2
    unusedTimeout: 48h
    clients:
      - {id: Admin, displayName: Administration, party: FIRST_PARTY, flows: [DEVICE], scopes: [admin], apps: [payroll]}
    """,
  ]

  static func policy(_ files: [String: String] = files) throws -> Policy {
    let reading = Policy.read(files: files.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) })
    #expect(reading.diagnostics.isEmpty, "\(reading.diagnostics.map(\.message))")
    return try #require(reading.policy)
  }

  static func bundle(_ files: [String: String] = files) throws -> OpenBundle {
    try OpenBundle(compiling: policy(files))
  }

  /// 2026-03-02T10:00:00Z.
  static let now: Int64 = 1_772_445_600_000

  /// A refresh that is allowed: used an hour ago, authenticated ten minutes ago with a key.
  static func refresh(_ client: String, _ scopes: [String]) -> Refresh {
    var refresh = Refresh()
    refresh.client = Array(client.utf8)
    refresh.principalKind = .user
    refresh.accountState = .active
    refresh.scopes = scopes.map { Array($0.utf8) }
    refresh.lastUsedAt = now - 3_600_000
    refresh.authenticatedAt = now - 600_000
    refresh.securityKeyAt = now - 600_000
    return refresh
  }
}
