// Signing out everywhere, where the policy says `endSession` of the provider: it ends its own session too (OpenID Connect RP-Initiated
// Logout 1.0). What a real provider does of it is in RealThings/.

import Testing

@testable import PosternService

@Suite("The provider's session")
struct ProviderLogoutTests {
  private static let files = TestPolicy.files.merging([
    "organization.yaml": TestPolicy.organization.replacing(
      "domains: [example.com]", with: "domains: [example.com], endSession: true")
  ]) { $1 }

  /// Signs out everywhere, and confirms it.
  private func signOut(_ visitor: LoginTests.Visitor) async throws -> Answer {
    let page = await visitor.open("https://login.example.com/?mode=signout")
    let text = String(decoding: page.body, as: UTF8.self)
    let token = try #require(text.firstMatch(of: /name="token" value="([^"]+)"/)?.output.1)
    return await visitor.gate.ask(
      "POST", "https://login.example.com/confirm",
      headers: [("Cookie", visitor.cookie(for: "https://login.example.com/"))], endpoint: "/answer",
      body: Array("token=\(token)".utf8))
  }

  @Test("goes on to the provider, with the hint whose session it is, and comes back to a page that says so")
  func ended() async throws {
    let visitor = try LoginTests.Visitor(Self.files)
    _ = try await visitor.signIn()
    let answer = try await signOut(visitor)
    let location = try #require(answer.headers["location"])
    #expect(location.hasPrefix("https://id.example.com/end?ui=plain&client_id=postern&"))
    let parameters = try #require(FormEncoding.fields(location.split(separator: "?")[1]))
    #expect(parameters["post_logout_redirect_uri"] == "https://login.example.com/signed-out")
    let hint = try #require(parameters["id_token_hint"]?.split(separator: ".")[1]).utf8
    #expect(JSON(Base64URL.bytes(String(Substring(hint))) ?? [])?["sub"]?.text == "ann")
    let state = FormEncoding.encode(parameters["state"] ?? "")
    let back = await visitor.open("https://login.example.com/signed-out?state=\(state)")
    #expect(back.status == 200)
    #expect(String(decoding: back.body, as: UTF8.self).contains("Signed out"))
    // Ours is over whatever the provider does.
    let headers = TestClient.script + [("Cookie", visitor.cookie(for: "https://payroll.example.com/"))]
    #expect(await visitor.gate.ask(headers: headers).reason == "noCredential")
  }

  @Test("the refresh token is given back all the same")
  func givenBack() async throws {
    let visitor = try LoginTests.Visitor(Self.files)
    _ = try await visitor.signIn()
    visitor.provider.change { $0.forms = [] }
    _ = try await signOut(visitor)
    #expect(visitor.provider.forms.map { $0["token"] } == ["refresh"])
  }

  @Test("without the policy's word the provider's session is its own affair")
  func notAsked() async throws {
    let visitor = try LoginTests.Visitor()
    _ = try await visitor.signIn()
    #expect(try await signOut(visitor).headers["location"] == "https://login.example.com/")
  }

  @Test("a provider that cannot be asked, or has no such place, keeps nobody signed in here", arguments: [true, false])
  func unavailable(_ isDown: Bool) async throws {
    let visitor = try LoginTests.Visitor(Self.files)
    _ = try await visitor.signIn()
    let metadata = JSON.object([
      "issuer": .text(StandInProvider.issuer), "jwks_uri": .text("\(StandInProvider.issuer)/keys"),
    ])
    visitor.gate.clock.advance(seconds: 3_600)
    visitor.provider.change {
      $0.answers["\(StandInProvider.issuer)/.well-known/openid-configuration"] = ProviderAnswer(
        status: isDown ? 500 : 200, headers: Headers(), body: metadata.bytes)
    }
    let answer = try await signOut(visitor)
    #expect(answer.status == 302)
    if !isDown { #expect(answer.headers["location"] == "https://login.example.com/") }
    #expect(try await visitor.gate.store.logins(from: nil, count: 10).logins == [])
  }

  @Test("nobody comes back from a logout that was not begun here, or long ago", arguments: ["", "x", "old"])
  func badState(_ text: String) async throws {
    let visitor = try LoginTests.Visitor(Self.files)
    _ = try await visitor.signIn()
    let location = try #require(try await signOut(visitor).headers["location"])
    let state = try #require(FormEncoding.fields(location.split(separator: "?")[1])?["state"])
    if text == "old" { visitor.gate.clock.advance(seconds: 600) }
    let sent = text == "old" ? FormEncoding.encode(state) : text
    #expect(await visitor.open("https://login.example.com/signed-out?state=\(sent)").status == 400)
  }
}
