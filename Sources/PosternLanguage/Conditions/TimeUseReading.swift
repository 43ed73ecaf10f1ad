// Where a condition asks for the time, found in its tree: comparisons of `request.time`, or of a part of it, with
// constants have exact instants at which they turn, and facts of the device grow old. Refuses nothing.

internal import PosternCEL

/// The uses of the time in one expression.
struct TimeUseReading {
  /// Those of `request.time` in the order of the text, each once; then that of the device.
  private(set) var uses: [TimeUse] = []
  private let checking: CELChecking
  private let constants: CELConstants

  init(_ tree: CELExpression, _ checking: CELChecking, _ constants: CELConstants) {
    self.checking = checking
    self.constants = constants
    let names = checking.variables.values
    if names.contains(ConditionEnvironment.time) { read(tree) }
    if names.contains(where: { $0.hasPrefix(ConditionEnvironment.devicePrefix) }) { add([.device]) }
  }

  private mutating func read(_ node: CELExpression) {
    if isTime(node) { return add([.other]) }
    if case .call(let function, let target, let arguments) = node.kind {
      if target == nil, arguments.count == 2, let uses = comparison(function, arguments[0], arguments[1]) {
        return add(uses)
      }
      if let use = part(node) { return add([.part(use.part, zone: use.zone, values: nil)]) }
    }
    for child in node.children { read(child) }
  }

  private mutating func add(_ new: [TimeUse]) {
    for use in new where !uses.contains(use) { uses.append(use) }
  }

  private func isTime(_ node: CELExpression) -> Bool { checking.variables[node.id] == ConditionEnvironment.time }

  // MARK: comparisons

  /// The uses of a comparison with a constant on either side; nil for anything else.
  private func comparison(_ function: String, _ left: CELExpression, _ right: CELExpression) -> [TimeUse]? {
    if let order = Order(function), let constant = constants.value(of: right) { return uses(left, order, constant) }
    if let order = Order(function)?.turned, let constant = constants.value(of: left) {
      return uses(right, order, constant)
    }
    return nil
  }

  private func uses(_ node: CELExpression, _ order: Order, _ constant: CELValue) -> [TimeUse]? {
    if isTime(node), case .timestamp(let instant) = constant {
      return order.turns(at: instant).map { .instant(milliseconds: $0) }
    }
    if let use = part(node), case .int(let value) = constant {
      return [.part(use.part, zone: use.zone, values: use.part.unit.count.map { order.turns(at: value, of: $0) })]
    }
    return nil
  }

  /// A part of `request.time` in a constant zone.
  private func part(_ node: CELExpression) -> (part: TimeUse.Part, zone: String)? {
    guard case .call(let function, let target?, let arguments) = node.kind, isTime(target),
      let part = TimeUse.Part(function: function)
    else { return nil }
    guard let argument = arguments.first else { return (part, "UTC") }
    guard case .string(let zone)? = constants.value(of: argument) else { return nil }
    return (part, zone)
  }
}

/// A comparison with a constant on the right.
private enum Order {
  case equal, less, lessOrEqual

  /// Whether the comparison holds or its opposite does is no matter to when it turns.
  init?(_ function: String) {
    switch function {
    case CELOperator.equals, CELOperator.notEquals: self = .equal
    case CELOperator.less, CELOperator.greaterOrEqual: self = .less
    case CELOperator.lessOrEqual, CELOperator.greater: self = .lessOrEqual
    default: return nil
    }
  }

  /// The same comparison with the constant on the left: `k < x` turns where `x <= k` does.
  var turned: Order {
    switch self {
    case .equal: .equal
    case .less: .lessOrEqual
    case .lessOrEqual: .less
    }
  }

  /// The milliseconds at which a comparison of the clock with `instant` turns.
  func turns(at instant: CELTimestamp) -> [Int64] {
    let milliseconds = instant.seconds * 1_000 + Int64(instant.nanoseconds / 1_000_000)
    let reached = instant.nanoseconds % 1_000_000 == 0 ? milliseconds : milliseconds + 1
    switch self {
    case .equal: return [reached, milliseconds + 1]
    case .less: return [reached]
    case .lessOrEqual: return [milliseconds + 1]
    }
  }

  /// The values from 0 below `count` at which a comparison with `constant` comes to something else than at the one before,
  /// the last being before the first.
  func turns(at constant: Int64, of count: Int64) -> [Int64] {
    (0..<count).filter { holds($0, constant) != holds($0 == 0 ? count - 1 : $0 - 1, constant) }
  }

  private func holds(_ value: Int64, _ constant: Int64) -> Bool {
    switch self {
    case .equal: value == constant
    case .less: value < constant
    case .lessOrEqual: value <= constant
    }
  }
}
