// Logging in at a page of the organization's own (`gcipSettings.loginPageUri`; docs/service.md, "A login page of your own"): what the page is
// told, and the identity platform's token that it brings back. Refuses a token that was made before the person was sent there, and one
// that comes to another browser.

internal import Logging

extension Gate {
  /// To the page, with what it needs to bring the person back.
  func send(
    _ login: LoginRequest, to page: PageAddress, of provider: LoginProvider, _ request: ClientRequest
  ) async -> Answer {
    let slot = request.cookies.freeSlot(GateCookie.state)
    let state = LoginState(
      request: login, provider: provider.name, tenant: nil, state: "\(slot)\(SessionIdentifier().text)", nonce: "",
      verifier: "", startedAt: clock.now, didAskForLogin: login.requiresLogin, isAtPage: true,
      browser: (try? await currentLogin(request))?.login.browser)
    guard let cookie = await cookieValue(of: state) else {
      return failure("Sign-in is not possible right now.", again: returnURL(login), status: 503)
    }
    var parameters = [
      ("mode", login.requiresLogin ? "reauth" : "login"), ("provider", provider.name), ("state", state.state),
      ("return", "\(settings.origin(settings.loginHost))\(Self.tokenPath)\(FormEncoding.encode(provider.name))"),
    ]
    parameters += (login.tenants.isEmpty ? provider.tenants : login.tenants).map { ("tenant", $0) }
    if let hint = login.loginHint { parameters.append(("hd", hint)) }
    var answer = Answer.redirect(page.adding(parameters), reason: "login")
    // The page's form comes from another site: a cookie that stays on this one would not come with it. One of that kind may be there still.
    answer.headers.add("set-cookie", GateCookie.expire(GateCookie.state(slot)))
    answer.headers.add(
      "set-cookie",
      GateCookie.set(
        GateCookie.state(slot), cookie,
        maxAgeSeconds: LoginRequest.lifetimeMilliseconds / 1_000, crossSite: true))
    return answer
  }

  /// Where pages post what they bring, before the provider's name.
  static let tokenPath = "/token/"

  /// A page brings a person back.
  func finishAtPage(_ request: ClientRequest, provider name: String) async -> Answer {
    let form = request.formFields
    guard let (slot, state) = await attempt(form["state"], request), state.isAtPage, state.provider == name,
      let provider = policy.provider(named: name)
    else { return unknownAttempt() }
    if let refusal = await useUp(state) { return refusal }
    var answer = await finishAtPage(form, request, state, provider)
    answer.headers.add("set-cookie", GateCookie.expire(GateCookie.state(slot), crossSite: true))
    return answer
  }

  private func finishAtPage(
    _ form: [String: String], _ request: ClientRequest, _ state: LoginState, _ provider: LoginProvider
  ) async -> Answer {
    let login = state.request
    if login.expiresAt <= clock.now { return failure("This sign-in took too long.", again: returnURL(login)) }
    guard let token = form["token"] else {
      log.info("a login page signed nobody in", metadata: ["error": "\((form["error"] ?? "").prefix(64))"])
      return failure("The sign-in page did not sign you in.", again: returnURL(login))
    }
    do throws(ProviderFault) {
      let claims = try await verifier.identity(of: token, from: provider, since: state.startedAt)
      let person = try Person(claims, from: provider, settings(of: provider))
      let tokens = ProviderTokens(access: "", refresh: nil, identity: token)
      return await accept(claims, tokens, person, state, provider, request)
    } catch {
      return failure(error, of: "sign-in page", provider, login)
    }
  }

  /// Where a person goes whose session at `host` has ended: by the page, which ends its own first.
  func afterSignOut(_ next: String, of person: Person, _ app: GateApp?, _ policy: GatePolicy) -> String {
    guard let page = app?.loginPage, policy.provider(named: person.provider)?.source == .identityPlatform else {
      return next
    }
    return page.adding([("mode", "signout"), ("provider", person.provider), ("return", next)])
  }
}
