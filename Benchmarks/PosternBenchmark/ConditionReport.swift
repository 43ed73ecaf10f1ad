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
  let facts: [Workload.Fact]

  static let all = [
    MeasuredCondition(name: "no condition", expression: nil, facts: []),
    MeasuredCondition(
      name: "a path prefix", expression: "request.path.startsWith(\"/projects/\")", facts: []),
    MeasuredCondition(
      name: "a set of ten groups", expression: "request.auth.claims.group in [\(set)]", facts: [.text("group7")]),
    MeasuredCondition(
      name: "prefix, hours of a zone, 1000 ranges",
      expression: "request.path.startsWith(\"/projects\") && request.time.getHours(\"America/New_York\") >= 1 "
        + "&& inIpRange(origin.ip, [\(ranges)])", facts: [.address([10, 1, 244, 9])]),
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

  var workload: Workload {
    Workload(host: Self.workloadHost, email: Self.email, groups: [], facts: facts)
  }
}

enum ConditionReport {
  static func run(into figures: inout Figures) throws {
    show("conditions: one binding of an app, allowed")
    show("                                condition  decide ns  instructions  allocations  hash")
    for (index, condition) in MeasuredCondition.all.enumerated() {
      let loop = try DecisionLoop(bytes: condition.bundle(), workload: condition.workload)
      let decision = loop.decideOnce()
      precondition(Int(decision.verdict) == POSTERN_ALLOW, "\(condition.name) is allowed: \(decision.reason)")
      let count =
        Callgrind.isInstalled
        ? try Callgrind.count(inside: "postern_bench_decide", arguments: ["measure", "condition", String(index)]) : nil
      let time = measuring(loop) { _ in
        bestMean(runs: 400, calls: 50, count: DecisionLoop.batchCount) { measuredBatch() }
      }
      let workload = "condition: \(condition.name)"
      figures.add(workload, "decide, mean of batches of 64", time.nanoseconds, "ns", hash: time.hash)
      if let count { figures.add(workload, count, hash: time.hash) }
      let counts = count.map { [String($0.instructions / DecisionLoop.batchCount), String($0.allocations)] }
      show(
        pad(condition.name, 41) + pad(decimal(time.nanoseconds), 11) + pad(counts?[0] ?? "-", 14)
          + pad(counts?[1] ?? "-", 13) + "  " + String(time.hash, radix: 16))
    }
  }

  /// What runs under callgrind: `measure condition INDEX`.
  static func measure(_ index: Int) throws {
    let condition = MeasuredCondition.all[index]
    let loop = try DecisionLoop(bytes: condition.bundle(), workload: condition.workload)
    measuring(loop) { _ in _ = measuredBatch() }
  }
}
