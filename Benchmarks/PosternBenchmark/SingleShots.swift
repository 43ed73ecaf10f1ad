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
  private var count = 0

  @inline(__always) mutating func add(_ ticks: UInt64) {
    buckets[Int(min(ticks, UInt64(buckets.count - 1)))] += 1
    count += 1
  }

  /// The ticks that `share` of all shots stay within. The clock moves by `step` ticks: what it shows as one reading is taken
  /// to lie evenly half a step around it.
  func quantile(_ share: Double, step: Double) -> Double {
    let wanted = Double(count) * share
    var seen = 0.0
    for (ticks, bucket) in buckets.enumerated() where bucket > 0 {
      if seen + Double(bucket) >= wanted {
        return Double(ticks) + step * ((wanted - seen) / Double(bucket) - 0.5)
      }
      seen += Double(bucket)
    }
    return Double(buckets.count - 1)
  }
}

/// Nanoseconds of single shots.
struct Quantiles {
  var median = Double.infinity
  var p99 = Double.infinity
  var p999 = Double.infinity

  /// Keeps the least of each: what disturbs a round only ever adds to it.
  mutating func lower(to other: Quantiles) {
    median = min(median, other.median)
    p99 = min(p99, other.p99)
    p999 = min(p999, other.p999)
  }
}

/// The processor's clock against the system's, measured once.
struct TickClock {
  private let nanosecondsPerTick: Double
  /// What all readings differ by multiples of.
  private let stepTicks: Double
  /// What timing nothing takes.
  private let emptyTicks: Double

  var stepNanoseconds: Double { stepTicks * nanosecondsPerTick }
  var emptyNanoseconds: Double { emptyTicks * nanosecondsPerTick }

  init() {
    let start = nanoseconds()
    let ticks = ticks_begin()
    while nanoseconds() - start < 50_000_000 {}
    let elapsed = ticks_end() - ticks
    nanosecondsPerTick = Double(nanoseconds() - start) / Double(elapsed)
    stepTicks = Double(Self.step())
    var histogram = Histogram()
    for _ in 0..<100_000 {
      let begin = ticks_begin()
      histogram.add(ticks_end() - begin)
    }
    emptyTicks = histogram.quantile(0.5, step: stepTicks)
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
      max(0, histogram.quantile(share, step: stepTicks) - emptyTicks) * nanosecondsPerTick
    }
    return Quantiles(median: time(0.5), p99: time(0.99), p999: time(0.999))
  }
}

enum SingleShots {
  /// Times the requests of a list in turn, from the one at `start` on.
  static func measure<Subject: Decider & ~Copyable>(
    _ decider: inout Subject, _ list: RequestList, from start: Int, shotCount: Int
  ) -> Histogram {
    var histogram = Histogram()
    for shot in 0..<shotCount {
      keep(decider.place((start + shot) % list.count, of: list))
      histogram.add(time(decider, at: Workload.nowMilliseconds + Int64(shot & 63)))
    }
    return histogram
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
