// Every byte of a scalar's text knows the bytes of the file that it was made of, however the scalar is quoted and
// folded.

import Testing

@testable import PosternLanguage

@Suite("Places inside scalars")
struct ScalarMapTests {
  /// A document whose value's text holds `needle` once, and where that stands.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var document: String
    var needle: String
    /// `line:column` of the first character and after the last.
    var place: String

    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "plain", document: "k: a == b", needle: "b", place: "1:9-1:10"),
    Case(name: "plain, folded", document: "k: a ==\n   b &&\n\n   c", needle: "c", place: "4:4-4:5"),
    Case(name: "plain, across a fold", document: "k: a ==\n   b", needle: "== b", place: "1:6-2:5"),
    Case(name: "plain, in a list", document: "k: [b c, a]", needle: "c", place: "1:7-1:8"),
    Case(name: "plain, after other letters", document: "ключ: {т: é == b}", needle: "b", place: "1:16-1:17"),
    Case(name: "single-quoted", document: "k: 'a == b'", needle: "b", place: "1:10-1:11"),
    Case(name: "single-quoted, a quote inside", document: "k: 'a == ''b'' x'", needle: "'b'", place: "1:10-1:15"),
    Case(name: "single-quoted, a backslash", document: "k: 'a\\\n  b c'", needle: "c", place: "2:5-2:6"),
    Case(name: "single-quoted, empty lines", document: "k: 'a\n\n\n  b'", needle: "b", place: "4:3-4:4"),
    Case(name: "double-quoted", document: #"k: "a == b""#, needle: "b", place: "1:10-1:11"),
    Case(name: "double-quoted, quotes inside", document: #"k: "a == \"b\" x""#, needle: #""b""#, place: "1:10-1:15"),
    Case(name: "double-quoted, escapes", document: #"k: "\x41\u00e9\U0001F600 b""#, needle: "é", place: "1:9-1:15"),
    Case(
      name: "double-quoted, after escapes", document: #"k: "\x41\u00e9\U0001F600 b""#, needle: "b", place: "1:26-1:27"),
    Case(name: "double-quoted, a tab", document: #"k: "a\tb""#, needle: "b", place: "1:8-1:9"),
    Case(name: "double-quoted, joined lines", document: "k: \"a \\\n   b\"", needle: "b", place: "2:4-2:5"),
    Case(name: "double-quoted, folded", document: "k: \"a  \n   b\"", needle: "b", place: "2:4-2:5"),
    Case(name: "literal", document: "k: |\n  a ==\n  b\n", needle: "b", place: "3:3-3:4"),
    Case(name: "literal, deeper line", document: "k: |-\n  a ==\n    b", needle: "b", place: "3:5-3:6"),
    Case(name: "literal, empty lines", document: "k: |+ # remark\n\n  a\n\n  b\n\n", needle: "b", place: "5:3-5:4"),
    Case(name: "literal, written indentation", document: "o:\n  k: |1\n    a\n   b\n", needle: "b", place: "4:4-4:5"),
    Case(name: "literal, Windows lines", document: "k: |\r\n  a\r\n  b\r\n", needle: "b", place: "3:3-3:4"),
    Case(name: "folded", document: "k: >\n  a ==\n  b\n", needle: "b", place: "3:3-3:4"),
    Case(name: "folded, empty lines", document: "k: >-\n\n  a\n\n\n  b\n  c\n", needle: "c", place: "7:3-7:4"),
    Case(name: "folded, deeper line", document: "k: >\n  a\n    b\n  c\n", needle: "c", place: "4:3-4:4"),
    Case(name: "folded, in a list", document: "- k: >\n   a ==\n   b\n- c: d\n", needle: "b", place: "3:4-3:5"),
    Case(name: "behind an anchor", document: "k: &x 'a b'", needle: "b", place: "1:10-1:11"),
    Case(name: "after a byte order mark", document: "\u{FEFF}k: a b", needle: "b", place: "1:6-1:7"),
  ]

  /// The first scalar value of a document.
  private static func value(of document: String) -> (node: YAMLNode, text: String)? {
    var node = YAMLParser.parse(Array(document.utf8), fileIndex: 0).nodes.first
    while let inner = node {
      switch inner.content {
      case .mapping(let entries): node = entries.first?.value
      case .sequence(let items): node = items.first
      case .scalar(let scalar): return (inner, scalar.text)
      }
    }
    return nil
  }

  private static func place(_ document: String, _ needle: String) -> String? {
    let file = SourceFile(path: "f.yaml", bytes: Array(document.utf8))
    guard let (node, text) = value(of: document), let map = ScalarMap(file, span: node.span, text: text),
      let start = text.range(ofBytes: needle)
    else { return nil }
    let span = map.span(of: start..<start + needle.utf8.count, fileIndex: 0)
    return "\(span.startLine):\(span.startColumn)-\(span.endLine):\(span.endColumn)"
  }

  @Test("a part of a scalar has the place where it is written", arguments: cases)
  func places(_ input: Case) {
    #expect(Self.place(input.document, input.needle) == input.place)
  }

  @Test("the end of a text is right after its last character that is no blank")
  func end() throws {
    let document = "k: |\n  a ==\n"
    let (node, text) = try #require(Self.value(of: document))
    let file = SourceFile(path: "f.yaml", bytes: Array(document.utf8))
    let map = try #require(ScalarMap(file, span: node.span, text: text))
    let span = map.span(of: text.utf8.count..<text.utf8.count, fileIndex: 0)
    #expect(span == Span(fileIndex: 0, startLine: 2, startColumn: 7, endLine: 2, endColumn: 8))
  }

  @Test("an alias has no map, and its mistakes stand where it does")
  func alias() {
    let tree = Tree.small(
      app: """
        iam:
          bindings:
            - role: roles/iap.httpsResourceAccessor
              members: ['user:ann@example.com']
              condition: {title: t, expression: &c 'request.path == «condition-undeclared»path'}
            - role: roles/iap.httpsResourceAccessor
              members: ['user:bob@example.com']
              condition: {title: t, expression: «condition-undeclared»*c}

        """)
    #expect(tree.faults() == tree.expectedFaults)
  }
}
