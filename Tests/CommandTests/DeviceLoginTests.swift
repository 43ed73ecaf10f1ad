// `postern login --device`: a code on the terminal, and how often the server is asked.

import Testing

@Suite("login on another device")
struct DeviceLoginTests {
  let world: LoginWorld

  init() throws { world = try LoginWorld() }

  private var server: StandInServer { world.server }

  private func login() throws -> Outcome { try world.run("login", "--issuer", server.issuer, "--device") }

  @Test("the address and the code are shown, and no browser is opened")
  func shown() throws {
    let outcome = try login()
    #expect(outcome.status == 0)
    #expect(
      outcome.errors == """
        Log in on any device at this address, with the code WDJB-MJHT:

          \(server.issuer)/device

        or at this one, and compare the code:

          \(server.issuer)/device?user_code=WDJB-MJHT


        """)
    #expect(world.opened == [])
  }

  @Test("the server is asked until the person is done")
  func pending() throws {
    server.change { $0.replies["/token"] = Array(repeating: .refusal("authorization_pending"), count: 3) }
    #expect(try login().status == 0)
    #expect(server.requests("/token").count == 4)
    #expect(try world.run("token").output == "access-1\n")
  }

  @Test("slow_down makes every later pause five seconds longer")
  func slowDown() throws {
    server.change { $0.replies["/token"] = [.refusal("authorization_pending"), .refusal("slow_down")] }
    #expect(try login().status == 0)
    let times = server.requests("/token").map(\.at)
    try #require(times.count == 3)
    #expect(times[1] - times[0] < .seconds(5))
    #expect(times[2] - times[1] >= .seconds(5))
  }

  @Test("a pause that the server names is kept to")
  func interval() throws {
    server.change {
      $0.device = #""interval":1,"expires_in":60"#
      $0.replies["/token"] = [.refusal("authorization_pending")]
    }
    #expect(try login().status == 0)
    let times = server.requests("/token").map(\.at)
    try #require(times.count == 2)
    #expect(times[1] - times[0] >= .seconds(1))
  }

  @Test("the code expires, by the clock of this machine or by the server's word", arguments: [true, false])
  func expiry(_ byClock: Bool) throws {
    server.change {
      if byClock { $0.device = #""interval":0,"expires_in":1"# }
      let pending = StandInServer.Reply.refusal("authorization_pending")
      $0.replies["/token"] = byClock ? Array(repeating: pending, count: 1_000) : [.refusal("expired_token")]
    }
    let outcome = try login()
    #expect(outcome.status == 4)
    #expect(
      outcome.errors.hasSuffix(
        "error: nobody has entered the code before it expired: run `postern login --device` again\n"))
  }

  @Test("a refusal ends the login", arguments: ["access_denied", "invalid_client"])
  func refused(_ error: String) throws {
    server.change { $0.replies["/token"] = [.refusal(error)] }
    let outcome = try login()
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasSuffix("error: \(server.issuer) refuses the login: \(error)\n"))
    #expect(!outcome.errors.contains("device-secret"))
  }

  @Test("a server without devices, or that refuses this one, says so")
  func noDevices() throws {
    server.change { $0.replies["/device_authorization"] = [.refusal("unauthorized_client")] }
    #expect(try login().errors.hasSuffix("refuses the login: unauthorized_client\n"))
    server.change { $0.metadata["device_authorization_endpoint"] = .some(nil) }
    #expect(try login().errors.hasSuffix("names no device_authorization_endpoint\n"))
  }
}
