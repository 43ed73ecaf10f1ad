// Macros over lists and maps. `all` and `exists` absorb errors like `&&` and `||`; an error anywhere is the result of
// the others. Refuses ranges that are neither list nor map, as an error value.

extension CELEvaluation {
  private typealias Turn = CELExpression.Comprehension.Turn

  /// What a macro comes to.
  func fold(_ comprehension: CELExpression.Comprehension, in scope: CELScope?) throws(CELError) -> CELValue {
    let range = try evaluateBound(comprehension.range, in: scope)
    guard let turns = comprehension.turns(over: range.value) else {
      throw CELError(.noSuchOverload, "a macro takes a list or a map, not `\(range.value.typeName)`")
    }
    let loop = Loop(comprehension: comprehension, turns: turns, nesting: range.nesting, scope: scope)
    switch comprehension.kind {
    case .all: return .bool(try decide(loop, decisive: false))
    case .exists: return .bool(try decide(loop, decisive: true))
    case .existsOne: return .bool(try count(loop) == 1)
    case .filter: return .list(try filter(loop))
    case .map: return .list(try map(loop))
    case .transformMap: return .map(try transformMap(loop))
    case .transformMapEntry: return .map(try transformMapEntry(loop))
    }
  }

  private struct Loop {
    let comprehension: CELExpression.Comprehension
    let turns: [Turn]
    let nesting: Int
    let scope: CELScope?

    /// The scope of one turn.
    func scope(of turn: Turn) -> CELScope? {
      var scope = scope
      for (name, value) in comprehension.locals(of: turn) {
        scope = CELScope(name, .value(value), nesting: nesting, parent: scope)
      }
      return scope
    }
  }
}

extension CELExpression.Comprehension {
  /// One turn: what the first variable and the second stand for.
  public typealias Turn = (first: CELValue, second: CELValue)

  /// With one variable: elements or keys. With two: indices and elements, or keys and values. nil of what is neither list
  /// nor map.
  public func turns(over range: CELValue) -> [Turn]? {
    switch range {
    case .list(let elements):
      guard variables.count == 2 else { return elements.map { ($0, $0) } }
      return elements.enumerated().map { (.int(Int64($0.offset)), $0.element) }
    case .map(let map): return map.entries.map { ($0.key, $0.value) }
    default: return nil
    }
  }

  /// The variables with what they stand for in one turn.
  public func locals(of turn: Turn) -> [(name: String, value: CELValue)] {
    zip(variables, [turn.first, turn.second]).map { ($0, $1) }
  }
}

// Folds.
extension CELEvaluation {
  private func decide(_ loop: Loop, decisive: Bool) throws(CELError) -> Bool {
    guard let predicate = loop.comprehension.predicate else { throw Self.malformed }
    var failure: CELError?
    for turn in loop.turns {
      try charge(1)
      switch try test(predicate, in: loop.scope(of: turn)) {
      case .success(decisive): return decisive
      case .success: continue
      case .failure(let error): failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return !decisive
  }

  private func count(_ loop: Loop) throws(CELError) -> Int {
    guard loop.comprehension.predicate != nil else { throw Self.malformed }
    var count = 0
    for turn in loop.turns where try holds(loop, loop.scope(of: turn)) { count += 1 }
    return count
  }

  private func filter(_ loop: Loop) throws(CELError) -> [CELValue] {
    guard loop.comprehension.predicate != nil else { throw Self.malformed }
    let isOverElements = loop.comprehension.variables.count == 2
    var values: [CELValue] = []
    for turn in loop.turns where try holds(loop, loop.scope(of: turn)) {
      values.append(isOverElements ? turn.second : turn.first)
    }
    return values
  }

  private func map(_ loop: Loop) throws(CELError) -> [CELValue] {
    var values: [CELValue] = []
    for turn in loop.turns {
      if let value = try transformed(loop, turn) { values.append(value) }
    }
    return values
  }

  private func transformMap(_ loop: Loop) throws(CELError) -> CELMap {
    var map = CELMap()
    for turn in loop.turns {
      if let value = try transformed(loop, turn) { try map.add(turn.first, value) }
    }
    return map
  }

  private func transformMapEntry(_ loop: Loop) throws(CELError) -> CELMap {
    var map = CELMap()
    for turn in loop.turns {
      guard let value = try transformed(loop, turn) else { continue }
      guard case .map(let entry) = value else {
        throw CELError(.noSuchOverload, "the transform must be a map, not `\(value.typeName)`")
      }
      try charge(entry.count)
      for (key, value) in entry.entries { try map.add(key, value) }
    }
    return map
  }

  /// nil where the predicate does not hold.
  private func transformed(_ loop: Loop, _ turn: Turn) throws(CELError) -> CELValue? {
    guard let transform = loop.comprehension.transform else { throw Self.malformed }
    let scope = loop.scope(of: turn)
    return try holds(loop, scope) ? try evaluate(transform, in: scope) : nil
  }

  /// Whether the predicate holds, or there is none; charged as one turn.
  private func holds(_ loop: Loop, _ scope: CELScope?) throws(CELError) -> Bool {
    try charge(1)
    guard let predicate = loop.comprehension.predicate else { return true }
    return try truth(of: predicate, in: scope)
  }

  private static let malformed = CELError(.noSuchOverload, "the macro lacks a part")
}
