// What is written for constants and for nodes that macros made. Refuses nothing.

extension CELWrittenExpression {
  /// A literal. Numbers hold together like prefixed ones: a dot or a sign next to them would change what they are.
  static func constant(_ value: CELValue) -> CELWrittenExpression {
    let precedence: CELPrecedence =
      switch value {
      case .int, .double: .prefix
      default: .member
      }
    return CELWrittenExpression(precedence, [.text(value.sourceText)])
  }

  /// A name, those that macros declare as the macro that names them.
  static func name(_ name: String, isAbsolute: Bool) -> String {
    let numbers = name.split(separator: ":").dropFirst().joined(separator: ", ")
    if name.hasPrefix(CELMacroNames.index) { return "cel.index(\(name.dropFirst(CELMacroNames.index.count)))" }
    if name.hasPrefix(CELMacroNames.iteration + ":") { return "cel.iterVar(\(numbers))" }
    if name.hasPrefix(CELMacroNames.accumulator + ":") { return "cel.accuVar(\(numbers))" }
    return (isAbsolute ? "." : "") + name
  }

  static func comprehension(_ comprehension: CELExpression.Comprehension) -> CELWrittenExpression {
    let variables = comprehension.variables.map { [CELTextPiece.text(name($0, isAbsolute: false))] }
    let bodies = [comprehension.predicate, comprehension.transform].compactMap(\.self)
    return member(
      [.tree(comprehension.range, minimum: .member), .text("." + macro(of: comprehension) + "(")]
        + separated(variables + bodies.map { [.whole($0)] }) + [.text(")")])
  }

  private static func macro(of comprehension: CELExpression.Comprehension) -> String {
    let isSingle = comprehension.variables.count == 1
    return switch comprehension.kind {
    case .all: "all"
    case .exists: "exists"
    case .existsOne: isSingle ? "exists_one" : "existsOne"
    case .filter: "filter"
    case .map: isSingle ? "map" : "transformList"
    case .transformMap: "transformMap"
    case .transformMapEntry: "transformMapEntry"
    }
  }

  static func binding(
    _ expression: CELExpression, _ variable: String, _ value: CELExpression, _ body: CELExpression
  ) -> CELWrittenExpression {
    if variable == CELMacroNames.index + "0" { return block(expression) }
    if variable.hasPrefix(CELMacroNames.target), let written = optionalMacro(value, body) { return written }
    return member(
      [.text("cel.bind(\(name(variable, isAbsolute: false)), "), .whole(value), .text(", "), .whole(body), .text(")")])
  }

  private static func block(_ expression: CELExpression) -> CELWrittenExpression {
    var elements: [[CELTextPiece]] = []
    var body = expression
    while case .bind(let name, let value, let inner) = body.kind, name == CELMacroNames.index + String(elements.count) {
      elements.append([.whole(value)])
      body = inner
    }
    return member([.text("cel.block([")] + separated(elements) + [.text("], "), .whole(body), .text(")")])
  }

  /// nil where the body is not what `optMap` and `optFlatMap` become.
  private static func optionalMacro(_ target: CELExpression, _ choice: CELExpression) -> CELWrittenExpression? {
    guard case .call(CELOperator.conditional, nil, let parts) = choice.kind, parts.count == 3 else { return nil }
    var macro = "optFlatMap"
    var result = parts[1]
    if case .call("optional.of", nil, let arguments) = result.kind, let first = arguments.first {
      macro = "optMap"
      result = first
    }
    guard case .bind(let variable, _, let body) = result.kind else { return nil }
    return member([
      .tree(target, minimum: .member), .text(".\(macro)(\(name(variable, isAbsolute: false)), "), .whole(body),
      .text(")"),
    ])
  }
}
