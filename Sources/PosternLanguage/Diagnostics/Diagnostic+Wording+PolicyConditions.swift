// The words for what is wrong with conditions. What an expression's own reader and checker say is already in the
// house's words: lower case, without a full stop, the author's text in backticks.

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

  static func conditionRemark(_ kind: ConditionRemark.Kind, at span: Span) -> Diagnostic {
    switch kind {
    case .alwaysTrue:
      Diagnostic(
        warning: "condition-always-true", "the condition holds whatever the request is", at: span,
        help: "leave it out, if that is what is meant")
    case .alwaysFalse:
      Diagnostic(
        warning: "condition-always-false", "the condition never holds, whatever the request is", at: span,
        help: "remove what stands on it, if that is what is meant")
    case .unreachable:
      Diagnostic(
        warning: "condition-unreachable", "the condition holds on no route of the app", at: span,
        help: "compare with a host and a path that one of the app's routes has")
    case .comparesWithEmpty(let name):
      Diagnostic(
        warning: "condition-compares-empty",
        "\(quoted(name)) is never empty: where it is not known, the comparison is an error",
        at: span, help: "an error grants nothing, and denies in a deny rule; leave the comparison out")
    }
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
