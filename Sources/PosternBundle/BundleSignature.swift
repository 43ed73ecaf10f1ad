// Who made a bundle, and whether it is whole: the digests of its sections, the signature over its manifest, its
// revision. Structure is not asked here: that is the kernel's verifier, which trusts no signature either. Refuses with
// the first thing that is wrong.

internal import PosternKernel

/// Why a bundle is not accepted.
public enum SignatureFault: Error, Equatable, Sendable {
  /// The bytes are no bundle, or one that states no manifest.
  case notABundle
  /// The header's digest or revision is not the manifest's.
  case manifestMismatch
  /// The bundle carries no signature.
  case unsigned
  /// The bundle was signed with another key than the given one.
  case otherKey
  /// The signature is not the key's over this manifest.
  case badSignature
  /// A section is not what the manifest says; its id in docs/bundle-format.md.
  case sectionMismatch(id: UInt32)
  /// The revision is lower than the one already accepted.
  case revisionTooLow(found: UInt64, accepted: UInt64)
  /// Another bundle of the same revision was already accepted.
  case revisionReused(UInt64)
}

/// What a loader keeps of the last bundle that it accepted, for each key.
public struct AcceptedBundle: Hashable, Sendable {
  /// The bundle's revision.
  public var revision: UInt64
  /// The SHA-256 of its manifest.
  public var manifestDigest: [UInt8]

  /// A bundle known by its revision and its manifest's digest.
  public init(revision: UInt64, manifestDigest: [UInt8]) {
    self.revision = revision
    self.manifestDigest = manifestDigest
  }
}

/// Checks who signed a bundle, and whether it is whole.
public enum BundleSignature {
  /// Checks digests, signature and revision of `bundle`; returns what a loader keeps for the next time.
  public static func verify(
    _ bundle: [UInt8], with key: VerificationKey, after accepted: AcceptedBundle? = nil
  ) throws(SignatureFault) -> AcceptedBundle {
    let (table, manifest) = try intactManifest(bundle)
    guard let range = table.range(.signature), range.count == signatureSectionByteCount else { throw .unsigned }
    let section = Array(bundle[range])
    if Array(section.prefix(Ed25519.publicKeyByteCount)) != key.publicKey { throw .otherKey }
    let signature = Array(section.dropFirst(Ed25519.publicKeyByteCount))
    if !key.isSignature(signature, of: Array(bundle[manifest])) { throw .badSignature }
    try checkDigests(bundle, table, manifest: manifest)
    let found = AcceptedBundle(revision: table.revision, manifestDigest: table.manifestDigest)
    try check(found, after: accepted)
    return found
  }

  /// Checks the digests alone, as of a bundle that nobody has signed.
  public static func verifyDigests(_ bundle: [UInt8]) throws(SignatureFault) {
    let (table, manifest) = try intactManifest(bundle)
    try checkDigests(bundle, table, manifest: manifest)
  }

  /// The manifest, which is what is signed, and the signature's 64 bytes, as the openssl command wants them.
  public static func signedParts(
    of bundle: [UInt8]
  ) throws(SignatureFault) -> (manifest: [UInt8], signature: [UInt8]) {
    let (table, manifest) = try intactManifest(bundle)
    guard let range = table.range(.signature), range.count == signatureSectionByteCount else { throw .unsigned }
    return (Array(bundle[manifest]), Array(bundle[range].dropFirst(Ed25519.publicKeyByteCount)))
  }

  private static let signatureSectionByteCount = Ed25519.publicKeyByteCount + Ed25519.signatureByteCount

  /// The file's sections, once the header is known to state the manifest's digest.
  package static func intactManifest(
    _ bundle: [UInt8]
  ) throws(SignatureFault) -> (table: SectionTable, manifest: Range<Int>) {
    guard let table = SectionTable(bundle), let range = table.range(.manifest) else { throw .notABundle }
    if SHA256.digest(of: bundle, range) != table.manifestDigest { throw .manifestMismatch }
    return (table, range)
  }

  /// Every section but manifest and signature is in the manifest, in the same order, and is what it says.
  private static func checkDigests(
    _ bundle: [UInt8], _ table: SectionTable, manifest range: Range<Int>
  ) throws(SignatureFault) {
    guard let manifest = Manifest(Array(bundle[range])), manifest.revision == table.revision else {
      throw .manifestMismatch
    }
    let entries = table.entries.filter { $0.id != .manifest && $0.id != .signature }
    if entries.count != manifest.sections.count { throw .manifestMismatch }
    // The largest first, so that all threads are done together.
    let ranges = entries.map(\.range)
    let order = ranges.indices.sorted { ranges[$0].count > ranges[$1].count }
    let digests = SideBySide.map(order) { SHA256.digest(of: bundle, ranges[$0]) }
    for (index, stated) in manifest.sections.enumerated() {
      let entry = entries[index]
      let found = Manifest.Section(
        id: entry.id.rawValue, flags: entry.flags, byteCount: UInt64(entry.range.count), digest: digests[index])
      if found != stated { throw .sectionMismatch(id: entry.id.rawValue) }
    }
  }

  private static func check(
    _ found: AcceptedBundle, after accepted: AcceptedBundle?
  ) throws(SignatureFault) {
    guard let accepted else { return }
    if found.revision < accepted.revision {
      throw .revisionTooLow(found: found.revision, accepted: accepted.revision)
    }
    if found.revision == accepted.revision && found.manifestDigest != accepted.manifestDigest {
      throw .revisionReused(found.revision)
    }
  }
}
