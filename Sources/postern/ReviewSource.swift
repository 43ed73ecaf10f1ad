// OLD and NEW: where `diff` takes a policy from. A folder is read as it is, `REVISION:FOLDER` as git has it, without touching
// the work tree, a bundle by the files that it was compiled from. Refuses a tree with errors: its report goes to standard error,
// with the side that it is of; and a bundle whose files are not there, or come to another bundle.

internal import PosternCompiler
internal import PosternKernel
internal import PosternLanguage
internal import PosternReview

/// One of the two policies of a review, by the words of the command line.
struct ReviewSource {
  let text: String
  /// The files, where they are read already.
  private var files: [SourceFile]?
  /// The files of a tree, in the order of their paths, once they are read.
  private var tree: [SourceFile]?

  init(text: String) { self.text = text }

  /// Reads, checks and compiles both; of what is the same on both sides no more than must be.
  static func sides(old: ReviewSource, new: ReviewSource) throws -> (old: ReviewSide, new: ReviewSide) {
    if let first = try old.openedFile("old"), let second = try new.openedFile("new"),
      let sides = ReviewSide.changed(old: first, new: second)
    {
      return sides
    }
    var (old, new) = (old, new)
    var blobs: [String: [UInt8]] = [:]
    if !old.isFile && !new.isFile {
      try old.readTree(&blobs)
      try new.readTree(&blobs)
    }
    var prepared: Prepared?
    if let olds = old.tree, let news = new.tree, ReviewSide.differInAppsAlone(old: olds, new: news) {
      let whole = try new.prepared("new")
      if whole.policy != nil, let sides = ReviewSide.changed(old: olds, new: try new.side("new", whole)) {
        return sides
      }
      prepared = whole
    }
    return try wholeSides(old: old, new: new, prepared)
  }

  /// Reads, checks and compiles both, beside each other, the new one where that is not done.
  private static func wholeSides(
    old: ReviewSource, new: ReviewSource, _ prepared: Prepared?
  ) throws -> (old: ReviewSide, new: ReviewSide) {
    let (first, second) = concurrently { [old] in
      Result { try old.prepared("old") }
    } _: { [new] in
      Result { try prepared ?? new.prepared("new") }
    }
    return (old: try old.side("old", first.get()), new: try new.side("new", second.get()))
  }

  private var isFile: Bool { files == nil && InputFile(path: text).isFile }

  /// Reads the files of a tree in which nothing is wrong with the folder; of any other it leaves them.
  private mutating func readTree(_ blobs: inout [String: [UInt8]]) throws {
    if let files {
      tree = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    } else if InputFile(path: text).isFolder {
      let found = SourceTree(folder: text)
      if found.diagnostics.isEmpty { tree = found.files }
    } else if let colon = text.firstIndex(of: ":") {
      tree = try GitRevision(name: String(text[..<colon]))
        .files(below: String(text[text.index(after: colon)...]), known: &blobs)
        .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
  }

  /// The bundle that is named; nil where it is a tree.
  private func openedFile(_ side: String) throws -> OpenBundle? {
    guard isFile else { return nil }
    return try opened(InputFile(path: text).bytes(limit: InputFile.bundleByteLimit), side)
  }

  // MARK: reading

  /// What a policy is read from.
  private enum Origin {
    case files(Policy.Reading)
    case bundle([UInt8], Policy.Reading)

    var reading: Policy.Reading {
      switch self {
      case .files(let reading), .bundle(_, let reading): reading
      }
    }
  }

  /// A policy with its report, and the bundle where it has no errors.
  private struct Prepared: Sendable {
    let policy: Policy?
    let bytes: [UInt8]
    /// The bundle that was named, whose files were compiled again; nil where it was a tree.
    let named: [UInt8]?
    let report: Report
  }

  private func prepared(_ side: String) throws -> Prepared {
    let origin = try origin(side)
    var named: [UInt8]?
    if case .bundle(let bytes, _) = origin { named = bytes }
    var diagnostics = origin.reading.diagnostics
    if let policy = origin.reading.policy { diagnostics += Compiler.check(policy) }
    let report = Report(diagnostics, files: origin.reading.files, pathPrefix: pathPrefix)
    guard !report.hasErrors, let policy = origin.reading.policy else {
      return Prepared(policy: nil, bytes: [], named: named, report: report)
    }
    return Prepared(
      policy: policy, bytes: Compiler.compile(policy, revision: 0), named: named, report: report)
  }

  private func side(_ side: String, _ prepared: Prepared) throws -> ReviewSide {
    guard let policy = prepared.policy else {
      let report = prepared.report.text(isColored: StandardError.isTerminal)
      StandardError.write("the \(side) policy, \(text), has errors:\n" + report)
      throw ExitStatus.policyHasErrors
    }
    let compiled = try opened(prepared.bytes, side)
    guard let named = try prepared.named.map({ try opened($0, side) }) else {
      return ReviewSide(policy: policy, bundle: compiled)
    }
    guard named.decidesAs(compiled) else {
      throw CommandFailure(
        "the \(side) bundle, \(text), does not come of the files inside it: it is by another version of postern, or with "
          + "other time zones, or somebody has changed it")
    }
    return ReviewSide(policy: policy, bundle: named)
  }

  private func opened(_ bytes: [UInt8], _ side: String) throws -> OpenBundle {
    do {
      return try OpenBundle(bytes)
    } catch {
      throw CommandFailure(
        "the \(side) policy, \(text), is no bundle: it breaks rule \(error.rule) of docs/bundle-format.md")
    }
  }

  /// What leads from where the reader is to a file of the tree, whichever revision it is of; of a bundle nothing does.
  var pathPrefix: String {
    if files != nil || InputFile(path: text).isFolder { return CheckedTree.pathPrefix(text) }
    if InputFile(path: text).isFile { return "" }
    return text.firstIndex(of: ":").map { CheckedTree.pathPrefix(String(text[text.index(after: $0)...])) } ?? ""
  }

  private func origin(_ side: String) throws -> Origin {
    if let files = tree ?? files { return .files(Policy.read(files: files)) }
    let file = InputFile(path: text)
    if file.isFolder { return .files(Policy.read(folder: text)) }
    if file.isFile { return try bundle(file.bytes(limit: InputFile.bundleByteLimit), side) }
    if let colon = text.firstIndex(of: ":") {
      let revision = GitRevision(name: String(text[..<colon]))
      var blobs: [String: [UInt8]] = [:]
      let files = try revision.files(below: String(text[text.index(after: colon)...]), known: &blobs)
      return .files(Policy.read(files: files))
    }
    throw CommandFailure("the \(side) policy, \(text), is neither a folder, nor a bundle, nor REVISION:FOLDER")
  }

  private func bundle(_ bytes: [UInt8], _ side: String) throws -> Origin {
    guard let files = try opened(bytes, side).sourceFiles else {
      throw CommandFailure(
        "the \(side) bundle, \(text), does not hold the tree that it was compiled from: compile it with --include-source, "
          + "or name the tree")
    }
    return .bundle(bytes, Policy.read(files: files))
  }

  // MARK: pairs

  /// The two sides of `A..B` below a folder; nothing after the dots is the work tree.
  static func pair(range: String, folder: String) -> (old: ReviewSource, new: ReviewSource)? {
    guard let dots = range.firstRange(of: "..") else { return nil }
    let (old, new) = (String(range[..<dots.lowerBound]), String(range[dots.upperBound...]))
    if old.isEmpty || new.hasPrefix(".") { return nil }
    return (ReviewSource(text: "\(old):\(folder)"), ReviewSource(text: new.isEmpty ? folder : "\(new):\(folder)"))
  }

  /// Two folders that hold nothing but the files that differ, as `git difftool --dir-diff` makes them: all other files are those
  /// of a third.
  static func pair(old: String, new: String, over base: String) throws -> (old: ReviewSource, new: ReviewSource) {
    let (olds, news) = (try files(of: old), try files(of: new))
    let differing = Set((olds + news).map(\.path))
    let common = try files(of: base).filter { !differing.contains($0.path) }
    var sources = (old: ReviewSource(text: base), new: ReviewSource(text: base))
    sources.old.files = common + olds
    sources.new.files = common + news
    return sources
  }

  /// The files below a folder; none of one that is not there.
  private static func files(of folder: String) throws -> [SourceFile] {
    guard InputFile(path: folder).isFolder else { return [] }
    let tree = SourceTree(folder: folder)
    if let diagnostic = tree.diagnostics.first(where: { $0.id != "empty-tree" }) {
      throw CommandFailure("cannot read \(folder): \(diagnostic.message)")
    }
    return tree.files
  }
}
