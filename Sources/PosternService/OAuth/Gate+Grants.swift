// Grants: made, used and ended. A token is kept before its holder is told of it, so that a node that is killed in between leaves the holder with one
// that still works; a token that is used once more, after its successor, ends them all. Whether a refresh is allowed is the kernel's alone.

internal import CPostern
internal import Logging

/// What the kernel says of a refresh.
struct RefreshAnswer: Equatable {
  /// Numbers as in postern.h.
  var outcome: UInt8
  var reason: UInt8
  var method: UInt8
  var validUntil: Int64

  var isAllowed: Bool { Int(outcome) == POSTERN_REFRESH_ALLOWED }
}

extension Gate {
  /// A grant as the store has it.
  struct KeptGrant {
    let key: SessionKey
    let grant: Grant
    /// As they were read, for whoever replaces them.
    let bytes: [UInt8]
    let login: Login
    /// When it was granted: what is revoked afterwards ends it.
    let grantedAt: Int64
  }

  /// What is kept of a grant; nil where there is none, or it or its session was revoked.
  func grant(_ key: SessionKey) async throws(StoreFault) -> KeptGrant? {
    guard let bytes = try await store.look(Grant.name(key), at: clock.now) else { return nil }
    guard let grant = Grant.read(json: bytes) else { throw StoreFault(description: "a grant cannot be read") }
    guard let facts = try await store.session(for: grant.session(key)) else { return nil }
    return KeptGrant(
      key: key, grant: grant, bytes: bytes, login: facts.login, grantedAt: facts.session.startedAt)
  }

  /// Ends a grant and all that it was used for, on every node.
  func end(_ key: SessionKey) async throws(StoreFault) {
    try await revoke(.login(key))
    _ = try await store.take(Grant.name(key), at: clock.now)
  }

  // MARK: making

  /// What a person lets a client have.
  struct Granting: Codable, Equatable {
    var client: String
    var scopes: [String]
    /// The browser's login of whoever granted it.
    var origin: SessionKey
    /// When they did: what is revoked afterwards ends the grant, even one that is made later.
    var grantedAt: Int64
  }

  /// Makes a grant with its first tokens.
  func issue(
    _ granting: Granting, to client: OAuthClient, as identifier: SessionIdentifier, resource: String?
  ) async throws -> Answer {
    guard let origin = try await store.login(for: granting.origin)?.login else {
      throw OAuthRefusal(.invalidGrant, reason: "loginEnded")
    }
    let login = Self.login(origin, heldBy: client.id)
    let token = RefreshToken(of: identifier)
    let key = identifier.key
    let grant = Grant(
      client: client.id, scopes: granting.scopes, current: token.secret.key, rotatedAt: clock.now,
      authenticatedAt: login.authenticatedAt, secondFactorAt: login.secondFactorAt,
      securityKeyAt: login.securityKeyAt, origin: granting.origin)
    let decision = try await decide(grant, login, of: client, key: nil, isReused: false)
    guard decision.isAllowed else { throw OAuthRefusal(.invalidGrant, reason: RefreshReason.name(decision.reason)) }
    let audiences = try audiences(of: client, resource: resource)
    guard try await replace(nil, by: grant, key, of: client) else { throw OAuthRefusal(.invalidGrant) }
    try await keep(login, of: grant, key, grantedAt: granting.grantedAt)
    try await list(key, login.person, of: client)
    return tokenAnswer(grant, token, login, decision, audiences, granting.scopes)
  }

  /// A browser's login, as a client holds it: neither the browser's sign-out nor its provider's session ends it; its person, its tenant, and
  /// the client do.
  static func login(_ origin: Login, heldBy client: String) -> Login {
    var login = origin
    login.browser = SessionIdentifier().text
    login.providerSession = nil
    login.client = client
    return login
  }

  /// Keeps who a grant is of, and the session that its tokens stand for.
  func keep(_ login: Login, of grant: Grant, _ key: SessionKey, grantedAt: Int64) async throws(StoreFault) {
    let account = AccountState(state: UInt8(POSTERN_ACCOUNT_ACTIVE), checkedAt: grantedAt)
    try await store.insert(login, account, for: key)
    try await store.insert(Session(host: "", login: key, startedAt: grantedAt), for: grant.session(key))
  }

  /// - Parameter known: the bytes that the grant was read as; nil: there is none.
  func replace(
    _ known: [UInt8]?, by grant: Grant, _ key: SessionKey, of client: OAuthClient
  ) async throws(StoreFault) -> Bool {
    // Kept longer than it is good for: what is over is refused for what it is.
    let end = clock.now + client.unusedMilliseconds + 86_400_000
    return try await store.replace(known, by: grant.jsonBytes, under: Grant.name(key), until: end, at: clock.now)
  }

  // MARK: the most live tokens of a person and a client

  private static func listName(_ person: Person, _ client: String) -> String {
    let parts = [client, person.provider, person.subject, person.tenant ?? ""]
    return "grants:\(parts.map { "\($0.utf8.count):\($0)" }.joined())"
  }

  private func listed(_ person: Person, _ client: String) async throws(StoreFault) -> (
    bytes: [UInt8]?, keys: [SessionKey]
  ) {
    let bytes = try await store.look(Self.listName(person, client), at: clock.now)
    return (bytes, bytes.flatMap { [SessionKey].read(json: $0) } ?? [])
  }

  /// Notes a grant as its person's newest for the client; of those beyond the limit, the oldest end.
  private func list(_ key: SessionKey, _ person: Person, of client: OAuthClient) async throws {
    for _ in 0..<Self.attemptCount {
      let known = try await listed(person, client.id)
      var live: [SessionKey] = []
      for key in known.keys where try await store.login(for: key) != nil { live.append(key) }
      live.append(key)
      let kept = Array(live.suffix(client.liveTokenLimit))
      let end = clock.now + SessionRetention.milliseconds(days: SessionRetention.days)
      if try await store.replace(
        known.bytes, by: kept.jsonBytes, under: Self.listName(person, client.id), until: end, at: clock.now)
      {
        for oldest in live.dropLast(kept.count) { try await self.end(oldest) }
        return
      }
    }
    throw StoreFault(description: "a person's grants change too fast")
  }

  /// How often something that others change at the same time is tried.
  private static let attemptCount = 500

  // MARK: using

  /// A refresh (RFC 6749, 6): the kernel decides, the token is replaced, and the new one is told.
  func refresh(_ form: Form, _ client: OAuthClient) async throws -> Answer {
    guard let text = form["refresh_token"] else {
      throw OAuthRefusal(.invalidRequest, "`refresh_token` is missing")
    }
    guard let token = RefreshToken(text) else { throw OAuthRefusal(.invalidGrant, reason: "malformedToken") }
    for _ in 0..<Self.attemptCount {
      if let answer = try await refresh(token, form, client) { return answer }
    }
    throw StoreFault(description: "a grant changes too fast")
  }

  /// One attempt; nil where somebody else has changed the grant in the meantime.
  private func refresh(_ token: RefreshToken, _ form: Form, _ client: OAuthClient) async throws -> Answer? {
    let key = token.grant.key
    guard let kept = try await grant(key), kept.grant.client == client.id else {
      throw OAuthRefusal(.invalidGrant, reason: "revoked")
    }
    let (grant, login) = (kept.grant, kept.login)
    let use = grant.use(of: token.secret.key, at: clock.now)
    let decision = try await decide(grant, login, of: client, key: key, isReused: use == .reused)
    if !decision.isAllowed { throw try await refusal(decision, key, client) }
    guard let scopes = Self.narrowed(grant.scopes, to: form["scope"], client) else {
      throw OAuthRefusal(.invalidScope, reason: "scopeEscalation")
    }
    let audiences = try audiences(of: client, resource: form["resource"])
    if use == .parallel,
      let next = token.successors(nonce: grant.nonce, sealer).first(where: {
        $0.secret.key == grant.current
      })
    {
      return tokenAnswer(grant, next, login, decision, audiences, scopes)
    }
    var changed = grant
    changed.nonce = SessionIdentifier().text
    let next = token.successors(nonce: changed.nonce, sealer)[0]
    changed.previous = token.secret.key
    changed.current = next.secret.key
    changed.rotatedAt = clock.now
    guard try await replace(kept.bytes, by: changed, key, of: client) else { return nil }
    return tokenAnswer(changed, next, login, decision, audiences, scopes)
  }

  /// The scopes of an access token: what was granted and the client may still have, or less where it asks for less; nil where for more.
  private static func narrowed(_ granted: [String], to asked: String?, _ client: OAuthClient) -> [String]? {
    let good = granted.filter(client.scopes.contains)
    guard let asked else { return good }
    let words = asked.split(separator: " ").map(String.init)
    return words.isEmpty || !words.allSatisfy(good.contains) ? nil : good.filter(words.contains)
  }

  /// Asks the kernel. Without a key the grant is a new one.
  func decide(
    _ grant: Grant, _ login: Login, of client: OAuthClient, key: SessionKey?, isReused: Bool
  ) async throws(StoreFault) -> RefreshAnswer {
    var refresh = client.refresh(of: login.person, grant.scopes)
    refresh.account_state = try await accountState(of: grant)
    if isReused { refresh.flags |= UInt8(POSTERN_REFRESH_REUSED) }
    if let key, try await !listed(login.person, client.id).keys.contains(key) {
      refresh.flags |= UInt8(POSTERN_REFRESH_BEYOND_LIVE_TOKENS)
    }
    refresh.last_used_at = grant.rotatedAt
    refresh.authenticated_at = grant.authenticatedAt
    refresh.security_key_at = grant.securityKeyAt
    return policy.decide(refresh, at: clock.now)
  }

  /// What the provider of the login that it was granted from says of the account; unknown where that login is over, or nobody answers.
  private func accountState(of grant: Grant) async throws(StoreFault) -> UInt8 {
    guard let (login, known) = try await store.login(for: grant.origin),
      let said = await account(of: grant.origin, login.person)
    else { return UInt8(POSTERN_ACCOUNT_UNKNOWN) }
    // A provider that gave no refresh token refuses its access token once that is over: this says nothing of the account.
    let tokens = known.sealedTokens.flatMap { sealer.open($0, for: .tokens, as: ProviderTokens.self) }
    let isOverAlone = Int(said.state) == POSTERN_ACCOUNT_SIGNED_OUT && tokens?.refresh == nil && tokens != nil
    return isOverAlone ? UInt8(POSTERN_ACCOUNT_UNKNOWN) : said.state
  }

  /// What a client is told whose refresh the kernel does not allow; what can never be used again is ended.
  private func refusal(
    _ decision: RefreshAnswer, _ key: SessionKey, _ client: OAuthClient
  ) async throws(StoreFault) -> OAuthRefusal {
    switch Int(decision.outcome) {
    case POSTERN_REFRESH_REAUTHENTICATE:
      var refusal = OAuthRefusal(.invalidGrant, "the session length has passed", reason: "sessionLengthPassed")
      refusal.subtype = "rapt_required"
      refusal.reauthentication = reauthentication(key, client, method: decision.method)
      return refusal
    case POSTERN_REFRESH_INVALID_RAPT:
      var refusal = OAuthRefusal(.invalidGrant, "the session length has passed", reason: "sessionLengthPassed")
      refusal.subtype = "invalid_rapt"
      return refusal
    default:
      let reason = RefreshReason.name(decision.reason)
      // A clock that is off may be right again.
      if Int(decision.reason) != POSTERN_REFRESH_REASON_CLOCK_SKEW { try await end(key) }
      return OAuthRefusal(.invalidGrant, reason: reason)
    }
  }

  // MARK: answers

  /// The audiences of the apps that the client may reach; of the one that `resource` leads to, where it names one (RFC 8707).
  func audiences(of client: OAuthClient, resource: String?) throws(OAuthRefusal) -> [String] {
    guard let resource else { return policy.apps(of: client).map(\.audience) }
    guard let url = WebAddress(resource), let app = app(of: url.request, policy), client.apps.contains(app.name) else {
      throw OAuthRefusal(.invalidTarget, reason: "invalidTarget")
    }
    return [app.audience]
  }

  private func tokenAnswer(
    _ grant: Grant, _ token: RefreshToken, _ login: Login, _ decision: RefreshAnswer, _ audiences: [String],
    _ scopes: [String]
  ) -> Answer {
    let now = clock.now
    let access = AccessToken(
      subject: Self.subject(login.person), client: grant.client, audiences: audiences, scopes: scopes,
      session: grant.session(token.grant.key), issuedAt: now,
      expiresAt: min(now + AccessToken.lifetimeMilliseconds, decision.validUntil),
      authenticatedAt: grant.authenticatedAt, secondFactorAt: grant.secondFactorAt,
      securityKeyAt: grant.securityKeyAt)
    var answer = Answer(generated: 200, reason: "token")
    answer.setJSON(
      .object([
        "access_token": .text(access.sign(tokenSigner, issuer: issuer)), "token_type": .text("Bearer"),
        "expires_in": .int((access.expiresAt - now) / 1_000), "refresh_token": .text(token.text),
        "scope": .text(scopes.joined(separator: " ")),
      ]))
    answer.headers.set("pragma", "no-cache")
    return answer
  }
}

/// The names of why a refresh is refused.
enum RefreshReason {
  static func name(_ reason: UInt8) -> String {
    switch Int(reason) {
    case POSTERN_REFRESH_REASON_UNKNOWN_CLIENT: "unknownClient"
    case POSTERN_REFRESH_REASON_REVOKED: "revoked"
    case POSTERN_REFRESH_REASON_REUSED: "reused"
    case POSTERN_REFRESH_REASON_UNUSED: "unused"
    case POSTERN_REFRESH_REASON_PASSWORD_CHANGED: "passwordChanged"
    case POSTERN_REFRESH_REASON_TOO_MANY_TOKENS: "tooManyTokens"
    case POSTERN_REFRESH_REASON_CLOCK_SKEW: "clockSkew"
    case POSTERN_REFRESH_REASON_FACT_MISSING: "factMissing"
    default: "undecided"
    }
  }
}
