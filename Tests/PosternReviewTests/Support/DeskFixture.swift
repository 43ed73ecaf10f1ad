// A tree of one app, and somebody who comes to it: what explanations are tried on.

import PosternLanguage
import PosternReview

extension TreeFixture {
  /// A tree of one app whose bindings and settings are the test's.
  static func desk(_ app: String, groups: String = "") throws -> ReviewSide {
    let organization = """
      kind: Organization
      name: example.com
      loginProviders:
        - {name: own, source: workspace, issuer: "https://own.example", clientID: c, domains: [example.com]}
        - {name: other, source: oidc, issuer: "https://other.example", clientID: c, domains: [other.example]}
      providers: [own]
      session: {absoluteTimeout: 8h, idleTimeout: 15m, revalidate: 2m}

      """
    var files = [
      ("organization.yaml", organization), ("desk.yaml", "kind: App\nname: desk\nroutes: [desk.example.com/]\n" + app),
    ]
    if !groups.isEmpty { files.append(("groups.yaml", groups)) }
    return try tree(files.map { SourceFile(path: $0.0, bytes: Array($0.1.utf8)) })
  }

  /// The same whose binding has a condition.
  static func desk(condition: String) throws -> ReviewSide {
    try desk(binding(#""user:ann@example.com""#, condition))
  }

  /// A binding of members, as the app's document has it.
  static func binding(_ members: String, _ condition: String? = nil) -> String {
    let condition = condition.map { ", condition: {title: c, expression: '\($0)'}" } ?? ""
    return "iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: [\(members)]\(condition)}]}\n"
  }

  /// Somebody at the desk who has just logged in.
  static func deskFacts(_ email: String = "ann@example.com", at now: Int64 = 1_772_445_600_000) -> RequestFacts {
    var request = Request()
    request.method = Array("GET".utf8)
    request.scheme = Array("https".utf8)
    request.host = Array("desk.example.com".utf8)
    request.path = Array("/".utf8)
    var credential = Credential()
    credential.kind = .session
    credential.principalKind = .user
    credential.accountState = .active
    credential.emailVerified = true
    credential.groupsComplete = true
    credential.provider = Array("own".utf8)
    credential.email = Array(email.utf8)
    for path in [\Credential.createdAt, \.lastSeenAt, \.stateCheckedAt, \.issuedAt, \.loginAt] {
      credential[keyPath: path] = now
    }
    return RequestFacts(request: request, credential: credential, nowMilliseconds: now)
  }
}
