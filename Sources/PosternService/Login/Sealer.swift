// Values that go through a browser and come back: sealed, so that nobody reads or changes them on the way (AES-GCM of
// swift-crypto). Keys are rotated without losing what older ones have sealed. Refuses what was sealed for another purpose.

internal import Crypto

/// Seals and opens.
struct Sealer: Sendable {
  /// What a sealed value is for; one of another purpose does not open.
  enum Purpose: String {
    case loginRequest, loginState, tokens, confirmation, providerLogout, consent, device, reauthentication,
      reauthenticationAnswer
  }

  private let keys: [SymmetricKey]

  /// - Parameter keys: 32 bytes each; the first seals, all open.
  init(keys: [[UInt8]]) {
    precondition(!keys.isEmpty && keys.allSatisfy { $0.count == 32 }, "a sealer has keys of 32 bytes")
    self.keys = keys.map { SymmetricKey(data: $0) }
  }

  /// 32 random bytes.
  static func newKey() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// HMAC-SHA256 of `message`, by a key of its own purpose derived from each of these (RFC 5869).
  func codes(of message: String) -> [[UInt8]] {
    keys.map { key in
      let derived = HKDF<SHA256>.deriveKey(
        inputKeyMaterial: key, info: Array("message codes".utf8), outputByteCount: 32)
      return Array(HMAC<SHA256>.authenticationCode(for: Array(message.utf8), using: derived))
    }
  }

  /// `value` as base64url.
  func seal(_ value: some Encodable, for purpose: Purpose) -> String {
    guard let key = keys.first,
      let box = try? AES.GCM.seal(value.jsonBytes, using: key, authenticating: Array(purpose.rawValue.utf8))
    else { preconditionFailure("AES-GCM seals anything that fits into memory") }
    return Base64URL.text(Array(box.nonce) + Array(box.ciphertext) + Array(box.tag))
  }

  /// The value that `text` seals; nil where it is none of ours, of this purpose.
  func open<Value: Decodable>(_ text: some StringProtocol, for purpose: Purpose, as type: Value.Type) -> Value? {
    guard let bytes = Base64URL.bytes(text), bytes.count >= 28, let box = try? AES.GCM.SealedBox(combined: bytes)
    else { return nil }
    for key in keys {
      if let opened = try? AES.GCM.open(box, using: key, authenticating: Array(purpose.rawValue.utf8)) {
        return Value.read(json: Array(opened))
      }
    }
    return nil
  }
}
