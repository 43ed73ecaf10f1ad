// What an explanation says is held to the kernel and to the reference, over policies and requests from seeds. POSTERN_EXPLAIN_POLICIES says
// over how many, POSTERN_EXPLAIN_SEED where from.

import Foundation
import PosternCompiler
import PosternLanguage
import Testing

@testable import PosternReview

@Suite("Explanations over generated policies")
struct ChangeSoundnessTests {
  private static func setting(_ name: String, default value: UInt64) -> UInt64 {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } ?? value
  }

  /// A request with its explanation.
  private struct Explained {
    let seed: UInt64
    let side: ReviewSide
    let facts: RequestFacts
    let explanation: RequestExplanation

    var decision: Decision { explanation.explanation.decision }

    func verdicts(_ facts: RequestFacts) -> [Verdict] { decisions(facts).map(\.verdict) }

    /// Of the kernel and of the reference.
    func decisions(_ facts: RequestFacts) -> [Decision] {
      [
        side.bundle.decide(facts.request, facts.credential, at: facts.nowMilliseconds),
        side.policy.decide(facts.request, facts.credential, at: facts.nowMilliseconds, timeZones: ZoneFolder()),
      ]
    }

    var comment: Comment { "POSTERN_EXPLAIN_SEED=\(seed)\n\(facts.json.prettyText)" }
  }

  private static func explainEach(_ body: (Explained) -> Void) throws {
    let count = setting("POSTERN_EXPLAIN_POLICIES", default: 10)
    let seed = setting("POSTERN_EXPLAIN_SEED", default: 0x5768_7900)
    print("POSTERN_EXPLAIN_SEED=\(seed), \(count) policies")
    for index in 0..<count {
      var generator = PairGenerator(seed: seed &+ index)
      let side = try generator.pair().before
      for _ in 0..<8 {
        let facts = generator.facts()
        body(
          Explained(
            seed: seed &+ index, side: side, facts: facts,
            explanation: RequestExplanation(facts, side.bundle, side.policy)))
      }
    }
  }

  @Test("every change that is told turns the verdict, on the kernel and on the reference")
  func changesTurn() throws {
    var counts: [Change.Dimension: Int] = [:]
    var pairCount = 0
    try Self.explainEach { explained in
      let isAllowed = explained.decision.verdict == .allow
      for change in explained.explanation.changes {
        for verdict in explained.verdicts(change.facts) {
          #expect((verdict == .allow) != isAllowed, "\(change.text)\n\(explained.comment)")
        }
        for dimension in change.dimensions { counts[dimension, default: 0] += 1 }
        pairCount += change.dimensions.count == 2 ? 1 : 0
      }
    }
    print(
      counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "), "pairs \(pairCount)")
    #expect(pairCount > 0)
    for dimension in [Change.Dimension.waiting, .age, .fact, .membership, .login, .person] {
      #expect(counts[dimension] != nil, "no change of \(dimension) was found")
    }
  }

  @Test("a change of the time is exact: a millisecond nearer the verdict is the old one")
  func timesAreExact() throws {
    var count = 0
    try Self.explainEach { explained in
      for change in explained.explanation.changes {
        let now = explained.facts.nowMilliseconds
        let instant = change.facts.nowMilliseconds
        guard change.dimensions.count == 1, instant != now else { continue }
        let nearer = instant > now ? instant - 1 : instant + 1
        var facts = explained.facts
        if change.dimensions == [.waiting] { facts.nowMilliseconds = nearer }
        if change.dimensions == [.clock] { facts = explained.facts.moved(to: nearer) ?? facts }
        for verdict in explained.verdicts(facts) {
          #expect((verdict == .allow) == (explained.decision.verdict == .allow), "\(change.text)\n\(explained.comment)")
        }
        count += 1
      }
    }
    #expect(count > 10)
  }

  @Test("a change of an age is the least: a millisecond less and the verdict is the old one")
  func agesAreLeast() throws {
    var count = 0
    try Self.explainEach { explained in
      for change in explained.explanation.changes where change.dimensions == [.age] {
        for (name, path) in Credential.timeFacts {
          let (old, new) = (explained.facts.credential[keyPath: path], change.facts.credential[keyPath: path])
          if old == new || old == 0 { continue }
          var facts = explained.facts
          facts.credential[keyPath: path] = new + (old < new ? -1 : 1)
          for verdict in explained.verdicts(facts) {
            #expect(
              (verdict == .allow) == (explained.decision.verdict == .allow),
              "\(name): \(change.text)\n\(explained.comment)")
          }
          count += 1
        }
      }
    }
    #expect(count > 10)
  }

  @Test("hours of generated zones begin and end at exact instants, on the kernel and on the reference")
  func hours() throws {
    let seed = Self.setting("POSTERN_EXPLAIN_SEED", default: 0x5768_7900)
    print("POSTERN_EXPLAIN_SEED=\(seed), 30 zones and hours")
    var count = 0
    for index in 0..<UInt64(30) {
      var generator = PairGenerator(seed: seed &+ index)
      let side = try TreeFixture.desk(condition: generator.hoursCondition())
      let facts = TreeFixture.deskFacts(at: 1_772_445_600_000 + Int64(generator.below(400 * 24 * 60)) * 61_007)
      let explained = Explained(
        seed: seed &+ index, side: side, facts: facts,
        explanation: RequestExplanation(facts, side.bundle, side.policy))
      for change in explained.explanation.changes where change.dimensions == [.clock] {
        let instant = change.facts.nowMilliseconds
        let nearer = try #require(facts.moved(to: instant > facts.nowMilliseconds ? instant - 1 : instant + 1))
        let isAllowed = explained.decision.verdict == .allow
        #expect(explained.verdicts(change.facts).allSatisfy { ($0 == .allow) != isAllowed }, explained.comment)
        #expect(explained.verdicts(nearer).allSatisfy { ($0 == .allow) == isAllowed }, explained.comment)
        count += 1
      }
    }
    #expect(count > 20)
  }

  @Test("everybody who is said to get the same answer gets it, of the kernel and of the reference")
  func sameAnswers() throws {
    var count = 0
    try Self.explainEach { explained in
      guard case .those(let those) = explained.explanation.same else { return }
      let road = explained.side.policy.road(
        of: explained.facts.request, explained.facts.credential, at: explained.facts.nowMilliseconds,
        timeZones: ZoneFolder())
      let policy = ExplainedPolicy(explained.side.policy, road, explained.decision, ZoneFolder(), pathPrefix: "")
      let search = SameAnswerSearch(explained.facts, explained.decision, AskedKernel(explained.side.bundle), policy)
      for text in those.people + those.sets {
        guard let member = Member(text) else {
          #expect(Bool(false), "\(text) is no member")
          continue
        }
        let isCaller =
          explained.facts.credential.email.map { text.hasSuffix(":" + String(decoding: $0, as: UTF8.self)) } ?? false
        guard !isCaller, let facts = search.person(member) ?? search.somebody(in: member) else { continue }
        for decision in explained.decisions(facts) {
          #expect(
            decision.verdict == explained.decision.verdict && decision.reason == explained.decision.reason,
            "\(text)\n\(explained.comment)")
        }
        count += 1
      }
    }
    #expect(count > 30)
  }

  @Test("the road ends with the row that decided, and says the kernel's reason")
  func roadEnds() throws {
    try Self.explainEach { explained in
      let road = explained.explanation.road
      #expect(road.last?.isDeciding == true, explained.comment)
      #expect(road.dropLast().allSatisfy { !$0.isDeciding }, explained.comment)
      #expect(road.last?.outcome.hasPrefix("\(explained.decision.reason)") == true, explained.comment)
    }
  }

  @Test("what the tests of a condition come to makes what the condition came to")
  func conditions() throws {
    var count = 0
    try Self.explainEach { explained in
      let policy = explained.side.policy
      let road = policy.road(
        of: explained.facts.request, explained.facts.credential, at: explained.facts.nowMilliseconds,
        timeZones: ZoneFolder())
      for asked in road.conditions {
        guard let condition = policy.condition(of: asked.answer.rule) else {
          #expect(Bool(false), "\(asked.answer.rule) has no condition")
          continue
        }
        let outcomes = Dictionary(asked.tests.map { ($0.text, $0.outcome) }) { first, _ in first }
        let outcome = Self.outcome(policy.outline(of: condition), outcomes)
        #expect("\(outcome)" == "\(asked.answer.outcome)", "\(condition.expression.value)\n\(explained.comment)")
        count += 1
      }
    }
    #expect(count > 10)
  }

  private static func outcome(
    _ outline: ConditionOutline, _ tests: [String: ConditionOutcome]
  ) -> ConditionOutcome {
    func fold(_ parts: [ConditionOutline], _ decisive: ConditionOutcome, _ other: ConditionOutcome) -> ConditionOutcome
    {
      let outcomes = parts.map { outcome($0, tests) }
      return outcomes.contains(decisive) ? decisive : outcomes.contains(.error) ? .error : other
    }
    switch outline {
    case .constant(let outcome): return outcome
    case .test(let test): return tests[test.text] ?? .error
    case .not(let inner):
      let inner = outcome(inner, tests)
      return inner == .error ? .error : inner == .yes ? .no : .yes
    case .holds(let inner): return outcome(inner, tests) == .yes ? .yes : .no
    case .all(let parts): return fold(parts, .no, .yes)
    case .any(let parts): return fold(parts, .yes, .no)
    case .choice(let condition, let first, let second):
      let condition = outcome(condition, tests)
      return condition == .error ? .error : outcome(condition == .yes ? first : second, tests)
    }
  }

  @Test("what a bundle alone is explained with is the same decision, and every change turns it")
  func bundles() throws {
    try Self.explainEach { explained in
      let bare = RequestExplanation(explained.facts, explained.side.bundle, nil)
      #expect(bare.explanation.decision == explained.decision)
      for change in bare.changes {
        let verdict = explained.verdicts(change.facts)[0]
        #expect((verdict == .allow) != (explained.decision.verdict == .allow), "\(change.text)\n\(explained.comment)")
      }
    }
  }

  @Test("a changed request is a request file that reads back to the same answer")
  func requestFiles() throws {
    try Self.explainEach { explained in
      for change in explained.explanation.changes.prefix(4) {
        let text = change.facts.json.prettyText
        let reading = RequestFacts.read(SourceFile(path: "changed.json", bytes: Array(text.utf8)))
        guard let facts = reading.facts else {
          #expect(Bool(false), "\(reading.diagnostics)\n\(text)")
          continue
        }
        #expect(explained.decisions(facts)[0] == change.decision, "\(text)")
      }
    }
  }
}
