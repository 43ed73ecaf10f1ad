// What a Redis keeps, in pages of logins in the order in which it scans its keys: pages differ in size, and some are empty. Refuses
// what it cannot read.

extension RedisSessionStore {
  func logins(from cursor: String?, count: Int) async throws(StoreFault) -> LoginPage {
    let (keys, next) = try await scanLogins(from: cursor ?? "0", count: count)
    var page = LoginPage(logins: [], next: next)
    if keys.isEmpty { return page }
    guard let found = try await run(.listLogins, keys).list else { throw Self.unreadable }
    for login in found { page.logins.append(try self.login(login)) }
    return page
  }

  /// The keys of some logins, and where the next ones begin; nil: these are the last ones.
  func scanLogins(from cursor: String, count: Int) async throws(StoreFault) -> (keys: [String], next: String?) {
    let start = "\(settings.prefix)login:"
    let reply = try await client.connection().call(
      RedisCommand("SCAN", cursor, "MATCH", "\(start.escapedForGlob)*", "COUNT", String(count)))
    guard let parts = reply.list, parts.count == 2, let next = parts[0].text, let keys = parts[1].list else {
      throw Self.unreadable
    }
    // A scan may name a key twice.
    let texts = Set(keys.compactMap { $0.text.map { String($0.dropFirst(start.count)) } })
    return (texts.sorted(), next == "0" ? nil : next)
  }

  private func login(_ reply: RedisReply) throws(StoreFault) -> KeptLogin {
    guard let parts = reply.list, parts.count == 4, let sessions = parts[3].list else { throw Self.unreadable }
    var login = KeptLogin(
      key: try key(parts[0]), login: try decode(parts[1]), account: try decode(parts[2]), sessions: [])
    for session in sessions { login.sessions.append(try self.session(session)) }
    login.sessions.sort { $0.key.text < $1.key.text }
    return login
  }

  private func session(_ reply: RedisReply) throws(StoreFault) -> KeptSession {
    guard let parts = reply.list, parts.count == 3 else { throw Self.unreadable }
    return KeptSession(
      key: try key(parts[0]), session: try decode(parts[1]), lastSeenAt: try Self.activity(parts[2]))
  }

  private func key(_ reply: RedisReply) throws(StoreFault) -> SessionKey {
    guard let key = reply.text.flatMap({ SessionKey($0) }) else { throw Self.unreadable }
    return key
  }

  /// Apps with the instants of their last activity, one behind the other.
  static func activity(_ reply: RedisReply) throws(StoreFault) -> [String: Int64] {
    guard let seen = reply.list else { throw unreadable }
    var activity: [String: Int64] = [:]
    for index in stride(from: 0, to: seen.count - 1, by: 2) {
      guard let app = seen[index].text, let at = seen[index + 1].text.flatMap({ Int64($0) }) else { throw unreadable }
      activity[app] = at
    }
    return activity
  }
}

extension String {
  /// As a pattern that matches nothing else.
  fileprivate var escapedForGlob: String {
    String(flatMap { character in "*?[]\\^-".contains(character) ? ["\\", character] : [character] })
  }
}
