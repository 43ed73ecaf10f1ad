// What a session store in a file keeps, in pages of logins by their keys. Refuses what it cannot read.

internal import GRDB

/// What stands in the rows of a login.
private struct LoginRows: Sendable {
  let key, login, account: String
  let sessions: [(key: String, session: String, lastSeenAt: [String: Int64])]

  init(_ row: Row, _ database: Database) throws {
    key = row["key"]
    login = row["login"]
    account = row["account"]
    sessions = try Row.fetchAll(
      database, sql: "SELECT key, session FROM session WHERE login = ? ORDER BY key", arguments: [key]
    ).map { row in
      let key: String = row["key"]
      let activity = try Row.fetchAll(
        database, sql: "SELECT app, lastSeenAt FROM activity WHERE session = ?", arguments: [key])
      return (
        key, row["session"], Dictionary(activity.map { ($0["app"], $0["lastSeenAt"]) }, uniquingKeysWith: max)
      )
    }
  }
}

extension SQLiteSessionStore {
  func logins(from cursor: String?, count: Int) async throws(StoreFault) -> LoginPage {
    // One more than is wanted says whether there is another page.
    let rows = try await read { database in
      try Row.fetchAll(
        database, sql: "SELECT key, login, account FROM login WHERE key > ? ORDER BY key LIMIT ?",
        arguments: [cursor ?? "", count + 1]
      ).map { try LoginRows($0, database) }
    }
    var page = LoginPage(logins: [], next: rows.count > count ? rows[count - 1].key : nil)
    for row in rows.prefix(count) {
      var sessions: [KeptSession] = []
      for (key, session, lastSeenAt) in row.sessions {
        sessions.append(
          KeptSession(key: try self.key(key), session: try decode(session), lastSeenAt: lastSeenAt))
      }
      page.logins.append(
        KeptLogin(
          key: try key(row.key), login: try decode(row.login), account: try decode(row.account), sessions: sessions))
    }
    return page
  }

  private func key(_ text: String) throws(StoreFault) -> SessionKey {
    guard let key = SessionKey(text) else { throw unreadable() }
    return key
  }
}
