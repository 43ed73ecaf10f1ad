// A request whose answer may be an event stream (WHATWG HTML, 9.2), and that answer, carried between a client and its app for as long as the
// session is good. Refuses a second request on either connection: nobody has decided it, so both end behind the one answer.

internal import NIOCore
internal import NIOHTTP1

extension TunnelPlan {
  /// Asks the app, whose answer is the client's from here on; an answer of the gate's where there is no app.
  func openEventStream(from client: any Channel, _ version: HTTPVersion) -> EventLoopFuture<Answer?> {
    let loop = client.eventLoop
    let connected = connect(loop) { AnswerRelay(to: client, version, isHead: head.method == .HEAD) }
    return connected.map { Optional($0) }.recover { _ in nil }.flatMap { app in
      guard let app else { return loop.makeSucceededFuture(.appUnavailable) }
      return join(client, app).map { nil }
    }
  }

  private func join(_ client: any Channel, _ app: any Channel) -> EventLoopFuture<Void> {
    client.eventLoop.makeCompletedFuture {
      let pipeline = client.pipeline.syncOperations
      try pipeline.addHandler(HTTPResponseEncoder(), position: .first)
      try pipeline.addHandler(RequestRelay(to: app))
      try ReadPacer.pace(client, app)
      app.writeAndFlush(HTTPClientRequestPart.head(head), promise: nil)
    }.flatMap {
      // The handler of messages hands on what it has held.
      Self.remove([PipelineName.repeats, PipelineName.http], from: client)
    }.map {
      // What was held came without the end of a read. Unsent, it would keep the client from being read.
      app.flush()
      watch(client, app) { client.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer()))) }
    }.recover { _ in
      client.close(promise: nil)
      app.close(promise: nil)
    }
  }
}

/// On the client's connection: what is left of its request, to the app.
private final class RequestRelay: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart

  private let app: any Channel
  private var isWhole = false

  init(to app: any Channel) { self.app = app }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isWhole { return }
    switch unwrapInboundIn(data) {
    case .head: break
    case .body(let bytes): app.write(HTTPClientRequestPart.body(.byteBuffer(bytes)), promise: nil)
    case .end:
      isWhole = true
      app.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
      // Whoever sends a body must go on with it; whoever listens may be silent.
      context.pipeline.removeHandler(name: PipelineName.watch, promise: nil)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    app.flush()
    context.fireChannelReadComplete()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// On the app's connection: its answer, to the client. The connection ends behind it, and the client's with it.
private final class AnswerRelay: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  /// What is said of a connection, and not of an answer (RFC 9110, 7.6.1).
  private static let ofConnection = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"]

  private let client: any Channel
  /// The client's, which says how an answer without a length ends.
  private let version: HTTPVersion
  /// An answer to HEAD has no body whatever its headers say (RFC 9110, 9.3.2).
  private let isHead: Bool
  private var hasBegun = false
  private var isWhole = false

  init(to client: any Channel, _ version: HTTPVersion, isHead: Bool) {
    self.client = client
    self.version = version
    self.isHead = isHead
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isWhole { return }
    switch unwrapInboundIn(data) {
    // No other protocol was asked for.
    case .head(let head) where head.status == .switchingProtocols: context.close(promise: nil)
    case .head(let head): begin(head.status, head.headers)
    case .body(let bytes): client.write(HTTPServerResponsePart.body(.byteBuffer(bytes)), promise: nil)
    case .end:
      end()
      context.close(promise: nil)
    }
  }

  private func begin(_ status: HTTPResponseStatus, _ fields: HTTPHeaders) {
    hasBegun = true
    var headers = fields
    for name in Self.ofConnection { headers.remove(name: name) }
    headers.add(name: "connection", value: "close")
    let head = HTTPResponseHead(version: version, status: status, headers: headers)
    client.write(HTTPServerResponsePart.head(head), promise: nil)
  }

  private func end() {
    isWhole = true
    if !isHead { client.write(HTTPServerResponsePart.end(nil), promise: nil) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    client.flush()
    context.fireChannelReadComplete()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  /// An app that ends before it has begun is none; where it ends in the middle, so does what the client hears.
  func channelInactive(context: ChannelHandlerContext) {
    if !hasBegun {
      let answer = Answer.appUnavailable
      let fields = answer.headers.fields.map { ($0.name, $0.value) }
      begin(HTTPResponseStatus(statusCode: answer.status), HTTPHeaders(fields))
      end()
    }
    context.fireChannelInactive()
  }
}
