// What users of other proxies complain of in their issue trackers, a test for each complaint, by its words.

import PosternLanguage
import Synchronization
import Testing

@testable import PosternService

@Suite("What users of other proxies complain of")
struct ComplaintTests {
  private static let page = "https://payroll.example.com/"

  private static func text(_ answer: Answer) -> String { String(decoding: answer.body, as: UTF8.self) }

  // MARK: answers

  @Test("`fetch()` answered with 302: here it is a 401 that says where to go")
  func fetch() async throws {
    let answer = await (try TestGate()).ask(headers: TestClient.script)
    #expect(answer.status == 401)
    #expect(answer.headers["location"] == nil)
    #expect(JSON(answer.body)?["refresh"]?.text?.hasSuffix("gcp-iap-mode=DO_SESSION_REFRESH") == true)
  }

  @Test("401 without CORS headers: here a declared origin may read it")
  func readable() async throws {
    let answer = await (try TestGate()).ask(headers: TestClient.script + [("Origin", "https://portal.example.com")])
    #expect(answer.status == 401)
    #expect(answer.headers["access-control-allow-origin"] == "https://portal.example.com")
    #expect(answer.headers["access-control-allow-credentials"] == "true")
  }

  @Test("a 401 for signed-in-but-denied, and an endless loop: here it is a 403 that leads nowhere")
  func denied() async throws {
    let gate = try TestGate()
    let cookie = [("Cookie", try await gate.signIn(TestGate.person("bob@example.com")))]
    for headers in [TestClient.navigation, TestClient.script] {
      let answer = await gate.ask(headers: headers + cookie, endpoint: "/answer")
      #expect(answer.status == 403)
      #expect(answer.headers["location"] == nil)
    }
  }

  @Test("a POST body lost in a redirect: here a form is told to sign in elsewhere, and is sent again by its owner")
  func form() async throws {
    let answer = await (try TestGate()).ask("POST", headers: TestClient.navigation, endpoint: "/answer")
    #expect(answer.status == 401)
    #expect(answer.headers["location"] == nil)
    #expect(Self.text(answer).contains("What you sent was not passed on."))
  }

  // MARK: logins

  @Test("parallel requests that race on one rotating refresh token and log the user out")
  func rotatingToken() async throws {
    let visitor = try LoginTests.Visitor()
    _ = try await visitor.signIn()
    let request = TestGate.listenerRequest(
      "GET", Self.page, headers: [("Cookie", visitor.cookie(for: Self.page))], .caddy)
    let gate = visitor.gate.gate
    for turn in 1...3 {
      // Whoever sends a token that has been used is refused, as where reuse ends a family.
      let token = "token-\(turn)"
      let answer = ProviderAnswer(
        status: 200, headers: Headers(), body: Array("{\"access_token\":\"a\",\"refresh_token\":\"\(token)\"}".utf8))
      visitor.provider.change {
        $0.forms = []
        $0.answers["\(StandInProvider.issuer)/token"] = answer
      }
      visitor.gate.clock.advance(seconds: 120)
      let statuses = Set(await TestGate.askAtOnce([gate], request))
      #expect(statuses == [200])
      #expect(visitor.provider.forms.map { $0["refresh_token"] } == [turn == 1 ? "refresh" : "token-\(turn - 1)"])
    }
  }

  @Test("tabs that overwrite each other's login state: each comes back to its own page")
  func tabs() async throws {
    let visitor = try LoginTests.Visitor()
    let urls = (1...3).map { "https://payroll.example.com/\($0)" }
    var attempts: [(nonce: String, parameters: [String: String])] = []
    for url in urls {
      let parameters = try await visitor.toProvider(url)
      attempts.append((parameters["nonce"] ?? "", parameters))
    }
    for (url, attempt) in zip(urls, attempts).reversed() {
      visitor.provider.change { $0.nonce = attempt.nonce }
      let arrival = try #require(await visitor.back(attempt.parameters).headers["location"])
      #expect(await visitor.open(arrival).headers["location"] == url)
    }
  }

  @Test("state cookies that pile up until 431: two hundred attempts fit into what every server takes")
  func cookiesPileUp() async throws {
    let visitor = try LoginTests.Visitor()
    for number in 0..<200 {
      // Addresses of every length, that so many states come to as much as they ever do.
      let url = "https://payroll.example.com/\(String(repeating: "x", count: number * 10))"
      _ = try await visitor.toProvider(url)
      // nginx takes 8 kB of a line, as it comes.
      for host in ["payroll.example.com", "login.example.com"] {
        #expect("Cookie: \(visitor.cookie(for: "https://\(host)/"))\r\n".utf8.count <= 8_192)
      }
    }
    #expect(visitor.cookieNames("login.example.com").count == LoginRequest.slotCount)
    #expect(visitor.cookie(for: Self.page).utf8.count < 2_048)
  }

  @Test("cookies too big to be stored, and an endless loop: a long address comes back whole, and no cookie is long")
  func longAddress() async throws {
    let visitor = try LoginTests.Visitor()
    let url = "https://payroll.example.com/?filter=" + String(repeating: "x", count: 3_500)
    let parameters = try await visitor.toProvider(url)
    for host in ["payroll.example.com", "login.example.com"] {
      for pair in visitor.cookie(for: "https://\(host)/").split(separator: ";") { #expect(pair.utf8.count < 4_096) }
    }
    let arrival = try #require(await visitor.back(parameters).headers["location"])
    #expect(await visitor.open(arrival).headers["location"] == url)
    // What no proxy would take in an address of its own comes back to its page.
    let longer = try LoginTests.Visitor()
    let again = try await longer.toProvider(
      "https://payroll.example.com/a?filter=" + String(repeating: "x", count: 9_000))
    let last = try #require(await longer.back(again).headers["location"])
    #expect(await longer.open(last).headers["location"] == "https://payroll.example.com/a")
  }

  // MARK: limits

  @Test("no idle timeout, or one kept alive by polling")
  func polling() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let headers = TestClient.script + [("Cookie", cookie)]
    for _ in 0..<14 {
      gate.clock.advance(seconds: 60)
      try await gate.keepAccountFresh(cookie)
      #expect(await gate.ask("GET", "https://payroll.example.com/poll", headers: headers).status == 200)
    }
    gate.clock.advance(seconds: 60)
    try await gate.keepAccountFresh(cookie)
    #expect(await gate.ask("GET", "https://payroll.example.com/poll", headers: headers).reason == "idleTimeout")
  }

  @Test("timers with hidden defaults or that contradict each other: neither compiles")
  func contradictions() {
    func errors(_ session: String) -> [String] {
      var files = TestPolicy.files
      files["organization.yaml"] = TestPolicy.organization.replacing("idleTimeout: 15m", with: session)
      let reading = Policy.read(files: files.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) })
      return reading.diagnostics.filter { $0.severity == .error }.map(\.message)
    }
    #expect(errors("idleTimeout: 15m") == [])
    #expect(errors("").isEmpty == false)
    #expect(errors("idleTimeout: 9h").isEmpty == false)
  }

  @Test("a refresh that extends the absolute limit")
  func absolute() async throws {
    let visitor = try LoginTests.Visitor()
    _ = try await visitor.signIn()
    let refresh = "https://payroll.example.com/?gcp-iap-mode=DO_SESSION_REFRESH"
    for _ in 0..<47 {
      visitor.gate.clock.advance(seconds: 600)
      #expect(await visitor.open(refresh).status == 200)
      let headers = TestClient.script + [("Cookie", visitor.cookie(for: Self.page))]
      #expect(await visitor.gate.ask(headers: headers).status == 200)
    }
    visitor.gate.clock.advance(seconds: 600)
    let headers = TestClient.script + [("Cookie", visitor.cookie(for: Self.page))]
    #expect(await visitor.gate.ask(headers: headers).reason == "absoluteTimeout")
  }

  @Test("lifetimes only per domain, not per app: two apps of one host each have their own")
  func perApp() async throws {
    var files = TestPolicy.files
    for (name, idle) in [("short", "5m"), ("long", "30m")] {
      files["\(name).yaml"] = """
        kind: App
        name: \(name)
        routes: [shared.example.com/\(name)]
        iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["user:ann@example.com"]}]}
        session: {idleTimeout: \(idle)}
        """
    }
    let gate = try TestGate(files)
    let cookie = try await gate.signIn(host: "shared.example.com")
    gate.clock.advance(seconds: 300)
    try await gate.keepAccountFresh(cookie)
    let headers = TestClient.script + [("Cookie", cookie)]
    #expect(await gate.ask("GET", "https://shared.example.com/short", headers: headers).reason == "idleTimeout")
    #expect(await gate.ask("GET", "https://shared.example.com/long", headers: headers).status == 200)
  }

  @Test("WebSockets that outlive their session")
  func webSocket() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let request = TestGate.listenerRequest("GET", Self.page, headers: [("Cookie", cookie)], .caddy)
    let watch = TunnelWatch(
      gate.gate, try ProxyDialect.caddy.clientRequest(request, prefix: "", trustedHops: 0), tellsWho: true)
    gate.clock.advance(seconds: 15 * 60 - 1)
    try await gate.keepAccountFresh(cookie)
    #expect(await watch.isOver() == false)
    gate.clock.advance(seconds: 1)
    try await gate.keepAccountFresh(cookie)
    #expect(await watch.isOver())
  }

  @Test("late revocation: the next request is refused")
  func revocation() async throws {
    let gate = try TestGate()
    let headers = TestClient.script + [("Cookie", try await gate.signIn())]
    #expect(await gate.ask(headers: headers).status == 200)
    try await gate.gate.revoke(.person(provider: "people", subject: "ann", tenant: nil))
    #expect(await gate.ask(headers: headers).status == 401)
  }

  // MARK: running

  @Test("a store restart that logs everyone out: sessions are on the disk")
  func restart() async throws {
    let folder = try TestFolder()
    let retention = SessionRetention.milliseconds(days: 1)
    let file = folder.path("sessions.sqlite")
    let before = try TestGate(store: try SQLiteSessionStore(file: file, retentionMilliseconds: retention))
    let headers = TestClient.script + [("Cookie", try await before.signIn())]
    let after = try TestGate(store: try SQLiteSessionStore(file: file, retentionMilliseconds: retention))
    #expect(await after.ask(headers: headers).status == 200)
  }

  @Test("one sub-request too many per request: a valid session asks neither the store nor the provider")
  func noSubRequest() async throws {
    let (clock, store) = (TestClock(), FailingStore())
    let provider = StandInProvider(clock: clock)
    let gate = try TestGate(store: store, transport: provider, clock: clock)
    let headers = TestClient.script + [("Cookie", try await gate.signIn())]
    #expect(await gate.ask(headers: headers).status == 200)
    store.fail(true)
    for _ in 0..<100 { #expect(await gate.ask(headers: headers).status == 200) }
    #expect(provider.state.withLock { $0.asked } == [])
  }

  @Test("rule overlap found at run time: two apps of one route do not compile")
  func overlap() {
    var files = TestPolicy.files
    files["twin.yaml"] = files["wiki.yaml"]?.replacing("name: wiki", with: "name: twin")
    let reading = Policy.read(files: files.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) })
    #expect(reading.diagnostics.contains { $0.severity == .error && $0.message.contains("wiki.example.com") })
  }

  @Test("path and header spoofing: X-Forwarded-* from anyone, fragments, encoded slashes")
  func spoofing() async throws {
    let gate = try TestGate()
    let forwarded = ["X-Forwarded-Host", "X-Forwarded-Uri", "X-Original-URL", "X-Rewrite-URL", "Forwarded"]
      .map { ($0, "https://public.example.com/") }
    let asked = await gate.ask("GET", Self.page, headers: TestClient.script + forwarded, through: .nginx)
    #expect(asked.reason == "noCredential")
    let cookie = [("Cookie", try await gate.signIn())]
    for path in ["/runs#x", "/a%2Fb", "/..;/runs", "/%2e%2e%2fruns", "/a\\b", "/%00"] {
      let answer = await gate.ask("GET", "https://payroll.example.com\(path)", headers: TestClient.script + cookie)
      #expect(answer.status == 400 || answer.status == 403, "\(path)")
    }
  }
}
