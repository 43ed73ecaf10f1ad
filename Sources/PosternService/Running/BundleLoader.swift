// Which bundle decides (the gate's rules, "Bundles"): signed with the configured key, whole, not older than what that key has signed
// before. A bundle that is refused is refused loudly, and the one before goes on deciding.

internal import PosternBundle
internal import PosternKernel

/// Why a bundle is not taken.
struct LoadFault: Error, Equatable, CustomStringConvertible {
  let description: String
}

/// Loads bundles from one file.
actor BundleLoader {
  private let path: String
  private let key: VerificationKey?
  private let stateFolder: String
  /// The header of the file that was loaded last: its revision and its digest, so that it changes when anything does.
  private var lastHeader: [UInt8]?

  /// - Parameter keyPEM: the key that signs bundles; nil: unsigned ones are taken.
  init(path: String, keyPEM: [UInt8]?, stateFolder: String) throws(LoadFault) {
    self.path = path
    self.stateFolder = stateFolder
    do throws(KeyFault) {
      key = try keyPEM.map { pem throws(KeyFault) in try VerificationKey(pem: pem) }
    } catch {
      throw LoadFault(description: error == .notEd25519 ? "the key is not an Ed25519 key" : "the key cannot be read")
    }
  }

  /// The bundle in the file.
  func load() throws(LoadFault) -> GatePolicy {
    lastHeader = header
    guard let bytes = FileAccess.read(path) else { throw LoadFault(description: "\(path) cannot be read") }
    let accepted = try checkOrigin(bytes)
    let policy: GatePolicy
    do throws(BundleFault) {
      policy = try GatePolicy(bytes)
    } catch {
      throw LoadFault(description: "\(path) is no bundle: rule \(error.rule) of the format")
    }
    if let accepted { try remember(accepted) }
    return policy
  }

  /// The bundle, if the file is another one than last time.
  func loadIfChanged() throws(LoadFault) -> GatePolicy? {
    header == lastHeader ? nil : try load()
  }

  private var header: [UInt8]? { FileAccess.head(path, byteCount: BundleFormat.headerByteCount) }

  private func checkOrigin(_ bytes: [UInt8]) throws(LoadFault) -> AcceptedBundle? {
    do throws(SignatureFault) {
      if let key { return try BundleSignature.verify(bytes, with: key, after: lastAccepted(key)) }
      try BundleSignature.verifyDigests(bytes)
      return nil
    } catch {
      throw LoadFault(description: "\(path) is refused: \(error)")
    }
  }

  // MARK: the last revision, for each key

  private struct Accepted: Codable {
    var revision: UInt64
    var manifestDigest: [UInt8]
  }

  private func acceptedFile(_ key: VerificationKey) -> String {
    "\(stateFolder)/accepted-\(SessionKey(hashing: Base64URL.text(key.publicKey)).text.prefix(16)).json"
  }

  private func lastAccepted(_ key: VerificationKey) -> AcceptedBundle? {
    FileAccess.read(acceptedFile(key)).flatMap { Accepted.read(json: $0) }
      .map { AcceptedBundle(revision: $0.revision, manifestDigest: $0.manifestDigest) }
  }

  private func remember(_ accepted: AcceptedBundle) throws(LoadFault) {
    guard let key else { return }
    let record = Accepted(revision: accepted.revision, manifestDigest: accepted.manifestDigest)
    // Without it an older bundle could come back after a restart.
    if !FileAccess.write(record.jsonBytes, to: acceptedFile(key)) {
      throw LoadFault(description: "\(acceptedFile(key)) cannot be written")
    }
  }
}
