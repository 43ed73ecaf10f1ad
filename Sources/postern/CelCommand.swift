// `postern cel`: an expression of a condition by itself: what it comes to, what its type is, and how the CEL project's own test
// cases fare.

internal import ArgumentParser
internal import PosternCEL
internal import PosternCompiler
internal import PosternLanguage

struct CelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cel",
    abstract: "Evaluates an expression of the Common Expression Language.",
    discussion: """
      EXAMPLES:
        postern cel '1 + 2 == 3'
        postern cel 'path.startsWith("/finance")' --bind 'path="/finance/q3"'
        postern cel --check '"a" + 1'
        postern cel --asm 'request.path.startsWith("/finance")'
        postern cel --conformance tests/*.json

      A binding's value is itself an expression: text in quotes, 5, 5u, [1, 2], timestamp("2026-01-01T00:00:00Z").

      EXIT STATUS: 0 a value, the types agree, every case passed; 2 an error value, or a case failed; 1 the expression \
      cannot be read.
      """)

  @Argument(help: "The expression.")
  var expression: String?

  @Option(help: ArgumentHelp("A variable and its value; may be given again.", valueName: "name=value"))
  var bind: [String] = []

  @Flag(help: "Evaluate nothing: print the expression's type.")
  var check = false

  @Flag(help: "Evaluate nothing: take the expression as a condition, and print its words and their cost.")
  var asm = false

  @Option(help: ArgumentHelp("Where the time zone files are.", valueName: "folder"))
  var zoneinfo = ZoneFolder.systemPath

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Run test files of the CEL project's format.", valueName: "file"))
  var conformance: [String] = []

  func validate() throws {
    if (expression == nil) == conformance.isEmpty {
      throw ValidationError("give an expression, or test files with --conformance")
    }
  }

  func run() throws {
    guard let expression else { return try runConformance() }
    if asm { return try printWords(expression) }
    let bindings = try self.bindings()
    let parsing = CELParser.parse(expression)
    guard let tree = parsing.expression else { throw Self.failure(parsing.issues, expression) }
    let environment = CELEnvironment(variables: bindings.mapValues { $0.type })
    let checking = CELChecker.check(tree, in: environment)
    guard checking.issues.isEmpty else { throw Self.failure(checking.issues, expression) }
    if check { return try StandardOutput.write("\(checking.type ?? .dyn)\n") }
    do throws(CELError) {
      let value = try CELEvaluator(timeZones: ZoneFolder(path: zoneinfo)).evaluate(
        tree, checking: checking, bindings.mapValues { $0.value })
      try? StandardOutput.write(value.sourceText + "\n")
    } catch {
      StandardError.write("error value: \(error.message)\n")
      throw ExitStatus.notAllowed
    }
  }

  /// The variables; a value is evaluated by itself.
  private func bindings() throws -> [String: (type: CELType, value: CELValue)] {
    var bindings: [String: (type: CELType, value: CELValue)] = [:]
    for binding in bind {
      guard let equals = binding.firstIndex(of: "="), equals > binding.startIndex else {
        throw CommandFailure("--bind \(binding): write it as name=value")
      }
      let text = String(binding[binding.index(after: equals)...])
      let parsing = CELParser.parse(text)
      guard let tree = parsing.expression else { throw Self.failure(parsing.issues, text) }
      let checking = CELChecker.check(tree, in: CELEnvironment())
      guard checking.issues.isEmpty else { throw Self.failure(checking.issues, text) }
      do throws(CELError) {
        let value = try CELEvaluator().evaluate(tree, checking: checking, [String: CELValue]())
        bindings[String(binding[..<equals])] = (checking.type ?? .dyn, value)
      } catch {
        throw CommandFailure("--bind \(binding): \(error.message)")
      }
    }
    return bindings
  }

  /// Each mistake with the line that it stands in.
  private static func failure(_ issues: [CELIssue], _ text: String) -> CommandFailure {
    CommandFailure(
      issues.map { issue in
        let help = issue.help.map { "\n  help: \($0)" } ?? ""
        return "\(issue.message)\n\(ExpressionExcerpt(text, issue.range).text)\(help)"
      }.joined(separator: "\nerror: "))
  }

  // MARK: words

  private func printWords(_ expression: String) throws {
    let tree = ConditionTree(expression)
    let reading = Policy.read(files: tree.files)
    var diagnostics = reading.diagnostics
    let folder = ZoneFolder(path: zoneinfo)
    if let policy = reading.policy { diagnostics += Compiler.check(policy, zoneFolder: folder) }
    guard let policy = reading.policy, !diagnostics.contains(where: { $0.severity == .error }) else {
      throw CommandFailure(diagnostics.map(\.message).joined(separator: "\nerror: "))
    }
    let bundle = try OpenBundle(
      Compiler.compile(policy, revision: 0, options: Compiler.Options(zoneinfo: zoneinfo)))
    try StandardOutput.write(Inspection(bundle).conditionText)
  }

  // MARK: conformance

  private func runConformance() throws {
    var passed = 0
    var failed = 0
    var share = LoweringShare()
    for path in conformance {
      let file = try ConformanceFile.read(path)
      var shareOfFile = LoweringShare()
      for entry in file.tests {
        let failures = failures(of: entry, &shareOfFile)
        for failure in failures {
          try StandardOutput.write("\(file.name)/\(entry.section ?? "")/\(entry.name): \(failure)\n")
        }
        if failures.isEmpty { passed += 1 } else { failed += 1 }
      }
      try StandardOutput.write("\(file.name): \(shareOfFile.text)\n")
      share.add(shareOfFile)
    }
    try StandardOutput.write("lowered: \(share.text)\n\(passed) passed, \(failed) failed\n")
    if failed > 0 { throw ExitStatus.notAllowed }
  }

  /// What is wrong with a case, as an expression and as a condition; nothing where it passes.
  private func failures(of entry: ConformanceFile.Entry, _ share: inout LoweringShare) -> [String] {
    switch entry.test {
    case .failure(let error):
      share.count(nil)
      return ["cannot be read: \(error)"]
    case .success(let test):
      let lowering = ConformanceLowering(test, zoneinfo: zoneinfo)
      share.count(lowering)
      let failure = ConformanceRun(test, timeZones: ZoneFolder(path: zoneinfo)).failure
      return ([failure].compactMap(\.self) + (lowering?.disagreements ?? [])).map { "\(test.expr) \($0)" }
    }
  }
}

/// The line of an expression in which something stands, underlined.
struct ExpressionExcerpt {
  let text: String

  /// `range` counts UTF-8 bytes.
  init(_ expression: String, _ range: Range<Int>) {
    let bytes = Array(expression.utf8)
    let start = min(range.lowerBound, bytes.count)
    let lineStart = bytes[..<start].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let lineEnd = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    let end = max(start, min(range.upperBound, lineEnd))
    let line = String(decoding: bytes[lineStart..<lineEnd], as: UTF8.self)
    let column = String(decoding: bytes[lineStart..<start], as: UTF8.self).unicodeScalars.count
    let width = max(1, String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars.count)
    text = "  \(line.prefix(200))\n  \(String(repeating: " ", count: column))\(String(repeating: "^", count: width))"
  }
}

/// The smallest tree that has a condition.
private struct ConditionTree {
  let files: [SourceFile]

  init(_ expression: String) {
    // As JSON, which is YAML: in single quotes the lines of an expression would be joined, and a comment would hide them.
    let quoted = JSONValue.string(expression).compactText
    let texts = [
      "organization.yaml": """
      kind: Organization
      name: example.com
      loginProviders:
        - {name: workspace, source: workspace, issuer: "https://a.example", clientID: postern, domains: [example.com]}
      session: {absoluteTimeout: none, idleTimeout: none, revalidate: none}

      """,
      "app.yaml": """
      kind: App
      name: app
      routes: [app.example.com/]
      iam:
        bindings:
          - role: roles/iap.httpsResourceAccessor
            members: ["user:ann@example.com"]
            condition: {title: condition, expression: \(quoted)}

      """,
    ]
    files = texts.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) }
  }
}
