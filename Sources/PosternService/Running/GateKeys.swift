// The keys that a node needs, in files that only its owner may read: made at the first start, shared by copying them to the other nodes.
// The first key of a file seals or signs; the others still open, and are published, so that keys are rotated by putting a new one in
// front.

/// The keys of a state folder.
enum GateKeys {
  /// Keys of 32 bytes, one a line, in base64url.
  static func sealing(_ folder: String) throws(LoadFault) -> [[UInt8]] {
    let file = "\(folder)/sealing.keys"
    guard let bytes = FileAccess.read(file) else {
      let key = Sealer.newKey()
      try write(Array((Base64URL.text(key) + "\n").utf8), to: file)
      return [key]
    }
    let keys = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { Base64URL.bytes($0.trimmed) ?? [] }
    if keys.isEmpty || keys.contains(where: { $0.count != 32 }) {
      throw LoadFault(description: "\(file): each line is a key of 32 bytes in base64url")
    }
    return keys
  }

  /// P-256 private keys in PEM, one after the other.
  static func assertion(_ folder: String) throws(LoadFault) -> [AssertionKey] { try signing("\(folder)/assertion.pem") }

  /// Keys of access tokens, of the same form.
  static func accessToken(_ folder: String) throws(LoadFault) -> [AssertionKey] {
    try signing("\(folder)/access-tokens.pem")
  }

  private static func signing(_ file: String) throws(LoadFault) -> [AssertionKey] {
    guard let bytes = FileAccess.read(file) else {
      let key = AssertionKey()
      try write(Array((key.privatePEM + "\n").utf8), to: file)
      return [key]
    }
    var keys: [AssertionKey] = []
    var block = ""
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      block += line + "\n"
      if !line.hasPrefix("-----END") { continue }
      guard let key = AssertionKey(pem: block) else { throw LoadFault(description: "\(file): not a P-256 private key") }
      keys.append(key)
      block = ""
    }
    if keys.isEmpty { throw LoadFault(description: "\(file) holds no key") }
    return keys
  }

  private static func write(_ bytes: [UInt8], to file: String) throws(LoadFault) {
    if !FileAccess.write(bytes, to: file) { throw LoadFault(description: "\(file) cannot be written") }
  }
}
