// The gate's rules, "From the decision to the wire": what an answer says, and what never reaches an app.

import Testing

@testable import PosternService

@Suite("From the decision to the wire")
struct AnswerTests {
  /// Identity headers, by the names that proxies copy.
  static let identity = ["x-goog-iap-jwt-assertion", "x-goog-authenticated-user-email", "x-goog-authenticated-user-id"]

  @Test(
    "every allow sets or deletes each identity header by name, public and OPTIONS included",
    arguments: ProxyDialect.allCases)
  func identityHeaders(_ dialect: ProxyDialect) async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let forged = Self.identity.map { ($0.uppercased(), "forged") }
    let signedIn = await gate.ask(headers: forged + [("Cookie", cookie)], through: dialect)
    #expect(signedIn.status == 200)
    #expect(signedIn.headers["x-goog-authenticated-user-email"] == "people:ann@example.com")
    #expect(signedIn.headers["x-goog-authenticated-user-id"] == "people:ann")
    #expect(signedIn.headers["x-goog-iap-jwt-assertion"]?.split(separator: ".").count == 3)
    let anonymous = await gate.ask("GET", "https://public.example.com/", headers: forged, through: dialect)
    let options = await gate.ask("OPTIONS", "https://options.example.com/", headers: forged, through: dialect)
    for answer in [anonymous, options] {
      #expect(answer.status == 200)
      #expect(Self.identity.map { answer.headers.values($0) } == [[""], [""], [""]])
    }
  }

  @Test("the gate's cookies and its credential never reach the app, the app's own cookies do")
  func cookies() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let answer = await gate.ask(headers: [
      ("Cookie", "a=1; \(cookie); \(GateCookie.attempt(3))=x; b=2"), ("Cookie", "c=3"),
    ])
    #expect(answer.headers["cookie"] == "a=1; b=2; c=3")
  }

  @Test(
    "a handshake from a page of another site is forbidden, one of a declared origin is not",
    arguments: [
      ("https://payroll.example.com", 200), ("https://portal.example.com", 200), ("https://evil.example", 403),
      ("null", 403), ("http://payroll.example.com", 403),
    ])
  func handshake(_ origin: String, _ status: Int) async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let answer = await gate.ask(headers: [("Upgrade", "websocket"), ("Origin", origin), ("Cookie", cookie)])
    #expect(answer.status == status)
  }

  @Test("whatever the gate answers itself is marked, and kept by no cache")
  func generated() async throws {
    let gate = try TestGate()
    let answers = [
      await gate.ask(headers: TestClient.navigation), await gate.ask(headers: TestClient.script),
      await gate.ask("GET", "https://nowhere.example/"), await gate.ask("GET", "https://payroll.example.com/..;/"),
    ]
    #expect(answers.map(\.status) == [302, 401, 403, 400])
    for answer in answers {
      #expect(answer.headers["x-goog-iap-generated-response"] == "true")
      #expect(answer.headers["cache-control"] == "no-store")
    }
  }

  @Test("a 401 says why, where to refresh, and how to step up")
  func unauthorized() async throws {
    let gate = try TestGate()
    let answer = await gate.ask("GET", "https://payroll.example.com/runs?a=b", headers: TestClient.script)
    #expect(answer.headers["x-postern-reason"] == "noCredential")
    #expect(answer.headers["x-postern-refresh"] == "https://payroll.example.com/runs?gcp-iap-mode=DO_SESSION_REFRESH")
    #expect(answer.headers["www-authenticate"] == "Bearer realm=\"payroll\"")
    let cookie = try await gate.signIn(host: "vault.example.com")
    let stepUp = await gate.ask("GET", "https://vault.example.com/", headers: TestClient.script + [("Cookie", cookie)])
    #expect(
      stepUp.headers["www-authenticate"]
        == "Bearer realm=\"vault\", error=\"insufficient_user_authentication\", acr_values=\"urn:postern:second-factors\", max_age=\"3600\""
    )
  }

  @Test("only the app's declared origins may read its 401")
  func cors() async throws {
    let gate = try TestGate()
    let declared = await gate.ask(headers: TestClient.script + [("Origin", "https://portal.example.com")])
    #expect(declared.headers["access-control-allow-origin"] == "https://portal.example.com")
    #expect(declared.headers["access-control-allow-credentials"] == "true")
    #expect(declared.headers["vary"] == "Origin")
    #expect(declared.headers["access-control-expose-headers"]?.contains("x-postern-reason") == true)
    for origin in ["https://evil.example", "https://portal.example.com.evil.example", "null"] {
      let other = await gate.ask(headers: TestClient.script + [("Origin", origin)])
      #expect(other.headers["access-control-allow-origin"] == nil)
      #expect(other.headers["vary"] == "Origin")
    }
  }

  @Test("a navigation's 401 is a page with the way back, a script's is JSON")
  func pages() async throws {
    let gate = try TestGate()
    let page = await gate.ask("POST", headers: TestClient.navigation)
    #expect(page.status == 401)
    #expect(page.headers["content-type"] == "text/html; charset=utf-8")
    #expect(String(decoding: page.body, as: UTF8.self).contains("gcp-iap-mode=DO_SESSION_REFRESH"))
    let script = await gate.ask("POST", headers: TestClient.script)
    #expect(JSON(script.body)?["reason"]?.text == "noCredential")
  }

  @Test("somebody who may not pass gets a page that says who they are, and never a 401")
  func forbidden() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn(TestGate.person("bob@example.com"))
    let answer = await gate.ask(headers: TestClient.navigation + [("Cookie", cookie)])
    #expect(answer.status == 403)
    #expect(answer.reason == "noBinding")
    #expect(String(decoding: answer.body, as: UTF8.self).contains("bob@example.com"))
  }

  @Test("what may pass is not answered by the gate itself: the client asks again, and never in a tight circle")
  func answeredThoughAllowed() async throws {
    let gate = try TestGate()
    let cookie = [("Cookie", try await gate.signIn())]
    let page = await gate.ask(headers: TestClient.navigation + cookie, endpoint: "/answer")
    #expect(page.status == 503)
    #expect(page.headers["retry-after"] == "1")
    #expect(page.headers["location"] == nil)
    #expect(await gate.ask("POST", headers: TestClient.script + cookie, endpoint: "/answer").status == 503)
  }

  @Test("nginx is told 200, 401 or 403 and nothing else, and where a redirect would lead")
  func nginx() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let redirect = await gate.ask(headers: TestClient.navigation, through: .nginx)
    #expect(redirect.status == 401)
    #expect(redirect.headers["x-postern-location"]?.hasPrefix("https://login.example.com/login?request=") == true)
    let statuses = [
      await gate.ask(headers: [("Cookie", cookie)], through: .nginx),
      await gate.ask("GET", "https://payroll.example.com/..;/", through: .nginx),
      await gate.ask("GET", "https://payroll.example.com/_gcp_iap/nothing", through: .nginx),
      await gate.ask("GET", "https://login.example.com/", through: .nginx),
    ].map(\.status)
    #expect(statuses == [200, 403, 403, 401])
  }

  @Test(
    "a page of the gate's own is never a 2xx to a sub-request", arguments: ProxyDialect.allCases,
    ["DO_SESSION_REFRESH", "SESSION_REFRESHER", "GCIP_SIGNOUT", "CLEAR_LOGIN_COOKIE", "IDENTITY"])
  func modesAreNoAllow(_ dialect: ProxyDialect, _ mode: String) async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let answer = await gate.ask(
      "GET", "https://payroll.example.com/?gcp-iap-mode=\(mode)", headers: TestClient.navigation + [("Cookie", cookie)],
      through: dialect)
    #expect(answer.status >= 300)
  }

  @Test(
    "every Location is the gate's own host or the routed host, whatever the path looks like",
    arguments: [
      "//evil.example", "/\\evil.example", "/%5Cevil.example", "/https:evil.example", "/%2F%2Fevil.example",
      "/@evil.example",
    ])
  func openRedirect(_ path: String) async throws {
    let gate = try TestGate()
    for endpoint in ["/check", "/answer"] {
      let answer = await gate.ask(
        "GET", "https://payroll.example.com\(path)?gcp-iap-mode=CLEAR_LOGIN_COOKIE",
        headers: TestClient.navigation + [("Sec-Fetch-Site", "none")], endpoint: endpoint)
      if let location = answer.headers["location"] {
        #expect(
          location.hasPrefix("https://payroll.example.com/") || location.hasPrefix("https://login.example.com/login?"))
      } else {
        #expect(answer.status >= 400)
      }
    }
  }
}
