// The same table of requests through nginx, Caddy and Envoy: what docs/decision.md says, without a session, with a good one, and one second
// either side of its end.

import NIOHTTP1
import Testing

@testable import PosternService

@Suite("Through each proxy", .serialized, .timeLimit(.minutes(2)))
struct ProxyIntegrationTests {
  /// What clients send, and what it comes to where somebody must sign in.
  static let clients: [(name: String, method: String, headers: [(String, String)], refusal: Int)] = [
    ("a navigation", "GET", TestClient.navigation, 302),
    ("an old browser's navigation", "GET", [("Accept", "text/html,*/*;q=0.8")], 302),
    ("fetch", "GET", TestClient.script, 401),
    ("XMLHttpRequest", "GET", [("X-Requested-With", "XMLHttpRequest"), ("Accept", "text/html")], 401),
    ("a form", "POST", TestClient.navigation, 401),
    ("an image", "GET", [("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image"), ("Accept", "image/*")], 401),
    ("an iframe", "GET", [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"), ("Accept", "text/html")], 302),
    ("a prefetch", "GET", TestClient.navigation + [("Sec-Purpose", "prefetch;prerender")], 401),
    (
      "a WebSocket", "GET",
      [
        ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Origin", "https://payroll.example.com"),
      ], 401
    ),
    ("gRPC", "POST", [("Content-Type", "application/grpc"), ("TE", "trailers")], 401),
    ("curl", "GET", [("Accept", "*/*"), ("User-Agent", "curl/8")], 401),
    (
      "a preflight", "OPTIONS", [("Origin", "https://portal.example.com"), ("Access-Control-Request-Method", "GET")],
      401
    ),
  ]

  @Test("without a session, with one, a second before its end and at it", arguments: Proxy.allCases)
  func table(_ proxy: Proxy) async throws {
    let gate = try TestGate()
    let fixture = try await ProxyFixture(proxy, gate: gate)
    for client in Self.clients {
      let nobody = try await fixture.ask(client.method, headers: client.headers)
      #expect(Self.status(nobody) == client.refusal, "\(client.name) without a session")
      #expect(nobody.headers["x-postern-reason"] == ["noCredential"], "\(client.name) without a session")
      #expect(nobody.headers["cache-control"] == ["no-store"], "\(client.name) without a session")

      let cookie = [("Cookie", try await gate.signIn())]
      let limit: Int64 = 15 * 60
      // A handshake that succeeds is no HTTP any more: WebSocketIntegrationTests.
      if client.name == "a WebSocket" {
        gate.clock.advance(seconds: limit)
      } else {
        let good = try await fixture.ask(client.method, headers: client.headers + cookie)
        #expect(good.status == 200, "\(client.name) with a session")
        #expect(good.echo?["target"]?.text == "/runs", "\(client.name) with a session")
        gate.clock.advance(seconds: limit - 1)
        try await gate.keepAccountFresh(cookie[0].1)
        let poll = "https://payroll.example.com/poll"
        let before = try await fixture.ask(client.method, poll, headers: client.headers + cookie)
        #expect(before.status == 200, "\(client.name) a second before")
        gate.clock.advance(seconds: 1)
      }
      try await gate.keepAccountFresh(cookie[0].1)
      let over = try await fixture.ask(client.method, headers: client.headers + cookie)
      #expect(Self.status(over) == client.refusal, "\(client.name) at its end")
      #expect(over.headers["x-postern-reason"] == ["idleTimeout"], "\(client.name) at its end")
      #expect(over.headers["www-authenticate"].count == (client.refusal == 401 ? 1 : 0), "\(client.name) at its end")
    }
  }

  /// Envoy tells a gRPC client in the words of gRPC: `UNAUTHENTICATED` is its 401.
  static func status(_ received: Received) -> Int {
    received.headers["grpc-status"] == ["16"] ? 401 : received.status
  }

  @Test("what a client sends under the gate's names never reaches the app", arguments: Proxy.allCases)
  func smuggled(_ proxy: Proxy) async throws {
    let gate = try TestGate()
    let fixture = try await ProxyFixture(proxy, gate: gate)
    let names = ["X-Goog-IAP-JWT-Assertion", "x-goog-authenticated-user-email", "X-GOOG-AUTHENTICATED-USER-ID"]
    let forged = names.map { ($0, "forged") } + [("Proxy-Authorization", "Basic Zm9yZ2Vk")]
    for name in ["X-Goog-IAP-Generated-Response", "x-goog-authenticated-user-name"] {
      let answer = try await fixture.ask("GET", "https://public.example.com/", headers: [(name, "forged")])
      #expect(answer.appHeader(name.lowercased()).joined() == "", "\(name)")
    }
    let anonymous = try await fixture.ask("GET", "https://public.example.com/", headers: forged)
    #expect(anonymous.status == 200)
    for name in names { #expect(anonymous.appHeader(name.lowercased()).joined() == "", "\(name)") }
    #expect(anonymous.appHeader("proxy-authorization").joined() == "")
    let cookie = try await gate.signIn()
    let person = try await fixture.ask(
      headers: forged + [("Cookie", "a=1; \(cookie)"), ("Authorization", "Basic YTpi")])
    #expect(person.appHeader("x-goog-authenticated-user-email") == ["people:ann@example.com"])
    #expect(person.appHeader("x-goog-iap-jwt-assertion").count == 1)
    #expect(person.appHeader("x-goog-iap-jwt-assertion") != ["forged"])
    #expect(person.appHeader("cookie") == ["a=1"])
    #expect(person.appHeader("authorization") == ["Basic YTpi"])
  }

  @Test(
    "a credential that stands twice is refused, and what is left of two cookies is never the app's",
    arguments: Proxy.allCases)
  func twice(_ proxy: Proxy) async throws {
    let gate = try TestGate()
    let fixture = try await ProxyFixture(proxy, gate: gate)
    let cookie = try await gate.signIn()
    let bearers = [("Authorization", "Bearer a"), ("Authorization", "Bearer b"), ("Cookie", cookie)]
    #expect(try await fixture.ask(headers: bearers).echo == nil)
    let proxies = [("Proxy-Authorization", "Bearer a"), ("Proxy-Authorization", "Bearer b"), ("Cookie", cookie)]
    #expect(try await fixture.ask(headers: proxies).echo == nil)
    let lines = [("Cookie", "x=1"), ("Cookie", cookie)]
    let open = try await fixture.ask("GET", "https://public.example.com/", headers: lines)
    #expect(!open.appHeader("cookie").joined().contains(GateCookie.prefix))
  }

  @Test(
    "a bearer in Proxy-Authorization that cannot be believed is a 401, whatever cookie comes with it",
    arguments: Proxy.allCases)
  func proxyCredential(_ proxy: Proxy) async throws {
    let gate = try TestGate()
    let fixture = try await ProxyFixture(proxy, gate: gate)
    let cookie = ("Cookie", try await gate.signIn())
    #expect(try await fixture.ask(headers: [cookie]).status == 200)
    let answer = try await fixture.ask(headers: [cookie, ("Proxy-Authorization", "Bearer forged")])
    #expect(answer.status == 401)
    #expect(answer.headers["x-postern-reason"] == ["invalidToken"])
  }

  @Test("a bearer of ours in Authorization is not the app's to see", arguments: Proxy.allCases)
  func ownBearer(_ proxy: Proxy) async throws {
    let clock = TestClock()
    let provider = StandInProvider(clock: clock)
    let fixture = try await ProxyFixture(proxy, gate: try TestGate(transport: provider, clock: clock))
    let bearer = ("Authorization", "Bearer \(provider.sign(LoginTests.claims()))")
    let answer = try await fixture.ask("GET", "https://api.example.com/", headers: [bearer])
    #expect(answer.status == 200)
    #expect(answer.appHeader("authorization").joined() == "")
    #expect(answer.appHeader("x-goog-authenticated-user-email") == ["people:robot@example.com"])
  }

  @Test(
    "no client says which headers a proxy is to leave out, or which protocol the app is to change to",
    arguments: Proxy.allCases)
  func connectionHeaders(_ proxy: Proxy) async throws {
    let gate = try TestGate()
    let fixture = try await ProxyFixture(proxy, gate: gate)
    let names = "close, Cookie, X-Goog-Authenticated-User-Email, X-Goog-Iap-Jwt-Assertion, X-Goog-Authenticated-User-Id"
    let cookie = ("Cookie", "a=1; \(try await gate.signIn())")
    let answer = try await fixture.ask(headers: [cookie, ("Connection", names)])
    if answer.status == 200 {
      #expect(answer.appHeader("x-goog-authenticated-user-email") == ["people:ann@example.com"])
      #expect(answer.appHeader("x-goog-iap-jwt-assertion").joined() != "")
      #expect(answer.appHeader("cookie") == ["a=1"])
    }
    let change = [("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABk"), ("Connection", "Upgrade, HTTP2-Settings")]
    let upgraded = try await fixture.ask(headers: [cookie] + change)
    for name in ["upgrade", "http2-settings"] { #expect(upgraded.appHeader(name).joined() == "", "\(name)") }
  }

  @Test("an OPTIONS that nobody checks is nothing but an OPTIONS", arguments: Proxy.allCases)
  func methodOverride(_ proxy: Proxy) async throws {
    let fixture = try await ProxyFixture(proxy, gate: try TestGate())
    for name in ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"] {
      let answer = try await fixture.ask("OPTIONS", "https://options.example.com/", headers: [(name, "DELETE")])
      #expect(answer.status == 403, "\(name)")
      #expect(answer.headers["x-postern-reason"] == ["methodOverride"], "\(name)")
    }
  }

  @Test("attributes reach the app, and never those of a client", arguments: Proxy.allCases)
  func attributes(_ proxy: Proxy) async throws {
    let gate = try TestGate(PropagationTests.files(#"attributes.saml_attributes.selectByName("department")"#))
    let fixture = try await ProxyFixture(proxy, gate: gate)
    var person = TestGate.person()
    person.claims = ["department": .list([.text("Sales"), .text("a,b")])]
    let cookie = ("Cookie", try await gate.signIn(person))
    let name = "x-goog-iap-attr-department"
    #expect(try await fixture.ask(headers: [cookie]).appHeader(name) == ["Sales,a%2Cb"])
    let nobody = try await fixture.ask("GET", "https://public.example.com/")
    #expect(nobody.status == 200)
    #expect(nobody.appHeader(name).joined() == "")
    for (url, headers) in [("https://payroll.example.com/runs", [cookie]), ("https://public.example.com/", [])] {
      let forged = try await fixture.ask("GET", url, headers: headers + [("X-Goog-IAP-Attr-Department", "Board")])
      #expect(!forged.appHeader(name).contains("Board"))
    }
  }

  @Test("forwarding headers of a client change neither the app nor the address", arguments: Proxy.allCases)
  func forwarded(_ proxy: Proxy) async throws {
    let folder = try TestFolder()
    let gate = try TestGate(decisionLog: DecisionLog(path: folder.path("decisions")))
    let fixture = try await ProxyFixture(proxy, gate: gate)
    let names = [
      "X-Forwarded-Host", "X-Forwarded-Uri", "X-Forwarded-Method", "X-Postern-Host", "X-Postern-URI", "X-Original-URL",
    ]
    let addresses = ["X-Forwarded-For", "X-Real-IP", "X-Postern-Client", "Forwarded", "X-Envoy-External-Address"]
    let answer = try await fixture.ask(
      "GET", "https://payroll.example.com/runs",
      headers: TestClient.script + names.map { ($0, "public.example.com") } + addresses.map { ($0, "203.0.113.9") })
    #expect(answer.status == 401)
    #expect(answer.headers["www-authenticate"] == ["Bearer realm=\"payroll\""])
    await gate.gate.flush()
    let lines = String(decoding: FileAccess.read(folder.path("decisions")) ?? [], as: UTF8.self).split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines { #expect(JSON(line.utf8)?["client"]?.text == "127.0.0.1", "\(line)") }
  }

  @Test("paths reach the gate as they were written, and what is malformed is refused", arguments: Proxy.allCases)
  func paths(_ proxy: Proxy) async throws {
    let gate = try TestGate()
    let fixture = try await ProxyFixture(proxy, gate: gate)
    let cookie = [("Cookie", try await gate.signIn())]
    for path in ["/a/..;/b", "/a%2Fb", "/a%5Cb", "/a%00b"] {
      let answer = try await fixture.ask("GET", "https://payroll.example.com\(path)", headers: cookie)
      #expect((400...403).contains(answer.status), "\(path)")
      #expect(answer.echo == nil, "\(path)")
    }
  }

  @Test("each mode is a real page or answer", arguments: Proxy.allCases)
  func modes(_ proxy: Proxy) async throws {
    let gate = try TestGate()
    let fixture = try await ProxyFixture(proxy, gate: gate)
    let headers = TestClient.navigation + [("Sec-Fetch-Site", "same-origin"), ("Cookie", try await gate.signIn())]
    func ask(_ mode: String) async throws -> Received {
      try await fixture.ask("GET", "https://payroll.example.com/runs?a=b&gcp-iap-mode=\(mode)", headers: headers)
    }
    for mode in ["DO_SESSION_REFRESH", "SESSION_REFRESHER"] {
      let page = try await ask(mode)
      #expect(page.status == 200, "\(mode)")
      #expect(page.headers["content-type"] == ["text/html; charset=utf-8"], "\(mode)")
    }
    let identity = try await ask("IDENTITY")
    #expect(JSON(identity.body)?["email"]?.text == "people:ann@example.com")
    #expect(try await ask("CLEAR_LOGIN_COOKIE").headers["location"] == ["https://payroll.example.com/runs?a=b"])
    let signOut = try await ask("GCIP_SIGNOUT").headers["location"]
    #expect(signOut.first?.hasPrefix("https://login.example.com/confirm") == true)
    let test = try await ask("SECURE_TOKEN_TEST&iap-secure-token-test-type=NOT_SET")
    #expect(test.status == 200)
    #expect(test.appHeader("x-goog-iap-jwt-assertion").joined() == "")
  }

  @Test("the login host is the gate's alone", arguments: Proxy.allCases)
  func loginHost(_ proxy: Proxy) async throws {
    let gate = try TestGate()
    let fixture = try await ProxyFixture(proxy, gate: gate)
    let keys = try await fixture.ask("GET", "https://login.example.com/iap/verify/public_key-jwk")
    #expect(JSON(keys.body)?["keys"] != nil)
    #expect(try await fixture.ask("GET", "https://login.example.com/login?request=x").status == 400)
  }

  @Test("options pass where the policy lets them, and only there", arguments: Proxy.allCases)
  func options(_ proxy: Proxy) async throws {
    let fixture = try await ProxyFixture(proxy, gate: try TestGate())
    let headers = [("Origin", "https://portal.example.com"), ("Access-Control-Request-Method", "GET")]
    #expect(try await fixture.ask("OPTIONS", "https://options.example.com/", headers: headers).status == 200)
    #expect(try await fixture.ask("GET", "https://options.example.com/", headers: headers).status == 401)
  }
}
