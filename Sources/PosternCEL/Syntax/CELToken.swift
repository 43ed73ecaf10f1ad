// The words that an expression's text is made of. Refuses nothing; `CELLexer` refuses what is no word.

/// A token of an expression.
struct CELToken: Sendable {
  enum Kind: Sendable {
    /// Reserved words and the literals `true`, `false` and `null` too: where they may stand is the grammar's question.
    case identifier(String)
    /// A field in backticks, without them.
    case quoted(String)
    /// A whole number without its sign; `-9223372036854775808` has a magnitude that `int` itself has not.
    case int(UInt64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case symbol(Symbol)
    case end
  }

  enum Symbol: String, Sendable, CaseIterable {
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case leftBracket = "["
    case rightBracket = "]"
    case leftBrace = "{"
    case rightBrace = "}"
    case dot = "."
    case comma = ","
    case colon = ":"
    case question = "?"
    case plus = "+"
    case minus = "-"
    case star = "*"
    case slash = "/"
    case percent = "%"
    case not = "!"
    case notEquals = "!="
    case equals = "=="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and = "&&"
    case or = "||"
  }

  let kind: Kind
  let range: Range<Int>

  /// nil where the token is no symbol.
  var symbol: Symbol? {
    if case .symbol(let symbol) = kind { symbol } else { nil }
  }

  /// nil where the token is no word.
  var identifier: String? {
    if case .identifier(let name) = kind { name } else { nil }
  }

  /// Whether a minus sign just before belongs to the literal.
  var isSignable: Bool {
    switch kind {
    case .int, .double: true
    default: false
    }
  }
}

/// Words that the language keeps for itself (CEL language definition, "Syntax").
enum CELReservedWords {
  /// Part of the grammar: neither names nor fields.
  static let keywords: Set<String> = ["false", "in", "null", "true"]
  /// Kept for languages that hold expressions: fields and methods, not names.
  static let hostWords: Set<String> = [
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
    "namespace", "return", "var", "void", "while",
  ]
}
