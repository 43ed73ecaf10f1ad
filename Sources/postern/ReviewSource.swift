// OLD and NEW: where `diff` takes a policy from. A folder is read as it is, `REVISION:FOLDER` as git has it, without touching
// the work tree. Refuses a tree with errors: its report goes to standard error, with the side that it is of.

internal import PosternCompiler
internal import PosternKernel
internal import PosternLanguage
internal import PosternReview

/// One of the two policies of a review, by the words of the command line.
struct ReviewSource {
  let text: String

  /// Reads, checks and compiles both, beside each other.
  static func sides(old: ReviewSource, new: ReviewSource) throws -> (old: ReviewSide, new: ReviewSide) {
    let (first, second) = concurrently {
      Result { try old.prepared("old") }
    } _: {
      Result { try new.prepared("new") }
    }
    return (old: try old.side("old", first.get()), new: try new.side("new", second.get()))
  }

  /// A policy with its report, and the bundle where it has no errors.
  private struct Prepared: Sendable {
    let policy: Policy?
    let bytes: [UInt8]
    let report: Report
  }

  private func prepared(_ side: String) throws -> Prepared {
    let reading = try reading(side)
    var diagnostics = reading.diagnostics
    if let policy = reading.policy { diagnostics += Compiler.check(policy) }
    let report = Report(diagnostics, files: reading.files, pathPrefix: CheckedTree.pathPrefix(text))
    guard !report.hasErrors, let policy = reading.policy else {
      return Prepared(policy: nil, bytes: [], report: report)
    }
    return Prepared(policy: policy, bytes: Compiler.compile(policy, revision: 0), report: report)
  }

  private func side(_ side: String, _ prepared: Prepared) throws -> ReviewSide {
    guard let policy = prepared.policy else {
      let report = prepared.report.text(isColored: StandardError.isTerminal)
      StandardError.write("the \(side) policy, \(text), has errors:\n" + report)
      throw ExitStatus.policyHasErrors
    }
    do {
      return try ReviewSide(policy: policy, bundle: OpenBundle(prepared.bytes))
    } catch {
      throw CommandFailure(
        "the \(side) policy, \(text), compiles to what breaks rule \(error.rule) of the bundle format")
    }
  }

  /// What leads from where the reader is to a file of the tree, whichever revision it is of.
  var pathPrefix: String {
    if InputFile(path: text).isFolder { return CheckedTree.pathPrefix(text) }
    return text.firstIndex(of: ":").map { CheckedTree.pathPrefix(String(text[text.index(after: $0)...])) } ?? ""
  }

  private func reading(_ side: String) throws -> Policy.Reading {
    if InputFile(path: text).isFolder { return Policy.read(folder: text) }
    if let colon = text.firstIndex(of: ":") {
      let revision = GitRevision(name: String(text[..<colon]))
      return Policy.read(files: try revision.files(below: String(text[text.index(after: colon)...])))
    }
    throw CommandFailure(
      "the \(side) policy, \(text), is neither a folder nor REVISION:FOLDER; of a bundle alone not all is known that is "
        + "compared: name the trees that the bundles were compiled from")
  }

  /// The two sides of `A..B` below a folder; nothing after the dots is the work tree.
  static func pair(range: String, folder: String) -> (old: ReviewSource, new: ReviewSource)? {
    guard let dots = range.firstRange(of: "..") else { return nil }
    let (old, new) = (String(range[..<dots.lowerBound]), String(range[dots.upperBound...]))
    if old.isEmpty || new.hasPrefix(".") { return nil }
    return (ReviewSource(text: "\(old):\(folder)"), ReviewSource(text: new.isEmpty ? folder : "\(new):\(folder)"))
  }
}
