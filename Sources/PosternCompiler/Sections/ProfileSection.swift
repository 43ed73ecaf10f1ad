// The lists that rows 7 and 9 and the gate read of an app, equal profiles once (docs/bundle-format.md, "profiles"), with
// the attributes that are passed on to it, and the providers' records, whose lists lie beside them. Refuses nothing.

internal import PosternKernel
internal import PosternLanguage

/// Profiles, the lists of profiles and providers, and what searching them costs.
struct ProfileSection {
  /// An app's profile and what its certificate counts of it.
  struct Entry {
    var index: UInt32
    var tenantCount: UInt32
    var clientCount: UInt32
    var domainCount: UInt32
    var hasExcludes: Bool
    var excludeByteCount: UInt32
  }

  private(set) var profiles = ConsPool<UInt32>()
  var lists = ConsPool<UInt32>()
  private(set) var propagation = ConsPool<UInt32>()
  private(set) var providers: [UInt32] = []
  /// The most tenants that a provider has.
  private(set) var providerTenantCount: UInt32 = 0

  /// Writes the providers' records.
  mutating func add(
    _ sources: [LoginProvider], pools: [UInt16], referred: ReferredNames, names: NameSection,
    strings: inout ConsPool<UInt8>
  ) {
    for (index, provider) in sources.enumerated() {
      providers.append(strings.cons(provider.name.value.utf8))
      providers.append(strings.cons(provider.issuer.value.utf8))
      providers.append(strings.cons(provider.clientID.utf8))
      providers.append(UInt32(provider.source.rawValue) | UInt32(pools[index]) << 16)
      providers.append(provider.sessionDurationSeconds)
      let tenants = lists.cons(names.ascendingIndices(referred.handles[referred.providerTenants[index]]))
      providerTenantCount = max(providerTenantCount, tenants.count)
      providers.append(tenants)
      providers.append(texts(provider.domains, &strings))
      providers.appendZeroes(4)
    }
  }

  /// Adds an app's profile.
  mutating func entry(
    of app: App, _ referred: ReferredNames.OfApp, handles: [UInt32], names: NameSection,
    strings: inout ConsPool<UInt8>
  ) -> Entry {
    let tenants = lists.cons(names.ascendingIndices(handles[referred.tenants]))
    let clients = lists.cons(names.ascendingIndices(handles[referred.clients]))
    let domains = lists.cons(names.ascendingIndices(handles[referred.domains]))
    let excludes = texts(app.session.activityExclude, &strings)
    let origins = texts(app.corsOrigins, &strings)
    var words: [UInt32] = []
    let attributes = records(of: app.application.attributePropagation?.value, &strings)
    for run in [tenants, clients, domains, excludes, origins, attributes] { words.append(run) }
    words.append(app.session.revalidate.value.secondsOrNone)
    words.append(strings.cons((app.access.loginHint?.value ?? "").utf8))
    words.appendZeroes(1)
    return Entry(
      index: profiles.consRecord(words), tenantCount: tenants.count, clientCount: clients.count,
      domainCount: domains.count, hasExcludes: excludes.count > 0,
      excludeByteCount: byteCount(of: excludes))
  }

  /// Distinct texts as pairs of offset and count, in the order written; the run counts texts.
  private mutating func texts(_ texts: [Sourced<String>], _ strings: inout ConsPool<UInt8>) -> Run {
    var seen: Set<Run> = []
    var words: [UInt32] = []
    for text in texts {
      let run = strings.cons(text.value.utf8)
      if seen.insert(run).inserted { words.append(run) }
    }
    let run = lists.cons(words)
    return Run(start: run.start, count: run.count / 2)
  }

  /// The records of what is passed on, in the order written; the run counts records.
  private mutating func records(of written: Propagation?, _ strings: inout ConsPool<UInt8>) -> Run {
    guard let written else { return Run() }
    let outputs = written.outputs.reduce(UInt32(0)) { $0 | UInt32($1.rawValue) }
    var words: [UInt32] = []
    for attribute in written.attributes {
      words.append(strings.cons(attribute.name.utf8))
      words.append(strings.cons(attribute.emittedName.utf8))
      words.append(UInt32(attribute.source.rawValue) | outputs << 8 | UInt32(attribute.flags) << 16)
      words.appendZeroes(1)
    }
    let run = propagation.cons(words)
    let wordCount = UInt32(RecordSize.propagation / 4)
    return Run(start: run.start / wordCount, count: run.count / wordCount)
  }

  private func byteCount(of texts: Run) -> UInt32 {
    (0..<Int(texts.count)).reduce(0) { $0 + lists.elements[Int(texts.start) + 2 * $1 + 1] }
  }
}

extension Propagation.Attribute {
  fileprivate var flags: UInt16 {
    (isStrict ? PropagationFlag.strict : 0) | (isDecorated ? PropagationFlag.decorated : 0)
  }
}
