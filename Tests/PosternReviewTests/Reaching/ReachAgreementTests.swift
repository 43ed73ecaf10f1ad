// What `PrincipalAccess` says of the repository's own tree against the kernel's decisions: everybody whom the tree names, at every
// app, by every login provider and tenant, a moment after they have authenticated in every way.

import PosternCompiler
import PosternLanguage
import PosternReview
import Testing

@Suite("Reach and the kernel")
struct ReachAgreementTests {
  @Test("whom the kernel lets in is said to reach the app, and who reaches it without a condition is let in")
  func agreement() throws {
    let side = try TreeFixture.repository()
    var compared = 0
    for member in side.policy.members {
      guard let (principal, credential) = Self.person(member) else { continue }
      let access = try #require(PrincipalAccess(principal, in: side.policy))
      for app in side.policy.apps {
        let isAllowed = Self.isAllowed(credential, member, app, side)
        let reached = access.apps.first { $0.name == app.name.value }
        if isAllowed { #expect(reached != nil, "\(principal) is let into \(app.name.value)") }
        if let reached, reached.denials.isEmpty, reached.grants.contains(where: { $0.rule.condition == nil }) {
          #expect(isAllowed, "\(principal) is said to reach \(app.name.value)")
        }
        compared += 1
      }
    }
    #expect(compared > 100)
  }

  private static let now: Int64 = 1_767_225_600_000

  /// Somebody of whom a token says nothing but the name.
  private static func person(_ member: Member) -> (principal: String, credential: Credential)? {
    var credential = Credential()
    let principal: String
    switch member {
    case .user(let email):
      principal = "user:" + email
      credential.principalKind = .user
      credential.email = Array(email.utf8)
    case .serviceAccount(let email):
      principal = "serviceAccount:" + email
      credential.principalKind = .serviceAccount
      credential.email = Array(email.utf8)
    case .poolSubject(let pool, let subject):
      principal = "principal://iam.googleapis.com/locations/global/workforcePools/\(pool)/subject/\(subject)"
      credential.principalKind = .workforce
      credential.subject = Array(subject.utf8)
    default: return nil
    }
    credential.kind = .session
    credential.accountState = .active
    credential.emailVerified = credential.email != nil
    credential.groupsComplete = true
    credential.createdAt = now
    credential.lastSeenAt = now
    credential.stateCheckedAt = now
    credential.issuedAt = now
    credential.expiresAt = now + 3_600_000
    credential.loginAt = now
    credential.secondFactorAt = now
    credential.securityKeyAt = now
    return (principal, credential)
  }

  /// By any provider and tenant that the policy has; a pool's people have their names by a provider of the pool alone.
  private static func isAllowed(_ credential: Credential, _ member: Member, _ app: App, _ side: ReviewSide) -> Bool {
    let route = app.routes[0]
    var request = Request()
    request.method = Array("GET".utf8)
    request.scheme = Array("https".utf8)
    request.host = Array(((route.isWildcard ? "x." : "") + route.host).utf8)
    request.path = Array((route.path.isEmpty ? "/" : route.path).utf8)
    return side.policy.providers.contains { provider in
      if case .poolSubject(let pool, _) = member, provider.pool != pool { return false }
      let tenants = [nil] + (provider.tenantIDs + app.access.tenantIDs).map { Optional($0.value) }
      return tenants.contains { tenant in
        var credential = credential
        credential.provider = Array(provider.name.value.utf8)
        credential.tenant = tenant.map { Array($0.utf8) }
        return side.bundle.decide(request, credential, at: now).verdict == .allow
      }
    }
  }
}
