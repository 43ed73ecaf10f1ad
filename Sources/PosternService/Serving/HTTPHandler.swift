// One connection of a proxy: HTTP/1.1 requests in, answers out, on the connection's own event loop, one after the other. Refuses bodies beyond
// 64 kB, requests that do not end in time, and what is no HTTP. Answers are written as bytes at once: one is written for every request
// that any proxy sees.

internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// Answers requests as they come.
protocol RequestResponder: Sendable {
  /// The answer to a request.
  func respond(_ request: consuming ListenerRequest) -> Outcome

  /// What becomes of a request that is to be carried; nil for every other. Its body is not there.
  func tunnel(_ request: ListenerRequest) -> (@Sendable () async -> TunnelOutcome)?

  /// The answer to a request whose body is beyond the limit, and a line in the log; the body is not there.
  func refuseBody(of request: ListenerRequest) -> Answer

  /// Whether the request of `allow`, which has come again, may be answered as it was; it has been answered then.
  func repeats(_ allow: RepeatableAllow) -> Bool
}

extension RequestResponder {
  func refuseBody(of request: ListenerRequest) -> Answer {
    .tooLarge(request.target, Logger(label: "posternd"))
  }

  func repeats(_ allow: RepeatableAllow) -> Bool { false }
  func tunnel(_ request: ListenerRequest) -> (@Sendable () async -> TunnelOutcome)? { nil }
}

extension Answer {
  /// The answer to a body that nobody reads, and its line in the log.
  static func tooLarge(_ target: String, _ log: Logger) -> Answer {
    log.info("a body was too large", metadata: ["target": "\(target.prefix(64))"])
    return Answer(generated: 413, reason: "bodyTooLarge")
  }
}

/// Reads requests and writes answers.
final class HTTPHandler<Responder: RequestResponder>: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  private static var bodyLimit: Int { 65_536 }

  private let responder: Responder
  private let watch: ConnectionWatch
  private let repeats: RepeatHandler<Responder>
  private let pending: PendingAnswers
  private var request: ListenerRequest?
  private var framing = Answer.Framing()
  private var version = HTTPVersion.http1_1
  private var isTooLarge = false
  /// To a request that was to be carried; told behind its body, before which a proxy may not listen.
  private var refusal: Answer?
  /// While an answer is waited for, the next request waits too (RFC 9112, 9.3.2), and no more of them are read.
  private var isWaiting = false
  private var isReadHeld = false
  private var heldParts = CircularBuffer<HTTPServerRequestPart>()

  init(
    _ responder: Responder, _ watch: ConnectionWatch, _ repeats: RepeatHandler<Responder>, _ pending: PendingAnswers
  ) {
    self.responder = responder
    self.watch = watch
    self.repeats = repeats
    self.pending = pending
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if isWaiting { heldParts.append(part) } else { take(part, context) }
  }

  func read(context: ChannelHandlerContext) {
    if isWaiting { isReadHeld = true } else { context.read() }
  }

  private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    switch part {
    case .head(let head): begin(head, context)
    case .body(let buffer): add(buffer)
    case .end: end(context)
    }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    repeats.begin()
    var headers = Headers()
    headers.reserve(head.headers.count)
    for (name, value) in head.headers { headers.add(name, value) }
    // Behind a request to change the protocol the decoder reads no other: whoever sends one gets its answer, and a new connection.
    let isUpgrade = headers.contains("upgrade")
    framing = Answer.Framing(isKeepAlive: head.isKeepAlive && !isUpgrade, isHead: head.method == .HEAD)
    version = head.version
    let request = ListenerRequest(method: head.method.rawValue, target: head.uri, headers: headers)
    self.request = request
    isTooLarge = false
    // The body of another may take as long as its app likes.
    if !isUpgrade, let work = responder.tunnel(request) { carry(work, context) }
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
    watch.endRequest()
    if let refusal {
      self.refusal = nil
      return write(refusal, context)
    }
    if isTooLarge {
      return write(responder.refuseBody(of: request), context)
    }
    if request.headers.contains("upgrade"), let work = responder.tunnel(request) { return carry(work, context) }
    switch responder.respond(request) {
    case .now(let answer): write(answer, context)
    case .later(let work): wait(for: work, context) { self.write($0, context) }
    }
  }

  private func wait<Result: Sendable>(
    for work: @escaping @Sendable () async -> Result, _ context: ChannelHandlerContext,
    then finish: @escaping (Result) -> Void
  ) {
    isWaiting = true
    pending.begin()
    let promise = context.eventLoop.makePromise(of: Result.self)
    promise.completeWithTask { await work() }
    let bound = NIOLoopBound((self, context, finish), eventLoop: context.eventLoop)
    promise.futureResult.whenSuccess { result in
      let (handler, context, finish) = bound.value
      defer { handler.pending.end() }
      guard context.channel.isActive else { return }
      handler.isWaiting = false
      finish(result)
      handler.goOn(context)
    }
  }

  /// Takes what has waited for the answer before.
  private func goOn(_ context: ChannelHandlerContext) {
    while !isWaiting, let part = heldParts.popFirst() { take(part, context) }
    if !isWaiting && isReadHeld {
      isReadHeld = false
      context.read()
    }
  }

  private func write(_ answer: Answer, _ context: ChannelHandlerContext) {
    var answer = answer
    if !answer.isWritable {
      Logger(label: "posternd").error(
        "an answer has a header of several lines", metadata: ["reason": "\(answer.reason)"])
      answer = Answer(generated: 500, reason: "unwritableAnswer")
    }
    var buffer = context.channel.allocator.buffer(capacity: answer.byteCount)
    answer.write(framing, into: &buffer)
    repeats.end(buffer, answer.repeatable, isLast: !framing.isKeepAlive)
    if framing.isKeepAlive {
      context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    } else {
      context.writeLast(wrapOutboundOut(buffer))
    }
  }

  // MARK: tunnels

  private func carry(_ work: @escaping @Sendable () async -> TunnelOutcome, _ context: ChannelHandlerContext) {
    if request != nil { watch.beginCarrying() }
    wait(for: work, context) { outcome in
      switch outcome {
      case .refused(let answer): self.refuse(answer, context)
      case .open(let plan): self.open(plan, context)
      }
    }
  }

  /// From here on the connection is carried, as `plan` says.
  private func open(_ plan: TunnelPlan, _ context: ChannelHandlerContext) {
    isWaiting = true
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    plan.open(from: context.channel, version).whenSuccess { outcome in
      guard let refusal = outcome else { return }
      let (handler, context) = bound.value
      handler.isWaiting = false
      handler.refuse(refusal, context)
      handler.goOn(context)
    }
  }

  private func refuse(_ answer: Answer, _ context: ChannelHandlerContext) {
    if request == nil { return write(answer, context) }
    refusal = answer
    watch.endCarrying()
  }

  /// What has been held is the next handler's.
  func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
    while let part = heldParts.popFirst() { context.fireChannelRead(wrapInboundOut(part)) }
    context.leavePipeline(removalToken: removalToken)
  }

  // MARK: ends

  /// What is no HTTP is told so, and ends the connection.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    framing.isKeepAlive = false
    if error is HTTPParserError && !isWaiting {
      Logger(label: "posternd").info("a proxy's connection speaks no HTTP", metadata: ["error": "\(error)"])
      write(Answer(generated: 400, reason: "malformedRequest"), context)
    } else {
      context.close(promise: nil)
    }
  }
}
