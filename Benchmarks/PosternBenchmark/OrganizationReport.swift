// One organization, measured: Postern beside the floor, on the same requests with equal decisions; the same request again and
// again, and requests to every app in random order. Then what its bundle is, and what is counted.

internal import CPostern
internal import PosternCompiler
internal import PosternKernel

/// The middle one of several numbers.
func median(_ numbers: [Double]) -> Double { numbers.sorted()[numbers.count / 2] }

/// How long is measured.
struct Effort {
  let rounds: Int
  let batchRuns: Int
  let shotCount: Int
  let peerSeconds: Double
  let threadSeconds: Double
  let reloadSeconds: Double

  static let whole = Effort(
    rounds: 40, batchRuns: 10, shotCount: 25_000, peerSeconds: 2, threadSeconds: 0.2, reloadSeconds: 5)
  static let smoke = Effort(
    rounds: 2, batchRuns: 10, shotCount: 2_000, peerSeconds: 0.05, threadSeconds: 0.01, reloadSeconds: 0.05)
}

/// An organization with its bundle, open and as a file, and its floor.
struct MeasuredOrganization {
  let synthetic: SyntheticOrganization
  let opened: OpenedBundle
  let floor: FloorTables
  let file: String

  init(_ synthetic: SyntheticOrganization, file: String) throws {
    self.synthetic = synthetic
    self.file = file
    opened = try OpenedBundle(file: file)
    floor = FloorTables(synthetic)
  }

  var appCount: Int { synthetic.appCount }
  /// The app whose request is measured hot.
  var app: Int { appCount / 2 }
}

struct OrganizationReport {
  let organization: MeasuredOrganization
  let clock: TickClock
  let effort: Effort

  private var appCount: Int { organization.appCount }
  private var bundleHash: UInt64 { organization.opened.mark }

  func run(into figures: inout Figures) throws {
    let subject = Subject(organization.synthetic, app: organization.app)
    let facts = RequestFacts(subject)
    var floor = FloorLoop(organization.floor, facts)
    try measuring(DecisionLoop(organization.opened, Workload(facts))) { postern in
      RoadCheck.run(organization.synthetic, app: organization.app, &postern, &floor)
      postern.set(facts)
      floor.set(facts)
      let hash = Batch.decide(postern)
      precondition(hash == Batch.decide(floor), "the floor decides a batch as Postern does")
      addBatches(floor, hash, into: &figures)
      try addCounts(subject, hash, into: &figures)
      addShots("hot", RequestList(subject), &postern, &floor, into: &figures)
      addShots("random", RequestList(organization.synthetic), &postern, &floor, into: &figures)
      postern.set(facts)
      addBundle(into: &figures)
    }
  }

  private func addBatches(_ floor: borrowing FloorLoop, _ hash: UInt64, into figures: inout Figures) {
    let rounds = (0..<effort.rounds).map { _ in
      (
        own: bestMean(runs: effort.batchRuns, calls: 50, count: Batch.count) { measuredBatch() }.nanoseconds,
        floor: bestMean(runs: effort.batchRuns, calls: 50, count: Batch.count) { Batch.decide(floor) }.nanoseconds
      )
    }
    let own = rounds.map(\.own).min() ?? 0
    let least = rounds.map(\.floor).min() ?? 0
    let workload = "hot, \(appCount) apps"
    figures.addAgainstFirst(
      workload, "floor, mean of batches of 64", least, "ns", hash: hash, engine: "the floor", appCount: appCount)
    figures.add(
      workload, "Postern, mean of batches of 64", own, "ns", hash: hash,
      ratio: median(rounds.map { $0.own / $0.floor }),
      to: "the floor", engine: "Postern", appCount: appCount)
    let fastest = figures.figures.filter { $0.name == "Postern, mean of batches of 64" }.map(\.value).min() ?? own
    figures.add(
      workload, "Postern, mean, to the fastest so far", own, "ns", hash: hash, ratio: own / fastest,
      to: "the fastest size so far")
  }

  private func addCounts(_ subject: Subject, _ hash: UInt64, into figures: inout Figures) throws {
    let workload = "hot, \(appCount) apps"
    if !Callgrind.isInstalled { return figures.omit("\(workload): counts, for valgrind is not installed") }
    let arguments = [organization.file, subject.host, subject.email] + subject.groups
    let decide = try Callgrind.count(inside: "postern_bench_decide", arguments: ["measure", "decide"] + arguments)
    let instructions = Double(decide.instructions) / Double(Batch.count)
    figures.addAgainstFirst(workload, "Postern, instructions", instructions, "instructions", hash: hash)
    try addSpread(into: &figures)
    figures.add(
      workload, "Postern, allocations of a batch", Double(decide.allocations), "allocations", hash: hash,
      ratio: Double(decide.allocations) / Double(Batch.count), to: "a decision")
    let resolve = try Callgrind.count(inside: "postern_bench_resolve", arguments: ["measure", "resolve"] + arguments)
    figures.add(
      workload, "resolve, instructions", Double(resolve.instructions), "instructions", hash: bundleHash,
      ratio: Double(resolve.instructions) / instructions, to: "a decision")
    // The floor's tables take long to build under callgrind, and one host is as another.
    if appCount > 1_000 { return }
    let floor = try Callgrind.count(inside: "floor_decide", arguments: ["measure", "floor", String(appCount)])
    let least = Double(floor.instructions) / Double(Batch.count)
    figures.add(
      workload, "floor, instructions", least, "instructions", hash: hash, ratio: instructions / least,
      to: "which Postern takes")
  }

  /// The mean over many people and apps, which alone can be the same at every size: what one person takes depends on the
  /// false hits that this person meets.
  private func addSpread(into figures: inout Figures) throws {
    let list = RequestList(spreadOver: organization.synthetic)
    var loop = DecisionLoop(organization.opened, Workload(RequestFacts(list.subjects[0])))
    guard let hash = loop.hash(of: list) else { preconditionFailure("every request is allowed") }
    let count = try Callgrind.count(
      inside: "postern_bench_decide", arguments: ["measure", "spread", organization.file, String(appCount)])
    figures.addAgainstFirst(
      "spread, \(appCount) apps", "Postern, instructions, mean of \(list.count) people",
      Double(count.instructions) / Double(list.count * Batch.count), "instructions", hash: hash)
  }

  private func addShots(
    _ kind: String, _ list: RequestList, _ postern: inout DecisionLoop, _ floor: inout FloorLoop,
    into figures: inout Figures
  ) {
    guard let hash = postern.hash(of: list), hash == floor.hash(of: list)
    else { preconditionFailure("every request is allowed, and the floor decides as Postern does") }
    let rounds = (0..<effort.rounds).map { round in
      let (start, count) = (round * effort.shotCount, effort.shotCount)
      return (
        own: clock.quantiles(SingleShots.measure(&postern, list, from: start, shotCount: count)),
        floor: clock.quantiles(SingleShots.measure(&floor, list, from: start, shotCount: count))
      )
    }
    let workload = "\(kind), \(appCount) apps"
    let quantiles: [(String, KeyPath<Quantiles, Double>)] = [("p50", \.median), ("p99", \.p99), ("p99.9", \.p999)]
    for (name, quantile) in quantiles {
      let own = rounds.map { $0.own[keyPath: quantile] }
      let least = rounds.map { $0.floor[keyPath: quantile] }
      figures.addAgainstFirst(
        workload, "floor, \(kind), single shot, \(name)", least.min() ?? 0, "ns", hash: hash)
      figures.add(
        workload, "Postern, \(kind), single shot, \(name)", own.min() ?? 0, "ns", hash: hash,
        ratio: median(zip(own, least).map { $0 / $1 }), to: "the floor")
    }
  }

  private func addBundle(into figures: inout Figures) {
    let workload = "bundle, \(appCount) apps"
    let layout = BundleLayout(organization.opened)
    let (bytes, grants) = (Double(layout.byteCount), Double(layout.grantCount(organization.synthetic)))
    let least = Double(organization.floor.byteCount)
    figures.add(workload, "bundle", bytes, "bytes", hash: bundleHash, ratio: bytes / least, to: "the floor's tables")
    figures.addAgainstFirst(workload, "bundle, a grant", bytes / grants, "bytes", hash: bundleHash)
    let section = Double(layout.section(.grants).byteCount) / grants
    figures.add(
      workload, "grants section, a grant", section, "bytes", hash: bundleHash, ratio: section / 8, to: "two u32 words")
    let pass = bestMean(runs: 10, calls: 1, count: 1) { SingleShots.kept(organization.opened.memory.sum()) }.nanoseconds
    let verify = bestMean(runs: 10, calls: 1, count: 1) { measuredVerification() ? 1 : 0 }.nanoseconds
    figures.add(
      workload, "verify", verify / 1e6, "ms", hash: bundleHash, ratio: verify / pass, to: "one pass over its bytes")
    let resolve = bestMean(runs: 100, calls: 1_000, count: 1) {
      measuredResolve()
      return 0
    }
    figures.addAgainstFirst(workload, "resolve, mean", resolve.nanoseconds, "ns", hash: bundleHash)
    CacheLines(organization).add(into: &figures)
  }
}
