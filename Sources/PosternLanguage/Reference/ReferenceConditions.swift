// The conditions of one decision in one form of the path: what each comes to, and whether one that was asked asks for
// the time. Refuses, as an error, a condition that was not read, and one that comes to something else than a bool.

internal import PosternCEL

/// What a condition comes to.
enum ReferenceTruth {
  case yes
  case no
  case error
}

/// The conditions of one decision, asked one by one.
final class ReferenceConditions {
  private let levels: [AccessLevel]
  private let levelNames: LevelNames
  private let facts: ReferenceFacts
  private let timeZones: any CELTimeZones
  /// What the access levels came to that were asked for; nil is an error.
  private var outcomes: [Int: Bool?] = [:]
  /// The instants at which conditions that were asked may turn.
  private var turns: [Int128] = []

  init(_ levels: [AccessLevel], _ facts: ReferenceFacts, _ timeZones: any CELTimeZones) {
    self.levels = levels
    levelNames = LevelNames(levels)
    self.facts = facts
    self.timeZones = timeZones
  }

  /// The bound on `validUntil`: the next instant at which a condition that was asked may turn.
  var bounds: [Bound] { turns.min().map { [Bound(.condition, $0)] } ?? [] }

  /// Asks a condition.
  func truth(of condition: Condition) -> ReferenceTruth {
    let clock = ReferenceTurns(now: facts.now, facts.device, timeZones)
    turns += (condition.reading?.timeUses ?? []).compactMap { clock.next($0) }
    settle(condition.reading?.levelIndices ?? [])
    switch outcome(of: condition.reading) {
    case true?: return .yes
    case false?: return .no
    case nil: return .error
    }
  }

  private func outcome(of reading: ConditionExpression?) -> Bool? {
    guard let reading, case .bool(let truth)? = value(of: reading) else { return nil }
    return truth
  }

  /// nil is an error.
  private func value(of reading: ConditionExpression) -> CELValue? {
    let expression = ReferenceExpression(reading)
    let activation = Activation(facts: facts, levels: levelValues(reading), expression: expression)
    return try? CELEvaluator(timeZones: timeZones).evaluate(
      expression.tree, checking: expression.checking, activation)
  }

  // MARK: parts of a condition

  /// The value of a part of a condition by itself; nil is an error.
  func value(of part: CELExpression, in reading: ConditionExpression) -> CELValue? {
    let references = LevelReferences(part, reading.checking, levelNames)
    settle(references.indices)
    return value(of: ConditionExpression(tree: part, checking: reading.checking, levels: references))
  }

  // MARK: access levels

  /// Asks access levels, each after those that it asks for itself. A level in a ring, which no checked policy has, is
  /// an error to those that ask for it.
  private func settle(_ indices: [Int]) {
    var pending = indices
    var begun: Set<Int> = []
    while let index = pending.last {
      let reading = levels[index].condition.reading
      let open = (reading?.levelIndices ?? []).filter { outcomes[$0] == nil && !begun.contains($0) && $0 != index }
      begun.insert(index)
      if outcomes[index] != nil {
        pending.removeLast()
      } else if open.isEmpty {
        outcomes[index] = .some(outcome(of: reading))
        pending.removeLast()
      } else {
        pending += open
      }
    }
  }

  /// `levels.NAME`, and the list of those that hold, as far as the expression asks for them.
  private func levelValues(_ reading: ConditionExpression) -> [String: Result<CELValue, CELError>] {
    var values: [String: Result<CELValue, CELError>] = [:]
    for index in reading.levelIndices {
      let name = LevelNames.lastPart(of: levels[index].name.value)
      guard levelNames.variables[name] == index, let outcome = outcomes[index] else { continue }
      let error = CELError.unknownFact("the access level is in error")
      values[ConditionEnvironment.levelPrefix + name] = outcome.map { .success(.bool($0)) } ?? .failure(error)
    }
    let holding = reading.levelIndices.filter { outcomes[$0] == true }
    values[ConditionEnvironment.accessLevels] = .success(.list(holding.map { .string(levels[$0].name.value) }))
    return values
  }

  /// What one expression's names stand for.
  private struct Activation: CELActivation {
    let facts: ReferenceFacts
    let levels: [String: Result<CELValue, CELError>]
    let expression: ReferenceExpression

    func value(of name: String) throws(CELError) -> CELValue? {
      if let attribute = expression.values[name] { return try facts.value(of: attribute) }
      if let attribute = expression.presences[name] { return try facts.isPresent(attribute) ? .bool(true) : nil }
      if let level = levels[name] { return try level.get() }
      return try facts.value(of: name)
    }
  }
}
