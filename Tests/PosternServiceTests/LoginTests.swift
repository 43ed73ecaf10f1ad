// The gate's rules, "Login", with a stand-in provider that says what no real one does. What real providers do is in RealThings/.

import Logging
import Synchronization
import Testing

@testable import PosternService

@Suite("Login")
struct LoginTests {
  /// A browser on its way through a login: keeps cookies as browsers do, one jar for each host.
  final class Visitor {
    let gate: TestGate
    let provider: StandInProvider
    private var jars: [String: [String: String]] = [:]
    /// The names of cookies that come with requests of other sites.
    private var crossSite: Set<String> = []

    init(gate: TestGate, provider: StandInProvider) {
      self.gate = gate
      self.provider = provider
    }

    convenience init(
      _ files: [String: String] = TestPolicy.files, secrets: [String: String] = [:], log: Logger = TestGate.silent
    ) throws {
      let clock = TestClock()
      let provider = StandInProvider(clock: clock)
      self.init(
        gate: try TestGate(files, transport: provider, clock: clock, secrets: secrets, log: log), provider: provider)
    }

    /// One request, without following where it leads.
    func open(_ url: String) async -> Answer {
      let host = String(url.dropFirst("https://".count).prefix { $0 != "/" })
      var headers = TestClient.navigation
      let cookies = (jars[host] ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
      if !cookies.isEmpty { headers.append(("Cookie", cookies)) }
      let answer = await gate.ask("GET", url, headers: headers, endpoint: "/answer")
      for line in answer.headers.values("set-cookie") { keep(line, of: host) }
      return answer
    }

    /// Keeps what an answer sets.
    func keep(_ answer: Answer, of host: String) {
      for line in answer.headers.values("set-cookie") { keep(line, of: host) }
    }

    /// Cookies that somebody else has.
    func keep(cookies: String, of host: String) {
      for pair in cookies.split(separator: "; ") { keep(String(pair), of: host) }
    }

    /// A form that another site's page posts: cookies of this site alone do not come with it.
    func post(_ url: String, _ fields: [(String, String)]) async -> Answer {
      let host = String(url.dropFirst("https://".count).prefix { $0 != "/" })
      var headers = TestClient.navigation + [("Sec-Fetch-Site", "cross-site")]
      let cookies = (jars[host] ?? [:]).filter { crossSite.contains($0.key) }.map { "\($0.key)=\($0.value)" }
      if !cookies.isEmpty { headers.append(("Cookie", cookies.sorted().joined(separator: "; "))) }
      let answer = await gate.ask(
        "POST", url, headers: headers, endpoint: "/answer", body: Array(FormEncoding.form(fields).utf8))
      for line in answer.headers.values("set-cookie") { keep(line, of: host) }
      return answer
    }

    private func keep(_ line: String, of host: String) {
      let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if line.contains("SameSite=None") { crossSite.insert(String(pair[0])) } else { crossSite.remove(String(pair[0])) }
      jars[host, default: [:]][String(pair[0])] = line.contains("Max-Age=0") ? nil : String(pair[1])
    }

    /// As when somebody clears the cookies of a host.
    func forget(_ host: String) { jars[host] = nil }

    func cookieNames(_ host: String) -> [String] { (jars[host] ?? [:]).keys.sorted() }

    /// From an app to the provider's door; the parameters of the authorization request.
    func toProvider(_ url: String = "https://payroll.example.com/runs?a=b") async throws -> [String: String] {
      let login = try #require(await open(url).headers["location"])
      let authorization = try #require(await open(login).headers["location"])
      #expect(authorization.hasPrefix("https://id.example.com/authorize?"))
      let parameters = try #require(FormEncoding.fields(authorization.split(separator: "?")[1]))
      provider.change { $0.nonce = parameters["nonce"] ?? "" }
      return parameters
    }

    /// Back from the provider, as it sends people.
    func back(_ parameters: [String: String], change: [String: String?] = [:]) async -> Answer {
      var query: [String: String] = ["code": "c", "state": parameters["state"] ?? "", "iss": StandInProvider.issuer]
      for (name, value) in change { query[name] = value }
      let form = FormEncoding.form(query.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
      return await open("https://login.example.com/callback/people?\(form)")
    }

    /// The whole way, to the answer of the page that was wanted.
    func signIn(_ url: String = "https://payroll.example.com/runs?a=b") async throws -> Answer {
      let arrival = try #require(await back(try await toProvider(url)).headers["location"])
      let page = try #require(await open(arrival).headers["location"])
      #expect(page == url)
      return await gate.ask("GET", page, headers: [("Cookie", cookie(for: url))])
    }

    func cookie(for url: String) -> String {
      let host = String(url.dropFirst("https://".count).prefix { $0 != "/" })
      return (jars[host] ?? [:]).map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
    }
  }

  @Test("a login leads back to where it began, and leaves no cookie of an attempt behind")
  func whole() async throws {
    let visitor = try Visitor()
    let answer = try await visitor.signIn()
    #expect(answer.status == 200)
    #expect(answer.headers["x-goog-authenticated-user-email"] == "people:ann@example.com")
    #expect(visitor.cookieNames("payroll.example.com") == [GateCookie.session])
    #expect(visitor.cookieNames("login.example.com") == [GateCookie.login])
  }

  @Test("the request has PKCE, a state and a nonce of its own, and one redirect URI for the provider")
  func request() async throws {
    let visitor = try Visitor()
    let first = try await visitor.toProvider()
    let second = try await visitor.toProvider("https://wiki.example.com/")
    for name in ["state", "nonce", "code_challenge"] { #expect(first[name] != second[name], "\(name)") }
    #expect(first["code_challenge_method"] == "S256")
    #expect(first["redirect_uri"] == "https://login.example.com/callback/people")
    #expect(second["redirect_uri"] == first["redirect_uri"])
    _ = await visitor.back(second)
    let verifier = try #require(visitor.provider.state.withLock { $0.forms.last?["code_verifier"] })
    #expect(verifier.utf8.count == 43)
  }

  @Test("Google is asked for a token to refresh by, in its own way, and nobody else", arguments: ["workspace", "oidc"])
  func offline(_ source: String) async throws {
    var files = TestPolicy.files
    files["organization.yaml"] = TestPolicy.organization.replacing("source: oidc", with: "source: \(source)")
    let parameters = try await Visitor(files).toProvider()
    #expect(parameters["access_type"] == (source == "workspace" ? "offline" : nil))
  }

  @Test("many tabs at once each come back to their own page, and the cookies of attempts are bounded")
  func tabs() async throws {
    let visitor = try Visitor()
    for number in 0..<40 { _ = await visitor.open("https://payroll.example.com/\(number)") }
    #expect(visitor.cookieNames("payroll.example.com").count <= LoginRequest.slotCount)
    let parameters = try await visitor.toProvider("https://payroll.example.com/last")
    let arrival = try #require(await visitor.back(parameters).headers["location"])
    #expect(await visitor.open(arrival).headers["location"] == "https://payroll.example.com/last")
  }

  @Test("a callback with a wrong, missing or used state is refused", arguments: ["", "x", "0", "0AAAA"])
  func wrongState(_ state: String) async throws {
    let visitor = try Visitor()
    let parameters = try await visitor.toProvider()
    #expect(await visitor.back(parameters, change: ["state": state]).status == 400)
    #expect(visitor.provider.state.withLock { $0.forms }.isEmpty)
    #expect(await visitor.back(parameters).status == 302)
    #expect(await visitor.back(parameters).status == 400)
  }

  @Test(
    "an answer counts once, for whoever keeps the cookie of its attempt too; another attempt's state is not this one's")
  func usedState() async throws {
    let visitor = try Visitor()
    let parameters = try await visitor.toProvider()
    let other = try await visitor.toProvider("https://wiki.example.com/")
    let thief = Visitor(gate: visitor.gate, provider: visitor.provider)
    thief.keep(cookies: visitor.cookie(for: "https://login.example.com/"), of: "login.example.com")
    #expect(await visitor.back(other).status == 302)
    let postCount = visitor.provider.forms.count
    #expect(await thief.back(other).status == 400)
    #expect(visitor.provider.forms.count == postCount)
    let slot = parameters["state"]?.prefix(1) ?? ""
    let mixed = "\(slot)\(other["state"]?.dropFirst() ?? "")"
    #expect(await visitor.back(parameters, change: ["state": mixed]).status == 400)
  }

  @Test(
    "the cookie of a session is for its host alone, and comes with requests of other sites only where the app lets them ask"
  )
  func cookieAttributes() async throws {
    var files = TestPolicy.files
    files["shared.yaml"] = TestPolicy.app("shared")
    files["api-of-shared.yaml"] = TestPolicy.app("shared-api", "cors: {origins: [\"https://portal.example.com\"]}")
      .replacing("shared-api.example.com/", with: "shared.example.com/api")
    let lax = "; Path=/; Secure; HttpOnly; SameSite=Lax"
    let none = "; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
    let pages = [
      ("https://wiki.example.com/", lax), ("https://payroll.example.com/", none), ("https://shared.example.com/", lax),
      ("https://shared.example.com/api/x", none),
    ]
    for (url, attributes) in pages {
      let visitor = try Visitor(files)
      let arrival = try #require(await visitor.back(try await visitor.toProvider(url)).headers["location"])
      let lines = await visitor.open(arrival).headers.values("set-cookie")
      let session = try #require(lines.last { $0.hasPrefix("\(GateCookie.session)=") })
      #expect(session.hasSuffix(attributes), "\(url)")
      #expect(session.prefix { $0 != ";" }.utf8.count == "\(GateCookie.session)=".utf8.count + 43, "\(url)")
    }
  }

  @Test(
    "a login returns to the host that it began at, whatever the address looks like",
    arguments: [
      "//evil.example", "/\\evil.example", "/%5Cevil.example", "/https:evil.example", "/%2F%2Fevil.example",
      "/@evil.example", "/?return=//evil.example",
    ])
  func returns(_ target: String) async throws {
    let visitor = try Visitor()
    let refused = await visitor.open("https://payroll.example.com\(target)")
    guard let login = refused.headers["location"] else {
      #expect(refused.status == 400)
      return
    }
    #expect(login.hasPrefix("https://login.example.com/login?"))
    let arrival = try #require(
      await visitor.back(try await visitor.toProvider("https://payroll.example.com\(target)")).headers["location"])
    #expect(arrival.hasPrefix("https://payroll.example.com/_gcp_iap/arrive?"))
    #expect(await visitor.open(arrival).headers["location"]?.hasPrefix("https://payroll.example.com/") == true)
  }

  @Test("a provider that brings another domain than the hint's is asked once more, and then whoever comes is taken")
  func hint() async throws {
    var files = TestPolicy.files
    files["hinted.yaml"] = TestPolicy.app(
      "hinted", "settings: {accessSettings: {oauthSettings: {loginHint: partner.example}}}")
    let visitor = try Visitor(files)
    let first = try await visitor.toProvider("https://hinted.example.com/")
    #expect(first["hd"] == "partner.example")
    let restart = try #require(await visitor.back(first).headers["location"])
    let second = try #require(FormEncoding.fields(restart.split(separator: "?")[1]))
    #expect(second["prompt"] == "select_account")
    // Who comes now, of whatever domain, comes in; but a time must still be stated, or asked for.
    visitor.provider.change {
      $0.nonce = second["nonce"] ?? ""
      $0.missing = ["auth_time"]
    }
    let again = try #require(await visitor.back(second).headers["location"])
    let third = try #require(FormEncoding.fields(again.split(separator: "?")[1]))
    #expect(third["prompt"] == "login")
    visitor.provider.change { $0.nonce = third["nonce"] ?? "" }
    #expect(await visitor.back(third).headers["location"]?.contains(Gate.arrivalPath) == true)
  }

  @Test(
    "an answer that names another issuer, or none where the provider always does, is refused",
    arguments: [
      "https://evil.example", "https://id.example.com/", nil,
    ])
  func mixUp(_ issuer: String?) async throws {
    let visitor = try Visitor()
    let parameters = try await visitor.toProvider()
    #expect(await visitor.back(parameters, change: ["iss": issuer]).status == 403)
    #expect(visitor.provider.state.withLock { $0.forms }.isEmpty)
  }

  @Test(
    "an ID token that is not for us, not for this attempt, over or from the future is refused",
    arguments: [
      ("iss", JSON.text("https://evil.example")), ("aud", .text("another")),
      ("aud", .list([.text("postern"), .text("another")])),
      ("azp", .text("another")), ("nonce", .text("another")), ("exp", .int(1)), ("exp", .null),
      ("iat", .int(99_999_999_999)),
      ("sub", .text("")), ("sub", .null),
    ])
  func badClaims(_ name: String, _ value: JSON) async throws {
    let visitor = try Visitor()
    let parameters = try await visitor.toProvider()
    visitor.provider.change { $0.claims[name] = value }
    #expect(await visitor.back(parameters).status == 403)
    #expect(visitor.cookieNames("login.example.com").contains(GateCookie.login) == false)
  }

  @Test("a key that the provider does not publish signs nothing; one that it rotates in does, at once")
  func rotation() async throws {
    let visitor = try Visitor()
    _ = try await visitor.signIn()
    let another = Visitor(gate: visitor.gate, provider: visitor.provider)
    visitor.gate.clock.advance(seconds: 60)
    visitor.provider.change { $0.keyIdentifier = "second" }
    #expect(await another.back(try await another.toProvider()).status == 403)
    visitor.gate.clock.advance(seconds: 60)
    visitor.provider.change { $0.publishedKeys = ["second", "first"] }
    #expect(await another.back(try await another.toProvider()).status == 302)
  }

  @Test("a key that was seen is still good while the provider is down, one that was not is not")
  func keysWhileDown() async throws {
    let visitor = try Visitor()
    func status(_ key: String) async -> Int {
      let now = visitor.gate.clock.now / 1_000
      let token = visitor.provider.sign(Self.claims(["iat": .int(now), "exp": .int(now + 300)]), with: key)
      return await visitor.gate.ask("GET", "https://api.example.com/", headers: [("Authorization", "Bearer \(token)")])
        .status
    }
    #expect(await status("first") == 200)
    visitor.provider.change { $0.isDown = true }
    visitor.gate.clock.advance(seconds: 2 * 3_600)
    #expect(await status("first") == 200)
    #expect(await status("second") == 401)
    visitor.gate.clock.advance(seconds: 86_400)
    #expect(await status("first") == 401)
  }

  @Test(
    "a provider that is silent, or answers garbage, is a clear page and no access",
    arguments: [
      ("https://id.example.com/token", "not json"), ("https://id.example.com/token", "{}"),
      ("https://id.example.com/keys", "[]"), ("https://id.example.com/token", ""),
    ])
  func garbage(_ url: String, _ body: String) async throws {
    let visitor = try Visitor()
    let parameters = try await visitor.toProvider()
    visitor.provider.change {
      $0.answers[url] = ProviderAnswer(status: 200, headers: Headers(), body: Array(body.utf8))
    }
    let answer = await visitor.back(parameters)
    #expect([403, 503].contains(answer.status))
    #expect(String(decoding: answer.body, as: UTF8.self).contains("Try again"))
  }

  @Test("a provider that is down is a 503 with a way to try again")
  func down() async throws {
    let visitor = try Visitor()
    visitor.provider.change { $0.isDown = true }
    let login = try #require(await visitor.open("https://payroll.example.com/").headers["location"])
    #expect(await visitor.open(login).status == 503)
  }

  @Test("only an authentication after the expiry that caused it counts")
  func oldAuthentication() async throws {
    let visitor = try Visitor()
    _ = try await visitor.signIn()
    let first = visitor.gate.clock.now
    visitor.gate.clock.advance(seconds: 15 * 60)
    try await visitor.gate.keepAccountFresh(visitor.cookie(for: "https://payroll.example.com/"))
    let parameters = try await visitor.toProvider()
    #expect(parameters["prompt"] == "login")
    visitor.provider.change { $0.claims["auth_time"] = .int(first / 1_000) }
    #expect(await visitor.back(parameters).status == 403)
    let again = try await visitor.toProvider()
    visitor.provider.change { $0.claims["auth_time"] = nil }
    #expect(await visitor.back(again).status == 302)
  }

  @Test(
    "a provider that does not say when it authenticated is asked for a login, once",
    arguments: [nil, JSON.int(0), .int(-1), .text("today"), .null])
  func noAuthenticationTime(_ stated: JSON?) async throws {
    let visitor = try Visitor()
    visitor.provider.change {
      if let stated { $0.claims["auth_time"] = stated } else { $0.missing = ["auth_time"] }
    }
    let first = try await visitor.toProvider()
    #expect(first["prompt"] == nil)
    let restart = try #require(await visitor.back(first).headers["location"])
    let second = try #require(FormEncoding.fields(restart.split(separator: "?")[1]))
    #expect(second["prompt"] == "login")
    visitor.provider.change { $0.nonce = second["nonce"] ?? "" }
    #expect(await visitor.back(second).headers["location"]?.contains(Gate.arrivalPath) == true)
  }

  @Test("a login is handed over once, to the browser and the host that it was begun in")
  func handOver() async throws {
    let visitor = try Visitor()
    let arrival = try #require(await visitor.back(try await visitor.toProvider()).headers["location"])
    let thief = Visitor(gate: visitor.gate, provider: visitor.provider)
    #expect(await thief.open(arrival).status == 403)
    // Whoever tried it has used it up.
    #expect(await visitor.open(arrival).status == 403)
    let other = try #require(await thief.back(try await thief.toProvider()).headers["location"])
    #expect(await thief.open(other.replacing("payroll.example.com", with: "wiki.example.com")).status == 403)
  }

  @Test("a login that is here already is handed on silently, with the instant that it was made at")
  func silent() async throws {
    let visitor = try Visitor()
    _ = try await visitor.signIn()
    let authenticatedAt = visitor.gate.clock.now
    visitor.gate.clock.advance(seconds: 3_600)
    let login = try #require(await visitor.open("https://wiki.example.com/x").headers["location"])
    let arrival = try #require(await visitor.open(login).headers["location"])
    #expect(arrival.hasPrefix("https://wiki.example.com/_gcp_iap/arrive?code="))
    _ = await visitor.open(arrival)
    let key = ModeTests.key(visitor.cookie(for: "https://wiki.example.com/"))
    let facts = try #require(try await visitor.gate.store.session(for: key))
    #expect(facts.login.authenticatedAt == authenticatedAt)
  }

  @Test("a session that has idled out does not come back silently once its cookie is gone")
  func noSilentReturn() async throws {
    let visitor = try Visitor()
    _ = try await visitor.signIn()
    visitor.gate.clock.advance(seconds: 15 * 60)
    visitor.forget("payroll.example.com")
    let parameters = try await visitor.toProvider()
    #expect(parameters["prompt"] == "login")
    visitor.provider.change { $0.claims["auth_time"] = .int(TestClock.start / 1_000 - 1) }
    #expect(await visitor.back(parameters).status == 403)
  }

  @Test("tabs that come at once each get a session of one login")
  func tabsAtOnce() async throws {
    let visitor = try Visitor()
    _ = try await visitor.signIn("https://wiki.example.com/")
    for number in 0..<3 {
      visitor.forget("payroll.example.com")
      let login = try #require(await visitor.open("https://payroll.example.com/\(number)").headers["location"])
      #expect(await visitor.open(login).headers["location"]?.contains(Gate.arrivalPath) == true)
    }
  }

  @Test("a sealed request that is forged, of other keys or over begins nothing; rotated keys still open it")
  func sealed() async throws {
    let (old, new) = (Sealer.newKey(), Sealer.newKey())
    let request = LoginRequest(
      host: "payroll.example.com", target: "/", app: "payroll", providers: ["people"], tenants: [], loginHint: nil,
      prompt: 0,
      authenticatedAfter: 0, method: 0, maxAgeSeconds: 0, mayBeSilent: true, attempt: SessionIdentifier().key, slot: 0,
      expiresAt: TestClock.start + 1_000)
    let sealedBefore = Sealer(keys: [old]).seal(request, for: .loginRequest)
    func status(_ text: String, keys: [[UInt8]]) async throws -> Int {
      let gate = try TestGate(sealingKeys: keys)
      return await gate.ask("GET", "https://login.example.com/login?request=\(text)", endpoint: "/answer").status
    }
    #expect(try await status(sealedBefore, keys: [new, old]) == 302)
    #expect(try await status(sealedBefore, keys: [new]) == 400)
    #expect(try await status(String(sealedBefore.dropLast(2)) + "AA", keys: [old]) == 400)
    var over = request
    over.expiresAt = TestClock.start
    #expect(try await status(Sealer(keys: [old]).seal(over, for: .loginRequest), keys: [old]) == 403)
  }

  @Test("a login that is weaker than what was asked for is told so, and not sent in circles")
  func tooWeak() async throws {
    let visitor = try Visitor()
    _ = try await visitor.signIn("https://wiki.example.com/")
    let login = try #require(await visitor.open("https://vault.example.com/").headers["location"])
    let arrival = try #require(await visitor.open(login).headers["location"])
    _ = await visitor.open(arrival)
    let parameters = try await visitor.toProvider("https://vault.example.com/")
    #expect(parameters["acr_values"] == "urn:postern:second-factors")
    #expect(parameters["max_age"] == "3600")
    #expect(await visitor.back(parameters).status == 403)
  }

  /// What a bearer of the robot states.
  static func claims(_ change: [String: JSON] = [:]) -> [String: JSON] {
    let now = TestClock.start / 1_000
    return [
      "iss": .text(StandInProvider.issuer), "aud": .text("robot"), "sub": .text("robot"),
      "email": .text("robot@example.com"),
      "email_verified": .bool(true), "groups": .list([]), "iat": .int(now), "exp": .int(now + 300),
      "auth_time": .int(now),
    ].merging(change) { $1 }
  }
}
