// Expressions built by hand, so that the evaluator's tests need no parser.

@testable import PosternCEL

enum Tree {
  static func constant(_ value: CELValue) -> CELExpression { node(.constant(value)) }

  static func name(_ name: String, isAbsolute: Bool = false) -> CELExpression {
    node(.identifier(name, isAbsolute: isAbsolute))
  }

  static func select(_ operand: CELExpression, _ field: String, isOptional: Bool = false) -> CELExpression {
    node(.select(operand: operand, field: field, isOptional: isOptional))
  }

  static func call(_ function: String, _ arguments: CELExpression...) -> CELExpression {
    node(.call(function: function, target: nil, arguments: arguments))
  }

  static func list(_ elements: [CELExpression]) -> CELExpression {
    node(.list(elements.map { .init(value: $0, isOptional: false) }))
  }

  static func fold(
    _ kind: CELExpression.Comprehension.Kind, over range: CELExpression, _ variables: [String],
    where predicate: CELExpression? = nil, transform: CELExpression? = nil
  ) -> CELExpression {
    node(
      .comprehension(
        .init(kind: kind, range: range, variables: variables, predicate: predicate, transform: transform)))
  }

  static func bind(_ name: String, _ value: CELExpression, in body: CELExpression) -> CELExpression {
    node(.bind(name: name, value: value, body: body))
  }

  /// An expression that is an error whenever it is evaluated.
  static let failing = call(CELOperator.divide, constant(.int(1)), constant(.int(0)))

  private static func node(_ kind: CELExpression.Kind) -> CELExpression {
    CELExpression(id: 0, range: 0..<0, kind: kind)
  }
}

extension CELExpression {
  /// The value of the expression, or its error.
  func result(
    container: String = "", _ activation: some CELActivation = [String: CELValue]()
  ) -> Result<CELValue, CELError> {
    do throws(CELError) {
      return .success(try CELEvaluator(container: container).evaluate(self, activation))
    } catch {
      return .failure(error)
    }
  }
}
