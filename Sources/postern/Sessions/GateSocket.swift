// HTTP over the Unix socket that posternd administers its sessions on; the socket's file says who may. Refuses answers beyond 64 MiB, and
// waits a minute for one at most.

internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The socket of a running posternd.
struct GateSocket {
  let path: String

  private static let byteLimit = 64 << 20
  private static let timeoutSeconds: Int64 = 60

  /// The body of the answer to a request; anything but a 200 is a failure, in posternd's own words.
  func ask(_ method: HTTPMethod, _ target: String, body: [UInt8] = []) throws -> [UInt8] {
    let answer = try exchange(method, target, body)
    if answer.status == .ok { return answer.body }
    let said = (try? GateRefusal(answer.body).error) ?? "status \(answer.status.code)"
    throw CommandFailure("posternd refuses: \(said)")
  }

  private struct Answer: Sendable {
    let status: HTTPResponseStatus
    let body: [UInt8]
  }

  /// One request on a connection of its own.
  private func exchange(_ method: HTTPMethod, _ target: String, _ body: [UInt8]) throws -> Answer {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = loop.makePromise(of: Answer.self)
    let bootstrap = ClientBootstrap(group: loop).channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHTTPClientHandlers()
        try pipeline.addHandler(IdleStateHandler(readTimeout: .seconds(Self.timeoutSeconds)))
        try pipeline.addHandler(NIOHTTPClientResponseAggregator(maxContentLength: Self.byteLimit))
        try pipeline.addHandler(AnswerHandler(promise))
      }
    }
    do {
      let channel = try bootstrap.connect(unixDomainSocketPath: path).wait()
      defer { channel.close(promise: nil) }
      var head = HTTPRequestHead(version: .http1_1, method: method, uri: target)
      head.headers.add(name: "host", value: "localhost")
      head.headers.add(name: "connection", value: "close")
      head.headers.add(name: "content-length", value: String(body.count))
      channel.write(HTTPClientRequestPart.head(head), promise: nil)
      if !body.isEmpty { channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil) }
      channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
      return try promise.futureResult.wait()
    } catch {
      // Nobody answers where nothing was connected.
      promise.fail(error)
      throw CommandFailure("cannot ask posternd at \(path): \(Self.sentence(error))")
    }
  }

  private static func sentence(_ error: any Error) -> String {
    if let error = error as? IOError { return SystemError.text(error.errnoCode) }
    if error is SocketAddressError { return "a socket's path has at most 107 bytes" }
    return (error as? CommandFailure)?.description ?? "\(error)"
  }

  /// Takes the one answer of a connection.
  private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = NIOHTTPClientResponseFull

    private let promise: EventLoopPromise<Answer>

    init(_ promise: EventLoopPromise<Answer>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let response = unwrapInboundIn(data)
      promise.succeed(
        Answer(status: response.head.status, body: response.body.map { Array($0.readableBytesView) } ?? []))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
      fail(CommandFailure("no answer within \(GateSocket.timeoutSeconds) seconds"), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
      promise.fail(CommandFailure("it closed the connection without an answer"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(error, context) }

    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
      promise.fail(error)
      context.close(promise: nil)
    }
  }
}
