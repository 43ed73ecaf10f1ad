// The harness against engines that are wrong on purpose: each fault must be found, and cut down to a few lines. An
// agreement that could not find these would be worth nothing.

import PosternLanguage
import Testing

/// Lets an idle session live through the very millisecond of its limit.
private struct LateEngine: Engine {
  static let name = "late"
  let policy: Policy

  init(_ policy: Policy) { self.policy = policy }

  func decide(_ request: Request, _ credential: Credential, at now: Int64) -> Decision {
    let decision = policy.decide(request, credential, at: now)
    let isAtLimit = decision.reason == .idleTimeout && decision.authenticatedAfter == now
    return isAtLimit ? policy.decide(request, credential, at: now - 1) : decision
  }
}

/// Forgets the exceptions of deny rules.
private struct MercilessEngine: Engine {
  static let name = "merciless"
  private var policy: Policy

  init(_ policy: Policy) {
    self.policy = policy
    for index in policy.denyRules.indices { self.policy.denyRules[index].exceptionPrincipals = [] }
  }

  func decide(_ request: Request, _ credential: Credential, at now: Int64) -> Decision {
    policy.decide(request, credential, at: now)
  }
}

/// Drops path parameters before it looks at the path at all.
private struct CarelessEngine: Engine {
  static let name = "careless"
  let policy: Policy

  init(_ policy: Policy) { self.policy = policy }

  func decide(_ request: Request, _ credential: Credential, at now: Int64) -> Decision {
    var request = request
    if let path = request.path, !path.contains(UInt8(ascii: "%")) {
      request.path = Array(path.split(separator: UInt8(ascii: ";"), maxSplits: 1).first ?? [])
    }
    return policy.decide(request, credential, at: now)
  }
}

/// Keeps an answer a millisecond too long.
private struct LingeringEngine: Engine {
  static let name = "lingering"
  let policy: Policy

  init(_ policy: Policy) { self.policy = policy }

  func decide(_ request: Request, _ credential: Credential, at now: Int64) -> Decision {
    var decision = policy.decide(request, credential, at: now)
    if decision.clock == .tokenAge && decision.verdict == .allow { decision.validUntil += 1 }
    return decision
  }
}

/// Reads any number of groups.
private struct GreedyEngine: Engine {
  static let name = "greedy"
  let policy: Policy

  init(_ policy: Policy) { self.policy = policy }

  func decide(_ request: Request, _ credential: Credential, at now: Int64) -> Decision {
    var credential = credential
    if credential.groups.count > Credential.groupLimit { credential.groups = credential.groups.suffix(100) }
    return policy.decide(request, credential, at: now)
  }
}

@Suite("The harness finds planted faults")
struct PlantedFaultTests {
  @Test(
    "a planted fault is found and cut down to a small report",
    arguments: [
      LateEngine.self, MercilessEngine.self, CarelessEngine.self, LingeringEngine.self, GreedyEngine.self,
    ] as [any Engine.Type])
  func planted(engine: any Engine.Type) throws {
    var agreement = Agreement(engines: [engine])
    let found = agreement.run(seed: 1, count: 100_000)
    let report = try #require(found)
    #expect(report.violation.rule == "the engines agree")
    #expect(report.scenario.draft.nodes.count <= 2, "\(report)")
    #expect(report.description.split(separator: "\n").count <= 36, "\(report)")
  }
}
