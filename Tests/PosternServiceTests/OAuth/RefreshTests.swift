// Refresh tokens: rotation, reuse, the limits of the policy at one second either side, and what ends them. The kernel's own table is tested
// where the kernel is; here it is asked through the gate.

import CPostern
import Testing

@testable import PosternService

@Suite("OAuth clients: refresh")
struct RefreshTests {
  @Test("a refresh gives another token, and the app is reached with it")
  func rotation() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    tool.clock.advance(seconds: 60)
    let second = try OAuthTool.Tokens(await tool.refresh(first.refresh))
    #expect(second.refresh != first.refresh)
    #expect(await tool.call(second.access).status == 200)
  }

  @Test("a token that comes again after its successor was used ends them all")
  func reuse() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    let second = try OAuthTool.Tokens(await tool.refresh(first.refresh))
    let third = try OAuthTool.Tokens(await tool.refresh(second.refresh))
    #expect(OAuthTool.error(await tool.refresh(first.refresh)) == "invalid_grant")
    #expect(OAuthTool.error(await tool.refresh(third.refresh)) == "invalid_grant")
    #expect(await tool.call(third.access).status == 401)
  }

  @Test("two hundred refreshes at once with one token are told one and the same successor")
  func parallel() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    let gate = tool.gate.gate
    let body = FormEncoding.form([
      ("grant_type", "refresh_token"), ("refresh_token", first.refresh), ("client_id", "reader"),
    ])
    let request = TestGate.listenerRequest(
      "POST", "\(OAuthTool.login)/oauth/token", headers: [("Content-Type", "application/x-www-form-urlencoded")],
      .caddy, endpoint: "/answer", body: Array(body.utf8))
    let answers = await withTaskGroup(of: Answer.self) { group in
      for _ in 0..<200 {
        group.addTask {
          switch ProxyResponder(gate: gate, dialect: .caddy).respond(request) {
          case .now(let answer): answer
          case .later(let work): await work()
          }
        }
      }
      return await group.reduce(into: [Answer]()) { $0.append($1) }
    }
    let successors = Set(try answers.map { try OAuthTool.Tokens($0).refresh })
    #expect(answers.count == 200)
    #expect(successors.count == 1)
    let next = try OAuthTool.Tokens(await tool.refresh(try #require(successors.first)))
    #expect(await tool.call(next.access).status == 200)
  }

  @Test("a holder who never got the answer gets another token; the one that was lost is then a copy")
  func lost() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    let lost = try OAuthTool.Tokens(await tool.refresh(first.refresh))
    tool.clock.advance(seconds: 3_600)
    let again = try OAuthTool.Tokens(await tool.refresh(first.refresh))
    #expect(again.refresh != lost.refresh)
    let next = try OAuthTool.Tokens(await tool.refresh(again.refresh))
    #expect(OAuthTool.error(await tool.refresh(lost.refresh)) == "invalid_grant")
    #expect(OAuthTool.error(await tool.refresh(next.refresh)) == "invalid_grant", "somebody has a copy")
  }

  @Test(
    "a second before the session length a token is refreshed, for a second; at it a tool of ours is sent to re-authenticate"
  )
  func sessionLength() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    tool.clock.advance(seconds: 16 * 3_600 - 1)
    let last = try OAuthTool.Tokens(await tool.refresh(first.refresh))
    #expect(last.seconds == 1)
    #expect(await tool.call(last.access).status == 200)
    tool.clock.advance(seconds: 1)
    #expect(await tool.call(last.access).status == 401)
    let refused = await tool.refresh(last.refresh)
    #expect(refused.status == 400)
    let document = try #require(JSON(refused.body))
    #expect(document["error"]?.text == "invalid_grant")
    #expect(document["error_subtype"]?.text == "rapt_required")
    #expect(document["reauthentication_method"]?.text == "password")
  }

  @Test("whoever re-authenticates goes on with the token that they have")
  func reauthentication() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    tool.clock.advance(seconds: 16 * 3_600)
    let url = try #require(JSON(await tool.refresh(first.refresh).body)?["reauthentication_uri"]?.text)
    tool.clock.advance(seconds: 5)
    let page = try await tool.signIn(from: await tool.visitor.open(url))
    #expect(String(decoding: page.body, as: UTF8.self).contains("Let Payroll reader go on?"))
    #expect(OAuthTool.error(await tool.refresh(first.refresh)) == "invalid_grant", "a link alone is no answer")
    let token = try #require(OAuthTool.formTokens(page).first)
    #expect(await tool.submit("/oauth/reauthenticate", token).status == 200)
    let again = try OAuthTool.Tokens(await tool.refresh(first.refresh))
    #expect(await tool.call(again.access).status == 200)
  }

  @Test("whoever re-authenticates is known as what their provider says of them now")
  func newPerson() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    #expect(await tool.call(first.access).status == 200)
    tool.clock.advance(seconds: 16 * 3_600)
    let url = try #require(JSON(await tool.refresh(first.refresh).body)?["reauthentication_uri"]?.text)
    tool.visitor.provider.change { $0.claims = ["email": .text("ann.new@example.com")] }
    let page = try await tool.signIn(from: await tool.visitor.open(url))
    #expect(await tool.submit("/oauth/reauthenticate", try #require(OAuthTool.formTokens(page).first)).status == 200)
    let again = try OAuthTool.Tokens(await tool.refresh(first.refresh))
    #expect(await tool.call(again.access).status == 403, "the binding is for the address that she had")
  }

  @Test("a session of the list that is revoked ends its grant")
  func session() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    let logins = try await tool.gate.store.logins(from: nil, count: 10).logins
    let session = try #require(logins.first { $0.login.client == "reader" }?.sessions.first)
    tool.clock.advance(seconds: 1)
    try await tool.gate.gate.revoke(.session(session.key))
    #expect(await tool.call(first.access).status == 401)
    #expect(OAuthTool.error(await tool.refresh(first.refresh)) == "invalid_grant")
  }

  @Test("an access token is no assertion, and no assertion is an access token; the app hears client and scopes")
  func confusion() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens(["scope": "notes.read"])
    let answer = await tool.call(first.access)
    let assertion = try #require(answer.headers["x-goog-iap-jwt-assertion"])
    let claims = try #require(Base64URL.bytes(assertion.split(separator: ".")[1]).flatMap(JSON.init))
    #expect(claims["client_id"]?.text == "reader")
    #expect(claims["scope"]?.text == "notes.read")
    #expect(await tool.call(assertion).status == 401)
    #expect(TokenHead(first.access)?.type == "at+jwt")
    #expect(TokenHead(assertion)?.type == "JWT")
  }

  @Test("a login from before, or another person's, is no re-authentication")
  func otherReauthentication() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    tool.clock.advance(seconds: 16 * 3_600)
    let url = try #require(JSON(await tool.refresh(first.refresh).body)?["reauthentication_uri"]?.text)
    let toLogin = await tool.visitor.open(url)
    #expect(toLogin.headers["location"]?.hasPrefix("\(OAuthTool.login)/login?") == true, "the old login does not do")
    tool.visitor.provider.change { $0.claims = ["sub": .text("bob"), "email": .text("bob@example.com")] }
    #expect(try await tool.signIn(from: toLogin).status == 403)
    #expect(OAuthTool.error(await tool.refresh(first.refresh)) == "invalid_grant")
  }

  @Test("a third party's token is refused at the session length, with `invalid_rapt`")
  func thirdParty() async throws {
    let tool = try OAuthTool()
    _ = try await tool.code()
    let first = try await tool.issue(to: "sync")
    tool.clock.advance(seconds: 16 * 3_600 - 1)
    let last = try OAuthTool.Tokens(await tool.refresh(first.refresh, ["client_id": "sync"]))
    tool.clock.advance(seconds: 1)
    let document = try #require(JSON(await tool.refresh(last.refresh, ["client_id": "sync"]).body))
    #expect(document["error"]?.text == "invalid_grant")
    #expect(document["error_subtype"]?.text == "invalid_rapt")
    #expect(document["reauthentication_uri"] == nil)
  }

  @Test("a grant without a scope that the policy binds is not bounded by the session length")
  func unbound() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens(["scope": "notes.read"])
    tool.clock.advance(seconds: 100 * 86_400)
    #expect(try OAuthTool.Tokens(await tool.refresh(first.refresh)).scope == "notes.read")
  }

  @Test("asking for fewer scopes unbinds nothing, and more than was granted is refused")
  func scopes() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens(["scope": "payroll.read notes.read"])
    let second = try OAuthTool.Tokens(await tool.refresh(first.refresh, ["scope": "notes.read"]))
    #expect(second.scope == "notes.read")
    #expect(OAuthTool.error(await tool.refresh(second.refresh, ["scope": "mail.send"])) == "invalid_scope")
    tool.clock.advance(seconds: 16 * 3_600)
    #expect(OAuthTool.error(await tool.refresh(second.refresh, ["scope": "notes.read"])) == "invalid_grant")
  }

  @Test("a token that is not used for half a year is over")
  func unused() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens(["scope": "notes.read"])
    tool.clock.advance(seconds: 180 * 86_400 - 1)
    let second = try OAuthTool.Tokens(await tool.refresh(first.refresh))
    tool.clock.advance(seconds: 180 * 86_400)
    #expect(OAuthTool.error(await tool.refresh(second.refresh)) == "invalid_grant")
  }

  @Test("of more tokens than a person may have for a client, the oldest end")
  func liveTokens() async throws {
    let tool = try OAuthTool()
    var all: [OAuthTool.Tokens] = []
    for _ in 0..<4 {
      tool.clock.advance(seconds: 1)
      let answer = await tool.visitor.open(tool.authorization())
      let arrived = try await tool.consent(all.isEmpty ? try await tool.signIn(from: answer) : answer)
      let code = try #require(try OAuthTool.parameters(arrived)["code"])
      all.append(try OAuthTool.Tokens(await tool.redeem(code)))
    }
    #expect(OAuthTool.error(await tool.refresh(all[0].refresh)) == "invalid_grant")
    #expect(await tool.call(all[0].access).status == 401)
    for tokens in all.dropFirst() { #expect(await tool.refresh(tokens.refresh).status == 200) }
  }

  @Test(
    "an account that the provider refuses ends the grant",
    arguments: ["payroll.read", "mail.send"])
  func account(scope: String) async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens(["scope": scope])
    tool.clock.advance(seconds: 60)
    tool.visitor.provider.change { $0.answers["\(StandInProvider.issuer)/token"] = StandInProvider.refusedGrant }
    #expect(OAuthTool.error(await tool.refresh(first.refresh)) == "invalid_grant")
    #expect(await tool.call(first.access).status == 401)
  }

  @Test("a provider that does not answer keeps nobody's tool out")
  func silence() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    tool.clock.advance(seconds: 60)
    tool.visitor.provider.change { $0.isDown = true }
    #expect(await tool.refresh(first.refresh).status == 200)
  }

  @Test(
    "a credential that has changed ends the grants that hold a scope which a password change ends, and no others",
    arguments: [("mail.send", 400), ("notes.read", 200)])
  func passwordChange(scope: String, status: Int) async throws {
    let tool = try OAuthTool()
    tool.visitor.provider.change { $0.withoutRefreshTokens = true }
    let first = try await tool.tokens(["scope": scope])
    tool.clock.advance(seconds: 60)
    let other = JSON.object(["sub": .text("somebody else")])
    tool.visitor.provider.change {
      $0.answers["\(StandInProvider.issuer)/userinfo"] = ProviderAnswer(
        status: 200, headers: Headers(), body: other.bytes)
    }
    #expect(await tool.refresh(first.refresh).status == status)
  }

  @Test("a provider without refresh tokens whose access token is over keeps nobody's tool out")
  func userInfoOver() async throws {
    let tool = try OAuthTool()
    tool.visitor.provider.change { $0.withoutRefreshTokens = true }
    let first = try await tool.tokens()
    tool.clock.advance(seconds: 3_600)
    tool.visitor.provider.change {
      $0.answers["\(StandInProvider.issuer)/userinfo"] = ProviderAnswer(status: 401, headers: Headers(), body: [])
    }
    #expect(await tool.refresh(first.refresh).status == 200)
  }

  @Test(
    "what ends a person, a tenant's all, a client or everyone ends their tokens",
    arguments: [
      Revocation.person(provider: "people", subject: "ann", tenant: nil), .client("reader"), .everyone,
    ])
  func revocations(revocation: Revocation) async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    #expect(await tool.call(first.access).status == 200)
    tool.clock.advance(seconds: 1)
    try await tool.gate.gate.revoke(revocation)
    #expect(await tool.call(first.access).status == 401)
    #expect(OAuthTool.error(await tool.refresh(first.refresh)) == "invalid_grant")
  }

  @Test("signing out of the browser leaves the tool signed in")
  func browser() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    let login = try #require(try await tool.gate.store.login(for: try await tool.originOfLatest())?.login)
    tool.clock.advance(seconds: 1)
    try await tool.gate.gate.revoke(.browser(login.browser))
    #expect(await tool.refresh(first.refresh).status == 200)
  }

  @Test(
    "tokens that are no tokens of the client's are refused alike",
    arguments: [
      "", "x", SessionIdentifier().text, "\(SessionIdentifier().text).\(SessionIdentifier().text)",
      String(repeating: "a", count: 60_000),
    ])
  func hostile(token: String) async throws {
    let tool = try OAuthTool()
    let answer = await tool.refresh(token)
    #expect(answer.status == 400)
    #expect(OAuthTool.error(answer) == "invalid_grant")
  }

  @Test("another client's refresh token is nobody's, and stays good for its own")
  func otherClient() async throws {
    let tool = try OAuthTool()
    let first = try await tool.tokens()
    #expect(OAuthTool.error(await tool.refresh(first.refresh, ["client_id": "sync"])) == "invalid_grant")
    #expect(await tool.refresh(first.refresh).status == 200)
  }
}

extension OAuthTool {
  /// Tokens for another client, of whoever is logged in.
  func issue(to id: String) async throws -> Tokens {
    let granting = Gate.Granting(
      client: id, scopes: ["payroll.read"], origin: try await originOfLatest(), grantedAt: clock.now)
    let client = try #require(gate.gate.policy.oauthClient(id))
    return try Tokens(
      try await gate.gate.issue(granting, to: client, as: SessionIdentifier(), resource: nil))
  }

  /// The browser's login of the newest grant.
  func originOfLatest() async throws -> SessionKey {
    let page = try await gate.store.logins(from: nil, count: 100)
    return try #require(
      page.logins.filter { $0.login.client == nil }.max { $0.login.authenticatedAt < $1.login.authenticatedAt }
    ).key
  }
}
