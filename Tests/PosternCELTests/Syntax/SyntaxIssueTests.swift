// What is told of every mistake of syntax, and where.

import PosternCEL
import Testing

@Suite("Mistakes of syntax")
struct SyntaxIssueTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let source: String
    let range: Range<Int>
    let message: String
    var help: String?

    init(_ source: String, _ range: Range<Int>, _ message: String, help: String? = nil) {
      self.source = source
      self.range = range
      self.message = message
      self.help = help
    }

    var testDescription: String { source }
  }

  static let grammar = [
    Mistake("", 0..<0, "expected an expression, found the end"),
    Mistake(" // a", 5..<5, "expected an expression, found the end"),
    Mistake("a +", 3..<3, "expected an expression, found the end"),
    Mistake("a + * b", 4..<5, "expected an expression, found `*`"),
    Mistake("a b", 2..<3, "expected an operator or the end, found `b`"),
    Mistake("a)", 1..<2, "expected an operator or the end, found `)`"),
    Mistake("a and b", 2..<5, "expected an operator or the end, found `and`", help: "the operator is `&&`"),
    Mistake("(a", 2..<2, "expected `)`, found the end"),
    Mistake("(a or b)", 3..<5, "expected `)`, found `or`", help: "the operator is `||`"),
    Mistake("[1 2]", 3..<4, "expected `]`, found `2`"), Mistake("{1}", 2..<3, "expected `:`, found `}`"),
    Mistake("{1: 2", 5..<5, "expected `}`, found the end"), Mistake("a[0", 3..<3, "expected `]`, found the end"),
    Mistake("f(a,)", 4..<5, "expected an expression, found `)`"), Mistake("f(a", 3..<3, "expected `)`, found the end"),
    Mistake("[,1]", 2..<3, "expected `]`, found `1`"), Mistake("a ? b", 5..<5, "expected `:`, found the end"),
    Mistake("a ? b ? c : d : e", 6..<7, "expected `:`, found `?`", help: "put the inner conditional in parentheses"),
    Mistake("a.", 2..<2, "expected a field, found the end"),
    Mistake("a.1", 1..<3, "expected an operator or the end, found `.1`"),
    Mistake("a.'b'", 2..<5, "expected a field, found `'b'`"),
    Mistake("a.?b()", 4..<5, "expected an operator or the end, found `(`"),
    Mistake(".", 1..<1, "expected a name, found the end"),
    Mistake(".1a", 2..<3, "expected an operator or the end, found `a`"),
    Mistake("f(){}", 3..<4, "expected an operator or the end, found `{`"),
    Mistake("(A){}", 3..<4, "expected an operator or the end, found `{`"),
    Mistake("A{b}", 3..<4, "expected `:`, found `}`"), Mistake("A{1: 2}", 2..<3, "expected a field, found `1`"),
    Mistake("in", 0..<2, "`in` is a reserved word"), Mistake("a.in", 2..<4, "`in` is a reserved word"),
    Mistake("a.true", 2..<6, "`true` is a reserved word"), Mistake("A{null: 1}", 2..<6, "`null` is a reserved word"),
    Mistake("1 + for", 4..<7, "`for` is a reserved word", help: "it can be a field (`a.for`), not a name"),
    Mistake("a.`b`()", 2..<5, "`b` in backticks is not a field", help: "only fields are written in backticks"),
    Mistake("`a`", 0..<3, "`a` in backticks is not a field", help: "only fields are written in backticks"),
  ]

  static let words = [
    Mistake("a = b", 2..<3, "`=` has no meaning here", help: "compare with `==`"),
    Mistake("a & b", 2..<3, "`&` has no meaning here", help: "\"and\" is `&&`"),
    Mistake("a | b", 2..<3, "`|` has no meaning here", help: "\"or\" is `||`"),
    Mistake("a @ b", 2..<3, "`@` has no meaning here"),
    Mistake("a + \u{E9}", 4..<6, "`\u{E9}` has no meaning here"),
    Mistake("\u{1F62C}", 0..<4, "`\u{1F62C}` has no meaning here"),
    Mistake("0x", 0..<2, "`0x` has no digits"), Mistake("1 + 0xg", 4..<6, "`0x` has no digits"),
    Mistake("1e999", 0..<5, "`1e999` is out of the range of double"),
    Mistake("1.", 2..<2, "expected a field, found the end"),
    Mistake(
      "1 + 9223372036854775808", 4..<23, "`9223372036854775808` is out of the range of int",
      help: "an int goes from -9223372036854775808 to 9223372036854775807; a uint ends with `u`"),
    Mistake(
      "-9223372036854775809", 0..<20, "`-9223372036854775809` is out of the range of int",
      help: "an int goes from -9223372036854775808 to 9223372036854775807; a uint ends with `u`"),
    Mistake(
      "18446744073709551616u", 0..<21, "`18446744073709551616u` is out of the range of uint",
      help: "a uint goes to 18446744073709551615u"),
    Mistake("a.`b", 2..<4, "the field is not closed with a backtick"),
    Mistake("a.`b\n`", 2..<4, "the field is not closed with a backtick"),
    Mistake("a.``", 2..<4, "there is no field between the backticks"),
    Mistake(
      "a.`b\u{E9}`", 4..<6, "`\u{E9}` cannot stand in a field in backticks",
      help: "write the field as an index: `a[\"...\"]`"),
  ]

  private static let lines = "text of several lines stands between three quotes on either side"
  private static let backslash = "a backslash is written `\\\\`, or as it is in a raw `r\"...\"`"
  private static let byteBackslash = "a backslash is written `\\\\`, or as it is in a raw `br\"...\"`"
  private static let surrogate = "write the whole character, or `\\U` and its eight digits"

  static let texts = [
    Mistake("'a", 0..<2, "the text is not closed with `'`", help: lines),
    Mistake("a + b\"c\nd\"", 4..<7, "the text is not closed with `\"`", help: lines),
    Mistake("'a\r'", 0..<2, "the text is not closed with `'`", help: lines),
    Mistake("'''a''", 0..<6, "the text is not closed with `'''`"),
    Mistake(#"r'\'"# + "'", 4..<5, "the text is not closed with `'`", help: lines),
    Mistake(#"'a\q'"#, 2..<4, #"`\q` is no escape of a string"#, help: backslash),
    Mistake("'\\\u{E9}'", 1..<4, "`\\\u{E9}` is no escape of a string", help: backslash),
    Mistake(#"'\"#, 1..<2, #"`\` is no escape of a string"#, help: backslash),
    Mistake(#"b'\u0041'"#, 2..<4, #"`\u` is no escape of bytes"#, help: byteBackslash),
    Mistake(#"b'\U00000041'"#, 2..<4, #"`\U` is no escape of bytes"#, help: byteBackslash),
    Mistake(#"'\x4'"#, 1..<4, #"the escape `\x4` has fewer than 2 hexadecimal digits"#),
    Mistake(#"'\u004g'"#, 1..<6, #"the escape `\u004` has fewer than 4 hexadecimal digits"#),
    Mistake(#"'\U0000004'"#, 1..<10, #"the escape `\U0000004` has fewer than 8 hexadecimal digits"#),
    Mistake(#"'\08'"#, 1..<3, #"the escape `\0` has fewer than 3 octal digits"#),
    Mistake(#"'\400'"#, 1..<5, #"the escape `\400` is above `\377`"#),
    Mistake(#"b'\777'"#, 2..<6, #"the escape `\777` is above `\377`"#),
    Mistake(#"'a\uD800'"#, 2..<8, #"the escape `\uD800` is half of a character"#, help: surrogate),
    Mistake(#"'\U0000DFFF'"#, 1..<11, #"the escape `\U0000DFFF` is half of a character"#, help: surrogate),
    Mistake(#"'\uD83D\uDE2C'"#, 1..<7, #"the escape `\uD83D` is half of a character"#, help: surrogate),
    Mistake(#"'\U00110000'"#, 1..<11, #"the escape `\U00110000` is no character"#),
    Mistake(#"'\UFFFFFFFF'"#, 1..<11, #"the escape `\UFFFFFFFF` is no character"#),
  ]

  private static let presence = "write `has(a.b)`; whether a map has a key is `key in map`"

  static let macros = [
    Mistake("has(a)", 4..<5, "the argument of `has` is not a field", help: presence),
    Mistake("has(a[0])", 4..<8, "the argument of `has` is not a field", help: presence),
    Mistake("has(a.?b)", 4..<8, "the argument of `has` is not a field", help: presence),
    Mistake("has(a.b())", 4..<9, "the argument of `has` is not a field", help: presence),
    Mistake("a.all(1, p)", 6..<7, "the variable of `all` is not a simple name"),
    Mistake("a.map(x.y, p)", 6..<9, "the variable of `map` is not a simple name"),
    Mistake("a.filter(.x, p)", 9..<11, "the variable of `filter` is not a simple name"),
    Mistake("a.exists(x, 2, p)", 12..<13, "the variable of `exists` is not a simple name"),
    Mistake("a.all(x, x, p)", 9..<10, "both variables are called `x`"),
    Mistake("cel.bind(x.y, v, b)", 9..<12, "the variable of `cel.bind` is not a simple name"),
    Mistake("a.optMap(1, b)", 9..<10, "the variable of `optMap` is not a simple name"),
    Mistake("a.optFlatMap('x', b)", 13..<16, "the variable of `optFlatMap` is not a simple name"),
    Mistake("a.all(cel.index(0), p)", 6..<18, "the variable of `all` is not a simple name"),
    Mistake("cel.block(a, b)", 10..<11, "the first argument of `cel.block` is not a list of values"),
    Mistake("cel.block([?a], b)", 10..<14, "the first argument of `cel.block` is not a list of values"),
    Mistake("cel.index(a)", 10..<11, "the argument of `cel.index` is not a whole number from 0"),
    Mistake("cel.iterVar(0, -1)", 15..<17, "the argument of `cel.iterVar` is not a whole number from 0"),
    Mistake("cel.accuVar(1u, 0)", 12..<14, "the argument of `cel.accuVar` is not a whole number from 0"),
  ]

  @Test("a mistake is told where it stands, with what helps", arguments: grammar + words + texts + macros)
  func mistake(expected: Mistake) {
    let parsing = CELParser.parse(expected.source)
    #expect(parsing.nodeCount == 0)
    #expect(parsing.issues == [CELIssue(.syntax, expected.message, at: expected.range, help: expected.help)])
  }

  @Test("a long word is shown by its start")
  func longWord() {
    let parsing = CELParser.parse("a " + String(repeating: "b", count: 5_000))
    let message = "expected an operator or the end, found `" + String(repeating: "b", count: 40) + "...`"
    #expect(parsing.issues.map(\.message) == [message])
  }
}
