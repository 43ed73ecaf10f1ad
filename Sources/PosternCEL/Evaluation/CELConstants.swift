// The parts of an expression that ask for nothing, and what each comes to. Refuses nothing: what asks for a name of its
// surroundings, or for a time zone that needs a table, is no constant.

/// The constant parts of one expression.
public struct CELConstants: Sendable {
  /// What a constant part comes to.
  public enum Outcome: Sendable {
    case value(CELValue)
    /// An error whatever the names of the surroundings stand for.
    case error
  }

  /// Nodes without names but those that they bind themselves.
  private var ids: Set<Int> = []
  /// Names of variables by node.
  private var variables: [Int: String] = [:]

  /// No constant parts: those of no expression.
  public init() {}

  /// Finds the constant parts of `tree`, in one pass; names that `checking` knows as no variables are those of types and of
  /// functions.
  public init(_ tree: CELExpression, _ checking: CELChecking) {
    variables = checking.variables
    _ = freeNames(of: tree, bound: [])
  }

  /// What a node of the tree comes to, computed by the evaluator; nil where it is no constant part.
  public func outcome(of node: CELExpression) -> Outcome? {
    guard ids.contains(node.id) else { return nil }
    do throws(CELError) {
      return .value(try CELEvaluator().evaluate(node, [String: CELValue]()))
    } catch {
      return .error
    }
  }

  /// The value of a constant part; nil where it is none, or an error.
  public func value(of node: CELExpression) -> CELValue? {
    if case .value(let value)? = outcome(of: node) { value } else { nil }
  }

  /// The names that a node leaves open: those among `bound`, which macros around it bind, and one for what lies outside.
  private mutating func freeNames(of node: CELExpression, bound: Set<String>) -> Set<String> {
    if variables[node.id] != nil { return [Self.surroundings] }
    var names: Set<String>
    switch node.kind {
    case .identifier(let name, let isAbsolute):
      names = !isAbsolute && bound.contains(name) ? [name] : []
    case .comprehension(let comprehension):
      let inner = [comprehension.predicate, comprehension.transform].compactMap { $0 }
      names = freeNames(of: inner, bound: bound.union(comprehension.variables))
        .subtracting(comprehension.variables)
        .union(freeNames(of: [comprehension.range], bound: bound))
    case .bind(let name, let value, let body):
      names = freeNames(of: [body], bound: bound.union([name])).subtracting([name])
        .union(freeNames(of: [value], bound: bound))
    default:
      names = freeNames(of: node.children, bound: bound)
    }
    if needsTable(node.timeZone) { names.insert(Self.surroundings) }
    if names.isEmpty { ids.insert(node.id) }
    return names
  }

  private mutating func freeNames(of nodes: [CELExpression], bound: Set<String>) -> Set<String> {
    nodes.reduce(into: []) { names, node in names.formUnion(freeNames(of: node, bound: bound)) }
  }

  /// In place of the names of variables and of time zones: no name that a macro binds has a blank.
  private static let surroundings = "the surroundings"

  /// Whether a zone is not known to be a fixed offset.
  private func needsTable(_ zone: CELExpression?) -> Bool {
    guard let zone else { return false }
    if case .constant(.string(let name)) = zone.kind { return FixedOffset.seconds(name) == nil }
    return true
  }
}
