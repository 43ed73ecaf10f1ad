// Single decisions by the processor's clock. Each is timed alone, with what came before it finished, and the clock's own
// cost is taken off; a histogram keeps every one.

internal import CFloor

/// What is timed shot by shot: Postern, or the floor.
protocol Decider: ~Copyable {
  /// Makes a request of a list the next one, and touches what a proxy has just written: the request and the identity.
  mutating func place(_ index: Int, of list: RequestList) -> UInt64

  func decide(at now: Int64) -> Answer
}

/// Counts by ticks: one bucket each, and the last for all that take longer.
struct Histogram {
  private var buckets = [UInt32](repeating: 0, count: 1 << 16)
  private(set) var count = 0
  private var sum = 0

  @inline(__always) mutating func add(_ ticks: UInt64) {
    let bucket = Int(min(ticks, UInt64(buckets.count - 1)))
    buckets[bucket] += 1
    count += 1
    sum += bucket
  }

  var mean: Double { Double(sum) / Double(count) }

  /// The least number of ticks that at least `share` of all shots stay within.
  func quantile(_ share: Double) -> Int {
    let wanted = Int((Double(count) * share).rounded(.up))
    var seen = 0
    for (ticks, bucket) in buckets.enumerated() {
      seen += Int(bucket)
      if seen >= wanted { return ticks }
    }
    return buckets.count - 1
  }
}

/// Nanoseconds of single shots.
struct Quantiles {
  /// Finer than the quantiles: those move in steps of the clock, which is 10 ns on some processors.
  let mean: Double
  let median: Double
  let p99: Double
  let p999: Double
}

/// The processor's clock against the system's, measured once.
struct TickClock {
  let nanosecondsPerTick: Double
  /// What timing nothing takes.
  /// What all readings differ by multiples of.
  let stepNanoseconds: Double
  private let empty: Histogram

  /// What timing nothing takes.
  var emptyNanoseconds: Double { empty.mean * nanosecondsPerTick }

  init() {
    let start = nanoseconds()
    let ticks = ticks_begin()
    while nanoseconds() - start < 50_000_000 {}
    let elapsed = ticks_end() - ticks
    nanosecondsPerTick = Double(nanoseconds() - start) / Double(elapsed)
    var histogram = Histogram()
    for _ in 0..<100_000 {
      let begin = ticks_begin()
      histogram.add(ticks_end() - begin)
    }
    empty = histogram
    stepNanoseconds = Double(Self.step()) * nanosecondsPerTick
  }

  /// The greatest common divisor of what successive readings differ by.
  private static func step() -> UInt64 {
    let readings = (0..<1_000).map { _ in ticks_end() }
    return zip(readings, readings.dropFirst()).reduce(0) { divisor, pair in
      var (greater, lesser) = (divisor, pair.1 - pair.0)
      while lesser != 0 { (greater, lesser) = (lesser, greater % lesser) }
      return greater
    }
  }

  func quantiles(_ histogram: Histogram) -> Quantiles {
    func time(_ share: Double) -> Double {
      Double(max(0, histogram.quantile(share) - empty.quantile(0.5))) * nanosecondsPerTick
    }
    let mean = (histogram.mean - empty.mean) * nanosecondsPerTick
    return Quantiles(mean: mean, median: time(0.5), p99: time(0.99), p999: time(0.999))
  }
}

enum SingleShots {
  /// Times the requests of a list in turn, `shotCount` in a round, and returns the round with the least p99.9.
  static func measure<Subject: Decider & ~Copyable>(
    _ decider: inout Subject, _ list: RequestList, _ clock: TickClock, rounds: Int, shotCount: Int
  ) -> Quantiles {
    var best: Quantiles?
    var next = 0
    for _ in 0..<rounds {
      var histogram = Histogram()
      for shot in 0..<shotCount {
        keep(decider.place(next, of: list))
        histogram.add(time(decider, at: Workload.nowMilliseconds + Int64(shot & 63)))
        next = next + 1 == list.count ? 0 : next + 1
      }
      let quantiles = clock.quantiles(histogram)
      if best.map({ quantiles.p999 < $0.p999 }) ?? true { best = quantiles }
    }
    return best ?? Quantiles(mean: 0, median: 0, p99: 0, p999: 0)
  }

  @inline(never)
  private static func time<Subject: Decider & ~Copyable>(_ decider: borrowing Subject, at now: Int64) -> UInt64 {
    let begin = ticks_begin()
    let answer = decider.decide(at: now)
    let ticks = ticks_end() - begin
    keep(UInt64(bitPattern: answer.validUntil))
    return ticks
  }

  /// Hash of the answers to a list, each asked once; nil where one is no allow.
  static func hash<Subject: Decider & ~Copyable>(_ decider: inout Subject, _ list: RequestList) -> UInt64? {
    var hash = AnswerHash()
    for index in 0..<list.count {
      keep(decider.place(index, of: list))
      let answer = decider.decide(at: Workload.nowMilliseconds)
      if !answer.isAllowed { return nil }
      hash.add(answer)
    }
    return hash.value
  }

  /// Makes the optimizer believe that a value is needed.
  @inline(never) @_optimize(none) private static func keep(_ value: UInt64) {}
}
