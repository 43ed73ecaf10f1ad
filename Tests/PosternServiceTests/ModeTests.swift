// The gate's rules, "Modes", and Google's page "Managing sessions": what is asked for with `gcp-iap-mode`.

import Testing

@testable import PosternService

@Suite("Modes")
struct ModeTests {
  private static let url = "https://payroll.example.com/runs?a=b"

  /// Asks for a mode as a browser does that is on the app's own page.
  private func ask(
    _ gate: TestGate, _ mode: String, cookie: String? = nil, site: String? = "same-origin", url: String = url
  ) async -> Answer {
    var headers = TestClient.navigation
    if let site { headers.append(("Sec-Fetch-Site", site)) }
    if let cookie { headers.append(("Cookie", cookie)) }
    let mark = url.contains("?") ? "&" : "?"
    return await gate.ask("GET", "\(url)\(mark)gcp-iap-mode=\(mode)", headers: headers, endpoint: "/answer")
  }

  private func text(_ answer: Answer) -> String { String(decoding: answer.body, as: UTF8.self) }

  @Test(
    "DO_SESSION_REFRESH and SESSION_REFRESHER: with a good session a page that comes back to itself",
    arguments: [
      "DO_SESSION_REFRESH", "SESSION_REFRESHER",
    ])
  func refreshed(_ mode: String) async throws {
    let gate = try TestGate()
    let answer = await ask(gate, mode, cookie: try await gate.signIn())
    #expect(answer.status == 200)
    #expect(text(answer).contains("location.replace(\"https://payroll.example.com/runs?a=b&gcp-iap-mode=\(mode)\")"))
    #expect(text(answer).contains("window.close()") == (mode == "DO_SESSION_REFRESH"))
  }

  @Test(
    "DO_SESSION_REFRESH and SESSION_REFRESHER: without one the login, and back to the refresh",
    arguments: [
      "DO_SESSION_REFRESH", "SESSION_REFRESHER",
    ])
  func refreshLogsIn(_ mode: String) async throws {
    let gate = try TestGate()
    let answer = await ask(gate, mode)
    #expect(answer.status == 302)
    let request = try #require(Self.loginRequest(answer, gate))
    #expect(request.target == "/runs?a=b&gcp-iap-mode=\(mode)")
    #expect(request.app == "payroll")
  }

  @Test("a refresh asks for what the page itself would have asked for")
  func refreshObligations() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    gate.clock.advance(seconds: 15 * 60)
    try await gate.keepAccountFresh(cookie)
    let request = try #require(Self.loginRequest(await ask(gate, "DO_SESSION_REFRESH", cookie: cookie), gate))
    #expect(request.requiresLogin)
    #expect(request.authenticatedAfter > 0)
    #expect(!request.mayBeSilent)
  }

  @Test("IDENTITY: who is signed in, with access or without")
  func identity() async throws {
    let gate = try TestGate()
    for email in ["ann@example.com", "bob@example.com"] {
      let answer = await ask(gate, "IDENTITY", cookie: try await gate.signIn(TestGate.person(email)))
      #expect(answer.status == 200)
      #expect(JSON(answer.body)?["email"]?.text == "people:\(email)")
      #expect(JSON(answer.body)?["sub"]?.text == "people:\(email.prefix { $0 != "@" })")
      #expect(answer.headers["cache-control"] == "no-store")
      #expect(answer.headers["x-content-type-options"] == "nosniff")
      #expect(answer.headers["access-control-allow-origin"] == nil)
    }
  }

  @Test("IDENTITY: nobody's, over, or for another site it is refused")
  func identityRefused() async throws {
    let gate = try TestGate()
    let nobody = await ask(gate, "IDENTITY")
    #expect(nobody.status == 401)
    #expect(nobody.headers["www-authenticate"] == "Bearer realm=\"payroll\"")
    #expect(nobody.headers["x-postern-refresh"] == "https://payroll.example.com/runs?gcp-iap-mode=DO_SESSION_REFRESH")
    let cookie = try await gate.signIn()
    #expect(await ask(gate, "IDENTITY", cookie: cookie, site: "cross-site").status == 403)
    #expect(await ask(gate, "IDENTITY", cookie: cookie, site: "same-site").status == 403)
    gate.clock.advance(seconds: 15 * 60)
    try await gate.keepAccountFresh(cookie)
    #expect(await ask(gate, "IDENTITY", cookie: cookie).status == 401)
  }

  @Test("IDENTITY: a refusal that says nothing of the session says nobody's name", arguments: [true, false])
  func identityOfMalformed(_ isOver: Bool) async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    if isOver { gate.clock.advance(seconds: 15 * 60) }
    try await gate.keepAccountFresh(cookie)
    let answer = await ask(gate, "IDENTITY", cookie: cookie, url: "https://payroll.example.com//_gcp_iap/y")
    #expect(answer.status == 401)
    #expect(JSON(answer.body)?["email"] == nil)
  }

  @Test("IDENTITY: on a public page that denies everybody, a session that is over is nobody's")
  func identityOfDenied() async throws {
    var files = TestPolicy.files
    files["public.yaml"] = TestPolicy.app(
      "public",
      "deny: [{description: Nobody, denyRule: {deniedPrincipals: [\"principalSet://goog/public:all\"], deniedPermissions: [\"iap.googleapis.com/webServiceVersions.accessViaIAP\"]}}]",
      members: "allUsers")
    let gate = try TestGate(files)
    let cookie = try await gate.signIn(host: "public.example.com")
    gate.clock.advance(seconds: 15 * 60)
    try await gate.keepAccountFresh(cookie)
    #expect(await ask(gate, "IDENTITY", cookie: cookie, url: "https://public.example.com/").status == 401)
  }

  @Test("IDENTITY: whom a bearer is of, and nobody whose bearer is another app's")
  func identityOfBearer() async throws {
    let clock = TestClock()
    let provider = StandInProvider(clock: clock)
    let gate = try TestGate(transport: provider, clock: clock)
    for (audience, status) in [("robot", 200), ("another", 401)] {
      let token = provider.sign(LoginTests.claims(["aud": .text(audience)]))
      let answer = await gate.ask(
        "GET", "https://api.example.com/?gcp-iap-mode=IDENTITY", headers: [("Authorization", "Bearer \(token)")],
        endpoint: "/answer")
      #expect(answer.status == status)
      #expect(JSON(answer.body)?["email"]?.text == (status == 200 ? "people:robot@example.com" : nil))
    }
  }

  @Test("IDENTITY: on a public page too, a session that is over is nobody's")
  func identityOnPublicPage() async throws {
    let gate = try TestGate()
    let url = "https://public.example.com/"
    let cookie = try await gate.signIn(host: "public.example.com")
    #expect(await ask(gate, "IDENTITY", cookie: cookie, url: url).status == 200)
    gate.clock.advance(seconds: 15 * 60)
    try await gate.keepAccountFresh(cookie)
    #expect(await ask(gate, "IDENTITY", cookie: cookie, url: url).status == 401)
  }

  @Test("GCIP_SIGNOUT: ends this app's session once it is durable, and goes back to sign in")
  func signOut() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let answer = await ask(gate, "GCIP_SIGNOUT", cookie: cookie)
    let location = try #require(answer.headers["location"])
    #expect(location.hasPrefix("https://login.example.com/confirm?token="))
    let done = await gate.ask("GET", location, headers: TestClient.navigation, endpoint: "/answer")
    #expect(done.headers["location"] == "https://payroll.example.com/runs?a=b")
    #expect(try await gate.store.session(for: Self.key(cookie)) == nil)
  }

  @Test("GCIP_SIGNOUT: a link of another site only asks", arguments: ["cross-site", "same-site", nil])
  func signOutAsks(_ site: String?) async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let answer = await ask(gate, "GCIP_SIGNOUT", cookie: cookie, site: site)
    #expect(answer.status == 200)
    #expect(text(answer).contains("<form method=\"post\" action=\"https://login.example.com/confirm\">"))
    #expect(try await gate.store.session(for: Self.key(cookie)) != nil)
  }

  @Test("a confirmation that is forged, over, or of another gate ends nothing")
  func forgedConfirmation() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let confirmation = Gate.Confirmation(
      action: .endSession, session: Self.key(cookie), next: "https://evil.example/", expiresAt: gate.clock.now + 1_000)
    let foreign = Sealer(keys: [Sealer.newKey()]).seal(confirmation, for: .confirmation)
    let mixed = gate.gate.sealer.seal(confirmation, for: .loginRequest)
    var old = confirmation
    old.expiresAt = gate.clock.now
    for token in ["", "x", foreign, mixed, gate.gate.sealer.seal(old, for: .confirmation)] {
      let body = Array("token=\(token)".utf8)
      let answer = await gate.ask(
        "POST", "https://login.example.com/confirm", through: .nginx, endpoint: "/answer", body: body)
      #expect(answer.status == 403)
    }
    #expect(try await gate.store.session(for: Self.key(cookie)) != nil)
  }

  @Test("CLEAR_LOGIN_COOKIE: clears the gate's cookies of this host and goes back")
  func clear() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let answer = await ask(gate, "CLEAR_LOGIN_COOKIE", cookie: "app=1; \(cookie); \(GateCookie.attempt(2))=x")
    #expect(answer.headers["location"] == "https://payroll.example.com/runs?a=b")
    #expect(
      answer.headers.values("set-cookie").filter { !$0.contains("Partitioned") } == [
        GateCookie.expire(GateCookie.session), GateCookie.expire(GateCookie.attempt(2)),
      ])
  }

  @Test(
    "CLEAR_LOGIN_COOKIE: for another site's page, and a browser that does not say whose it is, a person is asked first",
    arguments: ["cross-site", "same-site", nil])
  func clearConfirmed(_ site: String?) async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let asked = await ask(gate, "CLEAR_LOGIN_COOKIE", cookie: cookie, site: site)
    #expect(asked.status == 200)
    #expect(asked.headers.values("set-cookie") == [])
    let match = try #require(try /href="([^"]*postern-confirmed=[^"]*)"/.firstMatch(in: text(asked)))
    let link = String(match.output.1.replacing("&amp;", with: "&"))
    #expect(link.hasPrefix("https://payroll.example.com/runs?a=b&gcp-iap-mode=CLEAR_LOGIN_COOKIE&"))
    func follow(_ url: String, _ cookie: String) async -> Answer {
      let headers = TestClient.navigation + (site.map { [("Sec-Fetch-Site", $0)] } ?? []) + [("Cookie", cookie)]
      return await gate.ask("GET", url, headers: headers, endpoint: "/answer")
    }
    let done = await follow(link, cookie)
    #expect(done.headers["location"] == "https://payroll.example.com/runs?a=b")
    #expect(done.headers.values("set-cookie").contains(GateCookie.expire(GateCookie.session)))
    // Another session's, and one of before, confirm nothing.
    #expect(await follow(link, try await gate.signIn()).status == 200)
    gate.clock.advance(seconds: 601)
    let over = await follow(link, cookie)
    #expect(over.headers.values("set-cookie") == [])
    // One is asked for in place of the other.
    #expect(text(over).matches(of: /postern-confirmed=/).count == 1)
    // No path is taken for another host.
    let elsewhere = await ask(
      gate, "CLEAR_LOGIN_COOKIE", cookie: cookie, site: site, url: "https://payroll.example.com//evil.example/")
    #expect(!text(elsewhere).contains("href=\"//"))
  }

  @Test(
    "the older paths are the same modes",
    arguments: [
      ("/_gcp_iap/clear_login_cookie", 302), ("/_gcp_iap/do_session_refresh", 200), ("/_gcp_iap/identity", 200),
      ("/_gcp_iap/else", 404),
    ])
  func olderPaths(_ path: String, _ status: Int) async throws {
    let gate = try TestGate()
    let headers = TestClient.navigation + [("Sec-Fetch-Site", "none"), ("Cookie", try await gate.signIn())]
    let answer = await gate.ask("GET", "https://payroll.example.com\(path)", headers: headers, endpoint: "/answer")
    #expect(answer.status == status)
  }

  @Test(
    "SECURE_TOKEN_TEST: an allowed request gets an assertion that is wrong as asked, and nobody else does",
    arguments: [
      "NOT_SET", "FUTURE_ISSUE", "PAST_EXPIRATION", "ISSUER", "AUDIENCE", "SIGNATURE",
    ])
  func tokenTest(_ kind: String) async throws {
    let gate = try TestGate()
    let url = "https://payroll.example.com/?gcp-iap-mode=SECURE_TOKEN_TEST&iap-secure-token-test-type=\(kind)"
    #expect(await gate.ask("GET", url, headers: TestClient.script).status == 401)
    let answer = await gate.ask("GET", url, headers: [("Cookie", try await gate.signIn())])
    #expect(answer.status == 200)
    let token = try #require(answer.headers["x-goog-iap-jwt-assertion"])
    let claims = token.split(separator: ".").dropFirst().first.flatMap { Base64URL.bytes($0) }.flatMap { JSON($0) }
    let now = gate.clock.now / 1_000
    switch kind {
    case "NOT_SET": #expect(token == "")
    case "FUTURE_ISSUE": #expect(try #require(claims?["iat"]?.int) > now + 30)
    case "PAST_EXPIRATION": #expect(try #require(claims?["exp"]?.int) < now - 30)
    case "ISSUER": #expect(claims?["iss"]?.text == "https://issuer.invalid")
    case "AUDIENCE": #expect(claims?["aud"]?.text == "/audience/invalid")
    default: #expect(claims?["aud"]?.text == "payroll")
    }
  }

  @Test("sign-out everywhere: the login host asks, then ends all sessions of the browser, and stays there")
  func signOutEverywhere() async throws {
    let gate = try TestGate()
    let (payroll, wiki) = (try await gate.signIn(), try await gate.signIn(host: "wiki.example.com"))
    let identifier = SessionIdentifier()
    let login = Login(
      person: TestGate.person(), browser: "browser", authenticatedAt: gate.clock.now, issuedAt: gate.clock.now)
    try await gate.store.insert(login, AccountState(state: 1, checkedAt: gate.clock.now), for: identifier.key)
    let cookie = [("Cookie", "\(GateCookie.login)=\(identifier.text)")]
    let page = await gate.ask("GET", "https://login.example.com/?mode=signout", headers: cookie, endpoint: "/answer")
    let token = try #require(text(page).firstMatch(of: /name="token" value="([^"]+)"/)?.output.1)
    let done = await gate.ask(
      "POST", "https://login.example.com/confirm", headers: cookie, endpoint: "/answer",
      body: Array("token=\(token)".utf8))
    #expect(done.headers["location"] == "https://login.example.com/")
    for session in [payroll, wiki] { #expect(try await gate.store.session(for: Self.key(session)) == nil) }
    #expect(try await gate.store.login(for: identifier.key) == nil)
  }

  // MARK: reading answers

  static func key(_ cookie: String) -> SessionKey {
    SessionKey(hashing: String(cookie.dropFirst(GateCookie.session.count + 1)))
  }

  static func loginRequest(_ answer: Answer, _ gate: TestGate) -> LoginRequest? {
    answer.headers["location"]?.split(separator: "request=").last
      .flatMap { gate.gate.sealer.open($0, for: .loginRequest, as: LoginRequest.self) }
  }
}
