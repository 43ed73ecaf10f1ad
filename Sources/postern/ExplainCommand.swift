// `postern explain`: what a diagnostic means, or why a request gets the decision that it gets.

internal import ArgumentParser
internal import PosternCompiler
internal import PosternLanguage
internal import PosternReview

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explains a diagnostic, or the decision of a request.",
    discussion: """
      With the id of a diagnostic, prints its page: what it means, an example, and its correction. (A folder that is \
      called like one is ./bad-time.) With a policy tree or a bundle and a request, prints the road that the decision \
      took, each step with its place; what would have changed it, each asked of the kernel; and who else gets the same \
      answer. Of a bundle less is known than of a tree, and it says so.

      EXAMPLES:
        postern explain bad-duration
        postern explain policies/ --request request.json
        postern explain policies/ --url https://payroll.corp.example.com/ --as user:ann@example.com \\
            --provider workspace --idle 20m
        postern explain policies/ --request request.json --all --json

      EXIT STATUS: as of eval; 0 for a page.
      """)

  @Argument(
    help: ArgumentHelp(
      "The id of a diagnostic, a bundle, or the folder of a policy tree.", valueName: "id|bundle|folder"))
  var subject: String

  @OptionGroup var options: RequestOptions

  @Flag(help: "Show every change that was found, and everybody who gets the same answer.")
  var all = false

  @Flag(help: "Print the explanation as JSON, with the request of every change.")
  var json = false

  func run() throws {
    if options.isEmpty { return try explainDiagnostic() }
    let source: PolicySource
    let facts: RequestFacts
    switch try options.facts() {
    case .request(let found): (facts, source) = (found, try PolicySource(path: subject))
    case .refresh(let found): return try explain(found)
    }
    let explained = RequestExplanation(facts, source.bundle, source.policy, pathPrefix: source.pathPrefix)
    let text = { explained.text(isColored: StandardOutput.isTerminal, showsAll: all) }
    try StandardOutput.write(json ? explained.json.prettyText : text())
    if explained.explanation.decision.verdict != .allow { throw ExitStatus.notAllowed }
  }

  private func explain(_ refresh: RefreshFacts) throws {
    let road = try RefreshRoad(refresh, PolicySource(path: subject).bundle)
    try StandardOutput.write(json ? road.json.prettyText : road.text)
    if road.explanation.decision.outcome != .allowed { throw ExitStatus.notAllowed }
  }

  private func explainDiagnostic() throws {
    guard let page = DiagnosticPages.page(subject) else {
      throw CommandFailure("no diagnostic is called '\(subject)'; to explain a decision, say which: --url or --request")
    }
    let answer = JSONValue.object(["id": .string(subject), "page": .string(page)])
    try StandardOutput.write(json ? answer.prettyText : page)
  }
}
