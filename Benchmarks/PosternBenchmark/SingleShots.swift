// Single decisions by the processor's clock. Each is timed alone, with what came before it finished, and the clock's own
// cost is taken off; a histogram keeps every one.

internal import CFloor
internal import CPostern

/// Counts by ticks: one bucket each, and those beyond by themselves.
struct Histogram {
  private var buckets = [UInt32](repeating: 0, count: 1 << 16)
  private var beyond: [UInt64] = []
  private(set) var count = 0

  @inline(__always) mutating func add(_ ticks: UInt64) {
    count += 1
    if ticks < UInt64(buckets.count) { buckets[Int(ticks)] += 1 } else { beyond.append(ticks) }
  }

  var maximum: UInt64 {
    beyond.max() ?? UInt64(buckets.lastIndex { $0 > 0 } ?? 0)
  }

  /// How many took longer than `ticks`, which is beyond the buckets.
  func count(beyond ticks: Double) -> Int { beyond.count { Double($0) > ticks } }

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
    return Double(buckets.count)
  }
}

/// Nanoseconds of single shots.
struct Quantiles {
  var median = Double.infinity
  var p99 = Double.infinity
  var p999 = Double.infinity
}

/// The processor's clock against the system's, measured once.
struct TickClock: Sendable {
  let nanosecondsPerTick: Double
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
      decider.place((start + shot) % list.count, of: list)
      keep(decider.touch())
      histogram.add(time(decider, at: RequestFacts.now + Int64(shot & 63)))
    }
    return histogram
  }

  @inline(never)
  static func time<Subject: Decider & ~Copyable>(_ decider: borrowing Subject, at now: Int64) -> UInt64 {
    var decision = postern_decision()
    let begin = ticks_begin()
    decider.decide(at: now, into: &decision)
    let ticks = ticks_end() - begin
    keep(UInt64(bitPattern: decision.valid_until))
    return ticks
  }

  /// Makes the optimizer believe that a value is needed.
  @inline(never) @_optimize(none) static func keep(_ value: UInt64) {}

  static func kept(_ value: UInt64) -> UInt64 {
    keep(value)
    return value
  }
}
