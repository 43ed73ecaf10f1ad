// Cryptography, all of it OpenSSL's: SHA-256 (FIPS 180-4) and Ed25519 (RFC 8032) with keys in PEM files (RFC 8410). The
// only file that imports `COpenSSL`. Refuses keys that are not Ed25519, and asks nobody for a passphrase.

internal import COpenSSL

/// SHA-256.
package enum SHA256 {
  package static let byteCount = 32

  /// The digest of all of `bytes`.
  package static func digest(of bytes: [UInt8]) -> [UInt8] { digest(of: bytes, bytes.indices) }

  /// The digest of a range of `bytes`.
  package static func digest(of bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: byteCount)
    let isDone = unsafe bytes.withUnsafeBytes { input in
      unsafe digest.withUnsafeMutableBufferPointer { output in
        unsafe EVP_Digest(
          UnsafeRawBufferPointer(rebasing: input[range]).baseAddress, range.count, output.baseAddress, nil,
          EVP_sha256(), nil)
      }
    }
    precondition(isDone == 1, "SHA-256 needs nothing but memory")
    return digest
  }
}

/// Why a key cannot be used.
public enum KeyFault: Error, Equatable, Sendable {
  /// The text is no PEM key that OpenSSL reads without a passphrase.
  case unreadable
  /// The key is of another algorithm.
  case notEd25519
}

/// An Ed25519 private key, which signs bundles.
@safe public final class SigningKey {
  private let key: OpaquePointer

  /// Reads a private key as `openssl genpkey -algorithm ed25519` writes it.
  public init(pem: [UInt8]) throws(KeyFault) {
    unsafe key = try PEMKey.read(pem) { unsafe PEM_read_bio_PrivateKey($0, nil, refusePassphrase, nil) }
  }

  deinit { unsafe EVP_PKEY_free(key) }

  /// The public key's 32 bytes.
  public var publicKey: [UInt8] { unsafe PEMKey.publicBytes(key) }

  /// The 64 bytes of the signature over `message`.
  package func signature(of message: [UInt8]) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: Ed25519.signatureByteCount)
    var byteCount = signature.count
    let context = unsafe EVP_MD_CTX_new()
    defer { unsafe EVP_MD_CTX_free(context) }
    let isReady = unsafe EVP_DigestSignInit(context, nil, nil, nil, key) == 1
    let isSigned =
      unsafe isReady
      && EVP_DigestSign(context, &signature, &byteCount, message, message.count) == 1
    precondition(isSigned && byteCount == signature.count, "Ed25519 signs any message with any of its keys")
    return signature
  }
}

/// An Ed25519 public key, which the signatures of bundles are checked with.
@safe public final class VerificationKey {
  private let key: OpaquePointer

  /// Reads a public key as `openssl pkey -pubout` writes it.
  public init(pem: [UInt8]) throws(KeyFault) {
    unsafe key = try PEMKey.read(pem) { unsafe PEM_read_bio_PUBKEY($0, nil, refusePassphrase, nil) }
  }

  deinit { unsafe EVP_PKEY_free(key) }

  /// The key's 32 bytes.
  public var publicKey: [UInt8] { unsafe PEMKey.publicBytes(key) }

  /// Whether `signature` is this key's over `message`.
  package func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    let context = unsafe EVP_MD_CTX_new()
    defer { unsafe EVP_MD_CTX_free(context) }
    return unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
      && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}

/// The sizes of Ed25519 (RFC 8032, 5.1).
package enum Ed25519 {
  package static let publicKeyByteCount = 32
  package static let signatureByteCount = 64
}

/// Instead of OpenSSL's own callback, which would ask at the terminal.
private func refusePassphrase(
  _ buffer: UnsafeMutablePointer<CChar>?, _ byteCount: Int32, _ isWriting: Int32, _ context: UnsafeMutableRawPointer?
) -> Int32 { -1 }

/// What both kinds of key share.
private enum PEMKey {
  /// Reads a key with one of OpenSSL's readers; what it says of a failure is dropped.
  static func read(
    _ pem: [UInt8], with reader: (OpaquePointer?) -> OpaquePointer?
  ) throws(KeyFault) -> OpaquePointer {
    let key = unsafe pem.withUnsafeBytes { bytes -> OpaquePointer? in
      let source = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count))
      defer { unsafe BIO_free(source) }
      return unsafe reader(source)
    }
    ERR_clear_error()
    guard let key = unsafe key else { throw .unreadable }
    if unsafe EVP_PKEY_is_a(key, "ED25519") != 1 {
      unsafe EVP_PKEY_free(key)
      throw .notEd25519
    }
    return unsafe key
  }

  static func publicBytes(_ key: OpaquePointer) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Ed25519.publicKeyByteCount)
    var byteCount = bytes.count
    let isDone = unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &byteCount)
    precondition(isDone == 1 && byteCount == bytes.count, "an Ed25519 key has a public key of 32 bytes")
    return bytes
  }
}
