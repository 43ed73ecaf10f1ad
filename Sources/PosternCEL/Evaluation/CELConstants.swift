// The parts of an expression that ask for nothing of their surroundings, and what each comes to. Refuses nothing: what asks
// for a variable, or for a time zone that needs a table, is no constant; what takes too many steps says so.

/// The constant parts of one expression.
public struct CELConstants: Sendable {
  /// What a constant part comes to.
  public enum Outcome: Sendable {
    case value(CELValue)
    /// An error whatever the surroundings are.
    case error
    /// Not known: it takes more steps than a constant may.
    case unbounded
  }

  /// Steps (`CELLimits.evaluationSteps`) of all parts that ask for no name at all, together.
  static let stepLimit = 1_000_000
  /// Steps of a part once macros around it bind its names: it is computed again for each turn.
  static let boundStepLimit = 1_000

  /// The names that a node leaves to macros around it, for nodes that ask for nothing else.
  private var openNames: [Int: Set<String>] = [:]
  /// Names of variables by node.
  private var variables: [Int: String] = [:]
  /// What the largest parts come to that ask for no name at all.
  private var outcomes: [Int: Outcome] = [:]
  private var stepsLeft = CELConstants.stepLimit

  /// No constant parts: those of no expression.
  public init() {}

  /// Finds the constant parts of `tree`, in one pass.
  ///
  /// Names that `checking` knows as no variables are those of types and of functions.
  public init(_ tree: CELExpression, _ checking: CELChecking) {
    variables = checking.variables
    _ = read(tree, bound: [])
    compute(tree)
  }

  /// What a node of the tree comes to, computed by the evaluator; nil where it asks for more than `names`.
  ///
  /// The names are those that macros around the node bind to constants.
  public func outcome(of node: CELExpression, binding names: [String: CELValue] = [:]) -> Outcome? {
    if let known = outcomes[node.id] { return known }
    guard let open = openNames[node.id], open.allSatisfy({ names[$0] != nil }) else { return nil }
    return Self.evaluate(node, names, stepLimit: Self.boundStepLimit).outcome
  }

  /// The value of a constant part; nil where it is none, or an error.
  public func value(of node: CELExpression, binding names: [String: CELValue] = [:]) -> CELValue? {
    if case .value(let value)? = outcome(of: node, binding: names) { value } else { nil }
  }

  /// Computes the largest parts below a node that ask for no name, each once.
  private mutating func compute(_ node: CELExpression) {
    guard openNames[node.id]?.isEmpty == true else {
      for child in node.children { compute(child) }
      return
    }
    let result = Self.evaluate(node, [:], stepLimit: stepsLeft)
    stepsLeft = result.stepsLeft
    outcomes[node.id] = result.outcome
  }

  private static func evaluate(
    _ node: CELExpression, _ names: [String: CELValue], stepLimit: Int
  ) -> (outcome: Outcome, stepsLeft: Int) {
    let evaluation = CELEvaluation(
      activation: names, variables: nil, container: "", timeZones: CELNoTimeZones(), stepLimit: stepLimit)
    do throws(CELError) {
      return (.value(try evaluation.evaluate(node, in: nil)), evaluation.stepsLeft)
    } catch {
      return (evaluation.isExhausted ? .unbounded : .error, evaluation.stepsLeft)
    }
  }

  /// The open names of a node below macros that bind `bound`; nil where it asks for a variable or a table.
  private mutating func read(_ node: CELExpression, bound: Set<String>) -> Set<String>? {
    if variables[node.id] != nil { return nil }
    let names: Set<String>?
    switch node.kind {
    case .identifier(let name, let isAbsolute):
      names = !isAbsolute && bound.contains(name) ? [name] : []
    case .comprehension(let comprehension):
      let inner = [comprehension.predicate, comprehension.transform].compactMap { $0 }
      names = Self.union([
        read([comprehension.range], bound: bound),
        read(inner, bound: bound.union(comprehension.variables))?.subtracting(comprehension.variables),
      ])
    case .bind(let name, let value, let body):
      names = Self.union([
        read([value], bound: bound), read([body], bound: bound.union([name]))?.subtracting([name]),
      ])
    default:
      names = read(node.children, bound: bound)
    }
    if needsTable(node.timeZone) { return nil }
    openNames[node.id] = names
    return names
  }

  private mutating func read(_ nodes: [CELExpression], bound: Set<String>) -> Set<String>? {
    Self.union(nodes.map { read($0, bound: bound) })
  }

  private static func union(_ sets: [Set<String>?]) -> Set<String>? {
    sets.reduce(.some([])) { union, set in set.flatMap { union?.union($0) } }
  }

  /// Whether a zone is not known to be a fixed offset.
  private func needsTable(_ zone: CELExpression?) -> Bool {
    guard let zone else { return false }
    if case .constant(.string(let name)) = zone.kind { return FixedOffset.seconds(name) == nil }
    return true
  }
}
