// Programmatic clients: a bearer token of one of the organization's providers, as facts of a credential. Refuses what `TokenVerifier`
// does not believe; whether a token's audience and times do is the kernel's.

internal import CPostern
internal import PosternBundle

extension Gate {
  /// Who a bearer token says it is.
  func caller(bearer token: String, for app: GateApp?, _ policy: GatePolicy) async throws(ProviderFault) -> Caller {
    guard let issuer = TokenHead(token)?.issuer, let provider = policy.providers.first(where: { $0.issuer == issuer })
    else { throw .refused("no provider of ours issued this token") }
    let claims = try await verifier.claims(of: token, from: provider)
    let person = try Person(claims, from: provider, settings(of: provider))
    var credential = postern_credential()
    credential.kind = UInt8(POSTERN_CREDENTIAL_BEARER)
    credential.principal_kind = person.principalKind
    credential.account_state = UInt8(POSTERN_ACCOUNT_ACTIVE)
    credential.email_verified = person.isEmailVerified ? 1 : 0
    credential.groups_complete = person.areGroupsComplete ? 1 : 0
    credential.issued_at = claims["iat"]?.milliseconds ?? 0
    credential.not_before = claims["nbf"]?.milliseconds ?? 0
    credential.expires_at = claims["exp"]?.milliseconds ?? 0
    let login = Login(claims, person: person, from: provider, settings(of: provider), browser: "", startedAt: 0)
    credential.login_at = claims["auth_time"] == nil ? 0 : login.authenticatedAt
    credential.second_factor_at = credential.login_at == 0 ? 0 : login.secondFactorAt
    credential.security_key_at = credential.login_at == 0 ? 0 : login.securityKeyAt
    let audiences = claims["aud"]?.texts ?? []
    let accepted = (app?.programmaticClients ?? []) + (app.map { [$0.audience] } ?? [])
    let identity = policy.resolve(
      person, credential: credential, audience: audiences.first(where: accepted.contains) ?? audiences.first,
      authorizedParty: claims["azp"]?.text)
    return Caller(credential: credential, identity: identity, person: person)
  }
}
