// Lists, maps, macros over them and bindings. Refuses keys that can be no key, ranges that are neither list nor map,
// conditions that are no bool, and messages.

extension TypeChecker {
  mutating func typeOfList(_ elements: [CELExpression.Element]) -> CELType {
    var joined: CELType?
    for element in elements {
      let type = typeOfPart(element.value, isOptional: element.isOptional)
      joined = joined.map { unifier.join($0, type) } ?? type
    }
    return .list(joined ?? unifier.fresh())
  }

  mutating func typeOfMap(_ entries: [CELExpression.Entry]) -> CELType {
    var joined: (key: CELType, value: CELType)?
    for entry in entries {
      let key = check(entry.key)
      expectKey(key, entry.key)
      let value = typeOfPart(entry.value, isOptional: entry.isOptional)
      joined = joined.map { (unifier.join($0.key, key), unifier.join($0.value, value)) } ?? (key, value)
    }
    let types = joined ?? (unifier.fresh(), unifier.fresh())
    return .map(key: types.key, value: types.value)
  }

  /// The type of an element or a value; of an optional one (`?x`) that of what is inside.
  private mutating func typeOfPart(_ node: CELExpression, isOptional: Bool) -> CELType {
    let type = check(node)
    guard isOptional, unifier.resolve(type) != .dyn else { return type }
    let inner = unifier.fresh()
    guard !unifier.isAssignable(type, to: .optional(inner)) else { return inner }
    report(.type, "after `?` an optional is asked for, not \(name(type))", at: node, help: "leave out the `?`")
    return .mistake
  }

  private mutating func expectKey(_ type: CELType, _ node: CELExpression) {
    var key = unifier.resolve(type)
    if case .nullable(let inner) = key { key = inner }
    switch key {
    case .bool, .int, .uint, .string, .dyn, .mistake, .parameter: return
    default: report(.type, "a key is bool, int, uint or string, not \(name(type))", at: node)
    }
  }

  mutating func typeOfMessage(
    _ node: CELExpression, _ messageName: String, _ fields: [(name: String, value: CELExpression)]
  ) -> CELType {
    report(.type, "`\(messageName){...}` makes a message, and messages are out of scope", at: node)
    for field in fields { _ = check(field.value) }
    return .mistake
  }

  mutating func typeOfBinding(_ name: String, _ value: CELExpression, _ body: CELExpression) -> CELType {
    let type = check(value)
    return withLocals([(name, type)]) { $0.check(body) }
  }

  mutating func withLocals<Result>(
    _ variables: [(name: String, type: CELType)], _ body: (inout TypeChecker) -> Result
  ) -> Result {
    for variable in variables { locals[variable.name, default: []].append(variable.type) }
    let result = body(&self)
    for variable in variables { locals[variable.name]?.removeLast() }
    return result
  }
}

extension TypeChecker {
  mutating func typeOfComprehension(_ macro: CELExpression.Comprehension) -> CELType {
    let range = check(macro.range)
    let (key, value) = partsOfRange(range, macro.range)
    let types = macro.variables.count > 1 ? [key.index, value] : [key.element]
    return withLocals(Array(zip(macro.variables, types)).map { (name: $0, type: $1) }) { checker in
      if let predicate = macro.predicate {
        let type = checker.check(predicate)
        checker.expectBool(type, predicate, "the condition of a macro")
      }
      let transformed = macro.transform.map { checker.check($0) }
      return checker.result(of: macro, key, transformed ?? .dyn)
    }
  }

  /// What a macro's variables stand for: the first where there are two, where there is one, and the second.
  private mutating func partsOfRange(
    _ type: CELType, _ node: CELExpression
  ) -> (first: (index: CELType, element: CELType), value: CELType) {
    let range = unifier.resolve(type)
    switch range {
    case .list(let element): return ((.int, element), element)
    case .map(let key, let value): return ((key, key), value)
    case .parameter:
      _ = unifier.isAssignable(.dyn, to: range)
      return ((.dyn, .dyn), .dyn)
    case .dyn: return ((.dyn, .dyn), .dyn)
    case .mistake: break
    default: report(.type, "a macro goes over a list or a map, not \(name(range))", at: node)
    }
    return ((.mistake, .mistake), .mistake)
  }

  private mutating func result(
    of macro: CELExpression.Comprehension, _ key: (index: CELType, element: CELType), _ transformed: CELType
  ) -> CELType {
    switch macro.kind {
    case .all, .exists, .existsOne: return .bool
    case .filter: return .list(key.element)
    case .map: return .list(transformed)
    case .transformMap: return .map(key: key.index, value: transformed)
    case .transformMapEntry: return entries(transformed, macro)
    }
  }

  private mutating func entries(_ type: CELType, _ macro: CELExpression.Comprehension) -> CELType {
    let known = unifier.resolve(type)
    if known == .dyn || known == .mistake { return .map(key: known, value: known) }
    let map = CELType.map(key: unifier.fresh(), value: unifier.fresh())
    if unifier.isAssignable(type, to: map) { return map }
    report(
      .type, "`transformMapEntry` asks for a map of one entry, not \(name(type))", at: macro.transform ?? macro.range)
    return .mistake
  }
}
