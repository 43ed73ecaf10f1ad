// An allow that is given again (the gate's rules, "Reuse"): a request that is the same to the byte as one a moment ago is answered the same
// way, for as long as nothing has changed that was decided by. Refuses whatever is not an allow of a session that this node follows: what
// else could be repeated is rare, or must be asked of somebody.

internal import CPostern

/// An allow, with what it was decided by.
final class RepeatableAllow: Sendable {
  fileprivate let decided: Gate.Decided
  fileprivate let request: ClientRequest
  fileprivate let answer: Answer
  fileprivate let live: LiveSession
  fileprivate let app: GateApp
  fileprivate let policy: GatePolicy

  fileprivate init(
    _ decided: Gate.Decided, _ request: ClientRequest, _ answer: Answer, _ live: LiveSession, _ app: GateApp,
    _ policy: GatePolicy
  ) {
    self.decided = decided
    self.request = request
    self.answer = answer
    self.live = live
    self.app = app
    self.policy = policy
  }

  /// When it was decided, until the first instant at which it would be decided anew: a limit, or a look at the account.
  fileprivate var instants: Range<Int64> {
    let checkAt = decided.decision.check_state_at
    let end = min(decided.decision.valid_until, checkAt == 0 ? .max : checkAt)
    return decided.now..<max(decided.now, end)
  }
}

extension Gate {
  /// `answer` as one that may be given again; nil where it may not.
  func repeatable(
    _ answer: Answer, _ decided: Decided, _ request: ClientRequest, _ live: LiveSession, _ policy: GatePolicy
  ) -> RepeatableAllow? {
    // A provider that could not be asked is asked again after a pause, which is no clock of the decision's.
    guard answer.isAllow, decided.decision.identity_attached == 1, let app = decided.app,
      TokenTest(rawValue: decided.decision.token_test) == .none, decided.caller.credential.state_source_down == 0
    else { return nil }
    return RepeatableAllow(decided, request, answer, live, app, policy)
  }

  /// Whether the request of `allow` may be answered as it was. Where it may, that is an answer like any other: it counts as activity, and
  /// stands in the log.
  func repeats(_ allow: RepeatableAllow) -> Bool {
    let now = clock.now
    guard allow.instants.contains(now), policy === allow.policy,
      cache.session(allow.live.key) === allow.live, allow.live.factsCount == allow.decided.caller.factsCount,
      assertion(of: allow, at: now) == allow.answer.headers[IdentityHeader.assertion]
    else { return false }
    noteActivity(allow.decided, allow.live, at: now)
    if let decisionLog {
      var decided = allow.decided
      decided.now = now
      decisionLog.add(decided, allow.request, allow.answer, revision: allow.policy.revision)
    }
    counters.count(allow.answer)
    return true
  }

  /// The assertion that the app would be sent now; nil where there is no person.
  private func assertion(of allow: RepeatableAllow, at now: Int64) -> String? {
    guard let person = allow.decided.caller.person else { return nil }
    return allow.live.assertion(for: allow.app) {
      signer.isFresh($0, at: now)
    } make: {
      signer.assertion(person, for: allow.app, at: now)
    }
  }

  /// Notes that the person uses the app, where the decision says so.
  func noteActivity(_ decided: Decided, _ live: LiveSession, at now: Int64) {
    guard decided.decision.touch == 1, let app = decided.app else { return }
    cache.touch(live, app: app.name, at: now)
  }
}
