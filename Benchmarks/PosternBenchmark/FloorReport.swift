// Postern beside the floor, on the same requests with equal answers: the same request again and again, and requests to every
// app in random order.

internal import PosternCompiler
internal import PosternLanguage

/// How long is measured.
struct Effort {
  let rounds: Int
  let batchRuns: Int
  let shotCount: Int
  let peerSeconds: Double

  static let whole = Effort(rounds: 10, batchRuns: 400, shotCount: 100_000, peerSeconds: 2)
  static let smoke = Effort(rounds: 2, batchRuns: 20, shotCount: 2_000, peerSeconds: 0.05)
}

/// Postern and the floor over one organization.
struct FloorComparison {
  let appCount: Int
  let batch: (postern: Double, floor: Double)
  let hot: (postern: Quantiles, floor: Quantiles)
  let random: (postern: Quantiles, floor: Quantiles)
  let hotHash: UInt64
  let randomHash: UInt64

  init(_ policy: Policy, bytes: [UInt8], _ clock: TickClock, _ effort: Effort) throws {
    appCount = policy.apps.count
    let subject = Subject(policy, appIndex: appCount / 2)
    let hotList = RequestList(policy, subject)
    let randomList = RequestList(policy)
    let workload = Workload(host: subject.host, email: subject.email, groups: subject.groups)
    let loop = try DecisionLoop(bytes: bytes, workload: workload, identityCount: randomList.subjects.count)
    var floor = FloorLoop(policy, subject, subjectCount: randomList.subjects.count)
    (batch, hot, random, hotHash, randomHash) = measuring(loop) { postern in
      let trials = Trial.all(policy, appIndex: subject.appIndex) + [Trial.byLongerRoute(policy)]
      Self.check(trials, &postern, &floor, subject)
      let batch = (
        bestMean(runs: effort.batchRuns, calls: 50, count: DecisionLoop.batchCount) { measuredBatch() }.nanoseconds,
        bestMean(runs: effort.batchRuns, calls: 50, count: DecisionLoop.batchCount) { floor.decideBatch() }.nanoseconds
      )
      let hot = Self.compare(&postern, &floor, hotList, clock, effort)
      postern.resolve(randomList)
      floor.set(randomList)
      let random = Self.compare(&postern, &floor, randomList, clock, effort)
      return (batch, hot.times, random.times, hot.hash, random.hash)
    }
  }

  /// Both must give each trial's answer: what is measured decides, and does not only say yes.
  private static func check(
    _ trials: [Trial], _ postern: inout DecisionLoop, _ floor: inout FloorLoop, _ subject: Subject
  ) {
    for trial in trials {
      let (own, other) = (postern.answer(trial.workload), floor.answer(trial, measured: subject))
      precondition(own.isAllowed == trial.isAllowed, "Postern answers: \(trial.name)")
      precondition(other.isAllowed == trial.isAllowed, "the floor answers: \(trial.name)")
      precondition(!own.isAllowed || own == other, "the floor finds the app and the instant: \(trial.name)")
    }
  }

  private static func compare(
    _ postern: inout DecisionLoop, _ floor: inout FloorLoop, _ list: RequestList, _ clock: TickClock, _ effort: Effort
  ) -> (times: (Quantiles, Quantiles), hash: UInt64) {
    guard let hash = SingleShots.hash(&postern, list), hash == SingleShots.hash(&floor, list)
    else { preconditionFailure("every request is allowed, and the floor answers as Postern does") }
    var times = (Quantiles(), Quantiles())
    for round in 0..<effort.rounds {
      let (start, count) = (round * effort.shotCount, effort.shotCount)
      times.0.lower(to: clock.quantiles(SingleShots.measure(&postern, list, from: start, shotCount: count)))
      times.1.lower(to: clock.quantiles(SingleShots.measure(&floor, list, from: start, shotCount: count)))
    }
    return (times, hash)
  }
}

enum FloorReport {
  private static let widths = [8, 10, 14, 10, 12, 8, 8, 8, 11, 8, 18]

  static func showHeader(_ clock: TickClock, rounds: Int) {
    show(
      "Postern and the floor, ns: means of batches of 64; single shots, each alone, by a clock whose own "
        + "\(decimal(clock.emptyNanoseconds)) are taken off and whose step is \(decimal(clock.stepNanoseconds)); "
        + "the least of each over \(rounds) rounds")
    show(
      ["apps", "requests", "", "floor", "Postern", "times", "p99", "p99.9", "floor p99", "p99.9", "hash"],
      widths: widths)
  }

  static func add(_ row: FloorComparison, to figures: inout Figures) {
    let workload = "hot, \(row.appCount) apps"
    show(
      [String(row.appCount), "hot", "batch mean"] + ratio(row.batch.floor, row.batch.postern)
        + ["", "", "", "", hexadecimal(row.hotHash)], widths: widths)
    figures.add(workload, "Postern, mean of batches of 64", row.batch.postern, "ns", hash: row.hotHash)
    figures.add(workload, "floor, mean of batches of 64", row.batch.floor, "ns", hash: row.hotHash)
    figures.add(workload, "Postern to floor, mean of batches", row.batch.postern / row.batch.floor, "times")
    add("hot", row.appCount, row.hot, row.hotHash, to: &figures)
    add("random", row.appCount, row.random, row.randomHash, to: &figures)
  }

  /// Exact counts of the same request in the smallest organization: what the format and the checks cost.
  static func compareInstructions(_ row: Row, into figures: inout Figures) throws {
    guard let own = row.decide else { return }
    let arguments = ["measure", "floor", String(row.appCount)]
    let floor = try Callgrind.count(inside: "floor_decide", arguments: arguments).instructions
    let times = Double(own.instructions) / Double(floor)
    let (ours, least) = (own.instructions / DecisionLoop.batchCount, floor / DecisionLoop.batchCount)
    show("instructions a decision: Postern \(ours), the floor \(least), \(decimal(times)) times")
    figures.add("hot, \(row.appCount) apps", "floor, decide", Double(least), "instructions")
    figures.add("hot, \(row.appCount) apps", "Postern to floor, instructions", times, "times")
  }

  /// What runs under callgrind: `measure floor APPS`.
  static func measure(appCount: Int) {
    let policy = SyntheticOrganization(appCount: appCount).policy()
    _ = FloorLoop(policy, Subject(policy, appIndex: appCount / 2)).decideBatch()
  }

  private static func add(
    _ kind: String, _ appCount: Int, _ times: (postern: Quantiles, floor: Quantiles), _ hash: UInt64,
    to figures: inout Figures
  ) {
    let (own, floor) = times
    show(
      [String(appCount), kind, "single p50"] + ratio(floor.median, own.median)
        + [own.p99, own.p999, floor.p99, floor.p999].map { String(Int($0.rounded())) }
        + [hexadecimal(hash)], widths: widths)
    let workload = "\(kind), \(appCount) apps"
    for (engine, quantiles) in [("Postern", own), ("floor", floor)] {
      figures.add(workload, "\(engine), single shot, p50", quantiles.median, "ns", hash: hash)
      figures.add(workload, "\(engine), single shot, p99", quantiles.p99, "ns", hash: hash)
      figures.add(workload, "\(engine), single shot, p99.9", quantiles.p999, "ns", hash: hash)
    }
    figures.add(workload, "Postern to floor, p50", own.median / floor.median, "times")
  }

  private static func ratio(_ floor: Double, _ postern: Double) -> [String] {
    [decimal(floor), decimal(postern), decimal(postern / floor)]
  }
}
