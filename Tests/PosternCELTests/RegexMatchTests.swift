// What regular expressions match, in RE2's syntax; every case is asked of the simulation and of the table alike.

import Testing

@testable import PosternCEL

/// A pattern, with texts that it matches somewhere and texts that it does not.
struct RegexCase: Sendable, CustomTestStringConvertible {
  let pattern: String
  let matching: [String]
  let failing: [String]

  init(_ pattern: String, _ matching: [String], _ failing: [String]) {
    self.pattern = pattern
    self.matching = matching
    self.failing = failing
  }

  var testDescription: String { pattern }

  static let literals: [RegexCase] = [
    RegexCase("", ["", "a"], []),
    RegexCase("a", ["a", "ba", "bab"], ["", "b", "A"]),
    RegexCase("hello", ["hello", "say hello!"], ["hell", "helo", "hel lo"]),
    RegexCase("é", ["é", "caf\u{E9}"], ["e", "e\u{301}", "è"]),
    RegexCase("^e.$", ["e\u{301}"], ["\u{E9}"]),
    RegexCase("😀|€", ["x😀", "€"], ["😁", "¢"]),
    RegexCase(#"a\.b\*c\\"#, [#"a.b*c\"#], ["axb*c"]),
    RegexCase(#"\x41\x{1F600}\101\0"#, ["A😀A\u{0}"], ["A😀A"]),
    RegexCase(#"^\a\f\t\n\r\v$"#, ["\u{7}\u{C}\t\n\r\u{B}"], ["\u{7}\u{C}\t\n\r"]),
    RegexCase(#"\Qa.b*\E+"#, ["a.b*", "a.b***"], ["axb*", "a.b"]),
    RegexCase(#"\Qa.b"#, ["a.b"], ["axb"]),
    RegexCase("a{,2}", ["a{,2}"], ["a", "aa"]),
    RegexCase("^a{$", ["a{"], ["a"]),
    RegexCase("^x{01}]$", ["x{01}]"], ["x]"]),
    RegexCase(#"\_\-\/\@"#, ["_-/@"], ["_-/"]),
  ]

  static let classes: [RegexCase] = [
    RegexCase("^.$", ["a", "é", "😀", "\u{0}"], ["", "\n", "ab"]),
    RegexCase("(?s)^.$", ["a", "\n"], ["", "ab"]),
    RegexCase("^[abc]$", ["a", "c"], ["d", "", "ab"]),
    RegexCase("^[^abc]$", ["d", "\n", "é"], ["a", ""]),
    RegexCase("^[a-cx-z]+$", ["abcxyz"], ["d", "w"]),
    RegexCase("^[]a]$", ["]", "a"], ["b"]),
    RegexCase("^[^]a]$", ["b"], ["]", "a"]),
    RegexCase("^[a-]$", ["a", "-"], ["b"]),
    RegexCase("^[-a]$", ["a", "-"], ["b"]),
    RegexCase(#"^[\d\-x]+$"#, ["1-x"], ["y"]),
    RegexCase("^[à-ü€]$", ["é", "€"], ["e", "ý", "¢"]),
    RegexCase(
      #"^[\x{80}-\x{10FFFF}]$"#, ["\u{80}", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"], ["\u{7F}"]),
    RegexCase(#"^[\x{7F}-\x{800}]$"#, ["\u{7F}", "\u{80}", "\u{7FF}", "\u{800}"], ["\u{7E}", "\u{801}", "\u{10000}"]),
    RegexCase(#"^\d\w\s$"#, ["1_ ", "9z\t"], ["a_ ", "1- ", "1_x", "٣_ ", "1é ", "1_\u{B}"]),
    RegexCase(#"^\D\W\S$"#, ["a-x", "éé\u{B}"], ["1-x", "aax", "a- "]),
    RegexCase("^[[:alpha:]][[:^digit:]][[:space:]]$", ["ab ", "Z-\u{B}"], ["1b ", "a1 ", "ab_"]),
    RegexCase("^[[:word:][:punct:]]+$", ["a_!~"], ["a b"]),
    RegexCase("[[:alpha]", [":", "a", "["], ["b"]),
    RegexCase(#"^\pL\p{Lu}\p{^Lu}\PN$"#, ["éÀàx"], ["1Ààx", "ééàx", "éÀÀx", "éÀà1"]),
    RegexCase(#"^[\p{Nd}\pZ]+$"#, ["1٣ \u{2028}"], ["a"]),
    RegexCase(#"^\p{Greek}+$"#, ["αβγΩ"], ["a", "б"]),
    RegexCase(#"^\P{Greek}$"#, ["a"], ["α"]),
    RegexCase(#"^[\p{Cyrillic}\p{Han}]+$"#, ["б漢"], ["か"]),
    RegexCase(#"^\p{Any}\p{Co}$"#, ["\n\u{E000}", "x\u{10FFFD}"], ["xx"]),
    RegexCase(#"^\pC$"#, ["\u{0}", "\u{AD}"], ["a", "\u{378}"]),
    RegexCase(#"[^\x00-\x{10FFFF}]"#, [], ["", "a"]),
  ]

  static let anchors: [RegexCase] = [
    RegexCase("^a$", ["a"], ["ab", "ba", "a\n", "\na"]),
    RegexCase("(?m)^a$", ["a", "b\na", "a\nb", "b\na\nc"], ["ab", "b\nab", "a\r\n"]),
    RegexCase(#"(?m)\Aa\z"#, ["a"], ["b\na", "a\nb"]),
    RegexCase("^$", [""], ["a", "\n"]),
    RegexCase("(?m)^$", ["", "a\n", "\na", "a\n\nb"], ["a", "a\nb"]),
    RegexCase("$^", [""], ["a"]),
    RegexCase("a^b", [], ["ab", "a\nb"]),
    RegexCase("(?m)a$\n^b", ["a\nb"], ["ab"]),
    RegexCase("^*", ["", "a"], []),
    RegexCase(#"\bcat\b"#, ["cat", "a cat.", "écat", "cat\n"], ["cats", "concat", "cat_"]),
    RegexCase(#"\Bat"#, ["cat"], ["at", " at", "éat"]),
    RegexCase(#"\b"#, ["a", "é a"], ["", "é", " -"]),
    RegexCase(#"\B"#, ["", "é", "aa", "- "], ["a", "aéa", "a😀a"]),
    RegexCase(#"é\Bé"#, ["éé"], ["éaé"]),
    RegexCase(#"^\B$"#, [""], ["a"]),
    RegexCase(#"a\b$"#, ["ba"], ["ab"]),
    RegexCase(#"\b(a|\b)+b"#, ["ab", "aab", "b"], ["cb"]),
  ]

  static let operators: [RegexCase] = [
    RegexCase("^(a|bc|)$", ["", "a", "bc"], ["b", "abc"]),
    RegexCase("^a|b$", ["ax", "xb"], ["xa", "bx"]),
    RegexCase("^ab*c$", ["ac", "abc", "abbbc"], ["a", "bc"]),
    RegexCase("^ab+c$", ["abc", "abbc"], ["ac"]),
    RegexCase("^ab?c$", ["ac", "abc"], ["abbc"]),
    RegexCase("^a{2}$", ["aa"], ["a", "aaa"]),
    RegexCase("^a{2,}$", ["aa", "aaaa"], ["a"]),
    RegexCase("^a{1,3}$", ["a", "aa", "aaa"], ["", "aaaa"]),
    RegexCase("^a{0}b{0,1}$", ["", "b"], ["a", "bb"]),
    RegexCase("^(ab){2,3}?$", ["abab", "ababab"], ["ab", "abababab"]),
    RegexCase("^a*?b+?c??d{1,2}?$", ["bd", "aabbcdd"], ["ad", "bcddd"]),
    RegexCase("^(a*)*$", ["", "aaa"], ["b"]),
    RegexCase("^(a*b?)+c$", ["c", "abac"], ["d"]),
    RegexCase("^(|a)+b$", ["b", "aab"], ["c"]),
    RegexCase("^()*a$", ["a"], ["b"]),
    RegexCase("^(?P<first>a)(?<second>b)(?:c)$", ["abc"], ["ab"]),
    RegexCase("^[a-z0-9._%+-]+@[a-z0-9.-]+[.][a-z]{2,}$", ["ann@example.com"], ["ann@example", "@example.com"]),
  ]

  static let flags: [RegexCase] = [
    RegexCase("(?i)straße", ["STRAßE", "StraẞE"], ["STRASSE"]),
    RegexCase("(?i)^k$", ["k", "K", "\u{212A}"], ["l"]),
    RegexCase("(?i)^[^k]$", ["l"], ["k", "K", "\u{212A}"]),
    RegexCase("(?i)^[r-t]$", ["S", "s", "\u{17F}", "R"], ["u"]),
    RegexCase("(?i)^σ$", ["σ", "ς", "Σ"], ["s"]),
    RegexCase("(?i)^i$", ["i", "I"], ["\u{131}", "\u{130}"]),
    RegexCase(#"(?i)^\p{Lu}$"#, ["a", "A", "é"], ["1"]),
    RegexCase(#"(?i)^[[:upper:]]$"#, ["a", "A"], ["1"]),
    RegexCase("a(?i)b|c", ["aB", "ab", "C"], ["Ab"]),
    RegexCase("^(a(?i)b)c$", ["aBc"], ["aBC", "Abc"]),
    RegexCase("^(?i:a)b$", ["Ab"], ["AB"]),
    RegexCase("^(?i)a(?-i)b$", ["Ab"], ["AB"]),
    RegexCase("(?i-s:a.)", ["Ab"], ["A\n"]),
    RegexCase("(?sm)^a.b$", ["x\na\nb\n"], ["xa\nb"]),
    RegexCase("(?U)^a+?$", ["aa"], ["b"]),
    RegexCase("^a(?i)*$", ["", "aa"], ["A"]),
  ]
}

struct RegexMatchTests {
  @Test(
    "the simulation and the table match the texts that the expression stands for, and no others",
    arguments: RegexCase.literals + RegexCase.classes + RegexCase.anchors + RegexCase.operators + RegexCase.flags)
  func matches(_ example: RegexCase) throws {
    let regex = try CELRegex(example.pattern)
    let table = try regex.table()
    let expected = example.matching.map { ($0, true) } + example.failing.map { ($0, false) }
    for (text, matches) in expected {
      #expect(regex.matches(text) == matches, "simulation of \(text.debugDescription)")
      #expect(table.matches(utf8: text.utf8) == matches, "table of \(text.debugDescription)")
    }
  }

  @Test("every code point with a case mapping is in the ranges that folding scans")
  func scannedRanges() {
    let scanned = CodePointSet(CaseOrbits.scannedRanges)
    var missed: [UInt32] = []
    for value in UInt32(0)...0x3FFFF where !scanned.contains(value) {
      if let scalar = Unicode.Scalar(value), CaseOrbits.representative(scalar) != scalar { missed.append(value) }
    }
    #expect(missed == [])
  }

  @Test("the categories part the assigned code points: none is in two, and their groups hold them all")
  func categories() {
    let single = NamedClasses.categories.filter { $0.key.count == 2 }
    let groups = NamedClasses.categories.filter { $0.key.count == 1 }
    let total = CodePointSet(single.values.flatMap(\.ranges))
    #expect(single.values.reduce(0) { $0 + $1.count } == total.count)
    #expect(CodePointSet(groups.values.flatMap(\.ranges)) == total)
    #expect(single.count == 29)
  }

  @Test("a set's byte sequences spell its members and no other code point")
  func byteSequences() {
    let set = CodePointSet([0x7F...0x81, 0x7FE...0x802, 0xD7FE...0xE001, 0xFFF0...0x10010, 0x10FFFE...0x10FFFF])
    let sequences = UTF8Sequence.sequences(of: set)
    func spells(_ scalar: Unicode.Scalar) -> Bool {
      let bytes = Array(String(scalar).utf8)
      return sequences.contains { sequence in
        sequence.ranges.count == bytes.count && zip(sequence.ranges, bytes).allSatisfy { $0.contains($1) }
      }
    }
    var near: [UInt32] = [0x41, 0x3000, 0x5FFFF]
    for range in set.ranges { near += range.lowerBound - 2...range.upperBound + 2 }
    let scalars = near.compactMap { Unicode.Scalar($0) }
    let wrong = scalars.filter { spells($0) != set.contains($0.value) }
    #expect(wrong == [])
  }
}
