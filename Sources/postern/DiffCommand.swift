// `postern diff`: what a change of the policy does, each difference with a request that proves it.

internal import ArgumentParser
internal import PosternLanguage
internal import PosternReview

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Says which decisions a change of the policy flips.",
    discussion: """
      Compares decisions, not texts: a move, another order, another wording of a condition is no difference. What differs is \
      told with a request on which both kernels were asked; what could not be proved either way is told as that.

      OLD and NEW are folders of policy trees, REVISION:FOLDER, as git has them, or bundles that were compiled with \
      --include-source. A first argument with two dots is a range of revisions, and the folder comes behind it.

      EXAMPLES:
        postern diff main..HEAD -- policies/
        postern diff main.. -- policies/
        postern diff main:policies policies/
        postern diff deployed.ptb candidate.ptb
        postern diff main..HEAD -- policies/ --format markdown > review.md
        postern diff main..HEAD -- policies/ --format html > review.html
        postern diff main..HEAD -- policies/ --fail-on widen

      EXIT STATUS: 0 where nothing differs (or nothing that --fail-on names), 2 where something does or is not proven, 3 where a \
      policy has errors, 1 where a side cannot be read.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument { case text, markdown, json, sarif, html }

  /// What ends with status 2: what is as severe as its name, or more.
  enum Threshold: String, CaseIterable, ExpressibleByArgument {
    case widen, loosen, any

    var effect: Difference.Effect {
      switch self {
      case .widen: .widens
      case .loosen: .loosens
      case .any: .narrows
      }
    }
  }

  @Argument(help: ArgumentHelp("The old policy, or a range of revisions.", valueName: "old|range"))
  var old: String

  @Argument(help: ArgumentHelp("The new policy, or behind a range the folder.", valueName: "new|folder"))
  var new: String

  @Option(help: "The form of the report.")
  var format = Format.text

  @Option(help: "The least that ends with status 2: only what widens, also what loosens a limit, or anything.")
  var failOn = Threshold.any

  @Option(
    help: ArgumentHelp(
      "OLD and NEW hold only the files that differ, as git difftool makes them; take the others from here.",
      valueName: "folder"))
  var over: String?

  func run() throws {
    let sources =
      try over.map { try ReviewSource.pair(old: old, new: new, over: $0) }
      ?? ReviewSource.pair(range: old, folder: new) ?? (old: ReviewSource(text: old), new: ReviewSource(text: new))
    let sides = try ReviewSource.sides(old: sources.old, new: sources.new)
    let comparison = PolicyComparison(before: sides.old, after: sides.new)
    switch format {
    case .text: try StandardOutput.write(comparison.text(isColored: StandardOutput.isTerminal))
    case .markdown: try StandardOutput.write(comparison.markdown)
    case .json: try StandardOutput.write(comparison.json.prettyText)
    case .sarif:
      let version = CheckCommand.toolVersion
      try StandardOutput.write(comparison.sarif(version: version, pathPrefix: sources.new.pathPrefix).prettyText)
    case .html:
      try StandardOutput.write(comparison.html(title: "Policy review: \(sources.old.text) to \(sources.new.text)"))
    }
    let isTold = comparison.differences.contains { $0.isUnproven || $0.effect <= failOn.effect }
    if isTold { throw ExitStatus.notAllowed }
  }
}
