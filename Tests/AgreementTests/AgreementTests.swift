// The agreement of all engines over generated policies, and of the reference with its own laws. Two variables turn it:
// POSTERN_AGREEMENT_DECISIONS (how many) and POSTERN_AGREEMENT_SEED (where from; a report prints its own).

internal import Foundation
import PosternLanguage
import Testing

@Suite("Agreement over generated policies")
struct AgreementTests {
  private static func setting<Value: LosslessStringConvertible>(_ name: String, default value: Value) -> Value {
    ProcessInfo.processInfo.environment[name].flatMap { Value($0) } ?? value
  }

  /// A debug build decides ten times slower, and `make test` runs this folder on a release build.
  #if DEBUG
    private static let ordinaryCount = 20_000
  #else
    private static let ordinaryCount = 100_000
  #endif

  /// What no engine answers, and what the reference, having no resolution, does not.
  private static let unreachable: Set<Reason> = [.undecided, .staleResolution]

  @Test("all engines agree on generated decisions, and no answer changes before its end")
  func agreement() {
    let count = Self.setting("POSTERN_AGREEMENT_DECISIONS", default: Self.ordinaryCount)
    let seed = Self.setting("POSTERN_AGREEMENT_SEED", default: UInt64(0x706F_7374_6572_6E))
    var agreement = Agreement(engines: Engines.candidates)
    let report = agreement.run(seed: seed, count: count)
    print("reference, \(Engines.names); seed \(seed)\n\(agreement.summary)")
    #expect(report == nil, "\(report.map { $0.description } ?? "")")
    guard report == nil, count >= 20_000 else { return }
    let missed = Set(Reason.allCases).subtracting(Self.unreachable).subtracting(agreement.reasons.keys)
    #expect(missed.isEmpty, "never reached: \(missed)")
    #expect(Set(Mode.allCases).subtracting(agreement.modes.keys).isEmpty)
    // Conditions bound answers and fire nothing.
    #expect(Set(Clock.allCases).subtracting(agreement.firedClocks.keys) == [.condition])
  }

  @Test("all engines agree on what generated conditions come to, and when they turn")
  func conditions() {
    let count = Self.setting("POSTERN_AGREEMENT_DECISIONS", default: Self.ordinaryCount)
    let seed = Self.setting("POSTERN_AGREEMENT_SEED", default: UInt64(0x706F_7374_6572_6E))
    var agreement = Agreement(engines: Engines.candidates, source: ConditionsAlone.self)
    let report = agreement.run(seed: seed, count: count)
    print("conditions: reference, \(Engines.names); seed \(seed)\n\(agreement.summary)")
    #expect(report == nil, "\(report.map { $0.description } ?? "")")
    guard report == nil, count >= 20_000 else { return }
    let outcomes = [Reason.granted, .conditionFalse, .conditionError]
    #expect(outcomes.allSatisfy { agreement.reasons[$0, default: 0] > count / 20 }, "each outcome is common")
    #expect(agreement.boundClocks[.condition, default: 0] > count / 50, "many turn")
  }

  @Test("one seed makes one policy and one decision, whenever it is asked")
  func determinism() {
    let drafts = [0, 1].map { _ in PolicyGenerator.draft(seed: 7) }
    #expect("\(drafts[0])" == "\(drafts[1])")
    let facts = drafts.map { WholePolicies.facts(in: $0.assemble(), seed: 7, index: 3) }
    #expect(facts[0] == facts[1])
  }
}
