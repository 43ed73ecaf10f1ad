// Two trees of which the new one is read whole, and the old one without the apps that are written alike and inherit alike: equal
// inputs of one function. Refuses old trees that could have a mistake which the new one has not, and which the rest would not show.

internal import PosternCompiler
public import PosternLanguage

extension ReviewSide {
  /// Whether nothing but single apps, folders and tests differ in two trees, whose files are in the order of their paths.
  public static func differInAppsAlone(old: [SourceFile], new: [SourceFile]) -> Bool {
    ChangedTrees(old: old, new: new) != nil
  }

  /// The sides of two trees, their policies without the apps that no difference can be in; nil where the old tree must be read whole.
  ///
  /// - Parameters:
  ///   - old: the old tree's files, in the order of their paths.
  ///   - new: the new tree, whole.
  public static func changed(old: [SourceFile], new: ReviewSide) -> (old: ReviewSide, new: ReviewSide)? {
    let whole = new.policy
    guard whole.organization.budget == nil, let trees = ChangedTrees(old: old, new: whole.files),
      var policies = policies(of: trees)
    else { return nil }
    // Requests that ask for a difference may lead to any app on the same host.
    let neighbours = HostSet(policies.old.apps + policies.new.apps).others(in: whole, but: policies.new)
    if !neighbours.isEmpty {
      let paths = Set(neighbours.map { whole.files[Int($0.span.fileIndex)].path })
      guard let trees = ChangedTrees(old: old, new: whole.files, keptPaths: paths),
        let more = Self.policies(of: trees)
      else { return nil }
      policies = more
    }
    if mayBreakRules(policies.old, beside: whole, without: policies.new) { return nil }
    return (
      ReviewSide(policy: policies.old, bundle: OpenBundle(compiling: policies.old)),
      ReviewSide(policy: policies.new, bundle: new.bundle)
    )
  }

  private static func policies(of trees: ChangedTrees) -> (old: Policy, new: Policy)? {
    guard let old = policy(trees.old), let new = policy(trees.new) else { return nil }
    return (old, new)
  }

  /// Whether what is left of the old tree may not stand beside the apps that were left out: by names, audiences and counts.
  /// Routes and hosts are those of apps that are not left out.
  private static func mayBreakRules(_ old: Policy, beside whole: Policy, without kept: Policy) -> Bool {
    let keptNames = Set(kept.apps.map(\.name.value))
    let rest = whole.apps.filter { !keptNames.contains($0.name.value) }
    let names = Set(old.apps.map(\.name.value))
    let audiences = Set(old.apps.map(\.audience))
    if rest.contains(where: { names.contains($0.name.value) || audiences.contains($0.audience) }) { return true }
    // OAuth clients that are the same on both sides may name an app that the old one has not.
    let gained = keptNames.subtracting(names)
    if whole.oauthClients.contains(where: { $0.apps.contains { gained.contains($0.value) } }) { return true }
    let pooled = (whole.members + old.members).count(where: \.isOfPool)
    let byteCount = (whole.files + old.files).reduce(0) { $0 + $1.bytes.count }
    return whole.denyRules.count + old.denyRules.count > Policy.denyRuleLimit || pooled > Int(UInt16.max) / 2
      || byteCount > 1 << 30
  }
}

/// The hosts of some apps.
private struct HostSet {
  private var exact: Set<String> = []
  /// What follows the first label of each of them.
  private var parents: Set<Substring> = []
  private var wildcards: Set<Substring> = []

  init(_ apps: [App]) {
    for route in apps.flatMap(\.routes) {
      if route.isWildcard {
        wildcards.insert(route.host[...])
      } else {
        exact.insert(route.host)
        parents.insert(Self.parent(route.host))
      }
    }
  }

  /// The apps of a policy that a request to one of the hosts may lead to, but for those that another policy has.
  func others(in policy: Policy, but kept: Policy) -> [App] {
    let names = Set(kept.apps.map(\.name.value))
    return policy.apps.filter { $0.routes.contains(where: meets) && !names.contains($0.name.value) }
  }

  private func meets(_ route: Route) -> Bool {
    if route.isWildcard { return wildcards.contains(route.host[...]) || parents.contains(route.host[...]) }
    return exact.contains(route.host) || (!wildcards.isEmpty && wildcards.contains(Self.parent(route.host)))
  }

  private static func parent(_ host: String) -> Substring {
    host.utf8.firstIndex(of: UInt8(ascii: ".")).map { host[host.utf8.index(after: $0)...] } ?? ""
  }
}

extension Member {
  fileprivate var isOfPool: Bool {
    switch self {
    case .poolSubject, .poolGroup, .poolAttribute, .pool: true
    default: false
    }
  }
}
