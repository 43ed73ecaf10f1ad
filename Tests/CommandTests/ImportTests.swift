// `postern import` as people run it: what it writes and where, what it says, how it ends.

import Testing

@Suite("import")
struct ImportTests {
  private static let policy = """
    bindings:
    - members: ["user:ann@example.com"]
      role: roles/iap.httpsResourceAccessor
    etag: BwXhqDWvSOA=
    version: 1

    """

  private static let complete = [
    "--organization", "example.com", "--host", "payroll=payroll.example.com/", "--provider",
    "name=workspace,source=workspace,issuer=https://accounts.google.com,clientID=gate,domains=example.com,domains=example.net",
    "--session", "absoluteTimeout=8h,idleTimeout=1h,revalidate=2m,onStateUnavailable=deny",
  ]

  private func run(_ scratch: Scratch, _ arguments: [String], input: String = "") throws -> Outcome {
    var command = Command(arguments: ["import"] + arguments)
    command.folder = scratch.folder
    command.input = Array(input.utf8)
    return try command.run()
  }

  @Test("with all options the tree passes the check and compiles")
  func complete() throws {
    let scratch = try Scratch()
    try scratch.write(Self.policy, to: "exports/finance/payroll.iam.yaml")
    let outcome = try run(scratch, ["exports", "--output", "policies"] + Self.complete)
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    Golden.expect(outcome.output, is: "import.txt")
    var check = Command("check", "policies")
    check.folder = scratch.folder
    #expect(try check.run() == Outcome(status: 0, output: "no mistakes\n", errors: ""))
    var compile = Command("compile", "policies", "-o", "policy.ptb")
    compile.folder = scratch.folder
    #expect(try compile.run().status == 0)
    var eval = Command(
      "eval", "policy.ptb", "--url", "https://payroll.example.com/", "--as", "user:ann@example.com", "--provider",
      "workspace")
    eval.folder = scratch.folder
    #expect(try eval.run().output.hasPrefix("allow, granted"))
  }

  @Test("what is left to fill in is told on standard error, and the import has gone well")
  func holes() throws {
    let scratch = try Scratch()
    try scratch.write(Self.policy, to: "payroll.iam.yaml")
    let outcome = try run(scratch, ["payroll.iam.yaml", "--output", "policies"])
    #expect(outcome.status == 0)
    Golden.expect(outcome.errors, is: "import-holes.txt")
  }

  @Test("what is not carried over ends with status 2, and the tree is written")
  func losses() throws {
    let scratch = try Scratch()
    let manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
    let outcome = try run(scratch, ["-", "-o", "policies", "--format", "json"], input: manifest)
    #expect(outcome.status == 2)
    Golden.expect(outcome.output, is: "import.json")
    #expect(try scratch.names() == ["policies"])
  }

  @Test(
    "an input that cannot be read ends with status 3, and nothing is written",
    arguments: ["missing.yaml", "broken.yaml", "empty.yaml", "empty", "."])
  func unreadable(_ path: String) throws {
    let scratch = try Scratch()
    try scratch.write("a: [", to: "broken.yaml")
    try scratch.write("", to: "empty.yaml")
    try scratch.write("", to: "empty/.keep")
    let outcome = try run(scratch, [path, "--output", "policies"])
    #expect(outcome.status == 3)
    #expect(outcome.output.contains(": error: ") && outcome.output.hasSuffix("nothing is written\n"))
    #expect(try !scratch.names().contains("policies"))
  }

  @Test(
    "a folder that holds anything is left as it is", arguments: ["policies/old.yaml", "policies/.hidden", "policies"])
  func occupied(_ path: String) throws {
    let scratch = try Scratch()
    try scratch.write("old", to: path)
    try scratch.write(Self.policy, to: "payroll.iam.yaml")
    let outcome = try run(scratch, ["payroll.iam.yaml", "--output", "policies"])
    #expect(outcome.status == 1)
    #expect(outcome.output == "" && outcome.errors.hasPrefix("error: cannot write policies: "))
    #expect(try scratch.bytes(path) == Array("old".utf8))
  }

  @Test("an empty folder is filled, and nothing is left beside the tree")
  func emptyFolder() throws {
    let scratch = try Scratch()
    let inputs = try Scratch()
    try inputs.write(Self.policy, to: "payroll.iam.yaml")
    #expect(try run(scratch, [inputs.path("payroll.iam.yaml"), "--output", "."]).status == 0)
    #expect(try scratch.names() == ["organization.yaml", "payroll.yaml"])
  }

  @Test("files of a folder that nobody reads are told")
  func skipped() throws {
    let scratch = try Scratch()
    try scratch.write(Self.policy, to: "exports/payroll.iam.yaml")
    try scratch.write("x", to: "exports/notes.txt")
    try scratch.write("x", to: "exports/.git/config")
    let outcome = try run(scratch, ["exports", "--output", "policies"])
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("exports/notes.txt: skipped") && outcome.output.contains("exports/.git: skipped"))
  }

  @Test("a file that only an option names is read")
  func appOption() throws {
    let scratch = try Scratch()
    try scratch.write(Self.policy, to: "x/dump.yaml")
    #expect(try run(scratch, ["--app", "finance/payroll=x/dump.yaml", "--output", "policies"]).status == 0)
    #expect(try !scratch.bytes("policies/finance/payroll.yaml").isEmpty)
  }

  @Test("an option names what comes on standard input")
  func standardInput() throws {
    let scratch = try Scratch()
    let outcome = try run(scratch, ["-", "--app", "payroll=-", "--output", "policies"], input: Self.policy)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("app payroll: payroll.yaml, named by standard input"))
  }

  @Test(
    "options that mean nothing end with status 1 and write nothing",
    arguments: [
      ["--host", "nobody=a.example.com/"], ["--place", "organizations/1=x"], ["--host", "nothing"],
      ["--provider", "x"],
      ["--provider", "name=a,clientSecret=b"], ["--session", "absolutTimeout=8h"], ["--format", "xml"],
    ])
  func badOptions(_ options: [String]) throws {
    let scratch = try Scratch()
    try scratch.write(Self.policy, to: "payroll.iam.yaml")
    let outcome = try run(scratch, ["payroll.iam.yaml", "--output", "policies"] + options)
    #expect(outcome.status == 1)
    #expect(outcome.output == "" && outcome.errors.hasPrefix("error: "))
    #expect(try scratch.names() == ["payroll.iam.yaml"])
  }
}
