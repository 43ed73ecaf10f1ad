// Macros: calls that become nodes of their own as they are read (CEL language definition, "Macros", and its extensions).
// Refuses variables that are no simple names and `has` of what is no field; a wrong count of arguments is a plain call.

extension CELParser {
  /// A call as it is written, before it is known whether it is a macro.
  struct MacroCall {
    /// Of a function with its leading dot, which no macro has.
    let name: String
    let target: CELExpression?
    let arguments: [CELExpression]
    let range: Range<Int>
  }

  /// What the arguments of a macro over elements are: its variables, then its predicate, then its transform.
  struct ComprehensionForm {
    let kind: CELExpression.Comprehension.Kind
    let variableCount: Int
    var hasPredicate = true
    var hasTransform = false
  }

  /// By name and count of arguments.
  static let comprehensions: [String: [Int: ComprehensionForm]] = [
    "all": predicates(.all), "exists": predicates(.exists),
    "exists_one": predicates(.existsOne), "existsOne": predicates(.existsOne),
    "filter": [2: ComprehensionForm(kind: .filter, variableCount: 1)],
    "map": transforms(.map, variableCount: 1), "transformList": transforms(.map, variableCount: 2),
    "transformMap": transforms(.transformMap, variableCount: 2),
    "transformMapEntry": transforms(.transformMapEntry, variableCount: 2),
  ]

  private static func predicates(_ kind: CELExpression.Comprehension.Kind) -> [Int: ComprehensionForm] {
    [2: ComprehensionForm(kind: kind, variableCount: 1), 3: ComprehensionForm(kind: kind, variableCount: 2)]
  }

  private static func transforms(
    _ kind: CELExpression.Comprehension.Kind, variableCount: Int
  ) -> [Int: ComprehensionForm] {
    [
      variableCount + 1: ComprehensionForm(
        kind: kind, variableCount: variableCount, hasPredicate: false, hasTransform: true),
      variableCount + 2: ComprehensionForm(
        kind: kind, variableCount: variableCount, hasPredicate: true, hasTransform: true),
    ]
  }

  /// The macro's node, or the call where it is none.
  mutating func called(_ macro: MacroCall) throws(CELIssue) -> CELExpression {
    if macrosEnabled, let expansion = try expansion(of: macro) { return expansion }
    return try call(macro.name, on: macro.target, macro.arguments, macro.range)
  }

  private mutating func expansion(of macro: MacroCall) throws(CELIssue) -> CELExpression? {
    guard let target = macro.target else { return try presence(macro) }
    if case .identifier("cel", isAbsolute: false) = target.kind,
      let expansion = try bindingExpansion(of: macro)
    {
      return expansion
    }
    if let form = Self.comprehensions[macro.name]?[macro.arguments.count] {
      return try comprehension(form, macro, over: target)
    }
    return try optionalExpansion(of: macro, target)
  }

  private mutating func presence(_ macro: MacroCall) throws(CELIssue) -> CELExpression? {
    guard macro.name == "has", macro.arguments.count == 1 else { return nil }
    guard case .select(let operand, let field, isOptional: false) = macro.arguments[0].kind else {
      throw .hasArgument(at: macro.arguments[0].range)
    }
    return try node(.has(operand: operand, field: field), macro.range)
  }

  private mutating func comprehension(
    _ form: ComprehensionForm, _ macro: MacroCall, over target: CELExpression
  ) throws(CELIssue) -> CELExpression {
    var variables: [String] = []
    for argument in macro.arguments.prefix(form.variableCount) {
      let name = try variable(argument, of: macro.name)
      guard !variables.contains(name) else { throw .macroVariableTwice(name, at: argument.range) }
      variables.append(name)
    }
    let predicate = form.hasPredicate ? macro.arguments[form.variableCount] : nil
    let comprehension = CELExpression.Comprehension(
      kind: form.kind, range: target, variables: variables, predicate: predicate,
      transform: form.hasTransform ? macro.arguments.last : nil)
    return try node(.comprehension(comprehension), macro.range)
  }

  /// The name that an argument declares: a simple one, or that of `cel.iterVar` and `cel.accuVar`.
  func variable(_ argument: CELExpression, of macro: String) throws(CELIssue) -> String {
    guard case .identifier(let name, isAbsolute: false) = argument.kind, !name.hasPrefix(CELMacroNames.index) else {
      throw .macroVariable(macro, at: argument.range)
    }
    return name
  }
}

/// The names that expansions declare; none can be written, for `@` is no part of an identifier.
enum CELMacroNames {
  /// `cel.index(0)` is `@index0`.
  static let index = "@index"
  /// `cel.iterVar(0, 1)` is `@it:0:1`.
  static let iteration = "@it"
  /// `cel.accuVar(0, 1)` is `@ac:0:1`.
  static let accumulator = "@ac"
  /// What `optMap` and `optFlatMap` are called on: `@target:0` for the first of a text.
  static let target = "@target:"
}
