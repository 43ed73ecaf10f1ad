// What is measured: Postern, or the floor, by the same loops.

internal import CPostern
internal import Glibc

/// Decides one request at a time.
protocol Decider: ~Copyable {
  /// Makes these facts the request, with the identity resolved.
  mutating func set(_ facts: RequestFacts)

  /// Resolves the people of a list, whose first person's request the others differ from in host and identity only.
  mutating func set(_ list: RequestList)

  /// Makes a request of the list the next one.
  mutating func place(_ index: Int, of list: RequestList)

  /// Touches what a proxy has just written: the request and the identity.
  func touch() -> UInt64

  func decide(at now: Int64, into decision: inout postern_decision)
}

enum Batch {
  static let count = 64

  /// Decides a batch at instants a millisecond apart; returns a hash of the answers.
  @inline(__always)
  static func decide<Subject: Decider & ~Copyable>(_ decider: borrowing Subject) -> UInt64 {
    var hash = DecisionHash()
    var decision = postern_decision()
    for index in 0..<count {
      decider.decide(at: RequestFacts.now + Int64(index), into: &decision)
      hash.add(decision)
    }
    return hash.value
  }
}

extension Decider where Self: ~Copyable {
  /// The decision about `facts`, which become the request.
  mutating func answer(_ facts: RequestFacts) -> postern_decision {
    set(facts)
    var decision = postern_decision()
    decide(at: RequestFacts.now, into: &decision)
    return decision
  }

  /// Hash of the answers to a list, each asked once; nil where one is no allow.
  mutating func hash(of list: RequestList) -> UInt64? {
    set(list)
    var hash = DecisionHash()
    var decision = postern_decision()
    for index in 0..<list.count {
      place(index, of: list)
      decide(at: RequestFacts.now, into: &decision)
      if !decision.isAllowed { return nil }
      hash.add(decision)
    }
    return hash.value
  }
}

/// Monotonic time in nanoseconds.
func nanoseconds() -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// The best mean of several runs, in nanoseconds for one call of `body` that does `count` things.
func bestMean(runs: Int, calls: Int, count: Int, _ body: () -> UInt64) -> (nanoseconds: Double, hash: UInt64) {
  var best = Double.infinity
  var hash: UInt64 = 0
  for _ in 0..<runs {
    let start = nanoseconds()
    for _ in 0..<calls { hash = body() }
    best = min(best, Double(nanoseconds() - start) / Double(calls * count))
  }
  return (best, hash)
}
