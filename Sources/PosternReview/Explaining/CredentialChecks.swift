// Rows 7 to 9 of docs/decision.md as they are asked of one credential at one app: each with its facts, its limit, the place of the limit,
// and the reasons with which it refuses. Refuses nothing: which of them refused is told by who reads the list.

internal import PosternCompiler
internal import PosternLanguage

/// One check of a credential.
struct CredentialCheck {
  let step: RoadStep
  /// The reasons with which it refuses.
  let reasons: Set<Reason>
}

/// The checks that a credential goes through, in their order.
struct CredentialChecks {
  private let reader: RoadReader
  private let app: App
  private let credential: Credential
  private let now: Int64
  private let provider: LoginProvider?

  init(_ reader: RoadReader, _ app: App) {
    self.reader = reader
    self.app = app
    credential = reader.facts.credential
    now = reader.facts.nowMilliseconds
    provider = reader.road.identity?.providerIndex.map { reader.policy.providers[$0] }
  }

  private var isSession: Bool { credential.kind == .session }
  private var isServiceAccount: Bool { credential.principalKind == .serviceAccount }
  private var isPersonsSession: Bool { isSession && !isServiceAccount }

  var checks: [CredentialCheck] {
    if credential.kind == .none {
      return [check("7", "credential", "none", nil, [.noCredential])]
    }
    return row7 + [skewCheck, missingCheck, accountCheck] + stateChecks + tokenChecks + sessionChecks
      + reauthenticationChecks + domainChecks
  }

  private func check(
    _ row: String, _ subject: String, _ facts: String, _ span: Span?, _ reasons: Set<Reason>, outcome: String = "ok"
  ) -> CredentialCheck {
    CredentialCheck(step: RoadStep(row, subject, facts, outcome, place: reader.place(span)), reasons: reasons)
  }

  // MARK: row 7

  private var row7: [CredentialCheck] {
    var checks = isSession ? [] : bearerChecks
    let taken = app.providerIndices.map { reader.policy.providers[$0].name.value }.joined(separator: ", ")
    checks.append(
      check(
        "7", "login provider", "\(Shown.text(credential.provider)); the app takes \(taken)", provider?.span ?? app.span,
        [.providerMismatch]))
    if let provider, !accepted(provider).isEmpty || credential.tenant != nil {
      let tenants = accepted(provider).map(\.value)
      let list = tenants.isEmpty ? "none" : tenants.joined(separator: ", ")
      checks.append(
        check(
          "7", "tenant", "\(Shown.text(credential.tenant)); accepted: \(list)",
          accepted(provider).first?.span ?? provider.span, [.tenantMismatch]))
    }
    return checks
  }

  private func accepted(_ provider: LoginProvider) -> [Sourced<String>] {
    let isAppsToSay = !app.access.tenantIDs.isEmpty && provider.source == .identityPlatform
    return isAppsToSay ? app.access.tenantIDs : provider.tenantIDs
  }

  private var bearerChecks: [CredentialCheck] {
    let clients = app.access.programmaticClients
    let names = clients.map(\.value).joined(separator: ", ")
    let span = clients.first?.span ?? app.span
    return [
      check(
        "7", "programmatic access", clients.isEmpty ? "the app names no client" : "for \(names)", span,
        [.programmaticAccessDisabled]),
      check(
        "7", "audience", "\(Shown.text(credential.audience)); accepted: \(app.audience), \(names)", span,
        [.audienceMismatch]),
      check(
        "7", "authorized party",
        credential.authorizedParty == nil ? "none" : "\(Shown.text(credential.authorizedParty)); accepted: \(names)",
        span,
        [.authorizedPartyMismatch]),
    ]
  }

  // MARK: rows 8.1 and 8.2

  /// The time facts that must not lie ahead, by their names.
  private var heldToSkew: [(name: String, path: WritableKeyPath<Credential, Int64>)] {
    let persons = ["createdAt", "lastSeenAt", "stateCheckedAt", "loginAt", "secondFactorAt", "securityKeyAt"]
    return Credential.timeFacts.filter { $0.name == "issuedAt" || (!isServiceAccount && persons.contains($0.name)) }
  }

  private var skewCheck: CredentialCheck {
    let skew = Wording.duration(seconds: reader.policy.organization.clockSkewSeconds)
    let ahead = heldToSkew.filter { credential[keyPath: $0.path] != 0 && credential[keyPath: $0.path] > now }
      .map { "\($0.name) is \(Shown.age(of: credential[keyPath: $0.path], at: now))" }
    let facts = ahead.isEmpty ? "nothing lies ahead of the clock" : ahead.joined(separator: ", ")
    return check("8.1", "clock skew", facts + "; at most \(skew)", nil, [.clockSkew])
  }

  private var missingCheck: CredentialCheck {
    let missing = needed.filter { credential[keyPath: $0.path] == 0 }
    let facts = missing.isEmpty ? "all there" : missing.map { "\($0.name) is unknown" }.joined(separator: ", ")
    return check("8.1", "facts of the limits", facts, missing.first?.span, [.factMissing])
  }

  private typealias NeededFact = (name: String, path: KeyPath<Credential, Int64>, span: Span)

  /// The facts that limits in force need, with where these are written.
  private var needed: [NeededFact] {
    var needed: [NeededFact] = []
    if isSession, let provider {
      switch provider.source {
      case .identityPlatform, .workforce: needed.append(("issuedAt", \.issuedAt, provider.span))
      case .saml: needed.append(("expiresAt", \.expiresAt, provider.span))
      case .workspace, .oidc: break
      }
    } else if !isSession {
      needed.append(("expiresAt", \.expiresAt, app.span))
      if let age = app.session.programmaticMaxAge, age.value != .none {
        needed.append(("issuedAt", \.issuedAt, age.span))
      }
    }
    guard isPersonsSession else { return needed }
    let session = app.session
    let limits: [(String, KeyPath<Credential, Int64>, Sourced<Limit>)] = [
      ("stateCheckedAt", \.stateCheckedAt, session.revalidate), ("createdAt", \.createdAt, session.absoluteTimeout),
      ("lastSeenAt", \.lastSeenAt, session.idleTimeout),
    ]
    return needed + limits.filter { $0.2.value != .none }.map { ($0.0, $0.1, $0.2.span) }
  }

  private var accountCheck: CredentialCheck {
    check(
      "8.2", "account", "\(credential.accountState)", nil,
      [.signedOut, .suspended, .passwordResetRequired, .credentialChanged])
  }

  // MARK: rows 8.3 to 8.7

  private func age(_ fact: Int64, _ limit: Limit) -> String {
    let age = Shown.age(of: fact, at: now)
    return limit == .none ? "\(age); no limit" : "\(age) of \(limit.text)"
  }

  private var stateChecks: [CredentialCheck] {
    guard isPersonsSession else { return [] }
    let session = app.session
    let state = credential.accountState == .unknown ? "never told; " : ""
    let facts = state + "known for \(age(credential.stateCheckedAt, session.revalidate.value))"
    let graces = graceTexts
    let check = check(
      "8.3", "account state", facts + (graces.isEmpty ? "" : "; " + graces.joined(separator: ", ")),
      session.revalidate.span, [.stateStale])
    return [check]
  }

  /// What is said of sources that are down.
  private var graceTexts: [String] {
    let sources: [(isDown: Bool, name: String, unavailability: Unavailability)] = [
      (credential.stateSourceDown, "the provider is down", app.session.onStateUnavailable.value),
      (credential.storeDown, "the session store is down", app.session.onStoreUnavailable.value),
    ]
    return sources.filter(\.isDown).map { source in
      switch source.unavailability {
      case .deny: "\(source.name): no grace"
      case .allowFor(let seconds): "\(source.name): \(Wording.duration(seconds: seconds)) of grace"
      }
    }
  }

  private var tokenChecks: [CredentialCheck] {
    let end =
      credential.expiresAt == 0 ? "end unknown" : "ends \(Shown.instant(credential.expiresAt, from: now))"
    guard isSession else {
      let start =
        credential.notBefore == 0 ? "no start" : "holds from \(Shown.instant(credential.notBefore, from: now))"
      let age = app.session.programmaticMaxAge
      return [
        check("8.4", "token start", start, nil, [.tokenNotYetValid]),
        check("8.4", "token end", end, nil, [.tokenExpired]),
        check(
          "8.4", "token age", "held \(self.age(credential.issuedAt, age?.value ?? .none))", age?.span, [.tokenTooOld]),
      ]
    }
    guard let provider else { return [] }
    switch provider.source {
    case .identityPlatform:
      return [check("8.4", "token age", "held \(age(credential.issuedAt, .seconds(3_600)))", nil, [.tokenExpired])]
    case .workforce:
      let limit = Limit.seconds(provider.sessionDurationSeconds)
      return [check("8.4", "token age", "held \(age(credential.issuedAt, limit))", provider.span, [.tokenExpired])]
    case .saml: return [check("8.4", "token end", end, nil, [.tokenExpired])]
    case .workspace, .oidc: return []
    }
  }

  private var sessionChecks: [CredentialCheck] {
    guard isPersonsSession else { return [] }
    let session = app.session
    return [
      check(
        "8.5", "absolute timeout", "open \(age(credential.createdAt, session.absoluteTimeout.value))",
        session.absoluteTimeout.span, [.absoluteTimeout]),
      check(
        "8.6", "idle timeout", "idle \(age(credential.lastSeenAt, session.idleTimeout.value))",
        session.idleTimeout.span,
        [.idleTimeout]),
    ]
  }

  private var reauthenticationChecks: [CredentialCheck] {
    guard !isServiceAccount, let demand = app.access.reauthentication, let method = demand.value.method else {
      return []
    }
    let strengths: [(ReauthenticationMethod, String, Int64)] = [
      (.login, "login", credential.loginAt), (.enrolledSecondFactors, "second factors", credential.secondFactorAt),
      (.secureKey, "security key", credential.securityKeyAt),
    ]
    let limit = Limit.seconds(demand.value.maxAgeSeconds)
    let facts = strengths.filter { $0.0 >= method }.map { "\($0.1) \($0.2 == 0 ? "never" : age($0.2, limit))" }
    return [
      check(
        "8.7", "re-authentication", facts.joined(separator: ", "), demand.span, [.reauthenticationRequired])
    ]
  }

  // MARK: row 9

  private var domainChecks: [CredentialCheck] {
    if reader.decision.reason == .noRoute { return [] }
    let domain = reader.road.identity?.domain
    guard let allowed = app.access.allowedDomains else {
      return [check("9", "allowed domains", "every domain", nil, [.domainNotAllowed])]
    }
    let isDeclared = provider?.domains.contains { Array($0.value.utf8) == domain } ?? false
    let who =
      domain == nil
      ? "no known domain" : Shown.text(domain) + (isDeclared ? "" : ", for which the provider does not speak")
    return [
      check(
        "9", "allowed domains", "\(who); allowed: \(allowed.value.joined(separator: ", "))", allowed.span,
        [.domainNotAllowed])
    ]
  }
}
