// How what is written groups, and what may stand where.

import PosternCEL
import Testing

@Suite("Grammar")
struct GrammarTests {
  @Test(
    "operators group by precedence, those of one precedence from the left",
    arguments: [
      ("a || b && c", "(_||_ a (_&&_ b c))"), ("a && b || c", "(_||_ (_&&_ a b) c)"),
      ("a == b && c != d", "(_&&_ (_==_ a b) (_!=_ c d))"),
      ("a < b <= c > d >= e", "(_>=_ (_>_ (_<=_ (_<_ a b) c) d) e)"),
      ("a in b == c", "(_==_ (@in a b) c)"), ("a + b in c", "(@in (_+_ a b) c)"), ("a - b - c", "(_-_ (_-_ a b) c)"),
      ("a - -1", "(_-_ a -1)"), ("a -1", "(_-_ a 1)"), ("a + b * c", "(_+_ a (_*_ b c))"),
      ("a * b + c", "(_+_ (_*_ a b) c)"), ("a / b % c * d", "(_*_ (_%_ (_/_ a b) c) d)"),
      ("(a + b) * c", "(_*_ (_+_ a b) c)"),
      ("!a == b", "(_==_ (!_ a) b)"), ("!!a", "(!_ (!_ a))"), ("-a.b", "(-_ (.b a))"), ("--a", "(-_ (-_ a))"),
      ("--1", "(-_ -1)"),
      ("-(1)", "(-_ 1)"), ("-1u", "(-_ 1u)"), ("-1.size()", "(on:size -1)"), ("!a[0]", "(!_ (_[_] a 0))"),
      ("!a.f()", "(!_ (on:f a))"),
      ("a ? b : c", "(_?_:_ a b c)"), ("a ? b : c ? d : e", "(_?_:_ a b (_?_:_ c d e))"),
      ("(a ? b : c) ? d : e", "(_?_:_ (_?_:_ a b c) d e)"), ("a || b ? c && d : e", "(_?_:_ (_||_ a b) (_&&_ c d) e)"),
      ("a && b && c", "(_&&_ (_&&_ a b) c)"), ("a || b || c || d", "(_||_ (_||_ a b) (_||_ c d))"),
      ("a && (b && c)", "(_&&_ a (_&&_ b c))"), ("1in[1]", "(@in 1 (list 1))"),
    ])
  func precedence(source: String, tree: String) {
    #expect(SyntaxTree.text(of: source) == tree)
  }

  @Test(
    "operands go on with fields, indices, calls and messages",
    arguments: [
      ("a.b.c", "(.c (.b a))"), (".a.b", "(.b .a)"), ("a.?b", "(.?b a)"), ("a . ? b", "(.?b a)"),
      ("a[b]", "(_[_] a b)"),
      ("a[?b]", "(_[?_] a b)"), ("a[0][1]", "(_[_] (_[_] a 0) 1)"), ("f()", "f"), (".f(a)", "(.f a)"),
      ("f(a, b)", "(f a b)"),
      ("a.f()", "(on:f a)"), ("a.b.f(c).d", "(.d (on:f (.b a) c))"), ("1.f()", "(on:f 1)"), ("'a'.f()", "(on:f 'a')"),
      ("a.`content-type`", "(.content-type a)"), ("a.`b.c/d e_1`", "(.b.c/d e_1 a)"), ("a.?`b-c`", "(.?b-c a)"),
      ("a.in_b", "(.in_b a)"), ("A{}", "message:A{}"), ("a.b.C{d: 1, `e-f`: 2,}", "(message:a.b.C{d,e-f} 1 2)"),
      (".a.C{?d: x}", "(message:.a.C{?d} x)"), ("A{b: 1}.b", "(.b (message:A{b} 1))"),
      ("A{if: 1}", "(message:A{if} 1)"),
    ])
  func members(source: String, tree: String) {
    #expect(SyntaxTree.text(of: source) == tree)
  }

  @Test(
    "lists and maps hold what is written between their commas",
    arguments: [
      ("[]", "list"), ("[1]", "(list 1)"), ("[1, 2]", "(list, 1 2)"), ("[1, 2,]", "(list, 1 2)"), ("[,]", "list"),
      ("[?a, b]", "(list?, a b)"), ("{}", "map"), ("{,}", "map"), ("{1: 2}", "(map 1 2)"),
      ("{1: 2, 3: 4,}", "(map, 1 2 3 4)"),
      ("{?a: b, c: d}", "(map?, a b c d)"), ("{{}: []}", "(map map list)"),
      ("[[a ? b : c]]", "(list (list (_?_:_ a b c)))"),
    ])
  func collections(source: String, tree: String) {
    #expect(SyntaxTree.text(of: source) == tree)
  }

  static let hostWords = [
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
    "namespace", "return", "var", "void", "while",
  ]

  @Test("a word kept for host languages is a field and a method, and no name", arguments: hostWords)
  func hostWord(word: String) {
    #expect(SyntaxTree.text(of: "a.\(word)") == "(.\(word) a)")
    #expect(SyntaxTree.text(of: "a.\(word)()") == "(on:\(word) a)")
    #expect(SyntaxTree.text(of: word) == "syntax: `\(word)` is a reserved word")
    #expect(SyntaxTree.text(of: "\(word)()") == "syntax: `\(word)` is a reserved word")
  }

  @Test("a node's range is what it was written as, parentheses of its own included")
  func ranges() throws {
    let expression = try #require(CELParser.parse(" (a + b) * f(c) ").expression)
    #expect(expression.range == 1..<15)
    #expect(expression.children.map(\.range) == [1..<8, 11..<15])
    #expect(expression.children[0].children.map(\.range) == [2..<3, 6..<7])
  }

  @Test("no two nodes share an id, and the nodes are counted")
  func ids() throws {
    let parsing = CELParser.parse("a.all(x, x > 1 && has(x.y)) ? [1, b] : c.optMap(v, v + 1)")
    var ids: Set<Int> = []
    try #require(parsing.expression).forEachNode { ids.insert($0.id) }
    #expect(ids.count == parsing.nodeCount)
  }

  @Test(
    "a chain of selections from a name is a qualified name",
    arguments: [
      ("a", "a"), ("a.b.c", "a.b.c"), (".a.b", ".a.b"), ("a.?b", nil), ("a[0].b", nil), ("f().b", nil),
    ] as [(String, String?)])
  func qualifiedNames(source: String, name: String?) throws {
    #expect(try #require(CELParser.parse(source).expression).qualifiedName == name)
  }
}
