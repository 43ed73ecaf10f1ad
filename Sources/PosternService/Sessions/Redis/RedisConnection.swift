// A connection to a Redis, for tasks. What is asked at the same time is sent together and answered in order. Closed when nobody holds it.
// Refuses nothing that the server takes; an error reply is a fault, and one that says that the server is no master ends the connection.

internal import NIOCore

/// One connection.
final class RedisConnection: Sendable {
  private let channel: any Channel
  private let exchange: NIOLoopBound<RedisExchange>

  /// - Parameter exchange: the last handler of the channel's pipeline.
  init(_ channel: any Channel, _ exchange: NIOLoopBound<RedisExchange>) {
    self.channel = channel
    self.exchange = exchange
  }

  deinit { close() }

  var isActive: Bool { channel.isActive }

  func close() { channel.close(promise: nil) }

  /// Calls `action` once the connection has ended, or at once where it has.
  func whenClosed(_ action: @escaping @Sendable () -> Void) { channel.closeFuture.whenComplete { _ in action() } }

  /// The reply to a command, an error reply as it is.
  func send(_ command: RedisCommand) async throws(StoreFault) -> RedisReply {
    let promise = channel.eventLoop.makePromise(of: RedisReply.self)
    channel.eventLoop.execute { [exchange] in exchange.value.send(command, promise) }
    do {
      return try await promise.futureResult.get()
    } catch {
      throw error as? StoreFault ?? StoreFault(description: "\(error)")
    }
  }

  /// The reply to a command that must not fail.
  func call(_ command: RedisCommand) async throws(StoreFault) -> RedisReply {
    let reply = try await send(command)
    if case .refusal(let sentence) = reply { throw refused(command, sentence) }
    return reply
  }

  /// Runs a script, which the server is given where it does not know it yet.
  func run(_ script: RedisScript, _ arguments: [String]) async throws(StoreFault) -> RedisReply {
    let reply = try await send(RedisCommand(words: ["EVALSHA", script.digest, "0"] + arguments))
    guard case .refusal(let sentence) = reply else { return reply }
    let command = RedisCommand(words: ["EVAL", script.text, "0"] + arguments)
    if sentence.hasPrefix("NOSCRIPT") { return try await call(command) }
    throw refused(command, sentence)
  }

  /// Kinds of error replies that another server, or the same one later, would not give.
  private static let passing = ["READONLY", "LOADING", "MASTERDOWN", "NOAUTH"]

  private func refused(_ command: RedisCommand, _ sentence: String) -> StoreFault {
    if Self.passing.contains(where: sentence.hasPrefix) { close() }
    return StoreFault(description: "the store refuses \(command.words[0]): \(sentence)")
  }
}
