// Programmatic clients: a bearer token of one of the organization's providers, as facts of a credential. Refuses what `TokenVerifier`
// does not believe; whether a token's audience and times do is the kernel's.

internal import CPostern
internal import PosternBundle

extension Gate {
  /// Who a bearer token says it is.
  func caller(bearer token: String, for app: GateApp?, _ policy: GatePolicy) async throws(ProviderFault) -> Caller {
    let issuer = TokenHead(token)?.issuer
    if issuer == self.issuer { return try await caller(accessToken: token, for: app, policy) }
    guard let issuer, let provider = policy.providers.first(where: { $0.issuer == issuer })
    else { throw .refused("no provider of ours issued this token") }
    let claims = try await verifier.claims(of: token, from: provider)
    let person = try Person(claims, from: provider, settings(of: provider))
    var credential = postern_credential(bearerOf: person)
    credential.issued_at = claims["iat"]?.milliseconds ?? 0
    credential.not_before = claims["nbf"]?.milliseconds ?? 0
    credential.expires_at = claims["exp"]?.milliseconds ?? 0
    let login = Login(claims, person: person, from: provider, settings(of: provider), browser: "", startedAt: 0)
    credential.login_at = claims.authenticatedAt ?? 0
    credential.second_factor_at = credential.login_at == 0 ? 0 : login.secondFactorAt
    credential.security_key_at = credential.login_at == 0 ? 0 : login.securityKeyAt
    let identity = policy.resolve(
      person, credential: credential, audience: Self.audience(of: claims["aud"]?.texts ?? [], for: app),
      authorizedParty: claims["azp"]?.text)
    return Caller(credential: credential, identity: identity, person: person)
  }

  /// Of several audiences the one that the app takes.
  private static func audience(of audiences: [String], for app: GateApp?) -> String? {
    let accepted = (app?.programmaticClients ?? []) + (app.map { [$0.audience] } ?? [])
    return audiences.first(where: accepted.contains) ?? audiences.first
  }

  /// Who an access token of the gate's own says it is: as long as the grant that it is of has not ended, on any node.
  private func caller(
    accessToken text: String, for app: GateApp?, _ policy: GatePolicy
  ) async throws(ProviderFault) -> Caller {
    guard let token = AccessToken(text, of: issuer, tokenSigner, at: clock.now) else {
      throw .refused("this is no access token of ours, or it is over")
    }
    guard let live = try await grantSession(token.session) else { throw .refused("the token's grant has ended") }
    let person = live.facts.login.person
    var credential = postern_credential(bearerOf: person)
    credential.issued_at = token.issuedAt
    credential.expires_at = token.expiresAt
    credential.login_at = token.authenticatedAt
    credential.second_factor_at = token.secondFactorAt
    credential.security_key_at = token.securityKeyAt
    let identity = policy.resolve(
      person, credential: credential, audience: Self.audience(of: token.audiences, for: app),
      authorizedParty: token.client)
    return Caller(
      credential: credential, identity: identity, person: person, accessToken: token, grantSession: live)
  }

  /// The session that a grant's tokens stand for, from this node's memory or the store; nil where it has ended.
  private func grantSession(_ key: SessionKey) async throws(ProviderFault) -> LiveSession? {
    if let live = cache.session(key) { return live.isEnded ? nil : live }
    do throws(StoreFault) {
      return try await load(key)
    } catch {
      throw .unavailable("\(error)")
    }
  }
}

extension postern_credential {
  /// A bearer token's, before its times: whether the account is good, its issuer has said by issuing it.
  fileprivate init(bearerOf person: Person) {
    self.init()
    kind = UInt8(POSTERN_CREDENTIAL_BEARER)
    principal_kind = person.principalKind
    account_state = UInt8(POSTERN_ACCOUNT_ACTIVE)
    email_verified = person.isEmailVerified ? 1 : 0
    groups_complete = person.areGroupsComplete ? 1 : 0
  }
}
