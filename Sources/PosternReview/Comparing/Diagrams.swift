// Decision diagrams over variables of a few values each, every one stored once: equal functions are one reference, whatever was
// written to come to them. Refuses to grow past its limit, for then nothing is proved.

/// A store of diagrams.
struct Diagrams {
  /// A function of the variables, as it is stored.
  struct Reference: Hashable {
    fileprivate let index: Int
  }

  /// More nodes were needed than a comparison may have.
  struct TooLarge: Error {}

  /// What a diagram is: an outcome, or a variable with a diagram for each of its values.
  enum Shape {
    case outcome(Int)
    case choice(variable: Int, branches: [Reference])
  }

  private struct Node: Hashable {
    /// `Int.max` of an outcome, which so comes after every variable.
    let variable: Int
    /// The branches; of an outcome its number.
    let branches: [Int]
  }

  static let nodeLimit = 10_000

  private var nodes: [Node] = []
  private var indices: [Node: Int] = [:]

  var nodeCount: Int { nodes.count }

  subscript(reference: Reference) -> Shape {
    let node = nodes[reference.index]
    if node.variable == .max { return .outcome(node.branches[0]) }
    return .choice(variable: node.variable, branches: node.branches.map { Reference(index: $0) })
  }

  mutating func outcome(_ number: Int) throws -> Reference { try store(Node(variable: .max, branches: [number])) }

  /// A choice by a variable; the branches' variables come after it. Where they are all one there is nothing to choose.
  mutating func choice(_ variable: Int, _ branches: [Reference]) throws -> Reference {
    if branches.dropFirst().allSatisfy({ $0 == branches[0] }) { return branches[0] }
    return try store(Node(variable: variable, branches: branches.map(\.index)))
  }

  /// What `combine` makes of the outcomes of several diagrams, for all values of the variables at once.
  mutating func map(_ operands: [Reference], _ combine: ([Int]) -> Int) throws -> Reference {
    var known: [[Reference]: Reference] = [:]
    return try map(operands, combine, &known)
  }

  private mutating func map(
    _ operands: [Reference], _ combine: ([Int]) -> Int, _ known: inout [[Reference]: Reference]
  ) throws -> Reference {
    if let result = known[operands] { return result }
    let first = operands.map { nodes[$0.index].variable }.min() ?? .max
    let result: Reference
    if first == .max {
      result = try outcome(combine(operands.map { nodes[$0.index].branches[0] }))
    } else {
      let count = operands.first { nodes[$0.index].variable == first }.map { nodes[$0.index].branches.count } ?? 0
      var branches: [Reference] = []
      for branch in 0..<count {
        branches.append(try map(operands.map { restrict($0, first, branch) }, combine, &known))
      }
      result = try choice(first, branches)
    }
    known[operands] = result
    return result
  }

  /// A diagram whose first variable may be `variable`, with that variable at a value.
  private func restrict(_ reference: Reference, _ variable: Int, _ branch: Int) -> Reference {
    let node = nodes[reference.index]
    return node.variable == variable ? Reference(index: node.branches[branch]) : reference
  }

  private mutating func store(_ node: Node) throws -> Reference {
    if let index = indices[node] { return Reference(index: index) }
    if nodes.count >= Self.nodeLimit { throw TooLarge() }
    indices[node] = nodes.count
    nodes.append(node)
    return Reference(index: nodes.count - 1)
  }

  // MARK: ways through

  /// Calls `body` with the values of the variables on each way to an outcome, until it returns false; a variable that does not
  /// matter on a way is not named.
  func forEachWay(from root: Reference, _ body: ([Int: Int], Int) -> Bool) {
    var values: [Int: Int] = [:]
    _ = walk(root, &values, body)
  }

  private func walk(_ reference: Reference, _ values: inout [Int: Int], _ body: ([Int: Int], Int) -> Bool) -> Bool {
    switch self[reference] {
    case .outcome(let number): return body(values, number)
    case .choice(let variable, let branches):
      for (value, branch) in branches.enumerated() {
        values[variable] = value
        if !walk(branch, &values, body) { return false }
      }
      values[variable] = nil
      return true
    }
  }
}
