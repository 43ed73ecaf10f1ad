// Sessions in one file, for one node: what has been acknowledged is on the disk. What a revocation ends is deleted with it; what it has ended
// before it comes is never kept, so that whatever is kept is good. Refuses a file that is no store, or a newer one's.

internal import GRDB

/// Keeps sessions in an SQLite file.
final class SQLiteSessionStore: SessionStore {
  private let file: String
  /// Internal for tests alone, which ask how the file is written.
  let pool: DatabasePool
  private let push = RevocationPush()
  private let retentionMilliseconds: Int64

  /// Opens a file, or makes it, readable for its owner alone.
  ///
  /// - Parameter retentionMilliseconds: how long a revocation is remembered; at least the longest absolute timeout.
  init(
    file: String, retentionMilliseconds: Int64 = SessionRetention.milliseconds(days: SessionRetention.days)
  ) throws(StoreFault) {
    self.file = file
    self.retentionMilliseconds = retentionMilliseconds
    if !FileAccess.makeFile(file) { throw StoreFault(description: "\(file) cannot be made, or not be written") }
    do {
      pool = try DatabasePool(path: file, configuration: Self.configuration)
      // Opening a pool lowers it: a commit is on the disk before it is acknowledged.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      let isNewer = try pool.read { try SQLiteSchema.migrator.hasBeenSuperseded($0) }
      if isNewer { throw StoreFault(description: "\(file) was written by a newer posternd: run that one") }
      try SQLiteSchema.migrator.migrate(pool)
    } catch let fault as StoreFault {
      throw fault
    } catch {
      throw StoreFault(description: "\(file) cannot be opened as a session store: \(error)")
    }
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "postern.sessions"
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(1)
    configuration.prepareDatabase { database in
      // What is deleted, tokens among it, is overwritten.
      try database.execute(sql: "PRAGMA secure_delete = ON")
    }
    return configuration
  }

  /// Closes the file.
  func close() throws(StoreFault) {
    do { try pool.close() } catch { throw fault(error) }
  }

  // MARK: logins

  func insert(_ login: Login, _ account: AccountState, for key: SessionKey) async throws(StoreFault) {
    let names = Revocation.ending(login, key).map(\.name)
    let (loginText, accountText) = (login.jsonText, account.jsonText)
    try await write { database in
      if try Self.isRevoked(names, begunAt: account.checkedAt, database) { return }
      try database.execute(
        sql: """
          INSERT INTO login (key, login, account, checkedAt, begunAt) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (key) DO UPDATE SET login = excluded.login, account = excluded.account,
            checkedAt = excluded.checkedAt, begunAt = excluded.begunAt
          """, arguments: [key.text, loginText, accountText, account.checkedAt, account.checkedAt])
      try database.execute(sql: "DELETE FROM ending WHERE login = ?", arguments: [key.text])
      for name in names {
        try database.execute(sql: "INSERT INTO ending (name, login) VALUES (?, ?)", arguments: [name, key.text])
      }
    }
  }

  func login(for key: SessionKey) async throws(StoreFault) -> (login: Login, account: AccountState)? {
    let found = try await read { database in
      try Row.fetchOne(database, sql: "SELECT login, account FROM login WHERE key = ?", arguments: [key.text])
        .map { (login: $0["login"] as String, account: $0["account"] as String) }
    }
    guard let found else { return nil }
    return (try decode(found.login), try decode(found.account))
  }

  func note(_ account: AccountState, for login: SessionKey) async throws(StoreFault) {
    let text = account.jsonText
    try await write { database in
      try database.execute(
        sql: "UPDATE login SET account = ?, checkedAt = ? WHERE key = ? AND checkedAt <= ?",
        arguments: [text, account.checkedAt, login.text, account.checkedAt])
    }
  }

  // MARK: sessions

  func insert(_ session: Session, for key: SessionKey) async throws(StoreFault) {
    let name = Revocation.session(key).name
    let text = session.jsonText
    try await write { database in
      if try Self.isRevoked([name], begunAt: session.startedAt, database) { return }
      try database.execute(
        sql: """
          INSERT INTO session (key, login, session) SELECT ?, key, ? FROM login WHERE key = ?
          ON CONFLICT (key) DO UPDATE SET login = excluded.login, session = excluded.session
          """, arguments: [key.text, text, session.login.text])
    }
  }

  func session(for key: SessionKey) async throws(StoreFault) -> SessionFacts? {
    let found = try await read { database in
      try Row.fetchOne(
        database,
        sql: "SELECT session, login.login, account FROM session JOIN login ON login.key = session.login "
          + "WHERE session.key = ?", arguments: [key.text]
      ).map { row in
        let activity = try Row.fetchAll(
          database, sql: "SELECT app, lastSeenAt FROM activity WHERE session = ?", arguments: [key.text])
        return (
          session: row["session"] as String, login: row["login"] as String, account: row["account"] as String,
          lastSeenAt: activity.map { ($0["app"] as String, $0["lastSeenAt"] as Int64) }
        )
      }
    }
    guard let found else { return nil }
    return SessionFacts(
      session: try decode(found.session), login: try decode(found.login), account: try decode(found.account),
      lastSeenAt: Dictionary(found.lastSeenAt, uniquingKeysWith: max))
  }

  func touch(_ touches: [Touch]) async throws(StoreFault) {
    try await write { database in
      let statement = try database.makeStatement(
        sql: """
          INSERT INTO activity (session, app, lastSeenAt) SELECT key, ?, ? FROM session WHERE key = ?
          ON CONFLICT (session, app) DO UPDATE SET lastSeenAt = max(lastSeenAt, excluded.lastSeenAt)
          """)
      for touch in touches { try statement.execute(arguments: [touch.app, touch.at, touch.session.text]) }
    }
  }

  // MARK: revocations

  func revoke(_ revocation: Revocation, at now: Int64) async throws(StoreFault) {
    let name = revocation.name
    try await write { database in
      try database.execute(
        sql: """
          INSERT INTO revocation (name, at) VALUES (?, ?)
          ON CONFLICT (name) DO UPDATE SET at = max(at, excluded.at)
          """, arguments: [name, now])
      if case .session(let key) = revocation {
        try database.execute(sql: "DELETE FROM session WHERE key = ?", arguments: [key.text])
      } else {
        try database.execute(
          sql: "DELETE FROM login WHERE key IN (SELECT login FROM ending WHERE name = ?)", arguments: [name])
      }
    }
    push.send(revocation)
  }

  func revocations() -> AsyncStream<Revocation> { push.stream() }

  private static func isRevoked(_ names: [String], begunAt: Int64, _ database: Database) throws -> Bool {
    for name in names {
      let isRevoked = try Bool.fetchOne(
        database, sql: "SELECT 1 FROM revocation WHERE name = ? AND at > ?", arguments: [name, begunAt])
      if isRevoked != nil { return true }
    }
    return false
  }

  // MARK: values that are taken once

  func put(_ value: [UInt8], under name: String, until expiresAt: Int64) async throws(StoreFault) {
    let (hash, text) = (SessionKey(hashing: name).text, Base64URL.text(value))
    try await write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO onceValue (name, value, expiresAt) VALUES (?, ?, ?)",
        arguments: [hash, text, expiresAt])
    }
  }

  func claim(_ name: String, until expiresAt: Int64, at now: Int64) async throws(StoreFault) -> Bool {
    let hash = SessionKey(hashing: name).text
    return try await write { database in
      try database.execute(
        sql: """
          INSERT INTO onceValue (name, value, expiresAt) VALUES (?, '', ?)
          ON CONFLICT (name) DO UPDATE SET value = '', expiresAt = excluded.expiresAt WHERE expiresAt <= ?
          """, arguments: [hash, expiresAt, now])
      return database.changesCount == 1
    }
  }

  func replace(
    _ expected: [UInt8]?, by value: [UInt8], under name: String, until expiresAt: Int64, at now: Int64
  ) async throws(StoreFault) -> Bool {
    let (hash, text) = (SessionKey(hashing: name).text, Base64URL.text(value))
    let expected = expected.map(Base64URL.text)
    return try await write { database in
      let known = try String.fetchOne(
        database, sql: "SELECT value FROM onceValue WHERE name = ? AND expiresAt > ?", arguments: [hash, now])
      if known != expected { return false }
      try database.execute(
        sql: "INSERT OR REPLACE INTO onceValue (name, value, expiresAt) VALUES (?, ?, ?)",
        arguments: [hash, text, expiresAt])
      return true
    }
  }

  func look(_ name: String, at now: Int64) async throws(StoreFault) -> [UInt8]? {
    let hash = SessionKey(hashing: name).text
    let text = try await read { database in
      try String.fetchOne(
        database, sql: "SELECT value FROM onceValue WHERE name = ? AND expiresAt > ?", arguments: [hash, now])
    }
    guard let text else { return nil }
    guard let bytes = Base64URL.bytes(text) else { throw unreadable() }
    return bytes
  }

  func take(_ name: String, at now: Int64) async throws(StoreFault) -> [UInt8]? {
    let hash = SessionKey(hashing: name).text
    let oldest = now - retentionMilliseconds
    let text = try await write { database in
      try Self.clean(at: now, oldest: oldest, database)
      return try String.fetchOne(
        database, sql: "DELETE FROM onceValue WHERE name = ? RETURNING value", arguments: [hash])
    }
    guard let text else { return nil }
    guard let bytes = Base64URL.bytes(text) else { throw unreadable() }
    return bytes
  }

  /// Forgets what nobody can want any more; an index says that there is nothing, as it mostly is.
  private static func clean(at now: Int64, oldest: Int64, _ database: Database) throws {
    try database.execute(sql: "DELETE FROM onceValue WHERE expiresAt <= ?", arguments: [now])
    try database.execute(sql: "DELETE FROM login WHERE begunAt < ?", arguments: [oldest])
    try database.execute(sql: "DELETE FROM revocation WHERE at < ?", arguments: [oldest])
  }

  // MARK: asking

  func read<Value: Sendable>(
    _ ask: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreFault) -> Value {
    do { return try await pool.read(ask) } catch { throw fault(error) }
  }

  /// In one transaction, on the disk when it returns.
  private func write<Value: Sendable>(
    _ change: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreFault) -> Value {
    do { return try await pool.write(change) } catch { throw fault(error) }
  }

  func decode<Value: Decodable>(_ text: String) throws(StoreFault) -> Value {
    guard let value = Value.read(json: text.utf8) else { throw unreadable() }
    return value
  }

  func unreadable() -> StoreFault { StoreFault(description: "\(file) holds what this posternd cannot read") }

  private func fault(_ error: any Error) -> StoreFault { StoreFault(description: "\(file): \(error)") }
}
