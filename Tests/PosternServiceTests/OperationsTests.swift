// What the people who run a gate see of it: its readiness, its counts, its decisions, and what it says of its clock.

import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import PosternService

@Suite("Operations")
struct OperationsTests {
  private func ask(_ gate: TestGate, _ target: String, isReady: Bool = true) -> Answer? {
    let request = ListenerRequest(method: "GET", target: target, headers: Headers())
    guard case .now(let answer) = OperationsResponder(gate: gate.gate, isReady: { isReady }).respond(request) else {
      return nil
    }
    return answer
  }

  @Test("a gate lives before it is ready, and is ready once it listens")
  func readiness() throws {
    let gate = try TestGate()
    #expect(ask(gate, "/healthz", isReady: false)?.status == 200)
    #expect(ask(gate, "/readyz", isReady: false)?.status == 503)
    #expect(ask(gate, "/readyz")?.status == 200)
    #expect(ask(gate, "/else")?.status == 404)
  }

  @Test("answers are counted by status and reason, in Prometheus' format")
  func metrics() async throws {
    let gate = try TestGate()
    let cookie = [("Cookie", try await gate.signIn())]
    for _ in 0..<3 { _ = await gate.ask(headers: cookie) }
    _ = await gate.ask(headers: TestClient.script)
    let text = String(decoding: try #require(ask(gate, "/metrics")).body, as: UTF8.self)
    #expect(
      text == """
        # HELP postern_answers_total Answers to proxies, by status and reason.
        # TYPE postern_answers_total counter
        postern_answers_total{status="200",reason="granted"} 3
        postern_answers_total{status="401",reason="noCredential"} 1
        # TYPE postern_bundle_revision gauge
        postern_bundle_revision 1

        """)
  }

  @Test("decisions are lines of a file, each with who and why, and nothing that could be used again")
  func decisions() async throws {
    let folder = try TestFolder()
    let gate = try TestGate(decisionLog: DecisionLog(path: folder.path("decisions")))
    let cookie = try await gate.signIn()
    _ = await gate.ask("GET", "https://payroll.example.com/runs?token=secret", headers: [("Cookie", cookie)])
    _ = await gate.ask(headers: TestClient.script)
    await gate.gate.flush()
    let bytes = try #require(FileAccess.read(folder.path("decisions")))
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n").map { JSON($0.utf8) }
    #expect(lines.map { $0?["reason"]?.text } == ["granted", "noCredential"])
    #expect(lines.map { $0?["status"]?.int } == [200, 401])
    #expect(lines.first??["principal"]?.text == "people:ann@example.com")
    #expect(lines.first??["client"]?.text == "192.0.2.7")
    #expect(lines.first??["path"]?.text == "/runs")
    #expect(!text.contains("secret"))
    #expect(!text.contains(cookie.suffix(20)))
  }

  @Test("a clock that is stepped back is a line, and lets nobody in whose facts lie ahead of it")
  func steppedBack() async throws {
    let log = RecordedLog()
    let gate = try TestGate(log: log.logger)
    let cookie = [("Cookie", try await gate.signIn())]
    await gate.gate.flush()
    gate.clock.advance(seconds: 1)
    await gate.gate.flush()
    #expect(log.takeLines() == [])
    gate.clock.advance(seconds: -40)
    await gate.gate.flush()
    #expect(log.takeLines() == ["warning: the clock was stepped back milliseconds=40000"])
    #expect(await gate.ask(headers: TestClient.script + cookie).reason == "clockSkew")
  }

  @Test(
    "an address is of a range, or it is not",
    arguments: [
      ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.1.2.3", "10.1.2.3", true),
      ("10.1.2.3", "10.1.2.4", false), ("192.168.6.0/23", "192.168.7.255", true),
      ("192.168.6.0/23", "192.168.8.0", false),
      ("::1", "::1", true), ("::1", "::2", false), ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false),
      ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false), ("127.0.0.0/8", "::ffff:127.0.0.1", true),
    ])
  func ranges(_ range: String, _ address: String, _ isWithin: Bool) throws {
    #expect(try #require(AddressRange(range)).contains(try #require(ClientAddress(address))) == isWithin)
  }

  @Test(
    "what is no range is none",
    arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "::/129", "a/8", "10.0.0.0/8/8"])
  func noRange(_ text: String) { #expect(AddressRange(text) == nil) }

  @Test("whoever is no proxy is a 403, whatever it says; proxies and Unix sockets are heard")
  func strangers() async throws {
    let gate = try TestGate()
    let cookie = try await gate.signIn()
    let request = TestGate.listenerRequest("GET", "https://payroll.example.com/", headers: [("Cookie", cookie)], .caddy)
    let text = "GET /check HTTP/1.1\r\n\(request.headers.lines)Connection: close\r\n\r\n"
    let group = MultiThreadedEventLoopGroup.singleton
    for (range, status) in [("127.0.0.0/8", "200"), ("10.0.0.0/8", "403")] {
      let peers = TrustedPeers(ranges: [try #require(AddressRange(range))])
      let responder = ProxyResponder(gate: gate.gate, dialect: .caddy)
      let channel = try await HTTPServer.bind(.tcp(host: "127.0.0.1", port: 0), group: group, responder, peers: peers)
      let address = try #require(channel.localAddress)
      let heard = try await RawConnection.hear([text], at: address)
      #expect(heard.hasPrefix("HTTP/1.1 \(status) "), "\(range)")
      try await channel.close()
      let folder = try TestFolder()
      let socket = try await HTTPServer.bind(.unix(path: folder.path("s")), group: group, responder, peers: peers)
      #expect(try await RawConnection.hear([text], at: folder.path("s")).hasPrefix("HTTP/1.1 200 "))
      try await socket.close()
    }
    let peers = TrustedPeers(ranges: TrustedPeers.usual.compactMap(AddressRange.init))
    for (peer, isTrusted) in [
      ("ipv4:127.0.0.1:5000", true), ("ipv4:10.0.0.1:5000", false), ("ipv6:[::1]:5000", true),
      ("ipv6:[fd00::1]:5000", false),
      ("unix:/run/postern/grpc.sock", true), ("ipv4:garbage:1", false),
    ] { #expect(peers.trusts(peer: peer) == isTrusted, "\(peer)") }
  }
}
