// What a policy that was read without mistakes may still not be compiled for: limits of the format, conditions without a
// bounded form, the budget. After it `Compiler.compile` is total.

internal import PosternKernel
public import PosternLanguage

extension Compiler {
  /// Every mistake that keeps `policy` from compiling; empty where `compile` may be called.
  public static func check(_ policy: Policy, zoneFolder: ZoneFolder = ZoneFolder()) -> [Diagnostic] {
    let diagnostics = FormatLimits(policy).diagnostics
    // What an app costs is known only of a policy that fits.
    if !diagnostics.isEmpty { return diagnostics }
    let refused = refusedConditions(policy, zoneFolder)
    return refused.isEmpty ? checkBudget(policy, zoneFolder) : refused
  }

  private static func refusedConditions(_ policy: Policy, _ zoneFolder: ZoneFolder) -> [Diagnostic] {
    var code = CodeSection(policy)
    return ConditionSection(
      policy, zoneFolder: zoneFolder, strings: ConsPool(), lists: ConsPool(), code: &code
    ).refused.map {
      .conditionNotBounded($0.refusal.message, at: $0.condition.span(of: $0.refusal.range))
    }
  }

  /// What any request to each app can cost, in the order of `Policy.apps`.
  public static func costs(of policy: Policy, zoneFolder: ZoneFolder = ZoneFolder()) -> [Cost] {
    CompiledSections(policy, zoneFolder: zoneFolder).costs
  }

  private static func checkBudget(_ policy: Policy, _ zoneFolder: ZoneFolder) -> [Diagnostic] {
    guard let budget = policy.organization.budget else { return [] }
    return zip(policy.apps, costs(of: policy, zoneFolder: zoneFolder)).compactMap { app, cost in
      let excesses = budget.value.excesses(cost)
      return excesses.isEmpty ? nil : .budgetExceeded(app: app.name, excesses, budget: budget.span)
    }
  }
}

extension Budget {
  fileprivate func excesses(_ cost: Cost) -> [BudgetExcess] {
    let measures = [
      ("words", cost.words, words), ("probes", cost.probes, probes),
      ("bytes scanned", cost.bytesScanned, bytesScanned),
    ]
    return measures.compactMap { measure, cost, limit in
      guard let limit, cost > limit else { return nil }
      return BudgetExcess(measure: measure, cost: cost, limit: limit)
    }
  }
}

/// Counts what has a limited place in the format (docs/bundle-format.md).
struct FormatLimits {
  private(set) var diagnostics: [Diagnostic] = []

  /// The most members of a row: a pilot for every four, and 65,535 pilots.
  static let rowEntryLimit = PerfectPlacement.keysPerBucket * Int(UInt16.max)
  /// Pools and attributes are numbered in 16 bits, of which one number means none.
  static let numberLimit = Int(UInt16.max)
  /// The most bindings: bit 31 of a grant is reserved.
  static let bindingLimit = Int(Int32.max)
  /// The most bytes of a section that u32 offsets refer to.
  static let textByteLimit = Int(UInt32.max)

  init(_ policy: Policy) {
    checkRows(policy)
    let pools = policy.members.compactMap(\.poolName) + policy.providers.compactMap(\.pool)
    checkCount(Set(pools).count, "workforce pools", Self.numberLimit)
    let attributes = policy.members.compactMap(\.attributeName)
    checkCount(Set(attributes).count, "attributes of workforce pools", Self.numberLimit)
    checkCount(policy.nodes.reduce(0) { $0 + $1.bindings.count }, "bindings", Self.bindingLimit)
    checkCount(Self.textByteCount(policy), "bytes of names, routes and lists", Self.textByteLimit)
    checkCount(Self.conditionByteCount(policy), "bytes of conditions", Self.textByteLimit)
  }

  private mutating func checkRows(_ policy: Policy) {
    for node in policy.nodes {
      let useCount = node.bindings.reduce(0) { $0 + $1.members.count }
      if useCount <= Self.rowEntryLimit { continue }
      let count = Set(node.bindings.lazy.flatMap(\.members).map(\.memberIndex)).count
      if count <= Self.rowEntryLimit { continue }
      let place = node.kind == .organization ? "the organization" : "`\(node.path)`"
      diagnostics.append(
        .tooManyForFormat(
          "\(place) names \(count) members", limit: Self.rowEntryLimit, help: "put the members into a group",
          at: node.bindings.first?.span))
    }
  }

  private mutating func checkCount(_ count: Int, _ what: String, _ limit: Int) {
    if count <= limit { return }
    diagnostics.append(
      .tooManyForFormat("the tree has \(count) \(what)", limit: limit, help: "split the organization", at: nil))
  }

  /// At least the bytes that titles and expressions take in the provenance.
  private static func conditionByteCount(_ policy: Policy) -> Int {
    let conditions = policy.nodes.lazy.flatMap(\.bindings).compactMap(\.condition)
    return (Array(conditions) + policy.denyRules.compactMap(\.condition)).reduce(0) {
      $0 + $1.title.utf8.count + $1.expression.value.utf8.count
    }
  }

  /// At least the bytes that the texts take in the strings.
  private static func textByteCount(_ policy: Policy) -> Int {
    var byteCount = policy.members.reduce(0) { $0 + $1.textByteCount }
    for app in policy.apps {
      byteCount += app.name.value.utf8.count + app.audience.utf8.count
      for route in app.routes { byteCount += route.host.utf8.count + route.path.utf8.count }
    }
    return byteCount
  }
}

extension Member {
  fileprivate var attributeName: String? {
    if case .poolAttribute(_, let name, _) = self { name } else { nil }
  }

  fileprivate var textByteCount: Int {
    switch self {
    case .user(let text), .serviceAccount(let text), .group(let text), .domain(let text), .poolSubject(_, let text),
      .poolGroup(_, let text), .poolAttribute(_, _, let text):
      text.utf8.count
    default: 0
    }
  }
}
