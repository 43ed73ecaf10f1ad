// A tree written as text again is the same tree when it is read; so is one of random words, which never traps.

import PosternCEL
import Testing

@Suite("Trees as text")
struct UnparsingTests {
  @Test(
    "an expression is written with no parentheses that change nothing",
    arguments: [
      ("((a)) + (b*c)", "a + b * c"), ("(a+b)*c", "(a + b) * c"), ("a-(b-c)", "a - (b - c)"),
      ("a&&(b&&c)", "a && (b && c)"), ("a&&b&&(c&&d)", "a && b && c && d"),
      ("a&&b&&c&&d&&e", "a && b && c && d && e"), ("(a?b:c)?d:(e?f:g)", "(a ? b : c) ? d : e ? f : g"),
      ("-(5)", "-(5)"), ("- -5", "-(-5)"), ("- -a", "--a"),
      ("(-5).f()", "(-5).f()"), ("'a\\'\\n\\x07'", "\"a'\\n\\x07\""), ("b'\\xff\"'", "b\"\\xff\\x22\""),
      ("a.`b-c`.`in`.for", "a.`b-c`.`in`.for"),
      ("[?a,b,]", "[?a, b]"), ("{?a:b}", "{?a: b}"), ("a.existsOne(x,x)", "a.exists_one(x, x)"),
      (".f(.a.b)", ".f(.a.b)"),
      ("cel.block([1,cel.index(0)],cel.index(1))", "cel.block([1, cel.index(0)], cel.index(1))"),
      ("1e3+0x10+2u", "1000.0 + 16 + 2u"),
    ])
  func unparsed(source: String, text: String) throws {
    #expect(try #require(CELParser.parse(source).expression).unparsed == text)
  }

  @Test(
    "what is written is read as the same tree",
    arguments: MacroSyntaxTests.macros.map(\.source) + [
      "!(a && b) || c ? -(x.y[0]) : {'k': [1, -2.5, 3u]}.k", "a && (b && (c && d)) && e && f && g",
      "(a || b) || (c || (d || e || f) || g)",
      "--(-1)", "-(-9223372036854775808)", "-(1.f())", "-1.f()", "1.5.f() + .5", "a.?b[?c].d(e)", "A{?b: 1, `c-d`: 2}",
      "'\\u00e9\\000e\u{301}'",
      "b'\\377\\\\'", "a.optMap(x, x.optMap(y, x + y)).optFlatMap(z, z)",
      "cel.bind(x, cel.block([1], cel.index(0)), x)", "-1e300", "5e-324",
      "cel.block([cel.block([1, 2], cel.index(1)), 3], cel.index(0))", "a == (b == c) == d", "(a in b) in (c in d)",
      "!!(-a)", "!(a == b)",
    ])
  func roundTrip(source: String) throws {
    let expression = try #require(CELParser.parse(source).expression)
    #expect(SyntaxTree.text(of: expression.unparsed) == SyntaxTree.text(expression))
  }

  @Test("what a macro stands for is no message's name")
  func macroAsMessage() {
    #expect(CELParser.parse("cel.block([A], cel.index(0){})").expression == nil)
    #expect(CELParser.parse("cel.block([A], a.cel{})").expression != nil)
  }

  static let words = [
    "a", "b", "x", "cel", "optional", "has", "1", "2u", "-1", "0x1F", ".5", "1e3", "'s'", "r\"t\"", "b'\\xff'", "'''",
    "\"", "'\\u00e9'",
    "true", "null", "in", "for", "`b-c`", "(", ")", "(", ")", "[", "]", "[", "]", "{", "}", ".", ".", ",", ":", "?",
    "?", "+", "-", "*",
    "/", "%", "!", "!=", "==", "<", "<=", ">", ">=", "&&", "||", "=", "&", "@", "\\", "\u{E9}", "//", "\n", ".all(x,",
    ".map(x,",
    ".optMap(x,", "cel.bind(x,", "cel.block([", "cel.index(0)", "has(a.b)", ".exists(x, y,", "f(", ".g(",
    "0xFFFFFFFFFFFFFFFFF", "1e999",
  ]

  @Test(
    "random words never trap, their issues lie in the text, and what is read is read the same again", arguments: 0..<8)
  func soup(part: Int) {
    let seed = UInt64.random(in: 1...UInt64.max)
    print("words from seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<2_500 {
      let source = (0..<Int.random(in: 1...24, using: &generator))
        .map { _ in Self.words.randomElement(using: &generator) ?? "" }
        .joined(separator: Bool.random(using: &generator) ? " " : "")
      check(source, "seed \(seed): \(source)")
    }
  }

  @Test("random expressions are read, and read the same again", arguments: 0..<8)
  func expressions(part: Int) {
    let seed = UInt64.random(in: 1...UInt64.max)
    print("expressions from seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<400 {
      let source = Self.expression(levels: 5, &generator)
      #expect(CELParser.parse(source).issues == [], "seed \(seed): \(source)")
      check(source, "seed \(seed): \(source)")
    }
  }

  private func check(_ source: String, _ comment: String) {
    let parsing = CELParser.parse(source)
    #expect((parsing.expression == nil) == !parsing.issues.isEmpty, "\(comment)")
    for issue in parsing.issues { #expect(issue.range.upperBound <= source.utf8.count, "\(comment)") }
    guard let expression = parsing.expression else { return }
    #expect(SyntaxTree.text(of: expression.unparsed) == SyntaxTree.text(expression), "\(comment)")
  }

  private static let leaves = [
    "a", "b.c", ".d", "1", "-2", "3u", "4.5", "-.5", "'s'", "b'\\x00'", "true", "null", "[]", "{}", "cel.index(3)",
  ]
  /// `#` is where an expression stands.
  private static let forms = [
    "(#)", "!(#)", "-(#)", "(#) && (#)", "# && # && #", "(#) || (#)", "# || # || # || #", "(#) == (#)", "(#) + (#)",
    "# + #", "# * #",
    "# - (#)", "(#).f(#)", "g(#, #)", "(#)[#]", "(#)[?#]", "(#).?h", "[#, ?#]", "{#: #, ?#: #}", "(#).all(x, #)",
    "(#).map(x, #, #)",
    "(#).transformMap(k, v, #)", "cel.bind(y, #, #)", "(#).optMap(z, #)", "(#) ? (#) : #", "A{b: #}",
    "cel.block([#, #], #)", "has((#).i)",
  ]

  private static func expression(levels: Int, _ generator: inout SeededGenerator) -> String {
    guard levels > 0, Int.random(in: 0..<5, using: &generator) > 0 else {
      return leaves.randomElement(using: &generator) ?? "a"
    }
    let parts = (forms.randomElement(using: &generator) ?? "#").split(separator: "#", omittingEmptySubsequences: false)
    // A conditional groups with what follows it, so it stands in parentheses wherever something may.
    return parts.dropFirst().reduce(String(parts.first ?? "")) { text, part in
      text + "(" + expression(levels: levels - 1, &generator) + ")" + part
    }
  }
}
