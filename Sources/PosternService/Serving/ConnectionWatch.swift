// How long a connection may take: for one request from its first byte to its last, and between requests. Refuses whoever sends a byte now
// and then to keep a connection for ever. It looks at the clock of the event loop, for no policy is about this.

internal import Logging
internal import NIOCore

/// Ends a connection that takes too long.
final class ConnectionWatch: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// What a connection may take.
  struct Limits: Sendable {
    /// Longer than proxies keep connections, so that they close first.
    var idle = TimeAmount.seconds(120)
    var request = TimeAmount.seconds(30)
    /// How often it is looked.
    var look = TimeAmount.seconds(5)
  }

  private let limits: Limits
  private var lastReadAt = NIODeadline.distantPast
  /// When the request began that has not ended yet.
  private var requestBeganAt: NIODeadline?
  /// Whether a request may take as long as it likes, as long as its bytes come.
  private var isCarried = false
  private var look: RepeatedTask?

  init(_ limits: Limits) { self.limits = limits }

  /// The request that was being read is there.
  func endRequest() {
    requestBeganAt = nil
    isCarried = false
  }

  /// The request that is being read is the app's to wait for, or the gate's to decide.
  func beginCarrying() {
    requestBeganAt = nil
    isCarried = true
  }

  /// What is left of it is nobody's.
  func endCarrying() { isCarried = false }

  func handlerAdded(context: ChannelHandlerContext) {
    lastReadAt = context.eventLoop.now
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    look = context.eventLoop.scheduleRepeatedTask(initialDelay: limits.look, delay: limits.look) { _ in
      let (watch, context) = bound.value
      switch watch.state(at: context.eventLoop.now) {
      case .good: break
      case .idle: context.close(promise: nil)
      case .slow: watch.refuse(context)
      }
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { look?.cancel() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lastReadAt = context.eventLoop.now
    if requestBeganAt == nil && !isCarried { requestBeganAt = lastReadAt }
    context.fireChannelRead(data)
  }

  private enum State { case good, idle, slow }

  private func state(at now: NIODeadline) -> State {
    if let requestBeganAt, now - requestBeganAt > limits.request { return .slow }
    return now - lastReadAt > limits.idle ? .idle : .good
  }

  /// A request that does not end is told so (RFC 9110, 15.5.9).
  private func refuse(_ context: ChannelHandlerContext) {
    Logger(label: "posternd").info("a proxy's request took too long")
    let answer = "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    context.writeLast(wrapOutboundOut(ByteBuffer(string: answer)))
  }
}

extension ChannelHandlerContext {
  /// Writes what is the last on this connection, and ends it.
  func writeLast(_ data: NIOAny) {
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    writeAndFlush(data).whenComplete { _ in bound.value.close(promise: nil) }
  }
}
