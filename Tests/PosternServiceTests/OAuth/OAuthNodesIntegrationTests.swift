// OAuth clients of several nodes on one real Redis: what is revoked on one is refused by all, requests at once leave one family, and a node that is
// killed in the middle of a refresh leaves the client with a token that works.

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Testing

@testable import PosternService

@Suite("OAuth clients on nodes with one Redis", .serialized, .timeLimit(.minutes(2)))
struct OAuthNodesIntegrationTests {
  /// Gates that share keys, clock, provider and store; the tool is signed in by the first.
  private final class Nodes {
    let gates: [TestGate]
    let tool: OAuthTool
    private let followers: [Task<Void, Never>]

    init(_ count: Int, _ server: RedisServer) async throws {
      let (clock, key, assertion) = (TestClock(), Sealer.newKey(), AssertionKey())
      let provider = StandInProvider(clock: clock)
      var gates: [TestGate] = []
      for _ in 0..<count {
        gates.append(
          try TestGate(
            OAuthTool.files, store: try await server.store(), sealingKeys: [key], assertionKeys: [assertion],
            transport: provider, clock: clock))
      }
      self.gates = gates
      tool = OAuthTool(LoginTests.Visitor(gate: gates[0], provider: provider))
      followers = gates.map { gate in
        let followed = gate.gate
        return Task { await followed.followRevocations() }
      }
    }

    deinit { for follower in followers { follower.cancel() } }
  }

  private static func refreshForm(_ token: String) -> [UInt8] {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "reader")]
    return Array(FormEncoding.form(form).utf8)
  }

  private static let formType = [("Content-Type", "application/x-www-form-urlencoded")]

  private static func refresh(_ token: String, at gate: TestGate) async -> Answer {
    await gate.ask(
      "POST", "\(OAuthTool.login)/oauth/token", headers: formType, endpoint: "/answer", body: refreshForm(token))
  }

  private static func call(_ token: String, at gate: TestGate) async -> Int {
    await gate.ask("GET", headers: [("Authorization", "Bearer \(token)")]).status
  }

  @Test("a token that is given back on one node is refused by all within 200 ms, though they know it")
  func revoked() async throws {
    let server = try await RedisServer()
    let nodes = try await Nodes(3, server)
    let tokens = try await nodes.tool.tokens()
    for gate in nodes.gates {
      _ = try await eventually("a grant that the node knows") {
        await Self.call(tokens.access, at: gate) == 200 ? () : nil
      }
    }
    nodes.tool.clock.advance(seconds: 1)
    let answer = await nodes.gates[1].ask(
      "POST", "\(OAuthTool.login)/oauth/revoke", headers: Self.formType, endpoint: "/answer",
      body: Array(FormEncoding.form([("token", tokens.refresh), ("client_id", "reader")]).utf8))
    #expect(answer.status == 200)
    let waited = try await duration {
      for gate in nodes.gates {
        _ = try await eventually("its end") { await Self.call(tokens.access, at: gate) == 401 ? () : nil }
      }
    }
    #expect(waited < .milliseconds(200))
    for gate in nodes.gates {
      #expect(OAuthTool.error(await Self.refresh(tokens.refresh, at: gate)) == "invalid_grant")
    }
  }

  @Test("two hundred refreshes at once, over three nodes, leave exactly one live family")
  func parallel() async throws {
    let server = try await RedisServer()
    let nodes = try await Nodes(3, server)
    let first = try await nodes.tool.tokens()
    let gates = nodes.gates.map(\.gate)
    let request = TestGate.listenerRequest(
      "POST", "\(OAuthTool.login)/oauth/token", headers: Self.formType, .caddy, endpoint: "/answer",
      body: Self.refreshForm(first.refresh))
    let answers = await withTaskGroup(of: Answer.self) { group in
      for number in 0..<200 {
        let responder = ProxyResponder(gate: gates[number % gates.count], dialect: .caddy)
        group.addTask {
          switch responder.respond(request) {
          case .now(let answer): answer
          case .later(let work): await work()
          }
        }
      }
      return await group.reduce(into: [Answer]()) { $0.append($1) }
    }
    let successors = Set(try answers.map { try OAuthTool.Tokens($0).refresh })
    #expect(successors.count == 1)
    let next = await Self.refresh(try #require(successors.first), at: nodes.gates[2])
    #expect(next.status == 200)
    let grants = try await nodes.gates[0].store.logins(from: nil, count: 1_000).logins.filter { $0.login.client != nil }
    #expect(grants.count == 1)
  }

  @Test("a posternd that is killed in the middle of refreshes leaves the client with a token that another node takes")
  func killed() async throws {
    let server = try await RedisServer()
    let folder = try TestFolder()
    let port = RedisServer.port()
    // Another node with the keys of the daemon's folder, by the system's clock.
    var daemon = try await NodesIntegrationTests.startDaemon(server, port: port, folder, OAuthTool.files)
    let keys = try GateKeys.sealing(folder.path("state"))
    let assertion = try GateKeys.accessToken(folder.path("state"))
    let clock = TestClock()
    clock.set(GateClock.system.now)
    let provider = StandInProvider(clock: clock)
    let peer = try TestGate(
      OAuthTool.files, store: try await server.store(), sealingKeys: keys, assertionKeys: assertion,
      transport: provider, clock: clock)
    var token = try await OAuthTool(LoginTests.Visitor(gate: peer, provider: provider)).tokens().refresh
    var answered = 0
    for round in 0..<8 {
      if round > 0 { daemon = try await NodesIntegrationTests.startDaemon(server, port: port, folder, OAuthTool.files) }
      // The round's number of refreshes have been answered when it is killed, and one more is under way.
      for number in 0...round {
        let presented = token
        async let answer = Self.refresh(presented, port: port)
        if number == round { daemon.kill() }
        guard let tokens = try? OAuthTool.Tokens(await answer) else { break }
        token = tokens.refresh
        answered += 1
      }
      clock.set(GateClock.system.now)
      let next = await Self.refresh(token, at: peer)
      #expect(next.status == 200, "round \(round): \(String(decoding: next.body, as: UTF8.self))")
      token = try OAuthTool.Tokens(next).refresh
    }
    #expect(answered >= 28, "refreshes that were never under way prove nothing")
  }

  private static func refresh(_ token: String, port: Int) async throws -> Answer {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/answer")
    request.method = .POST
    let listener = TestGate.listenerRequest(
      "POST", "\(OAuthTool.login)/oauth/token", headers: formType, .caddy, endpoint: "/answer")
    for field in listener.headers.fields { request.headers.add(name: field.name, value: field.value) }
    request.body = .bytes(ByteBuffer(bytes: refreshForm(token)))
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
    var answer = Answer(generated: Int(response.status.code))
    answer.body = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
    return answer
  }
}
