// The words for guards that do not hold, or are not proved. The proof is a request, to be pasted into `postern eval`.

public import PosternLanguage

extension Diagnostic {
  /// What `postern check` says of a finding.
  static func guardFinding(_ finding: GuardFinding, in policy: Policy) -> Diagnostic {
    let (name, app) = (finding.policyGuard.name, finding.appName)
    let note = Note(message: "the guard stands here", span: name.span)
    if finding.isUnproven {
      return Diagnostic(
        id: "guard-not-proven", severity: .error,
        message: "the guard `\(name.value)` is not proved of `\(app.value)`: \(finding.sentence(in: policy))",
        span: finding.span, help: "say it in fewer or simpler conditions, or in `allowedDomainsSettings`", notes: [note]
      )
    }
    let proof = finding.witness.map { "the kernel lets this in: `\($0.json.compactText)`" }
    return Diagnostic(
      id: "guard-broken", severity: .error,
      message: "the guard `\(name.value)` is broken by `\(app.value)`: \(finding.sentence(in: policy))",
      span: finding.span,
      help: proof ?? "no session was found that shows it; the guard is about the limit, whoever comes in", notes: [note]
    )
  }
}

extension GuardCheck {
  /// The findings as `postern check` reports them.
  public func diagnostics(in policy: Policy) -> [Diagnostic] { findings.map { .guardFinding($0, in: policy) } }
}
