// Logging in through OpenID Connect (Core 1.0): authorization code with PKCE (RFC 7636), `state` and `nonce` for each attempt, the issuer
// in the answer (RFC 9207). Refuses an authentication that is older than what ended the session, whoever vouches for it.

internal import CPostern
internal import Crypto
internal import Logging

extension Gate {
  // MARK: beginning

  /// Somebody comes from an app's host: a login that is here already may do, otherwise a provider is asked.
  func beginLogin(_ request: ClientRequest, _ query: [String: String]) async -> Answer {
    guard var login = sealer.open(query["request"] ?? "", for: .loginRequest, as: LoginRequest.self) else {
      log.info("a sign-in's link cannot be read")
      return failure("This sign-in link cannot be read.", again: nil, status: 400)
    }
    if login.expiresAt <= clock.now { return failure("This sign-in took too long.", again: returnURL(login)) }
    do throws(StoreFault) {
      if let current = try await currentLogin(request), accepts(current.login, for: login),
        try await !isReplaced(current.key)
      {
        // The page that asked is this host's own: it looks at the login itself.
        if login.host == settings.loginHost { return .redirect(returnURL(login), reason: "signedIn") }
        guard let handedAt = try await lastHandOver(of: current.key, to: login.host) else {
          return try await handOver(current.key, login)
        }
        // This host had a session of this login: it has ended, by its idle timeout or by its person, and does not come back silently.
        login.prompt = UInt8(POSTERN_PROMPT_LOGIN)
        login.authenticatedAfter = max(login.authenticatedAfter, handedAt)
        login.mayBeSilent = false
      }
    } catch {
      log.error("the session store cannot be asked", metadata: ["error": "\(error)"])
      return failure("Sign-in is not possible right now.", again: nil, status: 503)
    }
    return await chooseProvider(login, request, query)
  }

  private func chooseProvider(_ login: LoginRequest, _ request: ClientRequest, _ query: [String: String]) async
    -> Answer
  {
    let choices = choices(login)
    if let name = query["provider"],
      let choice = choices.first(where: { $0.provider.name == name && $0.tenant == query["tenant"] })
    {
      let prompt = login.showsChooser && !login.requiresLogin ? "select_account" : nil
      return await send(login, to: choice.provider, tenant: choice.tenant, request, askingFor: prompt)
    }
    if choices.count == 1 && !login.showsChooser {
      return await send(login, to: choices[0].provider, tenant: choices[0].tenant, request)
    }
    if choices.isEmpty { return failure("Nobody can sign in to this application here.", again: nil) }
    var answer = Answer(generated: 200, reason: "chooser")
    let sealed = sealer.seal(login, for: .loginRequest)
    answer.setPage(
      Page.chooser(
        choices.map { choice in
          let tenant = choice.tenant.map { "&tenant=\(FormEncoding.encode($0))" } ?? ""
          let url = "/login?request=\(sealed)&provider=\(FormEncoding.encode(choice.provider.name))\(tenant)"
          return (choice.tenant.map { "\(choice.provider.name) · \($0)" } ?? choice.provider.name, url)
        }, host: login.host))
    return answer
  }

  /// The providers, each with one of its tenants that the app takes.
  private func choices(_ login: LoginRequest) -> [(provider: LoginProvider, tenant: String?)] {
    let policy = policy
    return login.providers.compactMap(policy.provider(named:)).filter(\.speaksOpenID)
      .flatMap { provider -> [(provider: LoginProvider, tenant: String?)] in
        if login.page(for: provider) != nil { return [(provider, nil)] }
        let tenants = provider.tenants.filter { login.tenants.isEmpty || login.tenants.contains($0) }
        return tenants.isEmpty ? [(provider, nil)] : tenants.map { (provider, $0) }
      }
  }

  /// To the provider, or to the page that stands for it.
  private func send(
    _ login: LoginRequest, to provider: LoginProvider, tenant: String?, _ request: ClientRequest,
    askingFor prompt: String? = nil
  ) async -> Answer {
    if let page = login.page(for: provider) { return await send(login, to: page, of: provider, request) }
    let endpoint: String
    do throws(ProviderFault) {
      endpoint = try await directory.metadata(of: provider).needed(\.authorizationEndpoint)
    } catch {
      log.error("a provider cannot be asked", metadata: ["provider": "\(provider.name)", "error": "\(error)"])
      return failure("The sign-in service cannot be reached.", again: returnURL(login), status: 503)
    }
    let slot = request.cookies.freeSlot(GateCookie.state)
    let prompt = prompt ?? (login.requiresLogin ? "login" : nil)
    let state = LoginState(
      request: login, provider: provider.name, tenant: tenant, state: "\(slot)\(SessionIdentifier().text)",
      nonce: SessionIdentifier().text, verifier: SessionIdentifier().text, startedAt: clock.now,
      didAskForLogin: prompt == "login")
    guard let cookie = await cookieValue(of: state) else {
      return failure("Sign-in is not possible right now.", again: returnURL(login), status: 503)
    }
    let parameters = authorization(state, provider, prompt: prompt)
    let mark = endpoint.contains("?") ? "&" : "?"
    var answer = Answer.redirect("\(endpoint)\(mark)\(FormEncoding.form(parameters))", reason: "login")
    answer.headers.add(
      "set-cookie",
      GateCookie.set(
        GateCookie.state(slot), cookie, maxAgeSeconds: LoginRequest.lifetimeMilliseconds / 1_000))
    return answer
  }

  /// The state itself, sealed, or where several of that length would be too much for a header, the name that the store has it under;
  /// nil where the store cannot take it.
  func cookieValue(of state: LoginState) async -> String? {
    let sealed = sealer.seal(state, for: .loginState)
    if sealed.utf8.count <= GateCookie.stateBytes { return sealed }
    let name = SessionIdentifier()
    do throws(StoreFault) {
      try await store.put(
        Array(sealed.utf8), under: "state:\(name.key.text)", until: clock.now + LoginRequest.lifetimeMilliseconds)
      return name.text
    } catch {
      log.error("the session store cannot be asked", metadata: ["error": "\(error)"])
      return nil
    }
  }

  private func state(ofCookie value: String) async -> LoginState? {
    var sealed = value
    if let name = SessionIdentifier(value) {
      guard let bytes = try? await store.take("state:\(name.key.text)", at: clock.now) else { return nil }
      sealed = String(decoding: bytes, as: UTF8.self)
    }
    return sealer.open(sealed, for: .loginState, as: LoginState.self)
  }

  private func authorization(_ state: LoginState, _ provider: LoginProvider, prompt: String?) -> [(String, String)] {
    let login = state.request
    var parameters = [
      ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", redirectURI(provider)),
      ("scope", settings(of: provider).scopes.joined(separator: " ")), ("state", state.state), ("nonce", state.nonce),
      ("code_challenge", Base64URL.text(SHA256.hash(data: Array(state.verifier.utf8)))),
      ("code_challenge_method", "S256"),
      // With `max_age` a provider must state `auth_time`, which everything counts from (OpenID Connect Core 1.0, 3.1.2.1).
      ("max_age", String(login.maxAgeSeconds > 0 ? login.maxAgeSeconds : 31_536_000)),
    ]
    if let prompt { parameters.append(("prompt", prompt)) }
    if let hint = login.loginHint { parameters.append(("hd", hint)) }
    if login.method > UInt8(POSTERN_METHOD_LOGIN) {
      parameters.append(("acr_values", AuthenticationMethod(login.method).contextClass))
    }
    if let tenant = state.tenant { parameters.append(("tenant", tenant)) }
    // Google gives refresh tokens, by which it is asked about the account, to nobody else (Google, "OpenID Connect", `access_type`).
    if provider.source == .workspace { parameters.append(("access_type", "offline")) }
    return parameters
  }

  private func redirectURI(_ provider: LoginProvider) -> String {
    "\(settings.origin(settings.loginHost))/callback/\(FormEncoding.encode(provider.name))"
  }

  // MARK: finishing

  /// Somebody comes back from a provider.
  func finishLogin(_ request: ClientRequest, _ query: [String: String], provider name: String) async -> Answer {
    guard let (slot, state) = await attempt(query["state"], request), !state.isAtPage, state.provider == name,
      let provider = policy.provider(named: name)
    else { return unknownAttempt() }
    // An attempt is answered once, whoever keeps its cookie.
    if let refusal = await useUp(state) { return refusal }
    var answer = await finishLogin(request, query, state, provider)
    answer.headers.add("set-cookie", GateCookie.expire(GateCookie.state(slot)))
    return answer
  }

  /// The attempt of this browser that somebody answers to.
  func attempt(_ text: String?, _ request: ClientRequest) async -> (slot: Int, state: LoginState)? {
    guard let text, let slot = text.first?.wholeNumberValue, slot < LoginRequest.slotCount,
      let cookie = request.cookies.value(GateCookie.state(slot)), let state = await state(ofCookie: cookie),
      state.state == text
    else { return nil }
    return (slot, state)
  }

  /// Takes an attempt, on all nodes; what is answered where somebody has taken it, or nobody can tell.
  func useUp(_ state: LoginState) async -> Answer? {
    do throws(StoreFault) {
      let isFirst = try await store.claim("answered:\(state.state)", until: state.request.expiresAt, at: clock.now)
      return isFirst ? nil : unknownAttempt()
    } catch {
      log.error("the session store cannot be asked", metadata: ["error": "\(error)"])
      return failure("Sign-in is not possible right now.", again: nil, status: 503)
    }
  }

  func unknownAttempt() -> Answer {
    log.info("a sign-in was answered that is not under way in that browser")
    return failure("This sign-in was not begun here, or in another window since.", again: nil, status: 400)
  }

  private func finishLogin(
    _ request: ClientRequest, _ query: [String: String], _ state: LoginState, _ provider: LoginProvider
  ) async -> Answer {
    let login = state.request
    if login.expiresAt <= clock.now { return failure("This sign-in took too long.", again: returnURL(login)) }
    do throws(ProviderFault) {
      let metadata = try await directory.metadata(of: provider)
      try checkIssuer(query["iss"], metadata)
      if let error = query["error"] { return providerError(error, login) }
      guard let code = query["code"] else { throw .refused("the provider's answer has no code") }
      let (claims, tokens) = try await redeem(code, state, provider, metadata)
      let person = try Person(claims, from: provider, settings(of: provider))
      if let restart = await restart(claims, person, state, provider, request) { return restart }
      return await accept(claims, tokens, person, state, provider, request)
    } catch {
      return failure(error, of: "sign-in service", provider, login)
    }
  }

  /// What a login comes to whose answer `source` could not give, or that cannot be believed.
  func failure(_ fault: ProviderFault, of source: String, _ provider: LoginProvider, _ login: LoginRequest) -> Answer {
    log.warning("a login was refused", metadata: ["provider": "\(provider.name)", "error": "\(fault)"])
    let isUnavailable = fault.kind == .unavailable
    return failure(
      isUnavailable ? "The sign-in service cannot be reached." : "The \(source)'s answer cannot be believed.",
      again: returnURL(login), status: isUnavailable ? 503 : 403)
  }

  /// The issuer in the answer (RFC 9207): where it is stated, or always is, it is this one.
  private func checkIssuer(_ stated: String?, _ metadata: ProviderMetadata) throws(ProviderFault) {
    if stated == nil && metadata.statesIssuer { throw .refused("the answer does not say whose it is") }
    if let stated, stated != metadata.issuer { throw .refused("the answer is of \(stated)") }
  }

  private func providerError(_ error: String, _ login: LoginRequest) -> Answer {
    log.info("a provider refused a login", metadata: ["error": "\(error.prefix(64))"])
    return failure("The sign-in service did not sign you in.", again: returnURL(login))
  }

  /// The code becomes tokens.
  private func redeem(
    _ code: String, _ state: LoginState, _ provider: LoginProvider, _ metadata: ProviderMetadata
  ) async throws(ProviderFault) -> (claims: [String: JSON], tokens: ProviderTokens) {
    let form = [
      ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURI(provider)),
      ("code_verifier", state.verifier),
    ]
    let document = try await tokens(form, provider, metadata)
    guard let identity = document["id_token"]?.text else { throw .refused("the provider gave no ID token") }
    let claims = try await verifier.identity(of: identity, from: provider, nonce: state.nonce)
    return (
      claims,
      ProviderTokens(
        access: document["access_token"]?.text ?? "", refresh: document["refresh_token"]?.text, identity: identity)
    )
  }

  /// Asks the token endpoint; a refusal is one of RFC 6749, 5.2.
  func tokens(
    _ form: [(String, String)], _ provider: LoginProvider, _ metadata: ProviderMetadata
  ) async throws(ProviderFault) -> JSON {
    let secret = settings(of: provider).clientSecret
    let form = secret == nil ? form + [("client_id", provider.clientID)] : form
    let answer = try await transport.post(
      metadata.needed(\.tokenEndpoint), form: form, basic: secret.map { (provider.clientID, $0) })
    guard let document = JSON(answer.body) else { throw .unavailable("the token endpoint answered \(answer.status)") }
    if answer.status == 200 { return document }
    let error = document["error"]?.text ?? "status \(answer.status)"
    if answer.status >= 500 { throw .unavailable("the token endpoint says \(error)") }
    var fault = ProviderFault.refused("the token endpoint says \(error)")
    fault.code = error
    throw fault
  }

  /// One more time that a person is sent to the provider: where it does not say when it authenticated them, or where a silent
  /// login brought somebody of another domain than the hint's; each once.
  private func restart(
    _ claims: [String: JSON], _ person: Person, _ state: LoginState, _ provider: LoginProvider, _ request: ClientRequest
  ) async -> Answer? {
    var login = state.request
    // Whatever it was sent back for before: an authentication of no time counts from when it was asked for, and so it must be asked for.
    if claims.authenticatedAt == nil && !state.didAskForLogin {
      return await send(login, to: provider, tenant: state.tenant, request, askingFor: "login")
    }
    if login.restartCount > 0 { return nil }
    login.restartCount = 1
    let domain = person.hostedDomain ?? person.email.flatMap { $0.split(separator: "@").last.map(String.init) }
    if let hint = login.loginHint, !state.didAskForLogin, domain?.lowercased() != hint.lowercased() {
      return await send(login, to: provider, tenant: state.tenant, request, askingFor: "select_account")
    }
    return nil
  }

  /// The login counts: it is kept, and handed to the app's host.
  func accept(
    _ claims: [String: JSON], _ tokens: ProviderTokens, _ person: Person, _ state: LoginState,
    _ provider: LoginProvider,
    _ request: ClientRequest
  ) async -> Answer {
    let wanted = state.request
    do throws(StoreFault) {
      let current = try await currentLogin(request)
      let login = Login(
        claims, person: person, from: provider, settings(of: provider),
        browser: current?.login.browser ?? state.browser ?? SessionIdentifier().text, startedAt: state.startedAt)
      if login.authenticatedAt < wanted.authenticatedAfter {
        return failure("The sign-in service did not ask you to sign in again.", again: returnURL(wanted))
      }
      if !wanted.isMet(by: login) {
        return failure(
          "The sign-in service did not confirm it in the way that this page asks for.", again: returnURL(wanted))
      }
      if !wanted.takes(person.tenant, of: provider) { return refuseTenant(wanted) }
      let account = AccountState(
        state: UInt8(POSTERN_ACCOUNT_ACTIVE), checkedAt: clock.now, sealedTokens: sealer.seal(tokens, for: .tokens))
      let identifier = SessionIdentifier()
      try await store.insert(login, account, for: identifier.key)
      if let current { try await replace(current.key) }
      var answer = try await handOver(identifier.key, wanted)
      answer.headers.add("set-cookie", GateCookie.set(GateCookie.login, identifier.text))
      return answer
    } catch {
      log.error("the session store cannot be asked", metadata: ["error": "\(error)"])
      return failure("Sign-in is not possible right now.", again: nil, status: 503)
    }
  }

  /// A wrong tenant goes to the chooser, once; whoever comes from there with one may not come in.
  private func refuseTenant(_ wanted: LoginRequest) -> Answer {
    if wanted.showsChooser {
      return failure("This account is not of an organization that may come in here.", again: returnURL(wanted))
    }
    var again = wanted
    again.showsChooser = true
    return .redirect(
      "\(settings.origin(settings.loginHost))/login?request=\(sealer.seal(again, for: .loginRequest))",
      reason: "tenantMismatch")
  }

  /// Whether a login that is here already does, without asking its provider.
  private func accepts(_ login: Login, for request: LoginRequest) -> Bool {
    policy.provider(named: login.person.provider).map { request.accepts(login, of: $0) } ?? false
  }

  /// The browser has another login now: this one's identifier gets nobody in any more. What it was handed to goes on.
  private func replace(_ login: SessionKey) async throws(StoreFault) {
    try await store.put([1], under: Self.replacedName(login), until: clock.now + Self.rememberMilliseconds)
  }

  func isReplaced(_ login: SessionKey) async throws(StoreFault) -> Bool {
    try await store.look(Self.replacedName(login), at: clock.now) != nil
  }

  private static func replacedName(_ login: SessionKey) -> String { "replaced:\(login.text)" }

  /// How long several tabs of one host may come for a session of one login.
  static let handOverMilliseconds: Int64 = 60_000
  /// Longer than any login lasts.
  private static let rememberMilliseconds: Int64 = 90 * 86_400_000

  /// When a login was first handed to a host; nil where it was not, or only just now.
  private func lastHandOver(of login: SessionKey, to host: String) async throws(StoreFault) -> Int64? {
    guard let bytes = try await store.look(Self.handOverName(login, host), at: clock.now) else { return nil }
    guard let handedAt = Int64(String(decoding: bytes, as: UTF8.self)) else { return nil }
    // Signed out there: no tab comes back silently.
    if handedAt < 0 { return -handedAt }
    return clock.now - handedAt < Self.handOverMilliseconds ? nil : handedAt
  }

  /// A person signs out of a host: their login is not handed to it any more.
  func endHandOver(of session: SessionKey) async throws(StoreFault) {
    guard let session = try await store.session(for: session)?.session else { return }
    try await store.put(
      Array(String(-clock.now).utf8), under: Self.handOverName(session.login, session.host),
      until: clock.now + Self.rememberMilliseconds)
  }

  private static func handOverName(_ login: SessionKey, _ host: String) -> String { "handed:\(login.text):\(host)" }

  /// To the app's host, with a code that it can use once.
  private func handOver(_ login: SessionKey, _ request: LoginRequest) async throws(StoreFault) -> Answer {
    if request.host == settings.loginHost { return .redirect(returnURL(request), reason: "signedIn") }
    let code = SessionIdentifier().text
    let name = Self.handOverName(login, request.host)
    if try await store.look(name, at: clock.now) == nil {
      let now = Array(String(clock.now).utf8)
      try await store.put(now, under: name, until: clock.now + Self.rememberMilliseconds)
    }
    let handOver = HandOver(
      login: login, host: request.host, target: request.target, attempt: request.attempt, slot: request.slot)
    try await store.put(
      handOver.jsonBytes, under: "code:\(code)", until: clock.now + HandOver.lifetimeMilliseconds)
    return .redirect("\(settings.origin(request.host))\(Self.arrivalPath)?code=\(code)", reason: "signedIn")
  }
}

extension LoginRequest {
  /// The page where people log in instead of at `provider`; nil where that is the provider's own.
  func page(for provider: LoginProvider) -> PageAddress? { provider.source == .identityPlatform ? page : nil }

  /// Whether an authentication is as strong as it was asked to be: one that is not would only be sent back again.
  func isMet(by login: Login) -> Bool {
    let at =
      switch Int(method) {
      case POSTERN_METHOD_SECURE_KEY: login.securityKeyAt
      case POSTERN_METHOD_ENROLLED_SECOND_FACTORS: max(login.secondFactorAt, login.securityKeyAt)
      default: login.authenticatedAt
      }
    return at > 0 && at >= authenticatedAfter
  }

  /// Whether row 7 will let a tenant of the provider pass (docs/decision.md).
  func takes(_ tenant: String?, of provider: LoginProvider) -> Bool {
    let taken = provider.source == .identityPlatform && !tenants.isEmpty ? tenants : provider.tenants
    return taken.isEmpty ? tenant == nil : tenant.map(taken.contains) ?? false
  }

  /// Whether a login of the provider does that is here already.
  func accepts(_ login: Login, of provider: LoginProvider) -> Bool {
    mayBeSilent && !requiresLogin && providers.contains(login.person.provider)
      && login.authenticatedAt >= authenticatedAfter
      && takes(login.person.tenant, of: provider)
  }
}
