// One connection of a proxy: HTTP/1.1 requests in, answers out, on the connection's own event loop. Refuses bodies beyond 64 kB, requests
// that do not end in time, and paths that are no endpoint.

internal import NIOCore
internal import NIOHTTP1

/// Answers requests as they come.
protocol RequestResponder: Sendable {
  /// The answer to a request.
  func respond(_ request: ListenerRequest) -> Outcome
}

/// Reads requests and writes answers.
final class HTTPHandler<Responder: RequestResponder>: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private static var bodyLimit: Int { 65_536 }

  private let responder: Responder
  private var request: ListenerRequest?
  private var isKeepAlive = true
  private var isTooLarge = false
  private var isHead = false

  init(_ responder: Responder) { self.responder = responder }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): begin(head, context)
    case .body(let buffer): add(buffer)
    case .end: end(context)
    }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    var headers = Headers()
    for (name, value) in head.headers { headers.add(name, value) }
    request = ListenerRequest(method: head.method.rawValue, target: head.uri, headers: headers)
    // Behind a request to change the protocol the decoder reads no other: whoever sends one gets its answer, and a new connection.
    isKeepAlive = head.isKeepAlive && !head.headers.contains(name: "upgrade")
    isTooLarge = false
    isHead = head.method == .HEAD
  }

  private func add(_ buffer: ByteBuffer) {
    guard let count = request?.body.count else { return }
    if count + buffer.readableBytes > Self.bodyLimit {
      isTooLarge = true
    } else {
      request?.body.append(contentsOf: buffer.readableBytesView)
    }
  }

  private func end(_ context: ChannelHandlerContext) {
    guard let request else { return }
    self.request = nil
    if isTooLarge { return write(Answer(generated: 413, reason: "bodyTooLarge"), context) }
    switch responder.respond(request) {
    case .now(let answer): write(answer, context)
    case .later(let work): wait(for: work, context)
    }
  }

  /// Requests of one connection are answered in their order: the pipeline holds back the next one until then.
  private func wait(for work: @escaping @Sendable () async -> Answer, _ context: ChannelHandlerContext) {
    let promise = context.eventLoop.makePromise(of: Answer.self)
    promise.completeWithTask { await work() }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    promise.futureResult.whenSuccess { answer in
      let (handler, context) = bound.value
      if context.channel.isActive { handler.write(answer, context) }
    }
  }

  private func write(_ answer: Answer, _ context: ChannelHandlerContext) {
    var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status))
    head.headers.reserveCapacity(answer.headers.fields.count + 2)
    for field in answer.headers.fields { head.headers.add(name: field.name, value: field.value) }
    head.headers.add(name: "content-length", value: String(answer.body.count))
    if !isKeepAlive { head.headers.add(name: "connection", value: "close") }
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    // An answer to HEAD says how long the body would be, and has none (RFC 9110, 9.3.2).
    if !answer.body.isEmpty && !isHead {
      var buffer = context.channel.allocator.buffer(capacity: answer.body.count)
      buffer.writeBytes(answer.body)
      context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }
    let end = context.writeAndFlush(wrapOutboundOut(.end(nil)))
    if !isKeepAlive {
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      end.whenComplete { _ in bound.value.close(promise: nil) }
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // A connection on which nothing comes is closed; the proxy opens another when it needs one.
    if event is IdleStateHandler.IdleStateEvent {
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
