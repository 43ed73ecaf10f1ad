// What the YAML parser makes of a file: nodes with exact places, and one diagnostic for each thing it refuses.

import Testing

@testable import PosternLanguage

@Suite("YAML parser")
struct YAMLParserTests {
  /// A tree as one line: scalars as style and text, each with its place.
  private func drawn(_ node: YAMLNode) -> String {
    let span = node.span
    let place = "@\(span.startLine):\(span.startColumn)-\(span.endLine):\(span.endColumn)"
    switch node.content {
    case .scalar(let scalar): return "\(scalar.style)(\(scalar.text))" + place
    case .sequence(let items): return "[" + items.map(drawn).joined(separator: ", ") + "]" + place
    case .mapping(let entries):
      return "{" + entries.map { drawn($0.key) + ": " + drawn($0.value) }.joined(separator: ", ") + "}" + place
    }
  }

  private func parse(_ text: String) -> (nodes: [YAMLNode], diagnostics: [Diagnostic]) {
    YAMLParser.parse(Array(text.utf8), fileIndex: 0)
  }

  private func ids(_ text: String) -> [String] { parse(text).diagnostics.map(\.id) }

  @Test(
    "every node has its exact place, blocks ending with their last child",
    arguments: [
      ("a: b", "{plain(a)@1:1-1:2: plain(b)@1:4-1:5}@1:1-1:5"),
      (
        "a:\n  - x\n  - 'y z'\nb:\n",
        "{plain(a)@1:1-1:2: [plain(x)@2:5-2:6, singleQuoted(y z)@3:5-3:10]@2:3-3:10, "
          + "plain(b)@4:1-4:2: plain()@4:3-4:3}@1:1-4:3"
      ),
      ("{\"a\": [1, no]}", "{doubleQuoted(a)@1:2-1:5: [plain(1)@1:8-1:9, plain(no)@1:11-1:13]@1:7-1:14}@1:1-1:15"),
      ("t: |\n  one\n  two\n", "{plain(t)@1:1-1:2: literal(one\ntwo\n)@1:4-4:1}@1:1-4:1"),
      (#"{"a\/b": "\u00e9\n"}"#, "{doubleQuoted(a/b)@1:2-1:8: doubleQuoted(é\n)@1:10-1:20}@1:1-1:21"),
      ("é: 日本 # c", "{plain(é)@1:1-1:2: plain(日本)@1:4-1:6}@1:1-1:6"),
      ("\u{FEFF}a: b", "{plain(a)@1:1-1:2: plain(b)@1:4-1:5}@1:1-1:5"),
      (
        "a: &x [1]\nb: *x",
        "{plain(a)@1:1-1:2: [plain(1)@1:8-1:9]@1:4-1:10, "
          + "plain(b)@2:1-2:2: [plain(1)@1:8-1:9]@2:4-2:6}@1:1-2:6"
      ),
    ])
  func places(text: String, expected: String) {
    #expect(parse(text).nodes.map(drawn) == [expected])
  }

  @Test("the documents of a file come in their order, empty ones left out")
  func documents() {
    #expect(parse("---\na\n---\n---\nb\n...\n").nodes.map(drawn) == ["plain(a)@2:1-2:2", "plain(b)@5:1-5:2"])
  }

  @Test(
    "what the language refuses is one diagnostic at its place",
    arguments: [
      ("", "empty-file 1:1"),
      ("# only a remark\n", "empty-file 1:1"),
      ("a: [1\nb: 2", "yaml-syntax 2:2"),
      ("a:\n\tb: 1", "yaml-syntax 2:1"),
      ("a: 'x", "yaml-syntax 1:6"),
      ("a: !!str x", "explicit-tag 1:4"),
      ("a: !<x> [1]", "explicit-tag 1:4"),
      ("a: &x {b: c}\nd:\n  <<: *x", "merge-key 3:3"),
      ("? [a]\n: b", "complex-key 1:3"),
      ("a: *x", "unknown-alias 1:4"),
      ("a: &x [*x]", "unknown-alias 1:8"),
      ("a: &x 1\n---\na: *x", "unknown-alias 3:4"),
      ("a: \u{7}", "control-character 1:4"),
      ("a: x\u{202E}y", "control-character 1:5"),
      ("a:\r\n  b\u{2028}c", "control-character 2:4"),
    ])
  func refusals(text: String, expected: String) {
    let found = parse(text).diagnostics.map { "\($0.id) \($0.span?.startLine ?? 0):\($0.span?.startColumn ?? 0)" }
    #expect(found == [expected])
  }

  @Test("a quoted `<<` is an ordinary key")
  func quotedMergeKey() {
    #expect(ids("'<<': a").isEmpty)
  }

  @Test("a tab is named as what libyaml could not start a token with")
  func tab() {
    #expect(parse("a:\n\tb: 1").diagnostics.first?.message == "a tab cannot stand here")
  }

  @Test("a depth of 64 is read and 65 is refused")
  func depth() {
    #expect(ids(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).isEmpty)
    #expect(ids(String(repeating: "[", count: 65) + String(repeating: "]", count: 65)) == ["nesting-too-deep"])
  }

  @Test("a depth of ten thousand is refused and not followed", arguments: ["[", "{a: ", "- ", "? "])
  func depthOfTenThousand(opening: String) {
    #expect(ids(String(repeating: opening, count: 10_000)).last == "nesting-too-deep")
  }

  @Test("aliases that multiply are refused before they do")
  func aliasBomb() {
    var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    for level in 1...9 {
      text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",") + "]\n"
    }
    #expect(ids(text) == ["alias-expansion"])
  }

  @Test(
    "a character that is not UTF-8 is one mistake, with line and column",
    arguments: [
      ([0x61, 0x0A, 0xC3, 0xA9, 0xFF], "2:2"),
      ([0x61, 0xC3], "1:2"),
      ([0xE0, 0x80, 0x80], "1:1"),
      ([0xED, 0xA0, 0x80], "1:1"),
      ([0xF4, 0x90, 0x80, 0x80], "1:1"),
      ([0x61, 0x0D, 0x61, 0xC0, 0x80], "2:2"),
    ] as [([UInt8], String)])
  func invalidUTF8(bytes: [UInt8], places: String) {
    let found = YAMLParser.parse(bytes, fileIndex: 0).diagnostics.map { diagnostic in
      "\(diagnostic.id) \(diagnostic.span?.startLine ?? 0):\(diagnostic.span?.startColumn ?? 0)"
    }
    #expect(found == ["invalid-utf-8 " + places])
  }

  @Test("a file in another encoding has ten mistakes reported and no more")
  func faultLimit() {
    let diagnostics = YAMLParser.parse(Array(repeating: 0xFF, count: 1_000), fileIndex: 0).diagnostics
    #expect(diagnostics.count == SourceText.faultLimit)
  }
}
