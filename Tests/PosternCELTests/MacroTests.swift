// Macros over lists and maps, bindings, and members of optionals.

import Testing

@testable import PosternCEL

@Suite("Evaluation of macros")
struct MacroTests {
  @Test(
    "with one variable: elements or keys",
    arguments: cases(
      """
      [1, 2, 3].all(e, e > 0) => true
      [].all(e, e > 0) => true
      [].exists(e, e > 0) => false
      {'a': 1}.exists(k, k == 'a') => true
      [6, 7, 8].exists_one(e, e % 5 == 2) => true
      [7, 7].exists_one(e, e == 7) => false
      [3, 2, 1, 0].exists_one(n, 12 / n > 1) => error
      [1, 2, 3].filter(e, e > 1) => [2, 3]
      {'a': 1, 'b': 2}.filter(k, k != 'a') => ['b']
      [1, 2].map(e, e * e) => [1, 4]
      {'a': 1}.map(k, k + 'x') => ['ax']
      [1, 2, 3].map(e, e > 1, e * 10) => [20, 30]
      [2, 1, 0].map(n, 4 / n) => error
      [1].map(e, 1, e) => error
      1.all(e, true) => error
      'abc'.exists(e, true) => error
      [[1, 2], [3]].map(x, x.map(y, y + size(x))) => [[3, 4], [4]]
      """))
  func single(item: Case) throws { try expect(item) }

  @Test(
    "with two variables: indices and elements, or keys and values",
    arguments: cases(
      """
      [1, 2].all(i, v, v == i + 1) => true
      [1, 2].exists(i, v, i == 1 && v == 2) => true
      {'a': 1}.all(k, v, k == 'a' && v == 1) => true
      {'a': 1, 'b': 1}.existsOne(k, v, v == 1) => false
      [3, 2, 1, 0].existsOne(i, v, v / i > 1) => error
      [2, 4].transformList(i, v, v + i) => [2, 5]
      [2, 4].transformList(i, v, i == 1, v) => [4]
      {'a': 1}.transformList(k, v, [k, v]) => [['a', 1]]
      {'a': 1, 'b': 2}.transformMap(k, v, v * 2) => {'a': 2, 'b': 4}
      {'a': 1, 'b': 2}.transformMap(k, v, k == 'b', v) => {'b': 2}
      ['x'].transformMap(i, v, v) => {0: 'x'}
      {'a': 1, 'b': 2}.transformMapEntry(k, v, {v: k}) => {1: 'a', 2: 'b'}
      {'a': 1, 'b': 1}.transformMapEntry(k, v, {v: k}) => error
      {'a': 1}.transformMapEntry(k, v, v) => error
      [2, 1, 0].transformList(i, v, v / i > 0, v) => error
      """))
  func double(item: Case) throws { try expect(item) }

  @Test(
    "a binding is computed only when its body asks, and then once",
    arguments: cases(
      """
      cel.bind(x, 1 / 0, true) => true
      cel.bind(x, 1 / 0, x == 1 || true) => true
      cel.bind(x, 1 / 0, x == 1) => error
      cel.bind(x, 2, cel.bind(x, x + 1, x)) => 3
      cel.bind(x, [1, 2], [3].map(y, x[0] + y)) => [4]
      cel.block([1, cel.index(0) + 1], cel.index(1) * 2) => 4
      """))
  func bindings(item: Case) throws { try expect(item) }

  @Test("the value of a binding is asked for once")
  func onceOnly() throws {
    final class Counting: CELActivation {
      var count = 0
      func value(of name: String) throws(CELError) -> CELValue? {
        count += 1
        return .int(1)
      }
    }
    let counting = Counting()
    let expression = try #require(CELParser.parse("cel.bind(x, y, x + x + x)").expression)
    #expect(try CELEvaluator().evaluate(expression, counting) == .int(3))
    #expect(counting.count == 1)
  }

  @Test(
    "members of optionals are optionals, and what is not there is none",
    arguments: cases(
      """
      some.a => some_a
      some.?a => some_a
      some.missing == none => true
      none.a == none => true
      none.?a.b.c == none => true
      {'a': 1}[?'a'] == some_a => true
      {'a': 1}.?b == none => true
      [1][?0] == some_a => true
      [1][?1] == none => true
      [1][?'a'] => error
      some['a'] == some_a => true
      some[?'b'] == none => true
      none[0] == none => true
      has(some.a) => true
      has(some.b) => false
      has(none.a) => false
      {'a': 1}.?a.b => error
      1.?a => error
      [?none, ?some_a] == [1] => true
      {?'x': none, ?'y': some_a} == {'y': 1} => true
      [?1] => error
      {?'x': 1} => error
      some_a == 1 => false
      some_a.orValue(1 / 0) == 1 => true
      some_a.or(1 / 0) => some_a
      none.orValue(2) == 2 => true
      none.or(some_a) => some_a
      none.or(1) => error
      none.orValue(1 / 0) => error
      1.orValue(2) => error
      """))
  func optionals(item: Case) throws {
    var map = CELMap()
    _ = map.insert(.string("a"), .int(1))
    let some = CELValue.optional(.init(.map(map)))
    let activation = ["some": some, "none": .optional(nil), "some_a": .optional(.init(.int(1)))]
    let expected = item.expected == "some_a" ? activation["some_a"] : try item.expected.map { try evaluate($0) }
    #expect(expected == (try? evaluate(item.text, activation)))
  }
}
