// Changes of the time: how long the verdict holds while nothing is renewed, and at what hour another would be given to somebody whose
// session is as fresh as now. Instants are exact: a millisecond earlier the verdict is the old one. Refuses to look further than its
// horizon, or at more instants than its limit.

internal import PosternCompiler
internal import PosternLanguage

extension ChangeSearch {
  /// Instants that are looked at.
  static let turnLimit = 1_000
  private static let horizon: Int128 = 400 * 86_400_000
  private static let lookback: Int64 = 8 * 86_400_000
  /// Where a condition may turn at any instant, the steps in which it is asked.
  private static let coarseStep: Int64 = 60_000

  /// What comes of other times.
  var timeChanges: (changes: [Change], triedCount: Int) {
    let before = kernel.askCount
    let changes = [waiting, later, earlier].compactMap { $0 }
    return (changes, kernel.askCount - before)
  }

  // MARK: waiting

  private func waited(to instant: Int64) -> RequestFacts {
    var facts = facts
    facts.nowMilliseconds = instant
    return facts
  }

  private var waiting: Change? {
    let instant = isAllowed ? endOfValidity : beginningOfValidity
    guard let instant else { return nil }
    let facts = waited(to: instant)
    let text = "\(Shown.instant(instant, from: now)), if nothing is renewed"
    return change(.waiting, "at \(text)", facts)
  }

  private func change(_ dimension: Change.Dimension, _ text: String, _ facts: RequestFacts) -> Change {
    Change(dimensions: [dimension], texts: [text], places: [nil], facts: facts, decision: kernel.decide(facts))
  }

  /// From one end of the validity that the kernel names to the next, until the verdict is another.
  private var endOfValidity: Int64? {
    var last = now
    var next = decision.validUntil
    for _ in 0..<Self.turnLimit {
      if next == .max || next <= last { return nil }
      let answer = kernel.decide(waited(to: next))
      if answer.verdict != .allow { return boundary(from: last, to: next) { isFlipped(waited(to: $0)) } }
      last = next
      next = max(answer.validUntil, usesAnyInstant ? last.saturatingAdding(Self.coarseStep) : .min)
    }
    return nil
  }

  /// Facts that lie ahead, and turns of conditions.
  private var beginningOfValidity: Int64? {
    let skew = Int64(policy?.policy.organization.clockSkewSeconds ?? Organization.defaultClockSkewSeconds) * 1_000
    let facts = Credential.timeFacts.map { self.facts.credential[keyPath: $0.path] }.filter { $0 > now }
    let ahead = (facts + facts.map { $0.saturatingAdding(-skew) }).filter { $0 > now }
    var last = now
    for instant in (ahead + turns(from: now, self.facts.credential, limit: 8)).sorted() {
      if isFlipped(waited(to: instant)) { return boundary(from: last, to: instant) { isFlipped(waited(to: $0)) } }
      last = instant
    }
    return nil
  }

  // MARK: the hour

  private var usesAnyInstant: Bool {
    policy?.conditions.contains { $0.reading?.timeUses.contains(.other) ?? false } ?? false
  }

  private var asksForTime: Bool {
    policy?.conditions.contains { $0.reading?.timeUses.contains { $0 != .device } ?? false } ?? false
  }

  /// The next instant at which a condition of the app may turn.
  private func turn(after instant: Int64, _ credential: Credential?) -> Int64? {
    guard let policy, let app = policy.app else { return nil }
    let next = policy.policy.nextTurn(
      of: policy.conditions, at: app, credential, after: instant, timeZones: policy.timeZones)
    guard let next, next > instant else { return nil }
    return usesAnyInstant ? max(next, instant.saturatingAdding(Self.coarseStep)) : next
  }

  /// The next of these instants, at most `limit`, not beyond the horizon.
  private func turns(from start: Int64, _ credential: Credential?, limit: Int) -> [Int64] {
    var turns: [Int64] = []
    while turns.count < limit, let next = turn(after: turns.last ?? start, credential),
      Int128(next) - Int128(start) < Self.horizon
    {
      turns.append(next)
    }
    return turns
  }

  private func isFlipped(movedTo instant: Int64) -> Bool { facts.moved(to: instant).map(isFlipped) ?? false }

  private var later: Change? {
    guard facts.credential.kind != .none, asksForTime else { return nil }
    var last = now
    for _ in 0..<Self.turnLimit {
      guard let instant = turn(after: last, nil), Int128(instant) - Int128(now) < Self.horizon else { return nil }
      if isFlipped(movedTo: instant) {
        let exact = boundary(from: last, to: instant) { isFlipped(movedTo: $0) }
        return facts.moved(to: exact).map { change(.clock, "at \(hour(exact))", $0) }
      }
      last = instant
    }
    return nil
  }

  /// For a refusal: until when the same would have been let in.
  private var earlier: Change? {
    guard !isAllowed, asksForTime, now > .min + Self.lookback else { return nil }
    let start = now - Self.lookback
    var last: (instant: Int64, next: Int64)?
    var instants = [start] + turns(from: start, nil, limit: Self.turnLimit).prefix { $0 < now }
    instants.append(now)
    for (instant, next) in zip(instants, instants.dropFirst()) where isFlipped(movedTo: instant) {
      last = (instant, next)
    }
    guard let last else { return nil }
    let end = boundary(from: last.next, to: last.instant) { isFlipped(movedTo: $0) }
    return facts.moved(to: end).map { change(.clock, "before \(hour(end.saturatingAdding(1)))", $0) }
  }

  /// The first turns as edits, for pairs.
  var timeEdits: [Edit] {
    guard !isAllowed, asksForTime else { return [] }
    return turns(from: now, nil, limit: 6).map { instant in
      Edit(.clock, slide: Edit.Slide(from: now, to: instant), key: "clock") { value in
        "at \(hour(value ?? instant))"
      } apply: { facts, value in
        if let moved = facts.moved(to: value) { facts = moved }
      }
    }
  }

  /// An instant by the clocks of the first zone that a condition names, and by UTC.
  private func hour(_ instant: Int64) -> String {
    let utc = Shown.instant(instant, from: now)
    let zones = policy?.conditions.flatMap { $0.reading?.zoneNames.sorted() ?? [] } ?? []
    guard let zone = zones.first(where: { $0 != "UTC" }),
      let offset = policy?.timeZones.offsetSeconds(
        ofZone: zone, at: Int64((Int128(instant) - (instant < 0 ? 999 : 0)) / 1_000))
    else { return utc }
    let local = Wording.instant(milliseconds: instant.saturatingAdding(Int64(offset) * 1_000))
    return "\(local.dropLast().replacing("T", with: " ")) \(zone) (\(utc))"
  }
}
