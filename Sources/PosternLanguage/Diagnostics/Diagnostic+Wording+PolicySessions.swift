// The words for sessions and settings: timers, limits from above, re-authentication, settings that fit nothing.

extension Diagnostic {
  static func missingLimits(_ names: [String], app: String, at span: Span) -> Diagnostic {
    let list = names.map(quoted).joined(separator: ", ")
    return Diagnostic(
      error: "missing-limit", "no level above the app \(quoted(app)) says its \(list)", at: span,
      help: "there are no hidden defaults: write it under `session` here or above; `none` is a value")
  }

  static func aboveEnforced(_ name: String, at span: Span, enforcing: Span) -> Diagnostic {
    Diagnostic(
      error: "above-enforced-limit", "\(quoted(name)) is looser than the one that is enforced above", at: span,
      help: name == "activity.exclude" ? "lists of excluded paths only grow: repeat the paths from above" : nil,
      notes: [Note(message: "enforced here", span: enforcing)])
  }

  static func timersContradict(
    _ short: String, _ relation: String, _ long: String, at span: Span, other: (name: String, span: Span)
  ) -> Diagnostic {
    Diagnostic(
      error: "timers-contradict", "\(quoted(short)) \(relation) \(quoted(long))", at: span,
      notes: [Note(message: "\(quoted(other.name)) is here", span: other.span)])
  }

  static func incompleteReauthentication(missing: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      error: "incomplete-reauthentication",
      "re-authentication is set whole, and \(missing.map(quoted).joined(separator: ", ")) is missing", at: span,
      help: "write `method`, `maxAge` and `policyType` together")
  }

  static func settingIncomplete(_ setting: String, missing: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "setting-incomplete", "\(quoted(setting)) is enabled without \(quoted(missing))", at: span,
      help: "write \(quoted(missing)), here or above, or `enable: false`")
  }

  static func settingDoesNotFit(_ value: String, _ why: String, app: String, at span: Span, appSpan: Span) -> Diagnostic
  {
    Diagnostic(
      error: "setting-does-not-fit", "\(quoted(value)) does not fit the app \(quoted(app)): \(why)", at: span,
      notes: [Note(message: "the app is here", span: appSpan)])
  }
}
