// The named cases: folders of a policy tree with Test documents in it, decided by every engine. A case is data, so that the
// commands and other engines can run it too.

internal import Foundation
import PosternLanguage
import Testing

@Suite("Named cases")
struct CaseTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases").path()

  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    .filter { !$0.hasPrefix(".") }

  private static func policy(_ name: String) throws -> Policy {
    let reading = Policy.read(folder: "\(folder)/\(name)/policy")
    let policy = reading.policy
    return try #require(policy, "\(name): \(reading.diagnostics.map(\.message))")
  }

  /// What a decision has that the case does not expect.
  private static func mismatches(_ decision: Decision, _ expected: TestCase.Expectation, _ policy: Policy) -> [String] {
    func mismatch<Value: Equatable>(_ name: String, _ expected: Value?, _ actual: Value?) -> String? {
      guard let expected, expected != actual else { return nil }
      return "\(name) is \(actual.map { "\($0)" } ?? "none"), not \(expected)"
    }
    return [
      mismatch("verdict", expected.verdict, decision.verdict), mismatch("reason", expected.reason, decision.reason),
      mismatch("mode", expected.mode, decision.mode), mismatch("clock", expected.clock, decision.clock),
      mismatch("app", expected.appName, decision.appIndex.map { policy.apps[$0].name.value }),
      mismatch("touch", expected.touch, decision.touch),
      mismatch("validUntil", expected.validUntilMilliseconds, decision.validUntil),
    ].compactMap { $0 }
  }

  @Test("every engine decides a case as it says", arguments: names)
  func cases(name: String) throws {
    let policy = try Self.policy(name)
    let engines: [any Engine] =
      [ReferenceEngine(policy)] + (try Engines.candidates.map { engine in try engine.init(policy) })
    let cases = policy.tests.flatMap(\.cases)
    #expect(!cases.isEmpty)
    for test in cases {
      for engine in engines {
        let decision = engine.decide(test.request, test.credential, at: test.nowMilliseconds)
        let mismatches = Self.mismatches(decision, test.expected, policy)
        #expect(mismatches.isEmpty, "\(test.name.value), by the \(type(of: engine).name)")
      }
    }
  }

  /// What the reference cannot answer: it has no resolution.
  private static let unreachable: Set<Reason> = [.undecided, .staleResolution]

  @Test("the cases reach every verdict, reason, mode and clock")
  func coverage() throws {
    let decisions = try Self.names.flatMap { name in
      let policy = try Self.policy(name)
      return policy.tests.flatMap(\.cases).map { policy.decide($0.request, $0.credential, at: $0.nowMilliseconds) }
    }
    #expect(Set(decisions.map(\.verdict)) == Set(Verdict.allCases))
    #expect(Set(decisions.map(\.reason)) == Set(Reason.allCases).subtracting(Self.unreachable))
    #expect(Set(decisions.map(\.mode)) == Set(Mode.allCases))
    #expect(Set(decisions.map(\.clock)) == Set(Clock.allCases))
    #expect(Set(decisions.map(\.tokenTest)) == Set(TokenTest.allCases))
  }
}
