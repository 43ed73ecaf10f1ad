// PEM files with Ed25519 keys. Refuses other algorithms and keys behind a passphrase.

internal import PosternBundle
internal import PosternCompiler

/// A key by its path.
struct KeyFile {
  let path: String

  private static let byteLimit = 1 << 20

  func signingKey() throws -> SigningKey {
    try key("private") { bytes throws(KeyFault) in try SigningKey(pem: bytes) }
  }

  func verificationKey() throws -> VerificationKey {
    try key("public") { bytes throws(KeyFault) in try VerificationKey(pem: bytes) }
  }

  private func key<Key>(_ kind: String, _ read: ([UInt8]) throws(KeyFault) -> Key) throws -> Key {
    let file = InputFile(path: path)
    let bytes = try file.bytes(limit: Self.byteLimit)
    do {
      return try read(bytes)
    } catch .notEd25519 {
      throw CommandFailure("\(file.shownPath) is a key of another algorithm: bundles are signed with Ed25519")
    } catch .unreadable {
      throw CommandFailure("\(file.shownPath) is no \(kind) key in PEM that can be read without a passphrase")
    }
  }
}
