// App lines, app records and cost certificates (docs/bundle-format.md, "apps", "costs", "Cost"). Refuses nothing.

internal import PosternKernel
internal import PosternLanguage

/// The most that any request to an app can cost.
public struct Cost: Hashable, Sendable {
  /// Instruction words.
  public var words: UInt32
  /// Table probes.
  public var probes: UInt32
  /// Bytes of the request that are looked at.
  public var bytesScanned: UInt32
}

extension App {
  /// Whether row 7 compares tenants: a provider has some, or is an identity platform and the app names some.
  func asksForTenant(_ providers: [LoginProvider]) -> Bool {
    providerIndices.contains { index in
      let provider = providers[Int(index)]
      return !provider.tenantIDs.isEmpty || (provider.source == .identityPlatform && !access.tenantIDs.isEmpty)
    }
  }
}

/// What a certificate counts (docs/bundle-format.md, "Cost").
struct CostInput {
  var program: CodeSection.Entry
  var profile: ProfileSection.Entry
  var providerTenantCount: UInt32
  var reach: RouteSections.Reach
  /// Probes of the app's rows together, for one path form.
  var rowProbes: UInt32
  var conditions: ConditionSection.Reach

  var cost: Cost {
    var probes: UInt32 = 4 + 2 * 2 * reach.depthCount + 2 * (rowProbes + conditions.probes)
    probes += Self.bitWidth(max(profile.tenantCount, providerTenantCount))
    probes += 2 * Self.bitWidth(profile.clientCount) + Self.bitWidth(profile.domainCount)
    return Cost(
      words: 2 * (program.worstWordCount + conditions.wordCount), probes: probes,
      bytesScanned: Self.fixedByteCount + 2 * 2 * reach.depthCount * reach.longestByteCount
        + 2 * profile.excludeByteCount + 2 * min(conditions.byteCount, .max / 8))
  }

  /// The method, the host three times, the path twice, the query, `Accept`, `Upgrade`, the other headers.
  static let fixedByteCount: UInt32 = 64 + 3 * 253 + 2 * 8_192 + 16_384 + 2 * 8_192 + 64

  /// The steps of a binary search.
  static func bitWidth(_ count: UInt32) -> UInt32 { UInt32(UInt32.bitWidth - count.leadingZeroBitCount) }
}

/// The lines and records of the apps.
struct AppSections {
  private(set) var lines: [UInt32] = []
  private(set) var records: [UInt32] = []
  private(set) var certificates = ConsPool<UInt32>()
  private(set) var costs: [Cost] = []

  /// What an app line refers to.
  struct References {
    var program: CodeSection.Entry
    var profile: UInt32
    var rows: [UInt32]
    var denySet: UInt32
    var publicBinding: UInt32
    /// Whether row 7 compares tenants.
    var asksForTenant: Bool
    /// The first record of its conditional bindings, or NONE.
    var conditionals: UInt32
  }

  init(appCount: Int) {
    lines.reserveCapacity(appCount * RecordSize.app / 4)
    records.reserveCapacity(appCount * RecordSize.appRecord / 4)
    costs.reserveCapacity(appCount)
  }

  /// Adds an app's line.
  mutating func addLine(_ app: App, _ references: References, _ input: CostInput) {
    let isPublic = references.publicBinding != BundleFormat.none
    var flags: UInt16 = isPublic ? AppFlag.public : 0
    if app.access.allowHTTPOptions?.value == true { flags |= AppFlag.allowOptions }
    if app.access.allowedDomains != nil { flags |= AppFlag.domainsRestricted }
    if references.conditionals != BundleFormat.none { flags |= AppFlag.conditional }
    if references.asksForTenant { flags |= AppFlag.asksForTenant }
    if input.profile.hasExcludes { flags |= AppFlag.excludesActivity }
    lines.append(references.program.index)
    lines.append(UInt32(flags) | UInt32(references.rows.count) << 16)
    lines.append64(app.providerIndices.reduce(0) { $0 | 1 << UInt64($1) })
    lines.append(contentsOf: references.rows)
    lines.append(contentsOf: repeatElement(BundleFormat.none, count: BundleFormat.rowLimit - references.rows.count))
    lines.append(references.denySet)
    lines.append(references.profile)
    lines.append(references.publicBinding)
    let cost = input.cost
    lines.append(
      certificates.consRecord([
        cost.words, cost.probes, cost.bytesScanned, input.reach.depthCount | input.reach.longestByteCount << 16,
      ]))
    costs.append(cost)
  }

  /// Adds an app's record; `audience` is the name's index.
  mutating func addRecord(_ app: App, audience: UInt32, conditionals: UInt32, strings: inout ConsPool<UInt8>) {
    records.append(strings.cons(app.name.value.utf8))
    records.append(audience)
    records.append(conditionals)
  }
}
