// What RE2's syntax does not have, and the limits on expressions: refused when the pattern is read, with a reason.

import Testing

@testable import PosternCEL

struct RegexSyntaxTests {
  @Test(
    "what RE2 refuses is refused, with a message that names it",
    arguments: [
      ("(a", "missing `)` for `(a`"), ("a)", "unexpected `)`"), (")", "unexpected `)`"),
      ("(?:a", "missing `)` for `(?:a`"), ("(?i", "missing `)` for `(?i`"), ("(?", "missing `)` for `(?`"),
      ("[a", "missing `]` for `[a`"), ("[]", "missing `]` for `[]`"), ("[^]", "missing `]` for `[^]`"),
      ("[a-", "missing `]` for `[a-`"), ("[z-a]", "the range `z-a` runs backwards"),
      ("[[:nope:]]", "unknown class `[:nope:]`"), ("[[:^nope:]]", "unknown class `[:^nope:]`"),
      ("*", "nothing to repeat before `*`"), ("a|*", "nothing to repeat before `*`"),
      ("(+)", "nothing to repeat before `+`"), ("{2}", "nothing to repeat before `{2}`"),
      ("(?i)?", "nothing to repeat before `?`"),
      ("a**", "the quantifier `*` stands on another quantifier; group what it repeats"),
      ("a+*?", "the quantifier `*?` stands on another quantifier; group what it repeats"),
      ("a???", "the quantifier `?` stands on another quantifier; group what it repeats"),
      ("a++", "the quantifier `+` stands on another quantifier; group what it repeats"),
      ("a{1000}{1000}", "the quantifier `{1000}` stands on another quantifier; group what it repeats"),
      ("a{1001}", "invalid repeat count `{1001}`; counts are ordered and at most 1000"),
      ("a{1001,}", "invalid repeat count `{1001,}`; counts are ordered and at most 1000"),
      ("a{2,1}", "invalid repeat count `{2,1}`; counts are ordered and at most 1000"),
      (
        "a{1,99999999999999999999}",
        "invalid repeat count `{1,99999999999999999999}`; counts are ordered and at most 1000"
      ),
      ("(a{1000}){1000}", "`{1000}` makes nested repetition more than 1000 times"),
      ("((a{10}b){10}|c){11}", "`{11}` makes nested repetition more than 1000 times"),
      (#"(a)\1"#, #"a backreference `\1` is not supported, as in RE2"#),
      (#"\8"#, #"a backreference `\8` is not supported, as in RE2"#),
      (#"(?P<n>a)(?P=n)"#, "a backreference `(?P=` is not supported, as in RE2"),
      (#"\k<n>"#, #"a backreference `\k` is not supported, as in RE2"#),
      ("(?=a)", "lookahead `(?=` is not supported, as in RE2"),
      ("(?!a)", "lookahead `(?!` is not supported, as in RE2"),
      ("(?<=a)", "lookbehind `(?<=` is not supported, as in RE2"),
      ("(?<!a)", "lookbehind `(?<!` is not supported, as in RE2"),
      ("(?>a)", "an atomic group `(?>` is not supported, as in RE2"),
      ("(?#a)", "a comment `(?#` is not supported, as in RE2"),
      ("(?x)a", "invalid or unsupported group `(?x`"), ("(?i-)", "invalid or unsupported group `(?i-)`"),
      ("(?i--s)", "invalid or unsupported group `(?i--`"),
      ("(?P<>a)", "invalid group name in `(?P<>`"), ("(?P<a-b>c)", "invalid group name in `(?P<a-`"),
      ("(?<a", "invalid group name in `(?<a`"), ("(?P<n>a)(?<n>b)", "the group name `n` is used twice"),
      (#"\C"#, #"a single byte `\C` is not supported, as in RE2"#),
      (#"a\Z"#, #"the assertion `\Z` is not supported, as in RE2"#),
      (#"\q"#, #"unknown escape `\q`"#), (#"\E"#, #"unknown escape `\E`"#), (#"\é"#, #"unknown escape `\é`"#),
      (#"[\b]"#, #"unknown escape `\b`"#), (#"[a-\d]"#, #"unknown escape `\d`"#),
      (#"a\"#, "a backslash ends the expression"),
      (#"\x4"#, #"invalid escape `\x4`"#), (#"\x{}"#, #"invalid escape `\x{}`"#),
      (#"\x{110000}"#, #"invalid escape `\x{110000}`"#),
      (#"\x{41"#, #"invalid escape `\x{41`"#), (#"\p"#, #"invalid class `\p`"#),
      (#"\p{Greek"#, #"invalid class `\p{Greek`"#),
    ])
  func refusals(pattern: String, reason: String) {
    #expect(throws: CELError(.invalidArgument, "invalid regular expression: \(reason)")) { try CELRegex(pattern) }
  }

  @Test("a script without a table is refused by name, with the names of those that there are")
  func scripts() throws {
    let error = try #require(throws: CELError.self) { try CELRegex(#"\p{Klingon}"#) }
    #expect(error.kind == .invalidArgument)
    #expect(error.message.contains(#"unknown class `\p{Klingon}`"#))
    #expect(error.message.contains("Cyrillic, Devanagari, Greek"))
  }

  @Test(
    "a pattern past a limit is refused",
    arguments: [
      (String(repeating: "a", count: 100_001), "longer than 100000 bytes"),
      (String(repeating: "a", count: 20_001), "more than 20000 instructions"),
      ("(((a{10}){10}){10}b{30}|" + String(repeating: "x", count: 40) + "){1000}", "nested repetition"),
      ("(" + String(repeating: "x", count: 40) + "){1000}", "more than 20000 instructions"),
      (#"(\pL\pM){200}"#, "more than"),
      (String(repeating: #"[\pL]"#, count: 2000), "more than 200000 ranges"),
      (String(repeating: "()", count: 30_000), "more than 20000 instructions"),
      (String(repeating: "(", count: 251) + String(repeating: ")", count: 251), "nests more than 250 groups"),
      ("(" + String(repeating: #"[^\x00-\x{10FFFF}]"#, count: 100) + "){1000}", "more than 20000 instructions"),
    ])
  func limits(pattern: String, reason: String) throws {
    let error = try #require(throws: CELError.self) { try CELRegex(pattern) }
    #expect(error.message.contains(reason), "\(error.message)")
  }

  @Test("nesting as deep as the limit is read")
  func depth() throws {
    let regex = try CELRegex(String(repeating: "(a", count: 250) + String(repeating: ")*", count: 250))
    #expect(regex.matches(""))
  }
}
