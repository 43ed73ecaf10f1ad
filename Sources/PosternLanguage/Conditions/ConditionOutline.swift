// A condition taken apart: what connects its tests, and the tests, each about one fact where that can be told. Access levels
// stand in the place of their names, and macros over constants are written out, so that doing so changes nothing. Refuses nothing: what it has no words for is a
// test about no fact that anybody knows.

internal import PosternCEL

/// What a condition, or a test in it, comes to.
public enum ConditionOutcome: UInt8, CaseIterable, Sendable {
  case no = 0
  case yes = 1
  /// It asks for a fact that is absent, or of another type.
  case error = 2
}

/// A condition as tests and what connects them.
public indirect enum ConditionOutline: Sendable {
  case constant(ConditionOutcome)
  case test(ConditionTest)
  case not(ConditionOutline)
  /// `&&`: no where one is no, whatever the others are; else an error where one is.
  case all([ConditionOutline])
  /// `||`, likewise.
  case any([ConditionOutline])
  /// `condition ? first : second`; an error where the condition is one.
  case choice(ConditionOutline, ConditionOutline, ConditionOutline)
  /// Whether it is yes: an access level in error is none that holds.
  case holds(ConditionOutline)
}

extension Policy {
  /// The outline of a condition of this policy.
  public func outline(of condition: Condition) -> ConditionOutline {
    OutlineReading(levels: accessLevels).outline(of: condition, above: [])
  }
}

/// Reads outlines over the access levels of a policy.
private struct OutlineReading {
  let levels: [AccessLevel]
  let names: LevelNames

  init(levels: [AccessLevel]) {
    self.levels = levels
    names = LevelNames(levels)
  }

  /// `above` are the levels that lead here: a ring, which no checked policy has, is an error.
  func outline(of condition: Condition, above: Set<Int>) -> ConditionOutline {
    guard let reading = condition.reading.map(writtenOut) else { return .constant(.error) }
    return OneOutline(reading: reading, levels: self, above: above).outline(reading.tree)
  }

  /// The condition without the macros that can be written out, read again: what stands in their place has types and constants
  /// of its own.
  private func writtenOut(_ reading: ConditionExpression) -> ConditionExpression {
    if !reading.tree.hasMacros { return reading }
    let text = reading.tree.writtenOut(reading.constants).unparsed
    return ConditionReading(text, in: ConditionEnvironment.environment(levels: names), names).expression ?? reading
  }

  func outline(ofLevel index: Int, above: Set<Int>) -> ConditionOutline {
    if above.contains(index) { return .constant(.error) }
    return outline(of: levels[index].condition, above: above.union([index]))
  }
}

/// The outline of one expression.
private struct OneOutline {
  let reading: ConditionExpression
  let levels: OutlineReading
  let above: Set<Int>

  func outline(_ node: CELExpression) -> ConditionOutline {
    switch reading.constants.outcome(of: node) {
    case .value(.bool(let truth)): return .constant(truth ? .yes : .no)
    case .value, .error: return .constant(.error)
    case .unbounded, nil: break
    }
    if let level = level(node) { return level }
    guard case .call(let function, nil, let operands) = node.kind else { return test(node) }
    switch function {
    case CELOperator.not: return .not(outline(operands[0]))
    case CELOperator.and: return .all(operands.map(outline))
    case CELOperator.or: return .any(operands.map(outline))
    case CELOperator.conditional:
      return .choice(outline(operands[0]), outline(operands[1]), outline(operands[2]))
    case CELOperator.notEquals:
      let equality = CELExpression.Kind.call(function: CELOperator.equals, target: nil, arguments: operands)
      return .not(test(CELExpression(id: node.id, range: node.range, kind: equality)))
    default: return test(node)
    }
  }

  /// `levels.NAME`, or `"NAME" in request.auth.access_levels`.
  private func level(_ node: CELExpression) -> ConditionOutline? {
    if let name = reading.checking.variables[node.id]?.after(ConditionEnvironment.levelPrefix),
      let index = levels.names.variables[String(name)]
    {
      return levels.outline(ofLevel: index, above: above)
    }
    guard case .call(CELOperator.in, nil, let operands) = node.kind,
      reading.checking.variables[operands[1].id] == ConditionEnvironment.accessLevels,
      case .string(let name)? = reading.constants.value(of: operands[0]), let index = levels.names.indices[name]
    else { return nil }
    return .holds(levels.outline(ofLevel: index, above: above))
  }

  private func test(_ node: CELExpression) -> ConditionOutline { .test(ConditionTest(node, in: reading)) }
}
