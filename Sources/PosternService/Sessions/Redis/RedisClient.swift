// The connection for commands: one, that is kept up. Where it is lost another is made, at once and then with a growing pause between attempts, and
// whoever asks meanwhile is told so without waiting. Refuses to ask a server that has not passed the greeting.

internal import Logging

/// Keeps one connection to a Redis.
actor RedisClient {
  private enum State {
    /// The first attempt since the last connection was good: it is waited for.
    case dialing(Task<Result<RedisConnection, StoreFault>, Never>)
    case open(RedisConnection)
    /// Attempts go on; nobody waits for them.
    case down(StoreFault)
    case closed
  }

  private static let firstPauseMilliseconds = 50
  private static let longestPauseMilliseconds = 1_000

  private let dialer: RedisDialer
  private let greet: @Sendable (RedisConnection) async throws(StoreFault) -> Void
  private let log: Logger
  private var state = State.down(StoreFault(description: "the store is not connected yet"))
  private var pauseMilliseconds = RedisClient.firstPauseMilliseconds

  /// - Parameter greet: what comes before everything else on each connection.
  init(
    _ dialer: RedisDialer, log: Logger, greet: @escaping @Sendable (RedisConnection) async throws(StoreFault) -> Void
  ) {
    self.dialer = dialer
    self.log = log
    self.greet = greet
  }

  deinit { if case .open(let connection) = state { connection.close() } }

  /// Connects for the first time; what stands against it is not tried again.
  func start() async throws(StoreFault) { adopt(try await dial()) }

  /// The connection to ask on.
  func connection() async throws(StoreFault) -> RedisConnection {
    if case .open(let connection) = state, !connection.isActive { lose(connection) }
    switch state {
    case .open(let connection): return connection
    case .dialing(let task): return try await task.value.get()
    case .down(let fault): throw fault
    case .closed: throw StoreFault(description: "the store is closed")
    }
  }

  func close() {
    if case .open(let connection) = state { connection.close() }
    state = .closed
  }

  // MARK: keeping it up

  private func dial() async throws(StoreFault) -> RedisConnection {
    let connection = try await dialer.dial()
    try await greet(connection)
    return connection
  }

  private func adopt(_ connection: RedisConnection) {
    state = .open(connection)
    pauseMilliseconds = Self.firstPauseMilliseconds
    connection.whenClosed { [weak self] in
      Task { await self?.lose(connection) }
    }
  }

  /// A connection has ended: another is made.
  private func lose(_ connection: RedisConnection) {
    guard case .open(let current) = state, current === connection else { return }
    log.warning("the connection to the session store is lost")
    state = .dialing(Task { await self.attempt() })
  }

  private func attempt() async -> Result<RedisConnection, StoreFault> {
    do throws(StoreFault) {
      let connection = try await dial()
      if case .closed = state { throw StoreFault(description: "the store is closed") }
      log.notice("the session store is connected again")
      adopt(connection)
      return .success(connection)
    } catch {
      fail(error)
      return .failure(error)
    }
  }

  /// Said once, however many attempts there will be.
  private func fail(_ fault: StoreFault) {
    switch state {
    case .closed: return
    case .down: log.debug("the session store cannot be reached", metadata: ["error": "\(fault)"])
    case .dialing, .open: log.error("the session store cannot be reached", metadata: ["error": "\(fault)"])
    }
    state = .down(fault)
    let pause = pauseMilliseconds
    pauseMilliseconds = min(pause * 2, Self.longestPauseMilliseconds)
    Task { [weak self] in
      try? await Task.sleep(for: .milliseconds(pause))
      _ = await self?.attempt()
    }
  }
}
