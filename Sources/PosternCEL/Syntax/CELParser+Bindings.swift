// Macros that give names to values: `cel.bind`, `cel.block` and its names, and the maps of optionals.
// Refuses blocks of what is no list and names of what is no number.

extension CELParser {
  /// A macro of the namespace `cel`; nil where it has none of this name and count of arguments.
  mutating func bindingExpansion(of macro: MacroCall) throws(CELIssue) -> CELExpression? {
    let arguments = macro.arguments
    switch (macro.name, arguments.count) {
    case ("bind", 3):
      let name = try variable(arguments[0], of: "cel.bind")
      return try node(.bind(name: name, value: arguments[1], body: arguments[2]), macro.range)
    case ("block", 2): return try block(arguments[0], arguments[1], macro.range)
    case ("index", 1): return try numbered(CELMacroNames.index, macro, separator: "")
    case ("iterVar", 2): return try numbered(CELMacroNames.iteration, macro, separator: ":")
    case ("accuVar", 2): return try numbered(CELMacroNames.accumulator, macro, separator: ":")
    default: return nil
    }
  }

  /// One binding in another, the first outermost, so that each sees those before it.
  private mutating func block(
    _ list: CELExpression, _ body: CELExpression, _ range: Range<Int>
  ) throws(CELIssue) -> CELExpression {
    guard case .list(let elements) = list.kind, !elements.contains(where: \.isOptional) else {
      throw .blockList(at: list.range)
    }
    guard depth + elements.count <= CELLimits.depth else { throw .tooDeep(at: list.range) }
    var expression = body
    for (index, element) in elements.enumerated().reversed() {
      let name = CELMacroNames.index + String(index)
      expression = try node(.bind(name: name, value: element.value, body: expression), range)
    }
    return expression
  }

  /// A name made of whole numbers.
  private mutating func numbered(
    _ prefix: String, _ macro: MacroCall, separator: String
  ) throws(CELIssue) -> CELExpression {
    var name = prefix
    for argument in macro.arguments {
      guard case .constant(.int(let number)) = argument.kind, number >= 0 else {
        throw .macroNumber(macro.name, at: argument.range)
      }
      name += separator + String(number)
    }
    return try node(.identifier(name, isAbsolute: false), macro.range)
  }

  /// `optMap` and `optFlatMap`: with `t` for the target, `t.hasValue() ? optional.of(body) : optional.none()`, where the
  /// body sees `t.value()`. The target is bound, not written twice: nested maps would double it each time.
  mutating func optionalExpansion(of macro: MacroCall, _ target: CELExpression) throws(CELIssue) -> CELExpression? {
    guard macro.arguments.count == 2, macro.name == "optMap" || macro.name == "optFlatMap" else { return nil }
    let variable = try variable(macro.arguments[0], of: macro.name)
    try enter()
    let name = CELMacroNames.target + String(optionalMacroCount)
    optionalMacroCount += 1
    let range = macro.range
    let tested = try node(.identifier(name, isAbsolute: false), target.range)
    let test = try call("hasValue", on: tested, [], target.range)
    let opened = try node(.identifier(name, isAbsolute: false), target.range)
    let value = try call("value", on: opened, [], target.range)
    var result = try node(.bind(name: variable, value: value, body: macro.arguments[1]), range)
    if macro.name == "optMap" { result = try call("optional.of", [result], range) }
    let none = try call("optional.none", [], range)
    let choice = try call(CELOperator.conditional, [test, result, none], range)
    return try node(.bind(name: name, value: target, body: choice), range)
  }
}
