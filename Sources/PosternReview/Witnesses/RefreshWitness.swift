// A refresh on which two bundles answer differently. Only `WitnessStand` makes one, and only by asking both kernels.

internal import PosternCompiler
public import PosternLanguage

/// A refresh and an instant, with what two kernels decide.
public struct RefreshWitness: Sendable {
  /// What is known of the refresh.
  public let refresh: Refresh
  /// When it is asked for, in milliseconds since 1970.
  public let nowMilliseconds: Int64
  /// What the old bundle decides.
  public let before: RefreshDecision
  /// What the new bundle decides.
  public let after: RefreshDecision
}

extension WitnessStand {
  /// The witness that the facts are; nil where both kernels answer alike.
  func witness(_ refresh: Refresh, at now: Int64) -> RefreshWitness? {
    let (old, new) = (before.bundle.decide(refresh, at: now), after.bundle.decide(refresh, at: now))
    return old == new ? nil : RefreshWitness(refresh: refresh, nowMilliseconds: now, before: old, after: new)
  }
}

extension RefreshWitness {
  /// The refresh and both answers, on one line.
  public var sentence: String {
    let scopes = refresh.scopes.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    let what = scopes.isEmpty ? "nothing" : scopes
    let client = String(decoding: refresh.client, as: UTF8.self)
    let when = Wording.instant(milliseconds: nowMilliseconds)
    return "a refresh of \(client) with \(what)\(facts) at \(when): \(before.answer) -> \(after.answer)"
  }

  /// What stands out of the facts.
  private var facts: String {
    var facts: [String] = []
    if refresh.accountState != .active { facts.append("account \(refresh.accountState)") }
    let times: [(String, Int64)] = [
      ("used", refresh.lastUsedAt), ("authenticated", refresh.authenticatedAt), ("security key", refresh.securityKeyAt),
    ]
    for (name, time) in times { facts.append("\(name) \(time == 0 ? "never" : Self.age(nowMilliseconds - time))") }
    return ", " + facts.joined(separator: ", ")
  }

  private static func age(_ milliseconds: Int64) -> String {
    guard let seconds = UInt32(exactly: milliseconds / 1_000), seconds < 3_650 * 86_400 else { return "long ago" }
    return Wording.duration(seconds: seconds) + " ago"
  }

  /// The facts as a request file takes them under `refresh`.
  public var json: JSONValue { .object(["now": .integer(nowMilliseconds), "refresh": refresh.json]) }
}

extension Refresh {
  /// The facts by the names that request files give them.
  var json: JSONValue {
    func text(_ bytes: [UInt8]) -> JSONValue { .string(String(decoding: bytes, as: UTF8.self)) }
    func instant(_ milliseconds: Int64) -> JSONValue? {
      milliseconds == 0 ? nil : .string(Wording.instant(milliseconds: milliseconds))
    }
    return .object([
      "client": text(client), "principalKind": .string("\(principalKind)"), "accountState": .string("\(accountState)"),
      "scopes": .array(scopes.map(text)), "revoked": isRevoked ? true : nil, "reused": isReused ? true : nil,
      "beyondLiveTokens": isBeyondLiveTokens ? true : nil, "lastUsedAt": instant(lastUsedAt),
      "authenticatedAt": instant(authenticatedAt), "securityKeyAt": instant(securityKeyAt),
    ])
  }
}

extension RefreshDecision {
  /// Outcome and reason, and of an allowed refresh until when.
  var answer: String {
    let method = method.map { $0 == .secureKey ? " with a security key" : " with a password" } ?? ""
    let end = outcome == .allowed ? ", until \(Wording.instant(milliseconds: validUntil))" : ""
    return "\(outcome)\(method), \(reason)\(end)"
  }

  var shortJSON: JSONValue {
    .object([
      "outcome": .string("\(outcome)"), "reason": .string("\(reason)"),
      "method": method.map { .string($0.policyText) },
      "validUntil": outcome == .allowed ? .integer(validUntil) : nil,
    ])
  }
}
