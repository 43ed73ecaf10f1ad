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
    guard let revocation = JSON(body).flatMap(Revocation.init(administration:)) else {
      return Self.refusal(400, "one session, login, person, tenant or everyone must be named")
    }
    do throws(StoreFault) {
      try await gate.revoke(revocation)
    } catch {
      gate.log.error("a revocation could not be kept", metadata: ["error": "\(error)"])
      return Self.refusal(503, "\(error)")
    }
    gate.log.notice("sessions were ended on the administration socket", metadata: ["what": "\(revocation.name)"])
    var answer = Answer(generated: 200)
    answer.setJSON(.object(["revoked": .bool(true)]))
    return answer
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

extension Revocation {
  /// What `{"session": KEY}`, `{"login": KEY}`, `{"person": {"provider", "subject"}}`, `{"tenant": {"provider", "tenant"}}` or
  /// `{"everyone": true}` names; nil where it is none of them, or more than one.
  init?(administration json: JSON) {
    guard case .object(let members) = json, members.count == 1, let (kind, value) = members.first else { return nil }
    switch kind {
    case "session":
      guard let key = value.text.flatMap(SessionKey.init) else { return nil }
      self = .session(key)
    case "login":
      guard let key = value.text.flatMap(SessionKey.init) else { return nil }
      self = .login(key)
    case "person":
      guard let provider = value["provider"]?.text, let subject = value["subject"]?.text else { return nil }
      self = .person(provider: provider, subject: subject, tenant: nil)
    case "tenant":
      guard let provider = value["provider"]?.text, let tenant = value["tenant"]?.text else { return nil }
      self = .tenant(provider: provider, tenant: tenant)
    case "everyone" where value == .bool(true): self = .everyone
    default: return nil
    }
  }
}
