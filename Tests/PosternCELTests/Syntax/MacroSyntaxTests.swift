// What every macro becomes, and when a call is none.

import PosternCEL
import Testing

@Suite("Macros as they are read")
struct MacroSyntaxTests {
  static let macros: [(source: String, tree: String)] = [
    ("has(a.b)", "(has.b a)"), ("has(a.b.c)", "(has.c (.b a))"), ("has(a.?b.c)", "(has.c (.?b a))"),
    ("has(a.`b-c`)", "(has.b-c a)"),
    ("a.all(x, p)", "(all[x]p a p)"), ("a.all(x, y, p)", "(all[x,y]p a p)"), ("a.exists(x, p)", "(exists[x]p a p)"),
    ("a.exists(x, y, p)", "(exists[x,y]p a p)"), ("a.exists_one(x, p)", "(existsOne[x]p a p)"),
    ("a.existsOne(x, p)", "(existsOne[x]p a p)"), ("a.exists_one(x, y, p)", "(existsOne[x,y]p a p)"),
    ("a.existsOne(x, y, p)", "(existsOne[x,y]p a p)"), ("a.filter(x, p)", "(filter[x]p a p)"),
    ("a.map(x, t)", "(map[x]t a t)"),
    ("a.map(x, p, t)", "(map[x]pt a p t)"), ("a.transformList(x, y, t)", "(map[x,y]t a t)"),
    ("a.transformList(x, y, p, t)", "(map[x,y]pt a p t)"), ("a.transformMap(x, y, t)", "(transformMap[x,y]t a t)"),
    ("a.transformMap(x, y, p, t)", "(transformMap[x,y]pt a p t)"),
    ("a.transformMapEntry(x, y, t)", "(transformMapEntry[x,y]t a t)"),
    ("a.transformMapEntry(x, y, p, t)", "(transformMapEntry[x,y]pt a p t)"), ("cel.bind(x, v, b)", "(bind:x v b)"),
    ("cel.block([], b)", "b"),
    ("cel.block([u, cel.index(0)], cel.index(1))", "(bind:@index0 u (bind:@index1 @index0 @index1))"),
    ("a.map(cel.iterVar(0, 1), cel.iterVar(0, 1))", "(map[@it:0:1]t a @it:0:1)"), ("cel.accuVar(2, 3)", "@ac:2:3"),
    ("a.all(x, x.all(y, y))", "(all[x]p a (all[y]p x y))"), ("a.all((x), p)", "(all[x]p a p)"),
    (
      "a.optMap(x, b)",
      "(bind:@target:0 a (_?_:_ (on:hasValue @target:0) (optional.of (bind:x (on:value @target:0) b)) optional.none))"
    ),
    (
      "a.optFlatMap(x, b)",
      "(bind:@target:0 a (_?_:_ (on:hasValue @target:0) (bind:x (on:value @target:0) b) optional.none))"
    ),
  ]

  @Test("a macro becomes its node", arguments: macros)
  func expansion(source: String, tree: String) {
    #expect(SyntaxTree.text(of: source) == tree)
  }

  @Test("a macro's range is the whole call", arguments: macros.filter { !$0.source.contains("[]") })
  func ranges(source: String, tree: String) throws {
    let expression = try #require(CELParser.parse(" (" + source + ")").expression)
    #expect(expression.range == 1..<source.utf8.count + 3)
  }

  @Test(
    "without macros a macro is a call like any other",
    arguments: [
      ("has(a.b)", "(has (.b a))"), ("a.all(x, p)", "(on:all a x p)"), ("cel.bind(x, v, b)", "(on:bind cel x v b)"),
      ("a.optMap(x, b)", "(on:optMap a x b)"), ("a.all(1, p)", "(on:all a 1 p)"),
    ])
  func disabled(source: String, tree: String) {
    #expect(SyntaxTree.text(of: source, macrosEnabled: false) == tree)
  }

  @Test(
    "with another count of arguments, or another place, a macro's name is a function's",
    arguments: [
      ("has(a.b, c)", "(has (.b a) c)"), (".has(a.b)", "(.has (.b a))"), ("a.has(b)", "(on:has a b)"),
      ("all(x, p)", "(all x p)"),
      ("a.all(x)", "(on:all a x)"), ("a.filter(x, y, p)", "(on:filter a x y p)"),
      ("a.bind(x, v, b)", "(on:bind a x v b)"),
      (".cel.bind(x, v, b)", "(on:bind .cel x v b)"), ("cel.bind(x, v)", "(on:bind cel x v)"),
      ("cel.all(x, p)", "(all[x]p cel p)"),
      ("math.greatest(a, b)", "(on:greatest math a b)"),
    ])
  func plainCalls(source: String, tree: String) {
    #expect(SyntaxTree.text(of: source) == tree)
  }

  @Test("a map of an optional in another keeps its target apart, and once")
  func nestedOptionals() throws {
    let parsing = CELParser.parse("a" + String(repeating: ".optMap(x, x + 1)", count: 100))
    // Each adds its eleven nodes and holds what it is called on once: twice would be 2 to the 100th.
    #expect(parsing.nodeCount == 1 + 100 * 12)
    var names: Set<String> = []
    try #require(parsing.expression).forEachNode { node in
      if case .bind(let name, _, _) = node.kind { names.insert(name) }
    }
    #expect(names.count == 101)
  }
}
