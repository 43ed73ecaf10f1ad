// The store in one file: what was acknowledged is there when the file is opened again, and what is dead does not stay.

import Foundation
import GRDB
import Testing

@testable import PosternService

@Suite("SQLite store")
struct SQLiteStoreTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private var file: String { folder.path("sessions.sqlite") }

  private func open(retentionMilliseconds: Int64 = 1_000_000) throws -> SQLiteSessionStore {
    try SQLiteSessionStore(file: file, retentionMilliseconds: retentionMilliseconds)
  }

  // MARK: across a restart

  @Test("closed and opened again it has everything: logins, sessions, activity, accounts, values")
  func reopened() async throws {
    let first = try open()
    try await first.keep("a")
    try await first.touch([Touch(session: Kept.key("a/session"), app: "wiki", at: Kept.start + 5)])
    try await first.note(Kept.account(at: Kept.start + 6, tokens: "new"), for: Kept.key("a"))
    try await first.put([1, 2], under: "code", until: Kept.start + 60_000)
    try first.close()
    let second = try open()
    let facts = try await second.session(for: Kept.key("a/session"))
    #expect(facts?.lastSeenAt == ["wiki": Kept.start + 5])
    #expect(facts?.account == Kept.account(at: Kept.start + 6, tokens: "new"))
    #expect(facts?.login == Kept.login())
    #expect(try await second.take("code", at: Kept.start) == [1, 2])
  }

  @Test("closed and opened again it remembers what was revoked, and what was taken")
  func reopenedRevoked() async throws {
    let first = try open()
    try await first.keep("a")
    try await first.put([1], under: "code", until: Kept.start + 60_000)
    try await first.revoke(.everyone, at: Kept.start + 10)
    #expect(try await first.take("code", at: Kept.start) == [1])
    try first.close()
    let second = try open()
    try await second.keep("late", at: Kept.start + 9)
    #expect(try await second.good(["a", "late"]) == [])
    #expect(try await second.take("code", at: Kept.start) == nil)
  }

  @Test("what has not been closed is there too: a commit is on the disk, in the log, before it is acknowledged")
  func durable() async throws {
    let first = try open()
    try await first.keep("a")
    let settings = try await first.pool.writeWithoutTransaction { database in
      [
        try String.fetchOne(database, sql: "PRAGMA journal_mode"),
        try String.fetchOne(database, sql: "PRAGMA synchronous"),
        try String.fetchOne(database, sql: "PRAGMA secure_delete"),
      ]
    }
    #expect(settings == ["wal", "2", "1"])
    for name in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: file + name, toPath: folder.path("copy.sqlite\(name)"))
    }
    let copy = try SQLiteSessionStore(file: folder.path("copy.sqlite"))
    #expect(try await copy.good(["a"]) == ["a", "a/session"])
  }

  // MARK: what does not stay

  private func rowCounts(_ store: SQLiteSessionStore) async throws -> [String: Int] {
    try await store.pool.read { database in
      var counts: [String: Int] = [:]
      for table in ["login", "ending", "session", "activity", "revocation", "onceValue"] {
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? 0
        if count > 0 { counts[table] = count }
      }
      return counts
    }
  }

  @Test("what a revocation ends is deleted with all that belongs to it")
  func revokedIsDeleted() async throws {
    let store = try open()
    try await store.keep("a")
    try await store.touch([Touch(session: Kept.key("a/session"), app: "wiki", at: 1)])
    try await store.revoke(.browser("browser"), at: Kept.start)
    #expect(try await rowCounts(store) == ["revocation": 1])
  }

  @Test(
    "values that nobody took, logins older than the retention and old revocations go with the next value that is taken")
  func cleaned() async throws {
    let store = try open(retentionMilliseconds: 1_000)
    try await store.keep("old", at: Kept.start)
    try await store.revoke(.login(Kept.key("other")), at: Kept.start)
    try await store.put([1], under: "code", until: Kept.start + 1)
    _ = try await store.take("another", at: Kept.start)
    #expect(try await rowCounts(store).keys.sorted() == ["ending", "login", "onceValue", "revocation", "session"])
    _ = try await store.take("another", at: Kept.start + 1_001)
    #expect(try await rowCounts(store) == [:])
  }

  @Test("in memory old logins and revocations go too")
  func cleanedInMemory() async throws {
    let store = MemorySessionStore(retentionMilliseconds: 1_000)
    try await store.keep("old", at: Kept.start)
    store.revoke(.browser("other"), at: Kept.start)
    _ = store.take("another", at: Kept.start + 1_001)
    #expect(try await store.good(["old"]) == [])
    try await store.keep("older", Kept.login(browser: "other"), at: Kept.start - 1)
    #expect(try await store.good(["older"]) == ["older", "older/session"])
  }

  // MARK: what is refused

  @Test("the file is its owner's alone")
  func mode() async throws {
    let store = try open()
    try await store.keep("a")
    for name in ["", "-wal", "-shm"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: file + name)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(name)")
    }
  }

  @Test("a file that is no database is refused by its name, and left as it is")
  func noDatabase() throws {
    let text = String(repeating: "not a database, but long enough to look like one. ", count: 100)
    try folder.write("sessions.sqlite", text)
    #expect { try open() } throws: { "\($0)".hasPrefix("\(file) cannot be opened as a session store: SQLite error 26") }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
  }

  @Test("a file of a newer posternd is refused")
  func newer() async throws {
    let store = try open()
    try await store.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9: from the future')") }
    try store.close()
    #expect(throws: StoreFault(description: "\(file) was written by a newer posternd: run that one")) { try open() }
  }

  @Test("a folder that is not there is refused")
  func noFolder() {
    let file = folder.path("nowhere/sessions.sqlite")
    #expect(throws: StoreFault(description: "\(file) cannot be made, or not be written")) {
      try SQLiteSessionStore(file: file)
    }
  }

  @Test("what cannot be read is a fault, and nobody's session")
  func unreadable() async throws {
    let store = try open()
    try await store.keep("a")
    try await store.pool.write { try $0.execute(sql: "UPDATE login SET login = '{}'") }
    await #expect(throws: StoreFault.self) { try await store.session(for: Kept.key("a/session")) }
    await #expect(throws: StoreFault.self) { try await store.login(for: Kept.key("a")) }
  }
}
