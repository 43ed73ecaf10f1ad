// Connections that do what no proxy does: say nothing, say it slowly, say too much, or say what is no HTTP.

import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import PosternService

@Suite("Connections")
struct ConnectionTests {
  private static let group = MultiThreadedEventLoopGroup.singleton
  private static let request = "GET /healthz HTTP/1.1\r\nHost: gate\r\n\r\n"

  /// A listener of the gate's own pages, and a folder for its socket.
  private struct Listener {
    let folder: TestFolder
    let channel: any Channel
    var path: String { folder.path("gate.sock") }

    init() async throws {
      folder = try TestFolder()
      let gate = try TestGate().gate
      channel = try await HTTPServer.bind(
        .unix(path: folder.path("gate.sock")), group: ConnectionTests.group, OperationsResponder(gate: gate) { true })
    }

    func close() async throws { try await channel.close() }
  }

  /// Sends texts, closes nothing, and waits until the gate does.
  private func hear(_ texts: [String], _ listener: Listener) async throws -> String {
    try await RawConnection.hear(texts, at: listener.path)
  }

  /// A connection on an event loop whose clock the test moves.
  private func watched() throws -> (channel: EmbeddedChannel, watch: ConnectionWatch, loop: EmbeddedEventLoop) {
    let (loop, watch) = (EmbeddedEventLoop(), ConnectionWatch(.init()))
    let channel = EmbeddedChannel(handler: watch, loop: loop)
    try channel.connect(to: SocketAddress(unixDomainSocketPath: "/gate.sock")).wait()
    return (channel, watch, loop)
  }

  @Test("a request that does not end in time ends the connection, however often a byte comes")
  func slow() throws {
    let (channel, _, loop) = try watched()
    for _ in 0..<30 {
      #expect(channel.isActive)
      try channel.writeInbound(ByteBuffer(string: "x"))
      loop.advanceTime(by: .seconds(1))
    }
    loop.advanceTime(by: .seconds(5))
    #expect(!channel.isActive)
  }

  @Test("a request that is carried may take its time, as long as it comes, and what is left of a refused one may not")
  func carried() throws {
    let (channel, watch, loop) = try watched()
    try channel.writeInbound(ByteBuffer(string: "POST"))
    watch.beginCarrying()
    for _ in 0..<5 {
      loop.advanceTime(by: .seconds(60))
      try channel.writeInbound(ByteBuffer(string: "x"))
      #expect(channel.isActive)
    }
    watch.endCarrying()
    for _ in 0..<40 {
      try channel.writeInbound(ByteBuffer(string: "x"))
      loop.advanceTime(by: .seconds(1))
    }
    #expect(!channel.isActive)
    let (idle, other, clock) = try watched()
    other.beginCarrying()
    clock.advanceTime(by: .seconds(130))
    #expect(!idle.isActive)
  }

  @Test("a connection that says nothing is ended, and one that asks now and then is not")
  func idle() throws {
    let (channel, watch, loop) = try watched()
    for _ in 0..<5 {
      try channel.writeInbound(ByteBuffer(string: Self.request))
      watch.endRequest()
      loop.advanceTime(by: .seconds(115))
      #expect(channel.isActive)
    }
    loop.advanceTime(by: .seconds(10))
    #expect(!channel.isActive)
  }

  @Test("requests that come at once are answered in their order, each once")
  func pipelined() async throws {
    let listener = try await Listener()
    let other = "GET /else HTTP/1.1\r\nHost: gate\r\n\r\n"
    let last = "GET /healthz HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n\r\n"
    let heard = try await hear([Self.request + other + last], listener)
    let statuses = heard.matches(of: /HTTP\/1\.1 (\d+)/).map { String($0.output.1) }
    #expect(statuses == ["200", "404", "200"])
    try await listener.close()
  }

  @Test(
    "what is no HTTP is a 400 and the end of the connection",
    arguments: [
      "hello\r\n\r\n", "GET / HTTP/1.1 x\r\n\r\n", "GET / HTTP/1.1\r\nA\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ])
  func garbage(_ text: String) async throws {
    let listener = try await Listener()
    let heard = try await hear([text], listener)
    #expect(heard.hasPrefix("HTTP/1.1 400"))
    #expect(heard.contains("connection: close"))
    try await listener.close()
  }

  @Test("a body beyond 64 kB is refused, and one to a page that takes none is not looked at")
  func bodies() async throws {
    let listener = try await Listener()
    for (count, status) in [(10, "200"), (65_536, "200"), (65_537, "413")] {
      let head = "POST /healthz HTTP/1.1\r\nHost: gate\r\nConnection: close\r\nContent-Length: \(count)\r\n\r\n"
      let heard = try await hear([head + String(repeating: "x", count: count)], listener)
      #expect(heard.hasPrefix("HTTP/1.1 \(status)"), "\(count)")
    }
    try await listener.close()
  }

  /// Answers once it is told to.
  private final class LateResponder: RequestResponder {
    let (begun, beginning) = AsyncStream<Void>.makeStream()
    let (mayEnd, ending) = AsyncStream<Void>.makeStream()

    func respond(_ request: ListenerRequest) -> Outcome {
      .later {
        self.beginning.yield()
        for await _ in self.mayEnd { break }
        return Answer(generated: 200, reason: "late")
      }
    }
  }

  @Test("a stop waits for answers that have been begun, and no longer than it was told to")
  func drained() async throws {
    let folder = try TestFolder()
    let (responder, pending) = (LateResponder(), PendingAnswers())
    let channel = try await HTTPServer.bind(
      .unix(path: folder.path("gate.sock")), group: Self.group, responder, pending)
    // Nothing is pending.
    await pending.drain(upTo: .seconds(60))
    async let heard = RawConnection.hear(
      ["GET / HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n\r\n"], at: folder.path("gate.sock"))
    for await _ in responder.begun { break }
    await pending.drain(upTo: .milliseconds(50))
    try await channel.close()
    let order = NIOLockedValueBox<[String]>([])
    async let drained: Void = {
      await pending.drain(upTo: .seconds(60))
      order.withLockedValue { $0.append("drained") }
    }()
    order.withLockedValue { $0.append("answered") }
    responder.ending.yield()
    await drained
    #expect(try await heard.hasPrefix("HTTP/1.1 200 "))
    #expect(order.withLockedValue { $0 } == ["answered", "drained"])
  }

  @Test("a request that does not end is told so before its connection ends")
  func slowIsTold() throws {
    let (channel, _, loop) = try watched()
    try channel.writeInbound(ByteBuffer(string: "GET /"))
    loop.advanceTime(by: .seconds(40))
    let answer = try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
    #expect(answer?.hasPrefix("HTTP/1.1 408 ") == true)
    #expect(!channel.isActive)
  }

  @Test("a header that would be two lines is never written")
  func splitting() {
    for (name, value) in [("a", "b\r\nc: d"), ("a", "b\nc"), ("a\r\nb", "c"), ("a b", "c"), ("a", "\u{0}")] {
      var answer = Answer(generated: 200)
      answer.headers.add(name, value)
      #expect(!answer.isWritable)
    }
    #expect(Answer.redirect("https://login.example.com/ü").isWritable)
  }
}
