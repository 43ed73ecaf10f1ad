// A small bundle in which every section has something: what the hostile tests break.

internal import Foundation
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
    let zones = ZoneFixture()
    defer { zones.remove() }
    return Compiler.compile(policy, revision: 7, options: Compiler.Options(zoneinfo: zones.path))
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
    "desk.yaml": desk,
    "clients.yaml": """
    kind: OAuthClients
    sessionLength: 16h
    boundScopes: [payroll.*]
    passwordChangeEnds: [mail.send]
    clients:
      - id: payroll-cli
        displayName: Payroll command line
        party: FIRST_PARTY
        redirectURIs: ["http://127.0.0.1/callback"]
        scopes: [profile, payroll.read, mail.send]
        apps: [payroll]
      - {id: mirror, displayName: Mirror, party: THIRD_PARTY, flows: [DEVICE], scopes: [payroll.read], apps: [open]}
    """,
    "finance/folder.yaml": """
    kind: Folder
    deny:
      - denyRule:
          deniedPrincipals: ["principal://goog/subject/u7@example.com"]
          deniedPermissions: [iap.googleapis.com/webServiceVersions.accessViaIAP]
          denialCondition: {title: risk, expression: 'request.auth.claims["risk-level"] == "high"'}
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
      applicationSettings:
        attributePropagationSettings:
          enable: true
          expression: >-
            attributes.saml_attributes.filter(x, x.name in ["costcenter", "clearance"])
            .append(attributes.iap_attributes.selectByName("device").emitAs("x-device").strict().decorate())
          outputCredentials: [HEADER, JWT]
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

  /// Conditions with every word that a condition can have. `u7` comes in by them alone.
  private static let desk = """
    kind: App
    name: desk
    routes: [desk.example.com/]
    iam:
      bindings:
        - role: roles/iap.httpsResourceAccessor
          members: ["user:u7@example.com", "domain:example.com"]
          condition:
            title: office
            expression: >-
              inIpRange(origin.ip, ["10.0.0.0/8", "2001:db8::/32"]) && request.method in ["GET", "HEAD"]
              && request.path.matches("^/a") && has(request.auth.claims.dept)
              && request.time.getHours("\(ZoneFixture.name)") < 18
        - role: roles/iap.httpsResourceAccessor
          members: ["user:u7@example.com"]
          condition:
            title: team
            expression: >-
              request.time.getDayOfWeek() == 3 || request.headers["x-team"].startsWith("a")
              || request.host.endsWith(".net") && "ops" in request.auth.claims.roles
              || request.path == "/never" && request.time < timestamp("2030-01-01T00:00:00Z")
              && request.time < request.auth.claims.until
              || request.path == "/never" && request.auth.claims.roles.all(r, size(r) + 1 > 3)
              || request.path == "/never" && device.screen_lock
    """
}

/// A folder with one time zone of two transitions, for the platform's files may be missing, and are long.
struct ZoneFixture {
  static let name = "Test/Shift"

  private let folder = FileManager.default.temporaryDirectory.appending(path: "postern-zones-\(UUID().uuidString)")

  init() {
    let file = folder.appending(path: Self.name)
    do {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(Self.bytes).write(to: file)
    } catch {
      preconditionFailure("the temporary folder must take a file: \(error)")
    }
  }

  var path: String { folder.path() }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// A TZif file (RFC 9636): offsets of 3,000, 3,600 and 7,200 s; the last stays.
  private static let bytes: [UInt8] = {
    let transitions: [(at: Int64, type: UInt8)] = [(-1_000_000_000, 1), (1_000_000_000, 2)]
    let offsets: [Int32] = [3_000, 3_600, 7_200]
    var block = transitions.flatMap { bigEndian($0.at) } + transitions.map(\.type)
    block += offsets.flatMap { bigEndian($0) + [0, 0] } + [0, 0, 0, 0]
    return header([0, 0, 0, 0, 0, 0]) + header([0, 0, 0, 2, 3, 4]) + block + Array("\nEET-2\n".utf8)
  }()

  private static func header(_ counts: [Int32]) -> [UInt8] {
    Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15) + counts.flatMap { bigEndian($0) }
  }

  private static func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    stride(from: Number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> Number($0)) }
  }
}
