// What an expression of attribute propagation selects. Its mistakes are cases in Cases/mistakes/propagation.txt.

import Testing

@testable import PosternLanguage

@Suite("Attribute propagation")
struct PropagationTests {
  private func read(_ expression: String, outputs: String) -> Policy.Reading {
    let app = """
      settings:
        applicationSettings:
          attributePropagationSettings:
            enable: true
            expression: |
              \(expression)
            outputCredentials: [\(outputs)]

      """
    return Tree.small(app: app).read()
  }

  /// What an expression selects, as `LIST.NAME>EMITTED!~`, with `!` for strict and `~` for decorated.
  private func selected(_ expression: String, outputs: String = "JWT") throws -> [String] {
    let reading = read(expression, outputs: outputs)
    #expect(reading.diagnostics.map(\.message) == [])
    let propagation = try #require(reading.policy?.apps.first?.application.attributePropagation?.value)
    return propagation.attributes.map { attribute in
      "\(attribute.source).\(attribute.name)>\(attribute.emittedName)" + (attribute.isStrict ? "!" : "")
        + (attribute.isDecorated ? "~" : "")
    }
  }

  @Test(
    "every documented form selects what it names, in its order",
    arguments: [
      (#"attributes.saml_attributes.selectByName("a")"#, ["saml.a>a"]),
      (#"attributes.iap_attributes.selectByName('a')"#, ["iap.a>a"]),
      (#"attributes.saml_attributes.filter(x, x.name in ["b", "a"])"#, ["saml.b>b", "saml.a>a"]),
      (#"attributes.saml_attributes.selectByName("a").emitAs("b")"#, ["saml.a>b"]),
      (#"attributes.saml_attributes.selectByName("a").emitAs("b").emitAs("c")"#, ["saml.a>c"]),
      (#"attributes.saml_attributes.selectByName("a").strict()"#, ["saml.a>a!"]),
      (#"attributes.saml_attributes.selectByName("a").strict().strict()"#, ["saml.a>a!"]),
      (#"attributes.saml_attributes.selectByName("a").decorate()"#, ["saml.a>a~"]),
      (#"attributes.iap_attributes.selectByName("a").decorate().emitAs("b").strict()"#, ["iap.a>b!~"]),
      (
        #"attributes.saml_attributes.selectByName("a").append(attributes.iap_attributes.selectByName("b"))"#,
        ["saml.a>a", "iap.b>b"]
      ),
      (
        #"attributes.saml_attributes.filter(a, a.name in ["a"]).append(attributes.iap_attributes.filter(b, b.name in ["b", "c"]))"#,
        ["saml.a>a", "iap.b>b", "iap.c>c"]
      ),
      (#"(attributes.saml_attributes).selectByName("a")"#, ["saml.a>a"]),
    ])
  func forms(expression: String, expected: [String]) throws {
    #expect(try selected(expression) == expected)
  }

  @Test("the example of Google's reference selects two attributes, one of them under a header of its own")
  func googlesExample() throws {
    let expression =
      "attributes.saml_attributes.filter(x, x.name in ['test'])"
      + ".append(attributes.iap_attributes.selectByName('exact').emitAs('custom').strict())"
    #expect(try selected(expression, outputs: "HEADER, JWT, RCTOKEN") == ["saml.test>test", "iap.exact>custom!"])
  }

  @Test("the format of Google's console selects every name")
  func consoleFormat() throws {
    let expression =
      "attributes.saml_attributes.filter(attribute, attribute.name in ['attribute', 'attribute2', 'attribute1'])"
    #expect(
      try selected(expression, outputs: "HEADER") == [
        "saml.attribute>attribute", "saml.attribute2>attribute2", "saml.attribute1>attribute1",
      ])
  }

  @Test("a chain of as many calls as an expression may have is read")
  func longChains() throws {
    let expression = #"attributes.saml_attributes.selectByName("a")"# + String(repeating: ".strict()", count: 2_000)
    #expect(try selected(expression) == ["saml.a>a!"])
  }

  @Test("45 attributes are not too many")
  func limit() throws {
    let names = (0..<Propagation.attributeLimit).map { "\"a\($0)\"" }.joined(separator: ", ")
    #expect(try selected("attributes.saml_attributes.filter(x, x.name in [\(names)])").count == 45)
  }

  @Test("a name of 256 bytes is not too long, one of 257 is")
  func nameLengths() throws {
    let name = String(repeating: "a", count: Propagation.nameByteLimit)
    #expect(try selected("attributes.saml_attributes.selectByName(\"\(name)\")").count == 1)
    let reading = read("attributes.saml_attributes.selectByName(\"a\(name)\")", outputs: "JWT")
    #expect(reading.diagnostics.map(\.message) == ["a name has 1 to 256 bytes"])
  }

  @Test("claims are told apart by the case of letters, and strict headers from prefixed ones")
  func differentNames() throws {
    let cases = #"attributes.saml_attributes.filter(x, x.name in ["a", "A"])"#
    #expect(try selected(cases, outputs: "JWT, RCTOKEN").count == 2)
    let strict =
      #"attributes.saml_attributes.selectByName("a").append(attributes.iap_attributes.selectByName("a").strict())"#
    #expect(try selected(strict, outputs: "HEADER").count == 2)
  }

  @Test("names that no header can have go into claims")
  func claimNames() throws {
    let expression =
      #"attributes.saml_attributes.filter(x, x.name in ["http://schemas.example/dept", "Content-Length"])"#
    #expect(try selected(expression, outputs: "JWT").count == 2)
  }

  @Test("a prefixed header may have any token for its name")
  func prefixedNames() throws {
    #expect(try selected(#"attributes.saml_attributes.selectByName("Host")"#, outputs: "HEADER") == ["saml.Host>Host"])
  }

  @Test(
    "what is misspelt is told what was meant",
    arguments: [
      (#"attributes.saml_atributes.selectByName("a")"#, "did you mean `saml_attributes`?"),
      (#"attributes.saml_attributes.selectbyname("a")"#, "did you mean `selectByName`?"),
      (#"attributes.iap_attributes.selectByName("a").emitas("b")"#, "did you mean `emitAs`?"),
      (
        #"attributes.saml_attributes.sort()"#,
        "the functions are `append`, `decorate`, `emitAs`, `filter`, `selectByName`, `strict`"
      ),
      (
        #"attributes.groups.selectByName("a")"#,
        "write `attributes.saml_attributes` or `attributes.iap_attributes`"
      ),
    ])
  func suggestions(expression: String, help: String) {
    #expect(read(expression, outputs: "JWT").diagnostics.map(\.help) == [help])
  }

  @Test(
    "what is underlined is the part that is wrong, to its last character",
    arguments: [
      (#"attributes.saml_atributes.selectByName("a")"#, "saml_atributes"),
      (#"attributes.saml_attributes . /* no comment */"#, "/"),
      (#"attributes.saml_attributes.selectByName("a").emitas("b")"#, "emitas"),
      (#"(attributes.saml_attributes) . select("a")"#, "select"),
      (#"attributes.saml_attributes.selectByName("a" + "b").strict()"#, #""a" + "b""#),
      (#"attributes.saml_attributes.filter(x, x.name == "a")"#, #"x.name == "a""#),
      (#"attributes.saml_attributes.filter(x, x.name in [])"#, "[]"),
      (#"attributes.saml_attributes.filter(x, x.name in ["a"]).strict()"#, "strict"),
      (#"attributes.iap_attributes.append(attributes.iap_attributes.selectByName("a"))"#, "attributes.iap_attributes"),
      (#"attributes.saml_attributes.selectByName("a:b")"#, #""a:b""#),
      (#"attributes.saml_attributes.filter(x, x.name in ["a", 'a'])"#, "'a'"),
      (#"request.path == "/""#, #"request.path == "/""#),
    ])
  func underlined(expression: String, part: String) throws {
    let reading = read(expression, outputs: "HEADER")
    let span = try #require(reading.diagnostics.first?.span)
    #expect(reading.diagnostics.count == 1 && span.startLine == span.endLine)
    let indentation = 8
    let columns = Int(span.startColumn) - 1 - indentation..<Int(span.endColumn) - 1 - indentation
    #expect(String(decoding: Array(expression.utf8)[columns], as: UTF8.self) == part)
  }

  @Test("of an expression with mistakes without number, the first hundred are reported")
  func manyMistakes() {
    let names = [String](repeating: "1", count: 20_000).joined(separator: ",")
    let reading = read("attributes.saml_attributes.filter(x, x.name in [\(names)])", outputs: "HEADER")
    #expect(reading.diagnostics.count == 100)
  }

  @Test("an expression with a character left out, or cut off there, is read or refused inside its text")
  func brokenExpressions() {
    let expression =
      #"(attributes.saml_attributes).filter(x, x.name in ["a", 'b']).append(attributes.iap_attributes.selectByName("c").emitAs("d").strict())"#
    for index in expression.indices {
      var broken = expression
      broken.remove(at: index)
      for text in [broken, String(expression[..<index])] where !text.isEmpty {
        let reading = read(text, outputs: "HEADER")
        let faults = reading.diagnostics.filter { !$0.id.hasPrefix("propagation-") || $0.span?.startLine != 9 }
        #expect(faults.isEmpty && (reading.policy == nil) == !reading.diagnostics.isEmpty, "\(text)")
      }
    }
  }

  @Test("an expression that is not enabled is not read, and one that an app takes back is missing")
  func inheritance() {
    let above =
      "settings: {applicationSettings: {attributePropagationSettings: {enable: true, expression: x, outputCredentials: [JWT]}}}\n"
    let own = { (text: String) in
      "settings: {applicationSettings: {attributePropagationSettings: {\(text)}}}\n"
    }
    #expect(Tree.small(organization: above, app: own("enable: false")).faults() == [])
    let expression = "expression: attributes.iap_attributes.selectByName(\"a\")"
    #expect(Tree.small(organization: above, app: own(expression)).faults() == [])
    #expect(
      Tree.small(organization: above, app: own("expression: ''")).faults()
        == ["setting-incomplete organization.yaml:6:73"])
  }
}
