// Answers that are waited for: a posternd that is told to stop gives them first. Refuses to wait for ever.

internal import Synchronization

/// Counts answers from the request to the bytes.
final class PendingAnswers: Sendable {
  private struct State {
    var count = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  func begin() { state.withLock { $0.count += 1 } }

  func end() {
    let isLast = state.withLock { state in
      state.count -= 1
      return state.count == 0
    }
    if isLast { release() }
  }

  /// Waits until there is none, or until the time is over.
  func drain(upTo limit: Duration) async {
    let timer = Task {
      try await Task.sleep(for: limit)
      release()
    }
    await withCheckedContinuation { waiter in
      let isEmpty = state.withLock { state in
        if state.count > 0 { state.waiters.append(waiter) }
        return state.count == 0
      }
      if isEmpty { waiter.resume() }
    }
    timer.cancel()
  }

  private func release() {
    let waiters = state.withLock { state in
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}
