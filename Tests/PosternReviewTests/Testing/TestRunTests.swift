// Cases of Test documents: what is compared, and what the results say.

import PosternLanguage
import PosternReview
import Testing

@Suite("Runs of tests")
struct TestRunTests {
  @Test("a case that gets all that it expects has passed")
  func passes() throws {
    let run = try run("{verdict: allow, reason: granted, clock: idle, app: payroll, touch: true, validUntil: in 5m}")
    #expect(run.failures.isEmpty)
    #expect(run.summary == "1 test passed")
  }

  @Test(
    "each part that is stated is compared",
    arguments: [
      ("verdict: forbidden", "verdict", "forbidden", "allow"),
      ("verdict: allow, reason: publicAccess", "reason", "publicAccess", "granted"),
      ("verdict: allow, mode: identity", "mode", "identity", "none"),
      ("verdict: allow, clock: absolute", "clock", "absolute", "idle"),
      ("verdict: allow, app: wiki", "app", "wiki", "payroll"),
      ("verdict: allow, touch: false", "touch", "false", "true"),
      ("verdict: allow, validUntil: in 4m", "validUntil", "2026-01-01T00:04:00Z", "2026-01-01T00:05:00Z"),
      ("verdict: allow, validUntil: unbounded", "validUntil", "unbounded", "2026-01-01T00:05:00Z"),
    ])
  func compares(_ expectation: String, _ key: String, _ expected: String, _ actual: String) throws {
    let run = try run("{\(expectation)}")
    #expect(run.results[0].differences.map(\.key) == [key])
    #expect(run.results[0].differences.map(\.expected) == [expected])
    #expect(run.results[0].differences.map(\.actual) == [actual])
    #expect(run.summary == "1 of 1 test failed")
  }

  @Test("what a case does not state is not compared")
  func unstated() throws {
    #expect(try run("{verdict: allow}").failures.isEmpty)
  }

  @Test("a case that fails is told with its place below the folder that was given")
  func place() throws {
    let run = try run("{verdict: forbidden}")
    #expect(run.failures.map(\.place.text) == ["policies/payroll.test.yaml:3:5"])
  }

  private func run(_ expectation: String) throws -> TestRun {
    let side = try TreeFixture.tree([
      "organization.yaml": TestedTree.organization, "payroll.yaml": TestedTree.payroll, "wiki.yaml": TestedTree.wiki,
      "payroll.test.yaml": """
      kind: Test
      tests:
        - name: ann reads
          request: {url: "https://payroll.example.com/"}
          credential: {as: "user:ann@example.com", provider: workspace, lastSeenAt: 10m ago}
          expect: \(expectation)

      """,
    ])
    return TestRun(side, pathPrefix: "policies/")
  }
}

/// Files that the tests of tests stand on.
enum TestedTree {
  static let organization = """
    kind: Organization
    name: example.com
    loginProviders:
      - {name: workspace, source: workspace, issuer: "https://a.example", clientID: postern, domains: [example.com]}
    session: {absoluteTimeout: 8h, idleTimeout: none, revalidate: none}

    """
  static let payroll = """
    kind: App
    name: payroll
    routes: [payroll.example.com/]
    session: {idleTimeout: 15m}
    iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["user:ann@example.com"]}]}

    """
  static let wiki = "kind: App\nname: wiki\nroutes: [wiki.example.com/]\n"
}
