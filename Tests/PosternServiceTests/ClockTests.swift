// Each clock of docs/decision.md, row 8, a second before it fires and at the instant, through the endpoint that each proxy asks. Sessions
// are those of the gate: what is compared is what it keeps.

import CPostern
import Testing

@testable import PosternService

@Suite("Clocks of sessions")
struct ClockTests {
  /// What is asked, and what it comes to once the session is over.
  static let clients: [(name: String, method: String, headers: [(String, String)], refusal: Int)] = [
    ("a navigation", "GET", TestClient.navigation, 302),
    ("an old browser's navigation", "GET", [("Accept", "text/html,*/*;q=0.8")], 302),
    ("fetch", "GET", TestClient.script, 401),
    ("XMLHttpRequest", "GET", [("X-Requested-With", "XMLHttpRequest"), ("Accept", "text/html")], 401),
    ("a form", "POST", TestClient.navigation, 401),
    ("an image", "GET", [("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image")], 401),
    ("an iframe", "GET", [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")], 302),
    ("a prefetch", "GET", TestClient.navigation + [("Sec-Purpose", "prefetch")], 401),
    ("a WebSocket", "GET", [("Upgrade", "websocket"), ("Origin", "https://payroll.example.com")], 401),
    ("gRPC", "POST", [("Content-Type", "application/grpc"), ("Accept", "*/*")], 401),
    ("curl", "GET", [("Accept", "*/*")], 401),
  ]

  @Test(
    "an idle session is good a second before its timeout and over at it", arguments: clients.indices,
    ProxyDialect.allCases)
  func idle(_ client: Int, _ dialect: ProxyDialect) async throws {
    try await expectEnd(client, dialect, afterSeconds: 15 * 60, reason: "idleTimeout")
  }

  @Test(
    "a session is over at its absolute timeout however much it is used", arguments: clients.indices,
    [ProxyDialect.nginx, .envoy])
  func absolute(_ client: Int, _ dialect: ProxyDialect) async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    for _ in 0..<(8 * 60 / 10 - 1) {
      gate.clock.advance(seconds: 600)
      try await gate.keepAccountFresh(cookie)
      #expect(await gate.ask(headers: [("Cookie", cookie)], through: dialect).status == 200)
    }
    gate.clock.advance(seconds: 599)
    try await gate.keepAccountFresh(cookie)
    #expect(await ask(gate, client, cookie, dialect).status == 200)
    gate.clock.advance(seconds: 1)
    try await gate.keepAccountFresh(cookie)
    let over = await ask(gate, client, cookie, dialect)
    #expect(over.reason == "absoluteTimeout")
    #expect(over.status == (dialect == .nginx ? 401 : Self.clients[client].refusal))
  }

  @Test("re-authentication is asked for once the last one is as old as the policy says", arguments: clients.indices)
  func reauthentication(_ client: Int) async throws {
    let gate = try TestGate()
    let now = gate.clock.now
    let cookie = try await gate.signIn(host: "vault.example.com") { $0.secondFactorAt = now - 3_598_000 }
    #expect(await ask(gate, client, cookie, .caddy, "https://vault.example.com/").status == 200)
    gate.clock.advance(seconds: 1)
    #expect(await ask(gate, client, cookie, .caddy, "https://vault.example.com/").status == 200)
    gate.clock.advance(seconds: 1)
    let over = await ask(gate, client, cookie, .caddy, "https://vault.example.com/")
    #expect(over.status == Self.clients[client].refusal)
    #expect(over.reason == "reauthenticationRequired")
  }

  private func expectEnd(_ client: Int, _ dialect: ProxyDialect, afterSeconds limit: Int64, reason: String) async throws
  {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    gate.clock.advance(seconds: limit - 1)
    try await gate.keepAccountFresh(cookie)
    // Whether it is good is asked where that is no activity: the next question must find the session as idle as it was.
    let before = await ask(gate, client, cookie, dialect, "https://payroll.example.com/poll")
    #expect(before.status == 200)
    gate.clock.advance(seconds: 1)
    let over = await ask(gate, client, cookie, dialect)
    #expect(over.status == (dialect == .nginx ? 401 : Self.clients[client].refusal))
    #expect(over.reason == reason)
  }

  private func ask(
    _ gate: TestGate, _ client: Int, _ cookie: String, _ dialect: ProxyDialect,
    _ url: String = "https://payroll.example.com/runs"
  ) async -> Answer {
    let client = Self.clients[client]
    var headers = client.headers + [("Cookie", cookie)]
    if url.contains("vault") { headers.removeAll { $0.0 == "Origin" } }
    return await gate.ask(client.method, url, headers: headers, through: dialect)
  }

  // MARK: activity

  @Test("what is used stays, what is only polled does not")
  func polling() async throws {
    let gate = try TestGate()
    let (used, polled) = (try await gate.signIn(), try await gate.signIn())
    for _ in 0..<20 {
      gate.clock.advance(seconds: 60)
      for cookie in [used, polled] { try await gate.keepAccountFresh(cookie) }
      _ = await gate.ask(headers: [("Cookie", used)])
      _ = await gate.ask("GET", "https://payroll.example.com/poll", headers: [("Cookie", polled)])
    }
    #expect(await gate.ask(headers: [("Cookie", used)]).status == 200)
    #expect(await gate.ask(headers: TestClient.script + [("Cookie", polled)]).reason == "idleTimeout")
  }

  @Test("activity in one app keeps no other app's session alive")
  func perApp() async throws {
    let gate = try TestGate()
    let (payroll, wiki) = (try await gate.signIn(), try await gate.signIn(host: "wiki.example.com"))
    gate.clock.advance(seconds: 14 * 60)
    for cookie in [payroll, wiki] { try await gate.keepAccountFresh(cookie) }
    #expect(await gate.ask(headers: [("Cookie", payroll)]).status == 200)
    gate.clock.advance(seconds: 60)
    #expect(await gate.ask(headers: [("Cookie", payroll)]).status == 200)
    let idle = await gate.ask("GET", "https://wiki.example.com/", headers: TestClient.script + [("Cookie", wiki)])
    #expect(idle.reason == "idleTimeout")
  }

  @Test("a refused request is no activity, and neither is a refresh")
  func refusalsAndRefreshes() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    for _ in 0..<14 {
      gate.clock.advance(seconds: 60)
      try await gate.keepAccountFresh(cookie)
      let refresh = await gate.ask(
        "GET", "https://payroll.example.com/?gcp-iap-mode=SESSION_REFRESHER",
        headers: TestClient.navigation + [("Cookie", cookie)], endpoint: "/answer")
      #expect(refresh.status == 200)
    }
    gate.clock.advance(seconds: 60)
    #expect(await gate.ask(headers: TestClient.script + [("Cookie", cookie)]).reason == "idleTimeout")
  }

  @Test("before a node refuses for idleness it asks the store, where another node's activity is")
  func askedBeforeRefused() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    #expect(await gate.ask(headers: [("Cookie", cookie)]).status == 200)
    let other = try TestGate(store: gate.store)
    gate.clock.advance(seconds: 600)
    other.clock.advance(seconds: 600)
    try await gate.keepAccountFresh(cookie)
    #expect(await other.ask(headers: [("Cookie", cookie)]).status == 200)
    await other.gate.flushTouches()
    gate.clock.advance(seconds: 600)
    try await gate.keepAccountFresh(cookie)
    #expect(await gate.ask(headers: [("Cookie", cookie)]).status == 200)
  }

  @Test("a clock that is stepped back makes facts of the future, and lets nobody in")
  func steppedBack() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    gate.clock.advance(seconds: -31)
    let answer = await gate.ask(headers: TestClient.script + [("Cookie", cookie)])
    #expect(answer.status == 401)
    #expect(answer.reason == "clockSkew")
  }

  // MARK: revocation

  @Test("what a revocation names is over with the next request, here and on every node")
  func revoked() async throws {
    let gate = try TestGate()
    let other = try TestGate(store: gate.store)
    let cookie = try await gate.signIn()
    #expect(await gate.ask(headers: [("Cookie", cookie)]).status == 200)
    #expect(await other.ask(headers: [("Cookie", cookie)]).status == 200)
    let pushes = try await other.gate.store.revocations()
    try await gate.store.revoke(.person(provider: "people", subject: "ann", tenant: nil), at: gate.clock.now)
    for await revocation in pushes {
      other.gate.cache.forget(revocation)
      break
    }
    #expect(await other.ask(headers: TestClient.script + [("Cookie", cookie)]).reason == "noCredential")
  }

  @Test("a session that was read before a revocation and kept after it is asked for again")
  func raced() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let identifier = try #require(SessionIdentifier(String(cookie.dropFirst(GateCookie.session.count + 1))))
    let count = gate.gate.cache.revocationCount
    let facts = try #require(try await gate.store.session(for: identifier.key))
    gate.gate.cache.forget(.session(identifier.key))
    #expect(gate.gate.cache.keep(facts, for: identifier.key, readAt: count) == nil)
  }
}
