// The store cannot be reached: each app's `onStoreUnavailable`, and nothing else. The store here is a stand-in that fails when it is told
// to; the real ones are stopped in Stores/.

import Synchronization
import Testing

@testable import PosternService

/// A store in memory that can be made to fail.
final class FailingStore: SessionStore {
  private let store = MemorySessionStore()
  private let isDown = Mutex(false)

  func fail(_ fails: Bool) { isDown.withLock { $0 = fails } }

  private let cannotNote = Mutex(false)

  /// Fails in nothing but the state of accounts.
  func failToNote(_ fails: Bool) { cannotNote.withLock { $0 = fails } }

  private func check() throws(StoreFault) {
    if isDown.withLock({ $0 }) { throw StoreFault(description: "told to fail") }
  }

  func insert(_ login: Login, _ account: AccountState, for key: SessionKey) async throws(StoreFault) {
    try check()
    store.insert(login, account, for: key)
  }

  func login(for key: SessionKey) async throws(StoreFault) -> (login: Login, account: AccountState)? {
    try check()
    return store.login(for: key)
  }

  func insert(_ session: Session, for key: SessionKey) async throws(StoreFault) {
    try check()
    store.insert(session, for: key)
  }

  func session(for key: SessionKey) async throws(StoreFault) -> SessionFacts? {
    try check()
    return store.session(for: key)
  }

  func touch(_ touches: [Touch]) async throws(StoreFault) {
    try check()
    store.touch(touches)
  }

  func note(_ account: AccountState, for login: SessionKey) async throws(StoreFault) {
    try check()
    if cannotNote.withLock({ $0 }) { throw StoreFault(description: "told to fail") }
    store.note(account, for: login)
  }

  func revoke(_ revocation: Revocation, at now: Int64) async throws(StoreFault) {
    try check()
    store.revoke(revocation, at: now)
  }

  func logins(from cursor: String?, count: Int) async throws(StoreFault) -> LoginPage {
    try check()
    return store.logins(from: cursor, count: count)
  }

  func put(_ value: [UInt8], under name: String, until expiresAt: Int64) async throws(StoreFault) {
    try check()
    store.put(value, under: name, until: expiresAt)
  }

  func look(_ name: String, at now: Int64) async throws(StoreFault) -> [UInt8]? {
    try check()
    return store.look(name, at: now)
  }

  func claim(_ name: String, until expiresAt: Int64, at now: Int64) async throws(StoreFault) -> Bool {
    try check()
    return store.claim(name, until: expiresAt, at: now)
  }

  func replace(
    _ expected: [UInt8]?, by value: [UInt8], under name: String, until expiresAt: Int64, at now: Int64
  ) async throws(StoreFault) -> Bool {
    try check()
    return store.replace(expected, by: value, under: name, until: expiresAt, at: now)
  }

  func take(_ name: String, at now: Int64) async throws(StoreFault) -> [UInt8]? {
    try check()
    return store.take(name, at: now)
  }

  func revocations() -> AsyncStream<Revocation> { store.revocations() }
}

@Suite("The store is down")
struct StoreFailureTests {
  @Test("a session that this node knows is good until its account must be checked, as before")
  func known() async throws {
    let store = FailingStore()
    let gate = try TestGate(store: store)
    let cookie = try await gate.signIn()
    #expect(await gate.ask(headers: [("Cookie", cookie)]).status == 200)
    store.fail(true)
    gate.clock.advance(seconds: 119)
    #expect(await gate.ask(headers: [("Cookie", cookie)]).status == 200)
  }

  @Test("then an app that allows nothing refuses, and one that allows a grace goes on until it has run out")
  func grace() async throws {
    let store = FailingStore()
    let gate = try TestGate(store: store)
    let strict = try await gate.signIn()
    let patient = try await gate.signIn(host: "patient.example.com")
    let url = "https://patient.example.com/"
    _ = await gate.ask(headers: [("Cookie", strict)])
    _ = await gate.ask("GET", url, headers: [("Cookie", patient)])
    store.fail(true)
    gate.clock.advance(seconds: 120)
    #expect(await gate.ask(headers: TestClient.script + [("Cookie", strict)]).reason == "stateStale")
    #expect(await gate.ask("GET", url, headers: [("Cookie", patient)]).status == 200)
    gate.clock.advance(seconds: 299)
    #expect(await gate.ask("GET", url, headers: [("Cookie", patient)]).status == 200)
    gate.clock.advance(seconds: 1)
    #expect(await gate.ask("GET", url, headers: TestClient.script + [("Cookie", patient)]).reason == "stateStale")
  }

  @Test("a session that this node does not know is nobody's, whatever the app allows")
  func unknown() async throws {
    let store = FailingStore()
    let gate = try TestGate(store: store)
    let cookie = try await gate.signIn(host: "patient.example.com")
    store.fail(true)
    let answer = await gate.ask(
      "GET", "https://patient.example.com/", headers: TestClient.script + [("Cookie", cookie)])
    #expect(answer.reason == "noCredential")
  }

  @Test("an idle session is refused: another node's activity cannot be known")
  func idle() async throws {
    let store = FailingStore()
    let gate = try TestGate(store: store)
    let cookie = try await gate.signIn(host: "patient.example.com")
    _ = await gate.ask("GET", "https://patient.example.com/", headers: [("Cookie", cookie)])
    store.fail(true)
    gate.clock.advance(seconds: 15 * 60)
    let answer = await gate.ask(
      "GET", "https://patient.example.com/", headers: TestClient.script + [("Cookie", cookie)])
    #expect(answer.status == 401)
  }

  @Test("activity that the store was not told of is told when it is back")
  func touches() async throws {
    let store = FailingStore()
    let gate = try TestGate(store: store)
    let cookie = try await gate.signIn()
    store.fail(true)
    gate.clock.advance(seconds: 5)
    store.fail(false)
    #expect(await gate.ask(headers: [("Cookie", cookie)]).status == 200)
    store.fail(true)
    await gate.gate.flushTouches()
    store.fail(false)
    await gate.gate.flushTouches()
    let identifier = try #require(SessionIdentifier(String(cookie.dropFirst(GateCookie.session.count + 1))))
    let facts = try await store.session(for: identifier.key)
    #expect(facts?.lastSeenAt == ["payroll": gate.clock.now])
  }
}
