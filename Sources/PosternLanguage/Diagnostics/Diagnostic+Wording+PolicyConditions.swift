// The words for what is wrong with conditions. What an expression's own reader and checker say is already in the house's
// words: lower case, without a full stop, the author's text in backticks.

internal import PosternCEL

extension Diagnostic {
  static func conditionIssue(_ issue: CELIssue, at span: Span) -> Diagnostic {
    let id =
      switch issue.kind {
      case .syntax: "condition-syntax"
      case .limit: "condition-limit"
      case .undeclared: "condition-undeclared"
      case .overload, .type: "condition-type"
      }
    return Diagnostic(error: id, issue.message, at: span, help: issue.help)
  }

  static func accessLevelRing(_ name: String, asksForAll: Bool, at span: Span, notes: [Note]) -> Diagnostic {
    Diagnostic(
      error: "access-level-ring", "the access level \(quoted(name)) asks for itself", at: span,
      help: asksForAll
        ? "a level may ask for others by name alone: `levels.NAME` or `\"NAME\" in request.auth.access_levels`"
        : "take one of the links out", notes: notes)
  }

  /// A condition that is well-typed and has no program of bounded cost; the compiler says why.
  package static func conditionNotBounded(_ why: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "condition-not-bounded", why, at: span,
      help: "`postern explain condition-not-bounded` says what has a bounded form")
  }
}
