// Reloads under load: one thread decides, another reads, verifies and swaps the bundle, again and again. What is measured is what a
// host does for a request: take the generation, resolve the identity where it is of another one, decide.

internal import CFloor
internal import CPostern
internal import Glibc
internal import Synchronization

/// A host's policy: the generation that requests take, behind a lock that is held for one assignment.
private final class Host: Sendable {
  private let current: Mutex<OpenedBundle>
  private let isDone = Atomic<Bool>(false)
  private static let restMicroseconds: UInt32 = 500

  init(_ first: OpenedBundle) { current = Mutex(first) }

  var generation: OpenedBundle { current.withLock { $0 } }
  var isFinished: Bool { isDone.load(ordering: .relaxed) }

  /// Swaps, and waits until no request holds the old generation: its memory is given back here, and not by a request.
  func swap(_ next: OpenedBundle) {
    var old = current.withLock { current in
      let old = current
      current = next
      return old
    }
    while !isKnownUniquelyReferenced(&old) && !isFinished { usleep(Self.restMicroseconds) }
  }

  func finish() { isDone.store(true, ordering: .relaxed) }
}

enum ReloadReport {
  /// What the deciding thread saw.
  private struct Load: Sendable {
    /// Batches of decisions in which the thread had its processor all the time, and those in which it was taken from it.
    var whole = Histogram()
    var stopped = Histogram()
    var hash: UInt64 = 0
    var stopCount = 0
    var reloadCount = 0
  }

  private static let bound = 1e6
  /// What a batch may last longer than its thread ran, for the readings of both clocks.
  private static let toleranceNanoseconds: Int64 = 100_000

  static func run(
    _ organization: MeasuredOrganization, _ clock: TickClock, _ effort: Effort, into figures: inout Figures
  ) {
    let workload = "reload under load, \(organization.appCount) apps"
    let quiet = load(organization, effort, isReloading: false)
    let busy = load(organization, effort, isReloading: true)
    precondition(quiet.hash == busy.hash, "reloads change no decision")
    func add(_ name: String, _ value: Double, _ unit: String, _ other: Double, _ to: String) {
      figures.add(workload, name, value, unit, hash: busy.hash, ratio: other == 0 ? 1 : value / other, to: to)
    }
    let (noise, longest) = (microseconds(quiet.whole, clock), microseconds(busy.whole, clock))
    add("no reload, longest decision", noise, "us", noise, "itself")
    add("reloading, longest decision", longest, "us", noise, "no reload")
    add("no reload, longest, thread stopped", microseconds(quiet.stopped, clock), "us", noise, "not stopped")
    add("reloading, longest, thread stopped", microseconds(busy.stopped, clock), "us", longest, "not stopped")
    let p999 = (clock.quantiles(quiet.whole).p999, clock.quantiles(busy.whole).p999)
    add("reloading, p99.9", p999.1, "ns", p999.0, "no reload")
    let limit = bound / clock.nanosecondsPerTick
    let over = (quiet.whole.count(beyond: limit), busy.whole.count(beyond: limit))
    add("no reload, over 1 ms", Double(over.0), "decisions", Double(quiet.stopCount), "stopped batches")
    add("reloading, over 1 ms", Double(over.1), "decisions", Double(busy.stopCount), "stopped batches")
    add("reloads", Double(busy.reloadCount), "reloads", effort.reloadSeconds, "a second")
  }

  private static func microseconds(_ histogram: Histogram, _ clock: TickClock) -> Double {
    Double(histogram.maximum) * clock.nanosecondsPerTick / 1e3
  }

  private static func load(_ organization: MeasuredOrganization, _ effort: Effort, isReloading: Bool) -> Load {
    let facts = RequestFacts(Subject(organization.synthetic, app: organization.app))
    let file = organization.file
    // One of its own: the organization's is held by others, and would never be given back.
    let host = Host(open(file))
    let loads = Crew.run(2) { index, ready -> Load? in
      if index == 0 { return decide(host, facts, effort.reloadSeconds, ready) }
      ready()
      let count = isReloading ? reload(host, file) : 0
      return Load(reloadCount: count)
    }
    guard var load = loads[0] else { preconditionFailure("the deciding thread has decided") }
    load.reloadCount = loads[1]?.reloadCount ?? 0
    return load
  }

  private static func open(_ file: String) -> OpenedBundle {
    guard let opened = try? OpenedBundle(file: file) else { preconditionFailure("the bundle is verified again") }
    return opened
  }

  private static func reload(_ host: Host, _ file: String) -> Int {
    var count = 0
    while !host.isFinished {
      host.swap(open(file))
      count += 1
    }
    return count
  }

  private static func decide(_ host: Host, _ facts: RequestFacts, _ seconds: Double, _ ready: () -> Void) -> Load {
    var loop = DecisionLoop(host.generation, Workload(facts))
    var load = Load()
    var hash = DecisionHash()
    var ticks = [UInt64](repeating: 0, count: Batch.count)
    ready()
    let end = nanoseconds() + UInt64(seconds * 1e9)
    while nanoseconds() < end {
      let isFirst = load.whole.count + load.stopped.count == 0
      let before = (thread: machine_of_thread(), time: nanoseconds())
      for shot in ticks.indices {
        let decision = time(host, &loop, at: RequestFacts.now + Int64(shot), &ticks[shot])
        if !decision.isAllowed { fatalError("a reload takes nobody's access") }
        if isFirst { hash.add(decision) }
      }
      let isStopped = wasStopped(since: before.thread, duringNanoseconds: Int64(nanoseconds() - before.time))
      if isStopped { load.stopCount += 1 }
      for shot in ticks.indices {
        if isStopped { load.stopped.add(ticks[shot]) } else { load.whole.add(ticks[shot]) }
      }
    }
    host.finish()
    load.hash = hash.value
    return load
  }

  /// Whether the system or the hypervisor gave the thread's processor to somebody else. What it waits for itself is its own.
  private static func wasStopped(since before: machine_thread, duringNanoseconds elapsed: Int64) -> Bool {
    let now = machine_of_thread()
    if now.preemptions != before.preemptions { return true }
    let ran = now.processor_nanoseconds - before.processor_nanoseconds
    return now.waits == before.waits && elapsed - ran > toleranceNanoseconds
  }

  @inline(never)
  private static func time(
    _ host: Host, _ loop: inout DecisionLoop, at now: Int64, _ ticks: inout UInt64
  ) -> postern_decision {
    var decision = postern_decision()
    let begin = ticks_begin()
    let generation = host.generation
    if generation !== loop.opened { loop.move(to: generation) }
    loop.decide(at: now, into: &decision)
    ticks = ticks_end() - begin
    return decision
  }
}
