// From a client's request to a decision and its answer. A valid session of this node is answered at once; what needs the store or a
// provider is waited for. Before a session is refused for what another node may know better, the store is asked.

internal import CPostern
internal import Logging

extension Gate {
  /// What a request carries to say who asks.
  enum Credential: Equatable {
    case none
    case malformed
    case session(SessionKey)
    /// `isOwn`: it came as `Authorization`, which is the gate's then and not the app's.
    case bearer(String, isOwn: Bool)
  }

  /// The answer to a client's request.
  func answer(_ request: ClientRequest) -> Outcome {
    if request.hostName == settings.loginHost { return .later { await self.loginPage(request) } }
    if request.path == Self.arrivalPath { return .later { await self.arrive(request) } }
    let policy = policy
    switch credential(of: request, policy) {
    case .none: return .now(answer(request, .anonymous, policy))
    case .malformed:
      log.info("a request has its credential twice", metadata: ["host": "\(request.hostName)"])
      return .now(Answer(generated: 403, reason: "malformedRequest"))
    case .bearer(let token, let isOwn):
      return .later { await self.answer(request, bearer: token, isOwn: isOwn, policy) }
    case .session(let key):
      if let live = cache.session(key) { return answer(request, live, policy) }
      return .later { await self.answer(request, key, policy) }
    }
  }

  /// The app that a request is for, whoever asks; nil where there is none.
  func app(of request: ClientRequest, _ policy: GatePolicy) -> GateApp? {
    policy.app(policy.decide(request, .anonymous, at: clock.now, using: &threadBuffers.buffers).app)
  }

  // MARK: which credential

  /// The credential that counts: `Proxy-Authorization`, then an `Authorization` of one of the app's providers, then the cookie.
  func credential(of request: ClientRequest, _ policy: GatePolicy) -> Credential {
    let proxy = request.headers.values("proxy-authorization")
    let own = request.headers.values("authorization")
    if proxy.count > 1 || own.count > 1 || (proxy + own).contains(where: Self.isJoined) { return .malformed }
    if let token = proxy.first.flatMap(Self.bearer) { return .bearer(token, isOwn: false) }
    if let token = own.first.flatMap(Self.bearer), let issuer = TokenHead(token)?.issuer {
      if issuer == self.issuer { return .bearer(token, isOwn: true) }
      let providers = app(of: request, policy)?.providers ?? []
      if providers.contains(where: { policy.providers[$0].issuer == issuer }) { return .bearer(token, isOwn: true) }
    }
    switch request.cookies[GateCookie.session] {
    case .absent: return .none
    case .repeated: return .malformed
    // What cannot be an identifier is nobody's: an old cookie must not lock a browser out.
    case .value(let text):
      if let identifier = SessionIdentifier(text) { return .session(identifier.key) }
      log.info("a session's cookie is no identifier", metadata: ["host": "\(request.hostName)"])
      return .none
    }
  }

  /// Whether a line was several, one of them a bearer, which a proxy has joined (RFC 9110, 5.3): a token has no comma (RFC 6750, 2.1).
  private static func isJoined(_ value: String) -> Bool {
    if !value.utf8.contains(UInt8(ascii: ",")) { return false }
    return value.split(separator: ",").contains { bearer(String($0.trimmed)) != nil }
  }

  /// The token of a bearer credential (RFC 6750, 2.1); the scheme in any letter case.
  private static func bearer(_ value: String) -> String? {
    let parts = value.split(separator: " ", maxSplits: 1)
    return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1].trimmed) : nil
  }

  // MARK: sessions

  /// A session that this node knows.
  private func answer(_ request: ClientRequest, _ live: LiveSession, _ policy: GatePolicy) -> Outcome {
    guard !live.isEnded, live.host == request.hostName else {
      return .now(answer(request, .anonymous, policy))
    }
    let decided = decide(request, live, policy)
    if Self.mayBeOutdated(decided.decision) { return .later { await self.answer(request, live.key, policy) } }
    var answer = answer(decided, request, live: live, policy)
    answer.repeatable = repeatable(answer, decided, request, live, policy)
    return .now(answer)
  }

  /// A session as the store knows it.
  private func answer(_ request: ClientRequest, _ key: SessionKey, _ policy: GatePolicy) async -> Answer {
    let judged = await judge(request, key, policy)
    return answer(judged.decided, request, live: judged.live, policy)
  }

  /// What is decided of a request with a session that the store is asked for.
  func judge(
    _ request: ClientRequest, _ key: SessionKey, _ policy: GatePolicy
  ) async -> (decided: Decided, live: LiveSession?) {
    do throws(StoreFault) {
      guard let live = try await load(key), live.host == request.hostName else {
        log.info("a session's cookie is of no session here", metadata: ["host": "\(request.hostName)"])
        return (decide(request, .anonymous, policy), nil)
      }
      var decided = decide(request, live, policy)
      // A mode is as good as the page that it stands for.
      let page = Int(decided.decision.verdict) == POSTERN_HANDLE ? decideWithoutMode(request, live, policy) : decided
      if Self.needsAccount(page, live) {
        await checkAccount(of: live)
        decided = decide(request, live, policy)
      }
      return (decided, live)
    } catch {
      log.error("the session store cannot be asked", metadata: ["error": "\(error)"])
      return judgeWithoutStore(request, key, policy)
    }
  }

  /// What is decided of a request, whatever its credential, without answering it: nothing is noted as activity. Nil where the
  /// credential cannot be believed.
  func judge(_ request: ClientRequest, _ policy: GatePolicy) async -> (decided: Decided, live: LiveSession?)? {
    switch credential(of: request, policy) {
    case .malformed: return nil
    case .none: return (decide(request, .anonymous, policy), nil)
    case .session(let key):
      if let live = cache.session(key), !live.isEnded, live.host == request.hostName {
        let decided = decide(request, live, policy)
        if !Self.mayBeOutdated(decided.decision) { return (decided, live) }
      }
      return await judge(request, key, policy)
    case .bearer(let token, _):
      guard let caller = try? await caller(bearer: token, for: app(of: request, policy), policy) else { return nil }
      return (decide(request, caller, policy), nil)
    }
  }

  /// The session of `key` from the store, kept by this node.
  func load(_ key: SessionKey) async throws(StoreFault) -> LiveSession? {
    while true {
      let count = cache.revocationCount
      guard let facts = try await store.session(for: key) else {
        cache.forget(key)
        return nil
      }
      if let live = cache.keep(facts, for: key, readAt: count) { return live }
    }
  }

  /// The store is down: what this node knows counts, and the kernel is told, for each app's `onStoreUnavailable`.
  private func judgeWithoutStore(
    _ request: ClientRequest, _ key: SessionKey, _ policy: GatePolicy
  ) -> (decided: Decided, live: LiveSession?) {
    guard let live = cache.lastKnown(key), !live.isEnded, live.host == request.hostName else {
      return (decide(request, .anonymous, policy), nil)
    }
    return (decide(request, live, policy, isStoreDown: true), live)
  }

  /// Whether another node, or the provider, may know what makes this decision wrong.
  static func mayBeOutdated(_ decision: postern_decision) -> Bool {
    switch Int(decision.reason) {
    case POSTERN_REASON_IDLE_TIMEOUT, POSTERN_REASON_STATE_STALE, POSTERN_REASON_SIGNED_OUT,
      POSTERN_REASON_SUSPENDED, POSTERN_REASON_MODE_REQUESTED:
      true
    default: isAnonymous(decision)
    }
  }

  /// Whether a session was let in as nobody: a public app looks away from what another would have asked about.
  private static func isAnonymous(_ decision: postern_decision) -> Bool {
    Int(decision.reason) == POSTERN_REASON_PUBLIC_ACCESS && decision.identity_attached == 0
  }

  /// Whether the provider is to be asked: on a public page, where no refusal says so, when the app's `revalidate` has passed.
  private static func needsAccount(_ decided: Decided, _ live: LiveSession) -> Bool {
    if Int(decided.decision.reason) == POSTERN_REASON_STATE_STALE { return true }
    guard isAnonymous(decided.decision), let revalidate = decided.app?.revalidateMilliseconds else { return false }
    return decided.now - live.facts.account.checkedAt >= revalidate
  }

  // MARK: decisions

  /// A decision with what it was made of.
  struct Decided {
    var decision: postern_decision
    var app: GateApp?
    var caller: Caller
    var now: Int64
    /// Whether `Authorization` was the credential.
    var usesAuthorization = false
  }

  func decide(
    _ request: ClientRequest, _ live: LiveSession, _ policy: GatePolicy, isStoreDown: Bool = false
  ) -> Decided {
    let now = clock.now
    // When a session was last used depends on the app, which is known once it is decided: nearly always the one of the time before.
    let guess = live.lastApp
    let decided = decide(request, live, in: guess, policy, at: now, isStoreDown: isStoreDown)
    if decided.app === guess { return decided }
    live.noteApp(decided.app)
    return decide(request, live, in: decided.app, policy, at: now, isStoreDown: isStoreDown)
  }

  private func decide(
    _ request: ClientRequest, _ live: LiveSession, in app: GateApp?, _ policy: GatePolicy, at now: Int64,
    isStoreDown: Bool
  ) -> Decided {
    var caller = live.caller(in: app, policy: policy, at: now)
    caller.credential.store_down = isStoreDown ? 1 : 0
    let decision = policy.decide(request, caller, at: now, using: &threadBuffers.buffers)
    return Decided(decision: decision, app: policy.app(decision.app), caller: caller, now: now)
  }

  func decide(_ request: ClientRequest, _ caller: Caller, _ policy: GatePolicy) -> Decided {
    let now = clock.now
    let decision = policy.decide(request, caller, at: now, using: &threadBuffers.buffers)
    return Decided(decision: decision, app: policy.app(decision.app), caller: caller, now: now)
  }

  /// The answer for somebody without a session.
  func answer(_ request: ClientRequest, _ caller: Caller, _ policy: GatePolicy) -> Answer {
    answer(decide(request, caller, policy), request, live: nil, policy)
  }

  /// The answer for a bearer token; one that cannot be believed is refused, whatever else the request carries.
  private func answer(
    _ request: ClientRequest, bearer token: String, isOwn: Bool, _ policy: GatePolicy
  ) async -> Answer {
    do throws(ProviderFault) {
      let caller = try await caller(bearer: token, for: app(of: request, policy), policy)
      var decided = decide(request, caller, policy)
      decided.usesAuthorization = isOwn
      if Int(decided.decision.verdict) == POSTERN_UNAUTHORIZED {
        log.info("a bearer token was refused", metadata: ["error": "\(ReasonName.text(decided.decision.reason))"])
      }
      return answer(decided, request, live: nil, policy)
    } catch {
      log.info("a bearer token was refused", metadata: ["error": "\(error)"])
      return invalidToken(request, app(of: request, policy), isUnavailable: error.kind == .unavailable)
    }
  }
}
