// An identity in 200 groups, on an app with ten and with a thousand bindings of a group each: it is in one of the app's groups, by
// the last binding, and the policy knows all of its others.

internal import CPostern
internal import PosternCompiler
internal import PosternLanguage

enum GroupsReport {
  private static let bindingCounts = [10, 1_000]
  private static let groupCount = 200
  private static let app = 5
  private static let email = "ann@\(SyntheticOrganization.domain)"

  static func run(_ effort: Effort, into figures: inout Figures) throws {
    var tenBindings: Double?
    for count in bindingCounts {
      let workload = "an identity in \(groupCount) groups, \(count) bindings"
      let time = try measuring(loop(bindingCount: count)) { _ in
        bestMean(runs: effort.rounds * effort.batchRuns, calls: 20, count: Batch.count) { measuredBatch() }
      }
      figures.add(
        workload, "groups, mean of batches of 64", time.nanoseconds, "ns", hash: time.hash,
        ratio: time.nanoseconds / (tenBindings ?? time.nanoseconds), to: "\(bindingCounts[0]) bindings")
      tenBindings = tenBindings ?? time.nanoseconds
      if !Callgrind.isInstalled { continue }
      let counted = try Callgrind.count(
        inside: "postern_bench_decide", arguments: ["measure", "groups", String(count)])
      figures.addAgainstFirst(
        workload, "groups, instructions", Double(counted.instructions) / Double(Batch.count), "instructions",
        hash: time.hash)
    }
  }

  /// What runs under callgrind: `measure groups BINDINGS`.
  static func measure(_ bindingCount: Int) throws {
    try measuring(loop(bindingCount: bindingCount)) { _ in _ = measuredBatch() }
  }

  private static func loop(bindingCount: Int) throws -> DecisionLoop {
    let held = (bindingCount - 1..<bindingCount - 1 + groupCount).map { group($0) }
    let loop = try DecisionLoop(
      OpenedBundle(copying: bundle(bindingCount: bindingCount)),
      Workload(RequestFacts(host: SyntheticOrganization.host(ofApp: app), email: email, groups: held)))
    var decision = postern_decision()
    loop.decide(at: RequestFacts.now, into: &decision)
    precondition(
      decision.isAllowed && decision.rule == bindingCount - 1, "the last binding of the app grants: \(decision)")
    return loop
  }

  private static func group(_ index: Int) -> String { "group\(index)@\(SyntheticOrganization.domain)" }

  /// The first groups have a binding of the app each; the others stand in one binding of another app.
  private static func bundle(bindingCount: Int) -> [UInt8] {
    var policy = SyntheticOrganization(appCount: 10).policy()
    let place = policy.apps[0].span
    policy.members = (0..<bindingCount - 1 + groupCount).map { .group(email: group($0)) }
    func binding(_ members: Range<Int>) -> Binding {
      let uses = members.map { MemberUse(memberIndex: UInt32($0), line: 1, column: 1) }
      return Binding(
        role: SyntheticOrganization.role, grantsAccess: true, members: uses, condition: nil, span: place)
    }
    for node in policy.nodes.indices { policy.nodes[node].bindings = [] }
    policy.nodes[policy.apps[app].nodeIndex].bindings = (0..<bindingCount).map { binding($0..<$0 + 1) }
    let others = policy.apps[app + 1].nodeIndex
    policy.nodes[others].bindings = [binding(bindingCount..<policy.members.count)]
    number(&policy)
    return Compiler.compile(policy, revision: 1)
  }

  /// Numbers the bindings in tree order.
  private static func number(_ policy: inout Policy) {
    var id: UInt32 = 0
    for node in policy.nodes.indices {
      policy.nodes[node].firstBindingID = id
      id += UInt32(policy.nodes[node].bindings.count)
    }
  }
}
