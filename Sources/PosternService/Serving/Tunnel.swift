// A connection that is carried between a client and its app for as long as its session is good (the gate's rules, "Sessions"): one that
// changes its protocol here, and an event stream in EventStream.swift. Refuses to carry another protocol before the app has agreed to change:
// what it answers instead is the client's answer, and the connection ends there, for behind it the app would hear requests that nobody
// has decided.

internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// What the gate does with a request that it is to carry.
enum TunnelOutcome: Sendable {
  case refused(Answer)
  case open(TunnelPlan)
}

/// A request that may pass, and ends with its session.
struct TunnelPlan: Sendable {
  enum Kind: Sendable { case webSocket, eventStream }

  let kind: Kind
  /// Where the app is.
  let app: ListenAddress
  /// What the app is asked.
  let head: HTTPRequestHead
  /// Whether the session is over; asked four times a second.
  let isOver: @Sendable () async -> Bool

  private static let lookMilliseconds: Int64 = 250
  private static let patience = TimeAmount.seconds(5)

  /// Asks the app, and joins the two connections; otherwise what the client is answered.
  ///
  /// - Parameter client: a connection whose pipeline is `HTTPServer`'s; the future is its event loop's.
  func open(from client: any Channel, _ version: HTTPVersion) -> EventLoopFuture<Answer?> {
    switch kind {
    case .webSocket: openWebSocket(from: client)
    case .eventStream: openEventStream(from: client, version)
    }
  }

  /// A connection to the app that speaks HTTP, with a handler of the caller's behind it.
  func connect(
    _ loop: any EventLoop, _ makeHandler: @escaping @Sendable () -> any ChannelHandler
  ) -> EventLoopFuture<any Channel> {
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(Self.patience)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(HTTPRequestEncoder(), name: PipelineName.encoder)
          try pipeline.addHandler(
            ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes)), name: PipelineName.decoder)
          try pipeline.addHandler(makeHandler(), name: PipelineName.http)
        }
      }
    switch app {
    case .unix(let path): return bootstrap.connect(unixDomainSocketPath: path)
    case .tcp(let host, let port): return bootstrap.connect(host: host, port: port)
    }
  }

  static func remove(_ names: [String], from channel: any Channel) -> EventLoopFuture<Void> {
    names.reduce(channel.eventLoop.makeSucceededVoidFuture()) { done, name in
      done.flatMap { channel.pipeline.removeHandler(name: name) }
    }
  }

  /// From here on both connections end when one does, or the session.
  ///
  /// - Parameter flush: done when the client has been written all that the app said.
  func watch(
    _ client: any Channel, _ app: any Channel, flush: @escaping @Sendable () -> EventLoopFuture<Void>
  ) {
    let task = client.eventLoop.scheduleRepeatedAsyncTask(
      initialDelay: .milliseconds(Self.lookMilliseconds), delay: .milliseconds(Self.lookMilliseconds)
    ) { _ in
      client.eventLoop.makeFutureWithTask { await isOver() }.map { isOver in
        if isOver { client.close(promise: nil) }
      }
    }
    client.closeFuture.whenComplete { _ in
      task.cancel()
      app.close(promise: nil)
    }
    app.closeFuture.whenComplete { _ in
      flush().whenComplete { _ in client.close(promise: nil) }
    }
    // What was read before may have been held back by a handler that is gone.
    client.read()
    app.read()
  }

  // MARK: WebSockets

  private func openWebSocket(from client: any Channel) -> EventLoopFuture<Answer?> {
    let loop = client.eventLoop
    let agreed = loop.makePromise(of: HTTPResponseHead.self)
    let connected = connect(loop) { HandshakeHandler(head, agreed) }
    connected.cascadeFailure(to: agreed)
    let deadline = loop.scheduleTask(in: Self.patience) { agreed.fail(ChannelError.connectTimeout(Self.patience)) }
    return agreed.futureResult.and(connected).flatMap { head, app -> EventLoopFuture<Answer?> in
      deadline.cancel()
      guard head.status == .switchingProtocols else {
        app.close(promise: nil)
        return loop.makeSucceededFuture(Self.refusal(head))
      }
      return join(client, app, head).map { nil }
    }.flatMapError { _ in
      deadline.cancel()
      connected.whenSuccess { $0.close(promise: nil) }
      return loop.makeSucceededFuture(.appUnavailable)
    }
  }

  /// What an app says that does not agree: its status, for what it would say more may take any time.
  private static func refusal(_ head: HTTPResponseHead) -> Answer {
    Answer(generated: (400..<600).contains(Int(head.status.code)) ? Int(head.status.code) : 502, reason: "appRefused")
  }

  private func join(
    _ client: any Channel, _ app: any Channel, _ head: HTTPResponseHead
  ) -> EventLoopFuture<Void> {
    client.eventLoop.makeCompletedFuture {
      try ReadPacer.pace(client, app)
      try client.pipeline.syncOperations.addHandler(PipeHandler(to: app))
      try app.pipeline.syncOperations.addHandler(PipeHandler(to: client))
    }.flatMap {
      // The client hears that the app agreed before it hears anything else from it.
      client.writeAndFlush(Self.bytes(of: head, client.allocator))
    }.flatMap {
      // The handlers that read messages go before the decoders, which hand on the bytes that they have read too many.
      Self.remove([PipelineName.watch, PipelineName.repeats, PipelineName.http, PipelineName.decoder], from: client)
    }.flatMap {
      Self.remove([PipelineName.http, PipelineName.encoder, PipelineName.decoder], from: app)
    }.map {
      watch(client, app) { client.writeAndFlush(ByteBuffer()) }
    }
  }

  private static func bytes(of head: HTTPResponseHead, _ allocator: ByteBufferAllocator) -> ByteBuffer {
    var buffer = allocator.buffer(capacity: 256)
    buffer.writeString("HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\n")
    for (name, value) in head.headers { buffer.writeString("\(name): \(value)\r\n") }
    buffer.writeString("\r\n")
    return buffer
  }
}

/// The names of handlers that a tunnel takes out.
enum PipelineName {
  static let watch = "watch"
  static let repeats = "repeats"
  static let decoder = "decoder"
  static let encoder = "encoder"
  static let http = "http"
}

/// Sends the handshake, and tells what the app says to it.
private final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let handshake: HTTPRequestHead
  private let agreed: EventLoopPromise<HTTPResponseHead>

  init(_ handshake: HTTPRequestHead, _ agreed: EventLoopPromise<HTTPResponseHead>) {
    self.handshake = handshake
    self.agreed = agreed
  }

  func channelActive(context: ChannelHandlerContext) {
    context.write(wrapOutboundOut(.head(handshake)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data) { agreed.succeed(head) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    agreed.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { agreed.fail(ChannelError.eof) }
}

/// What one end of a tunnel reads, the other writes.
private final class PipeHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let other: any Channel

  init(to other: any Channel) { self.other = other }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    other.writeAndFlush(unwrapInboundIn(data), promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Reads one of two connections no faster than the other takes what was read.
final class ReadPacer: ChannelDuplexHandler {
  typealias InboundIn = NIOAny
  typealias OutboundIn = NIOAny

  /// Until this connection ends.
  private var partner: ReadPacer?
  private var context: ChannelHandlerContext?
  private var isReadHeld = false

  /// Paces two connections of one event loop, from that loop.
  static func pace(_ one: any Channel, _ other: any Channel) throws {
    let pacers = (ReadPacer(), ReadPacer())
    pacers.0.partner = pacers.1
    pacers.1.partner = pacers.0
    try one.pipeline.syncOperations.addHandler(pacers.0)
    try other.pipeline.syncOperations.addHandler(pacers.1)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    partner = nil
  }

  func read(context: ChannelHandlerContext) {
    if partner?.context?.channel.isWritable ?? true { context.read() } else { isReadHeld = true }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable, let partner, partner.isReadHeld {
      partner.isReadHeld = false
      partner.context?.read()
    }
    context.fireChannelWritabilityChanged()
  }
}
