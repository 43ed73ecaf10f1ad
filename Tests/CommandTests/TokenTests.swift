// `postern token`: kept, refreshed once, narrowed to an app; and what is said where a person is needed.

import Foundation
import Testing

@Suite("token")
struct TokenTests {
  let world: LoginWorld

  init() throws { world = try LoginWorld() }

  private var server: StandInServer { world.server }

  // MARK: refreshing

  @Test("a token that is good for 30 seconds more is printed without asking anybody")
  func kept() throws {
    try world.logIn()
    for _ in 0..<2 { #expect(try world.run("token") == Outcome(status: 0, output: "access-1\n", errors: "")) }
    #expect(world.refreshes.isEmpty)
  }

  @Test("a token with less than 30 seconds left is refreshed, and the refresh token is replaced")
  func refreshed() throws {
    server.change { $0.accessSeconds = 29 }
    try world.logIn()
    #expect(try world.run("token").output == "access-2\n")
    #expect(try world.run("token").output == "access-3\n")
    #expect(world.refreshes.map { $0.fields["refresh_token"] } == ["refresh-1", "refresh-2"])
    #expect(world.refreshes.allSatisfy { $0.fields["client_id"] == "postern-cli" })
  }

  @Test("a refresh token that the server does not replace is used again")
  func notRotated() throws {
    try world.logInWithoutAccess()
    server.change {
      $0.replies["/token"] = [.init(body: #"{"access_token":"other","token_type":"bearer","expires_in":1}"#)]
    }
    #expect(try world.run("token").output == "other\n")
    #expect(try world.run("token").output == "access-2\n")
    #expect(world.refreshes.map { $0.fields["refresh_token"] } == ["refresh-1", "refresh-1"])
  }

  @Test("a token for an app is asked for by its address, and kept beside the others")
  func apps() throws {
    try world.logIn()
    #expect(try world.run("token", "--app", "payroll.example.com").output == "access-2\n")
    #expect(try world.run("token", "--app", "Wiki.example.com").output == "access-3\n")
    #expect(try world.run("token", "--app", "payroll.example.com").output == "access-2\n")
    #expect(try world.run("token").output == "access-1\n")
    #expect(
      world.refreshes.map { $0.fields["resource"] } == ["https://payroll.example.com/", "https://wiki.example.com/"])
  }

  @Test("twenty processes at once make one refresh, and all get its token")
  func together() throws {
    try world.logInWithoutAccess()
    server.change { $0.refreshMilliseconds = 300 }
    let outputs = (0..<20).map { "out\($0)" }
    let processes = try outputs.map { output in
      let process = world.command(["token"]).process()
      try world.scratch.write("", to: output)
      process.standardOutput = try FileHandle(forWritingTo: world.scratch.url(output))
      try process.run()
      return process
    }
    for process in processes { process.waitUntilExit() }
    #expect(processes.map(\.terminationStatus) == Array(repeating: 0, count: 20))
    let tokens = try outputs.map { String(decoding: try world.scratch.bytes($0), as: UTF8.self) }
    #expect(Set(tokens) == ["access-2\n"])
    #expect(world.refreshes.count == 1)
  }

  // MARK: whose token

  @Test("nobody is logged in: it says so, with a status of its own")
  func nobody() throws {
    let outcome = try world.run("token")
    #expect(
      outcome
        == Outcome(
          status: 4, output: "",
          errors: "error: nobody is logged in: run `postern login --issuer https://HOST`\n"))
  }

  @Test("of two logins the latest is meant, unless one is named")
  func twoLogins() throws {
    try world.logIn()
    #expect(try world.run("login", "--client", "other").status == 0)
    #expect(try world.run("token").output == "access-2\n")
    #expect(try world.run("token", "--client", "postern-cli").output == "access-1\n")
    #expect(try world.run("token", "--issuer", "\(server.issuer)/", "--client", "other").output == "access-2\n")
    let outcome = try world.run("token", "--client", "third")
    #expect(outcome.status == 4)
    #expect(outcome.errors.hasPrefix("error: nobody is logged in as the client third: "))
  }

  @Test(
    "what is no host of an app is refused",
    arguments: [
      "", "https://a.example.com/", "a b", "a.example.com/x", "a.example.com:8443", "[::1]", "ann@a.example.com",
    ])
  func noApp(_ app: String) throws {
    let outcome = try world.run("token", "--app", app)
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("error: --app is the name of a host"))
  }

  // MARK: refusals

  @Test(
    "a grant that is over asks for a new login, with a status of its own",
    arguments: ["", #","error_subtype":"invalid_rapt""#, #","error_subtype":"later""#])
  func over(_ members: String) throws {
    try world.logInWithoutAccess()
    server.change { $0.replies["/token"] = [.refusal("invalid_grant", members)] }
    #expect(
      try world.run("token")
        == Outcome(
          status: 4, output: "",
          errors: "error: the session length of this client has passed: run `postern login` again\n"))
  }

  @Test("an app that the client may not reach is named")
  func noTarget() throws {
    try world.logIn()
    server.change { $0.replies["/token"] = [.refusal("invalid_target")] }
    let outcome = try world.run("token", "--app", "evil.example.com")
    #expect(outcome.status == 1)
    #expect(
      outcome.errors
        == "error: \(server.issuer) gives the client postern-cli no token for the app evil.example.com\n")
  }

  @Test("what the server says else is said, and neither token is")
  func strangeRefusals() throws {
    try world.logInWithoutAccess()
    server.change {
      $0.replies["/token"] = [.refusal("invalid_client"), .init(status: 503, body: "refresh-1"), .init(body: "[]")]
    }
    let texts = try (0..<3).map { _ in
      let outcome = try world.run("token")
      #expect(outcome.status == 1 && outcome.output == "")
      return outcome.errors
    }
    #expect(texts[0] == "error: \(server.issuer) refuses a token: invalid_client\n")
    #expect(texts[1].hasSuffix("it answered with status 503\n") && texts[2].hasSuffix("it answered with status 200\n"))
    #expect(!texts.joined().contains("refresh-1"))
    #expect(try world.run("token").output == "access-2\n")
  }

  // MARK: authenticating anew

  private func reauthentication(interval: Int = 0, method: String = "password") -> StandInServer.Reply {
    .refusal(
      "invalid_grant",
      """
      ,"error_subtype":"rapt_required","reauthentication_uri":"\(server.issuer)/reauthenticate?request=1",
      "reauthentication_method":"\(method)","interval":\(interval)
      """)
  }

  @Test("without a terminal it is said that somebody has to authenticate, and nobody is waited for")
  func unattended() throws {
    try world.logInWithoutAccess()
    server.change { $0.replies["/token"] = [reauthentication()] }
    let outcome = try world.run("token")
    #expect(
      outcome
        == Outcome(
          status: 4, output: "",
          errors: """
            error: the session length of this client has passed, and nobody is here to authenticate: run \
            `postern token` on a terminal, or with --device

            """))
    #expect(world.refreshes.count == 1)
    #expect(world.opened.filter { $0.contains("/reauthenticate") } == [])
  }

  @Test("with --device the address is shown and opened, and the same refresh token is good afterwards")
  func attended() throws {
    try world.logInWithoutAccess()
    server.change { $0.replies["/token"] = Array(repeating: reauthentication(), count: 3) }
    let outcome = try world.run("token", "--device")
    #expect(
      outcome
        == Outcome(
          status: 0, output: "access-2\n",
          errors: """
            The session length of this client has passed. Authenticate anew at this address:

              \(server.issuer)/reauthenticate?request=1


            """))
    #expect(world.refreshes.map { $0.fields["refresh_token"] } == Array(repeating: "refresh-1", count: 4))
  }

  @Test("a security key is asked for by name")
  func securityKey() throws {
    try world.logInWithoutAccess()
    server.change { $0.replies["/token"] = [reauthentication(method: "security_key")] }
    #expect(try world.run("token", "--device").errors.contains("anew at this address, with a security key:\n"))
  }

  @Test("on a terminal a person is there without being named")
  func terminal() throws {
    try world.logInWithoutAccess()
    server.change { $0.replies["/token"] = [reauthentication()] }
    let process = world.command([]).process()
    process.executableURL = URL(filePath: "/usr/bin/script")
    process.arguments = ["--quiet", "--return", "--command", "\(Command.executable.path()) token", "/dev/null"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try world.run("token").output == "access-2\n")
    #expect(world.refreshes.count == 2)
  }

  @Test("nobody authenticates: it ends, and can be run again")
  func nobodyAuthenticates() throws {
    try world.logInWithoutAccess()
    server.change { $0.replies["/token"] = [reauthentication(interval: 1), reauthentication()] }
    server.change { $0.replies["/token"]?.append(contentsOf: Array(repeating: reauthentication(), count: 2)) }
    let outcome = try world.run("token", "--device", "--wait", "2")
    #expect(outcome.status == 4)
    #expect(outcome.errors.hasSuffix("error: nobody has authenticated within 2 seconds: run it again\n"))
    server.change { $0.replies["/token"] = [] }
    #expect(try world.run("token").output == "access-2\n")
  }

  @Test("what refuses for good while somebody authenticates ends the wait")
  func refusedMeanwhile() throws {
    try world.logInWithoutAccess()
    server.change { $0.replies["/token"] = [reauthentication(), .refusal("invalid_grant")] }
    let outcome = try world.run("token", "--device")
    #expect(outcome.status == 4)
    #expect(
      outcome.errors.hasSuffix("error: the session length of this client has passed: run `postern login` again\n"))
  }

  @Test(
    "an address to authenticate at that others could read is not shown",
    arguments: ["http://example.com/", "file:///x"])
  func unsafeAddress(_ address: String) throws {
    try world.logInWithoutAccess()
    server.change {
      $0.replies["/token"] = [
        .refusal("invalid_grant", #","error_subtype":"rapt_required","reauthentication_uri":"\#(address)""#)
      ]
    }
    let outcome = try world.run("token", "--device")
    #expect(outcome.status == 4)
    #expect(outcome.errors.contains("names no address for it that others cannot read"))
    #expect(!outcome.errors.contains(address))
  }
}
