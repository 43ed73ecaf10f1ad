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

  /// The value of an expression, its names as a checker resolved them, or without a checker as they are found.
  public func evaluate(
    _ expression: CELExpression, checking: CELChecking? = nil, _ activation: some CELActivation
  ) throws(CELError) -> CELValue {
    let evaluation = CELEvaluation(
      activation: activation, variables: checking?.variables, container: container, timeZones: timeZones)
    return try evaluation.evaluate(expression, in: nil)
  }
}
