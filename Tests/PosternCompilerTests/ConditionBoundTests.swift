// Conditions at the bounds of their values: whatever the facts are, the kernel computes what the reference does.

import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Conditions at the bounds of values")
struct ConditionBoundTests {
  private static func text(_ text: String) -> FactValue { .text(Array(text.utf8)) }

  private static let integers: [FactValue] =
    ([0, -1, 2, .max, .min] as [Int64]).map(FactValue.int) + ([0, 2, 1 << 63, .max] as [UInt64]).map(FactValue.uint)

  private static let doubles: [FactValue] =
    ([
      0, -0.0, 2, -0.5, 0x1p63, -0x1p63, 0x1p64, 0x1p63.nextDown, .nan, .infinity, -.infinity,
    ] as [Double]).map(FactValue.double)

  private static let times: [FactValue] =
    ([
      0, -1, 253_402_300_799_999, 253_402_300_800_000, -62_135_596_800_000, -62_135_596_800_001,
    ] as [Int64]).map(FactValue.timestamp(milliseconds:))
    + ([
      1, -1, 315_576_000_000_999, -315_576_000_000_999, 315_576_000_001_000, 9_223_372_036_854, 9_223_372_036_855,
    ] as [Int64]).map(FactValue.duration(milliseconds:))

  private static let texts: [FactValue] =
    ([
      "", "a", "A", "É", "éÀ", "+5", "-0", "-", "+", "05", " 5", "9223372036854775807", "9223372036854775808",
      "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "1_0", "0x1",
      "𝒜b", "a\u{0}b", "k\u{212A}", "finFIN@[`{zZ",
    ] as [String]).map(text)

  private static let others: [FactValue] = [
    .null, .bool(true), .bool(false), .bytes([]), .bytes([0xFF]), .text([0xFF]),
  ]

  /// Scalars at the bounds of their types, and what is none.
  static let scalars = integers + doubles + times + texts + others

  /// Lists and maps with items of every kind.
  static let aggregates: [FactValue] = [
    .list([]), .list([.int(2)]), .list([.int(2), .int(2)]), .list([text("a"), .int(1), .null]),
    .list([.int(2), .text([0xFF])]), .list([.int(2), .timestamp(milliseconds: .max)]),
    .list([.duration(milliseconds: .min), .int(2)]), .list([.list([.int(2)]), .int(2)]),
    .list(Array(repeating: .int(2), count: 64)), .list(Array(repeating: .int(2), count: 65)),
    .list((0..<64).map { .int(Int64($0)) }), .list([.double(.nan)]), .list([.map([:]), text("A"), text("É")]),
    .map([:]), .map([Array("a".utf8): .int(2)]), .map([[0xFF]: .int(2)]), .map([Array("b".utf8): .text([0xFF])]),
    .map(Dictionary(uniqueKeysWithValues: (0..<32).map { (Array("k\($0)".utf8), .int(2)) })),
    .map(Dictionary(uniqueKeysWithValues: (0..<33).map { (Array("k\($0)".utf8), .int(2)) })),
    .map([Array("a".utf8): .map([Array("b".utf8): .timestamp(milliseconds: .max)])]),
  ]

  /// Of one claim, `x`.
  static let ofOne = [
    "x == 2", "x != 2", "x < 2", "x >= 2.0", "x <= 9223372036854775808.0", "x > 'a'", "x == 'a'", "x == b'\\xff'",
    "x == double('NaN')", "x == null", "int(x) == 2", "int(x) < 0", "uint(x) >= 2u", "uint(x) == 18446744073709551615u",
    "size(x) == 2", "size(x) > 1", "x.lowerAscii() == 'a'", "x.lowerAscii() == 'fin'", "x.lowerAscii() == 'é'",
    "x.lowerAscii().endsWith('@[`{zz')", "x.lowerAscii() < 'b'", "x.lowerAscii() in ['a', 'éÀ']",
    "x.lowerAscii().matches('^[a-z]+$')", "size(x.lowerAscii()) == 1", "int(x.lowerAscii()) == 5",
    "-x == 2", "-x < 0", "-(-x) == x * 1", "x + 1 == 3", "x - 1 > 0", "x * 2 == 4", "x * 2u == 4u", "x * 2.0 == 4.0",
    "x / 0 == 1", "x % -1 == 0", "x / -1 == 1", "x % 2u == 0u", "x / 0.0 > 1.0", "x + duration('1ms') > timestamp(0)",
    "x - duration('1ms') < timestamp(0)", "x + duration('1ms') > duration('0s')", "x - timestamp(0) > duration('1s')",
    "timestamp(0) - x < duration('1s')", "timestamp(int(x)) > timestamp(0)", "double(int(x)) < 0.0",
    "double(uint(x)) > 1.0", "x in [1, 2u, 'a', null, true]", "x in ['a', 'b']", "2 in x", "'a' in x", "true in x",
    "x.all(i, i == 2)", "x.exists(i, i == 2)", "x.exists_one(i, i == 2)", "x.all(i, i > 1)", "x.exists(i, i > 1)",
    "x.exists_one(i, i > 1)", "x.exists(i, i)", "x.all(i, true)", "x.exists(i, false)", "x.exists_one(i, true)",
    "x.all(i, size(i) == 1)", "x.exists(i, i.lowerAscii() == 'a')", "x.exists(x, x == 2)",
    "x.all(i, x == 2)", "x.exists(i, 2 in i)", "x.exists(i, int(i) == 2)",
    "x == 2 || size(x) == 2 || x.lowerAscii() == 'a' || size(x) == 3 || x.lowerAscii() == 'b'",
    "(x == 2 ? size(x) == 1 : size(x) == 2) || int(x) == 2 || int(x) == 3",
    "(x == 2 ? int(x) : size(x)) == 2", "(x > 1) == (x > 2)", "(x > 1) != true", "(x == 2 ? x : dyn(5)) == 2",
    "cel.bind(v, x, v == 2 || v == 'a' || v > 1)", "cel.bind(v, int(x), true || v == 1)",
    "cel.bind(v, x, v.exists(i, v == 2 || i == 2))", "cel.bind(v, x, [1, 2].exists(v, v == x))",
    "cel.bind(v, x, cel.bind(x, 2, v == x))", "[1, 2].exists(i, i == x || size(x) == i)", "[1, 2].all(i, x >= i)",
    "x && x", "x || request.method == 'GET'", "!x", "x ? x : true", "has(request.auth.claims.x) && x == 2",
    "x.a == 2", "x.a.b == 2", "has(x.a)", "has(x.a.b)", "has(x.c) || true", "x['a'] == 2", "'a' in x && x.a == 2",
    "x.exists(k, k == 'a')", "x.all(k, size(k) < 4)", "dyn(x) == 2", "dyn(x).exists(i, dyn(i) == 2)",
    "(x == 2 && x == 3) == false", "(x || true) == true",
    "(x == 2 ? 1 : 0) + (x == 'a' ? 1 : 0) == 1", "x.exists(i, x.size() == 2) || x.size() == 1",
    "size(x) + size(x) == 2 && size(x) * size(x) == 1", "x % 2 == 0 ? x / 2 == 1 : x / 2 == 0",
    "int(x) == 2 ? true : int(x) > 2 || size(x) > 1", "(int(x) > 1) == (int(x) > 1)",
  ]

  @Test("one claim at its bounds is computed as the reference computes it", arguments: ofOne)
  func one(expression: String) throws {
    let (policy, diagnostics) = TriedCondition.policy(Self.named(expression))
    try #require(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
    try #require(Compiler.check(policy).isEmpty)
    let changes = (Self.scalars + Self.aggregates).map { value in
      { (request: inout Request, credential: inout Credential) in credential.claims[Array("x".utf8)] = value }
    }
    _ = try TriedCondition.decide(Self.named(expression), changes + [{ _, _ in }, { $1 = Credential() }])
  }

  /// `x` and `y` as claims, where they are not names of macros.
  private static func named(_ expression: String) -> String {
    "cel.bind(x, request.auth.claims.x, cel.bind(y, request.auth.claims.y, \(expression)))"
  }

  /// Of two claims, `x` and `y`.
  static let ofTwo = [
    "x - y == 0", "x * y == 4", "x / y == 1", "x % y == 0", "int(x) + int(y) == 4", "x - y < duration('1s')",
    "x - y > timestamp(0)", "int(x) == y", "x < y", "int(x) < y", "x <= size(y)", "x - y >= 0.0", "x * y < 0",
    "(x == 2 ? int(y) : size(y)) == 2", "x.startsWith(y)", "x.endsWith(y)", "x.lowerAscii() == y.lowerAscii()",
    "x.lowerAscii().startsWith(y)", "x.startsWith(y.lowerAscii())", "x.lowerAscii() >= y",
    "x + duration('1s') - y == duration('1s')", "(x > 1) == (y > 1)", "(x > 1) in [y > 1]", "int(x) in y",
    "x.lowerAscii() in y",
  ]

  @Test("two claims at their bounds are computed as the reference computes them", arguments: ofTwo)
  func two(expression: String) throws {
    let policy = TriedCondition.policy(Self.named(expression))
    try #require(policy.diagnostics.isEmpty, "\(policy.diagnostics.map(\.message))")
    if !Compiler.check(policy.policy).isEmpty { return }
    let values = Self.scalars + Self.aggregates.prefix(12)
    let changes = values.flatMap { x in
      values.map { y in
        { (request: inout Request, credential: inout Credential) in
          credential.claims = [Array("x".utf8): x, Array("y".utf8): y]
        }
      }
    }
    _ = try TriedCondition.decide(Self.named(expression), changes)
  }

  @Test(
    "a test of the path that is an error is absorbed",
    arguments: [
      "request.path.startsWith(dyn(1)) || request.method == 'GET'", "request.path in dyn(1) || request.method == 'GET'",
      "!(dyn('/').endsWith(dyn(b'a')) && request.method == 'PUT')", "dyn(1).startsWith(request.path) || true",
    ])
  func absorbed(expression: String) throws {
    #expect(try TriedCondition.decide(expression) { _, _ in }.verdict == .allow)
  }

  @Test(
    "what is asked for by name does not fail by what stands beside it",
    arguments: [
      "cel.bind(c, request.auth.claims, c.x == 2)", "request.auth.claims['x' + ''] == 2",
      "cel.bind(c, request.auth.claims, has(c.x))", "dyn(request.auth.claims).x == 2",
    ])
  func beside(expression: String) throws {
    let decision = try TriedCondition.decide(expression) { _, credential in
      credential.claims = [Array("x".utf8): .int(2), Array("bad".utf8): .text([0xFF])]
    }
    #expect(decision.verdict == .allow)
  }

  /// First and last instants, those of the calendar and of zones, and what is none.
  static let instants: [Int64] = {
    let edges: [Int64] = [
      -62_135_596_800_000, 253_402_300_800_000, -2_717_650_800_000, 4_102_444_800_000, 4_128_692_400_000,
      -2_422_054_408_000, 951_782_400_000, 1_711_846_800_000, 1_729_990_800_000, -5_364_662_400_000,
    ]
    let distances: [Int64] = [-3_600_001, -1, 0, 1, 86_399_999]
    return [.min, .min + 1, .max - 1, .max, -1, 0, 1] + edges.flatMap { edge in distances.map { edge + $0 } }
  }()

  @Test(
    "the time at the edges of calendar and zones turns where the reference says",
    arguments: [
      "request.time.getHours() == 0", "request.time.getDayOfWeek('+14:00') == 6", "request.time.getFullYear() == 2024",
      "request.time.getMilliseconds() >= 500", "request.time.getHours('Europe/Berlin') < 3",
      "request.time < timestamp(0)",
      "request.time.getDate('America/New_York') == 31", "request.time.getDayOfYear('Asia/Kolkata') == 365",
      "request.time.getMinutes('-12:00') != 0", "request.time.getSeconds() in [59, 0]", "request.time != timestamp(0)",
      "request.time.getDayOfMonth() == 30",
      "request.time - timestamp(0) < duration('1h')", "request.time + duration('1ms') > request.time",
      "request.time.getMonth('Europe/Berlin') == 2 || request.time < timestamp('0001-01-01T00:00:00.001Z')",
      "(request.method == 'GET' ? request.time : timestamp(0)).getHours('Europe/Berlin') == 1",
    ])
  func turns(expression: String) throws {
    for now in Self.instants { _ = try TriedCondition.decide(expression, at: now) { _, _ in } }
  }

  @Test("a constant part of too many steps is refused, not taken for an error that something absorbs")
  func endlessConstant() throws {
    let numbers = "[\((0..<60).map(String.init).joined(separator: ","))]"
    let part = "\(numbers).all(a, \(numbers).all(b, \(numbers).all(c, \(numbers).all(d, a + b + c + d >= 0))))"
    for expression in [
      "\(part) || request.path == '/'", "\(numbers).exists(e, request.path == '/' || e == 1 && \(part))",
    ] {
      #expect(Compiler.check(TriedCondition.policy(expression).policy).map(\.id) == ["condition-not-bounded"])
    }
  }

  private static let levels = [
    (name: "corp", expression: "request.query == 'a'"), (name: "broken", expression: "request.auth.claims.none == 1"),
  ]

  @Test(
    "an access level is a value like any other",
    arguments: [
      "levels.corp == true", "levels.corp != false", "dyn(levels.corp) == true", "cel.bind(l, levels.corp, l == true)",
      "cel.bind(l, levels.corp, l && l)", "levels.corp in [true]", "(levels.corp ? 1 : 2) == 1",
      "levels.corp == levels.corp", "levels.broken == true || levels.corp", "levels.corp == (request.query == 'a')",
      "['a'].exists(q, levels.corp == (request.query == q))", "!(levels.broken == true) || levels.corp",
    ])
  func levelValues(expression: String) throws {
    let policy = TriedCondition.policy(expression, levels: Self.levels)
    try #require(policy.diagnostics.isEmpty && Compiler.check(policy.policy).isEmpty)
    let queries = ["a", "b"].map { query in
      { (request: inout Request, credential: inout Credential) in request.query = Array(query.utf8) }
    }
    #expect(try TriedCondition.decide(expression, levels: Self.levels, queries)[0].verdict == .allow)
  }

  @Test(
    "the list of access levels has a bounded form only where a name is looked for in it",
    arguments: [
      "size(request.auth.access_levels) > 0", "request.auth.access_levels.exists(l, l == 'corp')",
      "request.path in request.auth.access_levels", "cel.bind(l, request.auth.access_levels, 'corp' in l)",
    ])
  func levelList(expression: String) {
    let policy = TriedCondition.policy(expression, levels: Self.levels)
    #expect(policy.diagnostics.isEmpty)
    #expect(Compiler.check(policy.policy).map(\.id) == ["condition-not-bounded"])
  }

  @Test("access levels that ask for each other thousands deep are refused")
  func deepLevels() {
    let chain = (1...3_000).map { (name: "l\($0)", expression: "!levels.l\($0 - 1)") }
    let policy = TriedCondition.policy(
      "levels.l3000", levels: [(name: "l0", expression: "request.query == 'a'")] + chain)
    #expect(policy.diagnostics.isEmpty)
    #expect(Set(Compiler.check(policy.policy).map(\.id)) == ["condition-not-bounded"])
  }

  @Test(
    "the host is among the headers",
    arguments: ["request.headers['host'] == request.host", "'host' in request.headers"])
  func hostHeader(expression: String) throws {
    #expect(try TriedCondition.decide(expression) { _, _ in }.verdict == .allow)
  }
}
