// The road of a decision where only a bundle is at hand: the rows up to the one that decided, with the places that provenance has. A row
// that did not decide may have been passed for another reason than that it holds. Refuses nothing.

internal import PosternCompiler
internal import PosternLanguage

/// The rows of docs/decision.md, "Order", as far as a bundle's decision tells them.
enum BundleRoad {
  /// One row of the procedure, with what it decides where it does.
  struct Row {
    let row: String
    let asks: String
    let reasons: [Reason]

    init(_ row: String, _ asks: String, _ reasons: [Reason]) {
      self.row = row
      self.asks = asks
      self.reasons = reasons
    }
  }

  /// The rows in their order.
  static let rows = [
    Row("1", "request and identity", [.undecided, .malformedRequest, .staleResolution, .identityTooLarge]),
    Row("2", "host", [.unknownHost]), Row("2", "path", [.ambiguousPath]),
    Row("3", "page of the gate", [.modeRequested]),
    Row("4", "route", [.noRoute]), Row("5", "OPTIONS", [.corsOptions]), Row("6", "open to everyone", [.publicAccess]),
    Row(
      "7", "credential for this app",
      [
        .noCredential, .programmaticAccessDisabled, .audienceMismatch, .authorizedPartyMismatch, .providerMismatch,
        .tenantMismatch,
      ]),
    Row(
      "8", "clocks and account",
      [
        .clockSkew, .factMissing, .signedOut, .suspended, .passwordResetRequired, .credentialChanged, .stateStale,
        .tokenNotYetValid, .tokenExpired, .tokenTooOld, .absoluteTimeout, .idleTimeout, .reauthenticationRequired,
      ]),
    Row("9", "allowed domains", [.domainNotAllowed]),
    Row(
      "10", "deny rules and bindings",
      [.denied, .groupsUnknown, .granted, .noBinding, .conditionFalse, .conditionError]
    ),
  ]

  static func steps(_ facts: RequestFacts, _ explanation: Explanation) -> [RoadStep] {
    let reason = explanation.decision.reason
    let last = rows.firstIndex { $0.reasons.contains(reason) } ?? rows.count - 1
    return rows[...last].enumerated().map { index, row in
      let text = self.facts(row.row, facts)
      if index < last { return RoadStep(row.row, row.asks, text, "goes on") }
      return RoadStep(row.row, row.asks, text, "\(reason)", place: explanation.rulePlace.map(TreePlace.init)).deciding
    }
  }

  /// What is known of a row's facts without the policy.
  private static func facts(_ row: String, _ facts: RequestFacts) -> String {
    let (request, credential, now) = (facts.request, facts.credential, facts.nowMilliseconds)
    switch row {
    case "1": return "\(Shown.text(request.method)) \(Shown.text(request.host)) \(Shown.text(request.path))"
    case "7": return credential.kind == .none ? "none" : "\(credential.kind) by \(Shown.text(credential.provider))"
    case "8" where credential.kind != .none:
      let ages = Credential.timeFacts.filter { credential[keyPath: $0.path] != 0 }
        .map { "\($0.name) \(Shown.age(of: credential[keyPath: $0.path], at: now))" }
      return (["account \(credential.accountState)"] + ages).joined(separator: ", ")
    default: return ""
    }
  }
}

extension TreePlace {
  init(_ place: Place) {
    self.init(file: place.file, line: Int(place.line), column: Int(place.column))
  }
}
