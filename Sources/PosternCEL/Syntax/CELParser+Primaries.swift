// Literals, names, calls of functions, parentheses, lists and maps.
// Refuses reserved words as names, and numbers that their type cannot hold.

extension CELParser {
  /// What an operand starts with. `sign` is where the minus sign of a number stands.
  mutating func primary(sign: Int?) throws(CELIssue) -> CELExpression {
    switch token.kind {
    case .identifier(let name): return try named(name)
    case .quoted(let name): throw .quotedName(name, at: token.range)
    case .symbol(.dot): return try absoluteName()
    case .symbol(.leftParenthesis): return try parenthesized()
    case .symbol(.leftBracket): return try list()
    case .symbol(.leftBrace): return try map()
    default: return try literal(sign: sign)
    }
  }

  private mutating func literal(sign: Int?) throws(CELIssue) -> CELExpression {
    let range = (sign ?? token.range.lowerBound)..<token.range.upperBound
    let value: CELValue
    switch token.kind {
    case .int(let magnitude): value = try .int(signed(magnitude, isNegative: sign != nil, range))
    case .uint(let number): value = .uint(number)
    case .double(let number): value = .double(sign == nil ? number : -number)
    case .string(let text): value = .string(text)
    case .bytes(let bytes): value = .bytes(bytes)
    default: throw .expected("an expression", found: found, at: token.range)
    }
    try advance()
    return try node(.constant(value), range)
  }

  /// The number with its sign; `Int64.min` has no positive counterpart, hence the sign is the literal's.
  private func signed(_ magnitude: UInt64, isNegative: Bool, _ range: Range<Int>) throws(CELIssue) -> Int64 {
    if let value = Int64(exactly: magnitude) { return isNegative ? -value : value }
    guard isNegative, magnitude == Int64.min.magnitude else {
      throw .outOfRange(lexer.characters(range), of: "int", at: range)
    }
    return .min
  }

  private mutating func named(_ name: String) throws(CELIssue) -> CELExpression {
    let range = token.range
    if let value = Self.namedValues[name] {
      try advance()
      return try node(.constant(value), range)
    }
    return try nameOrCall(isAbsolute: false, start: range.lowerBound)
  }

  private mutating func absoluteName() throws(CELIssue) -> CELExpression {
    let start = token.range.lowerBound
    try expect(.dot)
    guard token.identifier != nil else { throw .expected("a name", found: found, at: token.range) }
    return try nameOrCall(isAbsolute: true, start: start)
  }

  /// `name` or `name(arguments)`. A function keeps its leading dot.
  private mutating func nameOrCall(isAbsolute: Bool, start: Int) throws(CELIssue) -> CELExpression {
    let name = token.identifier ?? ""
    guard !CELReservedWords.keywords.contains(name), !CELReservedWords.hostWords.contains(name) else {
      throw .reservedWord(name, at: token.range)
    }
    try advance()
    guard token.symbol == .leftParenthesis else {
      return try node(.identifier(name, isAbsolute: isAbsolute), start..<previousEnd)
    }
    let arguments = try arguments()
    return try called(
      MacroCall(name: (isAbsolute ? "." : "") + name, target: nil, arguments: arguments, range: start..<previousEnd))
  }

  /// The node in parentheses takes their place in the text as its own, so that what holds it starts where it starts.
  private mutating func parenthesized() throws(CELIssue) -> CELExpression {
    let start = token.range.lowerBound
    try expect(.leftParenthesis)
    let inner = try expression()
    try expect(.rightParenthesis)
    return CELExpression(id: inner.id, range: start..<previousEnd, kind: inner.kind)
  }

  private mutating func list() throws(CELIssue) -> CELExpression {
    let start = token.range.lowerBound
    var elements: [CELExpression.Element] = []
    try expect(.leftBracket)
    try sequence(closing: .rightBracket) { parser throws(CELIssue) in
      let isOptional = try parser.accept(.question)
      elements.append(CELExpression.Element(value: try parser.expression(), isOptional: isOptional))
    }
    return try node(.list(elements), start..<previousEnd)
  }

  private mutating func map() throws(CELIssue) -> CELExpression {
    let start = token.range.lowerBound
    var entries: [CELExpression.Entry] = []
    try expect(.leftBrace)
    try sequence(closing: .rightBrace) { parser throws(CELIssue) in
      let isOptional = try parser.accept(.question)
      let key = try parser.expression()
      try parser.expect(.colon)
      entries.append(CELExpression.Entry(key: key, value: try parser.expression(), isOptional: isOptional))
    }
    return try node(.map(entries), start..<previousEnd)
  }

  private static let namedValues: [String: CELValue] = ["true": .bool(true), "false": .bool(false), "null": .null]
}
