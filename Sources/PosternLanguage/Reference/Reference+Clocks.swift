// Row 8: clocks and account state, in the order of the page, and what an `allow` owes to them. Ages and sums are
// `Int128`, so that no time, however hostile, overflows; an instant that is reported saturates.

/// An instant from which a clock that was found unexpired is expired.
struct Bound {
  var clock: Clock
  var instant: Int64

  init(_ clock: Clock, _ instant: Int128) {
    self.clock = clock
    self.instant = Int64(clamping: instant)
  }
}

/// A limit in milliseconds; nil is none.
private func milliseconds(_ limit: Limit?) -> Int128? {
  guard case .seconds(let seconds) = limit else { return nil }
  return Int128(seconds) * 1_000
}

extension Reference {
  /// `now - fact`, and 0 of a future fact; row 8.1 has seen to the skew.
  private func age(of fact: Int64) -> Int128 { max(0, Int128(now) - Int128(fact)) }

  private var isSession: Bool { credential.kind == .session }
  private var isServiceAccount: Bool { credential.principalKind == .serviceAccount }

  /// What passes carries its bounds, in the order of row 8.
  func passRow8(_ app: App, _ provider: LoginProvider) throws(Refusal) -> [Bound] {
    if !factsBeyondSkew.isEmpty { throw Refusal(reason: .clockSkew, clock: .skew) }
    if isFactMissing(app, provider) { throw Refusal(reason: .factMissing) }
    try passAccountState()
    let isPersonsSession = isSession && !isServiceAccount
    var bounds: [Bound] = []
    if isPersonsSession { bounds += try passState(app.session) }
    bounds += isSession ? try passSessionToken(provider) : try passBearerToken(app)
    if isPersonsSession {
      bounds += try pass(app.session.absoluteTimeout.value, credential.createdAt, .absoluteTimeout, .absolute)
      bounds += try pass(app.session.idleTimeout.value, credential.lastSeenAt, .idleTimeout, .idle)
    }
    if !isServiceAccount { bounds += try passReauthentication(app) }
    return bounds
  }

  // MARK: 8.1, facts

  private var skewMilliseconds: Int128 { Int128(policy.organization.clockSkewSeconds) * 1_000 }

  private var factsBeyondSkew: [Int64] {
    let personsFacts = [
      credential.createdAt, credential.lastSeenAt, credential.stateCheckedAt, credential.loginAt,
      credential.secondFactorAt, credential.securityKeyAt,
    ]
    return ([credential.issuedAt] + (isServiceAccount ? [] : personsFacts))
      .filter { $0 != 0 && Int128($0) - Int128(now) > skewMilliseconds }
  }

  private func isFactMissing(_ app: App, _ provider: LoginProvider) -> Bool {
    var needed: [Int64] = []
    if isSession {
      switch provider.source {
      case .identityPlatform, .workforce: needed.append(credential.issuedAt)
      case .saml: needed.append(credential.expiresAt)
      case .workspace, .oidc: break
      }
    } else {
      needed.append(credential.expiresAt)
      if milliseconds(app.session.programmaticMaxAge?.value) != nil { needed.append(credential.issuedAt) }
    }
    if isSession && !isServiceAccount {
      if app.session.revalidate.value != .none { needed.append(credential.stateCheckedAt) }
      if app.session.absoluteTimeout.value != .none { needed.append(credential.createdAt) }
      if app.session.idleTimeout.value != .none { needed.append(credential.lastSeenAt) }
    }
    return needed.contains(0)
  }

  // MARK: 8.2 and 8.3, account state

  private func passAccountState() throws(Refusal) {
    switch credential.accountState {
    case .signedOut: throw Refusal(reason: .signedOut)
    case .suspended: throw Refusal(reason: .suspended)
    case .passwordResetRequired: throw Refusal(reason: .passwordResetRequired)
    case .credentialChanged: throw Refusal(reason: .credentialChanged)
    case .unknown, .active: return
    }
  }

  private func passState(_ session: SessionSettings) throws(Refusal) -> [Bound] {
    let isKnown = credential.accountState != .unknown
    guard let revalidate = milliseconds(session.revalidate.value) else {
      if isKnown { return [] }
      throw Refusal(reason: .stateStale, clock: .revalidate)
    }
    if isKnown && age(of: credential.stateCheckedAt) < revalidate {
      return [Bound(.revalidate, Int128(credential.stateCheckedAt) + revalidate)]
    }
    return try passGraces(session, revalidate)
  }

  /// Each source that is down must have a grace, and none of these may have run out.
  private func passGraces(_ session: SessionSettings, _ revalidate: Int128) throws(Refusal) -> [Bound] {
    let sources: [(isDown: Bool, unavailability: Unavailability, clock: Clock)] = [
      (credential.stateSourceDown, session.onStateUnavailable.value, .stateGrace),
      (credential.storeDown, session.onStoreUnavailable.value, .storeGrace),
    ]
    let down = sources.filter(\.isDown)
    let graces = down.compactMap { source -> (clock: Clock, end: Int128)? in
      guard case .allowFor(let seconds) = source.unavailability else { return nil }
      return (source.clock, Int128(credential.stateCheckedAt) + revalidate + Int128(seconds) * 1_000)
    }
    if let ranOutFirst = graces.filter({ now >= $0.end }).min(by: { $0.end < $1.end }) {
      throw Refusal(reason: .stateStale, clock: ranOutFirst.clock)
    }
    guard !down.isEmpty, graces.count == down.count else { throw Refusal(reason: .stateStale, clock: .revalidate) }
    return graces.map { Bound($0.clock, $0.end) }
  }

  /// When account state must be checked again, of an attached session; 0 is never.
  func checkStateAt(_ app: App) -> Int64 {
    guard !isServiceAccount, let revalidate = milliseconds(app.session.revalidate.value) else { return 0 }
    return Int64(clamping: Int128(credential.stateCheckedAt) + revalidate)
  }

  // MARK: 8.4, the token's own end

  private func passBearerToken(_ app: App) throws(Refusal) -> [Bound] {
    if credential.notBefore != 0 && now < credential.notBefore {
      throw Refusal(reason: .tokenNotYetValid, clock: .tokenStart)
    }
    return try passTokenEnd()
      + pass(app.session.programmaticMaxAge?.value ?? .none, credential.issuedAt, .tokenTooOld, .tokenAge)
  }

  private func passSessionToken(_ provider: LoginProvider) throws(Refusal) -> [Bound] {
    switch provider.source {
    case .identityPlatform: try pass(.seconds(3_600), credential.issuedAt, .tokenExpired, .tokenAge)
    case .workforce: try pass(.seconds(provider.sessionDurationSeconds), credential.issuedAt, .tokenExpired, .tokenAge)
    case .saml: try passTokenEnd()
    case .workspace, .oidc: []
    }
  }

  private func passTokenEnd() throws(Refusal) -> [Bound] {
    if now >= credential.expiresAt { throw Refusal(reason: .tokenExpired, clock: .tokenEnd) }
    return [Bound(.tokenEnd, Int128(credential.expiresAt))]
  }

  // MARK: 8.4 to 8.6, a limit on a fact's age

  private func pass(_ limit: Limit, _ fact: Int64, _ reason: Reason, _ clock: Clock) throws(Refusal) -> [Bound] {
    guard let limit = milliseconds(limit) else { return [] }
    let bound = Bound(clock, Int128(fact) + limit)
    if age(of: fact) >= limit { throw Refusal(reason: reason, clock: clock, authenticatedAfter: bound.instant) }
    return [bound]
  }

  // MARK: 8.7, re-authentication

  private func passReauthentication(_ app: App) throws(Refusal) -> [Bound] {
    guard let demand = app.access.reauthentication?.value, let method = demand.method else { return [] }
    let maxAge = Int128(demand.maxAgeSeconds) * 1_000
    let instants: [(strength: ReauthenticationMethod, instant: Int64)] = [
      (.login, credential.loginAt), (.enrolledSecondFactors, credential.secondFactorAt),
      (.secureKey, credential.securityKeyAt),
    ]
    let latest = instants.filter { $0.strength >= method && $0.instant != 0 }.map(\.instant).max()
    let bound = latest.map { Bound(.reauthentication, Int128($0) + maxAge) }
    guard let latest, let bound, age(of: latest) < maxAge else {
      throw Refusal(
        reason: .reauthenticationRequired, clock: .reauthentication, authenticatedAfter: bound?.instant ?? 0)
    }
    return [bound]
  }

  // MARK: Row 6, an anonymous request

  /// The instants at which the credential of an anonymous request would begin to pass, in the order of row 8.
  var beginnings: [Bound] {
    if credential.kind == .none { return [] }
    var bounds = factsBeyondSkew.map { Bound(.skew, Int128($0) - skewMilliseconds) }
    if credential.kind == .bearer && credential.notBefore > now && credential.notBefore != 0 {
      bounds.append(Bound(.tokenStart, Int128(credential.notBefore)))
    }
    return bounds
  }
}
