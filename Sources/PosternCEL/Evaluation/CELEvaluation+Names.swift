// Names: variables of macros, of the activation under qualified names, and types; then fields of maps.
// Refuses names that nothing knows, as an error value.

extension CELEvaluation {
  /// The value of an identifier or of a selection, which may be a qualified name.
  func resolve(_ expression: CELExpression, in scope: CELScope?) throws(CELError) -> CELValue {
    if let name = variables?[expression.id] { return try variable(name) }
    if case .identifier(let name, isAbsolute: false) = expression.kind, let local = scope.variable(name) {
      return try value(of: local)
    }
    if let value = try qualified(expression, in: scope) { return value }
    guard case .select(let operand, let field, let isOptional) = expression.kind else {
      throw CELError(.noSuchVariable, "there is no variable of this name")
    }
    let value = try evaluate(operand, in: scope)
    return try isOptional ? value.optionalMember(field) : value.member(field)
  }

  /// `has(operand.field)`.
  func has(
    _ field: String, of operand: CELExpression, id: Int, in scope: CELScope?
  ) throws(CELError) -> Bool {
    if let name = variables?[id] { return try activation.value(of: name) != nil }
    guard case .optional(let boxed) = try evaluate(operand, in: scope).optionalMember(field) else { return false }
    return boxed != nil
  }

  private func variable(_ name: String) throws(CELError) -> CELValue {
    guard let value = try activation.value(of: name) else {
      throw CELError(.noSuchVariable, "`\(name)` has no value")
    }
    return value
  }

  /// The variable or type that the whole of an identifier or selection names. A checker that went before has told the
  /// variables of selections, so that only types are left to find among them.
  private func qualified(_ expression: CELExpression, in scope: CELScope?) throws(CELError) -> CELValue? {
    guard let name = qualifiedName(of: expression, in: scope) else { return nil }
    let mayBeVariable = variables == nil || !name.text.utf8.contains(UInt8(ascii: "."))
    for candidate in candidates(for: name.text, isAbsolute: name.isAbsolute) {
      if mayBeVariable, let value = try activation.value(of: candidate) { return value }
      if CELType.namesOfValues.contains(candidate) { return .type(candidate) }
    }
    return nil
  }

  /// `a.b.c` of three nodes as one name; nil for anything else, and where `a` is a variable of a macro.
  func qualifiedName(
    of expression: CELExpression, in scope: CELScope?
  ) -> (text: String, isAbsolute: Bool)? {
    var fields: [String] = []
    var node = expression
    while case .select(let operand, let field, isOptional: false) = node.kind {
      fields.append(field)
      node = operand
    }
    guard case .identifier(let root, let isAbsolute) = node.kind else { return nil }
    guard isAbsolute || scope.variable(root) == nil else { return nil }
    return ((fields + [root]).reversed().joined(separator: "."), isAbsolute)
  }
}
