// `postern install-git`: tells the repository that one stands in how to show policies and bundles. Writes to the repository's own
// configuration and to nothing that is committed. Refuses to touch a repository that is none.

internal import ArgumentParser
internal import Glibc

struct InstallGitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install-git",
    abstract: "Sets up git to show what policies and bundles decide.",
    discussion: """
      Afterwards, in this repository:
        git difftool --dir-diff --tool postern       what the work tree changes, as `postern diff` tells it
        git diff, git log -p                         bundles (*.ptb) as `postern inspect` shows them

      What is written stands in the repository's own configuration and in its info/attributes; nothing of it is committed. Run it \
      again after the policy folder has moved.

      EXAMPLES:
        postern install-git
        postern install-git --folder access/policies
        postern install-git --remove

      EXIT STATUS: 0 set up, 1 not: this is no git repository, or git refuses.
      """)

  @Option(help: ArgumentHelp("The folder of the policy tree, from the top of the repository.", valueName: "folder"))
  var folder = "policies"

  @Flag(help: "Take away what this command has set up.")
  var remove = false

  func validate() throws {
    if folder.hasPrefix("/") || folder.split(separator: "/").contains("..") {
      throw ValidationError("--folder is a path from the top of the repository, and \(folder) is none")
    }
    if folder.contains(where: { "'\"\\$`\n".contains($0) }) {
      throw ValidationError("--folder has a character that a shell would read: \(folder)")
    }
  }

  func run() throws {
    let setup = GitSetup(folder: folder)
    let lines = try remove ? setup.remove() : setup.install()
    try StandardOutput.write(lines.map { $0 + "\n" }.joined())
  }
}

/// What a repository is told.
private struct GitSetup {
  let folder: String

  private static let driver = "postern-bundle"
  private static let attribute = "*.ptb diff=\(driver)"

  /// Keys of the repository's configuration with what they are set to.
  private var settings: [(key: String, value: String)] {
    let sides = #""$LOCAL/\#(folder)" "$REMOTE/\#(folder)""#
    return [
      ("diff.\(Self.driver).textconv", "postern inspect --disassemble"),
      ("difftool.postern.cmd", #"postern diff --over "\#(folder)" \#(sides)"#),
      ("difftool.postern.prompt", "false"),
    ]
  }

  func install() throws -> [String] {
    let path = try attributesPath()
    for (key, value) in settings { _ = try git(["config", "--local", key, value]) }
    var lines = try attributeLines(path)
    if !lines.contains(Self.attribute) { lines.append(Self.attribute) }
    try write(lines, path)
    return [
      "bundles (*.ptb) are shown as `postern inspect` shows them",
      "policies below \(folder): git difftool --dir-diff --tool postern",
    ]
  }

  func remove() throws -> [String] {
    let path = try attributesPath()
    for section in ["diff.\(Self.driver)", "difftool.postern"] {
      // Status 128 or 1: there is no such section, and so nothing to take away.
      _ = try ChildProcess.run(["git", "config", "--local", "--remove-section", section], input: [], limit: 1 << 20)
    }
    try write(try attributeLines(path).filter { $0 != Self.attribute }, path)
    return ["git shows policies and bundles as it did before"]
  }

  // MARK: the attributes that are not committed

  private func attributesPath() throws -> String {
    let output = try git(["rev-parse", "--git-path", "info/attributes"])
    return String(decoding: output.dropLast(), as: UTF8.self)
  }

  private func attributeLines(_ path: String) throws -> [String] {
    let file = InputFile(path: path)
    guard file.isFile else { return [] }
    return String(decoding: try file.bytes(limit: InputFile.requestByteLimit), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init).dropLast(while: \.isEmpty)
  }

  private func write(_ lines: [String], _ path: String) throws {
    // `git init` makes the folder, but a template may leave it out.
    unsafe mkdir(path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"), 0o777)
    try OutputFile(path: path).replace(with: Array(lines.map { $0 + "\n" }.joined().utf8))
  }

  private func git(_ arguments: [String]) throws -> [UInt8] {
    let result = try ChildProcess.run(["git"] + arguments, input: [], limit: 1 << 20)
    guard result.status == 0 else { throw CommandFailure("git cannot be set up: \(result.firstErrorLine)") }
    return result.output
  }
}

extension Array {
  /// Without those at its end for which `isDropped` holds.
  fileprivate func dropLast(while isDropped: (Element) -> Bool) -> [Element] {
    Array(prefix((lastIndex { !isDropped($0) } ?? -1) + 1))
  }
}
