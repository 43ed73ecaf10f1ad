// A small bundle in which every section has something: what the hostile tests break.

import PosternCompiler
import PosternLanguage

enum GoldenBundle: String, CaseIterable {
  case smallestOne, wholeOne

  /// The bytes of the one named; a test's argument is a name, for the bytes themselves would fill its output.
  var contents: [UInt8] { self == .smallestOne ? Self.smallest : Self.bytes }

  /// The bundle's bytes.
  static let bytes: [UInt8] = compile(files)

  /// A bundle with nothing but one app.
  static let smallest: [UInt8] = compile([
    "organization.yaml": organization(providers: workspace),
    "a.yaml": """
    kind: App
    name: a
    routes: [a.example.com/]
    """,
  ])

  static func compile(_ files: [String: String]) -> [UInt8] {
    let sources = files.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) }
    let reading = Policy.read(files: sources)
    guard let policy = reading.policy else {
      preconditionFailure("the golden tree must read: \(reading.diagnostics.map(\.message))")
    }
    return Compiler.compile(policy, revision: 7)
  }

  private static let workspace = """
      - {name: workspace, source: workspace, issuer: "https://accounts.example.com", clientID: postern, domains: [example.com]}
    """

  private static func organization(providers: String) -> String {
    """
    kind: Organization
    name: example.com
    loginProviders:
    \(providers)
    session: {absoluteTimeout: 8h, idleTimeout: 15m, revalidate: 2m}
    """
  }

  static let files: [String: String] = [
    "organization.yaml": organization(
      providers: workspace + "\n" + """
          - {name: partners, source: identityPlatform, issuer: "https://idp.example.net", clientID: postern, tenantIds: [1a-p, 2b-p]}
          - {name: staff, source: workforce, issuer: "https://staff.example.org", clientID: postern, pool: staff, sessionDuration: 1h}
        """) + "\n" + """
        providers: [workspace, partners, staff]
        iam:
          bindings:
            - {role: roles/iap.httpsResourceAccessor, members: ["user:root@example.com"]}
        deny:
          - denyRule:
              deniedPrincipals: ["principalSet://goog/group/suspended@example.com"]
              exceptionPrincipals: ["principal://goog/subject/breakglass@example.com"]
              deniedPermissions: [iap.googleapis.com/webServiceVersions.accessViaIAP]
          - denyRule:
              deniedPrincipals: ["principalSet://goog/public:all"]
              exceptionPrincipals: ["principalSet://goog/group/all@example.com"]
              deniedPermissions: [iap.googleapis.com/webServiceVersions.accessViaIAP]
        """,
    "groups.yaml": """
    kind: Groups
    groups:
      - {email: all@example.com, members: ["group:team@example.com", "user:zoe@example.com"]}
      - {email: team@example.com, members: ["user:ada@example.com"]}
    """,
    "finance/folder.yaml": """
    kind: Folder
    iam:
      bindings:
        - role: roles/iap.httpsResourceAccessor
          members: [\((0..<20).map { "\"user:u\($0)@example.com\"" }.joined(separator: ", "))]
    """,
    "finance/payroll.yaml": """
    kind: App
    name: payroll
    routes:
      - payroll.example.com/
      - payroll.example.com/reports/q1
      - "*.payroll.example.com/x"
      - {path: \(String(repeating: "long-", count: 9))host.example.com/files, allowEscapes: true}
    iam:
      bindings:
        - {role: roles/iap.httpsResourceAccessor, members: ["group:all@example.com", "domain:example.com"]}
        - role: roles/iap.httpsResourceAccessor
          members:
            - principal://iam.googleapis.com/locations/global/workforcePools/staff/subject/S1
            - principalSet://iam.googleapis.com/locations/global/workforcePools/staff/group/G
            - principalSet://iam.googleapis.com/locations/global/workforcePools/staff/attribute.dept/hr
            - principalSet://iam.googleapis.com/locations/global/workforcePools/staff/*
    settings:
      accessSettings:
        oauthSettings: {loginHint: example.com, programmaticClients: [cli, robot]}
        reauthSettings: {method: SECURE_KEY, maxAge: 3600s, policyType: MINIMUM}
        allowedDomainsSettings: {enable: true, domains: [example.com]}
        gcipSettings: {tenantIds: [1a-p]}
    session:
      activity: {exclude: [/api/poll]}
      programmatic: {maxAge: 30m}
      onStateUnavailable: {allowFor: 5m}
    cors: {origins: ["https://portal.example.com"]}
    """,
    "open.yaml": """
    kind: App
    name: open
    routes: [open.example.com/]
    iam:
      bindings:
        - {role: roles/iap.httpsResourceAccessor, members: [allUsers, allAuthenticatedUsers]}
    """,
  ]
}
