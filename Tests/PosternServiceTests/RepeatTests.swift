// Requests that come again (the gate's rules, "Reuse"): answered from what is kept, for as long as nothing has changed. What a connection
// hears is compared with what one hears that decides each request anew.

import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import Testing

@testable import PosternService

/// A proxy's listener that counts what it is asked to decide.
private final class CountingResponder: RequestResponder {
  private let base: ProxyResponder
  private let mayRepeat: Bool
  private let count = Atomic(0)
  private let repeats = Atomic(0)

  init(_ gate: Gate, mayRepeat: Bool) {
    base = ProxyResponder(gate: gate, dialect: .caddy)
    self.mayRepeat = mayRepeat
  }

  var decidedCount: Int { count.load(ordering: .relaxed) }

  func respond(_ request: consuming ListenerRequest) -> Outcome {
    count.add(1, ordering: .relaxed)
    return base.respond(request)
  }

  /// How often it was asked whether an allow still holds.
  var repeatedCount: Int { repeats.load(ordering: .relaxed) }

  func repeats(_ allow: RepeatableAllow) -> Bool {
    repeats.add(1, ordering: .relaxed)
    return mayRepeat && base.repeats(allow)
  }
}

/// Keeps what is written, and never says that it is.
private final class HoldingHandler: ChannelOutboundHandler, Sendable {
  typealias OutboundIn = ByteBuffer
  private let held = Mutex<[EventLoopPromise<Void>]>([])

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if let promise { held.withLock { $0.append(promise) } }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    for promise in held.withLock({ $0 }) { promise.fail(ChannelError.ioOnClosedChannel) }
  }
}

/// Hears the first bytes that come.
private final class FirstRead: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer
  private let heard: EventLoopPromise<String>

  init(_ heard: EventLoopPromise<String>) { self.heard = heard }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    heard.succeed(String(buffer: unwrapInboundIn(data)))
  }

  func channelInactive(context: ChannelHandlerContext) { heard.fail(ChannelError.eof) }
}

/// A gate, and a connection to it whose reads the test decides.
private struct Wire {
  let gate: TestGate
  let responder: CountingResponder
  let channel = NIOAsyncTestingChannel()

  init(_ files: [String: String] = TestPolicy.files, clock: TestClock = TestClock(), mayRepeat: Bool = true)
    async throws
  {
    gate = try TestGate(files, clock: clock)
    responder = CountingResponder(gate.gate, mayRepeat: mayRepeat)
    try await channel.testingEventLoop.executeInContext { [channel, responder] in
      try HTTPServer.setUp(channel, responder, RepeatTable())
    }
    try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/gate.sock"))
  }

  /// What Caddy's recipe makes of a client's request.
  static func bytes(_ url: String, _ headers: [(String, String)], method: String = "GET", body: String = "") -> String {
    let length = body.isEmpty ? [] : [("Content-Length", "\(body.utf8.count)")]
    let request = TestGate.listenerRequest(method, url, headers: headers + length, .caddy)
    let line = "\(body.isEmpty ? "GET" : "POST") \(request.target) HTTP/1.1\r\n"
    return "\(line)\(request.headers.lines)\r\n\(body)"
  }

  /// One read of the connection.
  func read(_ text: some StringProtocol) async throws {
    try await channel.writeInbound(ByteBuffer(string: String(text)))
  }

  /// The next answer.
  func answer() async throws -> String {
    String(buffer: try await channel.waitForOutboundWrite(as: ByteBuffer.self))
  }

  func ask(_ text: String) async throws -> String {
    try await read(text)
    return try await answer()
  }
}

/// What makes an allow that was kept one to be decided anew.
private enum Change: String, CaseIterable {
  case revalidate, absoluteTimeout, assertionAge, clockStepsBack
  case revocation, lostPush, account, otherFacts, otherBundle

  func happen(to wire: Wire, _ key: SessionKey) async throws {
    let (gate, clock) = (wire.gate.gate, wire.gate.clock)
    switch self {
    case .revalidate: clock.set(TestClock.start + 30_000)
    case .absoluteTimeout: clock.set(TestClock.start + 50_000)
    case .assertionAge: clock.set(TestClock.start + 60_000)
    case .clockStepsBack: clock.set(TestClock.start - 1)
    case .revocation: try await gate.revoke(.session(key))
    case .lostPush: gate.cache.beginFollowing()
    case .account: gate.cache.session(key)?.note(nil, at: clock.now)
    case .otherFacts: _ = try await gate.load(key)
    case .otherBundle: gate.swap(try GatePolicy(TestPolicy.bundle(revision: 2)))
    }
  }

  /// The instant before, where it is one.
  var lastInstant: Int64? {
    switch self {
    case .revalidate: TestClock.start + 29_999
    case .absoluteTimeout: TestClock.start + 49_999
    case .assertionAge: TestClock.start + 59_999
    default: nil
    }
  }

  /// A policy whose clock of this change is the first to pass.
  var files: [String: String] {
    let clocks: String? =
      switch self {
      case .revalidate: "absoluteTimeout: 8h, revalidate: 30s"
      case .absoluteTimeout: "absoluteTimeout: 50s, idleTimeout: none, revalidate: none"
      default: nil
      }
    guard let clocks else { return TestPolicy.files }
    return TestPolicy.files.merging(["wiki.yaml": TestPolicy.app("wiki", "session: {\(clocks)}")]) { $1 }
  }
}

@Suite("Requests that come again")
struct RepeatTests {
  private static let url = "https://wiki.example.com/runs?of=today"

  /// A connection whose request has been decided twice, so that it is kept, and the request.
  private func keeping(_ files: [String: String] = TestPolicy.files) async throws -> (Wire, request: String, SessionKey)
  {
    let wire = try await Wire(files)
    let cookie = try await wire.gate.signIn(host: "wiki.example.com")
    _ = try await wire.gate.gate.load(ModeTests.key(cookie))
    let request = Wire.bytes(Self.url, TestClient.navigation + [("Cookie", cookie)])
    for _ in 0..<2 { #expect(try await wire.ask(request).hasPrefix("HTTP/1.1 200")) }
    return (wire, request, ModeTests.key(cookie))
  }

  @Test("one that comes for the third time gets the answer of the second, and is not decided")
  func again() async throws {
    let (wire, request, _) = try await keeping()
    let (third, fourth) = (try await wire.ask(request), try await wire.ask(request))
    #expect(third.hasPrefix("HTTP/1.1 200") && third.contains("x-goog-iap-jwt-assertion: ey"))
    #expect(third == fourth)
    #expect(wire.responder.decidedCount == 2)
  }

  @Test("whatever an allow was decided by, where it changes the request is decided anew", arguments: Change.allCases)
  private func changed(_ change: Change) async throws {
    let (wire, request, key) = try await keeping(change.files)
    if let last = change.lastInstant {
      wire.gate.clock.set(last)
      _ = try await wire.ask(request)
      #expect(wire.responder.decidedCount == 2)
    }
    try await change.happen(to: wire, key)
    _ = try await wire.ask(request)
    #expect(wire.responder.decidedCount == 3)
  }

  @Test("it is activity, counted, and told the store: a page that polls keeps its session")
  func activity() async throws {
    let (wire, request, key) = try await keeping()
    wire.gate.clock.advance(seconds: 59)
    _ = try await wire.ask(request)
    #expect(wire.responder.decidedCount == 2)
    await wire.gate.gate.flush()
    let facts = try #require(try await wire.gate.store.session(for: key))
    #expect(facts.lastSeenAt["wiki"] == wire.gate.clock.now)
    #expect(wire.gate.gate.counters.text.contains("reason=\"granted\"} 3"))
  }

  @Test("one byte more or less is another request")
  func otherBytes() async throws {
    let (wire, request, _) = try await keeping()
    for other in [
      request.replacing("of=today", with: "of=Today"), request.replacing("x-forwarded-for", with: "X-forwarded-for"),
      request.replacing("192.0.2.7", with: "192.0.2.8"), "\r\n" + request,
    ] {
      let before = wire.responder.decidedCount
      _ = try await wire.ask(other)
      #expect(wire.responder.decidedCount == before + 1, "\(other)")
    }
  }

  @Test(
    "what is no allow of a session is decided each time",
    arguments: [
      ("https://wiki.example.com/", []), ("https://public.example.com/", []), ("https://nowhere.example.com/", []),
      ("https://wiki.example.com/?gcp-iap-mode=IDENTITY", []),
      ("https://wiki.example.com/", [("Authorization", "Bearer a.b.c")]),
    ] as [(String, [(String, String)])])
  func neverKept(_ url: String, _ headers: [(String, String)]) async throws {
    let wire = try await Wire()
    for count in 1...4 {
      _ = try await wire.ask(Wire.bytes(url, headers))
      #expect(wire.responder.decidedCount == count)
    }
  }

  @Test("wherever a read ends, each request is answered once and in its order")
  func splitReads() async throws {
    let (wire, request, _) = try await keeping()
    let refused = Wire.bytes("https://nowhere.example.com/", [])
    let stream = request + refused + request
    for end in 1..<stream.utf8.count {
      let text = Array(stream.utf8)
      try await wire.read(String(decoding: text[..<end], as: UTF8.self))
      try await wire.read(String(decoding: text[end...], as: UTF8.self))
      try await wire.read(request)
      var statuses: [Substring] = []
      for _ in 0..<4 { statuses.append(try await wire.answer().dropFirst(9).prefix(3)) }
      #expect(statuses == ["200", "403", "200", "200"], "a read ends at \(end)")
    }
  }

  @Test("behind an answer that ends the connection nothing is answered again", arguments: [true, false])
  func over(isRequest: Bool) async throws {
    let (wire, request, _) = try await keeping()
    // The proxy takes nothing for a while: the connection ends when it has taken the last answer.
    try await wire.channel.pipeline.addHandler(HoldingHandler(), position: .first)
    let last = isRequest ? request.replacing("\r\n\r\n", with: "\r\nconnection: close\r\n\r\n") : "no HTTP\r\n\r\n"
    try? await wire.read(last)
    try #require(wire.channel.isActive)
    try? await wire.read(request)
    #expect(wire.responder.repeatedCount == 0)
  }

  @Test("an allow of one listener is not another's, which reads the same bytes otherwise")
  func otherListener() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let folder = try TestFolder()
    let gate = try TestGate()
    let cookie = try await gate.signIn(host: "wiki.example.com")
    _ = try await gate.gate.load(ModeTests.key(cookie))
    // For nginx it is the wiki's, for Caddy it is nobody's.
    let client = TestGate.listenerRequest("GET", Self.url, headers: TestClient.script + [("Cookie", cookie)], .nginx)
    let other = TestGate.listenerRequest("GET", "https://nowhere.example.com/", headers: [], .caddy)
    let lines = client.headers.lines + other.headers.lines
    var statuses: [String] = []
    var listeners: [any Channel] = []
    for dialect in [ProxyDialect.nginx, .caddy] {
      let path = folder.path("\(dialect).sock")
      listeners.append(
        try await HTTPServer.bind(.unix(path: path), group: group, ProxyResponder(gate: gate.gate, dialect: dialect)))
      for _ in 0..<3 {
        statuses.append(try await Self.status("GET /check HTTP/1.1\r\n\(lines)\r\n", path, group))
      }
    }
    #expect(statuses == ["200", "200", "200", "403", "403", "403"])
    for listener in listeners { try await listener.close() }
    try await group.shutdownGracefully()
  }

  /// The status of the answer to one request, on a connection of its own.
  private static func status(_ request: String, _ path: String, _ group: any EventLoopGroup) async throws -> String {
    let heard = group.next().makePromise(of: String.self)
    let channel = try await ClientBootstrap(group: group)
      .channelInitializer { $0.pipeline.addHandler(FirstRead(heard)) }
      .connect(unixDomainSocketPath: path).get()
    try await channel.writeAndFlush(ByteBuffer(string: request))
    let answer = try await heard.futureResult.get()
    try await channel.close()
    return String(answer.dropFirst(9).prefix(3))
  }

  // MARK: compared

  /// What two gates hear alike: one that answers again, and one that decides each request.
  private struct Pair {
    let clock = TestClock()
    let wires: [Wire]
    private(set) var sessions: [SessionIdentifier] = []

    init() async throws {
      wires = [try await Wire(clock: clock), try await Wire(clock: clock, mayRepeat: false)]
      try await signIn()
    }

    /// Ann, with sessions of the same identifiers on both.
    mutating func signIn() async throws {
      sessions = [SessionIdentifier(), SessionIdentifier()]
      for (host, session) in zip(RepeatTests.hosts, sessions) {
        for wire in wires { _ = try await wire.gate.signIn(host: host, as: session) }
      }
    }

    /// Something that changes what is decided, on both.
    mutating func change(_ random: inout Random) async throws {
      let session = random.pick(sessions).key
      switch random.below(16) {
      case 0...2: try await signIn()
      case 3: clock.set(clock.now - Int64(random.pick([1, 5_000, 70_000])))
      case 4: for wire in wires { try await wire.gate.gate.revoke(.session(session)) }
      case 5: for wire in wires { wire.gate.gate.cache.beginFollowing() }
      case 6:
        let isWithoutAnn = random.chance(50)
        let members = isWithoutAnn ? "\"user:eve@example.com\"" : "\"user:ann@example.com\""
        let files = TestPolicy.files.merging(["wiki.yaml": TestPolicy.app("wiki", members: members)]) { $1 }
        let bundle = try TestPolicy.bundle(files, revision: 2)
        for wire in wires { wire.gate.gate.swap(try GatePolicy(bundle)) }
      case 7: for wire in wires { await wire.gate.gate.flush() }
      case 8: for wire in wires { wire.gate.gate.cache.session(session)?.note(nil, at: clock.now) }
      default:
        clock.set(clock.now + Int64(random.pick([1, 999, 999, 9_999, 59_999, 119_999, 120_000, 899_999, 900_000])))
      }
    }
  }

  private static let hosts = ["wiki.example.com", "payroll.example.com"]

  /// A request that somebody may send, and send again.
  private static func request(_ sessions: [SessionIdentifier], _ random: inout Random) -> String {
    let host = random.pick(hosts + hosts + hosts + ["public.example.com", "nowhere.example.com"])
    let session = hosts.firstIndex(of: host).map { sessions[$0] } ?? sessions[0]
    var headers = random.pick([TestClient.navigation, TestClient.script])
    if random.chance(90) { headers.append(("Cookie", "\(GateCookie.session)=\(session.text)")) }
    if random.chance(5) { headers.append(("Authorization", "Bearer a.b.c")) }
    return Wire.bytes(
      "https://\(host)/\(random.pick(["", "poll", "runs"]))", headers, body: random.chance(10) ? "a=b" : "")
  }

  /// An answer without what is never the same twice: signatures and sealed states.
  private static func comparable(_ answer: String) -> String {
    answer.replacing(/x-goog-iap-jwt-assertion: ey\S+/, with: "assertion").replacing(/request=\S+/, with: "request")
      .replacing(/set-cookie: \S+/, with: "set-cookie")
  }

  @Test("whatever changes between them, requests are answered as if each were decided")
  func compared() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("RepeatTests.compared: seed \(seed)")
    var random = Random(seed: seed)
    var (count, decidedCount) = (0, 0)
    for _ in 0..<4 {
      var pair = try await Pair()
      for _ in 0..<25 {
        let requests = (0..<2).map { _ in Self.request(pair.sessions, &random) }
        for _ in 0..<20 {
          let text = random.pick(requests)
          let end = random.chance(95) ? 0 : random.below(text.utf8.count)
          var answers: [String] = []
          for wire in pair.wires {
            if end > 0 { try await wire.read(String(decoding: text.utf8.prefix(end), as: UTF8.self)) }
            answers.append(try await wire.ask(String(decoding: text.utf8.dropFirst(end), as: UTF8.self)))
          }
          #expect(Self.comparable(answers[0]) == Self.comparable(answers[1]), "seed \(seed), answer \(count)")
          count += 1
          if random.chance(6) { try await pair.change(&random) }
        }
      }
      decidedCount += pair.wires[0].responder.decidedCount
    }
    // Enough of them were not decided for the comparison to say something.
    print("RepeatTests.compared: \(count) requests, \(decidedCount) decided")
    #expect(count - decidedCount > count / 20, "\(count) requests, \(decidedCount) decided")
  }
}
