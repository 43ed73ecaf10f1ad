// The organization's guards, each proved or refuted of every app that it is about. Who comes in is proved over all classes of
// requests; timeouts are compared by value, and shown on a session that the kernel lets in. Refuses nothing.

public import PosternCompiler
public import PosternLanguage

/// The guards of one policy, asked of its apps.
public struct GuardCheck: Sendable {
  /// What does not hold, or is not proved; in the order of the guards, then of the apps.
  public let findings: [GuardFinding]

  /// Asks every guard.
  ///
  /// - Parameters:
  ///   - policy: a policy that `Compiler.check` finds no errors in.
  ///   - bundle: opens its bundle; called only where a request must be asked about.
  public init(_ policy: Policy, bundle: () -> OpenBundle) {
    findings = withoutActuallyEscaping(bundle) { bundle in
      var run = GuardRun(policy, bundle: bundle)
      return policy.organization.guards.flatMap { policyGuard in
        policy.apps.compactMap { app in
          let isMeant = policyGuard.appName.map { $0.value == app.name.value } ?? true
          return isMeant ? run.finding(policyGuard, app) : nil
        }
      }
    }
  }
}

/// The guards of one policy in the asking.
private struct GuardRun {
  let policy: Policy
  private let openBundle: () -> OpenBundle
  private lazy var bundle = openBundle()
  private lazy var people: (directory: Directory, numbers: MemberNumbers) = {
    var numbers = MemberNumbers()
    return (Directory(policy, &numbers), numbers)
  }()

  init(_ policy: Policy, bundle: @escaping () -> OpenBundle) {
    self.policy = policy
    openBundle = bundle
  }

  /// nil where the app keeps the guard, proved.
  mutating func finding(_ policyGuard: PolicyGuard, _ app: App) -> GuardFinding? {
    switch policyGuard.kind {
    case .principalOutside(let insider): outside(insider, policyGuard, app)
    case .absoluteTimeoutAbove(let seconds): above(seconds, .absolute(app.session), policyGuard, app)
    case .idleTimeoutAbove(let seconds): above(seconds, .idle(app.session), policyGuard, app)
    }
  }

  // MARK: who comes in

  private mutating func outside(_ insider: MemberUse, _ policyGuard: PolicyGuard, _ app: App) -> GuardFinding? {
    switch firstRequest(to: app, outside: insider, { $0 }) {
    case .nobody: return nil
    case .found(let facts):
      return GuardFinding(
        policyGuard: policyGuard, appName: app.name, outcome: .broken(.outsider, facts),
        span: bindingSpan(facts, app) ?? app.span)
    case .nothingFound(let why):
      return GuardFinding(policyGuard: policyGuard, appName: app.name, outcome: .notProven(why: why), span: app.span)
    }
  }

  /// Where the binding stands that lets the request in; nil where none was asked.
  private mutating func bindingSpan(_ facts: RequestFacts, _ app: App) -> Span? {
    let decision = bundle.decide(facts.request, facts.credential, at: facts.nowMilliseconds)
    guard case .binding(let id) = decision.rule else { return nil }
    return policy.nodesInwardsOut(app).lazy
      .flatMap { node in zip(node.firstBindingID..., node.bindings) }
      .first { $0.0 == id }?.1.span
  }

  /// The first request to the app, after a change of its facts, that the kernel lets in; without an insider, a session's.
  private mutating func firstRequest(
    to app: App, outside insider: MemberUse?, _ changed: (RequestFacts) -> RequestFacts
  ) -> AppReach.Answer {
    let (directory, numbers) = people
    guard let reach = try? AppReach(app, policy, directory, numbers, outside: insider) else {
      return .nothingFound(why: "more than \(Diagrams.nodeLimit) nodes would be needed to compare the rules")
    }
    if reach.isClosed { return .nobody }
    let bundle = bundle
    return reach.firstRequest(changed) { facts in
      if insider == nil && facts.credential.kind == .none { return false }
      let decision = bundle.decide(facts.request, facts.credential, at: facts.nowMilliseconds)
      let isOutside = insider.map { !policy.holds($0.memberIndex, facts.credential) } ?? true
      return decision.verdict == .allow && isOutside
    }
  }

  // MARK: timeouts

  /// A session that has reached the guard's limit is let in where the app's own is longer; where none is, nobody comes in at all.
  private mutating func above(
    _ seconds: UInt32, _ timeout: GuardedTimeout, _ policyGuard: PolicyGuard, _ app: App
  ) -> GuardFinding? {
    if !timeout.limit.value.isLonger(than: .seconds(seconds)) { return nil }
    let answer = firstRequest(to: app, outside: nil) { timeout.aged($0, milliseconds: Int64(seconds) * 1_000) }
    var witness: RequestFacts?
    if case .found(let facts) = answer { witness = facts }
    return GuardFinding(
      policyGuard: policyGuard, appName: app.name,
      outcome: .broken(.timeout(timeout.name, timeout.limit.value), witness), span: timeout.limit.span)
  }
}

/// A timeout that a guard bounds, with the fact that its age is taken from.
private struct GuardedTimeout {
  let name: String
  let limit: Sourced<Limit>
  private let facts: [WritableKeyPath<Credential, Int64>]

  static func absolute(_ session: SessionSettings) -> GuardedTimeout {
    GuardedTimeout(name: "absolute timeout", limit: session.absoluteTimeout, facts: [\.createdAt])
  }

  static func idle(_ session: SessionSettings) -> GuardedTimeout {
    GuardedTimeout(name: "idle timeout", limit: session.idleTimeout, facts: [\.lastSeenAt, \.createdAt])
  }

  /// The same request by a session of that age.
  func aged(_ request: RequestFacts, milliseconds: Int64) -> RequestFacts {
    var request = request
    for fact in facts { request.credential[keyPath: fact] -= milliseconds }
    return request
  }
}
