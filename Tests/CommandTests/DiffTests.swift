// `postern diff`: its reports, whole, its exit statuses, and revisions of a repository in git.

import Foundation
import Testing

@Suite("diff")
struct DiffTests {
  /// The small tree, and what becomes of it: somebody comes in, a limit loosens, an app vanishes and another appears.
  private static var changed: Tree {
    var tree = Tree.small
    tree.files["finance/payroll.yaml"] = """
      kind: App
      name: payroll
      routes: [payroll.example.com/]
      iam:
        bindings:
          - role: roles/iap.httpsResourceAccessor
            members: ["user:ann@example.com", "group:finance@example.com", "user:eve@example.com"]
            condition: {title: reading, expression: 'request.method == "GET"'}
      session: {idleTimeout: 25m}

      """
    tree.files["status.yaml"] = nil
    tree.files["wiki.yaml"] = "kind: App\nname: wiki\nroutes: [wiki.example.com/]\n"
    return tree
  }

  private func folders(_ old: Tree, _ new: Tree) throws -> Scratch {
    let scratch = try Scratch()
    for (path, text) in old.files { try scratch.write(text, to: "old/\(path)") }
    for (path, text) in new.files { try scratch.write(text, to: "new/\(path)") }
    return scratch
  }

  private func diff(_ arguments: [String], in scratch: Scratch) throws -> Outcome {
    var command = Command(arguments: ["diff"] + arguments)
    command.folder = scratch.folder
    return try command.run()
  }

  @Test("a name with letters of Markdown is itself in a table and in a folded line")
  func markdownLetters() throws {
    var changed = Self.changed
    let hired = changed.files["finance/payroll.yaml"]?.replacing("eve@", with: "new_hire@")
    changed.files["finance/payroll.yaml"] = hired
    let outcome = try diff(["old", "new", "--format", "markdown"], in: folders(Tree.small, changed))
    let lines = outcome.output.split(separator: "\n").filter { $0.contains("hire@example.com: no binding") }
    #expect(lines.contains { $0.hasPrefix("| widens") && $0.contains("user:new\\_hire@example.com") })
    #expect(lines.contains { $0.hasPrefix("<details>") && $0.contains("user:new_hire@example.com") })
  }

  @Test(
    "the review of a change is the recorded one",
    arguments: [
      ([], "diff.txt"), (["--format", "markdown"], "diff-markdown.txt"), (["--format", "json"], "diff.json"),
      (["--format", "sarif"], "diff.sarif"), (["--format", "html"], "diff.html"),
    ])
  func report(_ flags: [String], _ golden: String) throws {
    let scratch = try folders(Tree.small, Self.changed)
    let outcome = try diff(["old", "new"] + flags, in: scratch)
    #expect(outcome.status == 2)
    #expect(outcome.errors == "")
    Golden.expect(outcome.output, is: golden)
  }

  @Test("a tree beside itself is proved the same")
  func same() throws {
    let scratch = try folders(Tree.small, Tree.small)
    let expected = Outcome(status: 0, output: "nothing changes: proved for everyone and every request\n", errors: "")
    #expect(try diff(["old", "new"], in: scratch) == expected)
  }

  @Test(
    "what narrows only ends with status 0 where only widening fails",
    arguments: [("any", 2), ("loosen", 0), ("widen", 0)])
  func failOn(_ threshold: String, _ status: Int32) throws {
    var tree = Tree.small
    tree.files["status.yaml"] = nil
    let scratch = try folders(Tree.small, tree)
    #expect(try diff(["old", "new", "--fail-on", threshold], in: scratch).status == status)
  }

  @Test("a side with errors is named, with its report, and ends with status 3", arguments: ["old", "new"])
  func brokenSide(_ side: String) throws {
    let scratch = try side == "old" ? folders(Tree.broken, Tree.small) : folders(Tree.small, Tree.broken)
    let outcome = try diff(["old", "new"], in: scratch)
    #expect(outcome.status == 3)
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("the \(side) policy, \(side), has errors:\nerror["))
  }

  // MARK: bundles

  /// The bundles of both trees, `old.ptb` and `new.ptb`.
  private func bundles(_ old: Tree, _ new: Tree, _ flags: [String] = ["--include-source"]) throws -> Scratch {
    let scratch = try folders(old, new)
    for side in ["old", "new"] {
      var command = Command(arguments: ["compile", side, "-o", "\(side).ptb"] + flags)
      command.folder = scratch.folder
      #expect(try command.run().status == 0)
    }
    return scratch
  }

  @Test("two bundles that hold their trees are compared as the trees are")
  func bundles() throws {
    let scratch = try bundles(Tree.small, Self.changed)
    #expect(try diff(["old.ptb", "new.ptb"], in: scratch) == diff(["old", "new"], in: scratch))
  }

  @Test("a bundle without its tree is refused, with the way out")
  func bareBundle() throws {
    let outcome = try diff(["old.ptb", "new"], in: bundles(Tree.small, Self.changed, []))
    #expect(outcome.status == 1)
    #expect(
      outcome.errors == "error: the old bundle, old.ptb, does not hold the tree that it was compiled from: "
        + "compile it with --include-source, or name the tree\n")
  }

  @Test("a bundle whose tree comes to another bundle is refused")
  func forgedSource() throws {
    let scratch = try bundles(Tree.small, Self.changed)
    var bytes = try scratch.bytes("old.ptb")
    let place = try #require(bytes.firstRange(of: "idleTimeout: 15m".utf8))
    bytes.replaceSubrange(place, with: "idleTimeout: 10m".utf8)
    try Data(bytes).write(to: scratch.url("old.ptb"))
    let outcome = try diff(["old.ptb", "new"], in: scratch)
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("error: the old bundle, old.ptb, does not come of the files inside it"))
  }

  @Test("a file of another format, or of another version of it, is no bundle", arguments: [0, 8])
  func otherFormat(_ offset: Int) throws {
    let scratch = try bundles(Tree.small, Self.changed)
    var bytes = try scratch.bytes("old.ptb")
    bytes[offset] ^= 0x7F
    try Data(bytes).write(to: scratch.url("old.ptb"))
    let outcome = try diff(["old.ptb", "new"], in: scratch)
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("error: the old policy, old.ptb, is no bundle: it breaks rule "))
  }

  @Test("of two folders that hold what differs, the rest is that of a third")
  func overFolder() throws {
    let scratch = try folders(Tree.small, Self.changed)
    try scratch.write(try #require(Tree.small.files["finance/payroll.yaml"]), to: "left/finance/payroll.yaml")
    try scratch.write(try #require(Self.changed.files["finance/payroll.yaml"]), to: "right/finance/payroll.yaml")
    try scratch.write(try #require(Tree.small.files["status.yaml"]), to: "left/status.yaml")
    try scratch.write(try #require(Self.changed.files["wiki.yaml"]), to: "right/wiki.yaml")
    let outcome = try diff(["left", "right", "--over", "new"], in: scratch)
    #expect(outcome.output == (try diff(["old", "new"], in: scratch)).output)
  }

  @Test("a side that is nothing is refused")
  func nowhere() throws {
    let scratch = try folders(Tree.small, Tree.small)
    let outcome = try diff(["old", "elsewhere"], in: scratch)
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.hasPrefix(
        "error: the new policy, elsewhere, is neither a folder, nor a bundle, nor REVISION:FOLDER"))
  }

  // MARK: git

  /// A repository whose first revision has the small tree below `policies`, and the second the changed one.
  private func repository() throws -> Scratch {
    let scratch = try Scratch()
    let script = """
      set -e
      git init -q . && git config user.email a@example.com && git config user.name A
      git add policies && git commit -qm first
      rm -r policies && mv next policies && git add -A policies && git commit -qm second
      """
    for (path, text) in Tree.small.files { try scratch.write(text, to: "policies/\(path)") }
    for (path, text) in Self.changed.files { try scratch.write(text, to: "next/\(path)") }
    let outcome = try Shell.run(script, folder: scratch.folder)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return scratch
  }

  @Test(
    "revisions are read through git and leave the work tree alone",
    arguments: [
      ["HEAD~..HEAD", "--", "policies"], ["HEAD~..", "policies/"], ["HEAD~:policies", "HEAD:policies"],
      ["HEAD~:policies", "policies"],
    ])
  func revisions(_ arguments: [String]) throws {
    let scratch = try repository()
    let outcome = try diff(arguments, in: scratch)
    #expect(outcome.status == 2)
    #expect(outcome.errors == "")
    Golden.expect(outcome.output, is: "diff.txt")
  }

  @Test("a revision that does not exist is refused in git's words")
  func noRevision() throws {
    let scratch = try repository()
    let outcome = try diff(["nowhere..HEAD", "--", "policies"], in: scratch)
    #expect(outcome.status == 1)
    #expect(outcome.errors == "error: git cannot read nowhere: fatal: Not a valid object name nowhere\n")
  }

  @Test("a revision is no option of git")
  func option() throws {
    let scratch = try repository()
    let outcome = try diff(["--", "--upload-pack=x:policies", "policies"], in: scratch)
    #expect(outcome.status == 1)
    #expect(outcome.errors == "error: '--upload-pack=x' is no revision\n")
  }
}
