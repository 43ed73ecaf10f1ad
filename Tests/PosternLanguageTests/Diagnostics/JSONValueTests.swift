// JSON as it is written.

import Testing

@testable import PosternLanguage

@Suite("JSON")
struct JSONValueTests {
  @Test(
    "every kind of value is written as RFC 8259 says",
    arguments: [
      (.null, "null"), (true, "true"), (-5, "-5"), (.integer(.max), "9223372036854775807"),
      (.number(1.5), "1.5"), (.number(.infinity), "null"), ([], "[]"), (.object([]), "{}"),
      (["a", 1], #"["a",1]"#), (.object(["b": 1, "a": nil, "c": .null]), #"{"b":1,"c":null}"#),
      ("é\u{1F600}", "\"é\u{1F600}\""),
      ("a\"\\/\n\r\t\u{0}\u{1F}\u{7F}\u{2028}", #""a\"\\/\n\r\t\u0000\u001f\u007f\u2028""#),
    ] as [(JSONValue, String)])
  func compact(value: JSONValue, text: String) {
    #expect(value.compactText == text)
  }

  @Test("pretty JSON is indented by two spaces, empty lists and objects on one line")
  func pretty() {
    let value = JSONValue.object(["a": [1, .object(["b": []])], "c": .object([])])
    #expect(value.prettyText == "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}\n")
  }

  @Test("the YAML parser reads back the strings that are written", arguments: ["é\u{1F600}", "a\"\\/\n\r\t", "日本"])
  func roundTrip(text: String) {
    let document = YAMLParser.parse(Array(JSONValue.string(text).compactText.utf8), fileIndex: 0).nodes.first
    guard case .scalar(let scalar) = document?.content else {
      Issue.record("no scalar")
      return
    }
    #expect(scalar.text == text)
  }
}
