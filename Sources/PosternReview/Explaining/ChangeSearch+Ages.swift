// Changes of how long ago something was: each clock fact as recent as it must be, or as old as it may be, to the millisecond; and a login,
// which renews several at once. Refuses nothing.

internal import PosternCompiler
internal import PosternLanguage

/// A time fact of a credential, in words.
private struct AgedFact {
  let name: String
  let path: WritableKeyPath<Credential, Int64>
  /// With how old it may be at most: `activity less than 15m ago`.
  let fresh: String
  /// With how old it is then: `idle for 15m`.
  let stale: String

  /// The least time that lies beyond every limit that a policy can write, in milliseconds.
  static let beyondLimits: Int64 = (Int64(UInt32.max) + 1) * 1_000

  static var all: [AgedFact] {
    [
      AgedFact(name: "lastSeenAt", path: \.lastSeenAt, fresh: "activity", stale: "no activity for"),
      AgedFact(
        name: "stateCheckedAt", path: \.stateCheckedAt, fresh: "the account's state asked for",
        stale: "the account's state not asked for in"),
      AgedFact(name: "createdAt", path: \.createdAt, fresh: "a session begun", stale: "a session as old as"),
      AgedFact(name: "issuedAt", path: \.issuedAt, fresh: "a token issued", stale: "a token as old as"),
      AgedFact(name: "loginAt", path: \.loginAt, fresh: "a login", stale: "no login for"),
      AgedFact(
        name: "secondFactorAt", path: \.secondFactorAt, fresh: "a login with second factors",
        stale: "no second factors for"),
      AgedFact(
        name: "securityKeyAt", path: \.securityKeyAt, fresh: "a login with a security key", stale: "no security key for"
      ),
      AgedFact(
        name: "deviceCheckedAt", path: \.deviceCheckedAt, fresh: "the device looked at",
        stale: "the device not looked at for"),
    ]
  }
}

extension ChangeSearch {
  // MARK: fresher

  /// Each time fact as recent as can be.
  var fresherAges: [Edit] {
    guard facts.credential.kind != .none else { return [] }
    return AgedFact.all.map(fresher) + tokenTimes
  }

  private func fresher(_ fact: AgedFact) -> Edit {
    let current = facts.credential[keyPath: fact.path]
    let now = now
    let from = current == 0 ? now.saturatingAdding(-AgedFact.beyondLimits) : current
    return Edit(
      .age, place: limitPlace(fact.name), slide: Edit.Slide(from: from, to: now),
      text: { value in
        guard let value else { return "\(fact.fresh) at a time that is known" }
        if from > now {
          return "\(fact.fresh) at most \(Shown.duration(milliseconds: Int128(value) - Int128(now))) ahead of the clock"
        }
        return "\(fact.fresh) less than \(Shown.duration(milliseconds: Int128(now) - Int128(value) + 1)) ago"
      }, apply: { $0.credential[keyPath: fact.path] = $1 == 0 ? 1 : $1 })
  }

  private var tokenTimes: [Edit] {
    let now = now
    let end = now.saturatingAdding(3_600_000)
    let (expiresAt, notBefore) = (facts.credential.expiresAt, facts.credential.notBefore)
    let from = expiresAt == 0 || expiresAt > end ? now : expiresAt
    let ending = Edit(
      .age, slide: Edit.Slide(from: from, to: end), text: { _ in "a token that has not ended" },
      apply: { $0.credential.expiresAt = $1 == 0 ? 1 : $1 })
    if notBefore <= now { return [ending] }
    let beginning = Edit(.age, "a token that holds already") { $0.credential.notBefore = now == 0 ? -1 : now }
    return [ending, beginning]
  }

  // MARK: older

  /// Each time fact as old as it may not be; those that end the session soonest first.
  var olderAges: [Edit] {
    guard facts.credential.kind != .none else { return [] }
    return AgedFact.all.filter { facts.credential[keyPath: $0.path] != 0 }.map(older)
  }

  private func older(_ fact: AgedFact) -> Edit {
    let current = facts.credential[keyPath: fact.path]
    let now = now
    let floor = now.saturatingAdding(-AgedFact.beyondLimits)
    return Edit(
      .age, place: limitPlace(fact.name), slide: Edit.Slide(from: current, to: min(floor, current)),
      text: { value in
        guard let value else { return "\(fact.stale) too long" }
        let more = Shown.duration(milliseconds: Int128(current) - Int128(value))
        return "\(fact.stale) \(Shown.duration(milliseconds: Int128(now) - Int128(value))) (\(more) more)"
      }, apply: { $0.credential[keyPath: fact.path] = $1 == 0 ? 1 : $1 })
  }

  // MARK: logins

  /// What logging in again renews, with one strength after the other; told only where no single fact suffices.
  var logins: [Edit] {
    guard facts.credential.kind == .session else { return [] }
    let strengths: [(text: String, paths: [WritableKeyPath<Credential, Int64>])] = [
      ("a new login", []), ("a new login with second factors", [\.secondFactorAt]),
      ("a new login with a security key", [\.secondFactorAt, \.securityKeyAt]),
    ]
    return strengths.map { strength in
      Edit(.login, strength.text, key: "login") { facts in
        let now = facts.nowMilliseconds == 0 ? 1 : facts.nowMilliseconds
        let renewed: [WritableKeyPath<Credential, Int64>] = [
          \.createdAt, \.lastSeenAt, \.stateCheckedAt, \.issuedAt, \.loginAt,
        ]
        for path in renewed + strength.paths { facts.credential[keyPath: path] = now }
        facts.credential.expiresAt = max(facts.credential.expiresAt, now.saturatingAdding(3_600_000))
        if facts.credential.accountState != .suspended { facts.credential.accountState = .active }
      }
    }
  }

  /// Where the limit is written that a time fact is held to.
  private func limitPlace(_ name: String) -> TreePlace? {
    guard let policy, let app = policy.app else { return nil }
    let span: Span? =
      switch name {
      case "lastSeenAt": app.session.idleTimeout.span
      case "stateCheckedAt", "deviceCheckedAt": app.session.revalidate.span
      case "createdAt": app.session.absoluteTimeout.span
      case "issuedAt": facts.credential.kind == .bearer ? app.session.programmaticMaxAge?.span : policy.provider?.span
      default: app.access.reauthentication?.span
      }
    return policy.place(span)
  }
}
