// Refreshes of OAuth clients on the command line: eval, explain, test and diff of a small tree with one client.

import Foundation
import Testing

@Suite("Refreshes on the command line")
struct RefreshCommandTests {
  let scratch: Scratch

  private static let clients = """
    kind: OAuthClients
    sessionLength: 16h
    boundScopes: [payroll.read]
    clients:
      - {id: cli, displayName: CLI, party: FIRST_PARTY, flows: [DEVICE], scopes: [payroll.read, profile], apps: [payroll]}

    """

  init() throws {
    scratch = try Scratch()
    try Self.tree(Self.clients).write(to: scratch)
  }

  private static func tree(_ clients: String) -> Tree {
    var tree = Tree.small
    tree.files["clients.yaml"] = clients
    return tree
  }

  private func run(_ arguments: [String], _ input: String = "") throws -> Outcome {
    var command = Command(arguments: arguments)
    command.input = Array(input.utf8)
    command.folder = scratch.folder
    return try command.run()
  }

  private static func refresh(_ age: String) -> String {
    """
    {"now": "2026-03-02T10:00:00Z",
     "refresh": {"client": "cli", "scopes": ["payroll.read"], "lastUsedAt": "1h ago", "authenticatedAt": "\(age) ago"}}
    """
  }

  @Test("eval says what the client is answered, why and until when, and its status is that of the outcome")
  func eval() throws {
    let allowed = try run(["eval", "policies", "--request", "-"], Self.refresh("15h"))
    #expect(allowed.errors == "")
    #expect(allowed.status == 0)
    #expect(allowed.output.hasPrefix("allowed, withinSessionLength: "))
    #expect(allowed.output.contains("2026-03-02T11:00:00Z  in 1h"))
    let past = try run(["eval", "policies", "--request", "-", "--json"], Self.refresh("16h"))
    #expect(past.status == 2)
    #expect(past.output.contains("\"outcome\": \"reauthenticate\""))
    #expect(past.output.contains("\"method\": \"PASSWORD\""))
  }

  @Test("explain shows the rows up to the one that decided, and what would change it")
  func explain() throws {
    let outcome = try run(["explain", "policies", "--request", "-"], Self.refresh("16h"))
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("  >  the session length has passed\n"))
    #expect(outcome.output.contains("an authentication just now"))
  }

  @Test("a refresh that is none is refused with its place")
  func malformed() throws {
    let outcome = try run(["eval", "policies", "--request", "-"], "refresh: {client: cli, scope: a}\n")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("unknown-key"))
  }

  @Test("test runs refreshes beside requests, and tells which did not get what they expect")
  func test() throws {
    try scratch.write(
      """
      kind: Test
      refreshes:
        - name: at ${age.is}
          axes: {age: [{is: 15h59m59s, outcome: allowed}, {is: 16h, outcome: allowed}]}
          refresh: {client: cli, scopes: [payroll.read], authenticatedAt: "${age.is} ago"}
          expect: {outcome: "${age.outcome}"}

      """, to: "policies/refresh.test.yaml")
    let outcome = try run(["test", "policies", "--filter", "at 1"])
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("failed: at 16h (age.outcome: allowed)"))
    #expect(outcome.output.contains("expected allowed  got reauthenticate"))
    #expect(outcome.output.hasSuffix("1 of 2 tests failed\n"))
  }

  @Test("diff tells a longer session length, with the refresh on which both kernels differ")
  func diff() throws {
    try Self.tree(Self.clients.replacing("16h", with: "24h")).write(to: scratch, folder: "new")
    let outcome = try run(["diff", "policies", "new"])
    #expect(outcome.output.contains("loosens  organization, client: OAuth client cli, session length: 16h -> 1d"))
    #expect(
      outcome.output.contains("reauthenticate with a password, sessionLengthPassed -> allowed, withinSessionLength"))
  }

  @Test("inspect shows what each client may be granted, and what bounds it")
  func inspect() throws {
    try #require(run(["compile", "policies", "-o", "out.ptb"]).status == 0)
    let outcome = try run(["inspect", "out.ptb"])
    #expect(outcome.output.contains("OAuth client cli\n"))
    #expect(outcome.output.contains("bound scopes       payroll.read\n"))
  }
}
