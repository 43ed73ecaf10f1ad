// Expressions that are made to exhaust the evaluator.

import Testing

@testable import PosternCEL

@Suite("Limits of evaluation")
struct EvaluationLimitTests {
  /// The kind of error that an evaluation of so many steps ends with.
  private func kind(
    _ expression: CELExpression, steps: Int = CELLimits.evaluationSteps
  ) -> CELError.Kind? {
    let evaluation = CELEvaluation(
      activation: [String: CELValue](), variables: nil, container: "", timeZones: CELNoTimeZones(), stepLimit: steps)
    do throws(CELError) {
      _ = try evaluation.evaluate(expression, in: nil)
      return nil
    } catch {
      return error.kind
    }
  }

  private func numbers(_ count: Int64) -> CELExpression { Tree.constant(.list((0..<count).map { .int($0) })) }

  @Test("a tree as deep as the bound is evaluated, a deeper one refused")
  func depth() {
    func nested(_ depth: Int) -> CELExpression {
      (1..<depth).reduce(Tree.constant(.int(1))) { tree, _ in Tree.call(CELOperator.negate, tree) }
    }
    #expect(kind(nested(CELEvaluation.depthLimit)) == nil)
    #expect(kind(nested(CELEvaluation.depthLimit + 1)) == .limit)
  }

  @Test("a text that doubles in every variable is refused")
  func doubling() {
    let doubled = (0..<60).reversed().reduce(Tree.name("v60")) { body, index in
      Tree.bind("v\(index + 1)", Tree.call(CELOperator.add, Tree.name("v\(index)"), Tree.name("v\(index)")), in: body)
    }
    #expect(kind(Tree.bind("v0", Tree.constant(.string("ab")), in: doubled)) == .limit)
  }

  @Test("comparing lists that hold each other twice is refused once they weigh too much")
  func sharedLists() {
    let last = Tree.call(CELOperator.equals, Tree.name("v60"), Tree.name("v60"))
    let doubled = (0..<60).reversed().reduce(last) { body, index in
      Tree.bind("v\(index + 1)", Tree.list([Tree.name("v\(index)"), Tree.name("v\(index)")]), in: body)
    }
    #expect(kind(Tree.bind("v0", Tree.list([]), in: doubled)) == .limit)
  }

  @Test("values that variables nest into each other are refused once they are too deep")
  func nesting() {
    #expect(kind(deep(40, body: all(40))) == nil)
    #expect(kind(deep(60, body: all(60))) == .limit)
  }

  @Test("the deepest values that can be made are compared and released")
  func deepestComparison() {
    let deepest = wrapped(Tree.name("v44"), 900)
    let body = Tree.call(CELOperator.equals, Tree.list([all(44), deepest]), Tree.list([all(44), deepest]))
    #expect(kind(deep(44, body: body)) == nil)
  }

  /// All variables in the order in which each needs the one before it, so that none is computed within another.
  private func all(_ count: Int) -> CELExpression { Tree.list((0...count).map { Tree.name("v\($0)") }) }

  private func wrapped(_ tree: CELExpression, _ count: Int) -> CELExpression {
    (0..<count).reduce(tree) { tree, _ in Tree.list([tree]) }
  }

  /// `body` within variables each of which wraps the one before it twenty times: the last is `v` and the count.
  private func deep(_ count: Int, body: CELExpression) -> CELExpression {
    let chain = (0..<count).reversed().reduce(body) { body, index in
      Tree.bind("v\(index + 1)", wrapped(Tree.name("v\(index)"), 20), in: body)
    }
    return Tree.bind("v0", Tree.list([]), in: chain)
  }

  @Test("loops within loops are refused once they take too many steps, although `exists` absorbs errors")
  func loops() {
    let always = Tree.constant(.bool(false))
    let inner = Tree.fold(.exists, over: numbers(40), ["y"], where: always)
    #expect(kind(Tree.fold(.exists, over: numbers(20), ["x"], where: inner), steps: 1000) == nil)
    #expect(kind(Tree.fold(.exists, over: numbers(40), ["x"], where: inner), steps: 1000) == .limit)
  }

  @Test("looking for elements in long lists counts the elements that are looked at")
  func containment() {
    let inside = Tree.call(CELOperator.in, Tree.name("x"), numbers(100))
    #expect(kind(Tree.fold(.all, over: numbers(100), ["x"], where: inside), steps: 25_000) == nil)
    #expect(kind(Tree.fold(.all, over: numbers(100), ["x"], where: inside), steps: 20_000) == .limit)
  }

  @Test("no operand of an operator can stop the process", arguments: allOperators)
  func hostileOperands(function: String) {
    for left in Self.extremes {
      for right in Self.extremes {
        let results = [
          Tree.call(function, Tree.constant(left)).result(),
          Tree.call(function, Tree.constant(left), Tree.constant(right)).result(),
        ]
        // Each is a value or an error; nothing traps, and no operator takes both one operand and two.
        #expect(!results.allSatisfy { (try? $0.get()) != nil } || function == "getFullYear")
      }
    }
  }

  static let allOperators = CELLibrary.standard.keys.sorted().filter { !$0.hasPrefix("get") }

  static let extremes: [CELValue] =
    [
      .null, .bool(true), .int(.min), .int(-1), .int(0), .int(.max), .uint(0), .uint(.max), .double(.nan),
      .double(.infinity), .double(-.infinity), .double(.greatestFiniteMagnitude), .double(-0.0), .double(0x1p63),
      .double(-0x1p63), .double(0x1p64), .string(""), .string("\u{10FFFF}\u{0}"), .bytes([0xFF]), .list([]),
      .list([.null]),
      .map(CELMap()), .type("type"), .optional(nil), .optional(.init(.list([]))),
      .address(CELAddress(bytes: [127, 0, 0, 1])),
      .network(CELNetwork(address: CELAddress(bytes: Array(repeating: 0, count: 16)), prefixLength: 128)),
    ]
    + [CELTimestamp.secondsRange.lowerBound, CELTimestamp.secondsRange.upperBound].compactMap {
      CELTimestamp(seconds: $0, nanoseconds: 999_999_999).map { .timestamp($0) }
    }
    + [CELDuration.secondsRange.lowerBound, CELDuration.secondsRange.upperBound].compactMap {
      CELDuration(seconds: $0, nanoseconds: 0).map { .duration($0) }
    }
}
