// A policy in a form that is easy to generate and to cut down: members and providers by name, nodes in tree order.
// `assemble` gives the typed model its indices and ids.

import PosternLanguage

struct PolicyDraft: Sendable {
  struct Binding: Sendable {
    var grantsAccess = true
    var members: [Member]
    var condition: String?
  }

  struct DenyRule: Sendable {
    var denied: [Member]
    var exceptions: [Member]
    var condition: String?
  }

  struct DirectoryGroup: Sendable {
    var group: Member
    var members: [Member]
  }

  struct Provider: Sendable {
    var name: String
    var source: LoginProvider.Source
    var domains: [String] = []
    var tenants: [String] = []
    var pool: String?
    var sessionDurationSeconds: UInt32 = 3_600
  }

  struct App: Sendable {
    var routes: [Route]
    var audience: String
    var providers: [String]
    var absoluteTimeout = Limit.none
    var idleTimeout = Limit.none
    var revalidate = Limit.none
    var onStateUnavailable = Unavailability.deny
    var onStoreUnavailable = Unavailability.deny
    var activityExclude: [String] = []
    var programmaticMaxAge: Limit?
    var programmaticClients: [String] = []
    var allowHTTPOptions: Bool?
    var reauthentication: Reauthentication?
    var allowedDomains: [String]?
    var tenants: [String] = []
  }

  struct Node: Sendable {
    var name: String
    /// Index into `nodes`, below this node's own; nil for the organization, which comes first.
    var parent: Int?
    var bindings: [Binding] = []
    var denyRules: [DenyRule] = []
    /// nil for a folder and the organization.
    var app: App?
  }

  var clockSkewSeconds: UInt32 = 30
  var providers: [Provider] = []
  var groups: [DirectoryGroup] = []
  var levels: [(name: String, condition: String)] = []
  var nodes: [Node] = [Node(name: "", parent: nil)]

  static let span = Span(fileIndex: 0, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1)
}

// MARK: Assembly

extension PolicyDraft {
  func assemble() -> Policy { Assembly(draft: self).policy }
}

private func sourced<Value>(_ value: Value) -> Sourced<Value> { Sourced(value, at: PolicyDraft.span) }

/// Gives out indices in the order of first use.
private struct Assembly {
  private let draft: PolicyDraft
  private(set) var policy: Policy
  private var memberIndices: [Member: UInt32] = [:]
  private var bindingCount: UInt32 = 0

  init(draft: PolicyDraft) {
    self.draft = draft
    policy = Policy(
      files: [SourceFile(path: "organization.yaml", bytes: [])],
      organization: Organization(
        name: sourced("organization"), clockSkewSeconds: draft.clockSkewSeconds, budget: nil, guards: []),
      providers: draft.providers.map(Self.provider), nodes: [], apps: [], denyRules: [], members: [], groups: [],
      accessLevels: [], tests: [])
    policy.accessLevels = draft.levels.map {
      AccessLevel(name: sourced($0.name), condition: Self.condition($0.condition))
    }
    for index in draft.nodes.indices { append(draft.nodes[index], at: index) }
    let mistakes = policy.readConditions().filter { $0.severity == .error }
    precondition(mistakes.isEmpty, "generated conditions check: \(mistakes.map(\.message))")
    policy.groups = draft.groups.map { group in
      DirectoryGroup(
        memberIndex: memberIndex(of: group.group), members: uses(of: group.members), span: PolicyDraft.span)
    }
  }

  private static func condition(_ text: String) -> Condition {
    Condition(title: "generated", expression: sourced(text))
  }

  private static func provider(_ draft: PolicyDraft.Provider) -> LoginProvider {
    LoginProvider(
      name: sourced(draft.name), source: draft.source, issuer: sourced("https://\(draft.name).test"),
      clientID: "postern", domains: draft.domains.map { sourced($0) }, tenantIDs: draft.tenants.map { sourced($0) },
      pool: draft.pool, sessionDurationSeconds: draft.sessionDurationSeconds, span: PolicyDraft.span)
  }

  private mutating func memberIndex(of member: Member) -> UInt32 {
    if let index = memberIndices[member] { return index }
    let index = UInt32(policy.members.count)
    policy.members.append(member)
    memberIndices[member] = index
    return index
  }

  private mutating func uses(of members: [Member]) -> [MemberUse] {
    members.map { MemberUse(memberIndex: memberIndex(of: $0), line: 1, column: 1) }
  }

  private mutating func append(_ node: PolicyDraft.Node, at index: Int) {
    let firstDenyRule = policy.denyRules.count
    for rule in node.denyRules {
      policy.denyRules.append(
        DenyRule(
          nodeIndex: index, deniedPrincipals: uses(of: rule.denied), exceptionPrincipals: uses(of: rule.exceptions),
          condition: rule.condition.map(Self.condition), span: PolicyDraft.span))
    }
    let bindings = node.bindings.map { binding in
      Binding(
        role: binding.grantsAccess ? "roles/iap.httpsResourceAccessor" : "roles/viewer",
        grantsAccess: binding.grantsAccess, members: uses(of: binding.members),
        condition: binding.condition.map(Self.condition), span: PolicyDraft.span)
    }
    let parentPath = node.parent.map { policy.nodes[$0].path } ?? ""
    policy.nodes.append(
      Node(
        kind: node.parent == nil ? .organization : node.app == nil ? .folder : .app,
        path: parentPath.isEmpty ? node.name : "\(parentPath)/\(node.name)", parentIndex: node.parent,
        bindings: bindings, firstBindingID: bindingCount, denyRuleRange: firstDenyRule..<policy.denyRules.count))
    bindingCount += UInt32(bindings.count)
    if let app = node.app { policy.apps.append(assembled(app, named: node.name, nodeIndex: index)) }
  }

  private func assembled(_ app: PolicyDraft.App, named name: String, nodeIndex: Int) -> App {
    let session = SessionSettings(
      absoluteTimeout: sourced(app.absoluteTimeout), idleTimeout: sourced(app.idleTimeout),
      revalidate: sourced(app.revalidate), onStateUnavailable: sourced(app.onStateUnavailable),
      onStoreUnavailable: sourced(app.onStoreUnavailable), activityExclude: app.activityExclude.map { sourced($0) },
      programmaticMaxAge: app.programmaticMaxAge.map { sourced($0) })
    let access = AccessSettings(
      programmaticClients: app.programmaticClients.map { sourced($0) },
      allowHTTPOptions: app.allowHTTPOptions.map { sourced($0) },
      reauthentication: app.reauthentication.map { sourced($0) },
      allowedDomains: app.allowedDomains.map { sourced($0) }, tenantIDs: app.tenants.map { sourced($0) })
    return App(
      name: sourced(name), nodeIndex: nodeIndex, routes: app.routes, audience: app.audience,
      providerIndices: draft.providers.indices.filter { app.providers.contains(draft.providers[$0].name) },
      session: session, access: access, application: ApplicationSettings(), corsOrigins: [], span: PolicyDraft.span)
  }
}
