// Macros written out: what stands in their place comes to the same, and what cannot be written out stays.

import Testing

@testable import PosternCEL

@Suite("Macros written out")
struct WrittenOutTests {
  private static let environment = CELEnvironment(variables: ["n": .int, "s": .string])

  private func writtenOut(_ text: String) throws -> (before: CELExpression, after: CELExpression) {
    let tree = try #require(CELParser.parse(text).expression)
    let checking = CELChecker.check(tree, in: Self.environment)
    try #require(checking.issues.isEmpty)
    return (tree, tree.writtenOut(CELConstants(tree, checking)))
  }

  @Test(
    "binds and macros over constants become what they mean",
    arguments: [
      ("cel.bind(x, n + 1, x * x > 3)", "(n + 1) * (n + 1) > 3"), ("[1, 2].all(i, n > i)", "n > 1 && n > 2"),
      (#"["a", "b"].exists(i, s == i)"#, #"s == "a" || s == "b""#),
      ("cel.bind(x, n, cel.bind(y, x, y == 2))", "n == 2"), ("[1].all(i, [2].exists(j, n == j))", "n == 2"),
    ])
  func writing(_ text: String, _ expected: String) throws {
    #expect(try writtenOut(text).after.unparsed == expected)
  }

  @Test(
    "what would catch a name, is no constant, or grows too large stays",
    arguments: [
      "[n].all(i, i == 2)", "[1, 2].exists_one(i, i == n)", "cel.bind(x, n, [n].exists(x, x == 2))",
      "cel.bind(x, n, [1].map(n, n + x)[0] == 2)",
    ])
  func staying(_ text: String) throws {
    let (before, after) = try writtenOut(text)
    #expect(after.unparsed == before.unparsed)
  }

  @Test("binds that double each other stay once they are too large")
  func doubling() throws {
    let text = (0..<20).reduce("x0 > 0") { inner, index in
      "cel.bind(x\(index), x\(index + 1) + x\(index + 1), \(inner))"
    }
    let written = try writtenOut("cel.bind(x20, n, \(text))").after
    #expect(written.hasMacros)
    #expect(written.nodeCount < 3_000)
  }

  @Test(
    "an expression comes to the same, errors too",
    arguments: [
      "cel.bind(x, 1 / n, x > 0 || n == 0)", "[0, 1].all(i, 4 / (n - i) > 1)", "[0, 1].exists(i, 4 / (n - i) > 1)",
      "cel.bind(x, s.size(), [1, 2].exists(i, i == x))", "cel.bind(x, 1 / n, n == 0)",
    ], [0, 1, 2, 3] as [Int64])
  func values(_ text: String, _ n: Int64) throws {
    let (before, after) = try writtenOut(text)
    let activation: [String: CELValue] = ["n": .int(n), "s": .string("ab")]
    let values = [before, after].map { try? CELEvaluator().evaluate($0, activation) }
    #expect(values[0] == values[1])
  }
}
