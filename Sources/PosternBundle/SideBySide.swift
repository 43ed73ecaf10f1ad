// Work on two threads at once, or on as many as there are processors: what takes as long as a large bundle has bytes. Refuses
// nothing.

internal import Dispatch
internal import PosternKernel
internal import Synchronization

enum SideBySide {
  /// Fewer bytes than these are done before a second thread has begun.
  static let leastByteCount = 1 << 20

  /// What two halves return, run at once.
  static func run<Result: Sendable>(
    _ first: @Sendable () -> Result, _ second: @Sendable () -> Result
  ) -> (Result, Result) {
    let results = Mutex<(Result?, Result?)>((nil, nil))
    DispatchQueue.concurrentPerform(iterations: 2) { index in
      let result = index == 0 ? first() : second()
      results.withLock { if index == 0 { $0.0 = result } else { $0.1 = result } }
    }
    guard case (let first?, let second?) = results.withLock({ $0 }) else {
      preconditionFailure("concurrentPerform returns when both are done")
    }
    return (first, second)
  }

  /// What `body` returns for each index, in their order; `order` says which are begun first.
  static func map<Result: Sendable>(_ order: [Int], _ body: @Sendable (Int) -> Result) -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: order.count))
    DispatchQueue.concurrentPerform(iterations: order.count) { turn in
      let result = body(order[turn])
      results.withLock { $0[order[turn]] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}
