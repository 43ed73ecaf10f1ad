// What is true of a request and of who asks, once: Postern's facts and the floor's are both made of it, so that what is changed
// here changes for both.

internal import CPostern
internal import PosternCompiler

/// A request, its credential, and the integers that its person resolves to. By default the measured ones: host of 24 bytes,
/// path of 30 in normal form, no query, a navigation's headers, a session of a person, within all its clocks.
struct RequestFacts {
  var method = "GET"
  var host: String
  var path = Self.path
  var query: String?
  var upgrade: String?
  var secPurpose: String?

  var kind = POSTERN_CREDENTIAL_SESSION
  var principalKind = POSTERN_PRINCIPAL_USER
  var accountState = POSTERN_ACCOUNT_ACTIVE
  var provider = SyntheticOrganization.provider
  var tenant: String?
  var email: String
  var groups: [String]
  /// Numbers of the organization's members.
  var members: [Int]
  /// Whether the identity was resolved against the table that is asked.
  var isResolvedHere = true

  /// Milliseconds since 1970; 0 is absent.
  var createdAt = Self.ago(3_600)
  var lastSeenAt = Self.ago(60)
  var stateCheckedAt = Self.ago(30)
  var issuedAt = Self.ago(3_600)
  var loginAt = Self.ago(3_600)
  var secondFactorAt: Int64 = 0
  var securityKeyAt: Int64 = 0

  static let path = "/projects/alpha/reports/2026/q"
  static let now: Int64 = 1_800_000_000_000

  static func ago(_ seconds: Int64) -> Int64 { now - seconds * 1_000 }

  init(_ subject: Subject) {
    self.init(host: subject.host, email: subject.email, groups: subject.groups)
    members = subject.members
  }

  init(host: String, email: String, groups: [String]) {
    self.host = host
    self.email = email
    self.groups = groups
    members = []
  }

  /// The facts with something changed.
  func with(_ change: (inout RequestFacts) -> Void) -> RequestFacts {
    var other = self
    change(&other)
    return other
  }
}
