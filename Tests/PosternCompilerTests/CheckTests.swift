// What keeps a read policy from compiling: the budget, conditions, limits of the format.

import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Checks")
struct CheckTests {
  static let budgetSpan = Span(fileIndex: 0, startLine: 9, startColumn: 1, endLine: 9, endColumn: 30)

  private func check(_ budget: Budget?) -> [Diagnostic] {
    var policy = RoundTripTests.policy
    policy.organization.budget = budget.map { Sourced($0, at: Self.budgetSpan) }
    return Compiler.check(policy)
  }

  private var dearest: Cost {
    let costs = Compiler.costs(of: RoundTripTests.policy)
    return Cost(
      words: costs.map(\.words).max() ?? 0, probes: costs.map(\.probes).max() ?? 0,
      bytesScanned: costs.map(\.bytesScanned).max() ?? 0)
  }

  @Test("a policy without a budget may cost what it costs")
  func noBudget() {
    #expect(check(nil).isEmpty)
  }

  @Test("a cost of exactly the budget is within it")
  func exactBudget() {
    let budget = Budget(words: dearest.words, probes: dearest.probes, bytesScanned: dearest.bytesScanned)
    #expect(check(budget).isEmpty)
  }

  @Test("one more than the budget is reported, for the apps that cost it", arguments: [0, 1, 2])
  func exceededBudget(measure: Int) {
    let costs = Compiler.costs(of: RoundTripTests.policy).map { [$0.words, $0.probes, $0.bytesScanned][measure] }
    let limit = (costs.max() ?? 0) - 1
    let budget = Budget(
      words: measure == 0 ? limit : nil, probes: measure == 1 ? limit : nil, bytesScanned: measure == 2 ? limit : nil)
    #expect(check(budget).map(\.id) == costs.filter { $0 > limit }.map { _ in "budget-exceeded" })
  }

  @Test("the report names the app, each cost and limit, and the budget's place")
  func reportOfAnExcess() throws {
    let apps = RoundTripTests.policy.apps
    let cost = try #require(Compiler.costs(of: RoundTripTests.policy).first)
    let diagnostic = try #require(check(Budget(words: 1, probes: 2, bytesScanned: nil)).first)
    #expect(
      diagnostic.message
        == "a request to `\(apps[0].name.value)` may cost \(cost.words) words, where the budget has 1, "
        + "and \(cost.probes) probes, where the budget has 2")
    #expect(diagnostic.notes.map(\.span) == [Self.budgetSpan])
  }

  @Test("a condition that was not read grants nothing, and one of a deny rule denies")
  func conditionsFailClosed() throws {
    var builder = PolicyBuilder()
    builder.addApp("granted", bindings: [[.user(email: "ada@example.com")]])
    builder.addApp(
      "denied", bindings: [[.user(email: "ada@example.com")]],
      denies: [.init(denied: [.user(email: "ada@example.com")])])
    let condition = Condition(title: "never", expression: sourced("false"))
    builder.policy.nodes[1].bindings[0].condition = condition
    builder.policy.denyRules[0].condition = condition
    let open = try OpenBundle(Compiler.compile(builder.policy, revision: 1))
    let ada = Credential.person("ada@example.com")
    let reasons = ["granted", "denied"].map { name in
      open.decide(Request("\(name).example.com"), ada, at: Credential.now).reason
    }
    #expect(reasons == [.conditionError, .denied])
  }

  @Test("more members at one node than a row can hold are refused")
  func rowsAreBounded() {
    var builder = PolicyBuilder()
    builder.addApp("crowded", bindings: [[.user(email: "ada@example.com")]])
    let count = UInt32(FormatLimits.rowEntryLimit + 1)
    builder.policy.nodes[1].bindings[0].members = (0..<count).map { MemberUse(memberIndex: $0, line: 1, column: 1) }
    #expect(
      FormatLimits(builder.policy).diagnostics.map(\.message)
        == ["`crowded` names 262141 members, where a bundle can hold 262140"])
  }

  @Test("the longest time that can be written is not read as none")
  func longestTimeIsALimit() {
    #expect(Limit.seconds(UInt32.max).secondsOrNone == UInt32.max - 1)
  }
}
