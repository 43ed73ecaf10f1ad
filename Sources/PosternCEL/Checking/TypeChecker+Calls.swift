// Functions, methods and operators: which overloads take these types. Refuses names that nothing declares and types
// that no overload takes.

extension TypeChecker {
  mutating func typeOfCall(
    _ node: CELExpression, _ function: String, _ target: CELExpression?, _ arguments: [CELExpression]
  ) -> CELType {
    guard let target else { return typeOfFunction(node, function, arguments) }
    if let name = namespacedFunction(function, target) { return typeOfFunction(node, name, arguments) }
    let methods = lookUp(function)?.overloads.filter(\.isMethod) ?? []
    if methods.isEmpty, let name = QualifiedName(target), !isResolved(name) {
      return typeOfFunction(node, (name.isAbsolute ? "." : "") + name.text + "." + function, arguments)
    }
    let types = [check(target)] + arguments.map { check($0) }
    guard let found = lookUp(function) else { return reportUndeclared(node, function) }
    return resolve(node, function, found.overloads, types, isMethod: true)
  }

  /// `math.greatest` for the method call `greatest` on `math`; nil where that is no function. A macro's variable is a
  /// target always, like in every other name.
  private func namespacedFunction(_ function: String, _ target: CELExpression) -> String? {
    guard let prefix = QualifiedName(target) else { return nil }
    guard prefix.isAbsolute || locals[prefix.names[0]]?.last == nil else { return nil }
    let name = (prefix.isAbsolute ? "." : "") + prefix.text + "." + function
    return lookUp(name)?.overloads.contains { !$0.isMethod } == true ? name : nil
  }

  private mutating func typeOfFunction(
    _ node: CELExpression, _ function: String, _ arguments: [CELExpression]
  ) -> CELType {
    var types = arguments.map { check($0) }
    if function == CELOperator.and || function == CELOperator.or {
      return typeOfLogic(node, function, Array(zip(arguments, types)).map { (node: $0, type: $1) })
    }
    guard let found = lookUp(function) else { return reportUndeclared(node, function) }
    if CELDeclarations.variadicNames.contains(found.name), types.count > 1 {
      guard let list = listOfNumbers(types) else {
        return reportOverload(node, function, found.overloads, types, false)
      }
      types = [list]
    }
    return resolve(node, function, found.overloads, types, isMethod: false)
  }

  /// What a name is in the container, and its overloads; a leading dot says that only the whole name counts.
  private func lookUp(_ function: String) -> (name: String, overloads: [CELEnvironment.Overload])? {
    let isAbsolute = function.utf8.first == UInt8(ascii: ".")
    let names = isAbsolute ? [String(function.dropFirst())] : environment.candidates(for: function)
    for name in names {
      let overloads = (CELDeclarations.functions[name] ?? []) + (environment.functions[name] ?? [])
      if !overloads.isEmpty { return (name, overloads) }
    }
    return nil
  }

  private mutating func typeOfLogic(
    _ node: CELExpression, _ function: String, _ sides: [(node: CELExpression, type: CELType)]
  ) -> CELType {
    let symbol = CELDeclarations.symbols[function] ?? function
    for side in sides { expectBool(side.type, side.node, "each side of `\(symbol)`") }
    overloads[node.id] = [function == CELOperator.and ? "logical_and" : "logical_or"]
    return .bool
  }

  /// The arguments of a variadic function as the list that its overloads take; nil where one is no number.
  private mutating func listOfNumbers(_ types: [CELType]) -> CELType? {
    var joined: CELType?
    for type in types {
      let isNumber = [CELType.int, .uint, .double].contains { unifier.isAssignable(type, to: $0) }
      guard isNumber else { return nil }
      joined = joined.map { unifier.join($0, type) } ?? type
    }
    return .list(joined ?? .dyn)
  }

  /// The union of what the fitting overloads come to: `dyn` where they differ.
  private mutating func resolve(
    _ node: CELExpression, _ function: String, _ declared: [CELEnvironment.Overload], _ types: [CELType],
    isMethod: Bool
  ) -> CELType {
    if types.contains(where: { unifier.resolve($0) == .mistake }) { return .mistake }
    var result: CELType?
    var ids: [String] = []
    for overload in declared where overload.isMethod == isMethod && overload.parameters.count == types.count {
      let signature = unifier.instantiate(overload.parameters + [overload.result])
      guard unifier.isAssignable(types, to: Array(signature.dropLast())) else { continue }
      ids.append(overload.id)
      let type = unifier.substitute(signature[signature.count - 1])
      result = result == nil || result == type ? type : .dyn
    }
    guard let result else { return reportOverload(node, function, declared, types, isMethod) }
    overloads[node.id] = ids
    return result
  }
}

extension TypeChecker {
  private mutating func reportUndeclared(_ node: CELExpression, _ function: String) -> CELType {
    guard !hasManyIssues else { return .mistake }
    let names = Set(CELDeclarations.functions.keys).union(environment.functions.keys).union(CELDeclarations.macros.keys)
    let usage = CELDeclarations.macros[function].map { "`\(function)` is a macro: `\($0)`" }
    report(
      .undeclared, "there is no function `\(function)`", at: node,
      help: usage ?? Suggestion.help(for: function, among: names))
    return .mistake
  }

  private mutating func reportOverload(
    _ node: CELExpression, _ function: String, _ declared: [CELEnvironment.Overload], _ types: [CELType],
    _ isMethod: Bool
  ) -> CELType {
    guard !hasManyIssues else { return .mistake }
    let names = types.map { name($0) }
    if let symbol = CELDeclarations.symbols[function] {
      report(.overload, "`\(symbol)` does not take \(names.joined(separator: " and "))", at: node)
      return .mistake
    }
    let call =
      isMethod
      ? "\(names[0]).\(function)(\(names.dropFirst().joined(separator: ", ")))"
      : "\(function)(\(names.joined(separator: ", ")))"
    report(.overload, "no overload fits `\(call)`", at: node, help: usage(of: function, declared, isMethod))
    return .mistake
  }

  /// How a function may be called, those first that are called as the author did.
  private func usage(
    of function: String, _ declared: [CELEnvironment.Overload], _ isMethod: Bool
  ) -> String? {
    let sorted = declared.filter { $0.isMethod == isMethod } + declared.filter { $0.isMethod != isMethod }
    let signatures = sorted.prefix(3).map { overload in
      let types = overload.parameters.map(\.description)
      let arguments = types.dropFirst(overload.isMethod ? 1 : 0).joined(separator: ", ")
      return "`\(overload.isMethod ? types[0] + "." : "")\(function)(\(arguments))`"
    }
    return signatures.isEmpty ? nil : "it takes " + signatures.joined(separator: ", ")
  }
}
