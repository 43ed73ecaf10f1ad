// Signing and stripping: what makes a new file of a compiled one. Refuses a bundle that is not whole.

public import PosternBundle
internal import PosternKernel

extension BundleSignature {
  /// `bundle` with a signature by `key` in place of any that it carries.
  public static func sign(_ bundle: [UInt8], with key: SigningKey) throws(SignatureFault) -> [UInt8] {
    let (table, manifest) = try intactManifest(bundle)
    let signature = key.publicKey + key.signature(of: Array(bundle[manifest]))
    return BundleWriter.bytes(of: bundle, table, signature: signature)
  }
}

extension Compiler {
  /// `bundle` without its provenance, its source and a signature; ids are unchanged. A bundle that is not whole is refused.
  public static func strippingProvenance(of bundle: [UInt8]) throws(SignatureFault) -> [UInt8] {
    try BundleSignature.verifyDigests(bundle)
    guard let table = SectionTable(bundle), let range = table.range(.manifest),
      let manifest = Manifest(Array(bundle[range]))
    else { throw .notABundle }
    return BundleWriter.bytes(of: bundle, table, head: manifest) { $0 != .provenance && $0 != .source }
  }
}
