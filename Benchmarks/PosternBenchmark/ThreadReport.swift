// One thread and two, over one bundle and over one floor: how much more two decide, against how much more the floor does in the
// same run. The threads share nothing that is written.

internal import CPostern

enum ThreadReport {
  /// Decisions a second of one round, by number of threads.
  private struct Rates {
    var one = 0.0
    var two = 0.0

    var scaling: Double { two / one }
  }

  /// What the rounds of one engine came to.
  private struct Rounds {
    var rates: [Rates] = []

    var one: Double { rates.map(\.one).max() ?? 0 }
    var two: Double { rates.map(\.two).max() ?? 0 }
    var scaling: Double { median(rates.map(\.scaling)) }

    /// The median of the rounds' ratios: what disturbs a round disturbs both engines.
    func scaling(to other: Rounds) -> Double { median(zip(rates, other.rates).map { $0.scaling / $1.scaling }) }
  }

  static func run(_ organization: MeasuredOrganization, _ effort: Effort, into figures: inout Figures) {
    let list = RequestList(organization.synthetic)
    let hot = RequestList(Subject(organization.synthetic, app: organization.app))
    for (kind, list) in [("hot", hot), ("random", list)] { compare(kind, list, organization, effort, into: &figures) }
  }

  private static func compare(
    _ kind: String, _ list: RequestList, _ organization: MeasuredOrganization, _ effort: Effort,
    into figures: inout Figures
  ) {
    let facts = RequestFacts(list.subjects[0])
    let (opened, tables) = (organization.opened, organization.floor)
    var check = DecisionLoop(opened, Workload(facts))
    guard let hash = check.hash(of: list) else { preconditionFailure("every request is allowed") }
    var (postern, floor) = (Rounds(), Rounds())
    for _ in 0..<max(1, effort.rounds / 4) {
      var (own, least) = (Rates(), Rates())
      for (count, place) in [(1, \Rates.one), (2, \Rates.two)] {
        own[keyPath: place] = Crew.run(count) { index, ready in
          var loop = DecisionLoop(opened, Workload(facts))
          return rate(&loop, list, index, effort.threadSeconds, ready)
        }.reduce(0, +)
        least[keyPath: place] = Crew.run(count) { index, ready in
          var loop = FloorLoop(tables, facts)
          return rate(&loop, list, index, effort.threadSeconds, ready)
        }.reduce(0, +)
      }
      postern.rates.append(own)
      floor.rates.append(least)
    }
    let workload = "\(kind), \(organization.appCount) apps, one thread and two"
    for (engine, rates) in [("floor", floor), ("Postern", postern)] {
      figures.add(
        workload, "\(engine), one thread", rates.one / 1e6, "million a second", hash: hash,
        ratio: rates.one / floor.one,
        to: "the floor")
      figures.add(
        workload, "\(engine), two threads", rates.two / 1e6, "million a second", hash: hash, ratio: rates.scaling,
        to: "one thread")
    }
    figures.add(
      workload, "Postern, two threads against one", postern.scaling, "times", hash: hash,
      ratio: postern.scaling(to: floor), to: "how the floor scales")
  }

  /// Decisions a second: the median of windows, for a thread that is put aside for a while has not decided less fast.
  private static func rate<Subject: Decider & ~Copyable>(
    _ decider: inout Subject, _ list: RequestList, _ index: Int, _ seconds: Double, _ ready: () -> Void
  ) -> Double {
    decider.set(list)
    var next = index * list.count / 2
    let windowCount = 4_096
    var windows: [UInt64] = []
    windows.reserveCapacity(1 << 16)
    ready()
    let begin = nanoseconds()
    var (now, end) = (begin, begin + UInt64(seconds * 1e9))
    while now < end && windows.count < windows.capacity {
      SingleShots.keep(window(&decider, list, &next, windowCount))
      let after = nanoseconds()
      windows.append(after - now)
      now = after
    }
    end = windows.sorted()[windows.count / 2]
    return Double(windowCount) * 1e9 / Double(end)
  }

  @inline(never)
  private static func window<Subject: Decider & ~Copyable>(
    _ decider: inout Subject, _ list: RequestList, _ next: inout Int, _ count: Int
  ) -> UInt64 {
    var hash = DecisionHash()
    var decision = postern_decision()
    for shot in 0..<count {
      if list.count > 1 {
        decider.place(next, of: list)
        next = next + 1 == list.count ? 0 : next + 1
      }
      decider.decide(at: RequestFacts.now + Int64(shot & 63), into: &decision)
      hash.add(decision)
    }
    return hash.value
  }
}
