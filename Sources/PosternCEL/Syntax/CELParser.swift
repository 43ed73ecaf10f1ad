// Reads an expression's text into its tree: the CEL language definition, "Syntax", with macros expanded as they are read.
// Refuses what is not the grammar and what passes `CELLimits`, each before it costs anything; one issue, the first, is told.

/// What reading an expression's text comes to.
public struct CELParsing: Sendable {
  /// nil where there are issues.
  public let expression: CELExpression?
  /// Empty where there is an expression.
  public let issues: [CELIssue]
  /// The nodes of the tree; 0 without one.
  public let nodeCount: Int
}

/// The parser: recursive descent, with loops for all that chains.
public struct CELParser {
  var lexer: CELLexer
  /// The next token, not yet accepted.
  var token: CELToken
  /// The last accepted token.
  private var accepted = 0..<0
  /// Levels of nesting around `token`.
  var depth = 0
  /// The height of each node by its id.
  var heights: [Int32] = []
  /// Expansions of `optMap` and `optFlatMap` so far, so that the names they bind are told apart.
  var optionalMacroCount = 0
  let macrosEnabled: Bool
  let nodeLimit: Int

  /// Reads an expression; with `macrosEnabled` false, macros are ordinary calls.
  public static func parse(_ text: String, macrosEnabled: Bool = true) -> CELParsing {
    parse(text, macrosEnabled: macrosEnabled, nodeLimit: CELLimits.nodeCount)
  }

  static func parse(_ text: String, macrosEnabled: Bool, nodeLimit: Int) -> CELParsing {
    do {
      var parser = try CELParser(text: text, macrosEnabled: macrosEnabled, nodeLimit: nodeLimit)
      let expression = try parser.wholeExpression()
      return CELParsing(expression: expression, issues: [], nodeCount: expression.nodeCount)
    } catch {
      return CELParsing(expression: nil, issues: [error], nodeCount: 0)
    }
  }

  private init(text: String, macrosEnabled: Bool, nodeLimit: Int) throws(CELIssue) {
    let bytes = Array(text.utf8)
    guard bytes.count <= CELLimits.byteCount else { throw .tooLong(at: CELLimits.byteCount..<bytes.count) }
    lexer = CELLexer(text: bytes)
    token = try lexer.next()
    self.macrosEnabled = macrosEnabled
    self.nodeLimit = nodeLimit
  }

  private mutating func wholeExpression() throws(CELIssue) -> CELExpression {
    let expression = try conditional()
    guard case .end = token.kind else {
      throw .expected("an operator or the end", found: found, at: token.range, help: operatorHelp)
    }
    return expression
  }

  /// A nested expression: one in parentheses, of a list, an argument.
  mutating func expression() throws(CELIssue) -> CELExpression {
    try enter()
    let expression = try conditional()
    depth -= 1
    return expression
  }
}

// Tokens.
extension CELParser {
  mutating func advance() throws(CELIssue) {
    accepted = token.range
    token = try lexer.next()
  }

  /// Where the last accepted token ends.
  var previousEnd: Int { accepted.upperBound }

  /// Takes the symbol if it is next.
  mutating func accept(_ symbol: CELToken.Symbol) throws(CELIssue) -> Bool {
    guard token.symbol == symbol else { return false }
    try advance()
    return true
  }

  mutating func expect(_ symbol: CELToken.Symbol, help: String? = nil) throws(CELIssue) {
    guard try accept(symbol) else {
      throw .expected("`\(symbol.rawValue)`", found: found, at: token.range, help: help ?? operatorHelp)
    }
  }

  /// The next token, as messages show it.
  var found: String {
    if case .end = token.kind { "the end" } else { "`\(shortened(lexer.characters(token.range)))`" }
  }

  /// A long text is shown by its start.
  private func shortened(_ text: String) -> String {
    text.unicodeScalars.count <= 40 ? text : String(text.unicodeScalars.prefix(40)) + "..."
  }

  /// What to write instead of an operator of another language.
  private var operatorHelp: String? {
    let operators = ["and": "&&", "or": "||", "not": "!", "is": "==", "eq": "==", "ne": "!="]
    return token.identifier.flatMap { operators[$0] }.map { "the operator is `\($0)`" }
  }
}

// Nodes and limits.
extension CELParser {
  /// One level deeper, which the last accepted token opens; before the recursion that it stands for.
  mutating func enter() throws(CELIssue) {
    guard depth < CELLimits.depth else { throw .tooDeep(at: accepted) }
    depth += 1
  }

  /// A new node. Its children are there already, so their heights are known.
  mutating func node(_ kind: CELExpression.Kind, _ range: Range<Int>) throws(CELIssue) -> CELExpression {
    let expression = CELExpression(id: heights.count, range: range, kind: kind)
    guard heights.count < nodeLimit else { throw .tooManyNodes(nodeLimit, at: range) }
    let height = 1 + (expression.children.map { heights[$0.id] }.max() ?? 0)
    guard height <= CELLimits.height else { throw .tooHigh(at: range) }
    heights.append(height)
    return expression
  }

  mutating func call(
    _ function: String, on target: CELExpression? = nil, _ arguments: [CELExpression], _ range: Range<Int>
  ) throws(CELIssue) -> CELExpression {
    try node(.call(function: function, target: target, arguments: arguments), range)
  }
}
