// What is demanded of a run, each held against one of its figures. A demand whose figure a run does not have is shown as such.

/// A figure or its ratio, and the bound that it must keep.
struct Demand: Codable {
  let text: String
  let workload: String
  /// How the figure's name begins.
  let name: String
  var isOfRatio = false
  /// Whether the bound is the least that is demanded; otherwise the most.
  var isLeast = false
  let bound: Double
  /// What was measured; nil where it was not.
  var found: Double?

  var isMet: Bool? { found.map { isLeast ? $0 >= bound : $0 <= bound } }

  static func judge(_ figures: inout Figures) {
    show("\ndemands")
    for var demand in all {
      let figure = figures.figures.first { $0.workload == demand.workload && $0.name.hasPrefix(demand.name) }
      demand.found = figure.map { demand.isOfRatio ? $0.ratio : $0.value }
      figures.add(demand)
      let verdict = demand.isMet.map { $0 ? "met" : "NOT MET" } ?? "not measured"
      let bound = "\(demand.isLeast ? "at least" : "at most") \(number(demand.bound))"
      show(
        "  \(padEnd(demand.text, 62)) \(padEnd(bound, 18)) \(pad(demand.found.map { number($0) } ?? "-", 12))  \(verdict)"
      )
    }
  }

  private static func ratio(
    _ text: String, _ workload: String, _ name: String, atMost bound: Double
  ) -> Demand {
    Demand(text: text, workload: workload, name: name, isOfRatio: true, bound: bound)
  }

  private static func ratio(_ text: String, _ workload: String, _ name: String, atLeast bound: Double) -> Demand {
    Demand(text: text, workload: workload, name: name, isOfRatio: true, isLeast: true, bound: bound)
  }

  private static func value(_ text: String, _ workload: String, _ name: String, atMost bound: Double) -> Demand {
    Demand(text: text, workload: workload, name: name, bound: bound)
  }

  private static let batch = "Postern, mean of batches of 64"
  private static let random = "Postern, random, single shot, p50"
  private static let million = "1000000 apps"

  static let all = [
    value("hot decision, mean of batches of 64, ns", "hot, 10 apps", batch, atMost: 60),
    value("hot decision, p99.9 of single shots, ns", "hot, 10 apps", "Postern, hot, single shot, p99.9", atMost: 1_000),
    value("random, 10,000 apps, p50, ns", "random, 10000 apps", random, atMost: 180),
    value("random, a million apps, p50, ns", "random, \(million)", random, atMost: 650),
    value("dependent misses, a million apps", "cache lines, \(million)", "dependent steps in tables", atMost: 3),
    value("200 groups, 10 bindings, ns", "an identity in 200 groups, 10 bindings", "groups, mean", atMost: 250),
    value("200 groups, 1,000 bindings, ns", "an identity in 200 groups, 1000 bindings", "groups, mean", atMost: 250),
    ratio("instructions, a million apps to 10", "spread, \(million)", "Postern, instructions, mean", atMost: 1.03),
    ratio("to the floor, hot, 10 apps", "hot, 10 apps", batch, atMost: 1.5),
    ratio("to the floor, random, 10,000 apps, p50", "random, 10000 apps", random, atMost: 1.4),
    ratio("to the floor, random, a million apps, p50", "random, \(million)", random, atMost: 1.4),
    ratio("Cedar to Postern, 1 policy", "peers, 1 apps", "Cedar", atLeast: 30),
    ratio("Cedar to Postern, 1,000 policies", "peers, 1000 apps", "Cedar", atLeast: 5_000),
    ratio(
      "two threads, hot, to the floor's scaling", "hot, \(million), one thread and two", "Postern, two threads against",
      atLeast: 0.95),
    ratio(
      "two threads, random, to the floor's scaling", "random, \(million), one thread and two",
      "Postern, two threads against", atLeast: 0.95),
    value("grants section, bytes a grant", "bundle, \(million)", "grants section", atMost: 14),
    value("bundle, a million apps, bytes", "bundle, \(million)", "bundle", atMost: 450e6),
    value("compile a million grants, s", "compile from YAML, 100000 apps", "compile, time", atMost: 6),
    value("compile a million grants, peak MiB", "compile from YAML, 100000 apps", "compile, peak", atMost: 1_000),
    value("compile ten million grants, s", "compile from YAML, \(million)", "compile, time", atMost: 60),
    value("compile ten million grants, peak MiB", "compile from YAML, \(million)", "compile, peak", atMost: 8_000),
    value("verify and first decision, ten million grants, ms", "opening, \(million)", "verify and", atMost: 120),
    value("the same with digests and signature, ms", "opening, \(million)", "signature, digests", atMost: 300),
    value("reload under load, decisions over 1 ms", "reload under load, \(million)", "reloading, over", atMost: 0),
  ]
}
