// Nodes on one real Redis: gates in this process that share it, and posternd itself, which follows it through its end and its return.

import AsyncHTTPClient
import CPostern
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import PosternService

@Suite("Nodes on one Redis", .serialized, .timeLimit(.minutes(2)))
struct NodesIntegrationTests {
  /// A gate that follows what is revoked, as long as the value lasts.
  private final class Node {
    let gate: TestGate
    private let follower: Task<Void, Never>

    init(_ server: RedisServer) async throws {
      let gate = try TestGate(store: try await server.store())
      self.gate = gate
      let followed = gate.gate
      follower = Task { await followed.followRevocations() }
    }

    deinit { follower.cancel() }
  }

  private func followers(_ server: RedisServer) async throws -> Int64? {
    guard case .integer(let count)? = try await server.ask("PUBSUB", "NUMSUB", "postern:revocations").list?.last else {
      return nil
    }
    return count
  }

  private func nodes(_ count: Int, on server: RedisServer) async throws -> [Node] {
    var nodes: [Node] = []
    for _ in 0..<count { nodes.append(try await Node(server)) }
    _ = try await eventually("followers") { try await followers(server) == Int64(count) ? () : nil }
    return nodes
  }

  @Test("a revocation on one node is enforced by the others within 200 ms, though they know the session")
  func pushed() async throws {
    let server = try await RedisServer()
    let nodes = try await nodes(3, on: server)
    let cookie = try await nodes[0].gate.signIn()
    for node in nodes {
      _ = try await eventually("a session that the node knows") {
        await node.gate.ask(headers: [("Cookie", cookie)]).status == 200 ? () : nil
      }
    }
    try await nodes[0].gate.store.revoke(
      .person(provider: "people", subject: "ann", tenant: nil), at: nodes[0].gate.clock.now)
    let waited = try await duration {
      for node in nodes {
        _ = try await eventually("its end") {
          await node.gate.ask(headers: TestClient.script + [("Cookie", cookie)]).status == 401 ? () : nil
        }
      }
    }
    #expect(waited < .milliseconds(200))
  }

  @Test("what one node saw keeps a session alive on another, which asks before it refuses")
  func shared() async throws {
    let server = try await RedisServer()
    let nodes = try await nodes(2, on: server)
    let cookie = try await nodes[0].gate.signIn()
    #expect(await nodes[1].gate.ask(headers: [("Cookie", cookie)]).status == 200)
    for node in nodes { node.gate.clock.advance(seconds: 14 * 60) }
    try await nodes[0].gate.keepAccountFresh(cookie)
    #expect(await nodes[0].gate.ask(headers: [("Cookie", cookie)]).status == 200)
    await nodes[0].gate.gate.flushTouches()
    for node in nodes { node.gate.clock.advance(seconds: 14 * 60) }
    try await nodes[1].gate.keepAccountFresh(cookie)
    #expect(await nodes[1].gate.ask(headers: [("Cookie", cookie)]).status == 200)
    await nodes[1].gate.gate.flushTouches()
    for node in nodes { node.gate.clock.advance(seconds: 15 * 60) }
    for node in nodes {
      try await node.gate.keepAccountFresh(cookie)
      #expect(await node.gate.ask(headers: TestClient.script + [("Cookie", cookie)]).reason == "idleTimeout")
    }
  }

  @Test(
    "the push is lost: the store is asked again for what is known, and where it is gone each app does what its policy says"
  )
  func pushLost() async throws {
    let server = try await RedisServer()
    let node = try await nodes(1, on: server)[0]
    let strict = try await node.gate.signIn()
    let patient = try await node.gate.signIn(host: "patient.example.com")
    let url = "https://patient.example.com/"
    #expect(await node.gate.ask(headers: [("Cookie", strict)]).status == 200)
    #expect(await node.gate.ask("GET", url, headers: [("Cookie", patient)]).status == 200)
    let key = ModeTests.key(strict)
    server.kill()
    _ = try await eventually("distrust") { node.gate.gate.cache.session(key) == nil ? () : nil }
    #expect(await node.gate.ask(headers: [("Cookie", strict)]).status == 200)
    node.gate.clock.advance(seconds: 120)
    #expect(await node.gate.ask(headers: TestClient.script + [("Cookie", strict)]).reason == "stateStale")
    #expect(await node.gate.ask("GET", url, headers: [("Cookie", patient)]).status == 200)
    node.gate.clock.advance(seconds: 300)
    #expect(await node.gate.ask("GET", url, headers: TestClient.script + [("Cookie", patient)]).reason == "stateStale")
  }

  @Test("fifty parallel requests on three nodes use a rotating refresh token once")
  func rotatingToken() async throws {
    let server = try await RedisServer()
    let (clock, key) = (TestClock(), Sealer.newKey())
    let provider = StandInProvider(clock: clock)
    var gates: [TestGate] = []
    for _ in 0..<3 {
      let store = try await server.store()
      gates.append(try TestGate(store: store, sealingKeys: [key], transport: provider, clock: clock))
    }
    let visitor = LoginTests.Visitor(gate: gates[0], provider: provider)
    _ = try await visitor.signIn()
    let cookie = visitor.cookie(for: "https://payroll.example.com/")
    let request = TestGate.listenerRequest("GET", "https://payroll.example.com/", headers: [("Cookie", cookie)], .caddy)
    for turn in 1...5 {
      let answer = JSON.object(["access_token": .text("a"), "refresh_token": .text("token-\(turn)")])
      provider.change {
        $0.forms = []
        $0.answers["\(StandInProvider.issuer)/token"] = ProviderAnswer(
          status: 200, headers: Headers(), body: answer.bytes)
      }
      clock.advance(seconds: 120)
      let statuses = Set(await TestGate.askAtOnce(gates.map(\.gate), request))
      #expect(statuses == [200])
      #expect(provider.forms.map { $0["refresh_token"] } == [turn == 1 ? "refresh" : "token-\(turn - 1)"])
    }
  }

  // MARK: the daemon

  @Test("ten thousand connections that say nothing keep nobody else from an answer")
  func manyIdle() async throws {
    let server = try await RedisServer()
    let (folder, port) = (try TestFolder(), try await FreePort.next())
    let process = try await Self.startDaemon(server, port: port, folder)
    let group = MultiThreadedEventLoopGroup.singleton
    var idle: [any Channel] = []
    for _ in 0..<100 {
      idle += try await withThrowingTaskGroup(of: (any Channel).self) { tasks in
        for _ in 0..<100 {
          tasks.addTask { try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: port).get() }
        }
        return try await tasks.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(try await Self.status("", port: port) == 401)
    #expect(idle.filter(\.isActive).count == 10_000)
    for channel in idle { channel.close(promise: nil) }
    withExtendedLifetime(process) {}
  }

  /// posternd with the system's clock, and the store that it has.
  static func startDaemon(
    _ server: RedisServer, port: Int, _ folder: TestFolder, _ files: [String: String] = TestPolicy.files
  ) async throws -> ServerProcess {
    guard FileAccess.write(try TestPolicy.bundle(files), to: folder.path("policy.ptb")) else {
      throw FixtureFault(description: "no bundle")
    }
    let process = try ServerProcess(
      BuiltProgram.path("posternd"),
      [
        "--bundle-file", folder.path("policy.ptb"), "--bundle-allow-unsigned", "--login-host", "login.example.com",
        "--listeners", "caddy=127.0.0.1:\(port)", "--state-folder", folder.path("state"), "--store-kind", "redis",
        "--store-address", "unix:\(server.socket)",
      ], in: folder)
    try await process.waitForPort(port)
    return process
  }

  static func status(_ cookie: String, port: Int) async throws -> UInt {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/check")
    let headers = TestGate.listenerRequest(
      "GET", "https://payroll.example.com/runs", headers: TestClient.script + [("Cookie", cookie)], .caddy
    ).headers
    for field in headers.fields { request.headers.add(name: field.name, value: field.value) }
    return try await HTTPClient.shared.execute(request, timeout: .seconds(5)).status.code
  }

  /// Somebody who has just logged in, by the system's clock.
  static func signIn(_ store: any SessionStore) async throws -> String {
    let now = GateClock.system.now
    let login = Login(person: TestGate.person(), browser: "browser", authenticatedAt: now, issuedAt: now)
    let (loginKey, identifier) = (SessionIdentifier().key, SessionIdentifier())
    try await store.insert(login, AccountState(state: UInt8(POSTERN_ACCOUNT_ACTIVE), checkedAt: now), for: loginKey)
    try await store.insert(
      Session(host: "payroll.example.com", login: loginKey, startedAt: now), for: identifier.key)
    return "\(GateCookie.session)=\(identifier.text)"
  }

  @Test(
    "posternd goes on after its Redis was killed and started again: sessions are good, and revocations are followed again"
  )
  func daemon() async throws {
    let server = try await RedisServer()
    let (folder, port) = (try TestFolder(), RedisServer.port())
    let daemon = try await Self.startDaemon(server, port: port, folder)
    defer { daemon.kill() }
    let store = try await server.store()
    let cookie = try await Self.signIn(store)
    #expect(try await Self.status(cookie, port: port) == 200)
    server.kill()
    try await server.start()
    _ = try await eventually("posternd follows again") { try await followers(server) == 1 ? () : nil }
    _ = try await eventually("the session is good") { try await Self.status(cookie, port: port) == 200 ? () : nil }
    _ = try await eventually("the store") { try await store.revoke(.browser("browser"), at: GateClock.system.now) }
    _ = try await eventually("its end") { try await Self.status(cookie, port: port) == 401 ? () : nil }
  }

  @Test("posternd is killed with -9: another one goes on with the sessions that it had")
  func daemonKilled() async throws {
    let server = try await RedisServer()
    let (folder, port) = (try TestFolder(), RedisServer.port())
    let first = try await Self.startDaemon(server, port: port, folder)
    let cookie = try await Self.signIn(try await server.store())
    #expect(try await Self.status(cookie, port: port) == 200)
    first.kill()
    let second = try await Self.startDaemon(server, port: port, folder)
    defer { second.kill() }
    #expect(try await Self.status(cookie, port: port) == 200)
  }
}
