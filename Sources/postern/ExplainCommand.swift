// `postern explain`: what a diagnostic means, or why a request gets the decision that it gets.

internal import ArgumentParser
internal import PosternCompiler
internal import PosternLanguage

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explains a diagnostic, or the decision of a request.",
    discussion: """
      With the id of a diagnostic, prints its page: what it means, an example, and its correction. (A folder that is \
      called like one is ./bad-time.) With a bundle or a policy tree and a request, prints the road that the decision took.

      EXAMPLES:
        postern explain bad-duration
        postern explain policies/ --url https://payroll.corp.example.com/ --as user:ann@example.com \\
            --provider workspace

      EXIT STATUS: as of eval; 0 for a page.
      """)

  @Argument(
    help: ArgumentHelp(
      "The id of a diagnostic, a bundle, or the folder of a policy tree.", valueName: "id|bundle|folder"))
  var subject: String

  @OptionGroup var options: RequestOptions

  @Flag(help: "Print the explanation as JSON.")
  var json = false

  func run() throws {
    if options.isEmpty { return try explainDiagnostic() }
    let facts = try options.facts()
    let explanation = try PolicySource(path: subject).decide(facts)
    let text = explanation.text + "\n" + explanation.roadText
    try StandardOutput.write(json ? explanation.jsonWithRoad.prettyText : text)
    if explanation.decision.verdict != .allow { throw ExitStatus.notAllowed }
  }

  private func explainDiagnostic() throws {
    guard let page = DiagnosticPages.page(subject) else {
      throw CommandFailure("no diagnostic is called '\(subject)'; to explain a decision, say which: --url or --request")
    }
    let answer = JSONValue.object(["id": .string(subject), "page": .string(page)])
    try StandardOutput.write(json ? answer.prettyText : page)
  }
}
