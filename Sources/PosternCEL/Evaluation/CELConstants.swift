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

  /// No constant parts: those of no expression.
  public init() {}

  /// Finds the constant parts of `tree`, in one pass.
  public init(_ tree: CELExpression) { _ = freeNames(of: tree) }

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

  /// The names that a node leaves open; an absolute one can be bound by no macro, and keeps its dot.
  private mutating func freeNames(of node: CELExpression) -> Set<String> {
    let names: Set<String>
    switch node.kind {
    case .identifier(let name, let isAbsolute):
      names = [isAbsolute ? "." + name : name]
    case .comprehension(let comprehension):
      let inner = [comprehension.predicate, comprehension.transform].compactMap { $0 }
      names = freeNames(of: comprehension.range)
        .union(freeNames(of: inner).subtracting(comprehension.variables))
    case .bind(let name, let value, let body):
      names = freeNames(of: value).union(freeNames(of: body).subtracting([name]))
    default:
      names = freeNames(of: node.children).union(Self.needsTable(node.timeZone) ? [Self.timeZones] : [])
    }
    if names.isEmpty { ids.insert(node.id) }
    return names
  }

  /// In place of a name, for the tables of time zones: no name has a blank.
  private static let timeZones = "time zones"

  /// Whether a zone is not known to be a fixed offset.
  private static func needsTable(_ zone: CELExpression?) -> Bool {
    guard let zone else { return false }
    if case .constant(.string(let name)) = zone.kind { return FixedOffset.seconds(name) == nil }
    return true
  }

  private mutating func freeNames(of nodes: [CELExpression]) -> Set<String> {
    nodes.reduce(into: []) { names, node in names.formUnion(freeNames(of: node)) }
  }
}
