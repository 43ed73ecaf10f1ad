// What cases reach: each way in which bindings, deny rules and clocks come out, and what remains.

import PosternReview
import Testing

@Suite("Coverage of tests")
struct CoverageTests {
  @Test("without a case that gets there, every way of a binding, a deny rule and a clock is missing")
  func nothing() throws {
    let coverage = try coverage([#"{name: far, request: {url: "https://far/"}, expect: {verdict: forbidden}}"#])
    #expect(coverage.reachedCount == 0)
    #expect(
      coverage.gaps.map { "\($0.name): \($0.ways.joined(separator: " "))" } == [
        "deny rule: denied", "binding: granted", "binding 'from work': true false in error",
        "clock absolute: passing firing", "clock idle: passing firing",
      ])
  }

  @Test("a gap stands where the rule or the limit is written")
  func places() throws {
    let coverage = try coverage([#"{name: far, request: {url: "https://far/"}, expect: {verdict: forbidden}}"#])
    #expect(
      coverage.gaps.map(\.place.text) == [
        "p/payroll.yaml:13:7", "p/payroll.yaml:7:7", "p/payroll.yaml:8:7", "p/organization.yaml:5:28",
        "p/payroll.yaml:4:24",
      ])
  }

  @Test("the binding that grants is reached, and the clocks that it passed are seen passing")
  func granted() throws {
    let coverage = try coverage([Self.case("ann", "allow")])
    #expect(ways(coverage, "binding") == [])
    #expect(ways(coverage, "clock idle") == ["firing"])
    #expect(ways(coverage, "clock absolute") == ["firing"])
  }

  @Test("a deny rule that denies is reached")
  func denied() throws {
    #expect(try ways(coverage([Self.case("eve", "forbidden")]), "deny rule") == [])
  }

  @Test(
    "a condition is reached in the way in which it comes out",
    arguments: [
      ("clientAddress: 10.0.0.1", "allow", ["false", "in error"]),
      ("clientAddress: 192.0.2.1", "forbidden", ["true", "in error"]), ("method: GET", "forbidden", ["true", "false"]),
    ])
  func conditions(_ fact: String, _ verdict: String, _ missing: [String]) throws {
    let test = Self.case("bob", verdict, fact)
    #expect(try ways(coverage([test]), "binding 'from work'") == missing)
  }

  @Test("a clock that fires is seen firing, and those before it passing")
  func firing() throws {
    let coverage = try coverage([
      """
      {name: idle, request: {url: "https://payroll.example.com/"}, expect: {verdict: unauthorized},
       credential: {as: "user:ann@example.com", provider: workspace, lastSeenAt: 15m ago}}
      """
    ])
    #expect(ways(coverage, "clock idle") == ["passing"])
    #expect(ways(coverage, "clock absolute") == ["firing"])
    #expect(ways(coverage, "binding") == ["granted"])
  }

  @Test("of an app that is open to everyone, the binding that opens it is all there is to reach")
  func openApp() throws {
    let side = try TreeFixture.tree([
      "organization.yaml": TestedTree.organization,
      "status.yaml": """
      kind: App
      name: status
      routes: [status.example.com/]
      iam:
        bindings:
          - {role: roles/iap.httpsResourceAccessor, members: ["user:ann@example.com"]}
          - {role: roles/iap.httpsResourceAccessor, members: [allUsers]}

      """,
      "status.test.yaml": """
      kind: Test
      tests: [{name: open, request: {url: "https://status.example.com/"}, expect: {verdict: allow}}]

      """,
    ])
    let app = try #require(TestCoverage(TestRun(side), of: side).apps.first)
    #expect(app.totalCount == 1)
    #expect(app.reachedCount == 1)
  }

  private static func `case`(_ person: String, _ verdict: String, _ fact: String = "method: GET") -> String {
    """
    {name: \(person), request: {url: "https://payroll.example.com/", \(fact)}, expect: {verdict: \(verdict)},
     credential: {as: "user:\(person)@example.com", provider: workspace}}
    """
  }

  private func ways(_ coverage: TestCoverage.AppCoverage, _ name: String) -> [String] {
    coverage.gaps.first { $0.name == name }?.ways ?? []
  }

  /// Of one app with two bindings, one of them conditional, a deny rule and two clocks.
  private func coverage(_ cases: [String]) throws -> TestCoverage.AppCoverage {
    let side = try TreeFixture.tree([
      "organization.yaml": TestedTree.organization, "payroll.yaml": Self.app,
      "payroll.test.yaml": "kind: Test\ntests:\n"
        + cases.map { "  - " + $0.replacing("\n", with: "\n    ") + "\n" }.joined(),
    ])
    let run = TestRun(side)
    #expect(run.failures.isEmpty, "a case of coverage expects what does not come")
    return try #require(TestCoverage(run, of: side, pathPrefix: "p/").apps.first)
  }

  private static let app = """
    kind: App
    name: payroll
    routes: [payroll.example.com/]
    session: {idleTimeout: 15m}
    iam:
      bindings:
        - {role: roles/iap.httpsResourceAccessor, members: ["user:ann@example.com"]}
        - role: roles/iap.httpsResourceAccessor
          members: ["user:bob@example.com"]
          condition: {title: from work, expression: 'inIpRange(origin.ip, ["10.0.0.0/8"])'}
    deny:
      - denyRule:
          deniedPrincipals: ["user:eve@example.com"]
          deniedPermissions: [iap.googleapis.com/webServiceVersions.accessViaIAP]

    """
}
