// Expressions by themselves, decided by the kernel with the values of their variables.

import PosternCEL
import Testing

@testable import PosternCompiler

@Suite("Trials of conditions")
struct ConditionTrialTests {
  private func trial(_ text: String, _ values: [String: CELValue]) throws -> ConditionTrial {
    let tree = try #require(CELParser.parse(text).expression)
    let variables = values.mapValues { _ in CELType.dyn }.merging(["absent": .dyn]) { $1 }
    let checking = CELChecker.check(tree, in: CELEnvironment(variables: variables))
    try #require(checking.issues.isEmpty, "\(checking.issues.map(\.message))")
    return try ConditionTrial(tree, checking)
  }

  private static let map: CELValue = {
    var map = CELMap()
    _ = map.insert(.string("a b"), .int(5))
    return .map(map)
  }()

  @Test(
    "what an expression comes to is told from true, false and error",
    arguments: [
      ("x == 'a'", .string("a"), .yes), ("x == 'a'", .string("b"), .no), ("x < 3", .string("a"), .error),
      ("x", .bool(true), .yes), ("x", .int(1), .error), ("absent == 1", .null, .error),
      ("absent == 1 || x == null", .null, .yes), ("has(x.c)", map, .no), ("x['a b'] >= 5u", map, .yes),
      ("x['c'] == 1", map, .error), ("2 in x", .list([.int(1), .double(2)]), .yes), ("1 / 0 == 1", .null, .error),
      ("x == b'\\xff'", .bytes([0xFF]), .yes), ("x > 1.5", .double(.nan), .no), ("x == 1u", .uint(1), .yes),
      ("x == math.greatest(1, 2)", .int(2), .yes), ("type(1u) == uint && x", .bool(true), .yes),
      ("x in [int, 3].map(int, int == 3 ? int : 4)", .int(4), .yes), ("cel.bind(x, 1, x + 1) == x", .int(2), .yes),
    ] as [(String, CELValue, ConditionTrial.Outcome)])
  func outcomes(expression: String, value: CELValue, outcome: ConditionTrial.Outcome) throws {
    #expect(try trial(expression, ["x": value]).outcome(["x": value]) == outcome)
  }

  @Test("an instant and a span are facts to the millisecond")
  func times() throws {
    let instant = try #require(CELTimestamp(rfc3339: "2026-07-01T12:00:00.250Z"))
    let span = try #require(CELDuration(text: "-1.5s"))
    let expression = "t == timestamp('2026-07-01T12:00:00.250Z') && s == duration('-1500ms')"
    let values: [String: CELValue] = ["t": .timestamp(instant), "s": .duration(span)]
    #expect(try trial(expression, values).outcome(values) == .yes)
  }

  @Test("a variable of a qualified name is one fact, and not a field of another")
  func qualifiedNames() throws {
    let values: [String: CELValue] = ["a.b": .int(1), "a": Self.map]
    #expect(try trial("a.b == 1", values).outcome(values) == .yes)
  }

  @Test("what has no bounded form is refused with the reason")
  func unbounded() throws {
    #expect {
      try trial("x.split(',').size() > 3", ["x": .string("a")])
    } throws: {
      ($0 as? ConditionTrial.Refusal)?.message == "this part of the condition has no bounded form"
    }
  }

  @Test("a value that no fact can be is refused", arguments: [.type("int"), .list([.type("int")])] as [CELValue])
  func unpackable(value: CELValue) throws {
    let trial = try trial("x == 1", ["x": value])
    #expect(throws: ConditionTrial.Refusal.self) { try trial.outcome(["x": value]) }
  }
}
