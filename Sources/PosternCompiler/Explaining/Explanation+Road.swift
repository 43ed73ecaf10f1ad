// The road of a decision: the rows of docs/decision.md, "Order", up to the one that decided. A row that did not decide may still
// have been passed for another reason than that it holds: only "decided" is a statement about the request.

public import PosternLanguage

extension Explanation {
  /// One row of the procedure.
  struct Step: Equatable {
    var row: String
    var asks: String
    /// What the row decides where it does.
    var reasons: [Reason]
  }

  /// The rows in their order.
  static let steps = [
    Step(
      row: "row 1", asks: "is the request malformed, the identity stale or too large?",
      reasons: [.undecided, .malformedRequest, .staleResolution, .identityTooLarge]),
    Step(row: "row 2", asks: "is the host unknown?", reasons: [.unknownHost]),
    Step(row: "two forms", asks: "does the path lead to two apps?", reasons: [.ambiguousPath]),
    Step(row: "row 3", asks: "is a mode of the gate asked for?", reasons: [.modeRequested]),
    Step(row: "row 4", asks: "does no route lead to the path?", reasons: [.noRoute]),
    Step(row: "row 5", asks: "is it OPTIONS, and let through?", reasons: [.corsOptions]),
    Step(row: "row 6", asks: "is the app open to everyone?", reasons: [.publicAccess]),
    Step(
      row: "row 7", asks: "is there no credential, or not one for this app?",
      reasons: [
        .noCredential, .programmaticAccessDisabled, .audienceMismatch, .authorizedPartyMismatch, .providerMismatch,
        .tenantMismatch,
      ]),
    Step(
      row: "row 8", asks: "is a clock past its limit, or the account not in order?",
      reasons: [
        .clockSkew, .factMissing, .signedOut, .suspended, .passwordResetRequired, .credentialChanged, .stateStale,
        .tokenNotYetValid, .tokenExpired, .tokenTooOld, .absoluteTimeout, .idleTimeout, .reauthenticationRequired,
      ]),
    Step(row: "row 9", asks: "is the domain not an allowed one?", reasons: [.domainNotAllowed]),
    Step(
      row: "row 10", asks: "which deny rule or binding holds the identity?",
      reasons: [.denied, .groupsUnknown, .granted, .noBinding, .conditionFalse, .conditionError]),
  ]

  /// The steps that were taken, the one that decided last.
  var road: ArraySlice<Step> {
    let last = Self.steps.firstIndex { $0.reasons.contains(decision.reason) } ?? Self.steps.count - 1
    return Self.steps[...last]
  }

  /// The road for a terminal, with a line break at its end.
  public var roadText: String {
    let answers = road.map {
      [$0.row, $0.asks, $0.reasons.contains(decision.reason) ? "\(decision.reason)" : "goes on"]
    }
    return Wording.lines(["the road (docs/decision.md, \"Order\")"] + Inspection.table(answers))
  }

  /// The explanation with the road as its last member.
  public var jsonWithRoad: JSONValue {
    guard case .object(let members) = json else { return json }
    let steps = road.map { step in
      JSONValue.object([
        "row": .string(step.row), "asks": .string(step.asks), "decided": .bool(step.reasons.contains(decision.reason)),
      ])
    }
    return .object(members + [JSONValue.Member("road", .array(steps))])
  }
}
