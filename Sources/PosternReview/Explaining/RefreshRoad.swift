// The road of a refresh's decision: the rows of docs/decision.md, "OAuth clients", up to the one that decided, and what would have
// changed the answer, each change asked of the kernel. Refuses to tell a change that no kernel has answered otherwise.

public import PosternCompiler
public import PosternLanguage

/// A refresh's decision with its road and what would change it.
public struct RefreshRoad {
  /// The decision, with why.
  public let explanation: RefreshExplanation
  /// The rows in their order, the last one the row that decided.
  let rows: [Row]
  /// Changes of one fact that give another answer.
  let changes: [Change]

  struct Row: Equatable {
    var what: String
    var isDeciding: Bool
  }

  struct Change {
    var what: String
    var decision: RefreshDecision
  }

  /// Decides a refresh by a bundle, and asks it about what is near.
  public init(_ facts: RefreshFacts, _ bundle: OpenBundle) {
    explanation = RefreshExplanation(facts.refresh, by: bundle, at: facts.nowMilliseconds)
    rows = Self.rows(explanation.decision, facts.refresh)
    changes = Self.changes(facts, explanation.decision, bundle)
  }

  // MARK: rows

  private static func rows(_ decision: RefreshDecision, _ refresh: Refresh) -> [Row] {
    let table: [(what: String, reason: RefreshReason)] = [
      ("no such client", .unknownClient), ("revoked, signed out or suspended", .revoked), ("used before", .reused),
      ("unused for too long", .unused), ("password changed, and a scope that ends with it", .passwordChanged),
      ("beyond the most live tokens", .tooManyTokens), ("a fact ahead of the clock", .clockSkew),
      ("no last use", .factMissing), ("a service account", .exempt), ("no bound scope granted", .unbound),
      ("no authentication known", .factMissing),
      ("authenticated within the session length", .withinSessionLength),
      ("the session length has passed", .sessionLengthPassed),
    ]
    let matching = table.indices.filter { table[$0].reason == decision.reason }
    let isSecond = decision.reason == .factMissing && refresh.lastUsedAt != 0
    guard let last = isSecond ? matching.last : matching.first else { return [] }
    return table[...last].enumerated().map { Row(what: $0.element.what, isDeciding: $0.offset == last) }
  }

  // MARK: changes

  private static func changes(
    _ facts: RefreshFacts, _ decision: RefreshDecision, _ bundle: OpenBundle
  ) -> [Change] {
    let now = facts.nowMilliseconds
    let candidates: [(String, (inout Refresh) -> Void)] = [
      ("an authentication just now", { $0.authenticatedAt = now }),
      ("an authentication with a security key just now", { $0.securityKeyAt = now }),
      ("a token used just now", { $0.lastUsedAt = now }),
      ("a token that was not revoked", { $0.isRevoked = false }),
      ("a token that was not used before", { $0.isReused = false }),
      ("fewer live tokens", { $0.isBeyondLiveTokens = false }),
      ("an account that is active", { $0.accountState = .active }),
      ("a service account", { $0.principalKind = .serviceAccount }),
      ("a grant without scopes", { $0.scopes = [] }),
      ("a token that was revoked", { $0.isRevoked = true }),
      ("a token that was used before", { $0.isReused = true }),
      ("an account that is suspended", { $0.accountState = .suspended }),
      ("a password that was changed", { $0.accountState = .credentialChanged }),
      ("as many newer tokens as may live", { $0.isBeyondLiveTokens = true }),
    ]
    var changes: [Change] = []
    if decision.outcome == .allowed, decision.validUntil != .max {
      let end = bundle.decide(facts.refresh, at: decision.validUntil)
      changes.append(Change(what: "at \(Wording.instant(milliseconds: decision.validUntil))", decision: end))
    }
    for (what, change) in candidates {
      var refresh = facts.refresh
      change(&refresh)
      let other = bundle.decide(refresh, at: now)
      // Another end of the same answer is no other answer.
      if refresh != facts.refresh && (other.outcome, other.reason) != (decision.outcome, decision.reason) {
        changes.append(Change(what: what, decision: other))
      }
    }
    return changes
  }

  // MARK: output

  /// The explanation for a terminal, with a line break at its end.
  public var text: String {
    var lines = ["", "the road (docs/decision.md, \"OAuth clients\")"]
    lines += rows.map { ($0.isDeciding ? "  >  " : "     ") + $0.what + ($0.isDeciding ? "" : ": no") }
    if !changes.isEmpty {
      lines += ["", "what would change it"]
      lines += Inspection.table(changes.map { [$0.what, "\($0.decision.outcome)", "\($0.decision.reason)"] })
    }
    return explanation.text + Wording.lines(lines)
  }

  /// The explanation as an object.
  public var json: JSONValue {
    .object([
      "decision": explanation.json,
      "road": .array(rows.map { .object(["row": .string($0.what), "decides": .bool($0.isDeciding)]) }),
      "changes": .array(
        changes.map { .object(["change": .string($0.what), "decision": $0.decision.shortJSON]) }),
    ])
  }
}
