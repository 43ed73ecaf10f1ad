// What stores know revocations by: a name for each thing that can be revoked. A login is kept with the names of all that would end it, so that
// a store compares names and knows nothing of people. Refuses nothing.

extension Revocation {
  /// One for each thing that can be revoked; 43 letters behind the kind, from which nobody learns who is meant.
  var name: String {
    switch self {
    case .session(let key): "session:\(key.text)"
    case .login(let key): "login:\(key.text)"
    case .browser(let browser): Self.name("browser", [browser])
    case .providerSession(let provider, let session): Self.name("providerSession", [provider, session])
    case .person(let provider, let subject, let tenant): Self.name("person", [provider, subject, tenant])
    case .tenant(let provider, let tenant): Self.name("tenant", [provider, tenant])
    case .client(let client): Self.name("client", [client])
    case .everyone: "everyone"
    }
  }

  /// Each text behind its length: no two lists of texts are written alike.
  private static func name(_ kind: String, _ texts: [String?]) -> String {
    let parts = texts.map { text in text.map { "\($0.utf8.count):\($0)" } ?? "-" }
    return "\(kind):\(SessionKey(hashing: parts.joined()).text)"
  }

  /// All that would end a login.
  static func ending(_ login: Login, _ key: SessionKey) -> [Revocation] {
    let person = login.person
    var endings: [Revocation] = [
      .login(key), .browser(login.browser),
      .person(provider: person.provider, subject: person.subject, tenant: person.tenant), .everyone,
    ]
    if let tenant = person.tenant {
      endings.append(.tenant(provider: person.provider, tenant: tenant))
      endings.append(.person(provider: person.provider, subject: person.subject, tenant: nil))
    }
    if let client = login.client { endings.append(.client(client)) }
    if let session = login.providerSession {
      endings.append(.providerSession(provider: person.provider, session: session))
    }
    return endings
  }
}
