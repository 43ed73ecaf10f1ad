// Row 10: deny rules above the app and its own, then the bindings that hold the identity, those without a condition
// first.

extension Reference {
  /// The conditions of one form; `isAttached` where the caller is who the credential says.
  func conditions(
    _ app: App, isAttached: Bool, _ target: ReferenceTarget, _ path: Bytes
  ) -> ReferenceConditions {
    let device = ReferenceDevice(
      facts: credential.device, checkedAt: credential.deviceCheckedAt, revalidate: app.session.revalidate.value,
      skewSeconds: policy.organization.clockSkewSeconds, now: now)
    let facts = ReferenceFacts(
      target: target, path: path, appName: app.name.value, credential: isAttached ? credential : nil,
      device: isAttached ? device : nil, now: now)
    return ReferenceConditions(policy.accessLevels, facts, timeZones)
  }

  /// The app's node, then its folders inwards out, then the organization.
  func nodesInwardsOut(_ app: App) -> [Node] {
    var nodes = [policy.nodes[app.nodeIndex]]
    while let parent = nodes.last?.parentIndex { nodes.append(policy.nodes[parent]) }
    return nodes
  }

  /// Asks a rule's condition.
  private func truth(of condition: Condition, of rule: Rule, _ conditions: ReferenceConditions) -> ReferenceTruth {
    let truth = conditions.truth(of: condition)
    trace?.note(rule, truth)
    return truth
  }

  // MARK: bindings

  /// The bindings of access roles, in the order in which they are asked.
  func bindings(for app: App) -> [(id: UInt32, binding: Binding)] {
    nodesInwardsOut(app).flatMap { node in
      node.bindings.enumerated().map { (id: node.firstBindingID + UInt32($0.offset), binding: $0.element) }
    }
    .filter { $0.binding.grantsAccess }
  }

  /// What lets the public in; no condition can stand on it.
  func publicBindingID(_ app: App) -> UInt32? {
    bindings(for: app).first { _, binding in
      binding.condition == nil && binding.members.contains { policy.members[Int($0.memberIndex)] == .allUsers }
    }?.id
  }

  /// What the bindings come to.
  enum Grant {
    case granted(UInt32)
    case refused(Reason, Rule)
  }

  /// The binding that grants, or why none does.
  func grant(_ app: App, _ conditions: ReferenceConditions) -> Grant {
    let held = bindings(for: app).filter { isHeld(identity, by: $0.binding.members, app) }
    if let unconditional = held.first(where: { $0.binding.condition == nil }) { return .granted(unconditional.id) }
    var firstFalse: UInt32?
    var firstError: UInt32?
    for (id, binding) in held {
      guard let condition = binding.condition else { continue }
      switch truth(of: condition, of: .binding(id: id), conditions) {
      case .yes: return .granted(id)
      case .no: firstFalse = firstFalse ?? id
      case .error: firstError = firstError ?? id
      }
    }
    if let firstFalse { return .refused(.conditionFalse, .binding(id: firstFalse)) }
    if let firstError { return .refused(.conditionError, .binding(id: firstError)) }
    return .refused(.noBinding, .none)
  }

  /// Whether one of the members holds the identity, or the anonymous caller, at this app.
  private func isHeld(_ identity: ReferenceIdentity?, by members: [MemberUse], _ app: App) -> Bool {
    holder(of: identity, among: members, app) != nil
  }

  /// The first of the members that holds the identity.
  func holder(of identity: ReferenceIdentity?, among members: [MemberUse], _ app: App) -> MemberUse? {
    members.first { use in
      switch policy.members[Int(use.memberIndex)] {
      case .allUsers: return true
      case .allAuthenticatedUsers: return identity?.providerIndex.map(app.providerIndices.contains) ?? false
      default: return identity?.memberIndices.contains(use.memberIndex) ?? false
      }
    }
  }

  // MARK: deny rules

  /// The first deny rule above the app, or its own, that decides.
  func denial(
    _ app: App, as identity: ReferenceIdentity?, _ conditions: ReferenceConditions
  ) -> (reason: Reason, id: UInt32)? {
    for id in nodesInwardsOut(app).reversed().flatMap({ Array($0.denyRuleRange) }) {
      let rule = policy.denyRules[id]
      guard let reason = reason(of: rule, app, as: identity) else { continue }
      if let condition = rule.condition, truth(of: condition, of: .deny(id: UInt32(id)), conditions) == .no { continue }
      return (reason, UInt32(id))
    }
    return nil
  }

  /// Why a rule denies, its condition aside; nil where it does not.
  private func reason(of rule: DenyRule, _ app: App, as identity: ReferenceIdentity?) -> Reason? {
    if isHeld(identity, by: rule.exceptionPrincipals, app) { return nil }
    if isHeld(identity, by: rule.deniedPrincipals, app) { return .denied }
    if let identity, !identity.groupsComplete, namesGroup(rule) { return .groupsUnknown }
    return nil
  }

  func namesGroup(_ rule: DenyRule) -> Bool {
    rule.deniedPrincipals.contains { use in
      switch policy.members[Int(use.memberIndex)] {
      case .group, .poolGroup: true
      default: false
      }
    }
  }
}
