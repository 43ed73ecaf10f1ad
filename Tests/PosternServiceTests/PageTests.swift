// Pages of others' that the gate sends people to: where they go who are refused (`accessDeniedPageUri`), and where they log in instead of at
// an identity platform (`loginPageUri`).

import Testing

@testable import PosternService

@Suite("Pages of the policy")
struct PageTests {
  private static let deniedPage = "https://help.example.com/denied?lang=de"

  private static let deniedFiles = TestPolicy.files.merging([
    "payroll.yaml": """
    kind: App
    name: payroll
    routes: [payroll.example.com/]
    iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["user:ann@example.com"]}]}
    settings: {applicationSettings: {accessDeniedPageSettings: {accessDeniedPageUri: "\(deniedPage)"}}}
    """,
    "wiki.yaml": """
    kind: App
    name: wiki
    routes: [wiki.example.com/]
    settings:
      applicationSettings: {accessDeniedPageSettings: {accessDeniedPageUri: "https://wiki.example.com/denied?a=b"}}
    """,
  ]) { $1 }

  private func bob(_ gate: TestGate, _ host: String = "payroll.example.com") async throws -> [(String, String)] {
    [("Cookie", try await gate.signIn(TestGate.person("bob@example.com"), host: host))]
  }

  @Test("accessDeniedPageUri: a navigation that is refused goes there, by every proxy")
  func denied() async throws {
    let gate = try TestGate(Self.deniedFiles)
    let cookie = try await bob(gate)
    for dialect in ProxyDialect.allCases {
      let answer = await gate.ask(headers: TestClient.navigation + cookie, through: dialect, endpoint: "/answer")
      #expect(answer.status == 302)
      #expect(answer.headers["location"] == Self.deniedPage)
      #expect(answer.reason == "noBinding")
      #expect(answer.headers["x-goog-iap-generated-response"] == "true")
      let check = await gate.ask(headers: TestClient.navigation + cookie, through: dialect)
      #expect(check.status == (dialect == .nginx ? 401 : 302))
    }
  }

  @Test("accessDeniedPageUri: a script that is refused gets its 403, and so does a request that cannot be read")
  func deniedScript() async throws {
    let gate = try TestGate(Self.deniedFiles)
    let cookie = try await bob(gate)
    let script = await gate.ask(headers: TestClient.script + cookie)
    #expect(script.status == 403)
    #expect(script.headers["location"] == nil)
    let malformed = await gate.ask("GET", "https://payroll.example.com/..;/", headers: TestClient.navigation + cookie)
    #expect(malformed.status == 400)
  }

  @Test("accessDeniedPageUri: whoever is not signed in logs in first")
  func deniedStranger() async throws {
    let answer = await (try TestGate(Self.deniedFiles)).ask(headers: TestClient.navigation)
    #expect(answer.headers["location"]?.hasPrefix("https://login.example.com/login?request=") == true)
  }

  @Test("accessDeniedPageUri: a page that is itself refused sends nobody in a circle")
  func deniedCircle() async throws {
    let gate = try TestGate(Self.deniedFiles)
    let cookie = try await bob(gate, "wiki.example.com")
    let first = await gate.ask("GET", "https://wiki.example.com/", headers: TestClient.navigation + cookie)
    #expect(first.headers["location"] == "https://wiki.example.com/denied?a=b")
    let second = await gate.ask("GET", "https://wiki.example.com/denied?a=b", headers: TestClient.navigation + cookie)
    #expect(second.status == 403)
  }

  @Test(
    "an address on its way into a Location is https, in ASCII, and ends no header",
    arguments: [
      ("https://a.example/x?y=z#f", "https://a.example/x?y=z#f"), ("https://a.example/ü", "https://a.example/%C3%BC"),
      ("http://a.example/", nil), ("https://", nil), ("https://a.example/\r\nSet-Cookie: x", nil),
      ("https://a.example\\@evil.example/", nil), ("javascript:alert(1)", nil), ("", nil),
    ])
  func address(_ text: String, _ expected: String?) { #expect(PageAddress(text)?.text == expected) }

  // MARK: a login page

  private static let loginPage = "https://welcome.example.net/in?theme=dark#top"

  private static let platformFiles = [
    "organization.yaml": """
    kind: Organization
    name: example.com
    loginProviders:
      - {name: platform, source: identityPlatform, issuer: "https://id.example.com", clientID: postern, domains: [example.com], tenantIds: ["1north", "2south"]}
    session: {absoluteTimeout: 8h, idleTimeout: 15m, revalidate: none}
    settings: {accessSettings: {gcipSettings: {loginPageUri: "\(loginPage)", tenantIds: ["1north", "2south"]}}}
    """,
    "payroll.yaml": """
    kind: App
    name: payroll
    routes: [payroll.example.com/]
    iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["user:ann@example.com"]}]}
    """,
  ]

  /// A browser in front of a gate whose people log in at a page.
  private final class Guest {
    let visitor: LoginTests.Visitor

    init() throws {
      visitor = try LoginTests.Visitor(PageTests.platformFiles)
      // As identity platforms have it: keys, and nothing to log in at.
      let metadata = JSON.object([
        "issuer": .text(StandInProvider.issuer), "jwks_uri": .text("\(StandInProvider.issuer)/keys"),
      ])
      visitor.provider.change {
        $0.answers["\(StandInProvider.issuer)/.well-known/openid-configuration"] = ProviderAnswer(
          status: 200, headers: Headers(), body: metadata.bytes)
      }
    }

    /// From an app to the page; what the page is told.
    func toPage(_ url: String = "https://payroll.example.com/runs?a=b") async throws -> [(String, String)] {
      let login = try #require(await visitor.open(url).headers["location"])
      let page = try #require(await visitor.open(login).headers["location"])
      #expect(page.hasPrefix("https://welcome.example.net/in?theme=dark&mode="))
      #expect(page.hasSuffix("#top"))
      return page.dropLast("#top".count).split(separator: "?")[1].split(separator: "&").map { pair in
        let parts = pair.split(separator: "=", maxSplits: 1)
        return (String(parts[0]), FormEncoding.decode(parts[1]) ?? "")
      }
    }

    func token(_ change: [String: JSON?] = [:]) -> String {
      let now = visitor.gate.clock.now / 1_000
      var claims: [String: JSON] = [
        "iss": .text(StandInProvider.issuer), "aud": .text("postern"), "sub": .text("ann"),
        "email": .text("ann@example.com"), "email_verified": .bool(true), "iat": .int(now), "exp": .int(now + 3_600),
        "auth_time": .int(now), "firebase": .object(["tenant": .text("1north")]),
      ]
      for (name, value) in change { claims[name] = value }
      return visitor.provider.sign(claims)
    }

    /// The page's form, as a browser posts it from another site.
    func post(_ fields: [(String, String)]) async -> Answer {
      await visitor.post("https://login.example.com/token/platform", fields)
    }
  }

  private func value(_ name: String, _ parameters: [(String, String)]) -> String {
    parameters.first { $0.0 == name }?.1 ?? ""
  }

  @Test("loginPageUri: mode, provider, tenants and state go out, a token comes back, and the person is where they were")
  func handOff() async throws {
    let guest = try Guest()
    let out = try await guest.toPage()
    #expect(value("mode", out) == "login")
    #expect(value("provider", out) == "platform")
    #expect(value("return", out) == "https://login.example.com/token/platform")
    #expect(out.filter { $0.0 == "tenant" }.map(\.1) == ["1north", "2south"])
    let arrival = await guest.post([("state", value("state", out)), ("token", guest.token())])
    let location = try #require(arrival.headers["location"])
    #expect(await guest.visitor.open(location).headers["location"] == "https://payroll.example.com/runs?a=b")
    let cookie = guest.visitor.cookie(for: "https://payroll.example.com/")
    let page = await guest.visitor.gate.ask(headers: [("Cookie", cookie)])
    #expect(page.status == 200)
    #expect(page.headers["x-goog-authenticated-user-email"] == "platform:ann@example.com")
    #expect(guest.visitor.cookieNames("login.example.com") == [GateCookie.login])
  }

  @Test(
    "loginPageUri: after the token's hour the page refreshes the session, without a password; the absolute timeout goes on"
  )
  func refreshedByPage() async throws {
    let guest = try Guest()
    let gate = guest.visitor.gate
    let authenticatedAt = gate.clock.now / 1_000
    func signIn() async throws {
      let out = try await guest.toPage()
      #expect(value("mode", out) == "login")
      let arrival = await guest.post([
        ("state", value("state", out)), ("token", guest.token(["auth_time": .int(authenticatedAt)])),
      ])
      _ = await guest.visitor.open(try #require(arrival.headers["location"]))
    }
    func ask() async -> Answer {
      let cookie = guest.visitor.cookie(for: "https://payroll.example.com/")
      return await gate.ask(headers: TestClient.script + [("Cookie", cookie)])
    }
    for hour in 1...8 {
      try await signIn()
      // In use all the while.
      for _ in 0..<6 {
        #expect(await ask().status == 200, "hour \(hour)")
        gate.clock.advance(seconds: 600)
      }
      #expect(await ask().reason == "tokenExpired", "hour \(hour)")
    }
    try await signIn()
    #expect(await ask().reason == "absoluteTimeout")
  }

  @Test("loginPageUri: the cookie of the attempt comes with a form of another site")
  func cookie() async throws {
    let guest = try Guest()
    let login = try #require(await guest.visitor.open("https://payroll.example.com/").headers["location"])
    let cookies = await guest.visitor.open(login).headers.values("set-cookie").filter { !$0.contains("Max-Age=0") }
    #expect(cookies.count == 1)
    #expect(cookies.first?.contains("SameSite=None; Partitioned") == true)
  }

  @Test(
    "loginPageUri: a token that is not for us, not of now, or without an authentication, signs nobody in",
    arguments: [
      ("aud", JSON.text("another")), ("iss", .text("https://evil.example")), ("auth_time", nil), ("sub", nil),
      ("exp", .int(TestClock.start / 1_000)), ("iat", .int(TestClock.start / 1_000 - 31)), ("iat", nil),
      ("iat", .int(TestClock.start / 1_000 + 60)),
    ])
  func badToken(_ name: String, _ value: JSON?) async throws {
    let guest = try Guest()
    let out = try await guest.toPage()
    let answer = await guest.post([("state", self.value("state", out)), ("token", guest.token([name: value]))])
    #expect(answer.status == 403)
    #expect(!guest.visitor.cookieNames("login.example.com").contains(GateCookie.login))
  }

  @Test("loginPageUri: a token of another tenant, or of none, leads to the chooser once, and then to a refusal")
  func wrongTenant() async throws {
    let guest = try Guest()
    let out = try await guest.toPage()
    let north = JSON.object(["tenant": .text("3west")])
    let first = await guest.post([("state", value("state", out)), ("token", guest.token(["firebase": north]))])
    let chooser = await guest.visitor.open(try #require(first.headers["location"]))
    #expect(chooser.reason == "chooser")
    let link = try #require(String(decoding: chooser.body, as: UTF8.self).firstMatch(of: /href="([^"]+)"/)?.output.1)
    let page = await guest.visitor.open("https://login.example.com\(link.replacing("&amp;", with: "&"))")
    let location = try #require(page.headers["location"])
    let state = try #require(location.firstMatch(of: /state=([^&#]+)/)?.output.1)
    #expect(await guest.post([("state", String(state)), ("token", guest.token(["firebase": nil]))]).status == 403)
    #expect(!guest.visitor.cookieNames("login.example.com").contains(GateCookie.login))
  }

  @Test("loginPageUri: a state that is wrong, used, or another browser's brings nobody in")
  func badState() async throws {
    let guest = try Guest()
    let out = try await guest.toPage()
    let (state, token) = (value("state", out), guest.token())
    #expect(await guest.post([("state", "0AAAA"), ("token", token)]).status == 400)
    #expect(await guest.post([("token", token)]).status == 400)
    let thief = try Guest()
    #expect(await thief.post([("state", state), ("token", token)]).status == 400)
    #expect(await guest.post([("state", state), ("token", token)]).status == 302)
    #expect(await guest.post([("state", state), ("token", token)]).status == 400)
  }

  @Test("loginPageUri: an attempt at the page is none at the provider's callback, and a link brings no token in")
  func otherDoor() async throws {
    let guest = try Guest()
    let out = try await guest.toPage()
    let query = FormEncoding.form([("code", "c"), ("state", value("state", out)), ("iss", StandInProvider.issuer)])
    #expect(await guest.visitor.open("https://login.example.com/callback/platform?\(query)").status == 400)
    let again = try await guest.toPage()
    let link = FormEncoding.form([("state", value("state", again)), ("token", guest.token())])
    #expect(await guest.visitor.open("https://login.example.com/token/platform?\(link)").status == 404)
  }

  @Test("loginPageUri: an expired session asks the page for a new login, and an old authentication does not count")
  func reauthentication() async throws {
    let guest = try Guest()
    let out = try await guest.toPage()
    let arrival = await guest.post([("state", value("state", out)), ("token", guest.token())])
    _ = await guest.visitor.open(try #require(arrival.headers["location"]))
    let first = guest.visitor.gate.clock.now / 1_000
    guest.visitor.gate.clock.advance(seconds: 15 * 60)
    let again = try await guest.toPage()
    #expect(value("mode", again) == "reauth")
    let old = await guest.post([("state", value("state", again)), ("token", guest.token(["auth_time": .int(first)]))])
    #expect(old.status == 403)
    let third = try await guest.toPage()
    #expect(await guest.post([("state", value("state", third)), ("token", guest.token())]).status == 302)
    // Both are logins of one browser, though the form brings no cookie that says so.
    let logins = try await guest.visitor.gate.store.logins(from: nil, count: 10).logins
    #expect(logins.count == 2)
    #expect(Set(logins.map(\.login.browser)).count == 1)
  }

  @Test("loginPageUri: a page that signs nobody in is a page with a way to try again")
  func error() async throws {
    let guest = try Guest()
    let out = try await guest.toPage()
    let answer = await guest.post([("state", value("state", out)), ("error", "cancelled")])
    #expect(answer.status == 403)
    #expect(String(decoding: answer.body, as: UTF8.self).contains("https://payroll.example.com/runs?a=b"))
  }

  @Test("loginPageUri: signing out of the app goes by the page, which ends its own session first")
  func signOut() async throws {
    let gate = try TestGate(Self.platformFiles)
    var person = TestGate.person(provider: "platform")
    person.tenant = "1north"
    let cookie = try await gate.signIn(person)
    let answer = await gate.ask(
      "GET", "https://payroll.example.com/runs?gcp-iap-mode=GCIP_SIGNOUT",
      headers: TestClient.navigation + [("Sec-Fetch-Site", "same-origin"), ("Cookie", cookie)], endpoint: "/answer")
    let confirm = try #require(answer.headers["location"])
    let end = await gate.ask("GET", confirm, headers: TestClient.navigation, endpoint: "/answer")
    #expect(
      end.headers["location"]
        == "https://welcome.example.net/in?theme=dark&mode=signout&provider=platform"
        + "&return=https%3A%2F%2Fpayroll.example.com%2Fruns#top")
    #expect(await gate.ask(headers: TestClient.script + [("Cookie", cookie)]).reason == "noCredential")
  }
}
