// What the logical operators and the folds make of errors and of operands that are no bools.

import Testing

@testable import PosternCEL

@Suite("Logic")
struct LogicTests {
  enum Operand: CaseIterable, Sendable {
    case holds, fails, error, number

    var expression: CELExpression {
      switch self {
      case .holds: Tree.constant(.bool(true))
      case .fails: Tree.constant(.bool(false))
      case .error: Tree.failing
      case .number: Tree.constant(.int(1))
      }
    }
  }

  /// Rows by left operand, columns by right; nil is an error.
  static let and: [[Bool?]] = [
    [true, false, nil, nil],
    [false, false, false, false],
    [nil, false, nil, nil],
    [nil, false, nil, nil],
  ]
  static let or: [[Bool?]] = [
    [true, true, true, true],
    [true, false, nil, nil],
    [true, nil, nil, nil],
    [true, nil, nil, nil],
  ]

  private func table(_ combine: (CELExpression, CELExpression) -> CELExpression) -> [[Bool?]] {
    Operand.allCases.map { left in
      Operand.allCases.map { right in truth(combine(left.expression, right.expression)) }
    }
  }

  private func truth(_ expression: CELExpression) -> Bool? {
    guard case .success(.bool(let value)) = expression.result() else { return nil }
    return value
  }

  /// `range.fold(x, x == 0 ? left : right)` over two elements.
  private func fold(
    _ kind: CELExpression.Comprehension.Kind, _ left: CELExpression, _ right: CELExpression
  ) -> CELExpression {
    let isFirst = Tree.call(CELOperator.equals, Tree.name("x"), Tree.constant(.int(0)))
    return Tree.fold(
      kind, over: Tree.constant(.list([.int(0), .int(1)])), ["x"],
      where: Tree.call(CELOperator.conditional, isFirst, left, right))
  }

  @Test("`&&` is false where one operand is, whatever the other")
  func conjunction() {
    #expect(table { Tree.call(CELOperator.and, $0, $1) } == Self.and)
  }

  @Test("`||` is true where one operand is, whatever the other")
  func disjunction() {
    #expect(table { Tree.call(CELOperator.or, $0, $1) } == Self.or)
  }

  @Test("`all` absorbs errors as `&&` does")
  func all() {
    #expect(table { fold(.all, $0, $1) } == Self.and)
  }

  @Test("`exists` absorbs errors as `||` does")
  func exists() {
    #expect(table { fold(.exists, $0, $1) } == Self.or)
  }

  @Test(
    "the other folds absorb no error and no number",
    arguments: [CELExpression.Comprehension.Kind.existsOne, .filter], [Operand.error, .number])
  func strictFolds(kind: CELExpression.Comprehension.Kind, operand: Operand) {
    #expect(throws: CELError.self) { try fold(kind, Operand.holds.expression, operand.expression).result().get() }
    #expect(throws: CELError.self) { try fold(kind, operand.expression, Operand.fails.expression).result().get() }
  }

  @Test("`?:` evaluates the branch it takes alone")
  func conditional() {
    let one = Tree.constant(.int(1))
    #expect(
      Tree.call(CELOperator.conditional, Operand.holds.expression, one, Tree.failing).result() == .success(.int(1)))
    #expect(
      Tree.call(CELOperator.conditional, Operand.fails.expression, Tree.failing, one).result() == .success(.int(1)))
  }

  @Test("`?:` with an error or a number for its condition is an error", arguments: [Operand.error, .number])
  func conditionalOfNoBool(operand: Operand) {
    let one = Tree.constant(.int(1))
    #expect(throws: CELError.self) {
      try Tree.call(CELOperator.conditional, operand.expression, one, one).result().get()
    }
  }

  @Test("a fact that nobody knows is absorbed like any error")
  func unknownFact() {
    struct Unknown: CELActivation {
      func value(of name: String) throws(CELError) -> CELValue? { throw CELError(.unknown, "nobody knows") }
    }
    let either = Tree.call(CELOperator.or, Tree.name("x"), Operand.holds.expression)
    #expect(either.result(Unknown()) == .success(.bool(true)))
    let both = Tree.call(CELOperator.and, Tree.name("x"), Operand.holds.expression)
    #expect(both.result(Unknown()) == .failure(CELError(.unknown, "nobody knows")))
  }

  @Test("a limit of a function is an error like any other, absorbed from either side")
  func functionLimit() throws {
    let tooLarge = "'a'.matches('((((a{100}){100}){100}){100})')"
    #expect(throws: CELError.self) { try evaluate(tooLarge) }
    #expect(try evaluate("\(tooLarge) || true") == .bool(true))
    #expect(try evaluate("false && \(tooLarge)") == .bool(false))
  }
}
