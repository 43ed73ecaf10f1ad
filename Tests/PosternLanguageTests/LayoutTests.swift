// What the layout does with bytes, with what it refuses, and with what nobody would write; and the texts that tools write by it.

import Testing

@testable import PosternLanguage

@Suite("Layout")
struct LayoutTests {
  private static func layout(_ bytes: [UInt8]) throws -> String {
    String(decoding: try Layout.bytes(of: SourceFile(path: "a.yaml", bytes: bytes)), as: UTF8.self)
  }

  private static func layout(_ text: String) throws -> String { try layout(Array(text.utf8)) }

  @Test(
    "lines end with LF, the last one too, and no byte order mark stays",
    arguments: [
      "a:\r\n- b # c\r\n\r\n- |\r\n  d\r\n  e\r\n", "a:\r- b # c\r\r- |\r  d\r  e\r",
      "\u{FEFF}a:\n- b # c\n\n- |\n  d\n  e\n",
      "\n\na:\n  - b # c\n\n\n\n  - |\n    d\n    e\n\n\n",
    ])
  func lineEnds(_ text: String) throws {
    #expect(try Self.layout(text) == "a:\n  - b # c\n\n  - |\n    d\n    e\n")
  }

  @Test("a block that the file's end cuts off keeps its text, which has no line break then")
  func cutOff() throws {
    #expect(try Self.layout("a: |\n  b") == "a: |-\n  b\n")
    #expect(try Self.layout("a: b") == "a: b\n")
  }

  @Test("a comment keeps its bytes, but for blanks at its end")
  func commentBytes() throws {
    #expect(try Self.layout("#\ta  \t\na: 1 #e\u{301}\t\n") == "#\ta\na: 1 #e\u{301}\n")
  }

  // MARK: what is refused

  @Test(
    "what is no YAML that a policy may be written in is refused with its diagnostics",
    arguments: [
      ("a: [", "yaml-syntax"), ("a: !!str b", "explicit-tag"), ("<<: a", "merge-key"), ("[a]: b", "complex-key"),
      ("a: *b", "unknown-alias"), ("", "empty-file"), ("# nothing\n", "empty-file"),
      ("a: \u{202E}b", "control-character"),
      (String(repeating: "[", count: 65) + String(repeating: "]", count: 65), "nesting-too-deep"),
    ])
  func notYAML(_ text: String, _ id: String) {
    #expect { try Self.layout(text) } throws: { error in
      guard case .notYAML(let diagnostics) = error as? LayoutFault else { return false }
      return diagnostics.map(\.id) == [id]
    }
  }

  @Test("bytes that are no UTF-8 are refused")
  func notUTF8() {
    #expect { try Self.layout(Array("a: b".utf8) + [0xFC]) } throws: { error in
      if case .notYAML? = error as? LayoutFault { true } else { false }
    }
  }

  @Test(
    "YAML that has no layout is refused at its place",
    arguments: [
      ("%YAML 1.1\n---\na: 1\n", 1, 1), ("a:\n  ? \n  : b\n", 2, 4), ("b: 1\na: &x # why\n  text\n", 2, 4),
      ("a: &x # why\n  [b]\n", 1, 4),
    ])
  func noLayout(_ text: String, _ line: Int, _ column: Int) {
    #expect { try Self.layout(text) } throws: { error in
      guard case .noLayout(_, line, column)? = error as? LayoutFault else { return false }
      return true
    }
  }

  // MARK: what nobody would write

  @Test("lists as deep as they may be are laid out", arguments: ["[", "- "])
  func deep(_ opening: String) throws {
    let text = String(repeating: opening, count: 64) + "a" + (opening == "[" ? String(repeating: "]", count: 64) : "")
    #expect(try Self.layout(text) == String(repeating: "- ", count: 64) + "a\n")
    let long = text.replacing("a", with: String(repeating: "a", count: 200))
    let broken = String(repeating: "- ", count: 64) + String(repeating: "a", count: 200) + "\n"
    #expect(try Self.layout(long) == broken)
  }

  @Test("a key that is longer than YAML takes one for is told by a question mark")
  func longKey() throws {
    let key = String(repeating: "k", count: 1_100)
    let text = "a:\n  - ? \(key) # c\n    : - b\n"
    let laidOut = "a:\n  - ? \(key) # c\n    :\n      - b\n"
    #expect(try Self.layout(text) == laidOut)
    #expect(try Self.layout(laidOut) == laidOut)
  }

  @Test("a list of many items in one line, each with a comment or none, is laid out whole")
  func wide() throws {
    let items = (0..<4_000).map { "[a\($0)] " + ($0 % 2 == 0 ? ",\n" : ", # c\($0)\n") }
    let text = "a: [" + items.joined() + "]"
    #expect(try Self.layout(text).split(separator: "\n").count == 4_001)
    let line = "a: [" + String(repeating: "{b: c, d: [e]}, ", count: 4_000) + "]"
    #expect(try Self.layout(line).split(separator: "\n").count == 4_001)
  }

  @Test("a file that its indentation would make larger than a tree can hold is refused")
  func tooLarge() {
    let list =
      String(repeating: "[", count: 62) + String(repeating: "a, ", count: 60) + String(repeating: "]", count: 62)
    let file = SourceFile(path: "a.yaml", bytes: Array(list.utf8))
    #expect { try Layout.bytes(of: file, byteLimit: 1_000) } throws: { error in
      guard case .noLayout(let sentence, 1, 1)? = error as? LayoutFault else { return false }
      return sentence == "laid out it would be larger than a file may be: divide it"
    }
  }

  @Test("texts that only look alike are not taken for the same")
  func sameLooks() throws {
    #expect(Array(try Self.layout("a: 'e\u{301}'").utf8) == Array("a: e\u{301}\n".utf8))
    #expect(Array(try Self.layout("a: '\u{E9}'").utf8) == Array("a: \u{E9}\n".utf8))
  }

  // MARK: values of tools

  @Test("a value is written as a document that is laid out, with comments above it")
  func valueText() throws {
    let value = JSONValue.object([
      "kind": "App", "name": "no", "routes": ["a.example.com/", "*.example.com/"], "version": 1, "etag": "",
      "iam": .object(["bindings": [.object(["role": "x", "members": ["user:a@example.com"]])], "auditConfigs": []]),
      "flag": true, "text": "two\nlines", "nothing": nil as JSONValue?,
    ])
    let text = value.yamlText(comments: ["Imported.", "", "Twice."])
    #expect(
      text == """
        # Imported.
        #
        # Twice.
        kind: App
        name: "no"
        routes:
          - a.example.com/
          - "*.example.com/"
        version: 1
        etag: ""
        iam:
          bindings:
            - role: x
              members:
                - user:a@example.com
          auditConfigs: []
        flag: true
        text: "two\\nlines"

        """)
    #expect(try Self.layout(text) == text)
  }

  @Test("several values are the documents of one file")
  func valueTexts() throws {
    let text = JSONValue.yamlText(of: [([], .object(["a": 1])), (["b"], .object(["c": ["d"]]))])
    #expect(text == "a: 1\n---\n# b\nc:\n  - d\n")
    #expect(try Self.layout(text) == text)
  }
}
