// Access tokens: JWTs of RFC 9068, signed with ES256 by the keys that sign assertions, which say by their type what they are. An app never needs to
// look into one: the gate takes it, and tells the app who asks as it does for a browser. Refuses whatever is not of this gate, of this type,
// or over.

internal import Crypto

/// What an access token states.
struct AccessToken: Sendable, Equatable {
  static let type = "at+jwt"
  /// A token lives no longer than this, nor than the kernel says that the refresh holds.
  static let lifetimeMilliseconds: Int64 = 600_000

  var subject: String
  var client: String
  var audiences: [String]
  var scopes: [String]
  /// The session that whatever revokes it ends.
  var session: SessionKey
  var issuedAt: Int64
  var expiresAt: Int64
  var authenticatedAt: Int64
  var secondFactorAt: Int64
  var securityKeyAt: Int64

  /// The token's text.
  func sign(_ signer: AssertionSigner, issuer: String) -> String {
    var claims: [String: JSON] = [
      "iss": .text(issuer), "sub": .text(subject), "client_id": .text(client), "azp": .text(client),
      "aud": .list(audiences.map { .text($0) }), "scope": .text(scopes.joined(separator: " ")),
      "iat": .int(issuedAt / 1_000), "exp": .int(expiresAt / 1_000), "auth_time": .int(authenticatedAt / 1_000),
      "jti": .text(SessionIdentifier().text), "sid": .text(session.text),
    ]
    if secondFactorAt > 0 { claims["second_factor_time"] = .int(secondFactorAt / 1_000) }
    if securityKeyAt > 0 { claims["security_key_time"] = .int(securityKeyAt / 1_000) }
    return signer.sign(.object(claims), type: Self.type)
  }

  /// Reads a token of `issuer` that `signer` has signed, and that is not over; nil for any other.
  init?(_ text: String, of issuer: String, _ signer: AssertionSigner, at now: Int64) {
    guard let claims = signer.verifiedClaims(of: text, type: Self.type), claims["iss"]?.text == issuer,
      let subject = claims["sub"]?.text, let client = claims["client_id"]?.text, let audiences = claims["aud"]?.texts,
      let session = claims["sid"]?.text.flatMap(SessionKey.init), let issuedAt = claims["iat"]?.milliseconds,
      let expiresAt = claims["exp"]?.milliseconds, now < expiresAt
    else { return nil }
    self.init(
      subject: subject, client: client, audiences: audiences,
      scopes: (claims["scope"]?.text ?? "").split(separator: " ").map(String.init), session: session,
      issuedAt: issuedAt, expiresAt: expiresAt, authenticatedAt: claims["auth_time"]?.milliseconds ?? 0,
      secondFactorAt: claims["second_factor_time"]?.milliseconds ?? 0,
      securityKeyAt: claims["security_key_time"]?.milliseconds ?? 0)
  }

  init(
    subject: String, client: String, audiences: [String], scopes: [String], session: SessionKey, issuedAt: Int64,
    expiresAt: Int64, authenticatedAt: Int64, secondFactorAt: Int64, securityKeyAt: Int64
  ) {
    self.subject = subject
    self.client = client
    self.audiences = audiences
    self.scopes = scopes
    self.session = session
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
    self.authenticatedAt = authenticatedAt
    self.secondFactorAt = secondFactorAt
    self.securityKeyAt = securityKeyAt
  }
}

extension AssertionSigner {
  /// The claims of a token of that type that one of these keys has signed with ES256; nil for any other.
  func verifiedClaims(of token: String, type: String) -> JSON? {
    guard token.utf8.count <= TokenHead.byteLimit, let head = TokenHead(token), head.algorithm == "ES256",
      head.type?.lowercased() == type, let key = keys.first(where: { $0.identifier == head.keyIdentifier })
    else { return nil }
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard let signature = Base64URL.bytes(parts[2]), key.hasSigned("\(parts[0]).\(parts[1])", signature) else {
      return nil
    }
    return Base64URL.bytes(parts[1]).flatMap(JSON.init)
  }
}
