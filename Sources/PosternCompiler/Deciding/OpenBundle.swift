// A bundle in private memory, verified, ready to answer in the readable types: what the commands, the tests and the
// comparison with the reference evaluator use. Refuses bytes that break a rule of the format.

internal import CPostern
internal import PosternBundle
public import PosternKernel
public import PosternLanguage

/// A verified bundle with the memory that it lies in.
public final class OpenBundle {
  /// The file's bytes.
  public let bytes: [UInt8]

  let contents: BundleContents
  let provenance: ProvenanceTable?
  let verified: VerifiedBundle
  /// The claims' names of the identity slots, in their order; nil for a path that is no claim.
  private let claimNames: [[UInt8]?]
  /// What the request slots ask for, in their order.
  private let requestAttributes: [AttributePath]
  /// What leads where; nil where two apps have one name.
  private(set) lazy var routes = RouteMap(contents)

  /// Copies `bytes` into private memory and verifies them.
  ///
  /// - Throws: the first rule of docs/bundle-format.md that the bytes break.
  public init(_ bytes: [UInt8]) throws(BundleFault) {
    verified = try VerifiedBundle(bytes)
    guard let contents = BundleContents(verified: bytes) else { throw .notABundle }
    self.bytes = bytes
    self.contents = contents
    provenance = ProvenanceTable(Array(bytes[contents.section(.provenance)]))
    let prefix = Array(CompiledSections.claimsPrefix.utf8)
    claimNames = contents.attributes(scope: 0).map(\.path).map { path in
      path.starts(with: prefix) ? Array(path.dropFirst(prefix.count)) : nil
    }
    requestAttributes = contents.attributes(scope: 1).map { AttributePath(path: $0.path, tag: $0.tag) }
  }

  /// Compiles a policy and opens what comes of it.
  ///
  /// - Parameter policy: one that `Compiler.check` finds no errors in.
  public convenience init(compiling policy: Policy, options: Compiler.Options = Compiler.Options()) {
    do {
      try self.init(Compiler.compile(policy, revision: 0, options: options))
    } catch {
      preconditionFailure("what the compiler writes keeps every rule of docs/bundle-format.md, but not \(error.rule)")
    }
  }

  /// The number that the loader lets only grow.
  public var revision: UInt64 { verified.bundle.revision }

  /// Whether there are deny rules.
  public var hasDenyRules: Bool { !contents.section(.denyRules).isEmpty }

  /// The number of apps.
  public var appCount: Int { contents.appCount }

  /// The name of an app.
  public func appName(_ index: Int) -> String { contents.appName(index) }

  /// The files that the bundle was compiled from; nil where it does not hold them, or where they do not lie in their section.
  public var sourceFiles: [SourceFile]? {
    contents.table.range(.source).flatMap { SourceSection.files(bytes, in: $0) }
  }

  /// Whether the kernel reads the same of both, and so decides the same: every section that must be there, and OAuth clients.
  public func decidesAs(_ other: OpenBundle) -> Bool {
    (1...SectionID.oauthClients.rawValue).allSatisfy { id in
      bytes[contents.section(SectionID(id))] == other.bytes[other.contents.section(SectionID(id))]
    }
  }

  /// Decides one request at `now`, in milliseconds since 1970.
  public func decide(_ request: Request, _ credential: Credential, at now: Int64) -> Decision {
    var buffers = DecisionBuffers()
    return decide(request, credential, at: now, using: &buffers)
  }

  /// The same with storage that the caller keeps.
  public func decide(
    _ request: Request, _ credential: Credential, at now: Int64, using buffers: inout DecisionBuffers
  ) -> Decision {
    let packed = resolve(credential, using: &buffers)
    return decide(request, credential, packed, at: now, using: &buffers)
  }

  /// The same with an identity that `other` has resolved: what a proxy asks that forgot to resolve again after a swap.
  public func decide(
    _ request: Request, _ credential: Credential, at now: Int64, resolvedBy other: OpenBundle
  ) -> Decision {
    var buffers = DecisionBuffers()
    let packed = other.resolve(credential, using: &buffers)
    return decide(request, credential, packed, at: now, using: &buffers)
  }

  /// Decides with the identity that lies in `buffers`.
  private func decide(
    _ request: Request, _ credential: Credential, _ packed: postern_credential, at now: Int64,
    using buffers: inout DecisionBuffers
  ) -> Decision {
    let packedRequest = pack(request, of: credential, into: &buffers.requestFacts)
    // References, not copies: the span below has the buffers for itself.
    let facts = buffers.requestFacts
    let identity = Int(packed.kind) == POSTERN_CREDENTIAL_NONE ? [] : buffers.identity
    var scratch = buffers.scratch.mutableSpan
    var decision = postern_decision()
    verified.bundle.decide(
      packedRequest, text: facts.text.span, cells: facts.cells.span, credential: packed, identity: identity.span,
      at: now, scratch: &scratch, into: &decision)
    return Decision(decision)
  }

  /// Packs a request behind the slots that the bundle asks for.
  func pack(_ request: Request, of credential: Credential, into facts: inout FactBuffer) -> postern_request {
    facts.reset(slotCount: requestAttributes.count)
    for (slot, attribute) in requestAttributes.enumerated() {
      attribute.pack(request, credential, slot: slot, into: &facts)
    }
    return facts.pack(request)
  }

  /// Packs a credential behind the claims that the bundle asks for.
  func pack(_ credential: Credential, into facts: inout FactBuffer) -> postern_credential {
    facts.reset(slotCount: claimNames.count)
    for (slot, name) in claimNames.enumerated() {
      if let name, let value = credential.claims[name] { facts.set(value, slot: slot) }
    }
    return facts.pack(credential)
  }

  /// Packs the credential and resolves who it says it is.
  private func resolve(_ credential: Credential, using buffers: inout DecisionBuffers) -> postern_credential {
    let packed = pack(credential, into: &buffers.identityFacts)
    if credential.kind == .none { return packed }
    let facts = buffers.identityFacts
    var identity = buffers.identity.mutableSpan
    verified.bundle.resolve(packed, text: facts.text.span, cells: facts.cells.span, into: &identity)
    return packed
  }
}
