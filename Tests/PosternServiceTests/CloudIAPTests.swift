// Cloud IAP's "Sessions and responses" (Google, "Managing sessions" and "Securing your app with signed headers"), a test for each
// of its paragraphs, by its words. Where the gate goes further, the name says so.

import Testing

@testable import PosternService

@Suite("Cloud IAP, sessions and responses")
struct CloudIAPTests {
  private static let page = "https://payroll.example.com/"

  @Test("a Google-account session is bound to the login session, and the `exp` of its token is ignored")
  func boundToLogin() async throws {
    let visitor = try LoginTests.Visitor()
    visitor.provider.change { $0.claims["exp"] = .int(TestClock.start / 1_000 + 60) }
    _ = try await visitor.signIn()
    visitor.gate.clock.advance(seconds: 600)
    let headers = TestClient.script + [("Cookie", visitor.cookie(for: Self.page))]
    #expect(await visitor.gate.ask(headers: headers).status == 200)
  }

  @Test("sign-out, suspension and password reset are noticed within a couple of minutes")
  func noticed() async throws {
    let visitor = try LoginTests.Visitor()
    _ = try await visitor.signIn()
    let headers = TestClient.script + [("Cookie", visitor.cookie(for: Self.page))]
    // What a provider says of a grant that any of the three has ended.
    visitor.provider.change { $0.answers["\(StandInProvider.issuer)/token"] = StandInProvider.refusedGrant }
    visitor.gate.clock.advance(seconds: 119)
    #expect(await visitor.gate.ask(headers: headers).status == 200)
    visitor.gate.clock.advance(seconds: 1)
    #expect(await visitor.gate.ask(headers: headers).reason == "signedOut")
  }

  @Test("programmatic (a bearer in Authorization or Proxy-Authorization): `exp` is honoured")
  func programmatic() async throws {
    for name in ["Authorization", "Proxy-Authorization"] {
      let visitor = try LoginTests.Visitor()
      let end = TestClock.start / 1_000 + 60
      let headers = [(name, "Bearer \(visitor.provider.sign(LoginTests.claims(["exp": .int(end)])))")]
      visitor.gate.clock.advance(seconds: 59)
      #expect(await visitor.gate.ask("GET", "https://api.example.com/", headers: headers).status == 200)
      visitor.gate.clock.advance(seconds: 1)
      #expect(await visitor.gate.ask("GET", "https://api.example.com/", headers: headers).status == 401)
    }
  }

  /// A policy with one app for people of another kind of provider.
  private static func files(_ provider: String, member: String) -> [String: String] {
    [
      "organization.yaml": """
      kind: Organization
      name: example.com
      loginProviders: [{name: people, issuer: "https://id.example.com", clientID: postern, \(provider)}]
      session: {absoluteTimeout: 24h, idleTimeout: none, revalidate: 2m, onStateUnavailable: deny, onStoreUnavailable: deny}
      """,
      "payroll.yaml": """
      kind: App
      name: payroll
      routes: [payroll.example.com/]
      iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["\(member)"]}]}
      """,
    ]
  }

  @Test("an Identity Platform session lasts an hour, a workforce session what its policy says: an hour, 15m to 12h")
  func durations() async throws {
    let pool = "principal://iam.googleapis.com/locations/global/workforcePools/crew/subject/ann"
    let kinds: [(provider: String, member: String, kind: UInt8, seconds: Int64)] = [
      ("source: identityPlatform, domains: [example.com]", "user:ann@example.com", 1, 3_600),
      ("source: workforce, pool: crew", pool, 3, 3_600),
      ("source: workforce, pool: crew, sessionDuration: 15m", pool, 3, 900),
      ("source: workforce, pool: crew, sessionDuration: 12h", pool, 3, 43_200),
    ]
    for (provider, member, kind, seconds) in kinds {
      let gate = try TestGate(Self.files(provider, member: member))
      var person = TestGate.person()
      person.principalKind = kind
      let cookie = try await gate.signIn(person)
      gate.clock.advance(seconds: seconds - 1)
      try await gate.keepAccountFresh(cookie)
      #expect(await gate.ask(headers: [("Cookie", cookie)]).status == 200, "\(provider)")
      gate.clock.advance(seconds: 1)
      try await gate.keepAccountFresh(cookie)
      #expect(await gate.ask(headers: [("Cookie", cookie)]).reason == "tokenExpired", "\(provider)")
    }
  }

  @Test("IAM is re-checked on every request; of a WebSocket at the handshake, and by the gate as long as it is open")
  func rechecked() async throws {
    let gate = try TestGate()
    let headers = TestClient.script + [("Cookie", try await gate.signIn())]
    let request = TestGate.listenerRequest("GET", Self.page, headers: headers, .caddy)
    let watch = TunnelWatch(
      gate.gate, try ProxyDialect.caddy.clientRequest(request, prefix: "", trustedHops: 0), tellsWho: true)
    #expect(await gate.ask(headers: headers).status == 200)
    #expect(await watch.isOver() == false)
    var files = TestPolicy.files
    files["payroll.yaml"] = files["payroll.yaml"]?.replacing("user:ann@example.com", with: "user:eve@example.com")
    gate.gate.swap(try GatePolicy(TestPolicy.bundle(files, revision: 2)))
    #expect(await gate.ask(headers: headers).status == 403)
    #expect(await watch.isOver())
  }

  @Test("expired: 302 to the login for `Accept: text/html,*/*`; 401 for XMLHttpRequest and POST; 403: no access")
  func expired() async throws {
    let gate = try TestGate()
    let cookie = ("Cookie", try await gate.signIn())
    let denied = ("Cookie", try await gate.signIn(TestGate.person("bob@example.com")))
    let clients: [(method: String, headers: [(String, String)], status: Int)] = [
      ("GET", [("Accept", "text/html,*/*")], 302),
      ("GET", [("Accept", "text/html,*/*"), ("X-Requested-With", "XMLHttpRequest")], 401),
      ("POST", [("Accept", "text/html,*/*")], 401),
    ]
    for client in clients {
      #expect(await gate.ask(client.method, headers: client.headers + [denied]).status == 403)
    }
    gate.clock.advance(seconds: 8 * 3_600)
    for client in clients {
      #expect(await gate.ask(client.method, headers: client.headers + [cookie]).status == client.status)
    }
  }

  @Test("`?gcp-iap-mode=` works on any path, for any signed-in account where it says who that is")
  func modes() async throws {
    let gate = try TestGate()
    let cookies = [try await gate.signIn(), try await gate.signIn(TestGate.person("bob@example.com"))]
    for path in ["/", "/a/b.css", "/runs?a=b"] {
      let mark = path.contains("?") ? "&" : "?"
      let url = "https://payroll.example.com\(path)\(mark)gcp-iap-mode="
      for (cookie, name) in zip(cookies, ["ann", "bob"]) {
        let headers = TestClient.navigation + [("Sec-Fetch-Site", "same-origin"), ("Cookie", cookie)]
        let identity = await gate.ask("GET", url + "IDENTITY", headers: headers, endpoint: "/answer")
        #expect(JSON(identity.body)?["email"] == .text("people:\(name)@example.com"))
        #expect(JSON(identity.body)?["sub"] == .text("people:\(name)"))
        let cleared = await gate.ask("GET", url + "CLEAR_LOGIN_COOKIE", headers: headers, endpoint: "/answer")
        #expect(cleared.headers["location"] == "https://payroll.example.com\(path)")
        let out = await gate.ask("GET", url + "GCIP_SIGNOUT", headers: headers, endpoint: "/answer")
        #expect(out.status == 302)
      }
      let headers = TestClient.navigation + [("Cookie", cookies[0])]
      for mode in ["DO_SESSION_REFRESH", "SESSION_REFRESHER"] {
        #expect(await gate.ask("GET", url + mode, headers: headers, endpoint: "/answer").status == 200)
      }
    }
  }

  @Test("a page recovers from a 401 by a refresh window while it polls; a window kept open goes on refreshing")
  func recovery() async throws {
    let visitor = try LoginTests.Visitor()
    let poll = "https://payroll.example.com/poll"
    let refresh = "https://payroll.example.com/runs?gcp-iap-mode=DO_SESSION_REFRESH"
    let refused = await visitor.gate.ask("GET", poll, headers: TestClient.script)
    #expect(refused.status == 401)
    #expect(refused.headers["x-postern-refresh"] == "https://payroll.example.com/poll?gcp-iap-mode=DO_SESSION_REFRESH")
    let arrival = try #require(await visitor.back(try await visitor.toProvider(refresh)).headers["location"])
    let window = try #require(await visitor.open(arrival).headers["location"])
    #expect(window == refresh)
    let page = String(decoding: await visitor.open(window).body, as: UTF8.self)
    #expect(page.contains("if (window.opener) window.close();"))
    #expect(page.contains("location.replace(\"\(refresh)\")"))
    let cookie = [("Cookie", visitor.cookie(for: poll))]
    #expect(await visitor.gate.ask("GET", poll, headers: TestClient.script + cookie).status == 200)
  }

  @Test("`X-Goog-IAP-Generated-Response` marks what the gate made itself, and nothing that an app makes")
  func marked() async throws {
    let gate = try TestGate()
    let cookie = [("Cookie", try await gate.signIn())]
    for headers in [TestClient.navigation, TestClient.script] {
      #expect(await gate.ask(headers: headers).headers["x-goog-iap-generated-response"] == "true")
      #expect(await gate.ask(headers: headers + cookie).headers["x-goog-iap-generated-response"] == nil)
    }
  }

  @Test("the assertion: ES256, kid, iss, aud, sub, email, hd, iat, exp; ten minutes at most, by a published key")
  func assertion() async throws {
    let gate = try TestGate()
    var person = TestGate.person()
    person.hostedDomain = "example.com"
    let answer = await gate.ask(headers: [("Cookie", try await gate.signIn(person))])
    let parts = try #require(answer.headers["x-goog-iap-jwt-assertion"]).split(separator: ".")
    let head = try #require(Base64URL.bytes(parts[0]).flatMap { JSON($0) })
    let claims = try #require(Base64URL.bytes(parts[1]).flatMap { JSON($0) })
    #expect(head["alg"] == .text("ES256"))
    let keys = await gate.ask("GET", "https://login.example.com/iap/verify/public_key-jwk", endpoint: "/answer")
    guard case .list(let published)? = JSON(keys.body)?["keys"] else { return #expect(Bool(false), "no keys") }
    #expect(published.contains { $0["kid"] == head["kid"] })
    #expect(claims["iss"] == .text("https://cloud.google.com/iap"))
    #expect(claims["aud"] == .text("payroll"))
    #expect(claims["sub"] == .text("people:ann"))
    #expect(claims["email"] == .text("ann@example.com"))
    #expect(claims["hd"] == .text("example.com"))
    let (issued, ends) = (try #require(claims["iat"]?.int), try #require(claims["exp"]?.int))
    #expect(issued == gate.clock.now / 1_000)
    #expect((1...600).contains(ends - issued))
    #expect(answer.headers["x-goog-authenticated-user-email"] == "people:ann@example.com")
    #expect(answer.headers["x-goog-authenticated-user-id"] == "people:ann")
  }

  @Test("what a client sends under `x-goog-*` is stripped")
  func stripped() async throws {
    let gate = try TestGate()
    let forged = ["X-Goog-IAP-JWT-Assertion", "x-goog-authenticated-user-email", "X-Goog-Authenticated-User-ID"]
      .map { ($0, "forged") }
    let answer = await gate.ask("GET", "https://public.example.com/", headers: forged)
    #expect(answer.status == 200)
    for (name, _) in forged { #expect(answer.headers.values(name.lowercased()) == [""]) }
  }
}
