// `postern test`: the cases of a tree's Test documents, decided by the kernel.

internal import ArgumentParser
internal import PosternCompiler
internal import PosternLanguage
internal import PosternReview

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Runs the tests of a policy tree.",
    discussion: """
      Compiles the tree in memory and decides every case of its Test documents by the kernel that a proxy asks. A case \
      that does not get what it expects is told with its place, what came instead, and why. With --coverage, also what \
      the cases do not reach of each app: bindings and deny rules (a condition true, false and in error) and clocks \
      (passing and firing).

      With --shadow, takes a decision log instead and decides each of its requests again by a candidate: what would be \
      decided otherwise is told, what lets somebody in first. A line of the log is a request file on one line \
      (schema/request.schema.json) with what was decided under decision; lines that cannot be read are counted, named and \
      skipped.

      EXAMPLES:
        postern test policies/
        postern test policies/ --filter idle
        postern test policies/ --coverage
        postern test policies/ --watch
        postern test policies/ --format junit > postern.xml
        postern test decisions.jsonl --shadow candidate.ptb
        postern test decisions.jsonl --shadow policies/ --deployed policy.ptb

      EXIT STATUS: 0 where every case got what it expects, 2 where one did not, or a decision would be another, 1 where none could run, 3 the policy \
      has errors.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json, junit, tap }

  @Argument(help: ArgumentHelp("The folder of the policy tree; with --shadow a decision log.", valueName: "folder|log"))
  var folder: String

  @Option(help: ArgumentHelp("Decide a decision log again by this candidate.", valueName: "bundle|folder"))
  var shadow: String?

  @Option(
    help: ArgumentHelp(
      "With --shadow, compare with what this policy decides and not with what the log says.", valueName: "bundle|folder"
    ))
  var deployed: String?

  @Option(help: ArgumentHelp("Run only the cases whose names hold this text.", valueName: "text"))
  var filter = ""

  @Option(help: "The form of the results: for people, for scripts, JUnit's XML, or TAP 14.")
  var format = Format.text

  @Flag(help: "Tell also what the cases do not reach; as text and JSON only.")
  var coverage = false

  @Flag(help: "Run again whenever a file of the tree changes, until interrupted.")
  var watch = false

  func validate() throws {
    if shadow != nil && (coverage || watch || !filter.isEmpty || format == .junit || format == .tap) {
      throw ValidationError("--shadow takes no --coverage, --watch and --filter, and reports as text or json")
    }
    if deployed != nil && shadow == nil { throw ValidationError("--deployed is for --shadow") }
    if coverage && (format == .junit || format == .tap) {
      throw ValidationError("--coverage has no place in \(format)'s form: ask for text or json")
    }
  }

  func run() throws {
    if let shadow { return try runShadow(shadow) }
    guard watch, InputFile(path: folder).isFolder else { return try runOnce() }
    let tree = WatchedTree(folder: folder)
    while true {
      let entries = tree.entries()
      try runAndTell()
      tree.waitForChange(from: entries)
      try StandardOutput.write("\n")
    }
  }

  /// A run whose failures are told and do not end the watching.
  private func runAndTell() throws {
    do {
      try runOnce()
    } catch is ExitStatus {
      return
    } catch let failure as CommandFailure {
      StandardError.write("error: \(failure)\n")
    }
  }

  private func runOnce() throws {
    let policy = try CheckedTree(folder: folder).compilablePolicy()
    let side = try ReviewSide(policy: policy, bundle: OpenBundle(Compiler.compile(policy, revision: 0)))
    let run = TestRun(side, filter: filter, pathPrefix: CheckedTree.pathPrefix(folder))
    guard run.count > 0 else { throw CommandFailure(nothingToRun) }
    let coverage = coverage ? TestCoverage(run, of: side, pathPrefix: CheckedTree.pathPrefix(folder)) : nil
    try StandardOutput.write(text(of: run, coverage))
    if run.failureCount > 0 { throw ExitStatus.notAllowed }
  }

  private func runShadow(_ candidate: String) throws {
    let source = try PolicySource(path: candidate)
    let deployed = try deployed.map { try PolicySource(path: $0) }
    let log = try InputFile(path: folder).bytes(limit: InputFile.bundleByteLimit)
    let run = ShadowRun(log: log, candidate: source.bundle, deployed: deployed?.bundle)
    guard run.decidedCount + run.brokenCount > 0 else { throw CommandFailure("\(folder) has no line") }
    try StandardOutput.write(format == .json ? run.json.prettyText : run.text)
    if run.decidedCount == 0 { throw CommandFailure("no line of \(folder) could be read") }
    if !run.flips.isEmpty { throw ExitStatus.notAllowed }
  }

  private var nothingToRun: String {
    filter.isEmpty ? "\(folder) has no Test document with a case" : "no case of \(folder) has '\(filter)' in its name"
  }

  private func text(of run: TestRun, _ coverage: TestCoverage?) -> String {
    switch format {
    case .text: (coverage.map { $0.text + "\n" } ?? "") + run.text
    case .json: run.json(with: coverage).prettyText
    case .junit: run.junit
    case .tap: run.tap
    }
  }
}
