// The values that a condition asks for more than once, and the smallest part that holds all of their uses: there each is
// computed once, an error being a value like any other. Refuses nothing; what is cheaper to load again is not shared.

internal import PosternCEL
internal import PosternLanguage

/// The values that parts of one expression share.
struct SharedValues {
  /// By node: the values of which it is the smallest part that holds all uses, in the order of the text.
  private(set) var values: [Int: [CELExpression]] = [:]
  /// Equal expressions have one number.
  private var numbers: [Int: Int] = [:]

  /// Nothing is shared.
  init() {}

  init(_ expression: ConditionExpression) {
    var numbering = ValueNumbering(expression)
    numbering.number(expression.tree)
    numbers = numbering.numbers
    var reading = UseReading(numbering)
    _ = reading.read(expression.tree)
    values = reading.shared.mapValues { uses in uses.sorted { $0.range.lowerBound < $1.range.lowerBound } }
  }

  /// The number of an expression that others may be equal to; nil of one that is not shared.
  func number(of node: CELExpression) -> Int? { numbers[node.id] }
}

/// Gives equal expressions one number.
private struct ValueNumbering {
  private enum Key: Hashable {
    case attribute(String)
    case constant(String)
    case call(String, [Int])
  }

  private(set) var numbers: [Int: Int] = [:]
  /// How often each number occurs.
  private(set) var counts: [Int: Int] = [:]
  private var known: [Key: Int] = [:]
  private let expression: ConditionExpression

  init(_ expression: ConditionExpression) { self.expression = expression }

  /// The number of a node whose value does not depend on names of macros; nil of any other, and of what is no value.
  @discardableResult
  mutating func number(_ node: CELExpression) -> Int? {
    guard let key = key(of: node) else { return nil }
    let number = known[key] ?? known.count
    known[key] = number
    numbers[node.id] = number
    counts[number, default: 0] += 1
    return number
  }

  private mutating func key(of node: CELExpression) -> Key? {
    if let path = path(of: node) { return .attribute(path) }
    if let constant = expression.constants.value(of: node) { return .constant(constant.sourceText) }
    let children = node.children.map { number($0) }
    guard case .call(let function, _, _) = node.kind, !children.contains(nil) else { return nil }
    return .call(function, children.compactMap { $0 })
  }

  /// The path of an attribute that costs a look at its text; nil of anything else.
  func path(of node: CELExpression) -> String? {
    if let name = expression.checking.variables[node.id] { return name }
    switch node.kind {
    case .select(let operand, let field, isOptional: false):
      return path(of: operand).map { ConditionLowering.path($0, field) }
    case .call(CELOperator.index, nil, let operands):
      guard case .string(let key)? = expression.constants.value(of: operands[1]) else { return nil }
      return path(of: operands[0]).map { ConditionLowering.path($0, key) }
    default: return nil
    }
  }

  /// Attributes that a word loads without a look at them, and access levels, which are no values.
  private static let cheap: Set<String> = [
    "request.path", "request.method", "request.time", "resource.name", "resource.type", "resource.service",
    "request.auth.access_levels",
  ]

  /// Whether a node is a value that is worth a register where it occurs more than once.
  func isWorthSharing(_ node: CELExpression) -> Bool {
    guard let number = numbers[node.id], counts[number, default: 0] > 1 else { return false }
    if let path = path(of: node) { return !Self.cheap.contains(path) && !path.hasPrefix("levels.") }
    guard case .call(let function, _, _) = node.kind, expression.constants.value(of: node) == nil else { return false }
    return !ConditionLowering.isTest(function) && function != CELOperator.conditional && function != "dyn"
  }
}

/// Finds the smallest part that holds all uses of each value.
private struct UseReading {
  private let numbering: ValueNumbering
  private(set) var shared: [Int: [CELExpression]] = [:]

  init(_ numbering: ValueNumbering) { self.numbering = numbering }

  /// The uses below a node, one for each number, with the node at which they met last.
  mutating func read(_ node: CELExpression) -> [Int: (use: CELExpression, meeting: Int?)] {
    if numbering.isWorthSharing(node), let number = numbering.numbers[node.id] { return [number: (node, nil)] }
    var uses: [Int: (use: CELExpression, meeting: Int?)] = [:]
    for child in Self.parts(of: node) {
      var others = read(child)
      if others.count > uses.count { swap(&others, &uses) }
      for (number, other) in others {
        guard let known = uses[number] else {
          uses[number] = other
          continue
        }
        for meeting in [known.meeting, other.meeting].compactMap({ $0 }) where meeting != node.id {
          withdraw(number, at: meeting)
        }
        if known.meeting != node.id { shared[node.id, default: []].append(known.use) }
        uses[number] = (known.use, node.id)
      }
    }
    return uses
  }

  private mutating func withdraw(_ number: Int, at meeting: Int) {
    shared[meeting]?.removeAll { numbering.numbers[$0.id] == number }
  }

  /// The parts of a node that are lowered as values or tests: not what `has()` and `inIpRange()` look at in their own way.
  private static func parts(of node: CELExpression) -> [CELExpression] {
    switch node.kind {
    case .has: []
    case .call("inIpRange", _, let arguments): Array(arguments.dropFirst())
    default: node.children
    }
  }
}
