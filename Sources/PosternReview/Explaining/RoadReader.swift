// The road of a decision over a policy: each row of docs/decision.md that the request went through, with its facts and places. What the
// rows look at is the reference's word; which of them decided is the kernel's. Refuses nothing.

internal import PosternLanguage

/// Writes down the road of one decision.
struct RoadReader {
  let facts: RequestFacts
  let decision: Decision
  let policy: Policy
  let road: DecisionRoad
  let rules: RuleReader

  init(_ facts: RequestFacts, _ decision: Decision, _ policy: Policy, _ road: DecisionRoad, pathPrefix: String) {
    self.facts = facts
    self.decision = decision
    self.policy = policy
    self.road = road
    rules = RuleReader(policy, pathPrefix: pathPrefix)
  }

  func place(_ span: Span?) -> TreePlace? { span.map { rules.place($0) } }

  /// The rows up to the one that decided.
  var steps: [RoadStep] {
    var steps: [RoadStep] = []
    let sections: [() -> [RoadStep]] = [
      { [requestStep] }, { identityStep }, { [hostStep] }, { formStep }, { [modeStep] }, { [routeStep] },
      { optionsStep }, { publicStep }, { credentialSteps }, { routelessStep }, { ruleSteps },
    ]
    for section in sections {
      steps += section()
      if steps.last?.isDeciding == true { break }
    }
    return steps
  }

  // MARK: rows 1 to 3

  private var requestStep: RoadStep {
    let request = facts.request
    let text = "\(Shown.text(request.method)) \(Shown.text(request.host)) \(Shown.text(request.path))"
    if road.malformedParts.isEmpty { return RoadStep("1", "request", text, "well-formed") }
    let parts = road.malformedParts.map { "the \($0)" }.joined(separator: " and ")
    let step = RoadStep(
      "1", "request", text, "malformedRequest: \(parts) \(road.malformedParts.count == 1 ? "is" : "are") malformed")
    return decision.reason == .malformedRequest ? step.deciding : step
  }

  private var identityStep: [RoadStep] {
    guard let identity = road.identity else { return [] }
    let count = Shown.count(identity.members.count, "member", "members")
    let step = RoadStep("1", "identity", "matches \(count) of the policy, at most 256", "ok")
    if decision.reason != .identityTooLarge { return [step] }
    return [RoadStep(step.row, step.subject, step.facts, "identityTooLarge").deciding]
  }

  private var hostStep: RoadStep {
    let text = Shown.text(road.host)
    guard let first = road.hostRoutes.first else {
      return RoadStep("2", "host", text, "unknownHost: no route names it").deciding
    }
    return RoadStep("2", "host", text, "known", place: place(first.route.span))
  }

  private var formStep: [RoadStep] {
    guard road.forms.count == 2 else { return [] }
    let text = "read as \(Shown.text(road.forms[0].path)), and as \(Shown.text(road.forms[1].path))"
    let apps = road.forms.map { form in form.route.map { policy.apps[$0.appIndex].name.value } ?? "no app" }
    if decision.reason == .ambiguousPath {
      let difference =
        apps[0] == apps[1] ? "one of them is the gate's own" : "they lead to \(apps[0]) and to \(apps[1])"
      return [RoadStep("2", "path", text, "ambiguousPath: \(difference)").deciding]
    }
    let decides = road.decidingForm == 0 ? "the first does not let in, and decides" : "the second decides"
    return [RoadStep("2", "path", text, decides)]
  }

  private var modeStep: RoadStep {
    if decision.reason == .modeRequested {
      let text = "\(Shown.text(facts.request.path))?\(Shown.text(facts.request.query))"
      return RoadStep("3", "page of the gate", text, "modeRequested: \(decision.mode)").deciding
    }
    return RoadStep("3", "page of the gate", "", "none is asked for")
  }

  // MARK: rows 4 to 6

  /// The form that decided.
  private var form: DecisionRoad.Form? { road.decidingForm.map { road.forms[$0] } }

  private var routeStep: RoadStep {
    let path = Shown.text(form?.path)
    if let (index, route) = form?.route {
      let name = policy.apps[index].name.value
      return RoadStep("4", "route", path, "\(RouteKey(route).text) leads to \(name)", place: place(route.span))
    }
    let base = road.baseAppIndex.map { policy.apps[$0] }
    return RoadStep(
      "4", "route", path, "no route of the host; asked on as \(base?.name.value ?? "nobody")", place: place(base?.span))
  }

  private var routelessStep: [RoadStep] {
    guard decision.reason == .noRoute else { return [] }
    return [
      RoadStep("4", "route", Shown.text(form?.path), "noRoute: who logs in is told that nothing is there").deciding
    ]
  }

  /// The app that decides.
  var app: App? { decision.appIndex.map { policy.apps[$0] } }

  private var isRouted: Bool { form?.route != nil }

  private var optionsStep: [RoadStep] {
    guard isRouted, let app else { return [] }
    let setting = app.access.allowHTTPOptions
    let method = "method \(Shown.text(road.method))"
    if decision.reason == .corsOptions {
      return [RoadStep("5", "OPTIONS", method, "corsOptions: let through", place: place(setting?.span)).deciding]
    }
    let isOptions = road.method == Array("OPTIONS".utf8)
    return [
      RoadStep(
        "5", "OPTIONS", method, isOptions ? "not let through without a login" : "no",
        place: isOptions ? place(setting?.span) : nil)
    ]
  }

  private var publicStep: [RoadStep] {
    guard isRouted else { return [] }
    guard let id = road.publicBindingID else { return [RoadStep("6", "open to everyone", "", "no")] }
    return [
      RoadStep("6", "open to everyone", "allUsers in binding \(id)", "yes", place: place(policy.binding(id)?.span))
    ]
  }

  // MARK: rows 7 to 9

  private var credentialSteps: [RoadStep] {
    guard let app else { return [] }
    let isSilent = isRouted && road.publicBindingID != nil
    var steps: [RoadStep] = []
    for check in CredentialChecks(self, app).checks {
      guard let refusal = road.refusal, check.reasons.contains(refusal) else {
        steps.append(check.step)
        continue
      }
      let step = check.step
      if isSilent {
        steps.append(
          RoadStep(step.row, step.subject, step.facts, "\(refusal): goes on as anonymous", place: step.place))
      } else {
        steps.append(RoadStep(step.row, step.subject, step.facts, "\(refusal)", place: step.place).deciding)
      }
      break
    }
    return steps
  }
}
