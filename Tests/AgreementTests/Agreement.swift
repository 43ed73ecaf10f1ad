// One run: policies from a seed, decisions on each, until one is broken or all are made.

import PosternLanguage

struct Agreement {
  let engines: [any Engine.Type]
  private let source: any ScenarioSource.Type
  private(set) var decisionCount = 0
  private(set) var reasons: [Reason: Int] = [:]
  private(set) var modes: [Mode: Int] = [:]
  /// Clocks of challenges, and of allows.
  private(set) var firedClocks: [Clock: Int] = [:]
  private(set) var boundClocks: [Clock: Int] = [:]

  static let decisionsPerPolicy = 64
  private static let progressInterval = 250_000

  /// The laws that need policies of their own are tried on a part of the decisions.
  private static func isThorough(_ index: Int) -> Bool { index % 16 == 0 }

  init(engines: [any Engine.Type], source: any ScenarioSource.Type = WholePolicies.self) {
    self.engines = engines
    self.source = source
  }

  /// Makes `count` decisions; the first broken rule, cut down, or nil. Policy number `n` is that of `seed + n`.
  mutating func run(seed: UInt64, count: Int) -> Report? {
    var policySeed = seed
    while decisionCount < count {
      if let report = runPolicy(seed: policySeed) { return report }
      policySeed &+= 1
      if decisionCount % Self.progressInterval < Self.decisionsPerPolicy {
        print("\(decisionCount) of \(count) decisions agree; next seed \(policySeed)")
      }
    }
    return nil
  }

  private mutating func runPolicy(seed: UInt64) -> Report? {
    let draft = source.draft(seed: seed)
    var scenario = Scenario(draft: draft, request: Request(), credential: Credential(), now: 0)
    var index = 0
    do throws(Violation) {
      let checker = try Checker(draft, engines)
      while index < Self.decisionsPerPolicy {
        (scenario.request, scenario.credential, scenario.now) = source.facts(
          in: checker.policy, seed: seed, index: index)
        count(
          try checker.check(
            scenario.request, scenario.credential, at: scenario.now, isThorough: Self.isThorough(index)))
        index += 1
      }
      return nil
    } catch {
      return report(scenario, error, seed: seed, index: index)
    }
  }

  private mutating func count(_ decision: Decision) {
    decisionCount += 1
    reasons[decision.reason, default: 0] += 1
    modes[decision.mode, default: 0] += 1
    if decision.verdict == .allow {
      boundClocks[decision.clock, default: 0] += 1
    } else {
      firedClocks[decision.clock, default: 0] += 1
    }
  }

  // MARK: A broken rule

  private func report(_ scenario: Scenario, _ violation: Violation, seed: UInt64, index: Int) -> Report {
    let isThorough = Self.isThorough(index)
    let shrinker = Shrinker { self.violation(of: $0, isThorough)?.rule == violation.rule }
    let smallest = shrinker.shrink(scenario)
    return Report(
      seed: seed, index: index, scenario: smallest, violation: self.violation(of: smallest, isThorough) ?? violation)
  }

  private func violation(of scenario: Scenario, _ isThorough: Bool) -> Violation? {
    do throws(Violation) {
      try Checker(scenario.draft, engines)
        .check(scenario.request, scenario.credential, at: scenario.now, isThorough: isThorough)
      return nil
    } catch {
      return error
    }
  }

  // MARK: What was reached

  /// How often each answer was given, the rarest last.
  var summary: String {
    func table<Key>(_ name: String, _ counts: [Key: Int]) -> String {
      let rows = counts.map { ("\($0.key)", $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
      return "\(name): " + rows.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
    return [
      "\(decisionCount) decisions", table("reasons", reasons), table("modes", modes),
      table("clocks that fired", firedClocks), table("clocks that bound", boundClocks),
    ].joined(separator: "\n")
  }
}
