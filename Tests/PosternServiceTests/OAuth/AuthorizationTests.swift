// Authorization code with PKCE, on loopback and elsewhere (RFC 6749, 4.1; RFC 7636; RFC 8252; RFC 9207): the whole way, and what is refused.

import Testing

@testable import PosternService

@Suite("OAuth clients: authorization")
struct AuthorizationTests {
  @Test("a tool gets a code for whoever logs in, tokens for the code, and reaches the apps of its client")
  func whole() async throws {
    let tool = try OAuthTool()
    let arrived = try await tool.consent(
      try await tool.signIn(from: await tool.visitor.open(tool.authorization())))
    let parameters = try OAuthTool.parameters(arrived)
    #expect(parameters["state"] == "s t")
    #expect(parameters["iss"] == OAuthTool.login)
    let tokens = try OAuthTool.Tokens(await tool.redeem(try #require(parameters["code"])))
    #expect(tokens.scope == "payroll.read notes.read mail.send")
    #expect(tokens.seconds == 600)
    let answer = await tool.call(tokens.access)
    #expect(answer.status == 200)
    #expect(answer.headers["x-goog-authenticated-user-email"] == "people:ann@example.com")
    #expect(await tool.call(tokens.access, "https://wiki.example.com/").status == 401, "another app")
  }

  @Test("an access token is over after its ten minutes")
  func end() async throws {
    let tool = try OAuthTool()
    let tokens = try await tool.tokens()
    tool.clock.advance(seconds: 599)
    #expect(await tool.call(tokens.access).status == 200)
    tool.clock.advance(seconds: 1)
    #expect(await tool.call(tokens.access).status == 401)
  }

  @Test("a client without a secret asks its person, who may say no, once")
  func consent() async throws {
    let tool = try OAuthTool()
    _ = try await tool.code()
    let address = "https://sync.example.org/cb?from=postern"
    let page = await tool.visitor.open(tool.authorization(["client_id": "sync", "redirect_uri": address]))
    let text = String(decoding: page.body, as: UTF8.self)
    #expect(text.contains("Sync &amp; Co asks for access") && text.contains("ann@example.com"))
    let denied = try await tool.consent(page, false)
    #expect(try OAuthTool.parameters(denied, at: "\(address)&")["error"] == "access_denied")
    #expect(try OAuthTool.parameters(try await tool.consent(page), at: "\(address)&")["code"] != nil)
    #expect(try await tool.consent(page).status == 400)
  }

  @Test("a client of ours that proves who it is asks nobody who is logged in")
  func secret() async throws {
    let tool = OAuthTool(try LoginTests.Visitor(OAuthTool.files, secrets: ["reader": "secret"]))
    let arrived = try await tool.signIn(from: await tool.visitor.open(tool.authorization()))
    #expect(try OAuthTool.parameters(arrived)["code"] != nil)
  }

  @Test("a consent that another browser was asked for grants nothing")
  func consentOfAnother() async throws {
    let tool = try OAuthTool()
    _ = try await tool.code()
    let page = await tool.visitor.open(tool.authorization())
    tool.visitor.forget("login.example.com")
    #expect(try await tool.consent(page).status == 400)
  }

  @Test("a login whose account the provider has refused, or that another has taken the place of, grants nothing")
  func refusedLogin() async throws {
    let tool = try OAuthTool()
    let code = try await tool.code()
    let origin = try await tool.originOfLatest()
    tool.clock.advance(seconds: 2)
    tool.visitor.provider.change { $0.answers["\(StandInProvider.issuer)/token"] = StandInProvider.refusedGrant }
    #expect(OAuthTool.error(await tool.redeem(code)) == "invalid_grant")
    #expect(try await tool.gate.store.login(for: origin)?.account.state == 2)
    let again = await tool.visitor.open(tool.authorization())
    #expect(again.headers["location"]?.hasPrefix("\(OAuthTool.login)/login?request=") == true)
  }

  @Test("a login that another has taken the place of grants nothing")
  func replacedLogin() async throws {
    let tool = try OAuthTool()
    _ = try await tool.code()
    let old = tool.visitor.cookie(for: "\(OAuthTool.login)/")
    tool.clock.advance(seconds: 60)
    _ = try await tool.signIn(from: await tool.visitor.open(tool.authorization(["prompt": "login"])))
    let answer = await tool.gate.ask(
      "GET", tool.authorization(), headers: TestClient.navigation + [("Cookie", old)], endpoint: "/answer")
    #expect(answer.headers["location"]?.hasPrefix("\(OAuthTool.login)/login?request=") == true)
  }

  @Test(
    "an address that the client does not list is told nothing",
    arguments: [
      "http://127.0.0.1:49152/callback/", "http://127.0.0.1:49152/callbackx", "http://127.0.0.1:49152/",
      "http://127.0.0.1:49152@evil.example/callback", "http://127.0.0.1.evil.example/callback",
      "http://127.0.0.1:99999/callback", "http://127.0.0.1:1:2/callback", "http://127.0.0.1:49152/callback#x",
      "http://localhost:49152/callback", "https://127.0.0.1/callback", "http://[::1]:49152/callback",
      "https://tool.example.com:8443/cb", "https://tool.example.com/cb/../x", "https://tool.example.com/cb?x=y",
      "https://tool.example.com.evil.example/cb", "HTTPS://tool.example.com/cb", "",
    ])
  func redirects(address: String) async throws {
    let tool = try OAuthTool()
    let answer = await tool.visitor.open(tool.authorization(["redirect_uri": address]))
    #expect(answer.status == 400)
    #expect(answer.headers["location"] == nil)
  }

  @Test(
    "on this machine the port is left open; elsewhere the address is the listed one",
    arguments: [
      "http://127.0.0.1/callback", "http://127.0.0.1:1/callback", "http://127.0.0.1:65535/callback",
      "https://tool.example.com/cb",
    ])
  func ports(address: String) async throws {
    let tool = try OAuthTool()
    let arrived = try await tool.consent(
      try await tool.signIn(from: await tool.visitor.open(tool.authorization(["redirect_uri": address]))))
    #expect(try OAuthTool.parameters(arrived, at: "\(address)?")["code"] != nil)
  }

  @Test(
    "what a client asks wrongly is told it at its own address",
    arguments: [
      (["response_type": "token"], "unsupported_response_type"), (["response_type": nil], "invalid_request"),
      (["code_challenge": nil], "invalid_request"),
      (["code_challenge_method": "plain"], "invalid_request"), (["code_challenge_method": nil], "invalid_request"),
      (["code_challenge": "short"], "invalid_request"), (["scope": "payroll.read admin.all"], "invalid_scope"),
      (["prompt": "none"], "login_required"), (["resource": "https://wiki.example.com/"], "invalid_target"),
      (["resource": "https://nowhere.example.com/"], "invalid_target"), (["resource": "payroll"], "invalid_target"),
    ] as [([String: String?], String)])
  func wrong(change: [String: String?], error: String) async throws {
    let tool = try OAuthTool()
    let parameters = try OAuthTool.parameters(await tool.visitor.open(tool.authorization(change)))
    #expect(parameters["error"] == error)
    #expect(parameters["state"] == "s t")
    #expect(parameters["code"] == nil)
  }

  @Test("a client that is unknown, or has not this flow, is told nothing", arguments: ["nobody", "box"])
  func unknown(client: String) async throws {
    let tool = try OAuthTool()
    #expect(await tool.visitor.open(tool.authorization(["client_id": client])).status == 400)
  }

  @Test(
    "a code is for its client, its address and its verifier",
    arguments: [
      (["code_verifier": SessionIdentifier().text], "invalid_grant"), (["code_verifier": nil], "invalid_request"),
      (["redirect_uri": "http://127.0.0.1:49153/callback"], "invalid_grant"), (["redirect_uri": nil], "invalid_grant"),
      (["client_id": "sync"], "invalid_grant"), (["client_id": "box"], "unauthorized_client"),
      (["client_id": "nobody"], "invalid_client"), (["client_id": nil], "invalid_client"),
      (["code": "x"], "invalid_grant"), (["code": SessionIdentifier().text], "invalid_grant"),
      (["grant_type": "password"], "unsupported_grant_type"), (["grant_type": nil], "invalid_request"),
      (["client_secret": "x"], "invalid_client"),
    ] as [([String: String?], String)])
  func codes(change: [String: String?], error: String) async throws {
    let tool = try OAuthTool()
    let answer = await tool.redeem(try await tool.code(), change)
    #expect(OAuthTool.error(answer) == error)
    #expect(answer.status == (error == "invalid_client" ? 401 : 400))
    #expect(answer.headers["cache-control"] == "no-store")
  }

  @Test("a code is good for a minute")
  func codeEnds() async throws {
    let tool = try OAuthTool()
    let code = try await tool.code()
    tool.clock.advance(seconds: 60)
    #expect(OAuthTool.error(await tool.redeem(code)) == "invalid_grant")
  }

  @Test("a code that comes twice ends the tokens that it was used for")
  func replay() async throws {
    let tool = try OAuthTool()
    let code = try await tool.code()
    let tokens = try OAuthTool.Tokens(await tool.redeem(code))
    #expect(await tool.call(tokens.access).status == 200)
    #expect(OAuthTool.error(await tool.redeem(code)) == "invalid_grant")
    #expect(await tool.call(tokens.access).status == 401)
    #expect(OAuthTool.error(await tool.refresh(tokens.refresh)) == "invalid_grant")
  }

  @Test("a login that the session length has passed is asked for anew: a grant of it would be over at once")
  func staleLogin() async throws {
    let tool = try OAuthTool()
    _ = try await tool.code()
    tool.clock.advance(seconds: 16 * 3_600)
    let answer = await tool.visitor.open(tool.authorization())
    #expect(answer.headers["location"]?.hasPrefix("\(OAuthTool.login)/login?request=") == true)
    #expect(try OAuthTool.parameters(try await tool.consent(try await tool.signIn(from: answer)))["code"] != nil)
  }

  @Test("whoever asks for a login by `prompt` gets one, once")
  func prompt() async throws {
    let tool = try OAuthTool()
    _ = try await tool.code()
    tool.clock.advance(seconds: 60)
    let asked = await tool.visitor.open(tool.authorization(["prompt": "login"]))
    let arrived = try await tool.consent(try await tool.signIn(from: asked))
    #expect(try OAuthTool.parameters(arrived)["code"] != nil)
  }

  @Test("the metadata names the issuer and every endpoint (RFC 8414)")
  func metadata() async throws {
    let tool = try OAuthTool()
    let answer = await tool.gate.ask(
      "GET", "\(OAuthTool.login)/.well-known/oauth-authorization-server", endpoint: "/answer")
    let document = try #require(JSON(answer.body))
    #expect(document["issuer"]?.text == OAuthTool.login)
    for name in ["authorization", "token", "device_authorization", "revocation", "introspection"] {
      #expect(document["\(name)_endpoint"]?.text?.hasPrefix("\(OAuthTool.login)/oauth/") == true, "\(name)")
    }
    #expect(document["code_challenge_methods_supported"]?.texts == ["S256"])
  }

  @Test(
    "what is no form is refused as RFC 6749 says",
    arguments: [
      ("application/json", "{}"), ("", "grant_type=refresh_token"), ("application/x-www-form-urlencoded", "a=%zz"),
      ("application/x-www-form-urlencoded", "client_id=reader&client_id=reader"),
      ("application/x-www-form-urlencoded", "a=%FF"), ("multipart/form-data; boundary=x", "--x--"),
    ])
  func forms(type: String, body: String) async throws {
    let tool = try OAuthTool()
    let headers = type.isEmpty ? [] : [("Content-Type", type)]
    let answer = await tool.gate.ask(
      "POST", "\(OAuthTool.login)/oauth/token", headers: headers, endpoint: "/answer", body: Array(body.utf8))
    #expect(answer.status == 400)
    #expect(OAuthTool.error(answer) == "invalid_request")
  }
}
