// One decision to be made, with the seed that makes it again.

import PosternLanguage

struct Scenario: Sendable {
  var draft: PolicyDraft
  var request: Request
  var credential: Credential
  var now: Int64
}

extension Scenario {
  private static let ordinaryNow: Int64 = 1_700_000_000_000

  private static let extremeTimes: [Int64] = [.min, .min + 1, -1, 0, 1, 30_000, .max - 30_000, .max - 1, .max]

  /// The decision number `index` of a policy.
  static func facts(in policy: Policy, seed: UInt64, index: Int) -> (Request, Credential, Int64) {
    var random = Random(seed: seed ^ (UInt64(index) &+ 1) &* 0xD134_2543_DE82_EF95)
    let app = random.pick(policy.apps)
    let now = random.chance(2) ? random.pick(extremeTimes) : ordinaryNow + Int64(random.below(1_000_000))
    let requestSeed = random.next()
    let credentialSeed = random.next()
    var request = RequestGenerator.request(for: app, seed: requestSeed)
    request.addConditionFacts(seed: requestSeed)
    var credential = CredentialGenerator.credential(for: app, in: policy, at: now, seed: credentialSeed)
    credential.addConditionFacts(seed: credentialSeed)
    return (request, credential, now)
  }
}
