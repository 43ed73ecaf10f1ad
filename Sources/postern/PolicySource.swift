// BUNDLE|FOLDER: where a command takes its policy from. A folder is read, checked and compiled in memory, a file must be a
// bundle; either way the kernel decides. Refuses a tree with errors (its report goes to standard error) and a file that breaks
// a rule of the bundle format.

internal import PosternCompiler
internal import PosternKernel
internal import PosternLanguage
internal import PosternReview

/// A policy tree that was read, with its report.
struct CheckedTree {
  /// nil where the report has errors.
  let policy: Policy?
  let report: Report

  /// - Parameter provesGuards: whether a guard that does not hold, or is not proved, is an error.
  init(folder: String, zoneinfo: String = ZoneFolder.systemPath, provesGuards: Bool = false) throws {
    guard InputFile(path: folder).isFolder else { throw CommandFailure("cannot read \(folder): it is no folder") }
    let reading = Policy.read(folder: folder)
    var diagnostics = reading.diagnostics
    if let policy = reading.policy {
      diagnostics += Compiler.check(policy, zoneFolder: ZoneFolder(path: zoneinfo))
      if provesGuards && !diagnostics.contains(where: { $0.severity == .error }) {
        let check = GuardCheck(policy) { OpenBundle(compiling: policy, options: Compiler.Options(zoneinfo: zoneinfo)) }
        diagnostics += check.diagnostics(in: policy)
      }
    }
    report = Report(diagnostics, files: reading.files, pathPrefix: Self.pathPrefix(folder))
    policy = report.hasErrors ? nil : reading.policy
  }

  /// The policy; where there are errors, they are told on standard error.
  func compilablePolicy() throws -> Policy {
    if let policy { return policy }
    try tell()
    throw ExitStatus.policyHasErrors
  }

  /// Shows the report to people, on standard error; nothing where nothing is wrong.
  func tell() throws {
    guard !report.diagnostics.isEmpty else { return }
    StandardError.write(report.text(isColored: StandardError.isTerminal))
  }

  /// What leads from where the reader is to a file of the tree.
  static func pathPrefix(_ folder: String) -> String { folder.hasSuffix("/") ? folder : folder + "/" }
}

/// A policy that is ready to decide.
struct PolicySource {
  let bundle: OpenBundle
  /// The tree that the bundle was compiled from; nil where a bundle was given.
  let policy: Policy?
  /// Stands before the paths of rules: the folder, or nothing for a bundle, which does not know where it was made.
  let pathPrefix: String

  init(path: String) throws {
    let file = InputFile(path: path)
    if file.isFolder {
      let policy = try CheckedTree(folder: path).compilablePolicy()
      try self.init(
        Compiler.compile(policy, revision: 0), shownPath: path, policy: policy,
        pathPrefix: CheckedTree.pathPrefix(path))
    } else {
      try self.init(
        file.bytes(limit: InputFile.bundleByteLimit), shownPath: file.shownPath, policy: nil, pathPrefix: "")
    }
  }

  private init(_ bytes: [UInt8], shownPath: String, policy: Policy?, pathPrefix: String) throws {
    do {
      bundle = try OpenBundle(bytes)
    } catch {
      throw CommandFailure("\(shownPath) is no bundle: it breaks rule \(error.rule) of docs/bundle-format.md")
    }
    self.policy = policy
    self.pathPrefix = pathPrefix
  }

  func hasApp(_ name: String) -> Bool { (0..<bundle.appCount).contains { bundle.appName($0) == name } }

  /// Decides a request, with what can be said of the answer; `resolver` is who has resolved the identity, if not this one.
  func decide(_ facts: RequestFacts, resolvedBy resolver: PolicySource? = nil) -> Explanation {
    let now = facts.nowMilliseconds
    let decision = bundle.decide(facts.request, facts.credential, at: now, resolvedBy: (resolver ?? self).bundle)
    return Explanation(decision, of: bundle, at: now, pathPrefix: pathPrefix)
  }
}
