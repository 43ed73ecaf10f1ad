// The proof that stands before every writing can fail: texts that do not say the same are told apart, and those that do are not.

import Testing

@testable import PosternLanguage

@Suite("Proof of a layout")
struct LayoutProofTests {
  private static func difference(_ before: String, _ after: String) throws -> String? {
    func proof(_ text: String) throws -> LayoutProof {
      try Layout.Placed(SourceFile(path: "a.yaml", bytes: Array(text.utf8))).proof
    }
    return try proof(before).difference(from: proof(after))
  }

  @Test(
    "other values, another order and other anchors are seen",
    arguments: [
      ("a: b", "a: c"), ("a: true", "a: \"true\""), ("a: \"1\"", "a: 1"), ("a:", "a: \"\""), ("a: {}", "a: []"),
      ("a: 1\nb: 2", "b: 2\na: 1"), ("- a\n- b", "- b\n- a"), ("- [a]\n- b", "- [a, b]"), ("a: [b, c]", "a: [b]"),
      ("a: 1\na: 2", "a: 2"), ("- &a b\n- *a", "- &c b\n- *c"), ("- &a b\n- *a", "- &a b\n- b"),
      ("a: |\n  b", "a: |+\n  b\n\n"),
      ("a\n---\nb", "a"), ("a: \u{E9}", "a: e\u{301}"), ("a: ${b}c", "a: \"${b}c\""),
    ])
  func values(_ before: String, _ after: String) throws {
    #expect(try Self.difference(before, after) == "its values would not be the same")
  }

  @Test(
    "a comment that is gone, is another or stands elsewhere is seen",
    arguments: [
      ("# c\na: 1", "a: 1"), ("a: 1 # c", "a: 1 # d"), ("# c\na: 1\nb: 2", "a: 1\n# c\nb: 2"),
      ("a: 1 # c", "# c\na: 1"),
      ("a: [1] # c\nb: 2", "a: [1]\nb: 2 # c"), ("a: | # c\n  b", "a: |\n  b"), ("a: 1 # \u{E9}", "a: 1 # e\u{301}"),
      ("a: [1, 2] # c\nb: [3] # c", "a: # c\n  - 1\n  - 2\nb: [3]"), ("a: [1, # c\n2]", "a: # c\n  - 1\n  - 2"),
    ])
  func comments(_ before: String, _ after: String) throws {
    #expect(try Self.difference(before, after)?.hasPrefix("the comment `# ") == true)
  }

  @Test("a comment that nobody wrote is seen", arguments: [("a: 1", "a: 1 # c"), ("a: [1] # c", "a: [1] # c\n# c")])
  func newComments(_ before: String, _ after: String) throws {
    #expect(try Self.difference(before, after) == "there would be more comments")
  }

  @Test(
    "other quotes, brackets and lines are no difference",
    arguments: [
      ("a: 'b'", "a: b"), ("a: {b: [c]}", "a:\n  b:\n    - c"), ("# c\n\na: 1", "# c\na: 1"),
      ("a: >-\n  b\n  c", "a: b c"),
      ("a: [1, 2] # c", "a: # c\n  - 1\n  - 2"), ("a: {b: [1]} # c", "a: # c\n  b: [1]"), ("- # c\n  a", "# c\n- a"),
    ])
  func sameValues(_ before: String, _ after: String) throws {
    #expect(try Self.difference(before, after) == nil)
  }
}
