// The reports of `postern check`, whole, in their three forms.

import Testing

@Suite("check")
struct CheckTests {
  @Test(
    "the report of a tree with mistakes is the recorded one",
    arguments: [
      ([], "check.txt"), (["--format", "json"], "check.json"), (["--json"], "check.json"),
      (["--format", "sarif"], "check.sarif"),
    ])
  func report(_ flags: [String], _ golden: String) throws {
    let scratch = try Scratch()
    try Tree.broken.write(to: scratch)
    var command = Command(arguments: ["check", "policies"] + flags)
    command.folder = scratch.folder
    let outcome = try command.run()
    #expect(outcome.status == 3)
    #expect(outcome.errors == "")
    Golden.expect(outcome.output, is: golden)
  }

  @Test("a tree without mistakes is fine")
  func clean() throws {
    let scratch = try Scratch()
    #expect(
      try Command("check", Tree.small.write(to: scratch)).run()
        == Outcome(status: 0, output: "no mistakes\n", errors: ""))
  }

  @Test("warnings alone end with status 0")
  func warnings() throws {
    let scratch = try Scratch()
    var tree = Tree.small
    tree.files["wiki.yaml"] = """
      kind: App
      name: wiki
      routes: [wiki.example.com]
      iam: {bindings: [{role: roles/viewer, members: ["user:ann@example.com"]}]}

      """
    let outcome = try Command("check", tree.write(to: scratch)).run()
    #expect(outcome.status == 0)
    #expect(outcome.output.hasSuffix("1 warning\n"))
  }

  @Test("a guard that is broken keeps a tree from passing and from compiling", arguments: ["check", "compile"])
  func guards(_ command: String) throws {
    let scratch = try Scratch()
    var tree = Tree.small
    tree.files["organization.yaml"]? += "guards: [{name: short days, never: {absoluteTimeoutAbove: 1h}}]\n"
    let folder = try tree.write(to: scratch)
    let output = command == "compile" ? ["--output", scratch.path("x.ptb")] : []
    let outcome = try Command(arguments: [command, folder] + output).run()
    #expect(outcome.status == 3)
    #expect((outcome.output + outcome.errors).contains("error[guard-broken]: the guard `short days` is broken by"))
  }

  @Test("a path that is no folder is no policy tree", arguments: ["nowhere", "policies/organization.yaml"])
  func noFolder(_ path: String) throws {
    let scratch = try Scratch()
    try Tree.small.write(to: scratch)
    var command = Command("check", path)
    command.folder = scratch.folder
    #expect(
      try command.run() == Outcome(status: 1, output: "", errors: "error: cannot read \(path): it is no folder\n"))
  }

  @Test("a report is coloured for nobody but a terminal")
  func colours() throws {
    let scratch = try Scratch()
    #expect(!(try Command("check", Tree.broken.write(to: scratch)).run().output.contains("\u{1B}")))
  }
}
