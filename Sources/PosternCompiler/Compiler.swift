// The compiler: from a checked policy to the bytes of a bundle. Total for every policy that `Policy.read` and
// `Compiler.check` let through; the same policy, revision, options and zone files give the same bytes on every machine.

internal import PosternBundle
internal import PosternKernel
public import PosternLanguage

/// Compiles policies to bundles.
public enum Compiler {
  /// The version that a bundle's manifest names.
  public static let version = "postern 0.1.0"

  /// What a bundle holds beside what decides.
  public struct Options: Hashable, Sendable {
    /// Whether the bundle says where its bindings, deny rules and apps stand, and how their conditions are written.
    public var includesProvenance: Bool
    /// Whether the bundle holds the files that it is compiled from, so that a review can compare it.
    public var includesSource: Bool
    /// The folder of time zone files.
    public var zoneinfo: String

    /// Options for `Compiler.compile`; tools show places only where provenance is included.
    public init(
      includesProvenance: Bool = true, includesSource: Bool = false, zoneinfo: String = ZoneFolder.systemPath
    ) {
      self.includesProvenance = includesProvenance
      self.includesSource = includesSource
      self.zoneinfo = zoneinfo
    }
  }

  /// Compiles a policy to an unsigned bundle (docs/bundle-format.md).
  public static func compile(_ policy: Policy, revision: UInt64, options: Options = Options()) -> [UInt8] {
    let compiled = CompiledSections(policy, zoneFolder: ZoneFolder(path: options.zoneinfo))
    let head = Manifest(revision: revision, compilerVersion: version, zoneData: compiled.zoneData)
    var sections = compiled.sections
    if options.includesSource { sections.append(.optional(.source, SourceSection.bytes(policy.files))) }
    if options.includesProvenance {
      let provenance = ProvenanceWriter.bytes(policy, conditionByteCounts: compiled.conditionByteCounts)
      sections.append(.optional(.provenance, provenance))
    }
    return BundleWriter.bytes(sections, head: head)
  }
}
