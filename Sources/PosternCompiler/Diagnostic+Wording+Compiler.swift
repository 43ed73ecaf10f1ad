// The words for what only compiling finds: costs beyond the budget, more of something than the format can hold.
// `too-many` is also the reader's id, for what it counts itself.

internal import PosternLanguage

extension Diagnostic {
  static func budgetExceeded(app: Sourced<String>, _ excesses: [BudgetExcess], budget: Span) -> Diagnostic {
    let costs = excesses.map { "\($0.cost) \($0.measure), where the budget has \($0.limit)" }
    return Diagnostic(
      id: "budget-exceeded", severity: .error,
      message: "a request to `\(app.value)` may cost \(costs.joined(separator: ", and "))", span: app.span,
      help: "move members into groups, shorten lists, or raise the budget; `postern inspect` shows what costs",
      notes: [Note(message: "the budget stands here", span: budget)])
  }

  static func tooManyForFormat(_ what: String, limit: Int, help: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      id: "too-many", severity: .error, message: "\(what), where a bundle can hold \(limit)", span: span, help: help)
  }
}

/// A measure of the budget that an app exceeds.
struct BudgetExcess: Equatable {
  var measure: String
  var cost: UInt32
  var limit: UInt32
}
