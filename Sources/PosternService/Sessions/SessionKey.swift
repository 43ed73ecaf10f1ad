// Identifiers of sessions: 256 random bits for the browser, their hash for us. Whoever reads a store learns no identifier.

internal import Crypto

/// What a browser holds.
struct SessionIdentifier: Codable, Sendable, Equatable {
  /// 43 letters of base64url.
  let text: String

  /// A new one, of the system's random generator.
  init() {
    var generator = SystemRandomNumberGenerator()
    text = Base64URL.text((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }

  /// One that a client sent; nil where it cannot be one.
  init?(_ text: String) {
    guard Base64URL.isText(text, ofByteCount: 32) else { return nil }
    self.text = text
  }

  /// What stores know it as.
  var key: SessionKey { SessionKey(hashing: text) }
}

/// SHA-256 of an identifier: what stores and revocations know a session by.
struct SessionKey: Hashable, Codable, Sendable {
  /// 43 letters of base64url.
  let text: String

  /// One that somebody writes; nil where it cannot be one.
  init?(_ text: String) {
    guard Base64URL.isText(text, ofByteCount: 32) else { return nil }
    self.text = text
  }

  init(hashing identifier: String) { text = Base64URL.text(SHA256.hash(data: Array(identifier.utf8))) }
}
