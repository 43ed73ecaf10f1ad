// `postern check`: what is wrong with a policy tree.

internal import ArgumentParser
internal import PosternCompiler
internal import PosternLanguage

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Reports everything that is wrong with a policy tree.",
    discussion: """
      The report is the output: for people, as JSON (schema/report.schema.json), or as SARIF 2.1.0 for code hosts.

      EXAMPLES:
        postern check policies/
        postern check policies/ --format sarif > postern.sarif

      EXIT STATUS: 0 where nothing keeps the tree from compiling (warnings do not), 3 where something does.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json, sarif }

  @Argument(help: ArgumentHelp("The folder of the policy tree.", valueName: "folder"))
  var folder: String

  @Option(help: "The form of the report.")
  var format = Format.text

  @Flag(help: "The same as --format json.")
  var json = false

  func validate() throws {
    if json && format == .sarif { throw ValidationError("--json and --format sarif ask for two forms at once") }
  }

  /// The version without the tool's name, which SARIF keeps apart.
  static var toolVersion: String { String(Compiler.version.drop { $0 != " " }.dropFirst()) }

  func run() throws {
    let report = try CheckedTree(folder: folder, provesGuards: true).report
    switch json ? .json : format {
    case .text: try StandardOutput.write(report.text(isColored: StandardOutput.isTerminal))
    case .json: try StandardOutput.write(report.json.prettyText)
    case .sarif: try StandardOutput.write(report.sarif(version: Self.toolVersion).prettyText)
    }
    if report.hasErrors { throw ExitStatus.policyHasErrors }
  }
}
