// What is forged, replayed or garbled at the gate's doors: a clear answer, no access, and a line in the log that says which it was and
// repeats nothing of it. What OAuth clients are refused with is in OAuth/RefusalTests.swift.

import CPostern
import Crypto
import Testing

@testable import PosternService

@Suite("Bad input")
struct BadInputTests {
  /// A browser, and the log of its gate.
  private struct Setting {
    let log = RecordedLog()
    let visitor: LoginTests.Visitor

    init() throws { visitor = try LoginTests.Visitor(log: log.logger) }

    /// One line, with these words, not longer than a line may be, and nothing of what was sent.
    func expectLine(_ words: String, without sent: String, _ name: String) {
      let lines = log.takeLines()
      #expect(lines.count == 1, "\(name): \(lines)")
      let line = lines.first ?? ""
      #expect(line.contains(words), "\(name): \(line)")
      #expect(line.utf8.count < 250, "\(name)")
      #expect(sent.utf8.count < 8 || !line.contains(sent), "\(name)")
    }
  }

  private static let page = "https://payroll.example.com/runs"

  @Test("a session's cookie that is forged, cut short, swollen or somebody's of yesterday is a login, and a line")
  func sessionCookies() async throws {
    let setting = try Setting()
    let gate = setting.visitor.gate
    let good = try await gate.signIn()
    let other = try await gate.signIn(host: "wiki.example.com")
    let ended = try await gate.signIn()
    try await gate.gate.revoke(.session(ModeTests.key(ended)))
    let forged = "\(GateCookie.session)=\(SessionIdentifier().text)"
    let cookies = [
      ("forged", forged, "no session here"), ("another host's", other, "no session here"),
      ("ended", ended, "no session here"), ("cut short", String(good.dropLast()), "no identifier"),
      ("one letter longer", good + "A", "no identifier"),
      ("swollen", "\(GateCookie.session)=\(String(repeating: "A", count: 30_000))", "no identifier"),
      ("no letters", "\(GateCookie.session)=\u{1}%00", "no identifier"),
    ]
    _ = setting.log.takeLines()
    for (name, cookie, words) in cookies {
      let answer = await gate.ask(headers: TestClient.navigation + [("Cookie", cookie)])
      #expect(answer.status == 302, "\(name)")
      #expect(answer.reason == "noCredential", "\(name)")
      setting.expectLine(words, without: String(cookie.dropFirst(GateCookie.session.count + 1)), name)
    }
    #expect(await gate.ask(headers: [("Cookie", good)]).status == 200)
  }

  @Test("a credential that stands twice, on two lines or on one that was joined, is refused, and a line")
  func twice() async throws {
    let setting = try Setting()
    let gate = setting.visitor.gate
    let cookie = try await gate.signIn()
    let token = setting.visitor.provider.sign(LoginTests.claims())
    let attacks: [(String, [(String, String)])] = [
      ("cookies", [("Cookie", cookie), ("Cookie", cookie)]),
      ("one line of cookies", [("Cookie", "\(cookie); \(cookie)")]),
      ("bearers", [("Authorization", "Bearer \(token)"), ("Authorization", "Bearer \(token)")]),
      ("bearers that were joined", [("Authorization", "Bearer \(token),Bearer \(token)")]),
      ("an app's credential and a bearer", [("Authorization", "Basic YTpi, bearer \(token)")]),
      ("in another case of letters", [("AUTHORIZATION", "Basic YTpi"), ("authorization", "Basic YTpi")]),
      ("for the proxy", [("Proxy-Authorization", "Bearer a,Bearer b"), ("Cookie", cookie)]),
    ]
    for (name, headers) in attacks {
      let answer = await gate.ask("GET", "https://api.example.com/", headers: headers)
      #expect(answer.status == 403, "\(name)")
      #expect(answer.reason == "malformedRequest", "\(name)")
      setting.expectLine("its credential twice", without: cookie, name)
    }
    // An app's own cookies and credentials may have commas.
    let apps = [("Cookie", "x=1,2,__Secure-y; \(cookie)"), ("Authorization", "Digest username=\"a\", realm=\"b\"")]
    #expect(await gate.ask(headers: apps).status == 200)
  }

  @Test("a cookie of ours on a line that was joined to another is nobody's, never the app's, and locks nobody out")
  func joinedCookies() async throws {
    let setting = try Setting()
    let gate = setting.visitor.gate
    let cookie = try await gate.signIn(host: "public.example.com")
    let lines = [
      ("x=1,\(cookie)", "x=1"), ("x=1; y=2 , \(cookie); z=3", "x=1; y=2; z=3"), ("foo, \(cookie)", ""),
      (",\(cookie)", ""),
      ("x=a,b,\(GateCookie.attempt(1))=1,c; y=2", "x=a,b; y=2"), ("x=1,__Host-posternish=2", "x=1,__Host-posternish=2"),
    ]
    for (line, left) in lines {
      let answer = await gate.ask("GET", "https://public.example.com/", headers: [("Cookie", line)])
      #expect(answer.status == 200, "\(line)")
      #expect(answer.headers["cookie"] == left, "\(line)")
      #expect(answer.headers["x-goog-authenticated-user-email"] == "", "\(line)")
    }
    let known = await gate.ask("GET", "https://public.example.com/", headers: [("Cookie", "x=1,\(cookie); \(cookie)")])
    #expect(known.headers["x-goog-authenticated-user-email"] == "people:ann@example.com")
    #expect(known.headers["cookie"] == "x=1")
  }

  @Test(
    "a bearer that was made without the provider's key is a 401, and a line",
    arguments: [
      "none", "no signature", "HS256 of the public key", "another key", "unknown key", "another issuer's", "no time",
      "a week ahead",
    ])
  func bearers(_ name: String) async throws {
    let setting = try Setting()
    let provider = setting.visitor.provider
    _ = await setting.visitor.gate.ask(
      "GET", "https://api.example.com/", headers: [("Authorization", "Bearer \(provider.sign(LoginTests.claims()))")])
    _ = setting.log.takeLines()
    let parts = provider.sign(LoginTests.claims()).split(separator: ".")
    let other = provider.sign(LoginTests.claims(), with: "second").split(separator: ".")
    func header(_ algorithm: String, _ key: String) -> String {
      Base64URL.text(JSON.object(["alg": .text(algorithm), "kid": .text(key)]).bytes)
    }
    let week: Int64 = 7 * 86_400
    let forged: String
    switch name {
    case "none": forged = "\(header("none", "first")).\(parts[1])."
    case "no signature": forged = "\(parts[0]).\(parts[1])."
    case "HS256 of the public key":
      // The oldest confusion of all: what is published, taken for a shared secret.
      let message = "\(header("HS256", "first")).\(parts[1])"
      let secret = SymmetricKey(data: provider.publishedKey("first"))
      forged = "\(message).\(Base64URL.text(HMAC<SHA256>.authenticationCode(for: Array(message.utf8), using: secret)))"
    // Of the right length, and a key's own, under the name of one that is published.
    case "another key": forged = "\(parts[0]).\(parts[1]).\(other[2])"
    case "unknown key": forged = other.joined(separator: ".")
    case "another issuer's":
      forged = provider.sign(LoginTests.claims(["iss": .text("https://id.example.com.evil.example")]))
    case "no time": forged = provider.sign(LoginTests.claims(["exp": .null]))
    default: forged = provider.sign(LoginTests.claims(["iat": .int(TestClock.start / 1_000 + week)]))
    }
    let answer = await setting.visitor.gate.ask(
      "GET", "https://api.example.com/", headers: [("Proxy-Authorization", "Bearer \(forged)")])
    #expect(answer.status == 401)
    setting.expectLine("a bearer token was refused", without: String(forged.split(separator: ".")[1]), name)
  }

  @Test("what comes back from a sign-in that was not begun so is refused, and a line")
  func signIns() async throws {
    let setting = try Setting()
    let visitor = setting.visitor
    let parameters = try await visitor.toProvider()
    let unknown = "is not under way in that browser"
    for state in ["", "x", "0", "0AAAA", "9\(SessionIdentifier().text)", "0\(SessionIdentifier().text)"] {
      #expect(await visitor.back(parameters, change: ["state": state]).status == 400, "\(state)")
      setting.expectLine(unknown, without: state, "state \(state)")
    }
    let arrival = try #require(await visitor.back(parameters).headers["location"])
    #expect(await visitor.back(parameters).status == 400)
    setting.expectLine(unknown, without: parameters["state"] ?? "", "a used state")
    let thief = LoginTests.Visitor(gate: visitor.gate, provider: visitor.provider)
    #expect(await thief.open(arrival).status == 403)
    setting.expectLine("in another browser", without: arrival, "another browser's code")
    #expect(await visitor.open(arrival).status == 403)
    setting.expectLine("not good any more", without: arrival, "a used code")
    for request in ["", "x", String(repeating: "A", count: 4_000)] {
      #expect(await visitor.open("https://login.example.com/login?request=\(request)").status == 400)
      setting.expectLine("link cannot be read", without: request, "request")
    }
    for token in ["", "x", String(repeating: "A", count: 4_000)] {
      #expect(await visitor.open("https://login.example.com/confirm?token=\(token)").status == 403)
      setting.expectLine("a confirmation is none", without: token, "confirmation")
      #expect(await visitor.open("https://login.example.com/signed-out?state=\(token)").status == 400)
      setting.expectLine("a sign-out came back", without: token, "sign-out")
    }
  }

  @Test(
    "a provider that is down, or answers garbage, lets nobody in, and is a line",
    arguments: ["down", "token", "keys", ".well-known/openid-configuration"])
  func providers(_ name: String) async throws {
    let setting = try Setting()
    let visitor = setting.visitor
    let garbage = ProviderAnswer(status: 200, headers: Headers(), body: Array("<html>".utf8))
    let isDiscovery = name.hasPrefix(".")
    let parameters = isDiscovery ? [:] : try await visitor.toProvider()
    _ = setting.log.takeLines()
    visitor.provider.change { state in
      if name == "down" { state.isDown = true } else { state.answers["\(StandInProvider.issuer)/\(name)"] = garbage }
    }
    let answer: Answer
    if isDiscovery {
      let login = try #require(await visitor.open(Self.page).headers["location"])
      answer = await visitor.open(login)
    } else {
      answer = await visitor.back(parameters)
    }
    #expect(answer.status == 503)
    #expect(!visitor.cookieNames("login.example.com").contains(GateCookie.login))
    setting.expectLine(isDiscovery ? "a provider cannot be asked" : "a login was refused", without: "<html>", name)
  }

  @Test("what a proxy's own headers say twice, or a client says under the gate's names, is refused, and a line")
  func headers() async throws {
    let setting = try Setting()
    let gate = setting.visitor.gate
    let cookie = ("Cookie", try await gate.signIn())
    let attacks = [
      ("X-Forwarded-Host", "wiki.example.com", "came more than once"), ("x-forwarded-uri", "/", "came more than once"),
      ("X-FORWARDED-FOR", "203.0.113.9", "came more than once"),
      ("x_goog_authenticated_user_email", "eve", "read `_` for `-`"),
      ("X-Goog-IAP-Attr-Role", "admin", "the gate's own to send"),
      ("X-Goog-Authenticated-User-Name", "eve", "the gate's own to send"),
      ("x-goog-iap-generated-response", "true", "the gate's own to send"),
    ]
    for (name, value, words) in attacks {
      let answer = await gate.ask(headers: [cookie, (name, value)])
      #expect(answer.status == 403, "\(name)")
      setting.expectLine(words, without: "203.0.113.9", name)
    }
  }
}
