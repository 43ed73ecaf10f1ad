// Expressions in which a few words are changed. None may trap or run on, and the type checker may only refuse: what it lets
// pass comes to the same with its findings as without (CEL language definition, "Gradual Type Checking").

import Testing

@testable import PosternCEL

@Suite("Changed expressions")
struct MutationTests {
  static let originals = [
    "a.map(x, x * 2 - 1)[0] + b.k", "b.exists(k, v, k == 'k' && v > 1) || s.startsWith('p')",
    "has(b.k) ? b['k'] : a[1]",
    "[1, 2u, 3.0].all(i, v, v >= i) && !(4 in a)", "{'x': 1, s: 2}.transformMap(k, v, v % 2 == 1, k + s)",
    "optional.of(b).?k.orValue(0) == b[?'k'].optMap(x, x + 1).value()", "[?optional.none(), ?a[?9]].size() == 0",
    "cel.bind(x, a + [4], x.filter(y, y > 2).exists_one(z, z == x[3]))", "n.b.c + '\u{E9}'.reverse()",
    "cel.block([a[0], cel.index(0) + 1], [cel.index(1)].map(cel.iterVar(0, 0), cel.iterVar(0, 0)))",
    "'%s %d %.2f %x'.format([b, 1, 2.5, s])", "s.split('').join('-').substring(1, 3).indexOf('a', 0)",
    "timestamp('2024-02-29T12:00:00Z') - duration('1h30m') < timestamp(0)", "duration('90s').getMinutes() - -1",
    "int('12') + int(2.9) + int(3u)", "string(1.5e10) + string(b'\\x41') + string(true)",
    "b'a\\377' < bytes(s) != false",
    "math.greatest(1, 2.5, 3u) == math.least([a[0], 7])", "math.bitXor(math.bitShiftLeft(1, 62), 1)",
    "s.matches('^p(a|b)*[^c]{2}$')",
    "cidr('10.0.0.0/8').containsIP(ip('10.1.2.3')) && ip('::1').isLoopback()", "type(a) == list && type(1u) != int",
    "base64.encode(base64.decode('YWI=')) == strings.quote('\\n')", "1 / 0 > 0 || true ? null : dyn(a).k",
    "-(-9223372036854775808)",
  ]

  static let words = [
    "+", "-", "*", "/", "%", "==", "!=", "<", ">=", "&&", "||", "in", "?", ":", ",", ".", "!", "[", "]", "(", ")", "{",
    "}",
    ".?", "[?", "0", "-1", "2u", "1.5", "9223372036854775807", "18446744073709551615u", "1e300", "'a'", "''",
    "b'\\xff'",
    "true", "null", "[]", "{}", "a", "b", "s", "n", "n.b", "int", "dyn(1)", "optional.none()", "timestamp(0)",
    "duration('1.5s')", "0.0/0.0", ".size()", ".k", ".value()", ".map(x, x)", ".exists(x, x == 1)", "string(", "type(",
  ]

  static let environment = CELEnvironment(variables: [
    "a": .list(.int), "b": .map(key: .string, value: .int), "s": .string, "n.b": .map(key: .string, value: .string),
    "n.b.c": .string,
  ])

  static let activation: [String: CELValue] = {
    var numbers = CELMap()
    _ = numbers.insert(.string("k"), .int(5))
    return [
      "a": .list([.int(1), .int(2), .int(3)]), "b": .map(numbers), "s": .string("pab"), "n.b": .map(CELMap()),
      "n.b.c": .string("c"),
    ]
  }()

  @Test("a checked expression comes to what it comes to unchecked, whatever is changed in it")
  func checkerChangesNothing() throws {
    let seed = UInt64.random(in: 1...UInt64.max)
    print("changed expressions from seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let originals = try Self.originals.map { try Self.tokens($0) }
    var checkedCount = 0
    for _ in 0..<10_000 {
      var tokens = originals.randomElement(using: &generator) ?? []
      for _ in 0..<Int.random(in: 1...3, using: &generator) { Self.change(&tokens, &generator) }
      let source = tokens.joined(separator: " ")
      guard let tree = CELParser.parse(source).expression else { continue }
      let checking = CELChecker.check(tree, in: Self.environment)
      guard checking.issues.isEmpty else { continue }
      checkedCount += 1
      #expect(Self.value(tree, checking) == Self.value(tree, nil), "seed \(seed): \(source)")
    }
    #expect(checkedCount > 200, "seed \(seed)")
  }

  private static func tokens(_ source: String) throws -> [String] {
    var lexer = CELLexer(text: Array(source.utf8))
    var tokens: [String] = []
    while true {
      let token = try lexer.next()
      if case .end = token.kind { return tokens }
      tokens.append(lexer.characters(token.range))
    }
  }

  /// Drops, doubles, swaps or replaces a word.
  private static func change(_ tokens: inout [String], _ generator: inout SeededGenerator) {
    guard let index = tokens.indices.randomElement(using: &generator) else { return }
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: tokens.remove(at: index)
    case 1: tokens.insert(tokens[index], at: index)
    case 2: tokens.swapAt(index, Int.random(in: tokens.indices, using: &generator))
    default: tokens[index] = words.randomElement(using: &generator) ?? ""
    }
  }

  /// nil for an error.
  private static func value(_ tree: CELExpression, _ checking: CELChecking?) -> CELValue? {
    try? CELEvaluator().evaluate(tree, checking: checking, activation)
  }
}
