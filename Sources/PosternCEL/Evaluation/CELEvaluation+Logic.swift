// `&&`, `||` and `?:`, and the predicates of macros, with the errors that they absorb. Refuses operands that are no
// bools, as errors that are absorbed like any other.

extension CELEvaluation {
  /// What an operand of a logical operator comes to; its error is a result. Only a passed bound ends the evaluation.
  func test(_ expression: CELExpression, in scope: CELScope?) throws(CELError) -> Result<Bool, CELError> {
    do throws(CELError) {
      return .success(try truth(of: expression, in: scope))
    } catch {
      guard !isExhausted else { throw error }
      return .failure(error)
    }
  }

  /// A bool where nothing is absorbed.
  func truth(of expression: CELExpression, in scope: CELScope?) throws(CELError) -> Bool {
    let value = try evaluate(expression, in: scope)
    guard case .bool(let truth) = value else {
      throw CELError(.noSuchOverload, "a condition must be a bool, not `\(value.typeName)`")
    }
    return truth
  }

  /// `||` where `decisive` is true, `&&` where it is false: one operand that is decisive settles it, whatever the
  /// others come to; else an error of any is the result.
  func logic(
    decisive: Bool, _ operands: [CELExpression], in scope: CELScope?
  ) throws(CELError) -> CELValue {
    var failure: CELError?
    for operand in operands {
      switch try test(operand, in: scope) {
      case .success(decisive): return .bool(decisive)
      case .success: continue
      case .failure(let error): failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return .bool(!decisive)
  }

  /// `condition ? first : second`, of which only one is evaluated.
  func conditional(_ operands: [CELExpression], in scope: CELScope?) throws(CELError) -> CELValue {
    guard operands.count == 3 else { throw CELError(.noSuchOverload, "`?:` takes three operands") }
    return try evaluate(operands[try truth(of: operands[0], in: scope) ? 1 : 2], in: scope)
  }
}
