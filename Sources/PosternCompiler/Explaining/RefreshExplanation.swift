// One decision of a refresh with what can be said of it: why, with which of the client's limits, and until when.

internal import PosternBundle
public import PosternLanguage

/// A refresh's decision laid open for people and for other tools.
public struct RefreshExplanation {
  /// The decision itself.
  public let decision: RefreshDecision
  let refresh: Refresh
  let revision: UInt64
  /// nil where the bundle has no such client.
  let client: OAuthClientContents?
  /// The instant of the decision, in milliseconds since 1970.
  let now: Int64

  /// Decides a refresh by `bundle` at `now`, and explains the answer.
  public init(_ refresh: Refresh, by bundle: OpenBundle, at now: Int64) {
    decision = bundle.decide(refresh, at: now)
    self.refresh = refresh
    self.now = now
    revision = bundle.revision
    client = bundle.contents.oauthClients.first { Array($0.id.utf8) == refresh.client }
  }

  // MARK: text

  /// The explanation for a terminal, with a line break at the end.
  public var text: String {
    Wording.lines(["\(decision.outcome), \(decision.reason): \(decision.reason.sentence)"] + Inspection.table(facts))
  }

  private var facts: [[String]] {
    var facts = [["client", String(decoding: refresh.client, as: UTF8.self)]]
    if let client {
      facts[0].append(client.party == .firstParty ? "FIRST_PARTY" : "THIRD_PARTY")
      facts += limits(client)
    }
    if let method = decision.method { facts.append(["re-authenticate with", method.policyText]) }
    if decision.outcome == .allowed {
      facts.append(["valid until"] + instant(decision.validUntil))
    }
    facts.append(["decided at", Wording.instant(milliseconds: now)])
    facts.append(["revision", "\(revision)"])
    return facts
  }

  private func limits(_ client: OAuthClientContents) -> [[String]] {
    var limits = [["last used"] + fact(refresh.lastUsedAt, client.unusedTimeoutSeconds)]
    let bound = boundScopes(client)
    if !bound.isEmpty { limits.append(["bound scopes", bound.joined(separator: ", ")]) }
    let authenticatedAt =
      client.needsSecureKey ? refresh.securityKeyAt : max(refresh.authenticatedAt, refresh.securityKeyAt)
    limits.append(
      [client.needsSecureKey ? "security key" : "authenticated"] + fact(authenticatedAt, client.sessionLengthSeconds))
    return limits
  }

  /// An instant with its distance, and the limit that it is held to.
  private func fact(_ milliseconds: Int64, _ limit: UInt32) -> [String] {
    let text = milliseconds == 0 ? ["never", ""] : instant(milliseconds)
    return text + ["of \(Wording.duration(seconds: limit))"]
  }

  private func instant(_ milliseconds: Int64) -> [String] {
    [Wording.instant(milliseconds: milliseconds), Wording.distance(milliseconds, from: now)]
  }

  /// The granted scopes that the session length binds, those that are none of the client's included.
  private func boundScopes(_ client: OAuthClientContents) -> [String] {
    refresh.scopes.map { String(decoding: $0, as: UTF8.self) }.filter { scope in
      client.scopes.firstIndex(of: scope).map { client.boundScopes >> UInt64($0) & 1 == 1 } ?? true
    }
  }

  // MARK: JSON

  /// The explanation as an object; times are milliseconds since 1970, and what does not apply is left out.
  public var json: JSONValue {
    .object([
      "outcome": .string("\(decision.outcome)"), "reason": .string("\(decision.reason)"),
      "sentence": .string(decision.reason.sentence),
      "client": .string(String(decoding: refresh.client, as: UTF8.self)),
      "boundScopes": client.map { .array(boundScopes($0).map(JSONValue.string)) },
      "method": decision.method.map { .string($0.policyText) },
      "validUntil": decision.outcome == .allowed ? .integer(decision.validUntil) : nil, "now": .integer(now),
      "revision": .init(unsigned: revision),
    ])
  }
}

extension ReauthenticationMethod {
  /// The method as OAuth clients write it.
  package var policyText: String { self == .secureKey ? "SECURE_KEY" : "PASSWORD" }
}

extension RefreshReason {
  /// The reason for people: lower case, no full stop.
  public var sentence: String {
    switch self {
    case .undecided: "nothing was decided, which refuses"
    case .unknownClient: "the policy has no such client"
    case .revoked: "the grant was revoked, or its person has no access any more"
    case .reused: "the token was used before"
    case .unused: "nobody has used the token for too long"
    case .passwordChanged: "the password was changed, and a scope was granted that ends with it"
    case .tooManyTokens: "the person and client have as many newer tokens as may live"
    case .clockSkew: "a time fact lies further ahead than the clock skew"
    case .factMissing: "a fact is missing that a limit needs"
    case .exempt: "service accounts are exempt from the session length"
    case .unbound: "no scope was granted that the session length binds"
    case .withinSessionLength: "the last authentication is younger than the session length"
    case .sessionLengthPassed: "the session length has passed since the last authentication"
    }
  }
}
