// The authorization endpoint (RFC 6749, 4.1; RFC 7636; RFC 9207): a client sends its person's browser here, they log in as for any app, and the
// client gets a code that it can use once. Refuses clients and addresses that the policy does not list before anything is sent anywhere,
// and challenges that are not S256.

internal import CPostern
internal import Crypto
internal import Logging

extension Gate {
  /// What a client asks for, once it is known to be the client's own question.
  struct AuthorizationRequest: Codable, Equatable {
    var client: String
    var redirectURI: String
    var scopes: [String]
    var challenge: String
    var state: String?
    var resource: String?
  }

  /// A code, as the store keeps it.
  struct AuthorizationCode: Codable {
    var request: AuthorizationRequest
    var granting: Granting

    static let lifetimeMilliseconds: Int64 = 60_000
    /// How long a used code is remembered, so that one that comes twice ends what it was used for.
    static let rememberMilliseconds: Int64 = 600_000

    static func name(_ key: SessionKey) -> String { "authorization:\(key.text)" }
    static func usedName(_ key: SessionKey) -> String { "authorized:\(key.text)" }
  }

  /// What a person of a client not of ours is asked.
  private struct Consent: Codable {
    /// Good for one answer.
    var name = SessionIdentifier()
    var request: AuthorizationRequest
    var login: SessionKey
    var isGranted: Bool
    var expiresAt: Int64
  }

  func authorize(_ request: ClientRequest) async -> Answer {
    guard let query = FormEncoding.fields(request.query ?? ""), let id = query["client_id"],
      let client = policy.oauthClient(id), client.allowsCode
    else { return refusedHere("There is no such application.", "unknownClient") }
    guard let redirectURI = query["redirect_uri"], client.takes(redirectURI: redirectURI) else {
      return refusedHere("This application wants the answer at an address that is not its own.", "redirectMismatch")
    }
    do {
      let wanted = try Self.authorizationRequest(query, client, redirectURI)
      _ = try audiences(of: client, resource: wanted.resource)
      return try await authorize(wanted, client, request, prompt: query["prompt"])
    } catch let refusal as OAuthRefusal {
      return redirect(refusal, to: redirectURI, state: query["state"])
    } catch {
      log.error("the session store cannot be asked", metadata: ["error": "\(error)"])
      return redirect(OAuthRefusal(.temporarilyUnavailable), to: redirectURI, state: query["state"])
    }
  }

  /// What cannot be told the client, for nobody knows that it is one.
  private func refusedHere(_ sentence: String, _ reason: String) -> Answer {
    log.info("an authorization was refused", metadata: ["reason": "\(reason)"])
    return failure(sentence, again: nil, status: 400)
  }

  private static func authorizationRequest(
    _ query: [String: String], _ client: OAuthClient, _ redirectURI: String
  ) throws(OAuthRefusal) -> AuthorizationRequest {
    guard let type = query["response_type"] else {
      throw OAuthRefusal(.invalidRequest, "`response_type` is missing")
    }
    guard type == "code" else { throw OAuthRefusal(.unsupportedResponseType) }
    guard query["code_challenge_method"] == "S256", let challenge = query["code_challenge"],
      SessionKey(challenge) != nil
    else { throw OAuthRefusal(.invalidRequest, "a code_challenge with S256 is needed") }
    guard let scopes = client.requested(query["scope"]) else { throw OAuthRefusal(.invalidScope) }
    return AuthorizationRequest(
      client: client.id, redirectURI: redirectURI, scopes: scopes, challenge: challenge, state: query["state"],
      resource: query["resource"])
  }

  private func authorize(
    _ wanted: AuthorizationRequest, _ client: OAuthClient, _ request: ClientRequest, prompt: String?
  ) async throws -> Answer {
    let isKnown = try await currentLogin(request) != nil
    // Whether a grant that this login makes can be used at all.
    if let current = try await oauthLogin(request, for: client), prompt != "login",
      decideNew(current.login, wanted.scopes, client).isAllowed
    {
      // Whoever has no secret may be any program of this machine: its person is asked (RFC 8252, 8.6).
      if try client.isFirstParty && secret(of: client) != nil { return try await grantCode(wanted, current.key) }
      if prompt == "none" { throw OAuthRefusal(.loginRequired) }
      return askForConsent(wanted, client, current)
    }
    if prompt == "none" { throw OAuthRefusal(.loginRequired) }
    // Whoever comes back has logged in: the question is not asked again.
    let pairs = request.queryFields
    let kept = pairs.filter { $0.key != "prompt" }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return logIn(
      for: client, target: "\(request.path)?\(FormEncoding.form(kept))",
      after: isKnown || prompt == "login" ? clock.now : 0, method: client.method)
  }

  /// What the kernel would say of a grant that is made now.
  func decideNew(_ login: Login, _ scopes: [String], _ client: OAuthClient) -> RefreshAnswer {
    var refresh = client.refresh(of: login.person, scopes)
    refresh.account_state = UInt8(POSTERN_ACCOUNT_ACTIVE)
    refresh.last_used_at = clock.now
    refresh.authenticated_at = login.authenticatedAt
    refresh.security_key_at = login.securityKeyAt
    return policy.decide(refresh, at: clock.now)
  }

  /// To the login of the apps that the client is for, and back to `target` on this host.
  func logIn(for client: OAuthClient, target: String, after: Int64, method: UInt8) -> Answer {
    // Providers say in whole seconds when somebody authenticated.
    let after = after / 1_000 * 1_000
    let login = LoginRequest(
      host: settings.loginHost, target: target, app: client.apps.first ?? "",
      providers: providerNames(of: client), tenants: [], page: nil, loginHint: nil,
      prompt: UInt8(after > 0 ? POSTERN_PROMPT_LOGIN : POSTERN_PROMPT_NONE), authenticatedAfter: after, method: method,
      maxAgeSeconds: 0, mayBeSilent: after == 0, attempt: SessionIdentifier().key, slot: 0,
      expiresAt: clock.now + LoginRequest.lifetimeMilliseconds)
    return .redirect("\(issuer)/login?request=\(sealer.seal(login, for: .loginRequest))", reason: "login")
  }

  /// The providers of the apps that the client may reach.
  func providerNames(of client: OAuthClient) -> [String] {
    let policy = policy
    let indices = Set(policy.apps(of: client).flatMap(\.providers))
    return indices.sorted().map { policy.providers[$0].name }
  }

  // MARK: consent

  private func askForConsent(
    _ wanted: AuthorizationRequest, _ client: OAuthClient, _ current: (key: SessionKey, login: Login)
  ) -> Answer {
    let links = [true, false].map { isGranted in
      let consent = Consent(
        request: wanted, login: current.key, isGranted: isGranted,
        expiresAt: clock.now + LoginRequest.lifetimeMilliseconds)
      return "/oauth/consent?token=\(sealer.seal(consent, for: .consent))"
    }
    var answer = Answer(generated: 200, reason: "consent")
    answer.setPage(
      Page.consent(
        client.displayName, scopes: wanted.scopes, principal: current.login.person.principal, allow: links[0],
        deny: links[1]))
    return answer
  }

  /// A person has answered.
  func consent(_ request: ClientRequest) async -> Answer {
    let token = request.queryFields["token"] ?? ""
    guard let consent = sealer.open(token, for: .consent, as: Consent.self), consent.expiresAt > clock.now,
      policy.oauthClient(consent.request.client)?.takes(redirectURI: consent.request.redirectURI) == true
    else { return failure("This question is over.", again: nil, status: 400) }
    let wanted = consent.request
    if !consent.isGranted {
      return redirect(OAuthRefusal(.accessDenied), to: wanted.redirectURI, state: wanted.state)
    }
    do {
      guard try await currentLogin(request)?.key == consent.login else {
        return failure("This question was another browser's.", again: nil, status: 400)
      }
      let name = "consent:\(consent.name.key.text)"
      guard try await store.claim(name, until: consent.expiresAt, at: clock.now) else {
        return failure("This question has been answered already.", again: nil, status: 400)
      }
      return try await grantCode(wanted, consent.login)
    } catch {
      log.error("the session store cannot be asked", metadata: ["error": "\(error)"])
      return redirect(OAuthRefusal(.temporarilyUnavailable), to: wanted.redirectURI, state: wanted.state)
    }
  }

  // MARK: codes

  private func grantCode(_ wanted: AuthorizationRequest, _ login: SessionKey) async throws(StoreFault) -> Answer {
    let code = SessionIdentifier()
    let kept = AuthorizationCode(
      request: wanted,
      granting: Granting(client: wanted.client, scopes: wanted.scopes, origin: login, grantedAt: clock.now))
    try await store.put(
      kept.jsonBytes, under: AuthorizationCode.name(code.key), until: clock.now + AuthorizationCode.lifetimeMilliseconds
    )
    return redirect([("code", code.text)], to: wanted.redirectURI, state: wanted.state, reason: "authorized")
  }

  private func redirect(_ refusal: OAuthRefusal, to uri: String, state: String?) -> Answer {
    log.info("an authorization was refused", metadata: ["error": "\(refusal.code.rawValue)"])
    return redirect([("error", refusal.code.rawValue)], to: uri, state: state, reason: refusal.code.rawValue)
  }

  /// To one of the client's own addresses, with the issuer (RFC 9207).
  private func redirect(
    _ parameters: [(String, String)], to uri: String, state: String?, reason: String
  ) -> Answer {
    let all = parameters + [("iss", issuer)] + (state.map { [("state", $0)] } ?? [])
    return .redirect("\(uri)\(uri.contains("?") ? "&" : "?")\(FormEncoding.form(all))", reason: reason)
  }

  /// A code becomes tokens, once; one that comes twice ends what it was used for (RFC 6749, 4.1.2).
  func redeem(_ form: Form, _ client: OAuthClient) async throws -> Answer {
    guard client.allowsCode else { throw OAuthRefusal(.unauthorizedClient) }
    guard let text = form["code"], let verifier = form["code_verifier"] else {
      throw OAuthRefusal(.invalidRequest, "`code` and `code_verifier` are needed")
    }
    guard let code = SessionIdentifier(text)?.key else { throw OAuthRefusal(.invalidGrant, reason: "malformedCode") }
    let now = clock.now
    guard let bytes = try await store.look(AuthorizationCode.name(code), at: now),
      let kept = AuthorizationCode.read(json: bytes)
    else { throw try await refusalOfUsed(code, client) }
    let grant = SessionIdentifier()
    // Before there is anything to end: whoever comes second finds what to end, or ends it before it begins.
    let use = CodeUse(client: client.id, grant: grant.key)
    guard
      try await store.replace(
        nil, by: use.jsonBytes, under: AuthorizationCode.usedName(code),
        until: now + AuthorizationCode.rememberMilliseconds, at: now)
    else { throw try await refusalOfUsed(code, client) }
    _ = try await store.take(AuthorizationCode.name(code), at: now)
    guard kept.request.client == client.id, kept.request.redirectURI == form["redirect_uri"],
      kept.granting.grantedAt + AuthorizationCode.lifetimeMilliseconds > now
    else { throw OAuthRefusal(.invalidGrant, reason: "codeOfAnother") }
    let challenge = Base64URL.text(SHA256.hash(data: Array(verifier.utf8)))
    guard (43...128).contains(verifier.utf8.count), challenge == kept.request.challenge else {
      throw OAuthRefusal(.invalidGrant, reason: "wrongVerifier")
    }
    if let asked = form["resource"], let granted = kept.request.resource, asked != granted {
      throw OAuthRefusal(.invalidTarget)
    }
    return try await issue(kept.granting, to: client, as: grant, resource: form["resource"] ?? kept.request.resource)
  }

  /// What a code was used for.
  private struct CodeUse: Codable {
    var client: String
    var grant: SessionKey
  }

  private func refusalOfUsed(_ code: SessionKey, _ client: OAuthClient) async throws(StoreFault) -> OAuthRefusal {
    guard let bytes = try await store.look(AuthorizationCode.usedName(code), at: clock.now),
      let use = CodeUse.read(json: bytes), use.client == client.id
    else { return OAuthRefusal(.invalidGrant, reason: "unknownCode") }
    try await end(use.grant)
    return OAuthRefusal(.invalidGrant, reason: "replayedCode")
  }

  // MARK: the token endpoint

  func token(_ form: Form, _ client: OAuthClient) async throws -> Answer {
    switch form["grant_type"] {
    case "authorization_code": return try await redeem(form, client)
    case "refresh_token": return try await refresh(form, client)
    case DeviceAuthorization.grantType: return try await redeemDevice(form, client)
    case nil: throw OAuthRefusal(.invalidRequest, "`grant_type` is missing")
    default: throw OAuthRefusal(.unsupportedGrantType)
    }
  }
}
