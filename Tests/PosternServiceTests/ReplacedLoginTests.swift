// The gate's rules, "Sessions" and "Login": what a login replaces is nobody's any more, and what a wrong account comes to.

import Testing

@testable import PosternService

@Suite("Logins that replace others")
struct ReplacedLoginTests {
  private static let url = "https://payroll.example.com/runs?a=b"

  @Test("another person in the same browser: the session before is over")
  func anotherPerson() async throws {
    let visitor = try LoginTests.Visitor()
    _ = try await visitor.signIn()
    let before = TestClient.script + [("Cookie", visitor.cookie(for: Self.url))]
    #expect(await visitor.gate.ask(headers: before).status == 200)
    visitor.forget("login.example.com")
    visitor.provider.change { $0.claims = ["sub": .text("bob"), "email": .text("bob@example.com")] }
    try await arriveAgain(visitor)
    #expect(await visitor.gate.ask(headers: before).reason == "noCredential")
  }

  @Test("the same person a minute later: the session before is over; within a minute, in another tab, it is not")
  func anew() async throws {
    for (seconds, reason) in [(Int64(59), "granted"), (60, "noCredential")] {
      let visitor = try LoginTests.Visitor()
      _ = try await visitor.signIn()
      let before = TestClient.script + [("Cookie", visitor.cookie(for: Self.url))]
      visitor.gate.clock.advance(seconds: seconds)
      visitor.forget("login.example.com")
      try await arriveAgain(visitor)
      #expect(await visitor.gate.ask(headers: before).reason == reason)
    }
  }

  /// Logs in once more beside the session that is there, as another tab does that was sent away before.
  private func arriveAgain(_ visitor: LoginTests.Visitor) async throws {
    let policy = visitor.gate.gate.policy
    let request = ClientRequest(
      method: "GET", scheme: "https", host: "payroll.example.com", path: "/", query: nil, clientAddress: nil,
      headers: Headers())
    let decided = visitor.gate.gate.decide(request, .anonymous, policy)
    let begun = visitor.gate.gate.startLogin(decided, request, target: "/", reason: "noCredential", policy)
    visitor.keep(begun, of: "payroll.example.com")
    let authorization = try #require(await visitor.open(begun.headers["location"] ?? "").headers["location"])
    let parameters = try #require(FormEncoding.fields(authorization.split(separator: "?")[1]))
    visitor.provider.change { $0.nonce = parameters["nonce"] ?? "" }
    let arrival = try #require(await visitor.back(parameters).headers["location"])
    #expect(await visitor.open(arrival).status == 302)
  }

  @Test("a login that the browser has another in place of is handed to no host any more, and its sessions go on")
  func replacedLogin() async throws {
    let visitor = try LoginTests.Visitor()
    _ = try await visitor.signIn()
    let old = visitor.cookie(for: "https://login.example.com/")
    let session = TestClient.script + [("Cookie", visitor.cookie(for: Self.url))]
    let again = try await arrive(at: "https://options.example.com/", login: old, visitor)
    #expect(again.headers["location"]?.contains(Gate.arrivalPath) == true)
    visitor.gate.clock.advance(seconds: 3_600)
    try await visitor.gate.keepAccountFresh(visitor.cookie(for: Self.url))
    let expired = try await visitor.toProvider()
    #expect(expired["prompt"] == "login")
    _ = await visitor.back(expired)
    let thief = try await arrive(at: "https://api.example.com/", login: old, visitor)
    #expect(thief.headers["location"]?.hasPrefix("https://id.example.com/authorize?") == true)
    #expect(await visitor.gate.ask(headers: session).reason == "idleTimeout")
  }

  /// What the login host answers to somebody with that login who comes from an app.
  private func arrive(at url: String, login: String, _ visitor: LoginTests.Visitor) async throws -> Answer {
    let begun = await visitor.gate.ask("GET", url, headers: TestClient.navigation, endpoint: "/answer")
    let location = try #require(begun.headers["location"])
    return await visitor.gate.ask(
      "GET", location, headers: TestClient.navigation + [("Cookie", login)], endpoint: "/answer")
  }

  @Test("whoever signs out of an app right after logging in is not signed in again silently")
  func signedOutAtOnce() async throws {
    let visitor = try LoginTests.Visitor()
    _ = try await visitor.signIn()
    let cookie = visitor.cookie(for: Self.url)
    let headers = TestClient.navigation + [("Sec-Fetch-Site", "same-origin"), ("Cookie", cookie)]
    let answer = await visitor.gate.ask(
      "GET", "\(Self.url)&gcp-iap-mode=GCIP_SIGNOUT", headers: headers, endpoint: "/answer")
    let back = await visitor.open(try #require(answer.headers["location"]))
    #expect(back.headers["location"] == Self.url)
    #expect(try await visitor.toProvider(Self.url)["prompt"] == "login")
    // Another app's host is not what was signed out of.
    let wiki = try #require(await visitor.open("https://wiki.example.com/").headers["location"])
    #expect(await visitor.open(wiki).headers["location"]?.contains(Gate.arrivalPath) == true)
  }

  // MARK: wrong accounts

  private static let tenants = TestPolicy.files.merging([
    "organization.yaml": TestPolicy.organization.replacing("source: oidc", with: "source: identityPlatform").replacing(
      "domains: [example.com]", with: "domains: [example.com], tenantIds: [\"1north\", \"2south\"]"),
    "payroll.yaml": """
    kind: App
    name: payroll
    routes: [payroll.example.com/]
    iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["user:ann@example.com"]}]}
    settings: {accessSettings: {gcipSettings: {tenantIds: ["1north"]}}}
    """,
  ]) { $1 }

  @Test("an account of another tenant leads to the chooser once, which asks for another account, and then to a refusal")
  func wrongTenant() async throws {
    let visitor = try LoginTests.Visitor(Self.tenants)
    visitor.provider.change { $0.claims["firebase"] = .object(["tenant": .text("2south")]) }
    let first = await visitor.back(try await visitor.toProvider())
    #expect(first.reason == "tenantMismatch")
    let chooser = await visitor.open(try #require(first.headers["location"]))
    #expect(chooser.reason == "chooser")
    let text = String(decoding: chooser.body, as: UTF8.self)
    let link = try #require(text.firstMatch(of: /href="([^"]+)"/)?.output.1).replacing("&amp;", with: "&")
    let authorization = try #require(await visitor.open("https://login.example.com\(link)").headers["location"])
    let parameters = try #require(FormEncoding.fields(authorization.split(separator: "?")[1]))
    #expect(parameters["prompt"] == "select_account")
    #expect(parameters["tenant"] == "1north")
    visitor.provider.change { $0.nonce = parameters["nonce"] ?? "" }
    #expect(await visitor.back(parameters).status == 403)
    #expect(visitor.cookieNames("login.example.com").contains(GateCookie.login) == false)
  }

  @Test("the right account from the chooser comes in")
  func rightTenant() async throws {
    let visitor = try LoginTests.Visitor(Self.tenants)
    visitor.provider.change { $0.claims["firebase"] = .object(["tenant": .text("2south")]) }
    let first = await visitor.back(try await visitor.toProvider())
    let chooser = await visitor.open(try #require(first.headers["location"]))
    let text = String(decoding: chooser.body, as: UTF8.self)
    let link = try #require(text.firstMatch(of: /href="([^"]+)"/)?.output.1).replacing("&amp;", with: "&")
    let authorization = try #require(await visitor.open("https://login.example.com\(link)").headers["location"])
    let parameters = try #require(FormEncoding.fields(authorization.split(separator: "?")[1]))
    visitor.provider.change {
      $0.nonce = parameters["nonce"] ?? ""
      $0.claims["firebase"] = .object(["tenant": .text("1north")])
    }
    let arrival = try #require(await visitor.back(parameters).headers["location"])
    #expect(await visitor.open(arrival).headers["location"] == Self.url)
  }

  @Test("a session of another tenant is sent to the chooser, not through the same provider and back")
  func wrongSession() async throws {
    let visitor = try LoginTests.Visitor(Self.tenants)
    var person = TestGate.person()
    person.tenant = "2south"
    let cookie = try await visitor.gate.signIn(person)
    let answer = await visitor.gate.ask(headers: TestClient.navigation + [("Cookie", cookie)], endpoint: "/answer")
    #expect(answer.reason == "tenantMismatch")
    #expect(await visitor.open(try #require(answer.headers["location"])).reason == "chooser")
  }

  @Test(
    "a tenant does as row 7 says: the app's of an identity platform, else the provider's, else none",
    arguments: [
      (UInt8(1), ["1"], ["1", "2"], "1", true), (1, ["1"], ["1", "2"], "2", false), (1, [], ["1", "2"], "2", true),
      (1, [], [], nil, true), (1, [], [], "1", false), (3, ["1"], [], nil, true), (3, ["1"], [], "1", false),
      (1, ["1"], [], nil, false),
    ] as [(UInt8, [String], [String], String?, Bool)])
  func tenants(_ source: UInt8, _ ofApp: [String], _ ofProvider: [String], _ tenant: String?, _ does: Bool) {
    let provider = LoginProvider(
      name: "p", source: LoginProvider.Source(rawValue: source), issuer: "https://p", clientID: "c",
      sessionDurationSeconds: 0, tenants: ofProvider, domains: [], endsSession: false, index: 0)
    let request = LoginRequest(
      host: "h", target: "/", app: "a", providers: ["p"], tenants: ofApp, prompt: 0, authenticatedAfter: 0, method: 0,
      maxAgeSeconds: 0, mayBeSilent: true, attempt: SessionKey(hashing: ""), slot: 0, expiresAt: 0)
    #expect(request.takes(tenant, of: provider) == does)
  }
}
