// What would have changed a verdict: the request is changed in one thing after the other, or where no one suffices in two, and the kernel
// is asked each time. That nothing was found proves nothing; how much was tried is told.

internal import PosternCompiler
internal import PosternLanguage

/// The search for what would have changed one verdict.
struct ChangeSearch {
  let facts: RequestFacts
  let decision: Decision
  let kernel: AskedKernel
  /// nil where only the bundle is known: then nothing is tried that needs the policy's names.
  let policy: ExplainedPolicy?

  /// Pairs of changes that are tried: fewer where the credential carries many groups, each of which is looked at every time.
  private var pairLimit: Int { max(100, 2_000 / (1 + facts.credential.groups.count / 64)) }

  /// What came of it.
  struct Result {
    /// The smallest and most likely first.
    var changes: [Change] = []
    /// How many single changes were tried, how many other times, and how many pairs of changes.
    var singleCount = 0
    var instantCount = 0
    var pairCount = 0
  }

  var isAllowed: Bool { decision.verdict == .allow }
  var now: Int64 { facts.nowMilliseconds }

  /// Whether the kernel answers otherwise.
  func isFlipped(_ facts: RequestFacts) -> Bool { (kernel.decide(facts).verdict == .allow) != isAllowed }

  func result() -> Result {
    var result = Result()
    let edits = edits
    var taken: Set<String> = []
    for edit in edits {
      if let key = edit.key, taken.contains(key) { continue }
      if edit.isLastResort && result.changes.contains(where: { $0.dimensions == [edit.dimension] }) { continue }
      result.singleCount += 1
      guard let change = change(edit) else { continue }
      if let key = edit.key { taken.insert(key) }
      result.changes.append(change)
    }
    let times = timeChanges
    result.instantCount = times.triedCount
    result.changes = ranked(result.changes + times.changes)
    if result.changes.isEmpty { findPairs(edits + timeEdits, &result) }
    return result
  }

  /// Edits of everything but the time of asking.
  private var edits: [Edit] {
    // What changes nothing is no edit, and neither is what changes the same as one before.
    var effects: Set<Effect> = [Effect(facts)]
    return (isAllowed ? endings : openings).filter { edit in
      var changed = facts
      edit.apply(&changed, edit.slide?.to ?? 0)
      // A login may renew only what is one fact, and is still what people do.
      return edit.dimension == .login ? Effect(changed) != Effect(facts) : effects.insert(Effect(changed)).inserted
    }
  }

  /// What an edit comes to.
  private struct Effect: Hashable {
    let request: Request
    let credential: Credential

    init(_ facts: RequestFacts) {
      request = facts.request
      credential = facts.credential
    }
  }

  // MARK: asking

  private func change(_ edit: Edit) -> Change? {
    guard let found = least(edit, of: facts) else { return nil }
    let answer = kernel.decide(found.facts)
    // That a request that is none is refused says nothing of this one.
    if answer.reason == .malformedRequest { return nil }
    return Change(
      dimensions: [edit.dimension], texts: [edit.text(found.value)], places: [edit.place], facts: found.facts,
      decision: answer)
  }

  /// The least degree of an edit that turns the verdict; nil where none does.
  func least(_ edit: Edit, of base: RequestFacts) -> (facts: RequestFacts, value: Int64?)? {
    func edited(_ value: Int64) -> RequestFacts {
      var facts = base
      edit.apply(&facts, value)
      return facts
    }
    let all = edited(edit.slide?.to ?? 0)
    guard isFlipped(all) else { return nil }
    guard let slide = edit.slide, !isFlipped(edited(slide.from)) else { return (all, nil) }
    let value = boundary(from: slide.from, to: slide.to) { isFlipped(edited($0)) }
    return (edited(value), value)
  }

  /// The value next to one without `holds` at which it holds: `holds(to)` and not `holds(from)`.
  func boundary(from: Int64, to: Int64, _ holds: (Int64) -> Bool) -> Int64 {
    var (no, yes) = (from, to)
    while (Int128(no) - Int128(yes)).magnitude > 1 {
      let middle = Int64((Int128(no) + Int128(yes)) >> 1)
      if holds(middle) { yes = middle } else { no = middle }
    }
    return yes
  }

  // MARK: order

  /// The dimension that a reason is about.
  private var naturalDimension: Change.Dimension? {
    switch decision.reason {
    case .malformedRequest, .unknownHost, .ambiguousPath, .noRoute, .modeRequested, .corsOptions: .request
    case .providerMismatch, .tenantMismatch: .provider
    case .programmaticAccessDisabled, .audienceMismatch, .authorizedPartyMismatch: .credential
    case .noCredential: .login
    case .signedOut, .suspended, .passwordResetRequired, .credentialChanged: .account
    case .clockSkew, .factMissing, .stateStale, .tokenNotYetValid, .tokenExpired, .tokenTooOld, .absoluteTimeout,
      .idleTimeout, .reauthenticationRequired:
      .age
    case .domainNotAllowed, .groupsUnknown: .identity
    case .denied, .noBinding, .identityTooLarge: .membership
    case .conditionFalse, .conditionError: .fact
    case .undecided, .staleResolution, .granted, .publicAccess: nil
    }
  }

  private func rank(_ change: Change) -> Int {
    change.dimensions.map { $0 == naturalDimension ? 0 : $0.rawValue + 1 }.reduce(0, +)
  }

  private func ranked(_ changes: [Change]) -> [Change] {
    let keys = changes.enumerated().map { (rank($0.element), distance($0.element), $0.offset) }
    return changes.indices.sorted { keys[$0] < keys[$1] }.map { changes[$0] }
  }

  /// Of what would end access: in how long, so that what ends it first stands first.
  private func distance(_ change: Change) -> UInt64 {
    guard isAllowed, change.dimensions == [.age] else { return 0 }
    return Credential.timeFacts.map { _, path in
      UInt64(
        clamping: (Int128(change.facts.credential[keyPath: path]) - Int128(facts.credential[keyPath: path])).magnitude)
    }.max() ?? 0
  }

  // MARK: pairs

  private func findPairs(_ edits: [Edit], _ result: inout Result) {
    var taken: Set<String> = []
    // Sums of the indices, so that what is likely is put with what is likely first.
    for sum in 1..<max(2, 2 * edits.count) {
      for second in edits.indices where 2 * second > sum && sum - second >= 0 && second <= sum {
        if result.pairCount >= pairLimit {
          result.changes = ranked(result.changes)
          return
        }
        let (one, other) = (edits[sum - second], edits[second])
        if let key = one.key, key == other.key { continue }
        // Ages are told from the time of asking.
        if Set([one.dimension, other.dimension]).isSuperset(of: [.clock, .age]) { continue }
        result.pairCount += 1
        guard let pair = pair(one, other) else { continue }
        if taken.insert((one.key ?? pair.texts[0]) + "\n" + (other.key ?? pair.texts[1])).inserted {
          result.changes.append(pair)
        }
      }
    }
    result.changes = ranked(result.changes)
  }

  private func pair(_ one: Edit, _ other: Edit) -> Change? {
    var base = facts
    one.apply(&base, one.slide?.to ?? 0)
    guard let second = least(other, of: base) else { return nil }
    // With the other as it was found, the least of this one.
    var rest = facts
    other.apply(&rest, second.value ?? other.slide?.to ?? 0)
    guard let first = least(one, of: rest) else { return nil }
    return Change(
      dimensions: [one.dimension, other.dimension], texts: [one.text(first.value), other.text(second.value)],
      places: [one.place, other.place], facts: first.facts, decision: kernel.decide(first.facts))
  }
}
