// Programmatic clients: bearer tokens of the organization's providers (docs/decision.md, row 7). What is forged is in BadInputTests, too.

import Testing

@testable import PosternService

@Suite("Bearer tokens")
struct BearerTests {
  @Test(
    "a bearer of one of the app's programmatic clients passes, in either header",
    arguments: [
      "Authorization", "Proxy-Authorization",
    ])
  func bearer(_ name: String) async throws {
    let visitor = try LoginTests.Visitor()
    let token = visitor.provider.sign(LoginTests.claims())
    let answer = await visitor.gate.ask("GET", "https://api.example.com/", headers: [(name, "bearer \(token)")])
    #expect(answer.status == 200)
    #expect(answer.headers["x-goog-authenticated-user-email"] == "people:robot@example.com")
    #expect(answer.headers["authorization"] == "")
  }

  @Test(
    "a service account is known by an address of Google's that Google states, and by no other provider's",
    arguments: [
      ("workspace", "robot@build.iam.gserviceaccount.com", true),
      ("workspace", "1-compute@developer.gserviceaccount.com", true),
      ("workspace", "ann@example.com", false), ("workspace", "robot@evilgserviceaccount.com", false),
      ("oidc", "robot@build.iam.gserviceaccount.com", false),
    ])
  func serviceAccount(_ source: String, _ email: String, _ isServiceAccount: Bool) throws {
    var files = TestPolicy.files
    files["organization.yaml"] = TestPolicy.organization.replacing("source: oidc", with: "source: \(source)")
    let provider = try #require(try TestGate(files).gate.policy.provider(named: "people"))
    let claims: [String: JSON] = ["sub": .text("1"), "email": .text(email), "email_verified": .bool(true)]
    let person = try Person(claims, from: provider, ProviderSettings())
    #expect((person.principalKind == 2) == isServiceAccount)
    var unverified = claims
    unverified["email_verified"] = .bool(false)
    #expect(try Person(unverified, from: provider, ProviderSettings()).principalKind == 1)
  }

  @Test(
    "a bearer that is over, for another app, or of no key of its issuer is a 401",
    arguments: [
      ("exp", JSON.int(TestClock.start / 1_000)), ("aud", .text("another")),
      ("iat", .int(TestClock.start / 1_000 + 31)),
      ("azp", .text("another")),
    ])
  func badBearer(_ name: String, _ value: JSON) async throws {
    let visitor = try LoginTests.Visitor()
    let token = visitor.provider.sign(LoginTests.claims([name: value]))
    let answer = await visitor.gate.ask(
      "GET", "https://api.example.com/", headers: [("Authorization", "Bearer \(token)")])
    #expect(answer.status == 401)
  }

  @Test("a bearer whose signature is another key's, or made from the public key, is a 401")
  func forgedBearer() async throws {
    let visitor = try LoginTests.Visitor()
    let token = visitor.provider.sign(LoginTests.claims(), with: "second")
    let parts = visitor.provider.sign(LoginTests.claims()).split(separator: ".")
    let none = Base64URL.text(JSON.object(["alg": .text("none"), "kid": .text("first")]).bytes)
    let symmetric = Base64URL.text(JSON.object(["alg": .text("HS256"), "kid": .text("first")]).bytes)
    for forged in [
      token, "\(none).\(parts[1]).", "\(symmetric).\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1]).AAAA",
    ] {
      let answer = await visitor.gate.ask(
        "GET", "https://api.example.com/", headers: [("Authorization", "Bearer \(forged)")])
      #expect(answer.status == 401)
      #expect(answer.reason == "invalidToken")
      #expect(answer.headers["x-postern-refresh"] == "https://api.example.com/?gcp-iap-mode=DO_SESSION_REFRESH")
    }
  }
}
