// The gate's rules, "Login", back-channel logout: a provider ends sessions, once, and only its own.

import Testing

@testable import PosternService

@Suite("Back-channel logout")
struct LogoutTests {
  private static let event = JSON.object(["http://schemas.openid.net/event/backchannel-logout": .object([:])])

  private static func claims(_ change: [String: JSON?] = [:]) -> [String: JSON] {
    var claims: [String: JSON] = [
      "iss": .text(StandInProvider.issuer), "aud": .text("postern"), "iat": .int(TestClock.start / 1_000),
      "jti": .text("one"),
      "sid": .text("the provider's session"), "events": event,
    ]
    for (name, value) in change { claims[name] = value }
    return claims
  }

  private func post(_ visitor: LoginTests.Visitor, _ claims: [String: JSON], key: String = "first") async -> Answer {
    let body = Array("logout_token=\(visitor.provider.sign(claims, with: key))".utf8)
    return await visitor.gate.ask("POST", "https://login.example.com/logout/people", endpoint: "/answer", body: body)
  }

  private func signedIn() async throws -> (LoginTests.Visitor, headers: [(String, String)]) {
    let visitor = try LoginTests.Visitor()
    visitor.provider.change { $0.claims["sid"] = .text("the provider's session") }
    _ = try await visitor.signIn()
    return (visitor, TestClient.script + [("Cookie", visitor.cookie(for: "https://payroll.example.com/"))])
  }

  @Test("the session that it names is over with the next request")
  func session() async throws {
    let (visitor, headers) = try await signedIn()
    #expect(await visitor.gate.ask(headers: headers).status == 200)
    #expect(await post(visitor, Self.claims()).status == 200)
    #expect(await visitor.gate.ask(headers: headers).reason == "noCredential")
  }

  @Test("without a session of the provider's, all of the person's are over")
  func subject() async throws {
    let (visitor, headers) = try await signedIn()
    #expect(await post(visitor, Self.claims(["sid": nil, "sub": .text("somebody else")])).status == 200)
    #expect(await visitor.gate.ask(headers: headers).status == 200)
    #expect(await post(visitor, Self.claims(["sid": nil, "sub": .text("ann"), "jti": .text("two")])).status == 200)
    #expect(await visitor.gate.ask(headers: headers).reason == "noCredential")
  }

  @Test(
    "a token that is not exactly a logout of now, for us, ends nothing",
    arguments: [
      ("aud", JSON.text("another")), ("iss", .text("https://evil.example")), ("events", .object([:])), ("events", nil),
      ("nonce", .text("n")), ("iat", .int(TestClock.start / 1_000 - 120)), ("iat", .int(TestClock.start / 1_000 + 120)),
      ("iat", nil),
      ("exp", .int(TestClock.start / 1_000)), ("jti", nil), ("sid", nil),
    ])
  func refused(_ name: String, _ value: JSON?) async throws {
    let (visitor, headers) = try await signedIn()
    #expect(await post(visitor, Self.claims([name: value])).status == 400)
    #expect(await visitor.gate.ask(headers: headers).status == 200)
  }

  @Test("a token of another key, of no provider, or none ends nothing")
  func notOurs() async throws {
    let (visitor, headers) = try await signedIn()
    #expect(await post(visitor, Self.claims(), key: "second").status == 400)
    let body = Array("logout_token=\(visitor.provider.sign(Self.claims()))".utf8)
    for (path, body) in [
      ("/logout/nobody", body), ("/logout/people", []), ("/logout/people", Array("logout_token=x".utf8)),
    ] {
      let answer = await visitor.gate.ask("POST", "https://login.example.com\(path)", endpoint: "/answer", body: body)
      #expect(answer.status == 400)
    }
    #expect(await visitor.gate.ask(headers: headers).status == 200)
  }

  @Test("a token counts once")
  func replayed() async throws {
    let (visitor, _) = try await signedIn()
    #expect(await post(visitor, Self.claims()).status == 200)
    #expect(await post(visitor, Self.claims()).status == 400)
  }

  @Test("a logout that the store cannot keep is not confirmed")
  func notDurable() async throws {
    let store = FailingStore()
    let clock = TestClock()
    let provider = StandInProvider(clock: clock)
    let visitor = LoginTests.Visitor(
      gate: try TestGate(store: store, transport: provider, clock: clock), provider: provider)
    store.fail(true)
    #expect(await post(visitor, Self.claims()).status == 503)
  }

  @Test("signing out everywhere gives the refresh token back to the provider")
  func givenBack() async throws {
    let (visitor, _) = try await signedIn()
    let page = await visitor.open("https://login.example.com/?mode=signout")
    let text = String(decoding: page.body, as: UTF8.self)
    let token = try #require(text.firstMatch(of: /name="token" value="([^"]+)"/)?.output.1)
    visitor.provider.change { $0.forms = [] }
    _ = await visitor.open("https://login.example.com/confirm?token=\(token)")
    #expect(
      visitor.provider.forms == [["token": "refresh", "token_type_hint": "refresh_token", "client_id": "postern"]])
  }
}
