// `postern logout`: over here in any case, and at the server where it can be asked.

import Testing

@Suite("logout")
struct LogoutTests {
  let world: LoginWorld

  init() throws { world = try LoginWorld() }

  private var server: StandInServer { world.server }

  @Test("the refresh token is revoked at the server and forgotten here")
  func logsOut() throws {
    try world.logIn()
    #expect(
      try world.run("logout")
        == Outcome(status: 0, output: "logged out of \(server.issuer) as the client postern-cli\n", errors: ""))
    #expect(
      server.requests("/revoke").map(\.fields)
        == [["token": "refresh-1", "token_type_hint": "refresh_token", "client_id": "postern-cli"]])
    #expect(!world.kept.contains("refresh-1") && !world.kept.contains("access-1"))
    #expect(try world.run("token").status == 4)
  }

  @Test("a server that cannot be asked, or refuses, is said: over here it is all the same", arguments: [true, false])
  func unreachable(_ isThere: Bool) throws {
    try world.logIn()
    server.change {
      let reply = StandInServer.Reply(status: 503, body: "")
      $0.replies[isThere ? "/revoke" : "/.well-known/oauth-authorization-server"] = [reply]
    }
    let outcome = try world.run("logout")
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.hasPrefix(
        "error: logged out on this machine alone, for the issuer did not end the refresh token: "))
    #expect(!outcome.errors.contains("refresh-1") && !world.kept.contains("refresh-1"))
  }

  @Test("a server that is gone does not keep the tokens here")
  func gone() throws {
    try world.logIn()
    let kept = world.kept.replacing(server.issuer, with: "http://127.0.0.1:1")
    try world.scratch.write(kept, to: "config/postern/tokens.json")
    let outcome = try world.run("logout")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("connection refused"))
    #expect(!world.kept.contains("refresh-1"))
  }

  @Test("the login that is left is meant afterwards")
  func left() throws {
    try world.logIn()
    #expect(try world.run("login", "--client", "other").status == 0)
    #expect(try world.run("logout").output.hasSuffix("as the client other\n"))
    #expect(try world.run("token").output == "access-1\n")
  }

  @Test("after the last logout the issuer is remembered")
  func remembered() throws {
    try world.logIn()
    #expect(try world.run("logout").status == 0)
    #expect(try world.run("login").output == "logged in at \(server.issuer) as the client postern-cli\n")
  }

  @Test("nobody is logged in: there is nothing to end")
  func nobody() throws {
    let outcome = try world.run("logout")
    #expect(outcome.status == 4)
    #expect(outcome.errors.hasPrefix("error: nobody is logged in: "))
  }
}
