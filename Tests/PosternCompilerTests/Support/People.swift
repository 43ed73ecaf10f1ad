// Requests and credentials for tests.

import PosternLanguage

extension Request {
  /// A navigation to `https://HOST/PATH`.
  init(_ host: String, _ path: String = "/", method: String = "GET", query: String? = nil) {
    self.init()
    self.method = Array(method.utf8)
    self.scheme = Array("https".utf8)
    self.host = Array(host.utf8)
    self.path = Array(path.utf8)
    self.query = query.map { Array($0.utf8) }
    secFetchMode = Array("navigate".utf8)
  }
}

extension Credential {
  /// Some time after 2023, in milliseconds.
  static let now: Int64 = 1_700_000_000_000

  /// A session of a person, all of whose facts are a minute old.
  static func person(_ email: String, provider: String = "workspace", groups: [String] = []) -> Credential {
    var credential = Credential()
    credential.kind = .session
    credential.principalKind = .user
    credential.accountState = .active
    credential.emailVerified = true
    credential.groupsComplete = true
    credential.provider = Array(provider.utf8)
    credential.subject = Array("subject-of-\(email)".utf8)
    credential.email = Array(email.utf8)
    credential.groups = groups.map { Array($0.utf8) }
    let then = now - 60_000
    credential.createdAt = then
    credential.lastSeenAt = then
    credential.stateCheckedAt = then
    credential.issuedAt = then
    credential.expiresAt = now + 600_000
    credential.loginAt = then
    return credential
  }
}
