// What `postern sessions` asks posternd: who is signed in, and to end it. Served on a Unix socket that only its owner may open, which is
// all that is asked of whoever comes. Refuses what it does not know, rather than list or end more than was meant.

internal import Logging

/// Answers on the administration socket.
struct AdministrationResponder: RequestResponder {
  let gate: Gate

  func respond(_ request: ListenerRequest) -> Outcome {
    let parts = request.target.split(separator: "?", maxSplits: 1)
    guard let query = FormEncoding.fields(parts.count == 2 ? parts[1] : "") else {
      return .now(Self.refusal(400, "the query cannot be read"))
    }
    switch (request.method, parts.first) {
    case ("GET", "/logins"): return .later { await logins(query) }
    case ("POST", "/revocations"):
      let body = request.body
      return .later { await revoke(body) }
    default: return .now(Self.refusal(404, "there are GET /logins and POST /revocations"))
    }
  }

  /// One page of the logins that the query's filters let through.
  private func logins(_ query: [String: String]) async -> Answer {
    guard let filter = LoginFilter(query) else {
      return Self.refusal(400, "filters are \(LoginFilter.names.sorted().joined(separator: ", "))")
    }
    do throws(StoreFault) {
      let page = try await gate.store.logins(from: query[LoginFilter.cursor], count: Self.pageCount)
      var answer = Answer(generated: 200)
      answer.setJSON(
        .object([
          "logins": .list(page.logins.compactMap(filter.matches).map(\.json)),
          "next": page.next.map(JSON.text) ?? .null,
        ]))
      return answer
    } catch {
      return Self.refusal(503, "\(error)")
    }
  }

  /// How many logins are looked at for one answer: nobody else waits long for them.
  private static let pageCount = 256

  /// Ends what the body names: for good, before the answer says so.
  private func revoke(_ body: [UInt8]) async -> Answer {
    guard let order = JSON(body).flatMap(RevocationOrder.init) else {
      return Self.refusal(400, "one session, login, person, tenant or everyone must be named")
    }
    let ended: [KeptLogin]
    do throws(StoreFault) {
      ended = try await logins(endedBy: order)
      try await gate.revoke(order.revocation)
    } catch {
      gate.log.error("a revocation could not be kept", metadata: ["error": "\(error)"])
      return Self.refusal(503, "\(error)")
    }
    // The providers hear of it afterwards: what they answer changes nothing here, and nobody waits for it.
    Task { for login in ended { await gate.giveBack(login.account.sealedTokens, of: login.login.person) } }
    gate.log.notice(
      "sessions were ended on the administration socket", metadata: ["what": "\(order.revocation.name)"])
    var answer = Answer(generated: 200)
    answer.setJSON(.object(["revoked": .bool(true)]))
    return answer
  }

  /// Those of the named logins that will be over, with the tokens that are deleted with them.
  private func logins(endedBy order: RevocationOrder) async throws(StoreFault) -> [KeptLogin] {
    var ended: [KeptLogin] = []
    for key in order.logins {
      guard let (login, account) = try await gate.store.login(for: key),
        Revocation.ending(login, key).contains(order.revocation)
      else { continue }
      ended.append(KeptLogin(key: key, login: login, account: account, sessions: []))
    }
    return ended
  }

  private static func refusal(_ status: Int, _ sentence: String) -> Answer {
    var answer = Answer(generated: status)
    answer.setJSON(.object(["error": .text(sentence)]))
    return answer
  }
}

/// Which logins and sessions are asked for; what is nil is not looked at.
struct LoginFilter: Equatable {
  static let cursor = "cursor"
  static let names: Set<String> = ["email", "provider", "subject", "tenant", "host", "app"]

  private let wanted: [String: String]

  /// nil where a parameter is none of the filters.
  init?(_ query: [String: String]) {
    let wanted = query.filter { $0.key != Self.cursor }
    guard Self.names.isSuperset(of: wanted.keys) else { return nil }
    self.wanted = wanted
  }

  private func lets(_ value: String?, for name: String) -> Bool { wanted[name].map { $0 == value } ?? true }

  /// The login with those of its sessions that are asked for; nil where it is not.
  func matches(_ login: KeptLogin) -> KeptLogin? {
    let person = login.login.person
    guard lets(person.provider, for: "provider"), lets(person.subject, for: "subject"),
      lets(person.tenant, for: "tenant"),
      wanted["email"].map({ $0.lowercased() == person.email?.lowercased() }) ?? true
    else { return nil }
    if wanted["host"] == nil && wanted["app"] == nil { return login }
    var found = login
    found.sessions = login.sessions.filter { session in
      lets(session.session.host, for: "host") && (wanted["app"].map { session.lastSeenAt[$0] != nil } ?? true)
    }
    return found.sessions.isEmpty ? nil : found
  }
}

/// What is to be ended.
struct RevocationOrder: Equatable {
  /// So many refresh tokens at most are given back: every one of them is a request to a provider.
  static let loginCount = 1_000

  let revocation: Revocation
  /// Logins that it ends, as far as whoever asks has seen them: their refresh tokens are given back.
  let logins: [SessionKey]

  /// What `{"session": KEY}`, `{"login": KEY}`, `{"person": {"provider", "subject"}}`, `{"tenant": {"provider", "tenant"}}`,
  /// `{"client": ID}` or `{"everyone": true}` names, beside `"logins": [KEY, ...]`; nil where it is none of them, or more than one.
  init?(_ json: JSON) {
    guard case .object(var members) = json else { return nil }
    let texts = members.removeValue(forKey: "logins").map(\.texts) ?? []
    guard let keys = texts?.map({ SessionKey($0) }), keys.count <= Self.loginCount, keys.allSatisfy({ $0 != nil }),
      members.count == 1, let (kind, value) = members.first, let revocation = Self.revocation(kind, value)
    else { return nil }
    self.revocation = revocation
    logins = keys.compactMap { $0 }
  }

  private static func revocation(_ kind: String, _ value: JSON) -> Revocation? {
    switch kind {
    case "session": return value.text.flatMap { SessionKey($0) }.map { .session($0) }
    case "login": return value.text.flatMap { SessionKey($0) }.map { .login($0) }
    case "person":
      guard let provider = value["provider"]?.text, let subject = value["subject"]?.text else { return nil }
      return .person(provider: provider, subject: subject, tenant: nil)
    case "tenant":
      guard let provider = value["provider"]?.text, let tenant = value["tenant"]?.text else { return nil }
      return .tenant(provider: provider, tenant: tenant)
    case "client": return value.text.map { .client($0) }
    case "everyone": return value == .bool(true) ? .everyone : nil
    default: return nil
    }
  }
}
