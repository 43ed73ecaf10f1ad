// Rows 8.1 to 8.7 of docs/decision.md: an app's program run over a credential's facts. An absent fact is 0 and so long
// expired; sums that leave the range of Int64 are instants that never come.

internal import CPostern

/// What rows 7 and 8 made of a credential.
struct Outcome {
  /// 0 where the credential passed, otherwise the reason of the challenge.
  var reason: UInt16 = 0
  /// Of a challenge, the clock that fired.
  var clock: UInt8 = 0
  var method: UInt8 = 0
  var maxAgeSeconds: UInt32 = 0
  /// 0 where any authentication counts.
  var authenticatedAfter: Int64 = 0
  /// The least instant from which a compared clock is expired.
  var validUntil = Int64.max
  var validUntilClock: UInt8 = 0
  /// 0 where account state need not be checked again.
  var checkStateAt: Int64 = 0

  @inline(__always) var passed: Bool { reason == 0 }
}

/// A clock: the instant from which it is expired. One that lies past the last representable instant is never reached.
struct Expiry {
  let instant: Int64
  let isNever: Bool

  /// `fact` plus `seconds`.
  @inline(__always) init(_ fact: Int64, plusSeconds seconds: UInt32) {
    let (sum, overflow) = fact.addingReportingOverflow(Int64(seconds) &* 1_000)
    instant = sum
    isNever = overflow
  }

  @inline(__always) init(_ earlier: Expiry, plusSeconds seconds: UInt32) {
    let (sum, overflow) = earlier.instant.addingReportingOverflow(Int64(seconds) &* 1_000)
    instant = sum
    isNever = overflow || earlier.isNever
  }

  /// Whether `now` has reached it.
  @inline(__always) func isReached(at now: Int64) -> Bool { now >= instant && !isNever }

  var saturated: Int64 { isNever ? Int64.max : instant }
}

/// Runs one program. A struct of integers: it lives in registers and on the stack.
struct ClockRun {
  let now: Int64
  var providerIndex: UInt16 = 0
  var outcome = Outcome()
  /// The next instant at which a condition that was asked may turn.
  var conditionsUntil = Int64.max

  @inline(__always) init(now: Int64) { self.now = now }

  /// Counts an unexpired clock into `validUntil`; of equal ones the first stays.
  @inline(__always) mutating func bound(_ expiry: Expiry, _ clock: Int) {
    if expiry.instant < outcome.validUntil && !expiry.isNever {
      outcome.validUntil = expiry.instant
      outcome.validUntilClock = UInt8(truncatingIfNeeded: clock)
    }
  }

  /// Ends the run with a challenge.
  @inline(__always) mutating func fail(_ reason: Int, _ clock: Int, after: Int64 = 0) -> Step {
    outcome.reason = UInt16(truncatingIfNeeded: reason)
    outcome.clock = UInt8(truncatingIfNeeded: clock)
    outcome.authenticatedAfter = after
    return .end
  }

  /// Whether the age of `fact` is at or past the limit; counts the clock where it is not. A future fact has age 0.
  @inline(__always)
  mutating func hasExpired(_ fact: Int64, limitSeconds: UInt32, _ clock: Int) -> Bool {
    let expiry = Expiry(fact, plusSeconds: limitSeconds)
    if expiry.isNever { return false }
    if limitSeconds == 0 || expiry.isReached(at: now) { return true }
    bound(expiry, clock)
    return false
  }
}

extension Bundle {
  /// Whether and until when the credential passes the program at `entry`, if that is the usual one and nothing is out of the
  /// ordinary; `UsualClocks.none` says nothing.
  ///
  /// Out of line, so that its few values stay in registers.
  @inline(never)
  borrowing func usualClocks(entry: UInt32, _ credential: postern_credential, at now: Int64) -> UsualClocks {
    let offset = sections.code.offset &+ RecordSize.codeWord &* Int(entry)
    // A program without the mark may end with the bundle.
    if words.byte(offset &+ 1) != LabelMark.usualProgram { return .none }
    return UsualProgram(words, offset).clocks(credential, at: now)
  }

  /// Runs the program at `entry` over `credential`. Jumps go forward and every path ends: the verifier has proved it.
  ///
  /// Out of line, so that the run's few values stay in registers.
  @inline(never)
  borrowing func run(entry: UInt32, _ credential: postern_credential, _ run: inout ClockRun) {
    // The entry itself is a label.
    var offset = sections.code.offset &+ RecordSize.codeWord &* (Int(entry) &+ 1)
    while true {
      let word = Block<16>(words, offset)
      let head = CodeHead(bits: word.u64(0))
      switch run.step(head, word, credential) {
      case .next: break
      case .jump: offset = sections.code.offset &+ RecordSize.codeWord &* Int(head.x)
      case .graces:
        if run.lacksGrace(word.u64(8), revalidate: head.x, credential) { return }
      default: return
      }
      // Past the word, or past the label that was jumped to.
      offset &+= RecordSize.codeWord
    }
  }
}

/// Where a run goes after a word: a number with static members, for an enum would drag `Hasher` into the archive.
struct Step: Equatable {
  let rawValue: UInt8

  static var next: Step { Step(rawValue: 0) }
  /// To the word's target.
  static var jump: Step { Step(rawValue: 1) }
  /// On, if the word's graces let it.
  static var graces: Step { Step(rawValue: 2) }
  static var end: Step { Step(rawValue: 3) }
}

/// The first 8 bytes of a code word, taken apart where they are wanted.
struct CodeHead {
  let bits: UInt64

  @inline(__always) var opcode: UInt8 { UInt8(truncatingIfNeeded: bits) }
  @inline(__always) var a: UInt8 { UInt8(truncatingIfNeeded: bits >> 8) }
  @inline(__always) var b: UInt16 { UInt16(truncatingIfNeeded: bits >> 16) }
  @inline(__always) var x: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }
}

/// What the usual program makes of a credential that passes it.
struct UsualClocks {
  let validUntil: Int64
  let checkStateAt: Int64
  /// The clock of `validUntil`; 0 where the program is another one, or the credential may not pass.
  let clock: UInt8

  @inline(__always) static var none: UsualClocks { UsualClocks(validUntil: 0, checkStateAt: 0, clock: 0) }
  @inline(__always) var arePassed: Bool { clock != 0 }
}

/// The program that nearly every app has: people's sessions, with a state that is checked again, timeouts and nothing else.
/// Its label says that it is that program, and the verifier has proved it: no limit is 0, and `revalidate` is one.
struct UsualProgram {
  private let record: Block<64>

  static let byteCount = RecordSize.codeWord + 64

  /// The words at `offset`, a label and four more.
  @inline(__always) init(_ words: Words, _ offset: Int) {
    record = Block<64>(words, offset &+ RecordSize.codeWord)
  }

  /// Whether the words after a label are that program, and ask for no other facts than its clocks need.
  var isUsual: Bool {
    record.byte(0) == Opcode.checkPersonFacts.rawValue && record.byte(1) <= FactSet.ofClocks.rawValue
      && record.byte(16) == Opcode.checkFreshState.rawValue && record.byte(32) == Opcode.checkTimeouts.rawValue
      && record.byte(48) == Opcode.pass.rawValue && revalidateSeconds != BundleFormat.none && revalidateSeconds != 0
      && absoluteSeconds != 0 && idleSeconds != 0
  }

  @inline(__always) private var skewSeconds: UInt32 { record.u32(8) }
  @inline(__always) private var revalidateSeconds: UInt32 { record.u32(20) }
  @inline(__always) private var absoluteSeconds: UInt32 { record.u32(36) }
  @inline(__always) private var idleSeconds: UInt32 { record.u32(40) }

  /// What `ClockRun.step` would make of a credential that passes, with no clock expired and nothing out of the ordinary; of any
  /// other, `none`.
  @inline(__always)
  func clocks(_ credential: postern_credential, at now: Int64) -> UsualClocks {
    if !credential.isActiveSessionOfPerson { return .none }
    // An instant in the next 70 million years: no sum below leaves the range of Int64.
    if UInt64(bitPattern: now) >> 61 != 0 { return .none }
    let bound = now &+ Int64(skewSeconds) &* 1_000
    let areOrdinary =
      Self.isOrdinary(credential.created_at, bound) && Self.isOrdinary(credential.last_seen_at, bound)
      && Self.isOrdinary(credential.state_checked_at, bound) && credential.issued_at <= bound
      && credential.login_at <= bound && credential.second_factor_at <= bound && credential.security_key_at <= bound
    if !areOrdinary { return .none }
    let due = credential.state_checked_at &+ Int64(revalidateSeconds) &* 1_000
    let absoluteEnd = Self.end(credential.created_at, absoluteSeconds)
    let idleEnd = Self.end(credential.last_seen_at, idleSeconds)
    var validUntil = due
    var clock = UInt8(truncatingIfNeeded: POSTERN_CLOCK_REVALIDATE)
    if absoluteEnd < validUntil {
      (validUntil, clock) = (absoluteEnd, UInt8(truncatingIfNeeded: POSTERN_CLOCK_ABSOLUTE))
    }
    if idleEnd < validUntil { (validUntil, clock) = (idleEnd, UInt8(truncatingIfNeeded: POSTERN_CLOCK_IDLE)) }
    // The least of the three has not come: so none has. No limit is 0, at which a fact ahead of `now` would have expired.
    return now < validUntil ? UsualClocks(validUntil: validUntil, checkStateAt: due, clock: clock) : .none
  }

  /// Whether a fact is after 1970 and not beyond `bound`, in one comparison: 0 less 1 is a huge number without its sign.
  @inline(__always) private static func isOrdinary(_ fact: Int64, _ bound: Int64) -> Bool {
    UInt64(bitPattern: fact &- 1) < UInt64(bitPattern: bound)
  }

  /// The end of an ordinary fact's time, far away where the limit is `none`.
  @inline(__always) private static func end(_ fact: Int64, _ seconds: UInt32) -> Int64 {
    seconds == BundleFormat.none ? Int64.max : fact &+ Int64(seconds) &* 1_000
  }
}

extension ClockRun {
  @inline(__always)
  mutating func step(_ head: CodeHead, _ word: Block<16>, _ credential: postern_credential) -> Step {
    switch head.opcode {
    case Opcode.label.rawValue: return .next
    case Opcode.pass.rawValue: return .end
    case Opcode.challenge.rawValue: return fail(Int(head.b), POSTERN_CLOCK_NONE)
    case Opcode.branchNotPerson.rawValue: return credential.isSessionOfPerson ? .next : .jump
    case Opcode.branchCredential.rawValue: return credential.kind == head.a ? .jump : .next
    case Opcode.branchPrincipal.rawValue: return credential.knownPrincipalKind == head.a ? .jump : .next
    case Opcode.branchProvider.rawValue: return providerIndex == head.b ? .jump : .next
    case Opcode.checkFacts.rawValue:
      return checkFacts(FactSet(rawValue: head.a), skewSeconds: head.x, latest: credential.latestTimeFact, credential)
    case Opcode.checkState.rawValue: return checkState(credential)
    case Opcode.checkFreshState.rawValue: return checkFreshState(head.x, credential)
    case Opcode.checkBearer.rawValue: return checkBearer(credential)
    case Opcode.checkTokenAge.rawValue: return checkTokenAge(head.x, isExpiry: head.a == 1, credential)
    case Opcode.checkTokenEnd.rawValue: return checkTokenEnd(credential)
    case Opcode.checkTimeouts.rawValue: return checkTimeouts(absolute: head.x, idle: word.u32(8), credential)
    case Opcode.checkPersonFacts.rawValue:
      if !credential.isSessionOfPerson { return .jump }
      return checkFacts(
        FactSet(rawValue: head.a), skewSeconds: word.u32(8), latest: credential.latestFactOfPerson, credential)
    case Opcode.checkReauthentication.rawValue: return checkReauthentication(head.a, head.x, credential)
    // The verifier lets no other opcode through; an answer that it missed one must not be a pass.
    default: return fail(POSTERN_REASON_FACT_MISSING, POSTERN_CLOCK_NONE)
    }
  }

  // MARK: row 8.1

  @inline(__always)
  private mutating func checkFacts(
    _ needed: FactSet, skewSeconds: UInt32, latest: Int64, _ credential: postern_credential
  ) -> Step {
    let (sum, overflow) = now.addingReportingOverflow(Int64(skewSeconds) &* 1_000)
    if latest > sum && !overflow { return fail(POSTERN_REASON_CLOCK_SKEW, POSTERN_CLOCK_SKEW, after: now) }
    if needed.rawValue & credential.absentFacts == 0 { return .next }
    return fail(POSTERN_REASON_FACT_MISSING, POSTERN_CLOCK_NONE, after: now)
  }

  // MARK: rows 8.2 and 8.3

  @inline(__always)
  private mutating func checkState(_ credential: postern_credential) -> Step {
    let state = Int(credential.account_state)
    if state <= POSTERN_ACCOUNT_ACTIVE || state > POSTERN_ACCOUNT_CREDENTIAL_CHANGED { return .next }
    // The states and their reasons stand in the same order.
    return fail(POSTERN_REASON_SIGNED_OUT &+ state &- POSTERN_ACCOUNT_SIGNED_OUT, POSTERN_CLOCK_NONE, after: now)
  }

  /// Row 8.2, and row 8.3 but for its exception.
  @inline(__always)
  private mutating func checkFreshState(_ revalidate: UInt32, _ credential: postern_credential) -> Step {
    if checkState(credential) == .end { return .end }
    // What `checkState` lets through is active, or not known.
    let isUnknown = credential.account_state != UInt8(truncatingIfNeeded: POSTERN_ACCOUNT_ACTIVE)
    if revalidate == BundleFormat.none {
      return isUnknown ? fail(POSTERN_REASON_STATE_STALE, POSTERN_CLOCK_REVALIDATE) : .next
    }
    outcome.checkStateAt = Expiry(credential.state_checked_at, plusSeconds: revalidate).saturated
    if isUnknown || hasExpired(credential.state_checked_at, limitSeconds: revalidate, POSTERN_CLOCK_REVALIDATE) {
      return .graces
    }
    return .next
  }

  /// Row 8.3's exception: each source that is down must grant a grace that has not run out, or the run ends.
  ///
  /// - `graces`: the state's in the low half, the store's in the high one.
  @inline(never)
  mutating func lacksGrace(_ graces: UInt64, revalidate: UInt32, _ credential: postern_credential) -> Bool {
    let due = Expiry(credential.state_checked_at, plusSeconds: revalidate)
    let stateGrace = credential.state_source_down == 1 ? UInt32(truncatingIfNeeded: graces) : nil
    let storeGrace = credential.store_down == 1 ? UInt32(truncatingIfNeeded: graces >> 32) : nil
    let state = Grace(stateGrace, due: due, now: now)
    let store = Grace(storeGrace, due: due, now: now)
    let isSomeDown = state.isDown || store.isDown
    if isSomeDown && state.letsPass && store.letsPass {
      if let end = state.end { bound(end, POSTERN_CLOCK_STATE_GRACE) }
      if let end = store.end { bound(end, POSTERN_CLOCK_STORE_GRACE) }
      return false
    }
    var clock = POSTERN_CLOCK_REVALIDATE
    if state.hasRunOut { clock = POSTERN_CLOCK_STATE_GRACE }
    if store.hasRunOut && (!state.hasRunOut || (storeGrace ?? 0) < (stateGrace ?? 0)) {
      clock = POSTERN_CLOCK_STORE_GRACE
    }
    return fail(POSTERN_REASON_STATE_STALE, clock) == .end
  }

  // MARK: rows 8.4 to 8.6

  private mutating func checkBearer(_ credential: postern_credential) -> Step {
    if now < credential.not_before && credential.not_before != 0 {
      return fail(POSTERN_REASON_TOKEN_NOT_YET_VALID, POSTERN_CLOCK_TOKEN_START)
    }
    return checkTokenEnd(credential)
  }

  private mutating func checkTokenEnd(_ credential: postern_credential) -> Step {
    if now >= credential.expires_at { return fail(POSTERN_REASON_TOKEN_EXPIRED, POSTERN_CLOCK_TOKEN_END) }
    bound(Expiry(credential.expires_at, plusSeconds: 0), POSTERN_CLOCK_TOKEN_END)
    return .next
  }

  private mutating func checkTokenAge(
    _ seconds: UInt32, isExpiry: Bool, _ credential: postern_credential
  ) -> Step {
    if !hasExpired(credential.issued_at, limitSeconds: seconds, POSTERN_CLOCK_TOKEN_AGE) { return .next }
    return fail(
      isExpiry ? POSTERN_REASON_TOKEN_EXPIRED : POSTERN_REASON_TOKEN_TOO_OLD, POSTERN_CLOCK_TOKEN_AGE)
  }

  @inline(__always)
  private mutating func checkTimeouts(absolute: UInt32, idle: UInt32, _ credential: postern_credential) -> Step {
    if absolute != BundleFormat.none, hasExpired(credential.created_at, limitSeconds: absolute, POSTERN_CLOCK_ABSOLUTE)
    {
      return fail(
        POSTERN_REASON_ABSOLUTE_TIMEOUT, POSTERN_CLOCK_ABSOLUTE,
        after: Expiry(credential.created_at, plusSeconds: absolute).saturated)
    }
    if idle != BundleFormat.none, hasExpired(credential.last_seen_at, limitSeconds: idle, POSTERN_CLOCK_IDLE) {
      return fail(
        POSTERN_REASON_IDLE_TIMEOUT, POSTERN_CLOCK_IDLE,
        after: Expiry(credential.last_seen_at, plusSeconds: idle).saturated)
    }
    return .next
  }

  // MARK: row 8.7

  private mutating func checkReauthentication(
    _ method: UInt8, _ seconds: UInt32, _ credential: postern_credential
  ) -> Step {
    // Of what is strong enough the latest lasts longest.
    var latest = credential.security_key_at
    if method <= UInt8(truncatingIfNeeded: POSTERN_METHOD_ENROLLED_SECOND_FACTORS) {
      latest = Self.later(latest, credential.second_factor_at)
    }
    if method <= UInt8(truncatingIfNeeded: POSTERN_METHOD_LOGIN) { latest = Self.later(latest, credential.login_at) }
    if latest != 0 && !hasExpired(latest, limitSeconds: seconds, POSTERN_CLOCK_REAUTHENTICATION) { return .next }
    outcome.method = method
    outcome.maxAgeSeconds = seconds
    let expiry = latest == 0 ? 0 : Expiry(latest, plusSeconds: seconds).saturated
    return fail(POSTERN_REASON_REAUTHENTICATION_REQUIRED, POSTERN_CLOCK_REAUTHENTICATION, after: expiry)
  }

  /// The later of two instants, of which 0 is none.
  private static func later(_ first: Int64, _ second: Int64) -> Int64 {
    if first == 0 { return second }
    if second == 0 { return first }
    return max(first, second)
  }
}

/// A grace of row 8.3 for a source that may be down.
struct Grace {
  let isDown: Bool
  /// Where it ends; nil where the source is up or the app grants none.
  let end: Expiry?
  let hasRunOut: Bool

  /// `seconds` is nil where the source is up, NONE where the app denies.
  init(_ seconds: UInt32?, due: Expiry, now: Int64) {
    isDown = seconds != nil
    if let seconds, seconds != BundleFormat.none {
      let end = Expiry(due, plusSeconds: seconds)
      self.end = end
      hasRunOut = end.isReached(at: now)
    } else {
      end = nil
      hasRunOut = false
    }
  }

  /// Whether this source, up or graced, is no reason to refuse.
  var letsPass: Bool { !isDown || (end != nil && !hasRunOut) }
}

extension postern_credential {
  var isServiceAccount: Bool { principal_kind == UInt8(truncatingIfNeeded: POSTERN_PRINCIPAL_SERVICE_ACCOUNT) }

  /// Whether it is a session, and of no service account: a principal of unknown kind is held to what people are held to.
  @inline(__always) var isSessionOfPerson: Bool {
    kind == UInt8(truncatingIfNeeded: POSTERN_CREDENTIAL_SESSION) && !isServiceAccount
  }

  /// The same, of an account that is active.
  @inline(__always) var isActiveSessionOfPerson: Bool {
    account_state == UInt8(truncatingIfNeeded: POSTERN_ACCOUNT_ACTIVE) && isSessionOfPerson
  }

  /// The absent ones of the facts that can be asked for.
  @inline(__always) var absentFacts: UInt8 {
    UInt8(created_at == 0 ? 1 : 0) | UInt8(last_seen_at == 0 ? 2 : 0) | UInt8(state_checked_at == 0 ? 4 : 0)
      | UInt8(issued_at == 0 ? 8 : 0) | UInt8(expires_at == 0 ? 16 : 0)
  }

  /// The principal kind, unknown where the number is.
  var knownPrincipalKind: UInt8 {
    principal_kind <= UInt8(truncatingIfNeeded: POSTERN_PRINCIPAL_WORKFORCE) ? principal_kind : 0
  }

  /// The latest of the time facts that row 8.1 holds to the skew; `Int64.min` where all are absent.
  @inline(__always) var latestTimeFact: Int64 {
    if isServiceAccount { return issued_at == 0 ? Int64.min : issued_at }
    return latestFactOfPerson
  }

  /// The same of a principal that is no service account.
  @inline(__always) var latestFactOfPerson: Int64 {
    let latest = latestOrdinaryFact
    // Above 0 no absent fact can be the latest; otherwise they have to be left out one by one.
    return latest > 0 ? latest : latestEarlyTimeFact
  }

  /// The same of a person where a fact is after 1970.
  @inline(__always) var latestOrdinaryFact: Int64 {
    let sessionFacts = max(max(created_at, last_seen_at), max(state_checked_at, issued_at))
    return max(sessionFacts, max(login_at, max(second_factor_at, security_key_at)))
  }

  /// The same where no fact is after 1970.
  private var latestEarlyTimeFact: Int64 {
    var latest = Int64.min
    Self.raise(&latest, created_at)
    Self.raise(&latest, last_seen_at)
    Self.raise(&latest, state_checked_at)
    Self.raise(&latest, issued_at)
    Self.raise(&latest, login_at)
    Self.raise(&latest, second_factor_at)
    Self.raise(&latest, security_key_at)
    return latest
  }

  @inline(__always) private static func raise(_ latest: inout Int64, _ fact: Int64) {
    if fact != 0 && fact > latest { latest = fact }
  }
}
