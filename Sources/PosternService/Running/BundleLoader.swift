// Which bundle decides (the gate's rules, "Bundles"): signed with the configured key, whole, not older than what that key has signed
// before. A bundle that is refused is refused loudly, and the one before goes on deciding.

internal import Logging
internal import PosternBundle
internal import PosternKernel

/// Why a bundle is not taken.
struct LoadFault: Error, Equatable, CustomStringConvertible {
  let description: String
}

/// Loads bundles from one place.
actor BundleLoader {
  /// Where bundles come from.
  enum Source: Sendable {
    case file(String)
    case server(BundleDownload)

    fileprivate var name: String {
      switch self {
      case .file(let path): path
      case .server(let download): download.address.url
      }
    }
  }

  private let source: Source
  private let key: VerificationKey?
  private let stateFolder: String
  private let log: Logger
  /// What tells the bundle that was read last from any other: of a file its ends, where its digest and its signature stand.
  private var lastMark: [UInt8]?
  /// What the server knows that bundle by.
  private var lastTag: String?

  /// - Parameter keyPEM: the key that signs bundles; nil: unsigned ones are taken.
  init(_ source: Source, keyPEM: [UInt8]?, stateFolder: String, log: Logger) throws(LoadFault) {
    self.source = source
    self.stateFolder = stateFolder
    self.log = log
    do throws(KeyFault) {
      key = try keyPEM.map { pem throws(KeyFault) in try VerificationKey(pem: pem) }
    } catch {
      throw LoadFault(description: error == .notEd25519 ? "the key is not an Ed25519 key" : "the key cannot be read")
    }
  }

  /// The bundle to begin with: where a server has none that is good, the last one of it that was.
  func first() async throws(LoadFault) -> GatePolicy {
    do throws(LoadFault) {
      guard let bytes = try await read(isForced: true) else { throw LoadFault(description: "\(source.name) is empty") }
      return try accept(bytes, from: source.name)
    } catch {
      guard case .server = source, let kept = FileAccess.read(keptFile) else { throw error }
      log.error(
        "a bundle was refused, the last good one of this folder decides",
        metadata: ["error": "\(error)", "file": "\(keptFile)"])
      return try accept(kept, from: keptFile)
    }
  }

  /// Hands a bundle to `take` where there is another than the last time, or any where that is forced.
  func reload(isForced: Bool, _ take: @Sendable (GatePolicy) -> Void) async throws(LoadFault) {
    guard let bytes = try await read(isForced: isForced) else { return }
    // Nothing is waited for from here on: of two reloads the later one's bundle stays.
    take(try accept(bytes, from: source.name))
  }

  /// What the source has; nil where it is what it was.
  private func read(isForced: Bool) async throws(LoadFault) -> [UInt8]? {
    switch source {
    case .file(let path):
      let mark = FileAccess.ends(path, byteCount: 2 * BundleFormat.headerByteCount)
      if !isForced && mark == lastMark { return nil }
      lastMark = mark
      guard let bytes = FileAccess.read(path) else { throw LoadFault(description: "\(path) cannot be read") }
      return bytes
    case .server(let download):
      guard case .bytes(let bytes, let tag) = try await download.ask(unless: isForced ? nil : lastTag) else {
        return nil
      }
      lastTag = tag
      // A server that knows nothing of tags sends the same again.
      let mark = SHA256.digest(of: bytes)
      if !isForced && mark == lastMark { return nil }
      lastMark = mark
      return bytes
    }
  }

  private func accept(_ bytes: [UInt8], from name: String) throws(LoadFault) -> GatePolicy {
    let accepted = try checkOrigin(bytes, name)
    let policy: GatePolicy
    do throws(BundleFault) {
      policy = try GatePolicy(bytes)
    } catch {
      throw LoadFault(description: "\(name) is no bundle: rule \(error.rule) of the format")
    }
    if let accepted { try remember(accepted) }
    if name != keptFile { keep(bytes) }
    return policy
  }

  // MARK: the last good bundle of a server

  private var keptFile: String { "\(stateFolder)/bundle.ptb" }

  /// What cannot be kept still decides: only a restart without the server would miss it.
  private func keep(_ bytes: [UInt8]) {
    guard case .server = source, !FileAccess.write(bytes, to: keptFile) else { return }
    log.error("a bundle could not be kept for a restart without its server", metadata: ["file": "\(keptFile)"])
  }

  // MARK: whose it is

  private func checkOrigin(_ bytes: [UInt8], _ name: String) throws(LoadFault) -> AcceptedBundle? {
    let last = try key.flatMap { key throws(LoadFault) in try lastAccepted(key) }
    do throws(SignatureFault) {
      if let key { return try BundleSignature.verify(bytes, with: key, after: last) }
      try BundleSignature.verifyDigests(bytes)
      return nil
    } catch {
      throw LoadFault(description: "\(name) is refused: \(error)")
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

  /// Nil where this folder has not seen a bundle of that key; a record that cannot be read would let any older one in again.
  private func lastAccepted(_ key: VerificationKey) throws(LoadFault) -> AcceptedBundle? {
    let file = acceptedFile(key)
    if !FileAccess.exists(file) { return nil }
    guard let record = FileAccess.read(file).flatMap({ Accepted.read(json: $0) }) else {
      throw LoadFault(
        description: "\(file) cannot be read: mend it, or remove it to take a bundle of any revision of that key")
    }
    return AcceptedBundle(revision: record.revision, manifestDigest: record.manifestDigest)
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
