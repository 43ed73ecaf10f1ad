// Binds listeners. Refuses nothing but an address that cannot be had.

internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A proxy's listener: what it sends is read in that proxy's dialect.
struct ProxyResponder: RequestResponder {
  let gate: Gate
  let dialect: ProxyDialect
  var trustedHops = 0

  func respond(_ request: consuming ListenerRequest) -> Outcome {
    guard let endpoint = Endpoint(request.target, dialect) else {
      return .now(Answer(generated: 404, reason: "noEndpoint"))
    }
    guard let client = client(request, endpoint) else { return .now(unreadable(endpoint)) }
    if endpoint == .tunnel { return .now(finish(Answer(generated: 426, reason: "notCarried"), client, endpoint)) }
    // nginx asks twice: here whether the request may pass, at `/answer` for what the client gets. What can be done once is done there.
    if dialect == .nginx && endpoint == .check && client.path == Gate.arrivalPath {
      return .now(finish(Answer(generated: 401, reason: "modeRequested"), client, endpoint))
    }
    switch gate.answer(client) {
    case .now(let answer): return .now(finish(answer, client, endpoint))
    case .later(let work): return .later { finish(await work(), client, endpoint) }
    }
  }

  func tunnel(_ request: ListenerRequest) -> (@Sendable () async -> TunnelOutcome)? {
    guard Endpoint(request.target, dialect) == .tunnel else { return nil }
    let framing = request.headers.fields.first { ["content-length", "transfer-encoding"].contains($0.name) }
    guard let client = client(request, .tunnel) else { return { .refused(unreadable(.tunnel)) } }
    return {
      let outcome = await gate.tunnel(client, framing)
      if case .refused(let answer) = outcome { return .refused(finish(answer, client, .tunnel)) }
      return outcome
    }
  }

  /// What reads answers of its own is told so in its own words.
  func refuseBody(of request: ListenerRequest) -> Answer {
    guard let endpoint = Endpoint(request.target, dialect), let client = client(request, endpoint) else {
      return unreadable(.answer)
    }
    return finish(gate.refuseBody(of: client), client, endpoint)
  }

  func repeats(_ allow: RepeatableAllow) -> Bool { gate.repeats(allow) }

  /// The client's request; nil, and a line in the log, where what the proxy sent cannot be read.
  private func client(_ request: consuming ListenerRequest, _ endpoint: Endpoint) -> ClientRequest? {
    do throws(WireFault) {
      return try dialect.clientRequest(request, prefix: endpoint.prefix, trustedHops: trustedHops)
    } catch {
      gate.log.warning("a proxy's request cannot be read", metadata: ["error": "\(error.sentence)"])
      return nil
    }
  }

  private func unreadable(_ endpoint: Endpoint) -> Answer {
    endpoint.render(Answer(generated: 403, reason: "malformedRequest"), nil, dialect)
  }

  private func finish(_ answer: Answer, _ client: ClientRequest, _ endpoint: Endpoint) -> Answer {
    let rendered = endpoint.render(answer, client, dialect)
    gate.counters.count(rendered)
    return rendered
  }
}

/// Listens for HTTP/1.1.
enum HTTPServer {
  /// Listens on `address`; a socket in the file system replaces one that nobody listens on any more. nil for `peers`: whoever comes.
  static func bind(
    _ address: ListenAddress, group: any EventLoopGroup, _ responder: some RequestResponder,
    _ pending: PendingAnswers = PendingAnswers(), peers: TrustedPeers? = nil
  ) async throws -> any Channel {
    let tables = ThreadSpecificVariable<RepeatTable>()
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if peers?.trusts(channel.remoteAddress) == false {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(ConnectionWatch(.init()))
            try pipeline.addHandler(StrangerHandler())
          } else {
            try setUp(channel, responder, .current(tables), pending)
          }
        }
      }
    switch address {
    case .unix(let path):
      return try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    case .tcp(let host, let port): return try await bootstrap.bind(host: host, port: port).get()
    }
  }

  /// What a connection of a proxy goes through; `table` is its event loop's.
  static func setUp(
    _ channel: any Channel, _ responder: some RequestResponder, _ table: RepeatTable,
    _ pending: PendingAnswers = PendingAnswers()
  ) throws {
    let pipeline = channel.pipeline.syncOperations
    let watch = ConnectionWatch(.init())
    let repeats = RepeatHandler(responder, watch, table)
    try pipeline.addHandler(watch, name: PipelineName.watch)
    try pipeline.addHandler(repeats, name: PipelineName.repeats)
    try pipeline.addHandler(
      ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)), name: PipelineName.decoder)
    try pipeline.addHandler(HTTPHandler(responder, watch, repeats, pending), name: PipelineName.http)
  }

  /// What the system takes as a socket's path.
  private static let pathByteLimit = 107

  /// Listens on a socket that only its owner may open, from the first instant on: it is made in a folder where nobody else can look, and
  /// then put in its place.
  static func bindPrivately(
    _ path: String, group: any EventLoopGroup, _ responder: some RequestResponder
  ) async throws -> any Channel {
    let folder = "\(path).new"
    if folder.utf8.count + 2 > pathByteLimit {
      throw LoadFault(description: "\(path): a socket's path has at most \(pathByteLimit - 6) bytes; set admin.socket")
    }
    guard FileAccess.makeFolder(folder) else { throw LoadFault(description: "\(folder) cannot be made") }
    defer { FileAccess.remove(folder) }
    let channel = try await bind(.unix(path: "\(folder)/s"), group: group, responder)
    if FileAccess.move("\(folder)/s", to: path, mode: 0o600) { return channel }
    try await channel.close()
    throw LoadFault(description: "\(path) cannot be made")
  }
}
