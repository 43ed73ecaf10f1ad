// The guards of two policies: which are broken now, which no longer are, and which came, went or were rewritten. A guard that is
// broken is told even where it was before: no change makes it good. Refuses nothing.

internal import PosternCompiler
internal import PosternLanguage

/// The guards of two policies, compared.
struct GuardComparison {
  private(set) var differences: [Difference] = []
  private let stand: WitnessStand

  init(_ stand: WitnessStand) {
    self.stand = stand
    compareStatements()
    let (old, new) = (findings(of: stand.before), findings(of: stand.after))
    let (oldByName, newNames) = (Dictionary(uniqueKeysWithValues: old), Set(new.map(\.key)))
    for (key, finding) in new { reportBroken(finding, before: oldByName[key]) }
    for (key, finding) in old where !newNames.contains(key) { reportMended(finding) }
  }

  /// The names of a guard and of an app.
  private struct Key: Hashable {
    let guardName: String
    let appName: String
  }

  private func findings(of side: ReviewSide) -> [(key: Key, value: GuardFinding)] {
    GuardCheck(side.policy) { side.bundle }.findings.map { finding in
      (Key(guardName: finding.policyGuard.name.value, appName: finding.appName.value), finding)
    }
  }

  // MARK: what they say

  private mutating func compareStatements() {
    let (old, new) = (stand.before.policy, stand.after.policy)
    for policyGuard in old.organization.guards where new.guardNamed(policyGuard.name.value) == nil {
      add(policyGuard, policyGuard.statement(in: old), "", .loosens, isOld: true)
    }
    for policyGuard in new.organization.guards {
      let before = old.guardNamed(policyGuard.name.value)?.statement(in: old) ?? ""
      let after = policyGuard.statement(in: new)
      if before != after { add(policyGuard, before, after, before.isEmpty ? .tightens : .changes, isOld: false) }
    }
  }

  private mutating func add(
    _ policyGuard: PolicyGuard, _ before: String, _ after: String, _ effect: Difference.Effect, isOld: Bool
  ) {
    let policy = isOld ? stand.before.policy : stand.after.policy
    differences.append(
      Difference(
        appName: policyGuard.appName?.value, kind: .guard, effect: effect, subject: policyGuard.name.value,
        before: before, after: after, place: Difference.Place(policyGuard.span, in: policy, isOld: isOld),
        proof: .value))
  }

  // MARK: whether they hold

  private mutating func reportBroken(_ finding: GuardFinding, before: GuardFinding?) {
    let policy = stand.after.policy
    let wasAsked = stand.before.policy.guardNamed(finding.policyGuard.name.value) != nil
    var proof = Difference.Proof.value
    if finding.isUnproven { proof = .missing(why: finding.sentence(in: policy)) }
    if let facts = finding.witness { proof = .witness(stand.answers(facts)) }
    differences.append(
      Difference(
        appName: finding.appName.value, kind: .guard, effect: before == nil ? .widens : .changes,
        subject: finding.policyGuard.name.value,
        before: before?.sentence(in: stand.before.policy) ?? (wasAsked ? "kept" : ""),
        after: finding.isUnproven ? "not proven" : finding.sentence(in: policy),
        place: Difference.Place(finding.span, in: policy, isOld: false), proof: proof))
  }

  private mutating func reportMended(_ finding: GuardFinding) {
    let isAsked = stand.after.policy.guardNamed(finding.policyGuard.name.value) != nil
    guard isAsked, stand.after.policy.apps.contains(where: { $0.name.value == finding.appName.value }) else { return }
    differences.append(
      Difference(
        appName: finding.appName.value, kind: .guard, effect: .narrows, subject: finding.policyGuard.name.value,
        before: finding.sentence(in: stand.before.policy), after: "kept",
        proof: finding.witness.flatMap { stand.witness($0) }.map { .witness($0) } ?? .value))
  }
}

extension Policy {
  fileprivate func guardNamed(_ name: String) -> PolicyGuard? {
    organization.guards.first { $0.name.value == name }
  }
}

extension PolicyGuard {
  /// What must never be, and of which app.
  fileprivate func statement(in policy: Policy) -> String {
    let subject = appName.map { "\($0.value): " } ?? ""
    return switch kind {
    case .principalOutside: subject + "nobody outside \(bound(in: policy))"
    case .absoluteTimeoutAbove: subject + "no absolute timeout above \(bound(in: policy))"
    case .idleTimeoutAbove: subject + "no idle timeout above \(bound(in: policy))"
    }
  }
}
