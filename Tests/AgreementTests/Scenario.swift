// One decision to be made, with the seed that makes it again.

import PosternLanguage

struct Scenario: Sendable {
  var draft: PolicyDraft
  var request: Request
  var credential: Credential
  var now: Int64
}

/// What makes scenarios from seeds.
protocol ScenarioSource {
  /// The policy of a seed.
  static func draft(seed: UInt64) -> PolicyDraft

  /// The decision number `index` of a policy.
  static func facts(in policy: Policy, seed: UInt64, index: Int) -> (Request, Credential, Int64)
}

/// Policies of every kind, with requests that reach every row.
enum WholePolicies: ScenarioSource {
  static func draft(seed: UInt64) -> PolicyDraft { PolicyGenerator.draft(seed: seed) }

  private static let ordinaryNow: Int64 = 1_700_000_000_000

  private static let extremeTimes: [Int64] = [.min, .min + 1, -1, 0, 1, 30_000, .max - 30_000, .max - 1, .max]

  static func facts(in policy: Policy, seed: UInt64, index: Int) -> (Request, Credential, Int64) {
    var random = Random(seed: seed ^ (UInt64(index) &+ 1) &* 0xD134_2543_DE82_EF95)
    let app = random.pick(policy.apps)
    let now = random.chance(2) ? random.pick(extremeTimes) : ordinaryNow + Int64(random.below(1_000_000))
    let requestSeed = random.next()
    let credentialSeed = random.next()
    var request = RequestGenerator.request(for: app, seed: requestSeed)
    request.addConditionFacts(seed: requestSeed)
    var credential = CredentialGenerator.credential(for: app, in: policy, at: now, seed: credentialSeed)
    credential.addConditionFacts(seed: credentialSeed, for: app, in: policy, at: now)
    return (request, credential, now)
  }
}

/// One app of one person, who is let in by a condition alone: every decision is what the condition comes to.
enum ConditionsAlone: ScenarioSource {
  private static let email = "ann@a.test"

  static func draft(seed: UInt64) -> PolicyDraft {
    var random = Random(seed: seed ^ 0x00C0_4D17_10A5)
    var draft = PolicyDraft()
    draft.providers = [PolicyDraft.Provider(name: "pv0", source: .workspace, domains: ["a.test"])]
    draft.addLevels(&random)
    var generator = ConditionGenerator(random: Random(seed: random.next()))
    let condition = generator.condition(depth: random.below(4))
    var app = PolicyDraft.App(
      routes: [Route(host: "h0.test", isWildcard: false, path: "", allowEscapes: true, span: PolicyDraft.span)],
      audience: "aud-app0", providers: ["pv0"])
    app.revalidate = random.pick([.none, .seconds(86_400)])
    draft.nodes.append(
      PolicyDraft.Node(
        name: "app0", parent: 0,
        bindings: [PolicyDraft.Binding(members: [.user(email: email)], condition: condition)], app: app))
    return draft
  }

  static func facts(in policy: Policy, seed: UInt64, index: Int) -> (Request, Credential, Int64) {
    var random = Random(seed: seed ^ (UInt64(index) &+ 1) &* 0xD134_2543_DE82_EF95)
    var request = Request()
    request.method = Array(random.pick(["GET", "GET", "POST", "HEAD"]).utf8)
    request.scheme = random.pick([Array("https".utf8), Array("http".utf8), nil])
    request.host = Array(random.pick(["h0.test", "H0.Test:443", "h0.test."]).utf8)
    request.path = Array(random.pick(["/", "/a", "/a/b", "/a%20b", "/fin/ops/a", "/A", "/%C3%A9t%C3%A9"]).utf8)
    request.query = random.pick([
      nil, [], Array("x=1".utf8), Array("12".utf8), Array("-9223372036854775808".utf8), [0xFF],
    ])
    request.accept = random.pick([nil, Array("text/html".utf8)])
    request.addConditionFacts(seed: random.next())
    var credential = Credential()
    credential.kind = .session
    credential.principalKind = .user
    credential.provider = Array("pv0".utf8)
    credential.subject = Array("s0".utf8)
    credential.email = Array(email.utf8)
    credential.emailVerified = true
    credential.accountState = .active
    credential.groupsComplete = true
    credential.createdAt = -4_000_000
    let factSeed = random.next()
    // Around the hours, the days and the years of the generator's constants, and at the edges of summer times.
    let instants: [Int64] = [
      1_700_000_000_000, 1_700_006_400_000, 1_704_067_200_000, 1_699_164_000_000, 1_711_846_800_000, 1_712_415_600_000,
      0,
    ]
    let now = random.pick(instants) + Int64(random.below(7_200_001)) - 3_600_000
    credential.stateCheckedAt = now
    credential.addConditionFacts(seed: factSeed, for: policy.apps[0], in: policy, at: now)
    return (request, credential, now)
  }
}
