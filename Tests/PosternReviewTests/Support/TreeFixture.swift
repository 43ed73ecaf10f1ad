// Policies for the review's tests: this repository's own tree, and small ones written into the test.

import PosternCompiler
import PosternLanguage
import PosternReview

/// A policy tree ready for review.
enum TreeFixture {
  /// The tree in `policies/`.
  static func repository() throws -> ReviewSide {
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    return try side(Policy.read(folder: "/" + root + "/policies"))
  }

  /// A tree of the given files: paths with their texts.
  static func tree(_ files: KeyValuePairs<String, String>) throws -> ReviewSide {
    try side(Policy.read(files: files.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) }))
  }

  private static func side(_ reading: Policy.Reading) throws -> ReviewSide {
    guard let policy = reading.policy else { throw Unreadable(diagnostics: reading.diagnostics.map { "\($0)" }) }
    return try ReviewSide(policy: policy, bundle: OpenBundle(Compiler.compile(policy, revision: 0)))
  }

  struct Unreadable: Error { let diagnostics: [String] }
}
