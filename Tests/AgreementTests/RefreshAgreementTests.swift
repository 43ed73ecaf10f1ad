// Refreshes of OAuth clients: reference, kernel and, where its program is named, the C library, over policies and facts from a
// seed, with every time fact at, one millisecond and one second beside each limit. POSTERN_AGREEMENT_DECISIONS says how many.

internal import Foundation
import PosternCompiler
import PosternLanguage
import Testing

@Suite("Agreement over refreshes")
struct RefreshAgreementTests {
  private static let count =
    ProcessInfo.processInfo.environment["POSTERN_AGREEMENT_DECISIONS"].flatMap { Int($0) } ?? 20_000
  private static let seed =
    ProcessInfo.processInfo.environment["POSTERN_AGREEMENT_SEED"].flatMap { UInt64($0) } ?? 0x7265_6672_6573_68

  /// How many refreshes are decided on one policy.
  private static let refreshesPerPolicy = 64

  @Test("all engines agree on generated refreshes, and no answer changes before its end")
  func agreement() throws {
    var reasons: [RefreshReason: Int] = [:]
    var outcomes: [RefreshOutcome: Int] = [:]
    var decided = 0
    var policySeed = Self.seed
    while decided < Self.count {
      var random = Random(seed: policySeed)
      let policy = RefreshGenerator.policy(&random)
      let engines = try RefreshEngines(policy)
      for _ in 0..<Self.refreshesPerPolicy {
        let (refresh, now) = RefreshGenerator.refresh(of: policy, &random)
        let answer = engines.agreed(refresh, at: now, seed: policySeed)
        engines.checkEnd(of: answer, refresh, at: now, seed: policySeed)
        reasons[answer.reason, default: 0] += 1
        outcomes[answer.outcome, default: 0] += 1
        decided += 1
      }
      policySeed &+= 1
    }
    print("refreshes: seed \(Self.seed), \(decided) decisions\n\(reasons)")
    guard Self.count >= 20_000 else { return }
    #expect(Set(RefreshReason.allCases).subtracting(reasons.keys) == [.undecided])
    #expect(Set(RefreshOutcome.allCases).subtracting(outcomes.keys).isEmpty)
  }

  @Test("a fault of the kernel would be seen: another limit gives another answer somewhere")
  func plantedFault() throws {
    var random = Random(seed: Self.seed)
    let policy = RefreshGenerator.policy(&random)
    var other = policy
    for index in other.oauthClients.indices { other.oauthClients[index].settings.sessionLengthSeconds += 1 }
    let bundle = OpenBundle(compiling: other)
    let differences = (0..<2_000).count { _ in
      let (refresh, now) = RefreshGenerator.refresh(of: policy, &random)
      return bundle.decide(refresh, at: now) != ReferenceRefresh.decide(policy, refresh, at: now)
    }
    #expect(differences > 0)
  }
}

/// The reference and what is compared with it, for one policy.
private struct RefreshEngines {
  let policy: Policy
  let bundle: OpenBundle
  let library: CLibraryEngine?

  init(_ policy: Policy) throws {
    self.policy = policy
    bundle = try OpenBundle(Compiler.compile(policy, revision: 1))
    library = CLibraryDecider.path == nil ? nil : try CLibraryEngine(policy)
  }

  func agreed(_ refresh: Refresh, at now: Int64, seed: UInt64) -> RefreshDecision {
    let expected = ReferenceRefresh.decide(policy, refresh, at: now)
    let kernel = bundle.decide(refresh, at: now)
    #expect(kernel == expected, "seed \(seed), now \(now): \(refresh)")
    if let library { #expect(library.decide(refresh, at: now) == expected, "seed \(seed), now \(now): \(refresh)") }
    return expected
  }

  /// The answer stands until a millisecond before its end, and at its end it is another.
  func checkEnd(of answer: RefreshDecision, _ refresh: Refresh, at now: Int64, seed: UInt64) {
    guard answer.outcome == .allowed else {
      #expect(answer.validUntil == 0)
      return
    }
    guard answer.validUntil != .max else { return }
    #expect(answer.validUntil > now, "seed \(seed), now \(now): \(refresh)")
    #expect(agreed(refresh, at: answer.validUntil - 1, seed: seed) == answer)
    #expect(agreed(refresh, at: answer.validUntil, seed: seed).outcome != .allowed)
  }
}
