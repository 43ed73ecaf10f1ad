// Identifiers and selects: what a qualified name stands for, the fields of maps and optionals. Refuses undeclared names
// and fields of what has none.

/// A chain of names, `a.b.c`, that may be one variable's qualified name.
struct QualifiedName {
  /// The nodes of the chain, the identifier first.
  let nodes: [CELExpression]
  /// The identifier, then the fields.
  let names: [String]
  /// Written with a leading dot.
  let isAbsolute: Bool

  /// nil where the chain begins with something else than a name, or a field could not be written as a name.
  init?(_ node: CELExpression) {
    var nodes = [node]
    var names: [String] = []
    var current = node
    while case .select(let operand, let field, false) = current.kind {
      guard field.utf8.allSatisfy(\.isNameByte) else { return nil }
      names.append(field)
      nodes.append(operand)
      current = operand
    }
    guard case .identifier(let name, let isAbsolute) = current.kind else { return nil }
    self.nodes = nodes.reversed()
    self.names = [name] + names.reversed()
    self.isAbsolute = isAbsolute
  }

  /// The first `count` names with dots between them.
  func prefix(_ count: Int) -> String { names.prefix(count).joined(separator: ".") }

  var text: String { prefix(names.count) }
}

extension TypeChecker {
  mutating func typeOfName(_ node: CELExpression) -> CELType {
    if let name = QualifiedName(node) { return typeOfChain(name) }
    guard case .select(let operand, let field, let isOptional) = node.kind else { return .dyn }
    let type = check(operand)
    return typeOfField(node, of: type, field, isOptional: isOptional)
  }

  /// `has(operand.field)` is bool whatever the field's type.
  mutating func typeOfPresence(_ node: CELExpression, _ operand: CELExpression, _ field: String) -> CELType {
    if let name = QualifiedName(operand), resolve(name) == nil,
      let variable = variable(name.text + "." + field, isAbsolute: name.isAbsolute)
    {
      report(
        .type, "`has()` asks for a field, but `\(variable)` is a variable", at: node,
        help: "a variable is always there: compare its value")
      return .bool
    }
    let type = check(operand)
    _ = typeOfField(node, of: type, field, isOptional: false)
    return .bool
  }

  /// The longest prefix of a chain that is something: the count of its names, and its type.
  private func resolve(_ name: QualifiedName) -> (count: Int, type: CELType, variable: String?)? {
    if !name.isAbsolute, let type = locals[name.names[0]]?.last { return (1, type, nil) }
    for count in (1...name.names.count).reversed() {
      let prefix = name.prefix(count)
      for candidate in name.isAbsolute ? [prefix] : environment.candidates(for: prefix) {
        if let type = environment.variables[candidate] { return (count, type, candidate) }
        if let type = CELType.named[candidate] { return (count, .type(type), nil) }
      }
    }
    return nil
  }

  func isResolved(_ name: QualifiedName) -> Bool { resolve(name) != nil }

  private func variable(_ name: String, isAbsolute: Bool) -> String? {
    (isAbsolute ? [name] : environment.candidates(for: name)).first { environment.variables[$0] != nil }
  }

  private mutating func typeOfChain(_ name: QualifiedName) -> CELType {
    guard let found = resolve(name) else {
      reportUndeclared(name)
      return .mistake
    }
    let root = name.nodes[found.count - 1]
    setType(found.type, of: root)
    if let variable = found.variable { variables[root.id] = variable }
    var type = found.type
    for index in found.count..<name.names.count {
      type = typeOfField(name.nodes[index], of: type, name.names[index], isOptional: false)
      setType(type, of: name.nodes[index])
    }
    return type
  }

  /// The field of a map, or of a map in an optional, which stays one.
  private mutating func typeOfField(
    _ node: CELExpression, of operand: CELType, _ field: String, isOptional: Bool
  ) -> CELType {
    let operand = unifier.resolve(operand)
    if case .opaque("optional_type", let inner) = operand, let inner = inner.first {
      return .optional(typeOfPlainField(node, of: unifier.resolve(inner), field))
    }
    let type = typeOfPlainField(node, of: operand, field)
    return isOptional ? .optional(type) : type
  }

  private mutating func typeOfPlainField(_ node: CELExpression, of operand: CELType, _ field: String) -> CELType {
    switch operand {
    case .dyn: return .dyn
    case .mistake: break
    case .map(let key, let value):
      if unifier.isAssignable(.string, to: key) { return value }
      report(.type, "`.\(field)` is a string key, but the keys are \(name(key))", at: node)
    case .parameter:
      _ = unifier.isAssignable(.dyn, to: operand)
      return .dyn
    default:
      guard !hasManyIssues else { break }
      report(.type, "\(name(operand)) has no field `\(field)`", at: node)
    }
    return .mistake
  }
}

extension TypeChecker {
  /// Tells the first name of a chain that nothing declares: `request.pth` in `request.pth.size`.
  private mutating func reportUndeclared(_ name: QualifiedName) {
    guard !hasManyIssues else { return }
    let known = declaredPrefixCount(name)
    guard known < name.names.count else { return reportNamespace(name) }
    let wanted = name.prefix(known + 1)
    report(
      .undeclared, "`\(wanted)` is not declared", at: name.nodes[known],
      help: Suggestion.help(for: wanted, among: variableNames(segmentCount: known + 1)))
  }

  private mutating func reportNamespace(_ name: QualifiedName) {
    let prefix = name.text + "."
    let members = environment.variables.keys.filter { $0.hasPrefix(prefix) }.sorted().prefix(5)
    let help = members.isEmpty ? nil : "say which: " + members.map { "`\($0)`" }.joined(separator: ", ")
    report(.undeclared, "`\(name.text)` is no variable by itself", at: name.nodes[name.nodes.count - 1], help: help)
  }

  /// How many names of a chain begin the qualified name of a variable.
  private func declaredPrefixCount(_ name: QualifiedName) -> Int {
    let counts = (1...name.names.count).reversed()
    return counts.first { count in
      let prefix = name.prefix(count)
      let candidates = name.isAbsolute ? [prefix] : environment.candidates(for: prefix)
      return candidates.contains { candidate in environment.variables.keys.contains { $0.hasPrefix(candidate + ".") } }
    } ?? 0
  }

  /// The names of variables, each cut to its first names.
  private func variableNames(segmentCount: Int) -> Set<String> {
    var names = segmentCount == 1 ? Set(locals.filter { !$0.value.isEmpty }.keys) : []
    for variable in environment.variables.keys {
      let segments = variable.split(separator: ".")
      if segments.count >= segmentCount { names.insert(segments.prefix(segmentCount).joined(separator: ".")) }
    }
    return names
  }
}

extension UInt8 {
  /// Of the bytes that a name is written with: letters, digits and the underscore.
  fileprivate var isNameByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
    default: false
    }
  }
}
