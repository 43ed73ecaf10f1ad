// `postern fmt`: brings policy files into their one layout. Refuses to touch what it cannot lay out, and to write what would say
// something else.

internal import ArgumentParser
internal import PosternLanguage

struct FmtCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Lays the files of a policy tree out in one way.",
    discussion: """
      Files are replaced in place, each whole or not at all, and those that changed are named. Values, their order and comments \
      stay; indentation, quotes, blank lines and the form of lists become what docs/layout.md says. A file need not be a \
      policy without mistakes: any YAML is laid out. JSON files are left alone. With `-` standard input goes to standard output.

      EXAMPLES:
        postern fmt policies/
        postern fmt --check policies/
        postern fmt --diff policies/finance/payroll.yaml
        postern fmt - < payroll.yaml

      EXIT STATUS: 0 where every file is laid out now; with --check or --diff, 2 where one is not; 3 where one has errors and \
      keeps its layout; 1 where one cannot be read or written.
      """)

  @Argument(help: ArgumentHelp("Folders of policy files, files, or `-`.", valueName: "path"))
  var paths: [String]

  @Flag(help: "Write nothing, and name the files that are not laid out.")
  var check = false

  @Flag(help: "Write nothing, and show what would change, as `diff -u` does.")
  var diff = false

  func validate() throws {
    if paths.contains("-") && paths.count > 1 { throw ValidationError("`-` stands alone: standard input has one text") }
    if check && diff { throw ValidationError("--check and --diff ask for two forms at once") }
  }

  func run() throws {
    var statuses: Set<ExitStatus> = []
    for path in paths {
      for file in try files(at: path) {
        if let status = try layOut(file) { statuses.insert(status) }
      }
    }
    let worst = [ExitStatus.couldNotRun, .policyHasErrors, .notAllowed].first(where: statuses.contains)
    if let worst { throw worst }
  }

  /// A file to lay out, with the path that the user knows it by.
  private struct File {
    var path: String
    var bytes: [UInt8]
  }

  private static let fileByteLimit = SourceTree.Limits().fileBytes

  private func files(at path: String) throws -> [File] {
    let input = InputFile(path: path)
    guard input.isFolder else {
      if path.hasSuffix(".json") { throw CommandFailure("\(path) is JSON, which fmt leaves alone") }
      return [File(path: path, bytes: try input.bytes(limit: Self.fileByteLimit))]
    }
    let tree = SourceTree(folder: path)
    let prefix = CheckedTree.pathPrefix(path)
    if let fault = tree.diagnostics.first {
      let name = fault.span.map { prefix + tree.files[Int($0.fileIndex)].path } ?? path
      throw CommandFailure("cannot read \(name): \(fault.message)")
    }
    return tree.files.filter { !$0.path.hasSuffix(".json") }.map { File(path: prefix + $0.path, bytes: $0.bytes) }
  }

  /// Returns the exit status that the file asks for; nil where all is well.
  private func layOut(_ file: File) throws -> ExitStatus? {
    let bytes: [UInt8]
    do {
      bytes = try Layout.bytes(of: SourceFile(path: file.path, bytes: file.bytes))
    } catch {
      return tell(error, of: file)
    }
    if file.path == "-" && !check && !diff {
      try StandardOutput.write(String(decoding: bytes, as: UTF8.self))
      return nil
    }
    if bytes == file.bytes { return nil }
    let shownPath = InputFile(path: file.path).shownPath
    if diff {
      try StandardOutput.write(LineDifference(from: file.bytes, to: bytes).unifiedText(path: shownPath))
    } else {
      if !check { try OutputFile(path: file.path).replace(with: bytes) }
      try StandardOutput.write(shownPath + "\n")
    }
    return check || diff ? .notAllowed : nil
  }

  private func tell(_ fault: LayoutFault, of file: File) -> ExitStatus {
    let shownPath = InputFile(path: file.path).shownPath
    switch fault {
    case .notYAML(let diagnostics):
      let report = Report(diagnostics, files: [SourceFile(path: shownPath, bytes: file.bytes)], pathPrefix: "")
      StandardError.write(report.text(isColored: StandardError.isTerminal))
    case .noLayout(let sentence, let line, let column):
      StandardError.write("error: \(shownPath):\(line):\(column): \(sentence)\n")
    case .notTheSame(let sentence):
      StandardError.write("error: \(shownPath) is left as it is, for \(sentence): please report this file\n")
      return .couldNotRun
    }
    return .policyHasErrors
  }
}
