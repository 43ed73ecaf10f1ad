// Work on many things in their order, on all processors: while what was made of one batch is taken, the next one is made.
// The only file of this module that imports Dispatch. Refuses nothing: who takes sees what one thread would have shown.

internal import Dispatch
internal import Synchronization

/// Runs two pieces of work beside each other, and returns what came of both.
package func concurrently<First: Sendable, Second: Sendable>(
  _ first: @Sendable () -> First, _ second: @Sendable () -> Second
) -> (First, Second) {
  let results = Mutex<(First?, Second?)>((nil, nil))
  DispatchQueue.concurrentPerform(iterations: 2) { index in
    if index == 0 {
      let result = first()
      results.withLock { $0.0 = result }
    } else {
      let result = second()
      results.withLock { $0.1 = result }
    }
  }
  guard case (let first?, let second?) = results.withLock({ $0 }) else {
    preconditionFailure("concurrentPerform returns when both are done")
  }
  return (first, second)
}

/// Two stages: values are made by many threads in any order, and taken by one at a time, in order.
struct Pipeline<Value: Sendable>: ~Copyable {
  private let made = Mutex<[Value?]>([])
  private let ready = Mutex<[Value?]>([])
  private let make: @Sendable (Int) -> Value
  private let take: @Sendable (Int, Value) -> Void

  /// Makes a value for each index and takes it; when it returns, all are taken.
  ///
  /// - `batches`: the indices, ascending; no more values than two of these have are there at once.
  /// - `workerLimit`: the most threads; Dispatch uses no more than there are processors.
  static func run(
    _ batches: [Range<Int>], workerLimit: Int = .max, make: @escaping @Sendable (Int) -> Value,
    take: @escaping @Sendable (Int, Value) -> Void
  ) {
    let pipeline = Pipeline(make: make, take: take)
    var last = 0..<0
    for batch in batches {
      pipeline.step(taking: last, making: batch, workerLimit)
      last = batch
    }
    pipeline.step(taking: last, making: 0..<0, workerLimit)
  }

  private init(make: @escaping @Sendable (Int) -> Value, take: @escaping @Sendable (Int, Value) -> Void) {
    self.make = make
    self.take = take
  }

  /// The first job takes what is ready, each other one makes a value; whoever is free does the next.
  private func step(taking last: Range<Int>, making batch: Range<Int>, _ workerLimit: Int) {
    made.withLock { $0 = [Value?](repeating: nil, count: batch.count) }
    let jobCount = batch.count + 1
    let nextJob = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(workerLimit, jobCount)) { _ in
      while true {
        let job = nextJob.add(1, ordering: .relaxed).oldValue
        if job >= jobCount { return }
        if job == 0 { takeReady(last) } else { make(job - 1, of: batch) }
      }
    }
    let values = Self.exchange(made, [])
    _ = Self.exchange(ready, values)
  }

  private func make(_ offset: Int, of batch: Range<Int>) {
    let value = make(batch.lowerBound + offset)
    made.withLock { $0[offset] = value }
  }

  /// The values are gone when it returns: giving a million nodes back is work too, and done beside the rest.
  private func takeReady(_ batch: Range<Int>) {
    let values = Self.exchange(ready, [])
    for (index, value) in zip(batch, values) { if let value { take(index, value) } }
  }

  private static func exchange(_ box: borrowing Mutex<[Value?]>, _ new: [Value?]) -> [Value?] {
    box.withLock { values in
      let old = values
      values = new
      return old
    }
  }
}
