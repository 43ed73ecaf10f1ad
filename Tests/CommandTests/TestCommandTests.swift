// `postern test` as people and build servers run it: forms of output, statuses, what cannot run.

import Foundation
import Testing

@Suite("test")
struct TestCommandTests {
  @Test("every case of the repository's own tree gets what it expects")
  func repository() throws {
    let outcome = try Command("test", Golden.root.appending(path: "policies").path()).run()
    #expect(outcome.status == 0)
    #expect(outcome.errors == "" && outcome.output.hasSuffix(" tests passed\n"))
  }

  @Test(
    "the results of a tree with a case that fails are the recorded ones, and the status is 2",
    arguments: [
      ([], "test.txt"), (["--format", "json"], "test.json"), (["--format", "junit"], "test.xml"),
      (["--format", "tap"], "test.tap"), (["--coverage"], "test-coverage.txt"),
      (["--coverage", "--format", "json"], "test-coverage.json"),
    ])
  func failing(_ flags: [String], _ golden: String) throws {
    let outcome = try run(Tree.tested, flags)
    #expect(outcome.status == 2)
    #expect(outcome.errors == "")
    Golden.expect(outcome.output, is: golden)
  }

  @Test("a filter leaves the cases whose names hold its text")
  func filter() throws {
    #expect(
      try run(Tree.tested, ["--filter", "14m59s"]) == Outcome(status: 0, output: "1 test passed\n", errors: ""))
  }

  @Test("a filter that no name holds runs nothing, and that is no success")
  func emptyFilter() throws {
    let outcome = try run(Tree.tested, ["--filter", "nothing"])
    #expect(
      outcome
        == Outcome(status: 1, output: "", errors: "error: no case of policies has 'nothing' in its name\n"))
  }

  @Test("a tree without tests runs nothing, and that is no success")
  func withoutTests() throws {
    let outcome = try run(Tree.small)
    #expect(
      outcome == Outcome(status: 1, output: "", errors: "error: policies has no Test document with a case\n"))
  }

  @Test("a tree with mistakes is reported on standard error, with status 3")
  func mistakes() throws {
    let outcome = try run(Tree.broken)
    #expect(outcome.status == 3)
    #expect(outcome.output == "" && outcome.errors.contains("error[bad-duration]"))
  }

  // MARK: shadow

  /// A request by Ann of the finance group, idle for some minutes, with what was decided of it.
  private static func logged(idleMinutes: Int, _ decision: String?) -> String {
    let now = 1_772_445_600_000
    let seen = now - idleMinutes * 60_000
    return #"{"now":\#(now),"request":{"url":"https://payroll.example.com/","headers":{"accept":"text/html"}},"#
      + #""credential":{"as":"user:ann@example.com","provider":"workspace","createdAt":\#(seen),"lastSeenAt":\#(seen),"#
      + #""stateCheckedAt":\#(now)}"# + (decision.map { #","decision":\#($0)"# } ?? "") + "}"
  }

  private static let allowed = #"{"verdict":"allow","reason":"granted","app":"payroll"}"#
  private static let log = [
    logged(idleMinutes: 5, allowed), "", logged(idleMinutes: 12, allowed), "{broken", logged(idleMinutes: 13, allowed),
    logged(idleMinutes: 20, #"{"verdict":"redirect","reason":"idleTimeout"}"#), logged(idleMinutes: 1, nil), "[]",
    #"{"request":{"url":"https://payroll.example.com/"},"decision":{"verdict":"perhaps"}}"#,
  ].joined(separator: "\n")

  /// Runs the log against a tree whose payroll ends after ten idle minutes; `old` is the tree as it was.
  private func shadow(_ log: String, _ flags: [String] = []) throws -> Outcome {
    let scratch = try Scratch()
    try Tree.small.write(to: scratch)
    let payroll = try #require(Tree.small.files["finance/payroll.yaml"])
    for (path, text) in Tree.small.files { try scratch.write(text, to: "old/\(path)") }
    try scratch.write(payroll.replacing("15m", with: "10m"), to: "policies/finance/payroll.yaml")
    try scratch.write(log, to: "log.jsonl")
    var command = Command(arguments: ["test", "log.jsonl", "--shadow", "policies"] + flags)
    command.folder = scratch.folder
    return try command.run()
  }

  @Test(
    "a decision log against a candidate tells what would be decided otherwise, and which lines it cannot read",
    arguments: [
      ([], "shadow.txt"), (["--format", "json"], "shadow.json"), (["--deployed", "old"], "shadow-deployed.txt"),
    ])
  func shadow(_ flags: [String], _ golden: String) throws {
    let outcome = try shadow(Self.log, flags)
    #expect(outcome.status == 2)
    #expect(outcome.errors == "")
    Golden.expect(outcome.output, is: golden)
  }

  @Test("a log whose decisions all stay ends with status 0")
  func sameDecisions() throws {
    #expect(
      try shadow(Self.logged(idleMinutes: 5, Self.allowed))
        == Outcome(status: 0, output: "none of 1 decision would be another\n", errors: ""))
  }

  @Test("a log without a readable line is no success", arguments: ["", "\n\n", "{}\n", "\u{0}"])
  func unreadableLog(_ log: String) throws { #expect(try shadow(log).status == 1) }

  @Test(
    "what --shadow does not go with is refused", arguments: ["--coverage", "--watch", "--format=junit", "--filter=x"])
  func shadowFlags(_ flag: String) throws { #expect(try shadow(Self.log, [flag]).status == 1) }

  @Test("with --watch the tests run again when a file of the tree changes, and a mistake does not end it")
  func watch() throws {
    let scratch = try Scratch()
    try Tree.tested.write(to: scratch)
    let outcome = try Shell.run(Self.watching, folder: scratch.folder)
    #expect(outcome.errors == "")
    #expect(
      outcome.output == """
        2 of 4 tests failed
        error[wrong-type]: expected a list, found `7`
        1 of 2 tests failed

        """)
  }

  /// Each change follows upon the output of the run before; after a minute the watching ends by itself, and with it the test.
  private static let watching = """
    mkfifo pipe
    timeout 60 "$0" test policies --watch > pipe 2>&1 &
    watching=$!
    exec 3< pipe
    until_line() { while read -r line <&3; do case $line in "$1"*) echo "$line"; return;; esac; done; }
    until_line '2 of 4'
    printf 'kind: Test\\ntests: 7\\n' > policies/status.test.yaml
    until_line "error[wrong-type]"
    rm policies/status.test.yaml
    until_line '1 of 2'
    kill $watching
    wait $watching 2> /dev/null || true
    """

  private func run(_ tree: Tree, _ flags: [String] = []) throws -> Outcome {
    let scratch = try Scratch()
    try tree.write(to: scratch)
    var command = Command(arguments: ["test", "policies"] + flags)
    command.folder = scratch.folder
    return try command.run()
  }
}

extension Tree {
  /// The small tree with four cases, two of which expect what does not come.
  static var tested: Tree {
    var tree = small
    tree.files["finance/payroll.test.yaml"] = """
      kind: Test
      tests:
        - name: a session of 14m59s goes on
          request: {url: "https://payroll.example.com/"}
          credential: {as: "user:ann@example.com", provider: workspace, lastSeenAt: 14m59s ago}
          expect: {verdict: allow, reason: granted, clock: idle, validUntil: in 1s}
        - name: at 15m it goes on <still> & on
          request: {url: "https://payroll.example.com/"}
          credential: {as: "user:ann@example.com", provider: workspace, lastSeenAt: 15m ago}
          expect: {verdict: allow, reason: granted, app: payroll}

      """
    tree.files["status.test.yaml"] = """
      kind: Test
      tests:
        - name: everybody sees the status
          request: {url: "https://status.example.com/"}
          expect: {verdict: allow, reason: publicAccess, app: status, touch: false}
        - {name: "the status of payroll is #1", request: {url: "https://status.example.com/payroll"}, expect: {verdict: allow, app: payroll}}

      """
    return tree
  }
}
