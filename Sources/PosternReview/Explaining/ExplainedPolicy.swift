// The policy as the explanation of one decision looks at it: the app at hand with its rules. Refuses nothing.

internal import PosternCompiler
internal import PosternLanguage

/// A policy, and the app that a decision is about.
struct ExplainedPolicy {
  let policy: Policy
  let road: DecisionRoad
  let rules: RuleReader
  /// The zones that conditions name.
  let timeZones: ZoneFolder
  /// nil where no route leads to one.
  let app: App?

  init(_ policy: Policy, _ road: DecisionRoad, _ decision: Decision, _ timeZones: ZoneFolder, pathPrefix: String) {
    self.policy = policy
    self.road = road
    self.timeZones = timeZones
    rules = RuleReader(policy, pathPrefix: pathPrefix)
    app = (decision.appIndex ?? road.forms.last?.route?.appIndex ?? road.baseAppIndex).map { policy.apps[$0] }
  }

  func place(_ span: Span?) -> TreePlace? { span.map { rules.place($0) } }

  /// The bindings of the app that give access, in the order of asking.
  var bindings: [(id: UInt32, binding: Binding)] {
    app.map { rules.bindings(of: $0).map { ($0.id, $0.binding) } } ?? []
  }

  /// The deny rules of the app, in the order of asking.
  var denyRules: [DenyRule] { app.map { rules.denyRules(of: $0).map { policy.denyRules[$0] } } ?? [] }

  /// The conditions of both, with where each is written.
  var conditions: [Condition] { denyRules.compactMap(\.condition) + bindings.compactMap(\.binding.condition) }

  /// The providers of the app, with the tenant that it accepts first of each.
  var providers: [(provider: LoginProvider, tenant: String?)] {
    guard let app else { return [] }
    return app.providerIndices.map { index in
      let provider = policy.providers[index]
      return (provider, tenants(of: provider, at: app).first)
    }
  }

  func tenants(of provider: LoginProvider, at app: App) -> [String] {
    let isAppsToSay = !app.access.tenantIDs.isEmpty && provider.source == .identityPlatform
    return (isAppsToSay ? app.access.tenantIDs : provider.tenantIDs).map(\.value)
  }

  /// The provider that the credential names.
  var provider: LoginProvider? { road.identity?.providerIndex.map { policy.providers[$0] } }
}
