// Selections, indices, calls and messages: what follows an operand, link by link.
// Refuses methods in backticks and messages of what is no name.

extension CELParser {
  /// An operand and all that follows it. `sign` is where the minus sign of a number stands.
  mutating func member(sign: Int?) throws(CELIssue) -> CELExpression {
    // Links that nest, as `optMap` does, count as levels for as long as the chain goes on.
    let outerDepth = depth
    defer { depth = outerDepth }
    // Only a name that no parentheses close in can be a message's.
    var isName = token.identifier != nil || token.symbol == .dot
    var operand = try primary(sign: sign)
    while let symbol = token.symbol {
      switch symbol {
      case .dot:
        operand = try selection(of: operand)
        // What a macro stands for (`cel.index(0)`) may be a name, but none that was written.
        if case .select = operand.kind { break }
        isName = false
      case .leftBracket: operand = try index(of: operand)
      case .leftBrace:
        guard isName, let name = operand.qualifiedName else { return operand }
        operand = try message(name, start: operand.range.lowerBound)
        isName = false
      default: return operand
      }
    }
    return operand
  }

  /// `.field`, `.?field`, `.method(arguments)`.
  private mutating func selection(of operand: CELExpression) throws(CELIssue) -> CELExpression {
    try expect(.dot)
    let isOptional = try accept(.question)
    let (field, range, isQuoted) = try fieldName()
    let start = operand.range.lowerBound
    guard !isOptional, token.symbol == .leftParenthesis else {
      return try node(.select(operand: operand, field: field, isOptional: isOptional), start..<previousEnd)
    }
    guard !isQuoted else { throw .quotedName(field, at: range) }
    let arguments = try arguments()
    return try called(
      MacroCall(name: field, target: operand, arguments: arguments, range: start..<previousEnd))
  }

  /// A field's name: an identifier, also a word kept for host languages, or a text in backticks.
  mutating func fieldName() throws(CELIssue) -> (name: String, range: Range<Int>, isQuoted: Bool) {
    let range = token.range
    switch token.kind {
    case .identifier(let name):
      guard !CELReservedWords.keywords.contains(name) else { throw .reservedWord(name, at: range) }
      try advance()
      return (name, range, false)
    case .quoted(let name):
      try advance()
      return (name, range, true)
    default: throw .expected("a field", found: found, at: range)
    }
  }

  /// `[index]`, `[?index]`.
  private mutating func index(of operand: CELExpression) throws(CELIssue) -> CELExpression {
    try expect(.leftBracket)
    let isOptional = try accept(.question)
    let index = try expression()
    try expect(.rightBracket)
    let function = isOptional ? CELOperator.optionalIndex : CELOperator.index
    return try call(function, [operand, index], operand.range.lowerBound..<previousEnd)
  }

  /// `{field: value}` after a name. `?field` keeps its mark in the name, so that nothing written is lost.
  private mutating func message(_ name: String, start: Int) throws(CELIssue) -> CELExpression {
    var fields: [(name: String, value: CELExpression)] = []
    try expect(.leftBrace)
    try sequence(closing: .rightBrace) { parser throws(CELIssue) in
      let mark = try parser.accept(.question) ? "?" : ""
      let field = try parser.fieldName().name
      try parser.expect(.colon)
      fields.append((mark + field, try parser.expression()))
    }
    return try node(.message(name: name, fields: fields), start..<previousEnd)
  }

  /// `(a, b)`; no comma may follow the last one.
  mutating func arguments() throws(CELIssue) -> [CELExpression] {
    var arguments: [CELExpression] = []
    try expect(.leftParenthesis)
    if try accept(.rightParenthesis) { return arguments }
    repeat {
      guard arguments.count < CELLimits.elementCount else { throw .tooManyElements(at: token.range) }
      arguments.append(try expression())
    } while try accept(.comma)
    try expect(.rightParenthesis)
    return arguments
  }

  /// Elements between commas up to the closing symbol; a comma may follow the last one, or stand alone.
  mutating func sequence(
    closing: CELToken.Symbol, _ element: (inout CELParser) throws(CELIssue) -> Void
  ) throws(CELIssue) {
    if try accept(.comma) { return try expect(closing) }
    var count = 0
    while token.symbol != closing {
      guard count < CELLimits.elementCount else { throw .tooManyElements(at: token.range) }
      try element(&self)
      count += 1
      guard try accept(.comma) else { break }
    }
    try expect(closing)
  }
}

extension CELExpression {
  /// `a.b.c` of plain selections from a name, with its leading dot if it has one; nil of anything else.
  public var qualifiedName: String? {
    var fields: [String] = []
    var node = self
    while case .select(let operand, let field, false) = node.kind {
      fields.append(field)
      node = operand
    }
    guard case .identifier(let name, let isAbsolute) = node.kind else { return nil }
    return (isAbsolute ? "." : "") + ([name] + fields.reversed()).joined(separator: ".")
  }
}
