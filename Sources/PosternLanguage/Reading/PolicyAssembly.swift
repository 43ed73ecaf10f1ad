// Makes a `Policy` of what was read: the directories become the resource tree in its one order, each app gets its
// effective settings, and what only the whole tree can show to be wrong is reported (PolicyAssembly+*.swift).

/// The tree under construction.
struct PolicyAssembly {
  let reader: PolicyReader
  var diagnostics: [Diagnostic] = []
  private(set) var nodes: [Node] = []
  private(set) var apps: [App] = []
  private(set) var denyRules: [DenyRule] = []
  let providers: [LoginProvider]
  let providerIndices: [String: Int]
  private let accessRoles: Set<String>
  private var bindingCount: UInt32 = 0
  /// What was reported of effective values: apps that inherit one mistake report it once.
  private var reported: Set<Diagnostic> = []
  var hosts: [HostKey: HostUse] = [:]

  init(_ reader: PolicyReader) {
    self.reader = reader
    providers = reader.organization?.providers ?? []
    providerIndices = Dictionary(
      providers.enumerated().map { ($1.name.value, $0) }, uniquingKeysWith: { first, _ in first })
    accessRoles = Set(reader.organization?.accessRoles.map(\.value) ?? [])
  }

  /// The policy, where nothing is wrong. Where files could not be parsed, the organization may be in one of them.
  mutating func run(files: [SourceFile], areAllParsed: Bool) -> Policy? {
    guard let organization = reader.organization else {
      if areAllParsed { diagnostics.append(.missingOrganization(at: Span(startOfFile: 0))) }
      return nil
    }
    warnOfOtherRoles()
    assemble()
    var policy = Policy(
      files: files,
      organization: Organization(
        name: organization.name, clockSkewSeconds: organization.clockSkewSeconds, budget: organization.budget,
        guards: organization.guards),
      providers: providers, nodes: nodes, apps: apps, denyRules: denyRules, members: reader.members.members,
      groups: reader.groups, accessLevels: reader.accessLevels,
      oauthClients: reader.oauthClients.sorted { Self.precedes($0.id.value, $1.id.value) }, tests: reader.tests)
    // The policy is about to be written to: a second owner of its arrays would have them copied.
    (nodes, apps, denyRules) = ([], [], [])
    diagnostics += policy.readConditions()
    diagnostics += policy.readPropagations()
    return policy
  }

  /// The tree, and beside it what only the names can show to be wrong: both look at what was read, neither at the other.
  private mutating func assemble() {
    let start = self
    let (tree, faults) = concurrently {
      var tree = start
      tree.visit(directoryIndex: 0, parentIndex: nil, EffectiveLevel())
      return tree
    } _: {
      var names = start
      names.diagnostics = []
      names.checkNames()
      names.checkGroups()
      return names.diagnostics
    }
    self = tree
    diagnostics += faults
  }

  mutating func report(once diagnostic: Diagnostic) {
    if reported.insert(diagnostic).inserted { diagnostics.append(diagnostic) }
  }

  private mutating func warnOfOtherRoles() {
    for role in reader.otherRoles where !accessRoles.contains(role.value) {
      diagnostics.append(.roleGrantsNothing(role.value, at: role.span))
    }
  }

  // MARK: the tree

  private mutating func visit(directoryIndex: Int, parentIndex: Int?, _ above: EffectiveLevel) {
    let directory = reader.directories[directoryIndex]
    let level = parentIndex == nil ? reader.organization?.level : directory.folder?.level
    var effective = above
    effective.descend(into: level, &diagnostics)
    checkProviderNames(level)
    let kind: Node.Kind = parentIndex == nil ? .organization : .folder
    let nodeIndex = append(kind, path: directory.path, parentIndex: parentIndex, level)
    for app in directory.apps.sorted(by: { Self.precedes($0.name.value, $1.name.value) }) {
      visit(app, directory, nodeIndex, effective)
    }
    let children = directory.childIndices.sorted {
      Self.precedes(reader.directories[$0].name, reader.directories[$1].name)
    }
    for child in children { visit(directoryIndex: child, parentIndex: nodeIndex, effective) }
  }

  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private mutating func visit(_ draft: AppDraft, _ directory: Directory, _ parentIndex: Int, _ above: EffectiveLevel) {
    var effective = above
    effective.descend(into: draft.level, &diagnostics)
    checkProviderNames(draft.level)
    // The organization is at depth 0 and does not count.
    if effective.depth > Policy.depthLimit {
      diagnostics.append(.treeTooDeep(limit: Policy.depthLimit, at: draft.name.span))
    }
    let path = directory.path.isEmpty ? draft.name.value : directory.path + "/" + draft.name.value
    let nodeIndex = append(.app, path: path, parentIndex: parentIndex, draft.level)
    let indices = effectiveProviderIndices(of: draft, effective)
    let session = effectiveSession(of: draft, effective)
    guard let indices, let session else { return }
    check(draft, effective, providerIndices: indices)
    apps.append(
      App(
        name: draft.name, nodeIndex: nodeIndex, routes: draft.routes,
        audience: draft.audience?.value ?? draft.name.value, providerIndices: indices, session: session,
        access: effective.accessSettings, application: effective.applicationSettings,
        corsOrigins: effective.corsOrigins?.value ?? [], span: draft.level.span))
  }

  private mutating func append(_ kind: Node.Kind, path: String, parentIndex: Int?, _ level: LevelDraft?) -> Int {
    let firstDenyRule = denyRules.count
    for var rule in level?.denyRules ?? [] {
      rule.nodeIndex = nodes.count
      denyRules.append(rule)
      if denyRules.count == Policy.denyRuleLimit + 1 {
        diagnostics.append(.tooMany("deny rules", limit: Policy.denyRuleLimit, at: rule.span))
      }
    }
    var bindings = level?.bindings ?? []
    for index in bindings.indices where accessRoles.contains(bindings[index].role) {
      bindings[index].grantsAccess = true
    }
    nodes.append(
      Node(
        kind: kind, path: path, parentIndex: parentIndex, bindings: bindings, firstBindingID: bindingCount,
        denyRuleRange: firstDenyRule..<denyRules.count))
    bindingCount += UInt32(truncatingIfNeeded: bindings.count)
    return nodes.count - 1
  }

  // MARK: what an app inherits

  private mutating func effectiveSession(of draft: AppDraft, _ effective: EffectiveLevel) -> SessionSettings? {
    let missing = effective.requiredLimits.filter { $0.limit.value == nil }.map(\.name)
    if !missing.isEmpty { diagnostics.append(.missingLimits(missing, app: draft.name.value, at: draft.name.span)) }
    return effective.sessionSettings(appSpan: draft.level.span)
  }

  /// The app's providers, ascending; all of an organization that has one.
  private mutating func effectiveProviderIndices(of draft: AppDraft, _ effective: EffectiveLevel) -> [Int]? {
    if let names = effective.providers {
      let indices = Set(names.value.compactMap { providerIndices[$0.value] }).sorted()
      return indices.isEmpty ? nil : indices
    }
    if reader.organization?.providerNames.count ?? 0 > 1 {
      diagnostics.append(
        .providersNotStated(app: draft.name.value, known: providers.map(\.name.value), at: draft.name.span))
    }
    return providers.count == 1 ? [0] : nil
  }

  /// Names of providers that no file declares, once where they are written.
  private mutating func checkProviderNames(_ level: LevelDraft?) {
    let declared = reader.organization?.providerNames ?? []
    for name in level?.providers?.value ?? [] where !declared.contains(name.value) {
      diagnostics.append(.unknownProvider(name.value, known: providers.map(\.name.value), at: name.span))
    }
  }
}
