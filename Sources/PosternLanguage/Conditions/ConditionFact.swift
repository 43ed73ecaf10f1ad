// What a test asks about: one attribute, header, claim or part of the time, by a name that is the same however it is written.
// Refuses nothing; what is no such fact has no name here.

internal import PosternCEL

/// One fact of a request or a caller that conditions ask for.
public enum ConditionFact: Hashable, Sendable {
  /// An attribute of docs/language.md, "Conditions", but for the maps.
  case attribute(String)
  /// A header by its name.
  case header(String)
  /// A claim, or what stands in one, by names outwards in.
  case claim([String])
  /// A part of `request.time`, by its function, on the clocks of a zone.
  case timePart(function: String, zone: String)

  /// The fact as an expression writes it.
  public var text: String {
    switch self {
    case .attribute(let name): name
    case .header(let name): "\(ConditionEnvironment.headers)[\"\(name)\"]"
    case .claim(let names): ConditionEnvironment.claims + names.map { "[\"\($0)\"]" }.joined()
    case .timePart(let function, let zone): "\(ConditionEnvironment.time).\(function)(\"\(zone)\")"
    }
  }

  /// Whether every value is an address in its canonical form.
  var isAddress: Bool { self == .attribute("origin.ip") || self == .attribute("destination.ip") }
}

/// A value that a fact may have; absent facts, and those that are not what their attribute is, are errors to who asks.
public enum ConditionExample: Hashable, Sendable {
  case absent
  case value(FactValue)
}

/// Finds facts in an expression.
struct ConditionFactReading {
  let checking: CELChecking
  let constants: CELConstants

  init(_ reading: ConditionExpression) {
    checking = reading.checking
    constants = reading.constants
  }

  /// The fact that a node is; nil where it is more, or less.
  func fact(_ node: CELExpression) -> ConditionFact? {
    if let name = checking.variables[node.id] {
      let isWhole = [ConditionEnvironment.headers, ConditionEnvironment.claims, ConditionEnvironment.accessLevels]
      return isWhole.contains(name) || name.hasPrefix(ConditionEnvironment.levelPrefix) ? nil : .attribute(name)
    }
    return timePart(node) ?? part(node)
  }

  private func timePart(_ node: CELExpression) -> ConditionFact? {
    guard case .call(let function, let target?, let arguments) = node.kind, function.hasPrefix("get"),
      checking.variables[target.id] == ConditionEnvironment.time
    else { return nil }
    guard let argument = arguments.first else { return .timePart(function: function, zone: "UTC") }
    guard case .string(let zone)? = constants.value(of: argument) else { return nil }
    return .timePart(function: function, zone: zone)
  }

  /// A header or a claim under constant names.
  private func part(_ node: CELExpression) -> ConditionFact? {
    guard let path = path(node), !path.names.isEmpty else { return nil }
    if path.root == ConditionEnvironment.headers { return path.names.count == 1 ? .header(path.names[0]) : nil }
    return .claim(path.names)
  }

  /// The map that a node is or stands in, and the names that lead to it.
  func path(_ node: CELExpression) -> (root: String, names: [String])? {
    if let root = checking.variables[node.id] {
      return root == ConditionEnvironment.headers || root == ConditionEnvironment.claims ? (root, []) : nil
    }
    switch node.kind {
    case .select(let operand, let field, isOptional: false):
      return path(operand).map { ($0.root, $0.names + [field]) }
    case .call(CELOperator.index, nil, let operands) where operands.count == 2:
      guard case .string(let key)? = constants.value(of: operands[1]) else { return nil }
      return path(operands[0]).map { ($0.root, $0.names + [key]) }
    case .call("dyn", nil, let operands): return operands.first.flatMap(path)
    default: return nil
    }
  }
}
