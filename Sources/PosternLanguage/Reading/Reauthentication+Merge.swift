// The merge of re-authentication settings from the organization down to an app, one pair of levels after the other
// (cloud-iap.md, "Re-authentication"). A mistake here weakens every app below, so a test walks every pair down three
// levels.

extension Reauthentication {
  /// `METHOD_UNSPECIFIED`: absent where either side is `MINIMUM`, otherwise re-authentication is off.
  private func isAbsent(below upper: Reauthentication?) -> Bool {
    method == nil && (policyType == .minimum || upper?.policyType == .minimum)
  }

  /// What holds at a level, given what holds above it and what it writes itself; the place is that of the nearest level
  /// that had a say.
  static func merge(
    upper: Sourced<Reauthentication>?, lower: Sourced<Reauthentication>?
  ) -> Sourced<Reauthentication>? {
    guard let lower, !lower.value.isAbsent(below: upper?.value) else { return upper }
    guard let upper, upper.value.policyType == .minimum else { return lower }
    let stricter = Reauthentication(
      method: max(upper.value.method ?? .login, lower.value.method ?? .login),
      maxAgeSeconds: min(upper.value.maxAgeSeconds, lower.value.maxAgeSeconds), policyType: .minimum)
    return Sourced(stricter, at: lower.span)
  }
}
