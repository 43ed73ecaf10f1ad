// The reference evaluator: what an expression comes to, by the language definition and nothing cleverer.
// Refuses expressions that nest beyond `CELLimits.depth` allows and evaluations beyond `CELLimits.evaluationSteps`.

/// Evaluates expressions over the values of an activation; a pure function of both and the time zones it is given.
public struct CELEvaluator: Sendable {
  private let timeZones: any CELTimeZones
  private let container: String

  /// An evaluator that looks names up in `container` first; zone names are looked up in `timeZones`.
  public init(timeZones: any CELTimeZones = CELNoTimeZones(), container: String = "") {
    self.timeZones = timeZones
    self.container = container
  }

  /// The value of an expression; `variables` is what a checker found out about its names, nil to find out now.
  func evaluate(
    _ expression: CELExpression, variables: [Int: String]?, _ activation: some CELActivation
  ) throws(CELError) -> CELValue {
    let evaluation = CELEvaluation(
      activation: activation, variables: variables, container: container, timeZones: timeZones)
    return try evaluation.evaluate(expression, in: nil)
  }
}
