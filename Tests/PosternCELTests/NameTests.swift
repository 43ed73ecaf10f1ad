// What names stand for: variables of macros, of the activation, of the container, types, and fields of maps.

import Testing

@testable import PosternCEL

@Suite("Names")
struct NameTests {
  private static let map: CELValue = {
    var map = CELMap()
    _ = map.insert(.string("c"), .string("field"))
    return .map(map)
  }()

  @Test(
    "the longest name that is a variable wins, fields follow",
    arguments: cases(
      """
      a.b => {'c': 'field'}
      a.b.c => 'field'
      p.q.r => 'variable'
      p.q => {'c': 'field'}
      p.q.c => 'field'
      a => error
      a.x => error
      a.b.x => error
      p.q.r.s => error
      """))
  func longestPrefix(item: Case) throws {
    try expect(item, ["a.b": Self.map, "p.q": Self.map, "p.q.r": .string("variable")])
  }

  @Test(
    "the container's names come first, a leading dot skips them",
    arguments: cases(
      """
      x => 'inner'
      .x => 'outer'
      y => 'middle'
      .y => error
      z => 'outermost'
      example.y => 'middle'
      [0].exists(x, x == 0) => true
      [0].exists(x, .x == 'outer') => true
      [{'y': 0}].exists(example, example.y == 0) => true
      cel.bind(x, {'c': 1}, x.c) => 1
      int => int
      .size([]) => 0
      """))
  func container(item: Case) throws {
    try expect(
      item, container: "com.example",
      [
        "com.example.x": .string("inner"), "x": .string("outer"), "com.y": .string("no"),
        "com.example.y": .string("middle"), "z": .string("outermost"), "com.example.x.c": .int(2),
      ])
  }

  @Test("a macro's variable hides the activation's, also as the first part of a qualified name")
  func shadowing() throws {
    #expect(try evaluate("[{'z': 0}].exists(y, y.z == 0)", ["y.z": .int(42)]) == .bool(true))
    #expect(try evaluate("[1].exists(y, [0].exists(y, y == 0))", ["y": .int(42)]) == .bool(true))
  }

  @Test("a name that nothing knows is an error, which `||` absorbs")
  func unknownName() throws {
    #expect(try evaluate("x || true") == .bool(true))
    #expect(throws: CELError.self) { try evaluate("x || false") }
    #expect(try evaluate("f_unknown(17) || true") == .bool(true))
    #expect(try evaluate("1.f_unknown() || true") == .bool(true))
  }

  @Test("what a checker resolved is what is evaluated")
  func checked() throws {
    let expression = try #require(CELParser.parse("a.b.c == 'field' && has(a.b.c)").expression)
    let type = CELType.map(key: .string, value: .string)
    let checking = CELChecker.check(expression, in: CELEnvironment(variables: ["a.b": type]))
    #expect(checking.issues.isEmpty)
    // `a.b.c` is no declared variable, so that a value of that name plays no part.
    let activation = ["a.b": Self.map, "a.b.c": CELValue.string("variable")]
    #expect(try CELEvaluator().evaluate(expression, checking: checking, activation) == .bool(true))
  }
}
