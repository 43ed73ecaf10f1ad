// The assertion that tells an app who asks: a JWT signed with ES256, as Cloud IAP's is, so that apps written for it verify ours with
// Google's own libraries (docs/service.md). Keys are rotated: the first signs, all are published.

internal import Crypto

/// A key that signs assertions.
struct AssertionKey: Sendable {
  let identifier: String
  private let key: P256.Signing.PrivateKey

  /// Reads a P-256 private key in PEM; nil where it is none.
  init?(pem: String) {
    guard let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) else { return nil }
    self.init(key)
  }

  /// A new key.
  init() { self.init(P256.Signing.PrivateKey()) }

  private init(_ key: P256.Signing.PrivateKey) {
    self.key = key
    // Named by what it is, so that nodes agree on it and nobody has to name it.
    identifier = String(Base64URL.text(SHA256.hash(data: Array(key.publicKey.pemRepresentation.utf8))).prefix(16))
  }

  var publicPEM: String { key.publicKey.pemRepresentation }
  var privatePEM: String { key.pemRepresentation }

  /// The public key as RFC 7517 writes it.
  var jwk: JSON {
    let point = Array(key.publicKey.rawRepresentation)
    return .object([
      "kty": .text("EC"), "crv": .text("P-256"), "alg": .text("ES256"), "use": .text("sig"), "kid": .text(identifier),
      "x": .text(Base64URL.text(point.prefix(32))), "y": .text(Base64URL.text(point.suffix(32))),
    ])
  }

  /// The token that states `claims`.
  func sign(_ claims: JSON, type: String = "JWT") -> String {
    let header = JSON.object(["alg": .text("ES256"), "typ": .text(type), "kid": .text(identifier)])
    let message = "\(Base64URL.text(header.bytes)).\(Base64URL.text(claims.bytes))"
    return "\(message).\(Base64URL.text(signature(of: message)))"
  }

  /// The 64 bytes of RFC 7518, 3.4.
  func signature(of message: String) -> [UInt8] {
    guard let signature = try? key.signature(for: Array(message.utf8)) else {
      preconditionFailure("a P-256 key signs anything")
    }
    return Array(signature.rawRepresentation)
  }

  /// Whether these are the 64 bytes that this key has signed `message` with.
  func hasSigned(_ message: String, _ signature: [UInt8]) -> Bool {
    guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
    return key.publicKey.isValidSignature(signature, for: Array(message.utf8))
  }
}

/// What the tests of an app ask an assertion to be wrong in (`SECURE_TOKEN_TEST`); numbers as in postern.h.
struct TokenTest: Equatable {
  let rawValue: UInt8
  static let none = TokenTest(rawValue: 0)
  static let notSet = TokenTest(rawValue: 1)
  static let futureIssue = TokenTest(rawValue: 2)
  static let pastExpiration = TokenTest(rawValue: 3)
  static let issuer = TokenTest(rawValue: 4)
  static let audience = TokenTest(rawValue: 5)
  static let signature = TokenTest(rawValue: 6)
}

/// Signs assertions.
struct AssertionSigner: Sendable {
  /// What Cloud IAP says, so that apps need no change.
  static let issuer = "https://cloud.google.com/iap"
  /// Ten minutes at most (Google, "Securing your app with signed headers").
  static let lifetimeMilliseconds: Int64 = 600_000
  /// An assertion is used again for so long: what is left of it is still worth nine minutes.
  static let reuseMilliseconds: Int64 = 60_000

  let keys: [AssertionKey]

  /// - Parameter keys: at least one; the first signs.
  init(keys: [AssertionKey]) {
    precondition(!keys.isEmpty, "assertions are signed")
    self.keys = keys
  }

  private var current: AssertionKey { keys[0] }

  /// Whether `issued` may be used again at `now`.
  func isFresh(_ issued: IssuedAssertion, at now: Int64) -> Bool {
    issued.keyIdentifier == current.identifier && now >= issued.issuedAt
      && now - issued.issuedAt < Self.reuseMilliseconds
  }

  /// The assertion for `person` in `app`, wrong where a test asks for it; with the client and the scopes of the access token that it is for.
  func assertion(
    _ person: Person, for app: GateApp, at now: Int64, test: TokenTest = .none, by token: AccessToken? = nil
  ) -> IssuedAssertion {
    var issuedAt = now / 1_000
    var expiresAt = issuedAt + Self.lifetimeMilliseconds / 1_000
    if test == .futureIssue { (issuedAt, expiresAt) = (issuedAt + 3_600, expiresAt + 3_600) }
    if test == .pastExpiration { (issuedAt, expiresAt) = (issuedAt - 3_600, expiresAt - 3_600) }
    var claims: [String: JSON] = [
      // Fixed nonsense, never another app's.
      "iss": .text(test == .issuer ? "https://issuer.invalid" : Self.issuer),
      "aud": .text(test == .audience ? "/audience/invalid" : app.audience),
      "sub": .text("\(person.provider):\(person.subject)"), "iat": .int(issuedAt), "exp": .int(expiresAt),
    ]
    if person.isEmailVerified, let email = person.email { claims["email"] = .text(email) }
    if let domain = person.hostedDomain { claims["hd"] = .text(domain) }
    let attributes = app.propagation.filter(\.isClaim).map { ($0.claimName, $0.values(of: person)) }
      .filter { !$0.1.isEmpty }
    if !attributes.isEmpty {
      let members = attributes.map { ($0.0, JSON.list($0.1.map(JSON.text))) }
      claims["additional_claims"] = .object(Dictionary(members, uniquingKeysWith: { first, _ in first }))
    }
    if let token {
      claims["client_id"] = .text(token.client)
      claims["scope"] = .text(token.scopes.joined(separator: " "))
    }
    var text = current.sign(.object(claims))
    if test == .signature { text = Self.withBrokenSignature(text) }
    return IssuedAssertion(token: text, issuedAt: now, keyIdentifier: current.identifier)
  }

  /// The same with one bit of the signature turned.
  private static func withBrokenSignature(_ token: String) -> String {
    let dot = token.lastIndex(of: ".") ?? token.endIndex
    guard dot < token.endIndex, var signature = Base64URL.bytes(token[token.index(after: dot)...]) else { return token }
    signature[0] ^= 1
    return "\(token[..<dot]).\(Base64URL.text(signature))"
  }

  /// A token of another type.
  func sign(_ claims: JSON, type: String) -> String { current.sign(claims, type: type) }

  /// A JWK set of all keys.
  var jwkSet: JSON { .object(["keys": .list(keys.map(\.jwk))]) }

  /// All keys in PEM by their identifiers, as Google publishes its own.
  var pemDocument: JSON {
    .object(Dictionary(keys.map { ($0.identifier, JSON.text($0.publicPEM)) }, uniquingKeysWith: { first, _ in first }))
  }
}
