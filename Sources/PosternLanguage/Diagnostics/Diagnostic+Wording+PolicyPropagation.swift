// The words for what is wrong with attribute propagation. What the reading of an expression says of its parts is
// already in the house's words (`CELIssue+Propagation.swift`).

internal import PosternCEL

extension Diagnostic {
  static func propagationForm(_ issue: CELIssue, at span: Span) -> Diagnostic {
    Diagnostic(error: "propagation-form", issue.message, at: span, help: issue.help)
  }

  static func propagationHeader(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "propagation-header-name", "no header can have the name \(quoted(name))", at: span,
      help: "`emitAs` gives it another, of letters, digits, `-`, `_` and `.`")
  }

  static func propagationReservedHeader(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "propagation-header-name", "the header \(quoted(name)) is written by the gate alone", at: span,
      help: "leave `strict` out, or give the attribute another name with `emitAs`")
  }

  static func propagationRepeated(_ name: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      error: "propagation-repeated-name", "another attribute is passed on as \(quoted(name)) already", at: span,
      help: "`emitAs` gives one of them another name; headers are the same in any case",
      notes: [Note(message: "the first is here", span: first)])
  }

  static func tooManyAttributes(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "too-many", "an expression passes on at most \(limit) attributes, and this is one more", at: span)
  }
}
