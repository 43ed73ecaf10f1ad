// How a store in one process tells what has been revoked to whoever follows it. Refuses nothing.

internal import Synchronization

/// Hands revocations to listeners.
final class RevocationPush: Sendable {
  private struct State {
    var listeners: [Int: AsyncStream<Revocation>.Continuation] = [:]
    var nextListener = 0
  }

  private let state = Mutex(State())

  /// What is sent from now on.
  func stream() -> AsyncStream<Revocation> {
    let (stream, continuation) = AsyncStream.makeStream(of: Revocation.self)
    let number = state.withLock { state in
      state.nextListener += 1
      state.listeners[state.nextListener] = continuation
      return state.nextListener
    }
    continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.listeners[number] = nil } }
    return stream
  }

  func send(_ revocation: Revocation) {
    state.withLock { state in
      for listener in state.listeners.values { listener.yield(revocation) }
    }
  }
}
