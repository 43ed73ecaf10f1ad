// From a decision to the wire (docs/decision.md, "Verdicts"; the gate's rules, "From the decision to the wire"). What an answer says of
// why is what `postern explain` says; what it never says is who else might pass.

internal import CPostern

extension Gate {
  /// The answer that carries a decision out.
  func answer(_ decided: Decided, _ request: ClientRequest, live: LiveSession?, _ policy: GatePolicy) -> Answer {
    let answer = carryOut(decided, request, live: live, policy)
    decisionLog?.add(decided, request, answer, revision: policy.revision)
    return answer
  }

  private func carryOut(
    _ decided: Decided, _ request: ClientRequest, live: LiveSession?, _ policy: GatePolicy
  ) -> Answer {
    let reason = ReasonName.text(decided.decision.reason)
    switch Int(decided.decision.verdict) {
    case POSTERN_ALLOW: return allow(decided, request, live: live, reason: reason)
    case POSTERN_REDIRECT: return redirect(decided, request, reason: reason, policy)
    case POSTERN_UNAUTHORIZED: return unauthorized(decided, request, reason: reason)
    case POSTERN_HANDLE: return handle(decided, request, live: live, policy)
    default: return forbid(decided, request, reason: reason)
    }
  }

  // MARK: allow

  private func allow(_ decided: Decided, _ request: ClientRequest, live: LiveSession?, reason: String) -> Answer {
    if let refusal = refusalOfHandshake(request, decided.app) ?? refusalOfOverride(request, decided) { return refusal }
    var answer = Answer(allow: reason)
    addIdentity(decided, live: live, to: &answer)
    if let live { noteActivity(decided, live, at: decided.now) }
    answer.headers.add("cookie", request.cookies.forApp ?? "")
    let isOwn = decided.usesAuthorization
    answer.headers.add("authorization", isOwn ? "" : request.headers["authorization"] ?? "")
    return answer
  }

  /// What the app is told of who asks; empty where it is told nothing.
  private func addIdentity(_ decided: Decided, live: LiveSession?, to answer: inout Answer) {
    let person = decided.decision.identity_attached == 1 ? decided.caller.person : nil
    let assertion = person.flatMap { person in
      decided.app.map { self.assertion(of: person, $0, decided, live: live) }
    }
    let email = person.flatMap { person in
      person.isEmailVerified ? person.email.map { "\(person.provider):\($0)" } : nil
    }
    answer.headers.add(IdentityHeader.assertion, assertion ?? "")
    answer.headers.add(IdentityHeader.email, email ?? "")
    answer.headers.add(IdentityHeader.subject, person.map { "\($0.provider):\($0.subject)" } ?? "")
    for attribute in decided.app?.propagation ?? [] {
      guard let name = attribute.headerName else { continue }
      answer.headers.add(name, person.map(attribute.headerValue) ?? "")
      if !name.hasPrefix(IdentityHeader.prefix) { answer.strictAttributes.insert(name) }
    }
  }

  private func assertion(of person: Person, _ app: GateApp, _ decided: Decided, live: LiveSession?) -> String {
    let test = TokenTest(rawValue: decided.decision.token_test)
    if test == .notSet { return "" }
    guard test == .none, let live else {
      return signer.assertion(person, for: app, at: decided.now, test: test, by: decided.caller.accessToken).token
    }
    return live.assertion(for: app) {
      signer.isFresh($0, at: decided.now)
    } make: {
      signer.assertion(person, for: app, at: decided.now)
    }
  }

  static func isWebSocket(_ request: ClientRequest) -> Bool {
    guard request.headers.contains("upgrade") else { return false }
    return request.headers.values("upgrade").flatMap { $0.split(separator: ",") }
      .contains { $0.trimmed.lowercased() == "websocket" }
  }

  /// A handshake whose `Origin` is neither the host's own nor declared is another site's script with this browser's cookies.
  private func refusalOfHandshake(_ request: ClientRequest, _ app: GateApp?) -> Answer? {
    guard Self.isWebSocket(request), let origin = request.headers["origin"] else { return nil }
    if origin == settings.origin(request.hostName) || app?.corsOrigins.contains(origin) == true { return nil }
    return Answer(generated: 403, reason: "originNotAllowed")
  }

  /// Names under which frameworks take another method than the request line's.
  private static let methodOverrides = ["x-http-method-override", "x-http-method", "x-method-override"]

  /// An OPTIONS that nobody has checked is nothing but an OPTIONS: no preflight has such a header, and no proxy here could take it away.
  private func refusalOfOverride(_ request: ClientRequest, _ decided: Decided) -> Answer? {
    guard Int(decided.decision.reason) == POSTERN_REASON_CORS_OPTIONS,
      Self.methodOverrides.contains(where: request.headers.contains)
    else { return nil }
    return Answer(generated: 403, reason: "methodOverride")
  }

  // MARK: refusals

  private func forbid(_ decided: Decided, _ request: ClientRequest, reason: String) -> Answer {
    let isMalformed = decided.decision.reason == UInt16(POSTERN_REASON_MALFORMED_REQUEST)
    if !isMalformed, Self.wantsPage(request), let page = decided.app?.deniedPage,
      !page.isPage("\(settings.origin(request.hostName))\(request.path)")
    {
      return .redirect(page.text, reason: reason)
    }
    var answer = Answer(generated: isMalformed ? 400 : 403, reason: reason)
    addCORS(request, decided.app, to: &answer)
    if Self.wantsPage(request) {
      answer.setPage(Page.denied(reason: reason, host: request.hostName, who: decided.caller.person?.principal))
    } else {
      answer.setJSON(.object(["error": .text("forbidden"), "reason": .text(reason)]))
    }
    return answer
  }

  /// What a page, a script or a client can act on: why, and where to mend it.
  private func unauthorized(_ decided: Decided, _ request: ClientRequest, reason: String) -> Answer {
    unauthorized(request, decided.app, challenge: Self.challenge(decided, reason: reason), reason: reason)
  }

  /// A 401 of any kind.
  func unauthorized(_ request: ClientRequest, _ app: GateApp?, challenge: String, reason: String) -> Answer {
    var answer = Answer(generated: 401, reason: reason)
    answer.headers.set("www-authenticate", challenge)
    let refresh = refreshURL(request)
    answer.headers.set("x-postern-refresh", refresh)
    addCORS(request, app, to: &answer)
    if Self.wantsPage(request) {
      answer.setPage(Page.sessionEnded(reason: reason, refresh: refresh))
    } else {
      answer.setJSON(.object(["error": .text("unauthorized"), "reason": .text(reason), "refresh": .text(refresh)]))
    }
    return answer
  }

  /// The answer to a bearer that cannot be believed (RFC 6750, 3.1).
  func invalidToken(_ request: ClientRequest, _ app: GateApp?, isUnavailable: Bool) -> Answer {
    let reason = isUnavailable ? "providerUnavailable" : "invalidToken"
    return unauthorized(
      request, app, challenge: "Bearer realm=\"\(app?.name ?? "postern")\", error=\"invalid_token\"", reason: reason)
  }

  /// `WWW-Authenticate`, with the step-up challenge of RFC 9470 where re-authentication is missing.
  static func challenge(_ decided: Decided, reason: String) -> String {
    let realm = "Bearer realm=\"\(decided.app?.name ?? "postern")\""
    if decided.decision.reason == UInt16(POSTERN_REASON_REAUTHENTICATION_REQUIRED) {
      let age = decided.decision.reauthentication_max_age_seconds
      let values = AuthenticationMethod(decided.decision.reauthentication_method).contextClass
      return "\(realm), error=\"insufficient_user_authentication\", acr_values=\"\(values)\", max_age=\"\(age)\""
    }
    if Int(decided.caller.credential.kind) == POSTERN_CREDENTIAL_NONE { return realm }
    return "\(realm), error=\"invalid_token\", error_description=\"\(reason)\""
  }

  /// The refused request's own path with the mode that refreshes a session in a window of its own.
  func refreshURL(_ request: ClientRequest) -> String {
    "\(settings.origin(request.hostName))\(request.path)?gcp-iap-mode=DO_SESSION_REFRESH"
  }

  /// For the app's declared origins only; whether there are any, a stranger may learn.
  private func addCORS(_ request: ClientRequest, _ app: GateApp?, to answer: inout Answer) {
    guard let app, !app.corsOrigins.isEmpty else { return }
    answer.headers.set("vary", "Origin")
    guard let origin = request.headers["origin"], app.corsOrigins.contains(origin) else { return }
    answer.headers.set("access-control-allow-origin", origin)
    answer.headers.set("access-control-allow-credentials", "true")
    answer.headers.set(
      "access-control-expose-headers",
      "www-authenticate, x-goog-iap-generated-response, x-postern-reason, x-postern-refresh")
  }

  /// Whether a person looks at the answer.
  static func wantsPage(_ request: ClientRequest) -> Bool {
    if let mode = request.headers["sec-fetch-mode"] { return mode == "navigate" }
    return request.headers["x-requested-with"] == nil && request.headers.joined("accept")?.contains("text/html") == true
  }

  // MARK: redirects

  /// To the login host, with what this browser needs to come back.
  private func redirect(_ decided: Decided, _ request: ClientRequest, reason: String, _ policy: GatePolicy) -> Answer {
    startLogin(decided, request, target: request.targetWithoutMode, reason: reason, policy)
  }

  /// Sends a browser to the login host.
  func startLogin(
    _ decided: Decided, _ request: ClientRequest, target: String, reason: String, _ policy: GatePolicy
  ) -> Answer {
    let secret = SessionIdentifier()
    let slot = request.cookies.freeSlot(GateCookie.attempt)
    let decision = decided.decision
    let login = LoginRequest(
      host: request.hostName, target: LoginRequest.target(target, of: request), app: decided.app?.name ?? "",
      providers: (decided.app?.providers ?? []).map { policy.providers[$0].name }, tenants: decided.app?.tenants ?? [],
      page: decided.app?.loginPage, loginHint: decided.app?.loginHint, prompt: decision.prompt,
      authenticatedAfter: decision.authenticated_after,
      method: decision.reauthentication_method, maxAgeSeconds: decision.reauthentication_max_age_seconds,
      mayBeSilent: reason == "noCredential", attempt: secret.key, slot: slot,
      showsChooser: reason == "tenantMismatch" || reason == "providerMismatch",
      expiresAt: decided.now + LoginRequest.lifetimeMilliseconds)
    var answer = Answer.redirect(
      "\(settings.origin(settings.loginHost))/login?request=\(sealer.seal(login, for: .loginRequest))", reason: reason)
    answer.headers.add(
      "set-cookie",
      GateCookie.set(
        GateCookie.attempt(slot), secret.text, maxAgeSeconds: LoginRequest.lifetimeMilliseconds / 1_000))
    return answer
  }
}

/// How strong an authentication must be; numbers as in postern.h.
struct AuthenticationMethod: Equatable {
  let rawValue: UInt8
  init(_ rawValue: UInt8) { self.rawValue = rawValue }

  /// The `acr` value that stands for it.
  var contextClass: String {
    switch Int(rawValue) {
    case POSTERN_METHOD_SECURE_KEY: "urn:postern:secure-key"
    case POSTERN_METHOD_ENROLLED_SECOND_FACTORS: "urn:postern:second-factors"
    default: "urn:postern:login"
    }
  }
}

extension ClientRequest {
  /// Path and query as they came, without the parameters that are for the gate.
  var targetWithoutMode: String { target(without: ["gcp-iap-mode", Gate.confirmedName]) }

  /// Path and query as they came, without parameters of these names.
  func target(without names: Set<String>) -> String {
    guard let query else { return path }
    let kept = query.split(separator: "&", omittingEmptySubsequences: false).filter { pair in
      let name = pair.prefix { $0 != "=" }
      return FormEncoding.decode(name).map { !names.contains($0) } ?? true
    }
    return kept.isEmpty || kept == [""] ? path : "\(path)?\(kept.joined(separator: "&"))"
  }
}
