// Two policies compared by what they decide: apps by their names, routes, settings by value, access for everyone at once.
// Moves, renames of files, order and wording are no difference. Refuses nothing; what it cannot prove it says.

internal import PosternCompiler
internal import PosternLanguage

/// What a change does.
public struct PolicyComparison: Sendable {
  /// The differences, the most severe first, then by app.
  public let differences: [Difference]

  /// Whether nothing differs, for any request and anything that the gate is told.
  public var isSame: Bool { differences.isEmpty }

  /// Compares two sides; every witness is run on both kernels.
  public init(before: ReviewSide, after: ReviewSide) {
    var run = Run(before: before, after: after)
    run.compare()
    differences = run.differences.enumerated().sorted { left, right in
      let (first, second) = (left.element, right.element)
      if first.effect != second.effect { return first.effect < second.effect }
      if first.appName != second.appName { return (first.appName ?? "") < (second.appName ?? "") }
      return left.offset < right.offset
    }.map(\.element)
  }
}

/// One comparison in the making.
private struct Run {
  let before: ReviewSide
  let after: ReviewSide
  private let stand: WitnessStand
  private let numbers: MemberNumbers
  private let directories: (before: Directory, after: Directory)
  private let signatures: (before: [Int?], after: [Int?])
  /// Whether the organizations say the same, word for word, of what apps are compared by.
  private let areOrganizationsAlike: Bool
  private(set) var differences: [Difference] = []

  init(before: ReviewSide, after: ReviewSide) {
    self.before = before
    self.after = after
    stand = WitnessStand(before: before, after: after)
    var numbers = MemberNumbers()
    let directories = (before: Directory(before.policy, &numbers), after: Directory(after.policy, &numbers))
    var signatures = AccessSignatures((before.policy, directories.before), (after.policy, directories.after))
    self.signatures = signatures.signatures(
      of: (before.policy, directories.before), (after.policy, directories.after))
    self.numbers = numbers
    self.directories = directories
    areOrganizationsAlike =
      before.policy.providers == after.policy.providers
      && before.policy.organization.clockSkewSeconds == after.policy.organization.clockSkewSeconds
  }

  mutating func compare() {
    differences += TrustComparison(before.policy, after.policy).differences
    differences += ClientComparison(stand).differences
    differences += GuardComparison(stand).differences
    let old = Dictionary(before.policy.apps.map { ($0.name.value, $0) }) { first, _ in first }
    let new = Dictionary(after.policy.apps.map { ($0.name.value, $0) }) { first, _ in first }
    for app in before.policy.apps where new[app.name.value] == nil { report(app, isGone: true) }
    for app in after.policy.apps {
      if let other = old[app.name.value] { compare(other, app) } else { report(app, isGone: false) }
    }
  }

  private mutating func compare(_ old: App, _ new: App) {
    let pair = AppPair(before: old, after: new, beforePolicy: before.policy, afterPolicy: after.policy)
    let accesses = accessesToCompare(pair)
    if !areOrganizationsAlike || !old.isWrittenAs(new) {
      differences += RouteComparison(pair, stand).differences
      differences += SettingComparison(pair, stand, people: people(pair)).differences
    }
    guard let accesses else { return }
    differences +=
      AccessReport(
        pair, stand, numbers, before: (accesses.old, directories.before), after: (accesses.new, directories.after)
      ).differences
  }

  /// What both policies say of access to the app; nil where it is plainly the same.
  private func accessesToCompare(_ pair: AppPair) -> (old: AccessRules, new: AccessRules)? {
    let areEqual =
      before.policy.accessSignature(of: pair.before, signatures.before)
      == after.policy.accessSignature(of: pair.after, signatures.after)
    if areEqual && Self.vouching(pair.before, before.policy) == Self.vouching(pair.after, after.policy) { return nil }
    return (
      AccessRules(pair.before, before.policy, directories.before, numbers),
      AccessRules(pair.after, after.policy, directories.after, numbers)
    )
  }

  /// Whom the app's providers may speak for.
  private static func vouching(_ app: App, _ policy: Policy) -> [[String]] {
    app.providerIndices.map { index in
      let provider = policy.providers[index]
      return [provider.name.value, provider.pool ?? ""] + provider.domains.map(\.value).sorted()
    }.sorted { $0[0] < $1[0] }
  }

  /// Some who come in, for witnesses of settings: the first that bindings without a condition name, then those with one, then
  /// anybody.
  private func people(_ pair: AppPair) -> [[Member]] {
    var found: [[Member]] = []
    var onCondition: [[Member]] = []
    for node in after.policy.nodesInwardsOut(pair.after) where found.count < 3 {
      for binding in node.bindings where binding.grantsAccess {
        let members = binding.members.prefix(3).map { [after.policy.members[Int($0.memberIndex)]] }
        if binding.condition == nil { found += members } else { onCondition += members }
      }
    }
    return Array((found.prefix(3) + onCondition.prefix(3)).prefix(4)) + [[]]
  }

  // MARK: apps that come and go

  /// An app that only one of the policies has.
  private mutating func report(_ app: App, isGone: Bool) {
    differences.append(
      Difference(
        appName: app.name.value, kind: .app, effect: isGone ? .narrows : .widens, subject: "app",
        before: isGone ? app.routeText : "", after: isGone ? "" : app.routeText,
        place: .init(app.span, in: isGone ? before.policy : after.policy, isOld: isGone),
        proof: .of(stand.bestWitness(app.routes.map { RequestFacts(ofStranger: $0.request) }))))
  }
}

extension App {
  /// Whether both are written alike, place by place, in all that is compared by value: most apps of a change are.
  func isWrittenAs(_ other: App) -> Bool {
    routes == other.routes && audience == other.audience && providerIndices == other.providerIndices
      && session == other.session && access == other.access && application == other.application
      && corsOrigins == other.corsOrigins
  }

  /// The routes, as policies write them.
  var routeText: String { routes.map { RouteKey($0).text }.joined(separator: ", ") }
}

extension Difference.Proof {
  /// The witness, or the admission that there is none.
  static func of(_ witness: Witness?) -> Difference.Proof {
    witness.map { .witness($0) } ?? .missing(why: "no request was found on which the kernels differ")
  }
}
