// What one case reaches of its app. Rules and firing clocks are read off the kernel's decision; which clocks it passed follows from
// where in row 8 of docs/decision.md it ended. Refuses nothing.

internal import PosternCompiler
internal import PosternLanguage

/// The goals that one case reaches.
struct CoverageFootprint {
  let appIndex: Int
  let goals: Set<CoverageGoal>

  /// nil where the decision names no app.
  init?(_ test: TestCase, _ decision: Decision, in policy: Policy) {
    guard let appIndex = decision.appIndex else { return nil }
    self.appIndex = appIndex
    let answers = policy.conditionAnswers(
      test.request, test.credential, at: test.nowMilliseconds, timeZones: ZoneFolder())
    goals = Set(answers.map { CoverageGoal($0) }).union(Self.rule(decision))
      .union(Self.clocks(test, decision, policy.apps[appIndex]))
  }

  private static func rule(_ decision: Decision) -> [CoverageGoal] {
    switch decision.reason {
    case .granted, .publicAccess: [CoverageGoal(decision.rule, .granted)]
    case .denied, .groupsUnknown: [CoverageGoal(decision.rule, .denied)]
    default: []
    }
  }

  // MARK: clocks

  /// The clocks that can fire with a reason.
  private static let expiries: [Reason: [Clock]] = [
    .stateStale: [.revalidate, .stateGrace, .storeGrace], .tokenTooOld: [.tokenAge], .absoluteTimeout: [.absolute],
    .idleTimeout: [.idle], .reauthenticationRequired: [.reauthentication],
  ]

  private static func clocks(_ test: TestCase, _ decision: Decision, _ app: App) -> [CoverageGoal] {
    let passed = clocksCompared(by: test, app).filter { rank($0) < rank(decision.reason) }
    let hasFired = expiries[decision.reason]?.contains(decision.clock) ?? false
    return passed.map { CoverageGoal($0, .passing) } + (hasFired ? [CoverageGoal(decision.clock, .firing)] : [])
  }

  /// The clocks of row 8 that the credential is held to.
  private static func clocksCompared(by test: TestCase, _ app: App) -> [Clock] {
    let credential = test.credential
    if credential.kind == .bearer { return [.tokenAge] }
    guard credential.kind == .session, credential.principalKind != .serviceAccount else { return [] }
    return stateClocks(test, app) + [.absolute, .idle, .reauthentication]
  }

  /// Revalidation while the state is fresh; afterwards the grace of each source that is down.
  private static func stateClocks(_ test: TestCase, _ app: App) -> [Clock] {
    guard case .seconds(let limit) = app.session.revalidate.value else { return [] }
    let credential = test.credential
    let age = Int128(test.nowMilliseconds) - Int128(credential.stateCheckedAt)
    if age < Int128(limit) * 1_000 { return [.revalidate] }
    return (credential.stateSourceDown ? [.stateGrace] : []) + (credential.storeDown ? [.storeGrace] : [])
  }

  /// Where in row 8 a clock is compared.
  private static func rank(_ clock: Clock) -> Int {
    switch clock {
    case .revalidate, .stateGrace, .storeGrace: 3
    case .tokenAge: 4
    case .absolute: 5
    case .idle: 6
    case .reauthentication: 7
    default: .max
    }
  }

  /// How far into row 8 a decision came; 8 is past it, 0 before it.
  private static func rank(_ reason: Reason) -> Int {
    switch reason {
    case .stateStale: 3
    case .tokenNotYetValid, .tokenExpired, .tokenTooOld: 4
    case .absoluteTimeout: 5
    case .idleTimeout: 6
    case .reauthenticationRequired: 7
    case .noRoute, .domainNotAllowed, .denied, .groupsUnknown, .conditionFalse, .conditionError, .noBinding, .granted: 8
    default: 0
    }
  }
}
