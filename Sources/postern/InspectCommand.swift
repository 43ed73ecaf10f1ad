// `postern inspect`: what a bundle holds, and what a request can cost.

internal import ArgumentParser
internal import PosternCompiler
internal import PosternLanguage

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Lays a bundle open: sections, apps, who has access, worst-case cost.",
    discussion: """
      Of the folder of a policy tree, which is compiled in memory, it also shows where each setting in force comes from.

      EXAMPLES:
        postern inspect policy.ptb
        postern inspect policies/ --app payroll --disassemble
        postern inspect policy.ptb --costs
      """)

  @Argument(help: ArgumentHelp("A bundle, or the folder of a policy tree.", valueName: "bundle|folder"))
  var policy: String

  @Option(help: ArgumentHelp("Show this app alone; may be repeated.", valueName: "name"))
  var app: [String] = []

  @Flag(help: "Show each app's program.")
  var disassemble = false

  @Flag(help: "Show nothing but a table of what any request to each app can cost.")
  var costs = false

  @Flag(help: "Print the inspection as JSON, programs included.")
  var json = false

  func run() throws {
    let source = try PolicySource(path: policy)
    for name in app where !source.hasApp(name) {
      throw CommandFailure("\(policy) has no app called '\(name)'")
    }
    let inspection = Inspection(source.bundle, policy: source.policy, appNames: app.isEmpty ? nil : Set(app))
    if json { return try StandardOutput.write(inspection.json.prettyText) }
    try StandardOutput.write(costs ? inspection.costText : inspection.text(isDisassembled: disassemble))
  }
}
