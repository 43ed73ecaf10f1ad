// Rows 4 to 10 of docs/decision.md for one form of the path.

internal import CPostern

/// The line of an app.
struct AppLine {
  let index: UInt32
  let line: Line

  @inline(__always) var program: UInt32 { line.u32(0) }
  @inline(__always) var flags: UInt16 { line.u16(4) }
  @inline(__always) var rowCount: Int { Int(line.byte(6)) }
  @inline(__always) var providerMask: UInt64 { line.u64(8) }
  @inline(__always) var denySet: UInt32 { line.u32(48) }
  @inline(__always) var profile: UInt32 { line.u32(52) }
  @inline(__always) var publicBinding: UInt32 { line.u32(56) }
  @inline(__always) var isPublic: Bool { flags & AppFlag.public != 0 }

  @inline(__always) func row(_ index: Int) -> UInt32 { line.u32(16 &+ 4 &* index) }
}

extension Bundle {
  @inline(__always)
  borrowing func appLine(_ index: UInt32) -> AppLine {
    let offset = sections.apps.offset &+ RecordSize.app &* Int(index)
    return AppLine(index: index, line: Line(words, offset))
  }

  /// Byte offset of the app's record.
  @inline(__always)
  borrowing func appRecord(_ index: UInt32) -> Int { sections.appRecords.offset &+ RecordSize.appRecord &* Int(index) }

  /// The index of the name that is the app's audience.
  @inline(__always)
  borrowing func audience(ofApp index: UInt32) -> UInt32 { words.u32(appRecord(index) &+ 8) }

  /// Byte offset of the app's profile.
  @inline(__always)
  borrowing func profile(_ line: AppLine) -> Int {
    sections.profiles.offset &+ RecordSize.profile &* Int(line.profile)
  }

  /// Rows 1 to 10 where nothing is out of the ordinary: a usual request to a plain path, with a resolved session of a person
  /// that passes the usual program of an app without public access, domains, conditions, tenants, excludes or deny rules. False
  /// says nothing, and leaves the decision as it was.
  @inline(always)
  borrowing func decideUsual(
    _ host: HostLine, _ path: Span<UInt8>, _ credential: postern_credential, _ identity: Span<UInt32>, at now: Int64,
    into decision: inout postern_decision
  ) -> Bool {
    if identity.count < IdentityLayout.wordCount { return false }
    let identity = IdentityView(identity)
    let isOurs =
      credential.kind == UInt8(truncatingIfNeeded: POSTERN_CREDENTIAL_SESSION) && identity.mark == mark
      && identity.word(IdentityLayout.status) == IdentityLayout.resolved
    let app = route(path, on: host).app
    if !isOurs || app == BundleFormat.none { return false }
    let line = appLine(app)
    let provider = identity.word(IdentityLayout.provider)
    if line.flags & AppFlag.unusual != 0 || line.denySet != BundleFormat.none
      || provider >= UInt32(truncatingIfNeeded: BundleFormat.providerLimit)
      || line.providerMask >> UInt64(provider) & 1 == 0 || identity.word(IdentityLayout.hasTenant) != 0
    {
      return false
    }
    let clocks = usualClocks(entry: line.program, credential, at: now)
    if !clocks.arePassed { return false }
    decision.app = app
    decision.valid_until = clocks.validUntil
    decision.check_state_at = clocks.checkStateAt
    decision.clock = clocks.clock
    let binding = findBinding(line, identity)
    if binding == BundleFormat.none {
      Self.forbidUnbound(&decision)
      return true
    }
    decision.verdict = UInt8(truncatingIfNeeded: POSTERN_ALLOW)
    decision.reason = UInt16(truncatingIfNeeded: POSTERN_REASON_GRANTED)
    decision.identity_attached = 1
    decision.touch = 1
    decision.rule_kind = UInt8(truncatingIfNeeded: POSTERN_RULE_BINDING)
    decision.rule = binding
    return true
  }

  /// What no binding is to a decision that has its clocks already.
  private static func forbidUnbound(_ decision: inout postern_decision) {
    decision.valid_until = 0
    decision.check_state_at = 0
    decision.clock = UInt8(truncatingIfNeeded: POSTERN_CLOCK_NONE)
    decision.forbid(POSTERN_REASON_NO_BINDING)
  }

  /// Rows 4 to 10 for any request, credential and app.
  @inline(always)
  borrowing func decideRows(
    _ hearing: Hearing, _ request: postern_request, _ credential: postern_credential, _ text: Span<UInt8>,
    _ cells: Span<postern_cell>, _ identity: Span<UInt32>, baseApp: UInt32, path: Span<UInt8>, app: UInt32,
    into decision: inout postern_decision
  ) {
    let isRouted = app != BundleFormat.none
    let line = appLine(isRouted ? app : baseApp)
    decision.app = line.index
    if line.flags & AppFlag.allowOptions != 0 && hearing.method == .options && isRouted {
      return allow(&decision, POSTERN_REASON_CORS_OPTIONS)
    }
    var run = ClockRun(now: hearing.now)
    admit(line, credential, identity, &run)
    if line.isPublic && isRouted {
      return decidePublic(
        line, &run, hearing, request, credential, text, cells, identity, path: path, into: &decision)
    }
    if !run.outcome.passed { return challenge(&decision, run, hearing, request, credential, text) }
    // Row 4 where no route matches: strangers were challenged, and a page that polls has seen its session's state.
    if !isRouted { return decision.forbid(POSTERN_REASON_NO_ROUTE) }
    if !isDomainAllowed(line, identity) { return decision.forbid(POSTERN_REASON_DOMAIN_NOT_ALLOWED) }
    if isDenied(line, hearing, request, credential, text, cells, identity, path: path, &run, &decision) { return }
    var binding = findBinding(line, IdentityView(identity))
    if binding == BundleFormat.none {
      if line.flags & AppFlag.conditional == 0 { return decision.forbid(POSTERN_REASON_NO_BINDING) }
      binding = findConditional(line, hearing, request, credential, text, cells, identity, path: path, &run, &decision)
      if binding == BundleFormat.none { return }
    }
    allow(&decision, POSTERN_REASON_GRANTED)
    decision.rule_kind = UInt8(truncatingIfNeeded: POSTERN_RULE_BINDING)
    decision.rule = binding
    attach(&decision, run, line, hearing, request, credential, text, path: path)
  }

  // MARK: answers

  @inline(__always)
  private borrowing func allow(_ decision: inout postern_decision, _ reason: Int) {
    decision.verdict = UInt8(truncatingIfNeeded: POSTERN_ALLOW)
    decision.reason = UInt16(truncatingIfNeeded: reason)
    decision.valid_until = Int64.max
  }

  @inline(never)
  private borrowing func challenge(
    _ decision: inout postern_decision, _ run: ClockRun, _ hearing: Hearing, _ request: postern_request,
    _ credential: postern_credential, _ text: Span<UInt8>
  ) {
    let outcome = run.outcome
    decision.verdict = Challenge.verdict(
      hearing, request, text, isBearer: credential.kind == UInt8(truncatingIfNeeded: POSTERN_CREDENTIAL_BEARER))
    decision.reason = outcome.reason
    decision.clock = outcome.clock
    decision.prompt = Self.prompt(Int(outcome.reason))
    decision.authenticated_after = outcome.authenticatedAfter
    decision.reauthentication_method = outcome.method
    decision.reauthentication_max_age_seconds = outcome.maxAgeSeconds
  }

  /// "Prompt" of docs/decision.md.
  private static func prompt(_ reason: Int) -> UInt8 {
    let prompt =
      switch reason {
      case POSTERN_REASON_PROVIDER_MISMATCH, POSTERN_REASON_TENANT_MISMATCH: POSTERN_PROMPT_CHOOSER
      case POSTERN_REASON_CLOCK_SKEW...POSTERN_REASON_CREDENTIAL_CHANGED: POSTERN_PROMPT_LOGIN
      case POSTERN_REASON_ABSOLUTE_TIMEOUT...POSTERN_REASON_REAUTHENTICATION_REQUIRED: POSTERN_PROMPT_LOGIN
      default: POSTERN_PROMPT_NONE
      }
    return UInt8(truncatingIfNeeded: prompt)
  }

  /// Adds what an attached identity obliges to.
  @inline(always)
  private borrowing func attach(
    _ decision: inout postern_decision, _ run: ClockRun, _ line: AppLine, _ hearing: Hearing,
    _ request: postern_request, _ credential: postern_credential, _ text: Span<UInt8>, path: Span<UInt8>
  ) {
    decision.identity_attached = 1
    decision.valid_until = run.outcome.validUntil
    decision.clock = run.outcome.validUntilClock
    boundByConditions(&decision, run)
    decision.check_state_at = run.outcome.checkStateAt
    if hearing.query.isTokenTest { decision.token_test = hearing.query.tokenTest }
    let countsAsActivity =
      credential.kind == UInt8(truncatingIfNeeded: POSTERN_CREDENTIAL_SESSION)
      && hearing.method != .options && !Challenge.isSpeculative(request, text: text) && !isExcluded(path, line)
    decision.touch = countsAsActivity ? 1 : 0
  }

  /// Bounds an answer by the conditions that were asked and that ask for the time.
  @inline(__always)
  private borrowing func boundByConditions(_ decision: inout postern_decision, _ run: ClockRun) {
    if run.conditionsUntil < decision.valid_until {
      decision.valid_until = run.conditionsUntil
      decision.clock = UInt8(truncatingIfNeeded: POSTERN_CLOCK_CONDITION)
    }
  }

  /// Whether `path` lies under one of the app's `session.activity.exclude`.
  @inline(__always)
  private borrowing func isExcluded(_ path: Span<UInt8>, _ line: AppLine) -> Bool {
    line.flags & AppFlag.excludesActivity != 0 && isExcluded(path, list(at: profile(line) &+ 24))
  }

  @inline(never)
  private borrowing func isExcluded(_ path: Span<UInt8>, _ pairs: WordList) -> Bool {
    var index = 0
    while index < pairs.count {
      let pair = pairs.offset &+ 8 &* index
      let count = Int(words.u32(pair &+ 4))
      if Path.endsSegment(path, at: count),
        equals(sections.strings.offset &+ Int(words.u32(pair)), count: count, path.extracting(0..<count))
      {
        return true
      }
      index &+= 1
    }
    return false
  }

  // MARK: row 6

  @inline(never)
  private borrowing func decidePublic(
    _ line: AppLine, _ run: inout ClockRun, _ hearing: Hearing, _ request: postern_request,
    _ credential: postern_credential, _ text: Span<UInt8>, _ cells: Span<postern_cell>, _ identity: Span<UInt32>,
    path: Span<UInt8>, into decision: inout postern_decision
  ) {
    let isAttached = run.outcome.passed && isDomainAllowed(line, identity)
    let isDenied =
      isAttached
      ? isDenied(line, hearing, request, credential, text, cells, identity, path: path, &run, &decision)
      : isAnonymousDenied(line, hearing, request, credential, text, cells, path: path, &run, &decision)
    if isDenied { return }
    allow(&decision, POSTERN_REASON_PUBLIC_ACCESS)
    decision.rule_kind = UInt8(truncatingIfNeeded: POSTERN_RULE_BINDING)
    decision.rule = line.publicBinding
    if isAttached {
      attach(&decision, run, line, hearing, request, credential, text, path: path)
    } else {
      boundAnonymous(&decision, hearing.now, credential)
      boundByConditions(&decision, run)
    }
  }

  /// Bounds an anonymous answer by the instants at which the credential that came with it would begin to pass.
  private borrowing func boundAnonymous(
    _ decision: inout postern_decision, _ now: Int64, _ credential: postern_credential
  ) {
    if credential.kind == UInt8(truncatingIfNeeded: POSTERN_CREDENTIAL_NONE) { return }
    let skew = Int64(words.u32(sections.organization.offset &+ 4)) &* 1_000
    if let instant = credential.leastTimeFact(beyond: now, skew: skew), instant < decision.valid_until {
      decision.valid_until = instant
      decision.clock = UInt8(truncatingIfNeeded: POSTERN_CLOCK_SKEW)
    }
    let isEarlyBearer =
      credential.kind == UInt8(truncatingIfNeeded: POSTERN_CREDENTIAL_BEARER)
      && credential.not_before > now && credential.not_before != 0
    if isEarlyBearer && credential.not_before < decision.valid_until {
      decision.valid_until = credential.not_before
      decision.clock = UInt8(truncatingIfNeeded: POSTERN_CLOCK_TOKEN_START)
    }
  }

  // MARK: row 9

  @inline(__always)
  private borrowing func isDomainAllowed(_ line: AppLine, _ identity: Span<UInt32>) -> Bool {
    if line.flags & AppFlag.domainsRestricted == 0 { return true }
    let domain = identity[IdentityLayout.allowedDomain]
    return domain != BundleFormat.none && list(at: profile(line) &+ 16).contains(domain, words: words)
  }

  // MARK: row 10

  /// Forbids by the first deny rule above the app, in tree order, that holds the identity and whose condition does not fail it.
  @inline(__always)
  private borrowing func isDenied(
    _ line: AppLine, _ hearing: Hearing, _ request: postern_request, _ credential: postern_credential,
    _ text: Span<UInt8>, _ cells: Span<postern_cell>, _ identity: Span<UInt32>, path: Span<UInt8>,
    _ run: inout ClockRun,
    _ decision: inout postern_decision
  ) -> Bool {
    if line.denySet == BundleFormat.none { return false }
    let conditions = ConditionRun(
      request, credential, text: text, cells: cells, path: path, now: hearing.now, app: line.index, isAttached: true)
    return isDenied(bySet: line.denySet, conditions, IdentityView(identity), &run, &decision)
  }

  @inline(never)
  private borrowing func isDenied(
    bySet set: UInt32, _ conditions: borrowing ConditionRun, _ identity: IdentityView, _ run: inout ClockRun,
    _ decision: inout postern_decision
  ) -> Bool {
    var word = 0
    while word < 8 {
      let held = identity.word(IdentityLayout.deniedOrUnknown &+ word)
      if let rule = firstDenial(inWord: word, ofSet: set, among: held, conditions, &run) {
        let isNamed = identity.word(IdentityLayout.denied &+ word) >> UInt32(truncatingIfNeeded: rule & 31) & 1 == 1
        deny(&decision, isNamed ? POSTERN_REASON_DENIED : POSTERN_REASON_GROUPS_UNKNOWN, rule: rule)
        return true
      }
      word &+= 1
    }
    return false
  }

  /// Forbids by the first deny rule that an anonymous caller matches.
  private borrowing func isAnonymousDenied(
    _ line: AppLine, _ hearing: Hearing, _ request: postern_request, _ credential: postern_credential,
    _ text: Span<UInt8>, _ cells: Span<postern_cell>, path: Span<UInt8>, _ run: inout ClockRun,
    _ decision: inout postern_decision
  ) -> Bool {
    if line.denySet == BundleFormat.none { return false }
    let conditions = ConditionRun(
      request, credential, text: text, cells: cells, path: path, now: hearing.now, app: line.index, isAttached: false)
    let everyone = sections.organization.offset &+ 96
    var word = 0
    while word < 8 {
      let held = words.u32(everyone &+ 4 &* word)
      if let rule = firstDenial(inWord: word, ofSet: line.denySet, among: held, conditions, &run) {
        deny(&decision, POSTERN_REASON_DENIED, rule: rule)
        return true
      }
      word &+= 1
    }
    return false
  }

  /// The first rule of a word of a set that is among `held`, a mask, and denies.
  @inline(__always)
  private borrowing func firstDenial(
    inWord word: Int, ofSet set: UInt32, among held: UInt32, _ conditions: borrowing ConditionRun,
    _ run: inout ClockRun
  ) -> Int? {
    var hits = words.u32(sections.denySets.offset &+ RecordSize.denySet &* Int(set) &+ 4 &* word) & held
    while hits != 0 {
      let rule = 32 &* word &+ hits.trailingZeroBitCount
      if doesDeny(rule: rule, conditions, &run) { return rule }
      hits &= hits &- 1
    }
    return nil
  }

  /// Whether the condition of a rule that matches, if it has one, is true or an error.
  private borrowing func doesDeny(rule: Int, _ conditions: borrowing ConditionRun, _ run: inout ClockRun) -> Bool {
    let record = Block<32>(words, sections.denyRules.offset &+ RecordSize.denyRule &* rule)
    let condition = record.u32(20)
    if condition == BundleFormat.none { return true }
    return conditions.evaluate(condition, in: self, turningAt: &run.conditionsUntil) != .no
  }

  /// The first conditional binding, in the order of `findBinding`, that holds the identity and whose condition is true; else
  /// forbids, by the first whose condition is false, or else by the first in error.
  @inline(never)
  private borrowing func findConditional(
    _ line: AppLine, _ hearing: Hearing, _ request: postern_request, _ credential: postern_credential,
    _ text: Span<UInt8>, _ cells: Span<postern_cell>, _ identity: Span<UInt32>, path: Span<UInt8>,
    _ run: inout ClockRun,
    _ decision: inout postern_decision
  ) -> UInt32 {
    let conditions = ConditionRun(
      request, credential, text: text, cells: cells, path: path, now: hearing.now, app: line.index, isAttached: true)
    let view = IdentityView(identity)
    var firstFalse = BundleFormat.none
    var firstError = BundleFormat.none
    var offset =
      sections.conditionals.offset &+ RecordSize.conditional
      &* Int(words.u32(appRecord(line.index) &+ 12))
    while true {
      let record = Block<16>(words, offset)
      let binding = record.u32(0)
      if binding == BundleFormat.none { break }
      if self.binding(inRow: record.u32(8), view) != BundleFormat.none {
        let truth = conditions.evaluate(record.u32(4), in: self, turningAt: &run.conditionsUntil)
        if truth == .yes { return binding }
        if truth == .no && firstFalse == BundleFormat.none { firstFalse = binding }
        if truth == .error && firstError == BundleFormat.none { firstError = binding }
      }
      offset &+= RecordSize.conditional
    }
    forbid(&decision, falseBinding: firstFalse, errorBinding: firstError)
    return BundleFormat.none
  }

  private borrowing func forbid(_ decision: inout postern_decision, falseBinding: UInt32, errorBinding: UInt32) {
    let isFalse = falseBinding != BundleFormat.none
    if !isFalse && errorBinding == BundleFormat.none { return decision.forbid(POSTERN_REASON_NO_BINDING) }
    decision.forbid(isFalse ? POSTERN_REASON_CONDITION_FALSE : POSTERN_REASON_CONDITION_ERROR)
    decision.rule_kind = UInt8(truncatingIfNeeded: POSTERN_RULE_BINDING)
    decision.rule = isFalse ? falseBinding : errorBinding
  }

  private borrowing func deny(_ decision: inout postern_decision, _ reason: Int, rule: Int) {
    decision.forbid(reason)
    decision.rule_kind = UInt8(truncatingIfNeeded: POSTERN_RULE_DENY)
    decision.rule = UInt32(truncatingIfNeeded: rule)
  }

  /// The binding that grants: the app's row first, then its folders' inwards out, then the organization's.
  @inline(__always)
  private borrowing func findBinding(_ line: AppLine, _ identity: IdentityView) -> UInt32 {
    let rowCount = line.rowCount
    var index = 0
    while index < rowCount {
      let found = binding(inRow: line.row(index), identity)
      if found != BundleFormat.none { return found }
      index &+= 1
    }
    return identity.word(IdentityLayout.organizationBinding)
  }
}

extension postern_credential {
  /// The least of the time facts that row 8.1 finds more than `skew` milliseconds ahead of `now`, less the skew.
  func leastTimeFact(beyond now: Int64, skew: Int64) -> Int64? {
    let (sum, overflow) = now.addingReportingOverflow(skew)
    if overflow { return nil }
    var least = Int64.max
    if isServiceAccount {
      Self.lower(&least, issued_at, above: sum)
    } else {
      Self.lower(&least, created_at, above: sum)
      Self.lower(&least, last_seen_at, above: sum)
      Self.lower(&least, state_checked_at, above: sum)
      Self.lower(&least, issued_at, above: sum)
      Self.lower(&least, login_at, above: sum)
      Self.lower(&least, second_factor_at, above: sum)
      Self.lower(&least, security_key_at, above: sum)
    }
    // A fact of Int64.max lies ahead too; less the skew it is an instant like any other.
    return latestTimeFact > sum ? least &- skew : nil
  }

  @inline(__always) private static func lower(_ least: inout Int64, _ fact: Int64, above bound: Int64) {
    if fact != 0 && fact > bound && fact < least { least = fact }
  }
}
