// Before anything is measured: the floor is held to Postern's decision for every fact of the road, each turned over alone, and
// for the apps that are not the floor's to decide. A floor that left a comparison out would end the run here.

internal import CFloor
internal import CPostern
internal import PosternCompiler
internal import PosternLanguage

enum RoadCheck {
  private static let synthetic = SyntheticOrganization(appCount: 10)
  private static let app = 5

  static func run() throws {
    let facts = RequestFacts(Subject(synthetic, app: app))
    var policy = synthetic.policy()
    check(try answers(facts, policy, flags: 0), areAllowed: true, "the app as it is")
    policy.apps[app].access.allowedDomains = Sourced(["elsewhere.example"], at: policy.apps[app].span)
    check(try answers(facts, policy, flags: FLOOR_DOMAINS_RESTRICTED), areAllowed: false, "an app of other domains")
    check(try answers(facts, denying(facts.members[0]), flags: FLOOR_DENY_RULES), areAllowed: false, "a deny rule")
  }

  /// Both must give each trial's answer, and where it is an allow the same in every field.
  static func run(
    _ synthetic: SyntheticOrganization, app: Int, _ postern: inout DecisionLoop, _ floor: inout FloorLoop
  ) {
    for trial in Trial.all(synthetic, app: app) + Trial.road(synthetic, app: app) {
      let answers = (postern.answer(trial.facts), floor.answer(trial.facts))
      check(answers, areAllowed: trial.isAllowed, isLeftByFloor: trial.isLeftByFloor, trial.name)
    }
  }

  private static func check(
    _ answers: (postern: postern_decision, floor: postern_decision), areAllowed: Bool, isLeftByFloor: Bool = false,
    _ name: String
  ) {
    let (own, other) = answers
    if own.isAllowed != areAllowed { fatalError("Postern answers otherwise: \(name): \(own)") }
    if other.isAllowed != (areAllowed && !isLeftByFloor) {
      fatalError("the floor answers otherwise: \(name): \(other)")
    }
    if other.isAllowed && !own.isEqual(to: other) { fatalError("they differ: \(name): \(own), \(other)") }
  }

  private static func answers(
    _ facts: RequestFacts, _ policy: Policy, flags: Int
  ) throws -> (postern: postern_decision, floor: postern_decision) {
    var postern = try DecisionLoop(OpenedBundle(copying: Compiler.compile(policy, revision: 1)), Workload(facts))
    var floor = FloorLoop(FloorTables(synthetic, flags: UInt32(flags)), facts)
    return (postern.answer(facts), floor.answer(facts))
  }

  /// The policy with a rule at the app that denies a member.
  private static func denying(_ member: Int) -> Policy {
    var policy = synthetic.policy()
    let node = policy.apps[app].nodeIndex
    policy.denyRules = [
      DenyRule(
        nodeIndex: node, deniedPrincipals: [MemberUse(memberIndex: UInt32(member), line: 1, column: 1)],
        exceptionPrincipals: [], condition: nil, span: policy.apps[app].span)
    ]
    for index in policy.nodes.indices { policy.nodes[index].denyRuleRange = index > node ? 1..<1 : 0..<0 }
    policy.nodes[node].denyRuleRange = 0..<1
    return policy
  }
}
