// `postern login` through a browser of this machine, against a stand-in server: what is asked, what is kept, and what is refused.

import Foundation
import Synchronization
import Testing

@Suite("login")
struct LoginTests {
  let world: LoginWorld

  init() throws { world = try LoginWorld() }

  private var server: StandInServer { world.server }

  private func login(_ arguments: String...) throws -> Outcome {
    try world.command(["login", "--issuer", server.issuer] + arguments).run()
  }

  // MARK: the code flow

  @Test("a login through the browser ends with tokens that are kept")
  func codeFlow() throws {
    let outcome = try login()
    #expect(outcome.status == 0)
    #expect(outcome.output == "logged in at \(server.issuer) as the client postern-cli\n")
    #expect(world.kept.contains(#""refreshToken": "refresh-1""#))
    #expect(try world.run("token") == Outcome(status: 0, output: "access-1\n", errors: ""))
  }

  @Test("the address is printed, and is the one that the browser opens")
  func printedAddress() throws {
    let outcome = try login()
    let opened = try #require(world.opened.first)
    #expect(opened.hasPrefix("\(server.issuer)/authorize?response_type=code&client_id=postern-cli&redirect_uri="))
    #expect(outcome.errors.contains("\n  \(opened)\n"))
  }

  @Test("the page that the browser ends at says that it may be closed")
  func page() throws {
    _ = try login()
    #expect(try world.page().contains("You may close this window"))
  }

  @Test("the browser inherits nothing: it outlives the command, and would keep its port open")
  func descriptors() throws {
    #expect(try login().status == 0)
    let listing = String(decoding: try world.scratch.bytes("descriptors"), as: UTF8.self)
    #expect(listing.contains("/dev/null") && listing.contains("/xdg-open"))
    #expect(!listing.contains("socket:") && !listing.contains("anon_inode:") && !listing.contains("pipe:"))
  }

  @Test("each login has a state, a proof and a code of its own, and names its loopback redirect")
  func request() throws {
    for _ in 0..<2 { _ = try login("--client", "payroll-cli", "--scope", "a", "--scope", "b") }
    let asked = server.requests("/authorize").map(\.fields)
    #expect(asked.map { $0["scope"] } == ["a b", "a b"])
    #expect(asked.allSatisfy { $0["redirect_uri"]?.contains(/^http:\/\/127\.0\.0\.1:\d+\/callback$/) == true })
    for name in ["state", "code_challenge"] { #expect(Set(asked.map { $0[name] }).count == 2) }
    #expect(asked.allSatisfy { $0["state"]?.utf8.count == 43 && $0["code_challenge"]?.utf8.count == 43 })
  }

  @Test("an answer with another state is not used")
  func wrongState() throws {
    server.change { $0.brought = [["state": "another"]] }
    let outcome = try login("--wait", "5")
    #expect(outcome.status == 4)
    #expect(outcome.errors.contains("error: nobody has logged in within 5 seconds: run `postern login` again"))
    #expect(try world.page().contains("This is no answer to the login that waits here"))
    #expect(server.requests("/token").isEmpty)
  }

  @Test("an answer with another state does not end the login that waits")
  func wrongStateFirst() throws {
    server.change { $0.brought = [["state": "another"], [:]] }
    try world.scratch.write(
      "#!/bin/sh\nfor _ in 1 2; do curl --silent --location \"$1\"; done\n", to: "bin/xdg-open")
    #expect(try login().status == 0)
    #expect(server.requests("/token").map { $0.fields["code"] } == ["code-1"])
  }

  @Test(
    "an answer of another issuer, or of none, is not used", arguments: ["https://login.example.com", nil])
  func wrongIssuer(_ issuer: String?) throws {
    server.change { $0.brought = [["iss": issuer]] }
    let outcome = try login()
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("error: the answer to the login is not of \(server.issuer), which was asked"))
    #expect(server.requests("/token").isEmpty)
  }

  @Test("a server that does not name itself in answers may leave itself out")
  func issuerNotNamed() throws {
    server.change {
      $0.metadata["authorization_response_iss_parameter_supported"] = .some(nil)
      $0.brought = [["iss": nil]]
    }
    #expect(try login().status == 0)
  }

  @Test("a login that the person refuses says so on the terminal and in the browser")
  func refusedByPerson() throws {
    server.change { $0.brought = [["code": nil, "error": "access_denied", "error_description": "no%1B%5B2J"]] }
    let outcome = try login()
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasSuffix("error: \(server.issuer) refuses the login: access_denied (no?[2J)\n"))
    #expect(try world.page().contains("The login was refused"))
  }

  @Test("a code that the server refuses is said, and nothing is kept")
  func refusedCode() throws {
    server.change { $0.replies["/token"] = [.refusal("invalid_grant")] }
    let outcome = try login()
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasSuffix("error: \(server.issuer) refuses the login: invalid_grant\n"))
    #expect(world.kept == "")
  }

  @Test("a login without a refresh token is none")
  func noRefreshToken() throws {
    server.change { $0.replies["/token"] = [.init(body: #"{"access_token":"a","token_type":"Bearer"}"#)] }
    let outcome = try login()
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("gives the client postern-cli no refresh token"))
  }

  @Test(
    "answers that are no tokens are said with the place, and without what they hold",
    arguments: [
      StandInServer.Reply(status: 500, body: "secret"), StandInServer.Reply(body: "secret"),
      StandInServer.Reply(body: #"{"access_token":"secret\nx","token_type":"Bearer","refresh_token":"r"}"#),
      StandInServer.Reply(body: #"{"access_token":"secret","token_type":"mac","refresh_token":"r"}"#),
      StandInServer.Reply(body: #"{"access_token":"secret","token_type":"Bearer","refresh_token":""}"#),
      StandInServer.Reply(status: 302, location: "http://127.0.0.1:9/secret"),
    ])
  func strangeTokens(_ reply: StandInServer.Reply) throws {
    server.change { $0.replies["/token"] = [reply] }
    let outcome = try login()
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.hasSuffix(
        "error: \(server.issuer)/token gives no token, and no reason that OAuth knows: it answered with status "
          + "\(reply.status)\n"))
    #expect(!outcome.errors.contains("secret"))
  }

  @Test("a new login takes the place of the old one, whose refresh token is revoked")
  func again() throws {
    try world.logIn()
    #expect(try world.run("login").status == 0)
    #expect(!world.kept.contains("refresh-1") && world.kept.contains("refresh-2"))
    #expect(server.requests("/revoke").map { $0.fields["token"] } == ["refresh-1"])
  }

  @Test("the issuer and the client of the latest login need not be named again")
  func latest() throws {
    #expect(try login("--client", "payroll-cli").status == 0)
    let outcome = try world.run("login")
    #expect(outcome.output == "logged in at \(server.issuer) as the client payroll-cli\n")
  }

  // MARK: discovery

  @Test("metadata of another issuer is refused")
  func otherIssuer() throws {
    server.change { $0.metadata["issuer"] = #""https://login.example.com""# }
    let outcome = try login()
    #expect(outcome.status == 1)
    #expect(
      outcome.errors == """
        error: \(server.issuer)/.well-known/oauth-authorization-server is of another issuer, https://login.example.com: \
        name the issuer as it names itself

        """)
    #expect(server.requests("/authorize").isEmpty)
  }

  @Test("an issuer with a path has its metadata where RFC 8414 says")
  func issuerWithPath() throws {
    _ = try world.run("login", "--issuer", "\(server.issuer)/tenant")
    let asked = server.state.withLock { $0.requests.map(\.path) }
    #expect(asked == ["/.well-known/oauth-authorization-server/tenant"])
  }

  @Test(
    "endpoints that are missing or that others could read are refused",
    arguments: [
      ("token_endpoint", nil, "names no token_endpoint"),
      ("token_endpoint", #""http://login.example.com/token""#, "names a token_endpoint that others could read"),
      ("authorization_endpoint", #""file:///etc/passwd""#, "names a authorization_endpoint that others could read"),
      ("code_challenge_methods_supported", #"["plain"]"#, "does not say that it knows PKCE with S256"),
    ] as [(String, String?, String)])
  func endpoints(_ name: String, _ value: String?, _ words: String) throws {
    server.change { $0.metadata[name] = .some(value) }
    let outcome = try login()
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains(words))
  }

  @Test(
    "what is no issuer is refused before anybody is asked",
    arguments: [
      "login.example.com", "http://login.example.com", "https://", "https://ann:secret@login.example.com",
      "https://login.example.com?a", "https://login.example.com#a", "ftp://login.example.com",
      "http://127.0.0.1.example.com",
      "https://login.example.com\\@evil.example.com", "http://localhost.example.com", "https://a:70000",
    ])
  func noIssuer(_ issuer: String) throws {
    let outcome = try world.run("login", "--issuer", issuer)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("is no issuer: write https://HOST"))
    #expect(!outcome.errors.contains("secret"))
  }

  @Test("a server that is not there is said with its address")
  func noServer() throws {
    let outcome = try world.run("login", "--issuer", "http://127.0.0.1:1")
    #expect(
      outcome
        == Outcome(
          status: 1, output: "",
          errors: """
            error: cannot ask http://127.0.0.1:1/.well-known/oauth-authorization-server: connection refused

            """))
  }

  @Test("metadata beyond a megabyte, or that redirects, is refused")
  func strangeMetadata() throws {
    let path = "/.well-known/oauth-authorization-server"
    server.change {
      $0.replies[path] = [
        .init(body: String(repeating: " ", count: (1 << 20) + 1)), .init(status: 302, location: "http://127.0.0.1:1/"),
      ]
    }
    #expect(try login().errors.hasSuffix("\(path): its answer is larger than 1 MiB\n"))
    #expect(try login().errors.hasSuffix("\(path) answered with status 302: is this the issuer's address?\n"))
  }

  @Test("without an issuer the first login says what to name")
  func noIssuerNamed() throws {
    let outcome = try world.run("login")
    #expect(outcome.errors == "error: nobody has logged in here yet: name the issuer with --issuer https://HOST\n")
  }
}
