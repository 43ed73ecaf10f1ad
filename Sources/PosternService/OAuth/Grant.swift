// What somebody has granted an OAuth client, and the refresh token that stands for it. A store keeps hashes alone. The next token is worked out
// from the one before and a key of the gate's, so that whoever asks twice at once is told the same token twice, and nobody who
// reads a store can make one. Refuses nothing: the kernel judges.

internal import Crypto

/// The state of a grant; its login, with whatever revokes it, stands in the store beside it.
struct Grant: Codable, Sendable, Equatable {
  var client: String
  var scopes: [String]
  /// The hash of the token's secret that is good now.
  var current: SessionKey
  /// That of the one before, which its holder may still have: the answer with the current one may have been lost.
  var previous: SessionKey?
  /// What the current secret was worked out with.
  var nonce = ""
  /// When the current token was made; milliseconds since 1970, as all instants.
  var rotatedAt: Int64
  /// When the person authenticated last for this grant.
  var authenticatedAt: Int64
  var secondFactorAt: Int64
  var securityKeyAt: Int64
  /// The browser's login that it was granted from, or authenticated anew by: its provider is asked about the account as long as that login
  /// is there.
  var origin: SessionKey
  /// How often its person has authenticated anew: each time they may be known as something else, in a session of its own.
  var turn = 0

  /// How long the token before the current one gets the same answer: requests that were sent at once.
  static let parallelMilliseconds: Int64 = 10_000

  static func name(_ key: SessionKey) -> String { "grant:\(key.text)" }

  /// The session that access tokens of the grant stand for: ended by whatever ends the grant, on every node.
  func session(_ key: SessionKey) -> SessionKey { SessionKey(hashing: "access:\(turn):\(key.text)") }

  /// What a presented secret is to the grant.
  enum Use: Equatable {
    /// The token that is good.
    case current
    /// The one before, a moment later: another request has just had it answered.
    case parallel
    /// The one before, later, and nobody has used its successor: the answer was lost.
    case lost
    /// Any other: somebody has a copy.
    case reused
  }

  func use(of secret: SessionKey, at now: Int64) -> Use {
    if secret == current { return .current }
    if secret != previous { return .reused }
    return now - rotatedAt < Self.parallelMilliseconds ? .parallel : .lost
  }
}

/// A refresh token: which grant, and its secret.
struct RefreshToken: Sendable, Equatable {
  let grant: SessionIdentifier
  let secret: SessionIdentifier

  /// The first one of a grant.
  init(of grant: SessionIdentifier) {
    self.grant = grant
    secret = SessionIdentifier()
  }

  private init(_ grant: SessionIdentifier, _ secret: SessionIdentifier) {
    self.grant = grant
    self.secret = secret
  }

  /// One that a client sent; nil where it cannot be one.
  init?(_ text: String) {
    guard text.utf8.count == 87 else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let grant = SessionIdentifier(String(parts[0])),
      let secret = SessionIdentifier(String(parts[1]))
    else { return nil }
    self.init(grant, secret)
  }

  var text: String { "\(grant.text).\(secret.text)" }

  /// The tokens that may follow, one for each key of the gate's: the first key makes them, an older one may have made the last.
  func successors(nonce: String, _ sealer: Sealer) -> [RefreshToken] {
    sealer.codes(of: "refresh token:\(nonce):\(secret.text)").compactMap { code in
      SessionIdentifier(Base64URL.text(code)).map { RefreshToken(grant, $0) }
    }
  }
}
