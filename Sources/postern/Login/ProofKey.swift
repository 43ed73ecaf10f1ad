// What only this run of the command knows: the secret of a login (RFC 7636), and the `state` that its answer must carry. Refuses the method
// `plain`: it has none.

internal import PosternBundle

/// Texts that nobody can guess.
enum RandomText {
  /// 256 bits from the system's source, as base64url.
  static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    return Base64URL.text((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }
}

/// The secret of one login, with what the server learns of it at first.
struct ProofKey {
  let verifier = RandomText.make()

  /// By the method S256.
  var challenge: String { Base64URL.text(SHA256.digest(of: Array(verifier.utf8))) }
}

/// Base64 with the alphabet for URLs and without padding (RFC 4648, 5).
private enum Base64URL {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

  static func text(_ bytes: [UInt8]) -> String {
    var letters = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for place in 0...group.count { letters.append(alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)]) }
    }
    return letters
  }
}
