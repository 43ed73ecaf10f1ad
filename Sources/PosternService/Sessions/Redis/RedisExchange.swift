// One connection's conversation with a Redis: commands go out as they come, replies come back in their order. A reply that does not come
// within a second ends the connection, for the order would be lost with it; so does silence on a connection that nobody uses, which is asked
// for a sign of life each second. Refuses commands once it has ended.

internal import NIOCore

/// Talks to a Redis, on the connection's own event loop.
final class RedisExchange: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  /// Time is counted in ticks, so that nothing here reads a clock.
  private static let tickMilliseconds: Int64 = 250
  private static let ticksToAnswer = 4

  private struct Question {
    let promise: EventLoopPromise<RedisReply>
    let tick: Int
  }

  private let reader = RedisReplyReader()
  private let place: String
  private let onMessage: (@Sendable (String) -> Void)?
  private var context: ChannelHandlerContext?
  private var questions = CircularBuffer<Question>()
  private var tick = 0
  private var lastAnswerTick = 0
  private var ticker: Scheduled<Void>?
  private var isFlushPlanned = false
  private var ending: StoreFault?

  /// - Parameters:
  ///   - place: who is talked to, for faults: `the Redis at 10.0.0.5:6379`.
  ///   - onMessage: told what is published where the connection has subscribed.
  init(with place: String, onMessage: (@Sendable (String) -> Void)?) {
    self.place = place
    self.onMessage = onMessage
  }

  // MARK: commands

  /// Sends a command; the promise is kept in any case.
  func send(_ command: RedisCommand, _ promise: EventLoopPromise<RedisReply>) {
    guard let context, ending == nil else { return promise.fail(ending ?? lost) }
    questions.append(Question(promise: promise, tick: tick))
    var buffer = context.channel.allocator.buffer(capacity: command.byteCount)
    command.write(to: &buffer)
    context.write(NIOAny(buffer), promise: nil)
    planFlush(context)
  }

  /// What is sent in one turn of the event loop goes out together.
  private func planFlush(_ context: ChannelHandlerContext) {
    if isFlushPlanned { return }
    isFlushPlanned = true
    context.eventLoop.assumeIsolated().execute {
      self.isFlushPlanned = false
      self.context?.flush()
    }
  }

  private var lost: StoreFault { StoreFault(description: "the connection to \(place) is lost") }

  // MARK: replies

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    do throws(StoreFault) {
      try reader.feed(unwrapInboundIn(data))
      while let reply = try reader.next() { try take(reply) }
    } catch {
      end(StoreFault(description: "\(place) sends what is no reply: \(error)"))
    }
  }

  private func take(_ reply: RedisReply) throws(StoreFault) {
    lastAnswerTick = tick
    if let onMessage, let parts = reply.list, parts.count == 3, parts[0].text == "message" {
      onMessage(parts[2].text ?? "")
    } else if let question = questions.popFirst() {
      question.promise.succeed(reply)
    } else {
      throw StoreFault(description: "nobody asked")
    }
  }

  // MARK: life and end

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func channelActive(context: ChannelHandlerContext) {
    awaitTick(context)
    context.fireChannelActive()
  }

  private func awaitTick(_ context: ChannelHandlerContext) {
    ticker = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Self.tickMilliseconds)) {
      self.passTick()
    }
  }

  private func passTick() {
    guard let context, ending == nil else { return }
    awaitTick(context)
    tick += 1
    if let oldest = questions.first {
      if tick - oldest.tick >= Self.ticksToAnswer {
        end(StoreFault(description: "\(place) does not answer within a second"))
      }
    } else if tick - lastAnswerTick >= Self.ticksToAnswer {
      send(RedisCommand("PING"), context.eventLoop.makePromise())
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(lost)
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    end(lost)
    self.context = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(StoreFault(description: "the connection to \(place) failed: \(error)"))
  }

  /// Ends the connection; whoever waits for a reply is told why.
  private func end(_ fault: StoreFault) {
    if ending != nil { return }
    ending = fault
    ticker?.cancel()
    let waiting = questions
    questions.removeAll()
    for question in waiting { question.promise.fail(fault) }
    context?.close(promise: nil)
  }
}
