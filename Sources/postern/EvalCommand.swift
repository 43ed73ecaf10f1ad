// `postern eval`: one decision, or a table of many, by the kernel that a proxy asks.

internal import ArgumentParser
internal import PosternCompiler
internal import PosternLanguage

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Decides a request.",
    discussion: """
      Takes a bundle, or a policy tree, which is compiled in memory. The request comes from a file or from flags that \
      resemble curl's; --as is somebody who has just logged in and of whom everything is known, and the flags beside it \
      age or change that. A request file with `refresh` in place of `request` asks whether an OAuth client may refresh.

      EXAMPLES:
        postern eval policy.ptb --url https://payroll.corp.example.com/ -H 'Accept: text/html'
        postern eval policies/ --url https://payroll.corp.example.com/ --as user:ann@example.com \\
            --provider workspace --groups finance@example.com --idle 10m --auth-age secureKey=5m
        postern eval policy.ptb --url https://payroll.corp.example.com/ --show-request > request.json
        postern eval policy.ptb --request request.json --json
        postern eval policy.ptb --table demo/requests

      EXIT STATUS: 0 allow, 2 any other verdict or outcome, 1 no decision, 3 the policy has errors. With --table 0 where every \
      request could be read.
      """)

  @Argument(help: ArgumentHelp("A bundle, or the folder of a policy tree.", valueName: "bundle|folder"))
  var policy: String

  @OptionGroup var options: RequestOptions

  @Option(
    help: ArgumentHelp(
      "Decide every request file of a folder and print one table, in the order of names.",
      valueName: "folder"))
  var table: String?

  @Option(
    help: ArgumentHelp(
      "Decide with the identity as this bundle has resolved it: what a proxy gets that forgets to resolve after a swap.",
      valueName: "bundle|folder"))
  var resolvedBy: String?

  @Flag(help: "Decide nothing: print the request file that the flags stand for.")
  var showRequest = false

  @Flag(help: "Print the decision as JSON.")
  var json = false

  func validate() throws {
    if (table == nil) == options.isEmpty {
      throw ValidationError("say what is asked for: --url URL, --request FILE or --table FOLDER, one of them")
    }
    if showRequest && options.url == nil {
      throw ValidationError("--show-request prints what flags stand for, and needs --url")
    }
  }

  func run() throws {
    if let table { return try decideAll(below: table) }
    if showRequest { return try StandardOutput.write(RequestDocument(options).text) }
    switch try options.facts() {
    case .request(let facts):
      let explanation = try PolicySource(path: policy).decide(facts, resolvedBy: resolver())
      try StandardOutput.write(json ? explanation.json.prettyText : explanation.text)
      if explanation.decision.verdict != .allow { throw ExitStatus.notAllowed }
    case .refresh(let facts):
      let bundle = try PolicySource(path: policy).bundle
      let explanation = RefreshExplanation(facts.refresh, by: bundle, at: facts.nowMilliseconds)
      try StandardOutput.write(json ? explanation.json.prettyText : explanation.text)
      if explanation.decision.outcome != .allowed { throw ExitStatus.notAllowed }
    }
  }

  private func decideAll(below folder: String) throws {
    let files = try RequestFolder(path: folder).files()
    let source = try PolicySource(path: policy)
    let resolver = try resolver()
    let answers = files.map { file in
      (name: file.name, explanation: source.decide(file.facts, resolvedBy: resolver))
    }
    try StandardOutput.write(json ? Self.json(answers).prettyText : Self.text(answers))
  }

  private func resolver() throws -> PolicySource? { try resolvedBy.map { try PolicySource(path: $0) } }

  private static func json(_ answers: [(name: String, explanation: Explanation)]) -> JSONValue {
    .array(answers.map { .object(["request": .string($0.name), "decision": $0.explanation.json]) })
  }

  private static func text(_ answers: [(name: String, explanation: Explanation)]) -> String {
    let heading = ["request", "verdict", "reason", "app", "rule", "clock", "valid"]
    let rows = answers.map { name, explanation in
      let decision = explanation.decision
      return [
        name, "\(decision.verdict)", "\(decision.reason)", explanation.appName ?? "-", rule(explanation),
        decision.clock == .none ? "-" : "\(decision.clock)", explanation.validity ?? "-",
      ]
    }
    return Wording.lines(Inspection.table([heading] + rows, indentation: ""))
  }

  /// Where the rule stands; of a bundle without provenance, its id.
  private static func rule(_ explanation: Explanation) -> String {
    switch explanation.decision.rule {
    case .none: "-"
    case .binding(let id): explanation.rulePlace?.text ?? "binding \(id)"
    case .deny(let id): explanation.rulePlace?.text ?? "deny rule \(id)"
    }
  }
}
