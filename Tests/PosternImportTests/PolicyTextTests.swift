// Texts as YAML: whatever a value is, the reader gets it back, and what looks like another type is quoted.

import PosternLanguage
import Testing

@testable import PosternImport

@Suite("Policy text")
struct PolicyTextTests {
  private func roundTrip(_ value: TreeValue) -> YAMLNode? {
    let parsed = YAMLParser.parse(Array(PolicyText.yaml(.object([("a", value)])).utf8), fileIndex: 0)
    #expect(parsed.diagnostics.map(\.message) == [])
    guard case .mapping(let entries)? = parsed.nodes.first?.content else { return nil }
    return entries.first?.value
  }

  private func text(_ node: YAMLNode?) -> String? {
    if case .scalar(let scalar)? = node?.content { scalar.text } else { nil }
  }

  @Test(
    "a text comes back as it was",
    arguments: [
      "", " ", "a", "true", "no", "NULL", "~", "1", "1e3", "0x1F", "12:30", "2026-01-01", "-", "- a", "a: b", "a #b",
      "#a",
      "'a'", "\"a\"", "a\nb", "a\n\n b\n c", "\na", "a\n", " a\nb", "a\tb", "[a]", "{a}", "*a", "&a", "!a", "%a", "@a",
      "`a",
      "|", ">", "?", ":", "a:", "büro", "日本", "😀", "a\\b", "user:ann@example.com", "8h", "3600s", "a ", "=", "<<",
      "...",
      "---", "a\r\nb",
    ])
  func texts(_ written: String) {
    #expect(text(roundTrip(.text(written))) == written)
    #expect(text(roundTrip(.list([.text(written)])).flatMap { items($0).first }) == written)
  }

  private func items(_ node: YAMLNode) -> [YAMLNode] {
    if case .sequence(let items) = node.content { items } else { [] }
  }

  @Test("random texts come back as they were", arguments: 1...20)
  func randomTexts(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let alphabet = Array(" \n:#-[]{}'\"\\ab1.,&*!|>%@`?~ü😀\t".unicodeScalars)
    for _ in 0..<200 {
      let scalars = (0..<Int.random(in: 0...8, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
      let written = String(String.UnicodeScalarView(scalars))
      #expect(text(roundTrip(.text(written))) == written, "seed \(seed)")
    }
  }

  @Test("texts that others would take for flags and numbers are quoted, and typed scalars are not")
  func types() {
    for word in ["true", "no", "1", "1.5", "null", "2026-01-01"] {
      #expect(PolicyText.yaml(.object([("a", .text(word))])) == "a: \"\(word)\"\n")
      #expect(PolicyText.yaml(.object([("a", TreeValue(content: .scalar(word, isTyped: true)))])) == "a: \(word)\n")
    }
  }

  @Test("what is empty, nested and left open has its form")
  func forms() {
    let value = TreeValue.object([
      ("list", .list([.object([("a", .text("b")), ("c", .list([.list([.text("d")])]))]), .list([])])),
      ("none", .object([])), ("hole", .hole("what\nthe # people say")),
    ])
    #expect(
      PolicyText.yaml(value) == """
        list:
          - a: b
            c:
              - - d
          - []
        none: {}
        hole: # FILL IN: what?the # people say

        """)
  }
}
