// Whatever somebody tries at the authorization server: the error of RFC 6749 that it is, nothing that would help them to try better, and one
// line in the log, without what they sent.

import NIOCore
import NIOEmbedded
import Testing

@testable import PosternService

@Suite("Refusals of OAuth clients")
struct RefusalTests {
  /// Tokens as long as this reach no store; their letters are those of real ones.
  private static let long = String(repeating: "aB3_", count: 25_600)

  /// One thing that somebody tries, and what it is called.
  struct Attack: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let error: String
    let tried: @Sendable (OAuthTool) async throws -> Answer

    init(_ name: String, _ error: String, _ tried: @escaping @Sendable (OAuthTool) async throws -> Answer) {
      testDescription = name
      self.error = error
      self.tried = tried
    }

    /// A form of the client with a secret that holds no token yet.
    init(_ name: String, _ error: String, at path: String = "/oauth/token", _ form: [String: String]) {
      self.init(name, error) { tool in
        await tool.post(path, ["client_id": "reader", "client_secret": "secret"].merging(form) { $1 })
      }
    }
  }

  private static func basic(_ text: String) -> [(String, String)] {
    let letters = Base64URL.text(Array(text.utf8)).replacing("-", with: "+").replacing("_", with: "/")
    return [("Authorization", "Basic \(letters)\(String(repeating: "=", count: (4 - letters.count % 4) % 4))")]
  }

  private static let formType = "application/x-www-form-urlencoded"

  private static func sent(_ body: String, as type: String?, _ tool: OAuthTool) async -> Answer {
    await tool.gate.ask(
      "POST", "\(OAuthTool.login)/oauth/token", headers: type.map { [("Content-Type", $0)] } ?? [],
      endpoint: "/answer", body: Array(body.utf8))
  }

  private static let deviceGrant = DeviceAuthorization.grantType

  static let attacks = [
    Attack("no client of that id", "invalid_client", ["client_id": "nobody"]),
    Attack("a wrong secret", "invalid_client", ["client_secret": "sesame"]),
    Attack("a secret that begins right", "invalid_client", ["client_secret": "secre"]),
    Attack("no secret", "invalid_client") { await $0.post("/oauth/token", ["client_id": "reader"]) },
    Attack("the name and secret of another way, wrong", "invalid_client") {
      await $0.post("/oauth/token", [:], headers: basic("reader:sesame"))
    },
    Attack("a secret sent in two ways", "invalid_request") {
      await $0.post("/oauth/token", ["client_secret": "secret"], headers: basic("reader:secret"))
    },
    Attack("a grant that there is not", "unsupported_grant_type", ["grant_type": "password", "username": "ann"]),
    Attack("no grant at all", "invalid_request", [:]),
    Attack("a code that was never issued", "invalid_grant") { await $0.redeem("guess", ["client_secret": "secret"]) },
    Attack("another's verifier", "invalid_grant") { tool in
      let code = try await tool.secretCode()
      return await tool.redeem(code, ["client_secret": "secret", "code_verifier": SessionIdentifier().text])
    },
    Attack("another address of redirection", "invalid_grant") { tool in
      let code = try await tool.secretCode()
      return await tool.redeem(
        code, ["client_secret": "secret", "redirect_uri": "http://127.0.0.1:49152/callback/../evil"])
    },
    Attack("a code for the second time", "invalid_grant") { tool in
      let code = try await tool.secretCode()
      _ = await tool.redeem(code, ["client_secret": "secret"])
      return await tool.redeem(code, ["client_secret": "secret"])
    },
    Attack("a scope more at a refresh", "invalid_scope") { tool in
      let tokens = try OAuthTool.Tokens(
        await tool.redeem(try await tool.secretCode(["scope": "notes.read"]), ["client_secret": "secret"]))
      return await tool.refresh(tokens.refresh, ["client_secret": "secret", "scope": "notes.read payroll.read"])
    },
    // Codes that are over are forgotten, so that they are no other than those that never were (RFC 8628, 3.5).
    Attack("a guessed device code", "expired_token") { tool in
      await tool.post(
        "/oauth/token", ["grant_type": deviceGrant, "client_id": "box", "device_code": SessionIdentifier().text])
    },
    Attack("a refresh token of 100 kB", "invalid_grant", ["grant_type": "refresh_token", "refresh_token": long]),
    Attack("two parts of 50 kB", "invalid_grant") { tool in
      let half = long.prefix(51_200)
      return await tool.refresh("\(half).\(half)", ["client_secret": "secret"])
    },
    Attack("a code of 100 kB", "invalid_grant") { await $0.redeem(long, ["client_secret": "secret"]) },
    Attack("a verifier of 100 kB", "invalid_grant") { tool in
      await tool.redeem(try await tool.secretCode(), ["client_secret": "secret", "code_verifier": long])
    },
    Attack("a device code of 100 kB", "expired_token") { tool in
      await tool.post("/oauth/token", ["grant_type": deviceGrant, "client_id": "box", "device_code": long])
    },
    Attack("a client's id of 100 kB", "invalid_client", ["client_id": long]),
    Attack("a secret of 100 kB", "invalid_client", ["client_secret": long]),
    Attack("credentials of 100 kB", "invalid_client") {
      await $0.post("/oauth/token", [:], headers: basic("reader:\(long)"))
    },
    Attack("a scope of 100 kB for a device", "invalid_scope") {
      await $0.post("/oauth/device_authorization", ["client_id": "box", "scope": long])
    },
    Attack("a question of a client that proves nothing", "invalid_client") {
      await $0.post("/oauth/introspect", ["client_id": "box", "token": "x"])
    },
    Attack("a body in JSON", "invalid_request") { await sent("{}", as: "application/json", $0) },
    Attack("a body that says not what it is", "invalid_request") { await sent("client_id=reader", as: nil, $0) },
    Attack("a form that is none", "invalid_request") { await sent("a=%zz", as: formType, $0) },
    Attack("a field twice", "invalid_request") { await sent("client_id=reader&client_id=reader", as: formType, $0) },
    Attack("nothing given back", "invalid_request", at: "/oauth/revoke", [:]),
  ]

  /// A token of an issuer that nobody here has anything to do with.
  private static let foreign = ["{\"alg\":\"ES256\"}", "{\"iss\":\"https://evil.example\"}", "x"]
    .map { Base64URL.text(Array($0.utf8)) }.joined(separator: ".")

  private static let secrets = ["reader": "secret"]

  @Test("each is the error that RFC 6749 has for it, says no more, and writes one line", arguments: attacks)
  func attack(_ attack: Attack) async throws {
    let log = RecordedLog()
    let tool = OAuthTool(try LoginTests.Visitor(OAuthTool.files, secrets: Self.secrets, log: log.logger))
    let answer = try await attack.tried(tool)
    #expect(OAuthTool.error(answer) == attack.error)
    #expect(answer.status == (attack.error == "invalid_client" ? 401 : 400))
    try expectNothing(in: answer, error: attack.error)
    let lines = log.takeLines()
    #expect(lines.count == 1, "\(lines)")
    #expect(lines.allSatisfy { $0.contains("error=\(attack.error)") && $0.utf8.count < 200 }, "\(lines)")
    #expect(lines.allSatisfy { !$0.contains("secre") && !$0.contains("sesame") }, "\(lines)")
  }

  /// What a refusal may say: the error, and a sentence for whoever writes the client.
  private func expectNothing(in answer: Answer, error: String) throws {
    let document = try #require(JSON(answer.body))
    guard case .object(let members) = document else {
      Issue.record("\(document)")
      return
    }
    #expect(Set(members.keys).isSubset(of: ["error", "error_description"]))
    #expect((members["error_description"]?.text ?? "").utf8.count < 100)
    #expect(answer.headers["x-postern-reason"] == error)
    #expect(answer.headers["cache-control"] == "no-store")
  }

  @Test(
    "a wrong token or code, and a wrong client, say the same whatever is wrong with them",
    arguments: ["invalid_grant", "invalid_client"])
  func alike(error: String) async throws {
    var bodies: Set<[UInt8]> = []
    for attack in Self.attacks where attack.error == error {
      let tool = OAuthTool(try LoginTests.Visitor(OAuthTool.files, secrets: Self.secrets))
      bodies.insert(try await attack.tried(tool).body)
    }
    #expect(bodies.count == 1)
  }

  @Test(
    "an authorization that is refused here writes one line, and sends nobody anywhere",
    arguments: [
      ["client_id": "nobody"], ["redirect_uri": "https://tool.example.com/cb.evil"],
      ["redirect_uri": "https://tool.example.com:8443/cb"], ["redirect_uri": "https://tool.example.com/cb/../evil"],
      ["redirect_uri": "http://127.0.0.1.evil.example/callback"], ["redirect_uri": RefusalTests.long],
    ])
  func authorization(_ change: [String: String?]) async throws {
    let log = RecordedLog()
    let tool = OAuthTool(try LoginTests.Visitor(OAuthTool.files, log: log.logger))
    let answer = await tool.visitor.open(tool.authorization(change))
    #expect(answer.status == 400)
    #expect(answer.headers["location"] == nil)
    let lines = log.takeLines()
    #expect(lines.count == 1 && lines[0].utf8.count < 200, "\(lines)")
  }

  @Test("a code of a device that is guessed is one line; the person whose guesses are used up, too")
  func guessed() async throws {
    let log = RecordedLog()
    let tool = OAuthTool(try LoginTests.Visitor(OAuthTool.files, log: log.logger))
    _ = try await tool.code()
    for count in 1...DeviceAuthorization.guessLimit + 1 {
      _ = await tool.visitor.open("\(OAuthTool.login)/device?user_code=BBBB-BBBB")
      let reason = count > DeviceAuthorization.guessLimit ? "tooManyGuesses" : "wrongDeviceCode"
      #expect(log.takeLines() == ["info: a device's code was refused reason=\(reason)"])
    }
  }

  @Test("an answer of another issuer than was asked is one line, and no login")
  func mixedUp() async throws {
    let log = RecordedLog()
    let tool = OAuthTool(try LoginTests.Visitor(OAuthTool.files, log: log.logger))
    let parameters = try await tool.visitor.toProvider()
    #expect(await tool.visitor.back(parameters, change: ["iss": "https://evil.example"]).status == 403)
    #expect(log.takeLines().count == 1)
  }

  @Test(
    "an access token of 100 kB, or of nobody, is one line at an app, and no access",
    arguments: [long, "x.\(long)", "a.b.c", foreign])
  func bearer(_ token: String) async throws {
    let log = RecordedLog()
    let tool = OAuthTool(try LoginTests.Visitor(OAuthTool.files, log: log.logger))
    let answer = await tool.gate.ask(headers: [("Proxy-Authorization", "Bearer \(token)")])
    #expect(answer.status == 401)
    #expect(answer.headers["www-authenticate"]?.contains("error=\"invalid_token\"") == true)
    let lines = log.takeLines()
    #expect(lines.count == 1 && lines[0].utf8.count < 200, "\(lines)")
  }

  @Test("what is given back, or asked about, and is no token of 100 kB, is no error and not active")
  func noToken() async throws {
    let tool = OAuthTool(try LoginTests.Visitor(OAuthTool.files, secrets: Self.secrets))
    let form = ["client_id": "reader", "client_secret": "secret", "token": Self.long]
    #expect(await tool.post("/oauth/revoke", form).status == 200)
    let asked = await tool.post("/oauth/introspect", form)
    #expect(asked.status == 200 && JSON(asked.body) == .object(["active": .bool(false)]))
  }

  @Test("a body beyond 64 kB is `invalid_request` to a client, and a 413 to anybody else; one line each")
  func wholeBody() async throws {
    for (target, status, error) in [("/oauth/token", "400", "invalid_request"), ("/logout/people", "413", nil)] {
      let log = RecordedLog()
      let tool = OAuthTool(try LoginTests.Visitor(OAuthTool.files, log: log.logger))
      let channel = NIOAsyncTestingChannel()
      let responder = ProxyResponder(gate: tool.gate.gate, dialect: .caddy)
      try await channel.testingEventLoop.executeInContext { try HTTPServer.setUp(channel, responder, RepeatTable()) }
      try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/gate.sock"))
      let body = "grant_type=refresh_token&client_id=reader&refresh_token=\(Self.long)"
      let request = TestGate.listenerRequest(
        "POST", "\(OAuthTool.login)\(target)",
        headers: [
          ("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "\(body.utf8.count)"),
        ], .caddy, endpoint: "/answer")
      try await channel.writeInbound(ByteBuffer(string: "POST /answer HTTP/1.1\r\n\(request.headers.lines)\r\n\(body)"))
      let answer = String(buffer: try await channel.waitForOutboundWrite(as: ByteBuffer.self))
      #expect(answer.hasPrefix("HTTP/1.1 \(status)"))
      #expect(error == nil || answer.contains("{\"error\":\"\(error ?? "")\""))
      #expect(log.takeLines().count == 1)
    }
  }
}

extension OAuthTool {
  /// A code of the client with a secret, which asks nobody.
  fileprivate func secretCode(_ change: [String: String?] = [:]) async throws -> String {
    let arrived = try await signIn(from: await visitor.open(authorization(change)))
    return try #require(try Self.parameters(arrived)["code"])
  }
}
