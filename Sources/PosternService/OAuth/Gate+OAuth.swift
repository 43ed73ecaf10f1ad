// The gate as an authorization server for OAuth clients, on the login host: which path is what, who a client is, and what is public. People
// log in at the organization's own providers, as for every app. Refuses, in RFC 6749's words, whatever is not a form, and clients that are not
// who they say.

internal import CPostern
internal import Crypto
internal import Logging

/// Where clients send their forms.
private enum OAuthPath {
  static let token = "/oauth/token"
  static let deviceAuthorization = "/oauth/device_authorization"
  static let revocation = "/oauth/revoke"
  static let introspection = "/oauth/introspect"
  static let forms = [token, deviceAuthorization, revocation, introspection]
}

extension Gate {
  /// What issues the tokens, as they say (RFC 8414, 2).
  var issuer: String { settings.origin(settings.loginHost) }

  /// The answer at a path of the authorization server; nil where it is none.
  func oauthPage(_ request: ClientRequest) async -> Answer? {
    let isRead = request.method == "GET" || request.method == "HEAD"
    switch (request.method, request.path) {
    case (_, "/.well-known/oauth-authorization-server") where isRead: return oauthMetadata()
    case (_, "/oauth/jwks") where isRead: return publish(tokenSigner.jwkSet)
    case (_, "/oauth/authorize") where isRead: return await authorize(request)
    case ("GET", "/oauth/consent"): return await consent(request)
    case (_, "/oauth/reauthenticate") where isRead: return await reauthenticate(request)
    case ("POST", "/oauth/reauthenticate"): return await confirmReauthentication(request)
    case (_, "/device") where isRead: return await devicePage(request)
    case ("POST", "/device"): return await decideDevice(request)
    case ("POST", OAuthPath.token): return await oauthAnswer(request) { try await self.token($0, $1) }
    case ("POST", OAuthPath.deviceAuthorization):
      return await oauthAnswer(request) { try await self.authorizeDevice($0, $1, from: request.clientAddress ?? "") }
    case ("POST", OAuthPath.revocation): return await oauthAnswer(request) { try await self.revoke($0, $1) }
    case ("POST", OAuthPath.introspection): return await oauthAnswer(request) { try await self.introspect($0, $1) }
    default: return nil
    }
  }

  /// What clients and libraries find the rest by (RFC 8414).
  private func oauthMetadata() -> Answer {
    let address = { (path: String) in JSON.text("\(self.issuer)\(path)") }
    let texts = { (texts: [String]) in JSON.list(texts.map { .text($0) }) }
    let methods = texts(["none", "client_secret_basic", "client_secret_post"])
    return publish(
      .object([
        "issuer": address(""), "authorization_endpoint": address("/oauth/authorize"),
        "token_endpoint": address(OAuthPath.token), "jwks_uri": address("/oauth/jwks"),
        "device_authorization_endpoint": address(OAuthPath.deviceAuthorization),
        "revocation_endpoint": address(OAuthPath.revocation),
        "introspection_endpoint": address(OAuthPath.introspection),
        "response_types_supported": texts(["code"]), "response_modes_supported": texts(["query"]),
        "grant_types_supported": texts(["authorization_code", "refresh_token", DeviceAuthorization.grantType]),
        "code_challenge_methods_supported": texts(["S256"]), "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": texts(["client_secret_basic", "client_secret_post"]),
        "authorization_response_iss_parameter_supported": .bool(true),
      ]))
  }

  // MARK: clients

  /// A form of a client that is who it says.
  typealias Form = [String: String]

  /// Reads the form, finds the client, and answers with what `work` says or refuses.
  private func oauthAnswer(
    _ request: ClientRequest, _ work: (Form, OAuthClient) async throws -> Answer
  ) async -> Answer {
    do {
      let form = try form(of: request)
      return try await work(form, try client(of: form, request))
    } catch let refusal as OAuthRefusal {
      return refuse(refusal, at: request.path)
    } catch {
      log.error("the session store cannot be asked", metadata: ["error": "\(error)"])
      return OAuthRefusal(.temporarilyUnavailable).answer
    }
  }

  private func refuse(_ refusal: OAuthRefusal, at path: String) -> Answer {
    log.info(
      "an OAuth client was refused",
      metadata: ["path": "\(path)", "error": "\(refusal.code.rawValue)", "reason": "\(refusal.reason)"])
    return refusal.answer
  }

  /// The answer to a request whose body is beyond the limit: to an OAuth client in RFC 6749's words.
  func refuseBody(of request: ClientRequest) -> Answer {
    if request.hostName == settings.loginHost && OAuthPath.forms.contains(request.path) {
      return refuse(OAuthRefusal(.invalidRequest, "the body is too large", reason: "bodyTooLarge"), at: request.path)
    }
    return .tooLarge(request.path, log)
  }

  private func form(of request: ClientRequest) throws(OAuthRefusal) -> Form {
    let type = request.headers["content-type"]?.prefix { $0 != ";" }.trimmed.lowercased()
    guard type == "application/x-www-form-urlencoded" else {
      throw OAuthRefusal(.invalidRequest, "the body is a form: application/x-www-form-urlencoded")
    }
    guard let text = String(validating: request.body, as: UTF8.self), let form = FormEncoding.fields(text) else {
      throw OAuthRefusal(.invalidRequest, "the form cannot be read, or has a field twice")
    }
    return form
  }

  /// The client that sends the form; one that has a secret proves it (RFC 6749, 2.3.1).
  private func client(of form: Form, _ request: ClientRequest) throws(OAuthRefusal) -> OAuthClient {
    let basic = try basicCredentials(request)
    guard basic == nil || form["client_secret"] == nil else {
      throw OAuthRefusal(.invalidRequest, "the client authenticates in one way")
    }
    let named = basic?.id ?? form["client_id"]
    guard let named, form["client_id"] ?? named == named, let client = policy.oauthClient(named) else {
      throw OAuthRefusal(.invalidClient, reason: "unknownClient")
    }
    let presented = basic?.secret ?? form["client_secret"]
    guard Self.isSame(presented, try secret(of: client)) else {
      throw OAuthRefusal(.invalidClient, reason: "wrongSecret")
    }
    return client
  }

  func secret(of client: OAuthClient) throws(OAuthRefusal) -> String? {
    do {
      return try settings.clientSecret(client.id)
    } catch {
      log.error("an OAuth client's secret cannot be read", metadata: ["mistakes": "\(error.mistakes)"])
      throw OAuthRefusal(.temporarilyUnavailable)
    }
  }

  /// Compares digests, which takes as long whatever differs.
  private static func isSame(_ presented: String?, _ secret: String?) -> Bool {
    guard let secret else { return presented == nil }
    guard let presented else { return false }
    return SHA256.hash(data: Array(presented.utf8)) == SHA256.hash(data: Array(secret.utf8))
  }

  private func basicCredentials(_ request: ClientRequest) throws(OAuthRefusal) -> (id: String, secret: String)? {
    let values = request.headers.values("authorization")
    if values.isEmpty { return nil }
    let parts = values[0].split(separator: " ", maxSplits: 1)
    guard values.count == 1, parts.count == 2, parts[0].lowercased() == "basic",
      let bytes = Base64URL.bytes(ofBase64: parts[1].trimmed), let text = String(validating: bytes, as: UTF8.self),
      let colon = text.firstIndex(of: ":"), let id = FormEncoding.decode(text[..<colon]),
      let secret = FormEncoding.decode(text[text.index(after: colon)...])
    else { throw OAuthRefusal(.invalidClient, reason: "malformedAuthorization") }
    return (id, secret)
  }

  // MARK: grants that are given back, and asked about

  /// Ends a grant for its client, whichever of its tokens is given back; what is no token of the client's changes nothing (RFC 7009, 2.2).
  private func revoke(_ form: Form, _ client: OAuthClient) async throws -> Answer {
    guard let token = form["token"] else { throw OAuthRefusal(.invalidRequest, "`token` is missing") }
    if let refresh = RefreshToken(token), try await grant(refresh.grant.key)?.grant.client == client.id {
      try await end(refresh.grant.key)
    } else if let access = AccessToken(token, of: issuer, tokenSigner, at: clock.now), access.client == client.id,
      let login = try await store.session(for: access.session)?.session.login
    {
      try await end(login)
    }
    return Answer(generated: 200, reason: "revoked")
  }

  /// Whether a token is good, and for what (RFC 7662): for those that prove who they are alone.
  private func introspect(_ form: Form, _ client: OAuthClient) async throws -> Answer {
    guard try secret(of: client) != nil else {
      throw OAuthRefusal(.invalidClient, reason: "introspectionWithoutSecret")
    }
    guard let token = form["token"] else { throw OAuthRefusal(.invalidRequest, "`token` is missing") }
    var answer = Answer(generated: 200, reason: "introspected")
    answer.setJSON(.object(try await state(of: token, for: client) ?? ["active": .bool(false)]))
    return answer
  }

  /// A client of the organization's own may ask about anybody's access token, as whoever runs an app must; any other about its own tokens.
  private func state(of token: String, for asking: OAuthClient) async throws -> [String: JSON]? {
    if let access = AccessToken(token, of: issuer, tokenSigner, at: clock.now) {
      guard asking.isFirstParty || access.client == asking.id, try await store.session(for: access.session) != nil
      else { return nil }
      return [
        "active": .bool(true), "token_type": .text("Bearer"), "client_id": .text(access.client),
        "scope": .text(access.scopes.joined(separator: " ")), "sub": .text(access.subject), "iss": .text(issuer),
        "aud": .list(access.audiences.map { .text($0) }), "iat": .int(access.issuedAt / 1_000),
        "exp": .int(access.expiresAt / 1_000),
      ]
    }
    guard let refresh = RefreshToken(token), let kept = try await grant(refresh.grant.key),
      kept.grant.client == asking.id, kept.grant.use(of: refresh.secret.key, at: clock.now) != .reused
    else { return nil }
    let (grant, login) = (kept.grant, kept.login)
    let decision = try await decide(grant, login, of: asking, key: refresh.grant.key, isReused: false)
    guard decision.isAllowed else { return nil }
    return [
      "active": .bool(true), "client_id": .text(grant.client), "scope": .text(grant.scopes.joined(separator: " ")),
      "sub": .text(Self.subject(login.person)), "iss": .text(issuer), "exp": .int(decision.validUntil / 1_000),
    ]
  }

  // MARK: people

  /// This browser's login, for pages that let a client have it; nil where there is none, where another has taken its place, where its provider
  /// is none of the client's, or where the account was refused.
  func oauthLogin(_ request: ClientRequest, for client: OAuthClient) async throws(StoreFault) -> (
    key: SessionKey, login: Login
  )? {
    guard let current = try await currentLogin(request), try await !isReplaced(current.key),
      providerNames(of: client).contains(current.login.person.provider)
    else { return nil }
    let state = Int(current.account.state)
    let isGood = state == POSTERN_ACCOUNT_ACTIVE || state == POSTERN_ACCOUNT_UNKNOWN
    return isGood ? (current.key, current.login) : nil
  }

  /// Whom tokens are about: a subject is one of its provider's.
  static func subject(_ person: Person) -> String { "\(person.provider):\(person.subject)" }
}
