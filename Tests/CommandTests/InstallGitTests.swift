// `postern install-git` in a repository of its own: what git shows afterwards, and that it can be taken away again.

import Testing

@Suite("install-git")
struct InstallGitTests {
  /// A repository with the small tree and its bundle, committed; then the tree is changed.
  private func repository() throws -> Scratch {
    let scratch = try Scratch()
    try Tree.small.write(to: scratch)
    try compile(in: scratch)
    try run(
      """
      set -e
      git init -q . && git config user.email a@example.com && git config user.name A
      git add . && git commit -qm first
      """, in: scratch)
    let text = try #require(Tree.small.files["finance/payroll.yaml"])
    try scratch.write(text.replacing("idleTimeout: 15m", with: "idleTimeout: 10m"), to: "policies/finance/payroll.yaml")
    return scratch
  }

  private func compile(in scratch: Scratch) throws {
    #expect(try postern(["compile", "policies", "-o", "p.ptb", "--include-source"], in: scratch).status == 0)
  }

  private func postern(_ arguments: [String], in scratch: Scratch) throws -> Outcome {
    var command = Command(arguments: arguments)
    command.folder = scratch.folder
    return try command.run()
  }

  /// Runs a script that finds `postern` in its path; what it wrote.
  @discardableResult
  private func run(_ script: String, in scratch: Scratch) throws -> String {
    let head = #"PATH="$(dirname "$0"):$PATH" HOME="$PWD" GIT_PAGER=cat; export PATH HOME GIT_PAGER; "#
    let outcome = try Shell.run(head + script, folder: scratch.folder)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  @Test("git's directory comparison shows what the work tree changes")
  func difftool() throws {
    let scratch = try repository()
    #expect(try postern(["install-git"], in: scratch).status == 0)
    let output = try run("git difftool --dir-diff --tool postern", in: scratch)
    #expect(output.hasPrefix("tightens  payroll, setting: idle timeout: 15m -> 10m\n"))
  }

  @Test("git shows bundles by what they decide")
  func textconv() throws {
    let scratch = try repository()
    #expect(try postern(["install-git"], in: scratch).status == 0)
    try compile(in: scratch)
    let output = try run("git diff -- p.ptb", in: scratch)
    #expect(output.contains(/\n-    \d+  checkTimeouts \S+ 15m\n\+    \d+  checkTimeouts \S+ 10m\n/))
  }

  @Test("setting up twice leaves one line, and taking away leaves nothing")
  func removal() throws {
    let scratch = try repository()
    let before = try scratch.bytes(".git/config")
    for _ in 0..<2 { #expect(try postern(["install-git"], in: scratch).status == 0) }
    #expect(String(decoding: try scratch.bytes(".git/info/attributes"), as: UTF8.self) == "*.ptb diff=postern-bundle\n")
    #expect(try postern(["install-git", "--remove"], in: scratch).status == 0)
    #expect(try scratch.bytes(".git/info/attributes") == [])
    #expect(try scratch.bytes(".git/config") == before)
  }

  @Test("lines of others among the attributes stay")
  func otherAttributes() throws {
    let scratch = try repository()
    try scratch.write("*.png binary", to: ".git/info/attributes")
    #expect(try postern(["install-git"], in: scratch).status == 0)
    #expect(try postern(["install-git", "--remove"], in: scratch).status == 0)
    #expect(String(decoding: try scratch.bytes(".git/info/attributes"), as: UTF8.self) == "*.png binary\n")
  }

  @Test("outside a repository it says so")
  func noRepository() throws {
    let outcome = try postern(["install-git"], in: Scratch())
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("error: git cannot be set up: fatal: not a git repository"))
  }

  @Test("a folder that a shell would read otherwise is refused", arguments: ["/etc", "a/../..", "a'b", "$HOME"])
  func folder(_ folder: String) throws {
    #expect(try postern(["install-git", "--folder", folder], in: Scratch()).status == 1)
  }
}
