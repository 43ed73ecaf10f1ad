// The gate's rules, "From the wire to the facts": what is believed of what a proxy says.

import Testing

@testable import PosternService

@Suite("From the wire to the facts")
struct WireTests {
  @Test("each proxy's request becomes the client's", arguments: ProxyDialect.allCases)
  func client(_ dialect: ProxyDialect) throws {
    let request = TestGate.listenerRequest(
      "POST", "https://wiki.example.com/a%20b?c=d?e", headers: [("Accept", "text/html")], dialect)
    let client = try dialect.clientRequest(request, prefix: "/check", trustedHops: 0)
    #expect(client.method == "POST")
    #expect(client.scheme == "https")
    #expect(client.host == "wiki.example.com")
    #expect(client.path == "/a%20b")
    #expect(client.query == "c=d?e")
    #expect(client.clientAddress == "192.0.2.7")
    #expect(client.headers["accept"] == "text/html")
  }

  @Test("a header of the proxy's set that comes twice is refused, in any letter case", arguments: ProxyDialect.allCases)
  func repeated(_ dialect: ProxyDialect) async throws {
    let gate = try TestGate()
    let request = TestGate.listenerRequest("GET", "https://public.example.com/", headers: [], dialect)
    for field in request.headers.fields {
      var twice = request
      twice.headers.add(field.name.uppercased(), field.value)
      let answer = await gate.send(twice, dialect)
      #expect(answer.status == 403, "\(field.name)")
    }
  }

  @Test("a header of the proxy's set that is missing is refused", arguments: ProxyDialect.allCases)
  func missing(_ dialect: ProxyDialect) async throws {
    let gate = try TestGate()
    let request = TestGate.listenerRequest("GET", "https://public.example.com/", headers: [], dialect)
    for field in request.headers.fields {
      var without = request
      without.headers.remove(field.name)
      let answer = await gate.send(without, dialect)
      #expect(answer.status == 403, "\(field.name)")
    }
  }

  @Test("forwarding headers of other proxies change nothing", arguments: ProxyDialect.allCases)
  func otherForwarding(_ dialect: ProxyDialect) async throws {
    let gate = try TestGate()
    let others = [
      "Forwarded", "X-Real-IP", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Forwarded-Port",
    ]
    let answer = await gate.ask(
      "GET", "https://wiki.example.com/",
      headers: TestClient.script + others.map { ($0, "https://public.example.com/") }, through: dialect)
    #expect(answer.status == 401)
    #expect(answer.reason == "noCredential")
  }

  @Test(
    "the client's address is the entry that the trusted hops select, counted from the right",
    arguments: [
      (0, "192.0.2.7"), (1, "198.51.100.9"), (2, "203.0.113.5"), (3, nil),
    ])
  func hops(_ trustedHops: Int, _ address: String?) throws {
    var request = TestGate.listenerRequest("GET", "https://wiki.example.com/", headers: [], .traefik)
    request.headers.set("x-forwarded-for", "203.0.113.5, 198.51.100.9,192.0.2.7")
    let client = try ProxyDialect.traefik.clientRequest(request, prefix: "", trustedHops: trustedHops)
    #expect(client.clientAddress == address)
  }

  @Test("Envoy has counted the hops itself")
  func envoyHops() throws {
    let request = TestGate.listenerRequest("GET", "https://wiki.example.com/", headers: [], .envoy)
    let client = try ProxyDialect.envoy.clientRequest(request, prefix: "/check", trustedHops: 2)
    #expect(client.clientAddress == "192.0.2.7")
  }

  @Test("a header that some programs read as one of the gate's is refused", arguments: ProxyDialect.allCases)
  func disguised(_ dialect: ProxyDialect) async throws {
    let gate = try TestGate()
    for name in ["X_Goog_Authenticated_User_Email", "x-goog_iap-jwt-assertion"] {
      let answer = await gate.ask(
        "GET", "https://public.example.com/", headers: [(name, "a:b@example.com")], through: dialect)
      #expect(answer.status == 403, "\(name)")
    }
  }

  @Test("a path that is no endpoint is none")
  func noEndpoint() async throws {
    let gate = try TestGate()
    for target in ["/", "/checks", "/answer/x", "/check/../answer"] {
      let request = ListenerRequest(method: "GET", target: target, headers: Headers())
      #expect(await gate.send(request, .nginx).status == 404, "\(target)")
    }
  }

  // MARK: which credential

  @Test("a bearer in Proxy-Authorization counts, and a session beside it is not looked at")
  func proxyAuthorizationFirst() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let answer = await gate.ask(headers: [("Proxy-Authorization", "Bearer x.y.z"), ("Cookie", cookie)])
    #expect(answer.status == 401)
    #expect(answer.reason == "invalidToken")
  }

  @Test("an Authorization that is no provider's token is the app's own, and is passed on")
  func appsOwnAuthorization() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    for value in ["Basic YTpi", "Bearer opaque", "Bearer e30.eyJpc3MiOiJodHRwczovL290aGVyLmV4YW1wbGUifQ.x"] {
      let answer = await gate.ask(headers: [("Authorization", value), ("Cookie", cookie)])
      #expect(answer.status == 200)
      #expect(answer.headers["authorization"] == value)
    }
  }

  @Test("an Authorization of one of the app's providers that cannot be believed is never a fall-back")
  func failedBearer() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let issuer = Base64URL.text(JSON.object(["iss": .text("https://id.example.com")]).bytes)
    for algorithm in ["none", "HS256"] {
      let header = Base64URL.text(JSON.object(["alg": .text(algorithm), "kid": .text("k")]).bytes)
      let answer = await gate.ask(headers: [("Authorization", "Bearer \(header).\(issuer).eA"), ("Cookie", cookie)])
      #expect(answer.status == 401)
      #expect(answer.reason == "invalidToken")
    }
  }

  @Test("a credential header that comes twice is malformed", arguments: ["Authorization", "Proxy-Authorization"])
  func repeatedCredential(_ name: String) async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let answer = await gate.ask(headers: [(name, "Basic YTpi"), (name.uppercased(), "Basic YTpi"), ("Cookie", cookie)])
    #expect(answer.status == 403)
    #expect(answer.reason == "malformedRequest")
  }

  @Test("a session cookie that comes twice is malformed, in one header or in two")
  func repeatedCookie() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    #expect(await gate.ask(headers: [("Cookie", "\(cookie); \(cookie)")]).status == 403)
    #expect(await gate.ask(headers: [("Cookie", cookie), ("Cookie", cookie)]).status == 403)
  }

  @Test(
    "a forged, truncated or oversized session cookie is nobody's",
    arguments: [
      "x", "", String(repeating: "A", count: 43), String(repeating: "A", count: 42),
      String(repeating: "A", count: 100_000),
      "../../etc/passwd", "%00",
    ])
  func forged(_ value: String) async throws {
    let gate = try TestGate()
    let answer = await gate.ask(headers: TestClient.script + [("Cookie", "\(GateCookie.session)=\(value)")])
    #expect(answer.status == 401)
    #expect(answer.reason == "noCredential")
  }

  @Test("a session of one host is nobody's on another")
  func otherHost() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn(host: "payroll.example.com")
    let answer = await gate.ask("GET", "https://wiki.example.com/", headers: TestClient.script + [("Cookie", cookie)])
    #expect(answer.reason == "noCredential")
  }
}
