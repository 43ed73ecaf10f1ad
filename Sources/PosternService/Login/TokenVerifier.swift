// Whether a token says what it says: signature, algorithm, issuer, audience, times (OpenID Connect Core 1.0, 3.1.3.7; RFC 8725).
// Refuses `none`, every symmetric algorithm, keys that are not the issuer's, and tokens beyond 16 kB.

internal import JWTKit

/// Claims whose signature has been checked, and nothing else.
private struct SignedClaims: JWTPayload {
  let claims: [String: JSON]

  init(from decoder: any Decoder) throws {
    claims = try decoder.singleValueContainer().decode([String: JSON].self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(claims)
  }

  func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// What an unverified token claims of itself: enough to know whom to ask.
struct TokenHead {
  let algorithm: String
  let keyIdentifier: String
  /// `typ`; nil where the token does not say.
  let type: String?
  let issuer: String?

  static let byteLimit = 16_384

  init?(_ token: String) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard token.utf8.count <= Self.byteLimit, parts.count == 3,
      let header = Base64URL.bytes(parts[0]).flatMap(JSON.init),
      let payload = Base64URL.bytes(parts[1]).flatMap(JSON.init)
    else { return nil }
    // Extensions that must be understood are not (RFC 7515, 4.1.11).
    guard header["crit"] == nil, let algorithm = header["alg"]?.text else { return nil }
    self.algorithm = algorithm
    keyIdentifier = header["kid"]?.text ?? ""
    type = header["typ"]?.text
    issuer = payload["iss"]?.text
  }
}

/// Checks tokens of providers.
struct TokenVerifier: Sendable {
  private static let algorithms: Set<String> = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
  ]
  /// How far a provider's clock may be off.
  static let skewMilliseconds: Int64 = 30_000

  let directory: ProviderDirectory
  let clock: GateClock

  /// The claims of `token`, once it is known to be `provider`'s, for somebody, and neither over nor from the future.
  func claims(of token: String, from provider: LoginProvider) async throws(ProviderFault) -> [String: JSON] {
    let claims = try await signedClaims(of: token, from: provider)
    // What ends sessions is no credential (OpenID Connect Back-Channel Logout 1.0, 2.4).
    if claims["events"] != nil { throw .refused("this is a token about an event") }
    let now = clock.now
    guard let expiresAt = claims["exp"]?.milliseconds, now < expiresAt else { throw .refused("the token is over") }
    if let issuedAt = claims["iat"]?.milliseconds, issuedAt > now + Self.skewMilliseconds {
      throw .refused("the token is from the future")
    }
    return claims
  }

  /// The claims of a token that `provider` has signed, whatever they say.
  private func signedClaims(of token: String, from provider: LoginProvider) async throws(ProviderFault) -> [String:
    JSON]
  {
    guard let head = TokenHead(token) else { throw .refused("this is no token") }
    guard Self.algorithms.contains(head.algorithm) else {
      throw .refused("tokens are not signed with \(head.algorithm)")
    }
    if head.issuer != provider.issuer { throw .refused("the token is not of \(provider.issuer)") }
    let keys = try await directory.keys(of: provider, holding: head.keyIdentifier)
    guard let verifier = await keys.verifier(head.keyIdentifier, algorithm: head.algorithm) else {
      throw .refused("\(provider.issuer) has no key \(head.keyIdentifier) for \(head.algorithm)")
    }
    do {
      return try await verifier.verify(token, as: SignedClaims.self).claims
    } catch {
      throw .refused("the signature is not that of \(provider.issuer)")
    }
  }

  private static let logoutEvent = "http://schemas.openid.net/event/backchannel-logout"
  /// How old a logout token may be; `exp`, where it has one, bounds it too.
  static let logoutMilliseconds: Int64 = 120_000

  /// A logout token's claims (OpenID Connect Back-Channel Logout 1.0, 2.6): of this provider, for our client, just made, and nothing that
  /// could be taken for an ID token.
  func logout(of token: String, from provider: LoginProvider) async throws(ProviderFault) -> [String: JSON] {
    let claims = try await signedClaims(of: token, from: provider)
    let now = clock.now
    guard claims["aud"]?.texts?.contains(provider.clientID) == true else {
      throw .refused("the logout token is for another client")
    }
    guard case .object? = claims["events"]?[Self.logoutEvent] else { throw .refused("the token is about no logout") }
    if claims["nonce"] != nil { throw .refused("a logout token has no nonce") }
    guard let issuedAt = claims["iat"]?.milliseconds, issuedAt > now - Self.logoutMilliseconds,
      issuedAt < now + Self.logoutMilliseconds
    else {
      throw .refused("the logout token is not of now")
    }
    if let expiresAt = claims["exp"]?.milliseconds, now >= expiresAt { throw .refused("the logout token is over") }
    guard claims["jti"]?.text?.isEmpty == false else { throw .refused("the logout token has no name of its own") }
    return claims
  }

  /// An ID token's claims: for our client, and for this attempt.
  func identity(
    of token: String, from provider: LoginProvider, nonce: String
  ) async throws(ProviderFault) -> [String: JSON] {
    let claims = try await claims(of: token, from: provider)
    try checkClient(claims, provider)
    if claims["nonce"]?.text != nonce { throw .refused("the token answers another attempt") }
    return claims
  }

  /// The claims of an ID token that comes by a page of the organization's own: for our client, made since the person was sent there, and
  /// one that says when they authenticated.
  func identity(
    of token: String, from provider: LoginProvider, since startedAt: Int64
  ) async throws(ProviderFault) -> [String: JSON] {
    let claims = try await claims(of: token, from: provider)
    try checkClient(claims, provider)
    guard let issuedAt = claims["iat"]?.milliseconds, issuedAt >= startedAt - Self.skewMilliseconds else {
      throw .refused("the token is older than this attempt")
    }
    if claims.authenticatedAt == nil {
      throw .refused("the token does not say when the person authenticated")
    }
    return claims
  }

  private func checkClient(_ claims: [String: JSON], _ provider: LoginProvider) throws(ProviderFault) {
    let audience = claims["aud"]?.texts ?? []
    if !audience.contains(provider.clientID) { throw .refused("the token is for another client") }
    if let party = claims["azp"]?.text, party != provider.clientID { throw .refused("the token is for another client") }
    if audience.count > 1 && claims["azp"] == nil { throw .refused("the token does not say which client it is for") }
  }
}
