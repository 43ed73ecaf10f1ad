// The device flow (RFC 8628), and what becomes of tokens that are given back (RFC 7009) or asked about (RFC 7662).

import Testing

@testable import PosternService

@Suite("OAuth clients: devices, revocation, introspection")
struct DeviceTests {
  /// A device that has begun.
  private struct Begun {
    let device: String
    let user: String
    let complete: String

    init(_ tool: OAuthTool) async throws {
      let answer = await tool.post("/oauth/device_authorization", ["client_id": "box"])
      let document = try #require(JSON(answer.body))
      device = try #require(document["device_code"]?.text)
      user = try #require(document["user_code"]?.text)
      complete = try #require(document["verification_uri_complete"]?.text)
      #expect(document["verification_uri"]?.text == "https://login.example.com/device")
      #expect(document["interval"]?.int == 5)
      #expect(document["expires_in"]?.int == 600)
    }
  }

  private func poll(_ tool: OAuthTool, _ begun: Begun, client: String = "box") async -> Answer {
    await tool.post(
      "/oauth/token",
      ["grant_type": DeviceAuthorization.grantType, "device_code": begun.device, "client_id": client])
  }

  /// The two answers that the page offers.
  private func tokens(_ page: Answer) throws -> [String] {
    let text = String(decoding: page.body, as: UTF8.self)
    let parts = text.split(separator: "name=\"token\" value=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
    try #require(parts.count == 2)
    return parts
  }

  private func answer(_ tool: OAuthTool, _ token: String) async -> Answer {
    let cookie = tool.visitor.cookie(for: "\(OAuthTool.login)/")
    return await tool.post("/device", ["token": token], headers: [("Cookie", cookie)])
  }

  @Test("a device waits until its person, in any browser, says yes")
  func whole() async throws {
    let tool = try OAuthTool()
    let begun = try await Begun(tool)
    #expect(OAuthTool.error(await poll(tool, begun)) == "authorization_pending")
    let page = try await tool.signIn(from: await tool.visitor.open(begun.complete))
    #expect(page.status == 200)
    #expect(String(decoding: page.body, as: UTF8.self).contains(begun.user))
    #expect(await answer(tool, try tokens(page)[0]).status == 200)
    tool.clock.advance(seconds: 5)
    let tokens = try OAuthTool.Tokens(await poll(tool, begun))
    #expect(await tool.call(tokens.access).status == 200)
    #expect(OAuthTool.error(await poll(tool, begun)) == "expired_token", "a device code is used once")
  }

  @Test("a device whose person says no is told so")
  func denied() async throws {
    let tool = try OAuthTool()
    let begun = try await Begun(tool)
    let page = try await tool.signIn(from: await tool.visitor.open(begun.complete))
    #expect(await answer(tool, try tokens(page)[1]).status == 200)
    #expect(OAuthTool.error(await poll(tool, begun)) == "access_denied")
    #expect(await answer(tool, try tokens(page)[0]).status == 400, "what is answered is answered")
  }

  @Test("a device that polls too fast is told to slow down")
  func slowDown() async throws {
    let tool = try OAuthTool()
    let begun = try await Begun(tool)
    #expect(OAuthTool.error(await poll(tool, begun)) == "authorization_pending")
    tool.clock.advance(seconds: 4)
    #expect(OAuthTool.error(await poll(tool, begun)) == "slow_down")
    tool.clock.advance(seconds: 1)
    #expect(OAuthTool.error(await poll(tool, begun)) == "authorization_pending")
  }

  @Test("a device's code is over after ten minutes, and is no other client's")
  func ends() async throws {
    let tool = try OAuthTool()
    let begun = try await Begun(tool)
    #expect(OAuthTool.error(await poll(tool, begun, client: "reader")) == "invalid_grant")
    tool.clock.advance(seconds: 600)
    #expect(OAuthTool.error(await poll(tool, begun)) == "expired_token")
  }

  @Test("a login that the session length has passed is asked for anew before its person says yes")
  func staleLogin() async throws {
    let tool = try OAuthTool()
    _ = try await tool.code()
    tool.clock.advance(seconds: 16 * 3_600)
    let begun = try await Begun(tool)
    let page = try await tool.signIn(from: await tool.visitor.open(begun.complete))
    #expect(await answer(tool, try tokens(page)[0]).status == 200)
    #expect(await poll(tool, begun).status == 200)
  }

  @Test("one address begins thirty devices in ten minutes, and no more")
  func flood() async throws {
    let tool = try OAuthTool()
    for _ in 0..<30 { _ = try await Begun(tool) }
    #expect(OAuthTool.error(await tool.post("/oauth/device_authorization", ["client_id": "box"])) == "slow_down")
    tool.clock.advance(seconds: 600)
    _ = try await Begun(tool)
  }

  @Test("codes are not guessed: ten in ten minutes, then no more, whatever login")
  func guesses() async throws {
    let tool = try OAuthTool()
    _ = try await tool.code()
    for _ in 0..<10 {
      #expect(await tool.visitor.open("\(OAuthTool.login)/device?user_code=BBBB-BBBB").status == 200)
    }
    tool.visitor.forget("login.example.com")
    _ = try await tool.code()
    #expect(await tool.visitor.open("\(OAuthTool.login)/device?user_code=BBBB-BBBB").status == 429)
  }

  @Test("a yes of another browser grants nothing")
  func otherBrowser() async throws {
    let tool = try OAuthTool()
    let begun = try await Begun(tool)
    let page = try await tool.signIn(from: await tool.visitor.open(begun.complete))
    tool.visitor.forget("login.example.com")
    #expect(await answer(tool, try tokens(page)[0]).status == 400)
    #expect(OAuthTool.error(await poll(tool, begun)) == "authorization_pending")
  }

  @Test("a client that has not this flow cannot begin it")
  func flow() async throws {
    var files = OAuthTool.files
    files["clients.yaml"] = OAuthTool.reader.replacing("flows: [DEVICE]", with: "flows: [CODE]").replacing(
      "    scopes: [payroll.read]\n",
      with: "    scopes: [payroll.read]\n    redirectURIs: [\"https://box.example.com/\"]\n")
    let tool = try OAuthTool(files: files)
    let answer = await tool.post("/oauth/device_authorization", ["client_id": "box"])
    #expect(OAuthTool.error(answer) == "unauthorized_client")
  }

  private static func base64(_ text: String) -> String {
    let letters = Base64URL.text(Array(text.utf8)).replacing("-", with: "+").replacing("_", with: "/")
    return letters + String(repeating: "=", count: (4 - letters.count % 4) % 4)
  }

  // MARK: tokens that are given back, and asked about

  @Test("whichever token is given back, both are over; what is no token is no error", arguments: [true, false])
  func revocation(refresh: Bool) async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    #expect(await tool.call(first.access).status == 200)
    for token in ["x", refresh ? first.refresh : first.access] {
      #expect(await tool.post("/oauth/revoke", ["token": token, "client_id": "reader"]).status == 200)
    }
    #expect(await tool.call(first.access).status == 401)
    #expect(OAuthTool.error(await tool.refresh(first.refresh)) == "invalid_grant")
  }

  @Test("another client cannot give a token back")
  func revocationByAnother() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    for token in [first.refresh, first.access] {
      #expect(await tool.post("/oauth/revoke", ["token": token, "client_id": "sync"]).status == 200)
    }
    #expect(await tool.call(first.access).status == 200)
    #expect(await tool.refresh(first.refresh).status == 200)
  }

  @Test("who cannot prove who they are is not told about tokens")
  func introspection() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    let answer = await tool.post("/oauth/introspect", ["token": first.access, "client_id": "reader"])
    #expect(OAuthTool.error(answer) == "invalid_client")
    #expect(answer.status == 401)
  }

  @Test("a client with a secret proves it, in one way, and is told what a token is good for")
  func secret() async throws {
    let tool = try OAuthTool(
      LoginTests.Visitor(OAuthTool.files, secrets: ["sync": "a secret: +/%"]))
    let first = try await tool.tokens()
    let own = try await tool.issue(to: "sync")
    let basic = { (text: String) in ("Authorization", "Basic \(Self.base64(text))") }
    let right = basic("sync:a+secret%3A+%2B%2F%25")
    let form = ["token": own.access]
    for token in [own.access, own.refresh] {
      let document = JSON(await tool.post("/oauth/introspect", ["token": token], headers: [right]).body)
      #expect(document?["active"]?.bool == true)
      #expect(document?["client_id"]?.text == "sync")
    }
    for token in ["x", first.access, first.refresh] {
      let document = JSON(await tool.post("/oauth/introspect", ["token": token], headers: [right]).body)
      #expect(document == .object(["active": .bool(false)]), "of another client, or none")
    }
    for wrong in ["sync:", "sync:b", "sync", "reader:a+secret", "", "nobody:x"] {
      #expect(await tool.post("/oauth/introspect", form, headers: [basic(wrong)]).status == 401, "\(wrong)")
    }
    #expect(await tool.post("/oauth/introspect", ["token": own.access, "client_id": "sync"]).status == 401)
    let both = await tool.post("/oauth/introspect", ["token": own.access, "client_secret": "x"], headers: [right])
    #expect(OAuthTool.error(both) == "invalid_request")
  }
}
