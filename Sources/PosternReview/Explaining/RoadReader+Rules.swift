// Row 10 of the road: the deny rules and bindings that hold the caller, through which members and groups, and the conditions that were
// asked. Rules that do not hold the caller are counted, not listed. Refuses nothing.

internal import PosternLanguage

extension RoadReader {
  /// The rules up to the one that decided.
  var ruleSteps: [RoadStep] {
    var steps = denySteps
    if steps.last?.isDeciding == true { return steps }
    if decision.reason == .publicAccess, case .binding(let id) = decision.rule {
      steps.append(
        RoadStep("6", "binding \(id)", "allUsers", "publicAccess", place: place(policy.binding(id)?.span)).deciding)
      return steps
    }
    return steps + bindingSteps
  }

  // MARK: deny rules

  private var denySteps: [RoadStep] {
    var steps: [RoadStep] = []
    var otherCount = 0
    for holding in road.denyRules {
      guard case .deny(let id) = holding.rule else { continue }
      let isDeciding = decision.rule == holding.rule && [.denied, .groupsUnknown].contains(decision.reason)
      if holding.holder == nil && !holding.isForUnknownGroups {
        otherCount += 1
        continue
      }
      var step = denyStep(holding, id, isDeciding: isDeciding)
      step.isDeciding = isDeciding
      steps.append(step)
      if isDeciding { return steps }
    }
    if otherCount > 0 {
      steps.append(RoadStep("10", "deny rules", Shown.count(otherCount, "rule", "rules"), "not about the caller"))
    }
    return steps
  }

  private func denyStep(_ holding: DecisionRoad.Holding, _ id: UInt32, isDeciding: Bool) -> RoadStep {
    let rule = policy.denyRules[Int(id)]
    let facts = holding.isForUnknownGroups ? "denies a group, and not all groups are known" : "denies the caller"
    let outcome = isDeciding ? "\(decision.reason)" : holding.exception != nil ? "excepted" : "does not apply"
    var step = RoadStep("10", "deny rule \(id)", facts, outcome, place: place(rule.span))
    if let holder = holding.holder { step.members = links(holder, file: rule.span) }
    if let exception = holding.exception {
      step.members += links(exception, file: rule.span).map {
        RoadStep.Link(text: "excepted: " + $0.text, place: $0.place)
      }
    }
    step.condition = condition(of: holding.rule)
    return step
  }

  // MARK: bindings

  private var bindingSteps: [RoadStep] {
    let held = road.bindings.filter { $0.holder != nil }
    let asked = held.filter { hasCondition($0) == false } + held.filter(hasCondition)
    var steps: [RoadStep] = []
    for holding in asked {
      guard case .binding(let id) = holding.rule, let binding = policy.binding(id), let holder = holding.holder else {
        continue
      }
      let isGranting = decision.reason == .granted && decision.rule == holding.rule
      var step = RoadStep("10", "binding \(id)", "holds the caller", "condition not true", place: place(binding.span))
      if isGranting {
        step = RoadStep("10", "binding \(id)", "holds the caller", "granted", place: step.place).deciding
      }
      step.members = links(holder, file: binding.span)
      step.condition = condition(of: holding.rule)
      steps.append(step)
      if isGranting { return steps }
    }
    let otherCount = road.bindings.count - held.count
    let others = "\(Shown.count(otherCount, "binding", "bindings")) of the app, its folders and the organization"
    if otherCount > 0 { steps.append(RoadStep("10", "bindings", others, "do not hold the caller")) }
    var span = app?.span
    if case .binding(let id) = decision.rule { span = policy.binding(id)?.span }
    steps.append(RoadStep("10", "access", "", "\(decision.reason)", place: place(span)).deciding)
    return steps
  }

  private func hasCondition(_ holding: DecisionRoad.Holding) -> Bool { policy.condition(of: holding.rule) != nil }

  private func condition(of rule: Rule) -> RoadStep.AskedCondition? {
    guard let asked = road.conditions.first(where: { $0.answer.rule == rule }),
      let condition = policy.condition(of: rule)
    else { return nil }
    return RoadStep.AskedCondition(
      title: condition.title, expression: condition.expression.value, place: place(condition.expression.span),
      outcome: asked.answer.outcome, tests: asked.tests)
  }

  // MARK: members

  /// From a rule's member to the caller: the member itself, then each group of the directory on the way. `file` is of the rule.
  private func links(_ use: MemberUse, file: Span) -> [RoadStep.Link] {
    var links: [RoadStep.Link] = []
    var index = use.memberIndex
    var at = Self.span(of: use, in: file)
    var seen: Set<UInt32> = []
    while seen.insert(index).inserted {
      let member = policy.members[Int(index)]
      let next = isOwn(index) ? nil : inner(index)
      let text = member.canonicalText
      links.append(RoadStep.Link(text: next == nil ? "\(text)\(source(of: member))" : text, place: place(at)))
      guard let next else { break }
      index = next.use.memberIndex
      at = Self.span(of: next.use, in: next.file)
    }
    return links
  }

  private func isOwn(_ index: UInt32) -> Bool { road.identity?.ownMembers.contains(index) ?? true }

  /// A line of the directory that puts the caller into a group: one that names them, or else a group that holds them.
  private func inner(_ group: UInt32) -> (use: MemberUse, file: Span)? {
    let entries = policy.groups.filter { $0.memberIndex == group }
      .flatMap { entry in entry.members.map { (use: $0, file: entry.span) } }
    return entries.first { isOwn($0.use.memberIndex) }
      ?? entries.first { road.identity?.members.contains($0.use.memberIndex) ?? false }
  }

  private static func span(of use: MemberUse, in file: Span) -> Span {
    let (line, column) = (Int32(clamping: use.line), Int32(clamping: use.column))
    return Span(fileIndex: file.fileIndex, startLine: line, startColumn: column, endLine: line, endColumn: column)
  }

  /// What of the credential makes the caller a member.
  private func source(of member: Member) -> String {
    switch member {
    case .user, .serviceAccount: ", by the e-mail"
    case .group, .poolGroup: ", a group of the credential"
    case .domain: facts.credential.hostedDomain == nil ? ", by the e-mail's domain" : ", by the hosted domain"
    case .poolSubject: ", by the subject"
    case .poolAttribute(_, let name, _): ", by the claim \(name)"
    case .pool: ", by the login provider's pool"
    case .allUsers, .allAuthenticatedUsers, .deleted: ""
    }
  }
}
