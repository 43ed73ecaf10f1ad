// What every form of literal means.

import PosternCEL
import Testing

@Suite("Literals")
struct LiteralTests {
  @Test(
    "a number has the value and the type it is written with",
    arguments: [
      ("0", "0"), ("7", "7"), ("007", "7"), ("-7", "-7"), ("- 7", "-7"), ("9223372036854775807", "9223372036854775807"),
      ("-9223372036854775808", "-9223372036854775808"), ("0xFf", "255"), ("-0x10", "-16"),
      ("-0x8000000000000000", "-9223372036854775808"), ("0u", "0u"), ("18446744073709551615U", "18446744073709551615u"),
      ("0xFFu", "255u"), ("1.5", "1.5d"), ("-1.5", "-1.5d"), (".5", "0.5d"), ("-.5", "-0.5d"), ("1e3", "1000.0d"),
      ("1E+3", "1000.0d"), ("25e-1", "2.5d"), ("1.5e2", "150.0d"), ("-0.0", "-0.0d"), ("1e-400", "0.0d"),
      ("1.7976931348623157e308", "1.7976931348623157e+308d"), ("true", "true"), ("false", "false"), ("null", "null"),
    ])
  func numbers(source: String, tree: String) {
    #expect(SyntaxTree.text(of: source) == tree)
  }

  @Test(
    "a string has the code points it is written with",
    arguments: [
      (#""""#, ""), ("''", ""), (#"'a"b'"#, #"a"b"#), (#""a'b""#, "a'b"), ("''''''", ""), (#"'''x''x'''"#, "x''x"),
      (#"""""a"b""""#, #""a"b"#), ("'''a\nb'''", "a<a>b"), ("'''a\r\nb\rc\n\rd'''", "a<a>b<a>c<a><a>d"),
      ("'a\tb'", "a<9>b"),
      (#"'\\\?\"\'\`'"#, #"\?"'`"#), (#"'\a\b\f\n\r\t\v'"#, "<7><8><c><a><d><9><b>"), (#"'\000\101\377'"#, "<0>A<ff>"),
      (#"'\x41\XfF'"#, "A<ff>"), (#"'\u00e9\uFFFF'"#, "<e9><ffff>"), (#"'\U0001F62C\U0010FFFF'"#, "<1f62c><10ffff>"),
      (#"r'\n\'"#, #"\n\"#), (#"R"\x""#, #"\x"#), (#"r'''\'''"#, #"\"#), ("'e\u{301}'", "e<301>"), ("'\0'", "<0>"),
    ])
  func strings(source: String, content: String) {
    #expect(SyntaxTree.text(of: source) == "'\(content)'")
  }

  @Test(
    "bytes are those of the text, and of escapes the bytes they name",
    arguments: [
      ("b''", "b"), ("b'abc'", "b61.62.63"), ("B\"\u{FF}\"", "bc3.bf"), (#"b'\377\303\277'"#, "bff.c3.bf"),
      (#"b'\xFF\X00\n'"#, "bff.0.a"), (#"br'\n'"#, "b5c.6e"), (#"bR'''\'''"#, "b5c"), (#"Br"\x""#, "b5c.78"),
    ])
  func bytes(source: String, content: String) {
    #expect(SyntaxTree.text(of: source) == content)
  }

  @Test("letters that open no literal are names", arguments: ["r", "b", "br", "rb", "R", "_", "_r1"])
  func prefixesAsNames(name: String) {
    #expect(SyntaxTree.text(of: name) == name)
  }

  @Test("a literal's range is the text it is written as, its sign included")
  func range() throws {
    let expression = try #require(CELParser.parse("  -  12 ").expression)
    #expect(expression.range == 2..<7)
  }

  @Test("white space and comments mean nothing", arguments: ["a+b", " a\t+\r\n\u{C}b ", "a // x + y\n+ b // z"])
  func blanks(source: String) {
    #expect(SyntaxTree.text(of: source) == "(_+_ a b)")
  }
}
