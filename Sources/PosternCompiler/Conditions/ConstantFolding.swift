// Parts of a condition that ask for nothing, computed once by the reference evaluator. Refuses nothing: what asks for
// something is no constant.

internal import PosternCEL

enum ConstantFolding {
  /// What a constant part comes to.
  enum Outcome {
    case value(CELValue)
    case error
  }

  /// The outcome of an expression without variables; nil where it has some.
  static func value(of expression: CELExpression) -> Outcome? {
    guard isConstant(expression, bound: []) else { return nil }
    do throws(CELError) {
      return .value(try CELEvaluator().evaluate(expression, [String: CELValue]()))
    } catch {
      return .error
    }
  }

  /// Whether every name stands for a variable of the expression itself.
  private static func isConstant(_ expression: CELExpression, bound: Set<String>) -> Bool {
    switch expression.kind {
    case .constant: return true
    case .identifier(let name, let isAbsolute): return !isAbsolute && bound.contains(name)
    case .comprehension(let comprehension):
      let inner = bound.union(comprehension.variables)
      return isConstant(comprehension.range, bound: bound)
        && [comprehension.predicate, comprehension.transform].allSatisfy {
          $0.map { isConstant($0, bound: inner) } ?? true
        }
    case .bind(let name, let value, let body):
      return isConstant(value, bound: bound) && isConstant(body, bound: bound.union([name]))
    default: return expression.children.allSatisfy { isConstant($0, bound: bound) }
    }
  }
}
