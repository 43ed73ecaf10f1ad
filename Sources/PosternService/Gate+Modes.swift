// The modes of the gate (docs/decision.md, row 3; Google, "Managing sessions"): pages and answers that are asked for on an app's own
// host. None of them is activity. Refuses to end anything that another site's page asks to end: a person is asked first.

internal import CPostern
internal import Logging

extension Gate {
  /// The path on every app's host where a login arrives; reserved, so that no app has it.
  static let arrivalPath = "/_gcp_iap/arrive"
  /// How often a window or frame that keeps a session comes back, in seconds.
  private static let refreshSeconds = 60

  /// What a confirmation is for.
  struct Confirmation: Codable, Equatable {
    enum Action: String, Codable {
      case endSession, endBrowser, clearCookies
    }

    var action: Action
    var session: SessionKey?
    var browser: String?
    var login: SessionKey?
    /// Where to go afterwards.
    var next: String
    var expiresAt: Int64
  }

  /// The answer to a mode.
  func handle(_ decided: Decided, _ request: ClientRequest, live: LiveSession?, _ policy: GatePolicy) -> Answer {
    switch Int(decided.decision.mode) {
    case POSTERN_MODE_DO_SESSION_REFRESH: return refresh(request, live, policy, isFrame: false)
    case POSTERN_MODE_SESSION_REFRESHER: return refresh(request, live, policy, isFrame: true)
    case POSTERN_MODE_GCIP_SIGNOUT: return signOut(decided, request, live, policy)
    case POSTERN_MODE_CLEAR_LOGIN_COOKIE: return clearCookies(request)
    case POSTERN_MODE_IDENTITY: return identity(decided, request, live, policy)
    default:
      var answer = Answer(generated: 404, reason: "reservedPath")
      answer.setPage(Page.loginFailed("There is nothing here.", again: nil))
      return answer
    }
  }

  /// What the same request would come to without the mode; the older paths stand for the root of their host.
  func decideWithoutMode(
    _ request: ClientRequest, _ live: LiveSession?, or caller: Caller = .anonymous, _ policy: GatePolicy
  ) -> Decided {
    var plain = request
    if request.path.hasPrefix("/_gcp_iap") {
      plain.path = "/"
      plain.query = nil
    } else {
      _ = plain.setTarget(request.targetWithoutMode)
    }
    return live.map { decide(plain, $0, policy) } ?? decide(plain, caller, policy)
  }

  private static func isChallenge(_ decided: Decided) -> Bool {
    Int(decided.decision.verdict) == POSTERN_REDIRECT || Int(decided.decision.verdict) == POSTERN_UNAUTHORIZED
  }

  /// What is refused to people whose credential is good.
  private static let refusalsOfTheKnown: Set = [
    POSTERN_REASON_DOMAIN_NOT_ALLOWED, POSTERN_REASON_DENIED, POSTERN_REASON_GROUPS_UNKNOWN,
    POSTERN_REASON_CONDITION_FALSE, POSTERN_REASON_CONDITION_ERROR, POSTERN_REASON_NO_BINDING, POSTERN_REASON_NO_ROUTE,
  ]

  /// Whether the credential is good: an allow as whoever it is of, or a refusal of what comes after it. Where a stranger is not asked for
  /// one, it was looked at in silence, and a refusal says nothing of it.
  private static func isKnown(_ decided: Decided, whereOthersAre stranger: Decided) -> Bool {
    switch Int(decided.decision.verdict) {
    case POSTERN_ALLOW: decided.decision.identity_attached == 1
    case POSTERN_FORBIDDEN: isChallenge(stranger) && refusalsOfTheKnown.contains(Int(decided.decision.reason))
    default: false
    }
  }

  /// Whether the page is public, and the session is not good enough to be known there.
  private static func isForNobody(_ decided: Decided) -> Bool {
    Int(decided.decision.verdict) == POSTERN_ALLOW && decided.decision.identity_attached == 0
  }

  // MARK: refreshing

  /// A page for a good session, which comes back to itself; for any other the way to log in, and back here.
  private func refresh(_ request: ClientRequest, _ live: LiveSession?, _ policy: GatePolicy, isFrame: Bool) -> Answer {
    let decided = decideWithoutMode(request, live, policy)
    if Self.isChallenge(decided) || Self.isForNobody(decided) {
      let reason = ReasonName.text(decided.decision.reason)
      return startLogin(decided, request, target: request.target, reason: reason, policy)
    }
    let here = "\(settings.origin(request.hostName))\(request.target)"
    var answer = Answer(generated: 200, reason: "sessionGood")
    answer.setPage(
      isFrame
        ? Page.refresher(again: here, everySeconds: Self.refreshSeconds)
        : Page.refreshed(again: here, everySeconds: Self.refreshSeconds))
    return answer
  }

  // MARK: ending

  /// Whether the person asked for this page, and no other site's: by a link of the same host, or in the address bar.
  private static func isOwnNavigation(_ request: ClientRequest) -> Bool {
    let site = request.headers["sec-fetch-site"]
    return site == "same-origin" || site == "none"
  }

  /// Asks the person; the answer comes to the login host, whose form no other site can send.
  private func confirm(_ title: String, _ confirmation: Confirmation) -> Answer {
    var answer = Answer(generated: 200, reason: "confirm")
    let token = sealer.seal(confirmation, for: .confirmation)
    answer.setPage(Page.confirm(title, action: "\(settings.origin(settings.loginHost))/confirm", token: token))
    return answer
  }

  /// Ends this host's session, and goes to sign in.
  private func signOut(
    _ decided: Decided, _ request: ClientRequest, _ live: LiveSession?, _ policy: GatePolicy
  ) -> Answer {
    let path = request.path.hasPrefix("/_gcp_iap") ? "/" : request.targetWithoutMode
    let here = "\(settings.origin(request.hostName))\(path)"
    guard let live else { return .redirect(here, reason: "signedOut") }
    let next = afterSignOut(here, of: live.facts.login.person, decided.app, policy)
    let confirmation = Confirmation(
      action: .endSession, session: live.key, next: next, expiresAt: clock.now + LoginRequest.lifetimeMilliseconds)
    if !Self.isOwnNavigation(request) { return confirm("Sign out", confirmation) }
    // The end must be durable before it is told: the login host waits for the store.
    return .redirect(
      "\(settings.origin(settings.loginHost))/confirm?token=\(sealer.seal(confirmation, for: .confirmation))",
      reason: "signedOut")
  }

  /// Clears this host's cookies, and goes back to where they were asked to be cleared.
  private func clearCookies(_ request: ClientRequest) -> Answer {
    let path = request.path.hasPrefix("/_gcp_iap") ? "/" : request.targetWithoutMode
    let next = "\(settings.origin(request.hostName))\(path)"
    let session = request.cookies.value(GateCookie.session).flatMap(SessionIdentifier.init)?.key
    if !Self.isOwnNavigation(request) && !isConfirmed(request, session, next) {
      let confirmation = Confirmation(
        action: .clearCookies, session: session, next: next, expiresAt: clock.now + LoginRequest.lifetimeMilliseconds)
      let token = sealer.seal(confirmation, for: .confirmation)
      let here = request.target(without: [Self.confirmedName])
      let mark = here.contains("?") ? "&" : "?"
      var answer = Answer(generated: 200, reason: "confirm")
      // A link, for proxies pass no bodies on from here: no other site can read the token in it.
      answer.setPage(
        Page.confirm(
          "Clear cookies", url: "\(settings.origin(request.hostName))\(here)\(mark)\(Self.confirmedName)=\(token)"))
      return answer
    }
    var answer = Answer.redirect(next, reason: "cookiesCleared")
    for name in request.cookies.ourNames {
      for isCrossSite in [false, true] {
        answer.headers.add("set-cookie", GateCookie.expire(name, crossSite: isCrossSite))
      }
    }
    return answer
  }

  /// The parameter that carries a confirmation.
  static let confirmedName = "postern-confirmed"

  /// Whether the person was asked, here and with this session.
  private func isConfirmed(_ request: ClientRequest, _ session: SessionKey?, _ next: String) -> Bool {
    guard let token = request.queryFields[Self.confirmedName],
      let confirmation = sealer.open(token, for: .confirmation, as: Confirmation.self)
    else { return false }
    return confirmation.action == .clearCookies && confirmation.session == session && confirmation.next == next
      && confirmation.expiresAt > clock.now
  }

  // MARK: identity

  /// Who is signed in, for anybody whose credential is good (docs/decision.md, rows 7 and 8), with access or without.
  private func identity(
    _ moded: Decided, _ request: ClientRequest, _ live: LiveSession?, _ policy: GatePolicy
  ) -> Answer {
    let site = request.headers["sec-fetch-site"]
    if let site, site != "same-origin", site != "none" { return Answer(generated: 403, reason: "crossSite") }
    let decided = decideWithoutMode(request, live, or: moded.caller, policy)
    let stranger = decideWithoutMode(request, nil, policy)
    guard let person = decided.caller.person, Self.isKnown(decided, whereOthersAre: stranger) else {
      let reason = ReasonName.text(decided.decision.reason)
      var answer = unauthorized(
        request, decided.app, challenge: Self.challenge(decided, reason: reason), reason: reason)
      // Who is signed in is for the page's own host alone.
      for name in answer.headers.fields.map(\.name) where name.hasPrefix("access-control-") {
        answer.headers.remove(name)
      }
      return answer
    }
    var answer = Answer(generated: 200, reason: "identity")
    let email = person.isEmailVerified ? person.email : nil
    answer.setJSON(
      .object([
        "email": email.map { .text("\(person.provider):\($0)") } ?? .null,
        "sub": .text("\(person.provider):\(person.subject)"),
      ]))
    return answer
  }

  // MARK: arrival

  /// A login arrives at the app's host: its code becomes a session of this host, once, in the browser that was sent away.
  func arrive(_ request: ClientRequest) async -> Answer {
    let code = request.queryFields["code"] ?? ""
    do throws(StoreFault) {
      guard let bytes = try await store.take("code:\(code)", at: clock.now), let handOver = HandOver.read(json: bytes),
        handOver.host == request.hostName
      else {
        log.info("a sign-in arrived whose code is not good any more", metadata: ["host": "\(request.hostName)"])
        return failure(
          "This sign-in has been used already, or took too long.", again: "\(settings.origin(request.hostName))/")
      }
      let again = "\(settings.origin(handOver.host))\(handOver.target)"
      guard let secret = request.cookies.value(GateCookie.attempt(handOver.slot)),
        SessionKey(hashing: secret) == handOver.attempt
      else {
        log.info("a sign-in arrived in another browser", metadata: ["host": "\(request.hostName)"])
        return failure("This sign-in was begun in another browser.", again: again)
      }
      let identifier = SessionIdentifier()
      try await store.insert(
        Session(host: handOver.host, login: handOver.login, startedAt: clock.now), for: identifier.key)
      try await endReplaced(request.cookies, by: handOver.login)
      var answer = Answer.redirect(again, reason: "signedIn")
      // The app that the person logs in to, which a host may have several of.
      var landing = request
      _ = landing.setTarget(handOver.target)
      let isCrossSite = app(of: landing, policy)?.corsOrigins.isEmpty == false
      // One of the other kind may be there from before the policy changed, and two are nobody's.
      answer.headers.add("set-cookie", GateCookie.expire(GateCookie.session, crossSite: !isCrossSite))
      answer.headers.add("set-cookie", GateCookie.set(GateCookie.session, identifier.text, crossSite: isCrossSite))
      answer.headers.add("set-cookie", GateCookie.expire(GateCookie.attempt(handOver.slot)))
      return answer
    } catch {
      log.error("the session store cannot be asked", metadata: ["error": "\(error)"])
      return failure("Sign-in is not possible right now.", again: nil, status: 503)
    }
  }

  /// Ends the session that this browser had here before, where another person came, or the same one logged in anew: its identifier is nobody's
  /// any more. Tabs that log in within the same minute leave each other's: requests of theirs may be under way.
  private func endReplaced(_ cookies: Cookies, by login: SessionKey) async throws(StoreFault) {
    guard let key = cookies.value(GateCookie.session).flatMap(SessionIdentifier.init)?.key,
      let old = try await store.session(for: key)?.login, let new = try await store.login(for: login)?.login
    else { return }
    let isSame =
      old.person.provider == new.person.provider && old.person.subject == new.person.subject
      && old.person.tenant == new.person.tenant
    if isSame && new.authenticatedAt - old.authenticatedAt < Self.handOverMilliseconds { return }
    try await revoke(.session(key))
  }

  /// A page that says what went wrong at a login.
  func failure(_ sentence: String, again: String?, status: Int = 403) -> Answer {
    var answer = Answer(generated: status, reason: "loginFailed")
    answer.setPage(Page.loginFailed(sentence, again: again))
    return answer
  }
}
