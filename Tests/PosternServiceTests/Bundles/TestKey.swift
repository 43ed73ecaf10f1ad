// Keys that sign bundles, as `openssl genpkey -algorithm ed25519` writes them: a header and 32 bytes (RFC 8410, 7).

import Foundation
import PosternBundle
import PosternCompiler
import Testing

@testable import PosternService

/// A pair of keys.
struct TestKey {
  private let key: SigningKey
  /// The public one.
  let publicPEM: [UInt8]

  init() throws {
    let seed = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
    let head: [UInt8] = [
      0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]
    key = try SigningKey(pem: Self.pem(head + seed, "PRIVATE KEY"))
    let publicHead: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
    publicPEM = Self.pem(publicHead + key.publicKey, "PUBLIC KEY")
  }

  private static func pem(_ bytes: [UInt8], _ kind: String) -> [UInt8] {
    Array("-----BEGIN \(kind)-----\n\(Data(bytes).base64EncodedString())\n-----END \(kind)-----\n".utf8)
  }

  /// A bundle of that revision, signed with this key; `name` is the organization's, so that one of a revision differs from another.
  func bundle(revision: UInt64, _ name: String = "example.com") throws -> [UInt8] {
    var files = TestPolicy.files
    files["organization.yaml"] = TestPolicy.organization.replacing(
      "clientID: postern", with: "clientID: \(name)")
    return try BundleSignature.sign(TestPolicy.bundle(files, revision: revision), with: key)
  }
}
