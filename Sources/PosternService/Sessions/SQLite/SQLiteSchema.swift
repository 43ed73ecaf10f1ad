// The tables of the store in one file, and how a file of an older posternd comes to them. A migration that has been published is never
// changed; another one is added. Refuses a file of a newer posternd.

internal import GRDB

/// The tables.
enum SQLiteSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: sessions") { database in
      for statement in first { try database.execute(sql: statement) }
    }
    return migrator
  }

  /// Logins with the names of all that would end them; sessions and last activity go with their login. Values that are taken once
  /// are known by the hash of their name. Instants are milliseconds since 1970.
  private static let first = [
    """
    CREATE TABLE login (
      key TEXT PRIMARY KEY NOT NULL, login TEXT NOT NULL, account TEXT NOT NULL, checkedAt INTEGER NOT NULL,
      begunAt INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX loginByAge ON login (begunAt)",
    """
    CREATE TABLE ending (
      name TEXT NOT NULL, login TEXT NOT NULL REFERENCES login (key) ON DELETE CASCADE, PRIMARY KEY (name, login)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX endingByLogin ON ending (login)",
    """
    CREATE TABLE session (
      key TEXT PRIMARY KEY NOT NULL, login TEXT NOT NULL REFERENCES login (key) ON DELETE CASCADE,
      session TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX sessionByLogin ON session (login)",
    """
    CREATE TABLE activity (
      session TEXT NOT NULL REFERENCES session (key) ON DELETE CASCADE, app TEXT NOT NULL, lastSeenAt INTEGER NOT NULL,
      PRIMARY KEY (session, app)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE revocation (name TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX revocationByAge ON revocation (at)",
    """
    CREATE TABLE onceValue (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, expiresAt INTEGER NOT NULL)
      STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX onceValueByAge ON onceValue (expiresAt)",
  ]
}
