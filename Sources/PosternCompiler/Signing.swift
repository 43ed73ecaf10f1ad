// Cryptography, all of it OpenSSL's: SHA-256 and Ed25519 (RFC 8032). The only file that imports `COpenSSL`.

internal import COpenSSL

/// SHA-256 (FIPS 180-4).
enum SHA256 {
  static let byteCount = 32

  /// The digest of a range of `bytes`.
  static func digest(of bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
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
