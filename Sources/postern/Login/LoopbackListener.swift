// Where the browser brings the answer to a login: a port of this machine that is open as long as the login takes (RFC 8252, 7.3). Refuses every
// request but GET /callback with the `state` of this login, and goes on waiting: anybody on this machine can reach it.

internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Waits for one answer.
final class LoopbackListener {
  /// The parameters that the browser brought.
  typealias Answer = [String: String]

  let port: Int
  private let channel: any Channel
  private let promise: EventLoopPromise<Answer>

  init(state: String) throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = loop.makePromise(of: Answer.self)
    let bootstrap = ServerBootstrap(group: loop).childChannelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline()
        try pipeline.addHandler(CallbackHandler(state: state, promise))
      }
    }
    do {
      channel = try bootstrap.bind(host: "127.0.0.1", port: 0).wait()
    } catch {
      promise.fail(error)
      throw CommandFailure("no port of 127.0.0.1 can be opened (\(error)): log in with --device")
    }
    self.promise = promise
    port = channel.localAddress?.port ?? 0
  }

  deinit { channel.close(promise: nil) }

  /// The address that the browser is sent back to.
  var address: String { "http://127.0.0.1:\(port)/callback" }

  /// The answer; nil where none comes in time.
  func answer(withinSeconds seconds: Int64) throws -> Answer? {
    let promise = promise
    let limit = channel.eventLoop.scheduleTask(in: .seconds(seconds)) { promise.fail(NoAnswer()) }
    defer { limit.cancel() }
    do { return try promise.futureResult.wait() } catch is NoAnswer { return nil }
  }

  private struct NoAnswer: Error {}
}

/// Answers the browser.
private final class CallbackHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let state: String
  private let promise: EventLoopPromise<LoopbackListener.Answer>

  init(state: String, _ promise: EventLoopPromise<LoopbackListener.Answer>) {
    self.state = state
    self.promise = promise
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = unwrapInboundIn(data) else { return }
    let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard head.method == .GET, parts[0] == "/callback" else {
      reply(.notFound, "Nothing is here.", context)
      return
    }
    guard parts.count == 2, let fields = FormText.fields(parts[1]), fields["state"] == state else {
      reply(.badRequest, "This is no answer to the login that waits here. Go back to the terminal.", context)
      return
    }
    let text =
      fields["code"] == nil
      ? "The login was refused. You may close this window: the terminal says why."
      : "You may close this window, and go back to the terminal."
    // The command may end as soon as it has the answer: the page is sent first.
    let promise = promise
    reply(.ok, text, context).whenComplete { _ in promise.succeed(fields) }
  }

  @discardableResult
  private func reply(
    _ status: HTTPResponseStatus, _ text: String, _ context: ChannelHandlerContext
  ) -> EventLoopFuture<Void> {
    let page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Postern</title><p>\(text)</p></html>\n"
    let headers = HTTPHeaders([
      ("content-type", "text/html; charset=utf-8"), ("content-length", String(page.utf8.count)),
      ("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("connection", "close"),
      ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ])
    context.write(
      wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: page)))), promise: nil)
    let channel = context.channel
    let sent = context.writeAndFlush(wrapOutboundOut(.end(nil)))
    sent.whenComplete { _ in channel.close(promise: nil) }
    return sent
  }
}
