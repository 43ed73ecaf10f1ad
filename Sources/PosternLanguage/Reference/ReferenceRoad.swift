// What the rows of docs/decision.md look at on the way of one decision: the request as they read it, who the credential is, which rules
// hold, what conditions come to and why. Told by the reference, in the form of the path that decides. Refuses nothing.

public import PosternCEL

/// The facts along the road of one decision.
public struct DecisionRoad: Sendable {
  /// What of the request is malformed, such as `path`; empty where row 1 has no objection to it.
  public internal(set) var malformedParts: [String] = []
  /// The method as the rows read it; nil where the request is malformed.
  public internal(set) var method: [UInt8]?
  /// The host without port, in lower case; nil where it is malformed.
  public internal(set) var host: [UInt8]?
  /// The routes of the host, with the indices of their apps.
  public internal(set) var hostRoutes: [(appIndex: Int, route: Route)] = []
  /// The path's decoded form and, where it is another, its normal form.
  public internal(set) var forms: [Form] = []
  /// Which of the forms decides; nil where the request is malformed or the forms are ambiguous.
  public internal(set) var decidingForm: Int?
  /// The app of the host's shortest route.
  public internal(set) var baseAppIndex: Int?
  /// Who the credential says it is; nil of nobody.
  public internal(set) var identity: Identity?
  /// Why rows 7 to 9 do not let the credential pass at the app, silently at an app that is open to everyone; nil where they do.
  public internal(set) var refusal: Reason?
  /// Whether the rules are asked of who the credential says it is; otherwise of an anonymous caller.
  public var isAttached: Bool { refusal == nil && identity != nil }
  /// The binding that opens the app to everyone.
  public internal(set) var publicBindingID: UInt32?
  /// The deny rules of the app, in the order of asking, with whom of theirs the caller is.
  public internal(set) var denyRules: [Holding] = []
  /// The bindings of the app that give access, likewise.
  public internal(set) var bindings: [Holding] = []
  /// The conditions that were asked, in the order of asking.
  public internal(set) var conditions: [AskedCondition] = []

  /// One form of the path.
  public struct Form: Sendable {
    /// The form.
    public let path: [UInt8]
    /// The app and the route that it leads to.
    public let route: (appIndex: Int, route: Route)?
  }

  /// Who a credential is to the policy.
  public struct Identity: Sendable {
    /// Index into `Policy.providers`; nil where the policy knows no such provider.
    public let providerIndex: Int?
    /// The hosted domain, or that of the verified e-mail.
    public let domain: [UInt8]?
    /// Whether all groups are known.
    public let groupsComplete: Bool
    /// Indices into `Policy.members` of those that hold it by their own rule.
    public let ownMembers: Set<UInt32>
    /// The same with the groups of the directory.
    public let members: Set<UInt32>
  }

  /// How a rule holds the caller.
  public struct Holding: Sendable {
    /// The rule.
    public let rule: Rule
    /// The first of its members that holds the caller.
    public let holder: MemberUse?
    /// Of a deny rule: the first exception that holds the caller.
    public let exception: MemberUse?
    /// Whether the rule speaks of the caller only because not all groups are known.
    public let isForUnknownGroups: Bool
  }

  /// A condition that was asked.
  public struct AskedCondition: Sendable {
    /// What came of it.
    public let answer: ConditionAnswer
    /// Its tests, those of the access levels that it asks for among them.
    public let tests: [AskedTest]
  }

  /// One test of a condition.
  public struct AskedTest: Sendable {
    /// The test as an expression.
    public let text: String
    /// What it asks about, with the values; nil where there is none.
    public let facts: [(name: String, value: String?)]
    /// What it came to.
    public let outcome: ConditionOutcome
  }

  init() {}
}

extension Policy {
  /// What the rows look at when they decide a request; `decide` gives the decision itself.
  public func road(
    of request: Request, _ credential: Credential, at now: Int64, timeZones: any CELTimeZones
  ) -> DecisionRoad {
    let trace = ReferenceTrace()
    let reference = Reference(policy: self, credential: credential, now: now, timeZones: timeZones, trace: trace)
    return RoadReading(reference: reference, trace: trace).road(of: request)
  }

  /// The next instant at which one of the conditions may turn, asked of a credential at an app; nil where none is to come.
  ///
  /// Without a credential what is known of a device never turns.
  public func nextTurn(
    of conditions: [Condition], at app: App, _ credential: Credential?, after now: Int64, timeZones: any CELTimeZones
  ) -> Int64? {
    let device = credential.map { credential in
      ReferenceDevice(
        facts: credential.device, checkedAt: credential.deviceCheckedAt, revalidate: app.session.revalidate.value,
        skewSeconds: organization.clockSkewSeconds, now: now)
    }
    let turns = ReferenceTurns(now: now, device, timeZones)
    let next = conditions.flatMap { $0.reading?.timeUses ?? [] }.compactMap { turns.next($0) }.min()
    return next.flatMap { Int64(exactly: $0) }
  }
}

/// Reads the road off the reference.
private struct RoadReading {
  let reference: Reference
  let trace: ReferenceTrace

  func road(of request: Request) -> DecisionRoad {
    var road = DecisionRoad()
    road.identity = reference.identity.map { identity in
      DecisionRoad.Identity(
        providerIndex: identity.providerIndex, domain: identity.domain, groupsComplete: identity.groupsComplete,
        ownMembers: identity.ownMemberIndices, members: identity.memberIndices)
    }
    guard let target = ReferenceTarget(request, in: reference.policy) else {
      road.malformedParts = malformedParts(of: request)
      return road
    }
    road.method = target.method
    road.host = target.host
    road.hostRoutes = target.hostRoutes.map { ($0.appIndex, $0.route) }
    road.baseAppIndex = target.baseAppIndex
    let paths =
      target.decodedPath == target.normalPath ? [target.normalPath] : [target.decodedPath, target.normalPath]
    road.forms = paths.map { path in
      DecisionRoad.Form(path: path, route: target.route(of: path).map { ($0.appIndex, $0.route) })
    }
    road.decidingForm = target.isHostKnown ? decidingForm(target, paths) : nil
    guard let form = road.decidingForm else { return road }
    let start = trace.answers.count
    _ = reference.decide(target, paths[form])
    takeRules(&road, target, paths[form], Array(trace.answers[start...]))
    return road
  }

  private func malformedParts(of request: Request) -> [String] {
    let path = ReferencePath(request.path)
    let parts: [(String, Bool)] = [
      ("method", ReferenceTarget.method(of: request) == nil), ("host", ReferenceTarget.host(of: request.host) == nil),
      ("path", path == nil), ("query", (request.query ?? []).count > 16_384),
    ]
    let headers = Request.steeringHeaders.map { name, path in
      ("header \(name)", (request[keyPath: path]?.count ?? 0) > 8_192)
    }
    let malformed = (parts + headers).filter(\.1).map(\.0)
    // What is left is an escape that no route allows.
    return malformed.isEmpty ? ["path"] : malformed
  }

  /// The two-form rule: the first form that does not allow, else the normal one.
  private func decidingForm(_ target: ReferenceTarget, _ paths: [Bytes]) -> Int? {
    if target.queryMode != nil || paths.count == 1 { return paths.count - 1 }
    let isAmbiguous =
      target.isReserved(paths[0]) != target.isReserved(paths[1])
      || target.route(of: paths[0])?.appIndex != target.route(of: paths[1])?.appIndex
    if isAmbiguous { return nil }
    return reference.decide(target, paths[0]).verdict == .allow ? 1 : 0
  }

  // MARK: rows 6 to 10

  private func takeRules(
    _ road: inout DecisionRoad, _ target: ReferenceTarget, _ path: Bytes, _ answers: [ConditionAnswer]
  ) {
    let routed = target.route(of: path)?.appIndex
    guard let appIndex = routed ?? target.baseAppIndex else { return }
    let app = reference.policy.apps[appIndex]
    do throws(Refusal) {
      _ = try reference.passRows7And8(app)
      // Without a route, row 9 is not asked.
      road.refusal = routed == nil || reference.isDomainAllowed(app) ? nil : .domainNotAllowed
    } catch {
      road.refusal = error.reason
    }
    if routed == nil { return }
    road.publicBindingID = reference.publicBindingID(app)
    let caller = road.isAttached ? reference.identity : nil
    road.denyRules = denyRules(of: app, caller)
    road.bindings = reference.bindings(for: app).map { id, binding in
      DecisionRoad.Holding(
        rule: .binding(id: id), holder: reference.holder(of: caller, among: binding.members, app), exception: nil,
        isForUnknownGroups: false)
    }
    let conditions = reference.conditions(app, isAttached: road.isAttached, target, path)
    road.conditions = answers.map { asked($0, conditions) }
  }

  private func denyRules(of app: App, _ caller: ReferenceIdentity?) -> [DecisionRoad.Holding] {
    reference.nodesInwardsOut(app).reversed().flatMap { Array($0.denyRuleRange) }.map { index in
      let rule = reference.policy.denyRules[index]
      let holder = reference.holder(of: caller, among: rule.deniedPrincipals, app)
      let exception = reference.holder(of: caller, among: rule.exceptionPrincipals, app)
      let isForUnknownGroups =
        holder == nil && exception == nil && caller?.groupsComplete == false && reference.namesGroup(rule)
      return DecisionRoad.Holding(
        rule: .deny(id: UInt32(index)), holder: holder, exception: exception, isForUnknownGroups: isForUnknownGroups)
    }
  }

  // MARK: conditions

  private func asked(_ answer: ConditionAnswer, _ conditions: ReferenceConditions) -> DecisionRoad.AskedCondition {
    let condition = reference.policy.condition(of: answer.rule)
    var seen: Set<String> = []
    let tests = (condition.map { reference.policy.outline(of: $0).allTests } ?? []).filter {
      seen.insert($0.text).inserted
    }
    return DecisionRoad.AskedCondition(answer: answer, tests: tests.map { asked($0, conditions) })
  }

  private func asked(_ test: ConditionTest, _ conditions: ReferenceConditions) -> DecisionRoad.AskedTest {
    let facts = ConditionFactReading(test.reading)
    var names: Set<String> = []
    let nodes = test.node.factNodes(facts).filter { names.insert($0.fact.text).inserted }
    let outcome: ConditionOutcome =
      switch conditions.value(of: test.node, in: test.reading) {
      case .bool(true): .yes
      case .bool(false): .no
      default: .error
      }
    return DecisionRoad.AskedTest(
      text: test.text,
      facts: nodes.map { ($0.fact.text, conditions.value(of: $0.node, in: test.reading)?.sourceText) },
      outcome: outcome)
  }
}

extension Policy {
  /// The condition that stands on a rule; nil where none does, or there is no such rule.
  public func condition(of rule: Rule) -> Condition? {
    switch rule {
    case .none: return nil
    case .deny(let id): return denyRules.indices.contains(Int(id)) ? denyRules[Int(id)].condition : nil
    case .binding(let id): return binding(id)?.condition
    }
  }

  /// The binding of an id; nil where there is none.
  public func binding(_ id: UInt32) -> Binding? {
    guard let node = nodes.last(where: { $0.firstBindingID <= id && !$0.bindings.isEmpty }) else { return nil }
    let index = Int(id - node.firstBindingID)
    return node.bindings.indices.contains(index) ? node.bindings[index] : nil
  }
}

extension ConditionOutline {
  /// The tests in it, in their order.
  fileprivate var allTests: [ConditionTest] {
    switch self {
    case .constant: []
    case .test(let test): [test]
    case .not(let inner), .holds(let inner): inner.allTests
    case .all(let parts), .any(let parts): parts.flatMap(\.allTests)
    case .choice(let condition, let first, let second): condition.allTests + first.allTests + second.allTests
    }
  }
}

extension CELExpression {
  /// The facts that stand in it, outermost first.
  fileprivate func factNodes(_ facts: ConditionFactReading) -> [(node: CELExpression, fact: ConditionFact)] {
    if let fact = facts.fact(self) { return [(self, fact)] }
    if case .has(let operand, let field) = kind, let path = facts.path(operand), path.names.isEmpty {
      return [(self, path.root == ConditionEnvironment.headers ? .header(field) : .claim([field]))]
    }
    return children.flatMap { $0.factNodes(facts) }
  }
}
