// Cuts a violation down to the pieces that it needs: takes away one thing after another, and keeps what still fails.

import PosternCEL
import PosternLanguage

struct Shrinker {
  /// Changes a scenario; false where there was nothing to change.
  typealias Edit = (inout Scenario) -> Bool

  let fails: (Scenario) -> Bool

  /// The most scenarios that are tried, so that a slow engine cannot hold the report back.
  private static let attemptLimit = 5_000

  func shrink(_ scenario: Scenario) -> Scenario {
    var smallest = scenario
    var attempts = 0
    var isSmaller = true
    while isSmaller && attempts < Self.attemptLimit {
      isSmaller = false
      var index = 0
      var edits = Self.edits(for: smallest)
      while index < edits.count && attempts < Self.attemptLimit {
        var candidate = smallest
        attempts += 1
        if edits[index](&candidate) && fails(candidate) {
          smallest = candidate
          isSmaller = true
          edits = Self.edits(for: smallest)
        } else {
          index += 1
        }
      }
    }
    return smallest
  }

  /// From the coarse to the fine.
  private static func edits(for scenario: Scenario) -> [Edit] {
    let draft = scenario.draft
    var edits: [Edit] = draft.nodes.indices.dropFirst().reversed().map { index in { $0.draft.removeNode(at: index) } }
    for index in draft.nodes.indices.dropFirst() {
      edits += [{ $0.draft.hoistNode(at: index) }, { $0.draft.hoistRules(at: index) }]
    }
    for index in draft.nodes.indices { edits += ruleEdits(for: scenario, at: index) }
    edits += removals(\.draft.groups, in: scenario)
    // A level that a condition still asks for stays.
    for index in draft.levels.indices where !draft.asksForLevel(draft.levels[index].name) {
      edits.append { scenario in
        scenario.draft.levels.remove(at: index)
        return true
      }
    }
    for index in draft.groups.indices { edits += removals(\.draft.groups[index].members, in: scenario) }
    edits += draft.providers.indices.map { index in { $0.draft.removeProvider(at: index) } }
    for index in draft.nodes.indices where draft.nodes[index].app != nil { edits += appEdits(for: scenario, at: index) }
    for index in draft.providers.indices { edits += providerEdits(for: scenario, at: index) }
    return edits + requestEdits(for: scenario) + credentialEdits(for: scenario)
  }

  // MARK: Pieces

  /// Takes away halves, quarters and eighths of a long list, and each element of a short one; at least `least` stay.
  private static func removals<Element>(
    _ list: WritableKeyPath<Scenario, [Element]>, in scenario: Scenario, least: Int = 0
  ) -> [Edit] {
    let count = scenario[keyPath: list].count
    var parts: [Range<Int>] = []
    for divisor in [2, 4, 8] where count >= divisor * 2 {
      for part in 0..<divisor { parts.append((count * part / divisor)..<(count * (part + 1) / divisor)) }
    }
    if count <= 100 { parts += (0..<count).map { $0..<($0 + 1) } }
    return parts.map { range in
      { scenario in
        if count - range.count < least { return false }
        scenario[keyPath: list].removeSubrange(range)
        return true
      }
    }
  }

  private static func reset<Value: Equatable>(
    _ field: WritableKeyPath<Scenario, Value>, to value: Value
  ) -> Edit {
    { scenario in
      if scenario[keyPath: field] == value { return false }
      scenario[keyPath: field] = value
      return true
    }
  }

  private static func ruleEdits(for scenario: Scenario, at index: Int) -> [Edit] {
    let node = scenario.draft.nodes[index]
    var edits = removals(\.draft.nodes[index].bindings, in: scenario)
    edits += removals(\.draft.nodes[index].denyRules, in: scenario)
    for rule in node.bindings.indices {
      edits += removals(\.draft.nodes[index].bindings[rule].members, in: scenario, least: 1)
      edits += conditionEdits(\.draft.nodes[index].bindings[rule].condition, in: scenario)
    }
    for rule in node.denyRules.indices {
      edits += removals(\.draft.nodes[index].denyRules[rule].denied, in: scenario, least: 1)
      edits += removals(\.draft.nodes[index].denyRules[rule].exceptions, in: scenario)
      edits += conditionEdits(\.draft.nodes[index].denyRules[rule].condition, in: scenario)
    }
    return edits
  }

  /// No condition, or an operand of the one there is.
  private static func conditionEdits(_ field: WritableKeyPath<Scenario, String?>, in scenario: Scenario) -> [Edit] {
    guard let text = scenario[keyPath: field], let tree = CELParser.parse(text).expression else { return [] }
    var edits = [reset(field, to: nil)]
    guard case .call(let function, _, let operands) = tree.kind,
      [CELOperator.and, CELOperator.or, CELOperator.not, CELOperator.conditional].contains(function)
    else { return edits }
    for operand in operands {
      let part = String(decoding: Array(text.utf8)[operand.range], as: UTF8.self)
      // Half of a parenthesis is no condition.
      if CELParser.parse(part).expression != nil { edits.append(reset(field, to: part)) }
    }
    return edits
  }

  private static func appEdits(for scenario: Scenario, at index: Int) -> [Edit] {
    var edits = removals(\.draft[appAt: index].routes, in: scenario, least: 1)
    edits += removals(\.draft[appAt: index].providers, in: scenario, least: 1)
    edits += removals(\.draft[appAt: index].programmaticClients, in: scenario)
    edits += removals(\.draft[appAt: index].activityExclude, in: scenario)
    edits += removals(\.draft[appAt: index].tenants, in: scenario)
    edits.append(reset(\.draft[appAt: index].absoluteTimeout, to: .none))
    edits.append(reset(\.draft[appAt: index].idleTimeout, to: .none))
    edits.append(reset(\.draft[appAt: index].revalidate, to: .none))
    edits.append(reset(\.draft[appAt: index].onStateUnavailable, to: .deny))
    edits.append(reset(\.draft[appAt: index].onStoreUnavailable, to: .deny))
    edits.append(reset(\.draft[appAt: index].programmaticMaxAge, to: nil))
    edits.append(reset(\.draft[appAt: index].allowHTTPOptions, to: nil))
    edits.append(reset(\.draft[appAt: index].reauthentication, to: nil))
    edits.append(reset(\.draft[appAt: index].allowedDomains, to: nil))
    return edits
  }

  private static func providerEdits(for scenario: Scenario, at index: Int) -> [Edit] {
    var edits = removals(\.draft.providers[index].domains, in: scenario)
    edits += removals(\.draft.providers[index].tenants, in: scenario)
    edits.append(reset(\.draft.providers[index].pool, to: nil))
    edits.append(reset(\.draft.providers[index].source, to: .workspace))
    edits.append(reset(\.draft.providers[index].sessionDurationSeconds, to: 3_600))
    return edits
  }

  // MARK: Facts

  private static var requestFields: [WritableKeyPath<Scenario, [UInt8]?>] {
    [
      \.request.scheme, \.request.query, \.request.clientAddress, \.request.xRequestedWith, \.request.secFetchMode,
      \.request.secFetchDest, \.request.secFetchSite, \.request.secPurpose,
      \.request.accept, \.request.upgrade, \.request.origin, \.request.accessControlRequestMethod,
    ]
  }

  private static func requestEdits(for scenario: Scenario) -> [Edit] {
    var edits = requestFields.map { reset($0, to: nil) }
    edits += [reset(\.request.destinationPort, to: nil), reset(\.request.otherHeaders, to: [])]
    edits += [reset(\.request.clientAddress, to: nil), reset(\.request.destinationAddress, to: nil)]
    edits.append(reset(\.request.regionCode, to: nil))
    edits.append(reset(\.request.method, to: Array("GET".utf8)))
    edits.append(reset(\.request.path, to: Array("/".utf8)))
    edits += removals(\.request.path[orEmpty: []], in: scenario, least: 1)
    edits += removals(\.request.query[orEmpty: []], in: scenario)
    edits += removals(\.request.accept[orEmpty: []], in: scenario)
    edits += removals(\.request.upgrade[orEmpty: []], in: scenario)
    return edits
  }

  private static var textFields: [WritableKeyPath<Scenario, [UInt8]?>] {
    [
      \.credential.subject, \.credential.email, \.credential.hostedDomain, \.credential.tenant, \.credential.audience,
      \.credential.authorizedParty,
    ]
  }

  private static var timeFields: [WritableKeyPath<Scenario, Int64>] {
    [
      \.credential.createdAt, \.credential.lastSeenAt, \.credential.stateCheckedAt, \.credential.issuedAt,
      \.credential.notBefore, \.credential.expiresAt, \.credential.loginAt, \.credential.secondFactorAt,
      \.credential.securityKeyAt, \.credential.deviceCheckedAt,
    ]
  }

  private static func credentialEdits(for scenario: Scenario) -> [Edit] {
    let whole: Edit = { scenario in
      if scenario.credential == Credential() { return false }
      scenario.credential = Credential()
      return true
    }
    var edits = [whole] + removals(\.credential.groups, in: scenario)
    edits += textFields.map { reset($0, to: nil) }
    edits += timeFields.map { reset($0, to: 0) }
    edits.append(reset(\.credential.claims, to: [:]))
    edits.append(reset(\.credential.device, to: [:]))
    edits.append(reset(\.credential.stateSourceDown, to: false))
    edits.append(reset(\.credential.storeDown, to: false))
    edits.append(reset(\.credential.groupsComplete, to: true))
    edits.append(reset(\.credential.accountState, to: .active))
    edits.append(reset(\.credential.principalKind, to: .user))
    return edits
  }
}

extension Optional {
  /// The value, or `empty` where there is none: a path to what an optional holds.
  fileprivate subscript(orEmpty empty: Wrapped) -> Wrapped {
    get { self ?? empty }
    set { self = newValue }
  }
}

extension PolicyDraft {
  /// The app of a node that has one.
  fileprivate subscript(appAt index: Int) -> App {
    get { nodes[index].app ?? App(routes: [], audience: "", providers: []) }
    set { nodes[index].app = newValue }
  }

  /// Takes a node away with all below it; false where no app would be left.
  fileprivate mutating func removeNode(at index: Int) -> Bool {
    var removed: Set<Int> = [index]
    for (child, node) in nodes.enumerated() {
      if let parent = node.parent, removed.contains(parent) { removed.insert(child) }
    }
    let kept = nodes.indices.filter { !removed.contains($0) }
    guard kept.contains(where: { nodes[$0].app != nil }) else { return false }
    nodes = kept.map { old in
      var node = nodes[old]
      node.parent = node.parent.flatMap(kept.firstIndex)
      return node
    }
    return true
  }

  /// Puts a node one level up.
  fileprivate mutating func hoistNode(at index: Int) -> Bool {
    guard let parent = nodes[index].parent, let grandparent = nodes[parent].parent else { return false }
    nodes[index].parent = grandparent
    return true
  }

  /// Gives a node's rules to the organization.
  fileprivate mutating func hoistRules(at index: Int) -> Bool {
    if nodes[index].bindings.isEmpty && nodes[index].denyRules.isEmpty { return false }
    nodes[0].bindings += nodes[index].bindings
    nodes[0].denyRules += nodes[index].denyRules
    nodes[index].bindings = []
    nodes[index].denyRules = []
    return true
  }

  /// Takes a provider away; false where an app would be left without one.
  fileprivate mutating func removeProvider(at index: Int) -> Bool {
    let name = providers[index].name
    guard nodes.allSatisfy({ $0.app?.providers != [name] }), providers.count > 1 else { return false }
    providers.remove(at: index)
    for index in nodes.indices { nodes[index].app?.providers.removeAll { $0 == name } }
    return true
  }
}
