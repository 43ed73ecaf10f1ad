// Row 8: each clock one millisecond below, at and above its limit, the skew's edges, and times that mean harm.

import PosternLanguage
import Testing

@Suite("The reference's clocks")
struct ReferenceClockTests {
  /// One clock alone: how the policy sets it, which fact it reads, and what its end is called.
  struct Timer: Sendable, CustomTestStringConvertible {
    var name: String
    var limitMilliseconds: Int64
    var reason: Reason
    var clock: Clock
    var prompt: Prompt
    var provider = "workspace"
    var kind = Credential.Kind.session
    var set: @Sendable (inout App) -> Void = { _ in }
    var place: @Sendable (inout Credential, Int64) -> Void

    var testDescription: String { name }
  }

  private static let reauthentication = Reauthentication(
    method: .enrolledSecondFactors, maxAgeSeconds: 300, policyType: .minimum)

  static let timers: [Timer] = [
    Timer(
      name: "absolute", limitMilliseconds: 8_000, reason: .absoluteTimeout, clock: .absolute, prompt: .login,
      set: { $0.session.absoluteTimeout.value = .seconds(8) }, place: { $0.createdAt = $1 }),
    Timer(
      name: "idle", limitMilliseconds: 9_000, reason: .idleTimeout, clock: .idle, prompt: .login,
      set: { $0.session.idleTimeout.value = .seconds(9) }, place: { $0.lastSeenAt = $1 }),
    Timer(
      name: "revalidate", limitMilliseconds: 120_000, reason: .stateStale, clock: .revalidate, prompt: .none,
      set: { $0.session.revalidate.value = .seconds(120) }, place: { $0.stateCheckedAt = $1 }),
    Timer(
      name: "state grace", limitMilliseconds: 180_000, reason: .stateStale, clock: .stateGrace, prompt: .none,
      set: {
        $0.session.revalidate.value = .seconds(120)
        $0.session.onStateUnavailable.value = .allowFor(seconds: 60)
      },
      place: {
        $0.accountState = .unknown
        $0.stateSourceDown = true
        $0.stateCheckedAt = $1
      }),
    Timer(
      name: "the lesser of two graces", limitMilliseconds: 150_000, reason: .stateStale, clock: .storeGrace,
      prompt: .none,
      set: {
        $0.session.revalidate.value = .seconds(120)
        $0.session.onStateUnavailable.value = .allowFor(seconds: 60)
        $0.session.onStoreUnavailable.value = .allowFor(seconds: 30)
      },
      place: {
        $0.stateSourceDown = true
        $0.storeDown = true
        $0.accountState = .unknown
        $0.stateCheckedAt = $1
      }),
    Timer(
      name: "identity platform token", limitMilliseconds: 3_600_000, reason: .tokenExpired, clock: .tokenAge,
      prompt: .none, provider: "platform", place: { $0.issuedAt = $1 }),
    Timer(
      name: "workforce token", limitMilliseconds: 3_600_000, reason: .tokenExpired, clock: .tokenAge, prompt: .none,
      provider: "workforce", place: { $0.issuedAt = $1 }),
    Timer(
      name: "SAML assertion", limitMilliseconds: 5, reason: .tokenExpired, clock: .tokenEnd, prompt: .none,
      provider: "saml", place: { $0.expiresAt = $1 + 5 }),
    Timer(
      name: "bearer end", limitMilliseconds: 5, reason: .tokenExpired, clock: .tokenEnd, prompt: .none, kind: .bearer,
      place: { $0.expiresAt = $1 + 5 }),
    Timer(
      name: "bearer age", limitMilliseconds: 600, reason: .tokenTooOld, clock: .tokenAge, prompt: .none, kind: .bearer,
      set: { $0.session.programmaticMaxAge = ReferenceWorld.sourced(.seconds(600)) },
      place: { $0.issuedAt = $1 - 599_400 }),
    Timer(
      name: "re-authentication", limitMilliseconds: 300_000, reason: .reauthenticationRequired,
      clock: .reauthentication, prompt: .login,
      set: { $0.access.reauthentication = ReferenceWorld.sourced(reauthentication) },
      place: { $0.secondFactorAt = $1 }),
  ]

  private func decide(_ timer: Timer, age: Int64) -> Decision {
    var policy = ReferenceWorld.policy()
    policy.apps[1].access.programmaticClients = [ReferenceWorld.sourced("client")]
    timer.set(&policy.apps[1])
    var credential = timer.kind == .bearer ? ReferenceWorld.bearer() : ReferenceWorld.session(timer.provider)
    credential.expiresAt = .max
    timer.place(&credential, ReferenceWorld.now - age)
    return policy.decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now)
  }

  @Test("a millisecond below its limit a clock allows, and bounds the answer", arguments: timers)
  func below(timer: Timer) {
    let decision = decide(timer, age: timer.limitMilliseconds - 1)
    #expect(decision.verdict == .allow)
    #expect(decision.validUntil == ReferenceWorld.now + 1)
    #expect(decision.clock == timer.clock)
  }

  @Test("at its limit and beyond a clock has expired", arguments: timers, [0, 1, 3_000_000])
  func atAndAbove(timer: Timer, excess: Int64) {
    let decision = decide(timer, age: timer.limitMilliseconds + excess)
    #expect(decision.verdict == .unauthorized)
    #expect(decision.reason == timer.reason)
    #expect(decision.clock == timer.clock)
    #expect(decision.prompt == timer.prompt)
    #expect(decision.authenticatedAfter == (timer.prompt == .login ? ReferenceWorld.now - excess : 0))
  }

  static let skewedFacts: [(@Sendable (inout Credential, Int64) -> Void)] = [
    { $0.createdAt = $1 }, { $0.lastSeenAt = $1 }, { $0.stateCheckedAt = $1 }, { $0.issuedAt = $1 },
    { $0.loginAt = $1 }, { $0.secondFactorAt = $1 }, { $0.securityKeyAt = $1 },
  ]

  @Test("a time fact may lie ahead by the skew and not by a millisecond more", arguments: skewedFacts.indices)
  func skew(index: Int) {
    var credential = ReferenceWorld.session()
    Self.skewedFacts[index](&credential, ReferenceWorld.now + 30_000)
    let policy = ReferenceWorld.policy()
    #expect(policy.decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now).verdict == .allow)
    let decision = policy.decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now - 1)
    #expect(decision.reason == .clockSkew)
    #expect(decision.clock == .skew)
    #expect(decision.authenticatedAfter == ReferenceWorld.now - 1)
  }

  @Test("of a service account only the issue is held to the skew", arguments: skewedFacts.indices)
  func serviceAccountSkew(index: Int) {
    var credential = ReferenceWorld.session()
    credential.principalKind = .serviceAccount
    Self.skewedFacts[index](&credential, .max)
    let decision = ReferenceWorld.policy().decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now)
    #expect(decision.reason == (index == 3 ? .clockSkew : .granted))
  }

  @Test("skew never lengthens an expiry")
  func skewAndExpiry() {
    let absolute = Self.timers[0]
    var policy = ReferenceWorld.policy()
    absolute.set(&policy.apps[1])
    var credential = ReferenceWorld.session()
    credential.createdAt = ReferenceWorld.now + 30_000
    let decision = policy.decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now)
    #expect(decision.validUntil == ReferenceWorld.now + 38_000)
  }

  @Test("a stronger authentication meets a weaker demand, and the longest-lasting one bounds the answer")
  func strengths() {
    var policy = ReferenceWorld.policy()
    policy.apps[1].access.reauthentication = ReferenceWorld.sourced(Self.reauthentication)
    var credential = ReferenceWorld.session()
    credential.secondFactorAt = ReferenceWorld.now - 200_000
    credential.securityKeyAt = ReferenceWorld.now - 100_000
    let decision = policy.decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now)
    #expect(decision.validUntil == ReferenceWorld.now + 200_000)
  }

  @Test("a weaker authentication never meets a stronger demand, and leaves no instant behind")
  func weakness() {
    var policy = ReferenceWorld.policy()
    policy.apps[1].access.reauthentication = ReferenceWorld.sourced(Self.reauthentication)
    let decision = policy.decide(ReferenceWorld.request(), ReferenceWorld.session(), at: ReferenceWorld.now)
    #expect(decision.reason == .reauthenticationRequired)
    #expect(decision.authenticatedAfter == 0)
    #expect(decision.reauthenticationMethod == .enrolledSecondFactors)
    #expect(decision.reauthenticationMaxAgeSeconds == 300)
  }

  @Test(
    "an account that is not active is challenged, with every limit switched off",
    arguments: [
      (Credential.AccountState.signedOut, Reason.signedOut), (.suspended, .suspended),
      (.passwordResetRequired, .passwordResetRequired), (.credentialChanged, .credentialChanged),
      (.unknown, .stateStale), (.active, .granted),
    ])
  func accountStates(state: Credential.AccountState, reason: Reason) {
    var credential = ReferenceWorld.session()
    credential.accountState = state
    credential.stateSourceDown = true
    var policy = ReferenceWorld.policy()
    policy.apps[1].session.onStateUnavailable.value = .allowFor(seconds: 1_000)
    #expect(policy.decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now).reason == reason)
  }

  private static let hostileTimes: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]

  @Test("hostile times neither trap nor leave an answer that is over already", arguments: hostileTimes, hostileTimes)
  func hostility(now: Int64, fact: Int64) {
    for timer in Self.timers {
      var policy = ReferenceWorld.policy()
      policy.organization.clockSkewSeconds = .max
      policy.apps[1].access.programmaticClients = [ReferenceWorld.sourced("client")]
      timer.set(&policy.apps[1])
      var credential = timer.kind == .bearer ? ReferenceWorld.bearer() : ReferenceWorld.session(timer.provider)
      for place in Self.skewedFacts { place(&credential, fact) }
      credential.expiresAt = fact
      credential.notBefore = fact
      let decision = policy.decide(ReferenceWorld.request(), credential, at: now)
      #expect(decision.verdict != .allow || decision.validUntil > now || now == .max)
    }
  }
}
