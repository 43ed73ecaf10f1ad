// Policies for the review's tests: this repository's own tree, and small ones written into the test.

import PosternCompiler
import PosternLanguage
import PosternReview

/// A policy tree ready for review.
enum TreeFixture {
  private static var reading: Policy.Reading {
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    return Policy.read(folder: "/" + root + "/policies")
  }

  /// The tree in `policies/`.
  static func repository() throws -> ReviewSide { try side(reading) }

  /// The files of the tree in `policies/`.
  static func files() throws -> [SourceFile] { reading.files }

  /// A tree of the given files.
  static func tree(_ files: [SourceFile]) throws -> ReviewSide { try side(Policy.read(files: files)) }

  /// A tree of the given files: paths with their texts.
  static func tree(_ files: KeyValuePairs<String, String>) throws -> ReviewSide {
    try tree(files.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) })
  }

  private static func side(_ reading: Policy.Reading) throws -> ReviewSide {
    guard let policy = reading.policy else {
      throw Unreadable(
        diagnostics: reading.diagnostics.filter { $0.severity == .error }.map { "\($0.id): \($0.message)" })
    }
    return try ReviewSide(policy: policy, bundle: OpenBundle(Compiler.compile(policy, revision: 0)))
  }

  struct Unreadable: Error { let diagnostics: [String] }
}
