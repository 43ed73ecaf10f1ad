// What functions and methods are to the evaluator: a table by name. Refuses nothing.

/// A function or method as it is called.
struct CELCall {
  /// Of a method, the target first. None is an error.
  let arguments: [CELValue]
  let timeZones: any CELTimeZones
  /// Where regular expressions come from.
  let regexes: CELRegexMemory
  /// What is left of `CELLimits.evaluationSteps`: a function whose result could be larger throws `.limit` before it
  /// makes it.
  var stepsLeft = CELLimits.evaluationSteps

  /// The first argument, of a method its target.
  var first: CELValue { arguments[0] }
}

/// One implementation behind a name; overloads are told apart by the values they are called with.
struct CELFunction: Sendable {
  /// Arguments with the target counted.
  let argumentCounts: ClosedRange<Int>
  let isMethod: Bool
  /// nil where it is no overload for these arguments: the next of the name is asked.
  let call: @Sendable (CELCall) throws(CELError) -> CELValue?

  init(
    arguments argumentCounts: ClosedRange<Int>, isMethod: Bool = false,
    _ call: @escaping @Sendable (CELCall) throws(CELError) -> CELValue?
  ) {
    self.argumentCounts = argumentCounts
    self.isMethod = isMethod
    self.call = call
  }

  init(
    arguments argumentCount: Int, isMethod: Bool = false,
    _ call: @escaping @Sendable (CELCall) throws(CELError) -> CELValue?
  ) {
    self.init(arguments: argumentCount...argumentCount, isMethod: isMethod, call)
  }
}

/// A library: functions by name (`size`, `math.greatest`, `startsWith`, `_+_`).
typealias CELFunctionTable = [String: [CELFunction]]
