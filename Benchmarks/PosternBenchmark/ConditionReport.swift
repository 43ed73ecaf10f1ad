// What conditions cost beside the same decision without one: a path prefix, a set, and a mix with a time zone and a thousand
// ranges of addresses.

internal import CPostern
internal import Foundation
internal import PosternCompiler
internal import PosternKernel
internal import PosternLanguage

/// A condition that is measured, with the facts that it asks for.
struct MeasuredCondition {
  let name: String
  /// nil: the same binding without one.
  let expression: String?
  let attributes: [Workload.Attribute]

  static let all = [
    MeasuredCondition(name: "no condition", expression: nil, attributes: []),
    MeasuredCondition(
      name: "a path prefix", expression: "request.path.startsWith(\"/projects/\")", attributes: []),
    MeasuredCondition(
      name: "a set of ten groups", expression: "request.auth.claims.group in [\(set)]", attributes: [.text("group7")]),
    MeasuredCondition(
      name: "prefix, hours of a zone, 1000 ranges",
      expression: "request.path.startsWith(\"/projects\") && request.time.getHours(\"America/New_York\") >= 1 "
        + "&& inIpRange(origin.ip, [\(ranges)])", attributes: [.address([10, 1, 244, 9])]),
  ]

  private static let set = (0..<10).map { "\"group\($0)\"" }.joined(separator: ", ")
  private static let ranges = (0..<1_000).map { "\"10.\($0 / 250).\($0 % 250).0/28\"" }.joined(separator: ", ")

  static let email = "ann@example.com"

  /// A bundle of one app whose one binding has the condition.
  func bundle() -> [UInt8] {
    var policy = SyntheticOrganization(appCount: 10).policy()
    policy.members = [.user(email: Self.email)]
    let place = policy.nodes[0].bindings.first?.span ?? policy.apps[0].span
    for node in policy.nodes.indices { policy.nodes[node].bindings = [] }
    policy.nodes[policy.apps[5].nodeIndex].bindings = [
      Binding(
        role: "roles/iap.httpsResourceAccessor", grantsAccess: true,
        members: [MemberUse(memberIndex: 0, line: 1, column: 1)],
        condition: expression.map { Condition(title: name, expression: Sourced($0, at: place)) }, span: place)
    ]
    let mistakes = policy.readConditions() + Compiler.check(policy)
    precondition(!mistakes.contains { $0.severity == .error }, "a measured condition compiles: \(mistakes)")
    return Compiler.compile(policy, revision: 1)
  }

  /// The app's host, which the generator makes.
  static var workloadHost: String { SyntheticOrganization.host(ofApp: 5) }

  func loop() throws -> DecisionLoop {
    let facts = RequestFacts(host: Self.workloadHost, email: Self.email, groups: [])
    return try DecisionLoop(OpenedBundle(copying: bundle()), Workload(facts, attributes: attributes))
  }
}

enum ConditionReport {
  static func run(_ effort: Effort, into figures: inout Figures) throws {
    var without: Double?
    for (index, condition) in MeasuredCondition.all.enumerated() {
      let workload = "condition: \(condition.name)"
      let time = try measuring(condition.loop()) { loop in
        var decision = postern_decision()
        loop.decide(at: RequestFacts.now, into: &decision)
        precondition(decision.isAllowed, "\(condition.name) is allowed: \(decision)")
        return bestMean(runs: effort.rounds * effort.batchRuns, calls: 20, count: Batch.count) { measuredBatch() }
      }
      without = without ?? time.nanoseconds
      figures.add(
        workload, "condition, mean of batches of 64", time.nanoseconds, "ns", hash: time.hash,
        ratio: time.nanoseconds / (without ?? 1), to: MeasuredCondition.all[0].name)
      if !Callgrind.isInstalled { continue }
      let count = try Callgrind.count(
        inside: "postern_bench_decide", arguments: ["measure", "condition", String(index)])
      figures.addAgainstFirst(
        workload, "condition, instructions", Double(count.instructions) / Double(Batch.count), "instructions",
        hash: time.hash)
      figures.add(
        workload, "condition, allocations of a batch", Double(count.allocations), "allocations", hash: time.hash,
        ratio: Double(count.allocations) / Double(Batch.count), to: "a decision")
    }
  }

  /// What runs under callgrind: `measure condition INDEX`.
  static func measure(_ index: Int) throws {
    try measuring(MeasuredCondition.all[index].loop()) { _ in _ = measuredBatch() }
  }
}
