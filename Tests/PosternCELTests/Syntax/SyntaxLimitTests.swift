// The bounds of what is read: each at exactly its limit, just past it, and far past it.

import Testing

@testable import PosternCEL

@Suite("Limits of what is read")
struct SyntaxLimitTests {
  /// What an expression repeats, on either side of `a`.
  struct Nesting: Sendable, CustomTestStringConvertible {
    let opening: String
    let closing: String

    init(_ opening: String, _ closing: String = "") {
      self.opening = opening
      self.closing = closing
    }

    var testDescription: String { opening + "a" + closing }

    func source(_ count: Int) -> String {
      String(repeating: opening, count: count) + "a" + String(repeating: closing, count: count)
    }
  }

  static let nestings = [
    Nesting("(", ")"), Nesting("[", "]"), Nesting("{1: ", "}"), Nesting("{", ": 1}"), Nesting("f(", ")"),
    Nesting("b[", "]"),
    Nesting("b.c(", ")"), Nesting("A{b: ", "}"), Nesting("!"), Nesting("-"), Nesting("b ? c : "),
    Nesting("b.all(x, ", ")"),
    Nesting("cel.bind(x, 1, ", ")"), Nesting("(", ".b)"), Nesting("", ".optMap(x, x)"), Nesting("1 + (2 * ", ")"),
  ]

  private func kinds(_ source: String) -> [CELIssue.Kind] { CELParser.parse(source).issues.map(\.kind) }

  @Test("levels of nesting are read up to the limit, and none beyond it", arguments: nestings)
  func depth(nesting: Nesting) {
    // `optMap` of a chain nests in its argument too: that level is its own.
    let limit = nesting.closing.contains("optMap") ? CELLimits.depth - 1 : CELLimits.depth
    #expect(kinds(nesting.source(limit)) == [])
    #expect(kinds(nesting.source(limit + 2)) == [.limit])
  }

  @Test("nesting far beyond the limit is refused where it passes it")
  func deepest() {
    let parsing = CELParser.parse(String(repeating: "(", count: 100_000))
    #expect(parsing.issues == [.tooDeep(at: 250..<251)])
  }

  @Test("nesting of every kind far beyond the limit is refused", arguments: nestings)
  func farTooDeep(nesting: Nesting) {
    let count = (CELLimits.byteCount - 1) / (nesting.opening.utf8.count + nesting.closing.utf8.count)
    #expect(kinds(nesting.source(count)) == [.limit])
  }

  @Test(
    "chains of thousands are read",
    arguments: [
      (" && a", 5_000), (" || a", 5_000), (" + a", 2_400), (" - a", 2_400), (" == a", 2_400), (" * a", 2_400),
      (".b", 2_400),
      ("[0]", 2_400), (".f()", 2_400), (".map(x, x)", 2_400),
    ])
  func chains(link: String, count: Int) throws {
    let parsing = CELParser.parse("a" + String(repeating: link, count: count))
    #expect(parsing.issues == [])
    #expect(try #require(parsing.expression).chain.count <= count + 1)
  }

  @Test("chains beyond the height of a tree are refused", arguments: [" + a", ".b", "[0]", ".f()", ".map(x, x)"])
  func chainsTooHigh(link: String) {
    #expect(kinds("a" + String(repeating: link, count: CELLimits.height - 1)) == [])
    #expect(kinds("a" + String(repeating: link, count: CELLimits.height)) == [.limit])
    #expect(kinds("a" + String(repeating: link, count: 99_000 / link.utf8.count)) == [.limit])
  }

  @Test("chains in chains are as high as all of them together")
  func nestedChains() {
    let chain = String(repeating: "+1", count: 1_500)
    #expect(kinds("((a" + chain + ")" + chain + ")") == [.limit])
  }

  @Test("a logical chain is no higher than its balance makes it", arguments: ["&&", "||"])
  func balance(symbol: String) throws {
    let parsing = CELParser.parse(Array(repeating: "a", count: 1_024).joined(separator: symbol))
    #expect(try height(#require(parsing.expression)) == 11)
  }

  private func height(_ expression: CELExpression) -> Int { 1 + (expression.children.map(height).max() ?? 0) }

  @Test("a text is read up to its limit of bytes, and refused a byte beyond it")
  func bytes() {
    let text = "'" + String(repeating: "x", count: CELLimits.byteCount - 2) + "'"
    #expect(kinds(text) == [])
    #expect(CELParser.parse(text + " ").issues == [.tooLong(at: 100_000..<100_001)])
  }

  @Test(
    "a list, a map and arguments are read up to their limit of elements",
    arguments: [("[", "1", "]"), ("{", "1:1", "}"), ("f(", "1", ")")])
  func elements(opening: String, element: String, closing: String) {
    func source(_ count: Int) -> String {
      opening + Array(repeating: element, count: count).joined(separator: ",") + closing
    }
    #expect(kinds(source(CELLimits.elementCount)) == [])
    #expect(kinds(source(CELLimits.elementCount + 1)) == [.limit])
  }

  @Test("nodes are counted up to their limit", arguments: [(5, false), (4, true)])
  func nodes(limit: Int, isRefused: Bool) {
    let parsing = CELParser.parse("a + b * c", macrosEnabled: true, nodeLimit: limit)
    #expect(parsing.issues == (isRefused ? [.tooManyNodes(4, at: 0..<9)] : []))
    #expect(parsing.nodeCount == (isRefused ? 0 : 5))
  }

  @Test("a block nests as deep as it has values")
  func blocks() {
    func source(_ count: Int) -> String {
      "cel.block([" + Array(repeating: "1", count: count).joined(separator: ",") + "], 2)"
    }
    #expect(kinds(source(CELLimits.depth)) == [])
    #expect(kinds(source(CELLimits.depth + 1)) == [.limit])
  }
}
