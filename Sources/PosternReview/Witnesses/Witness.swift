// A request on which two bundles answer differently: the proof of a difference, or of a guard that is broken. Only
// `WitnessStand` makes one, and only by asking both kernels.

internal import PosternCompiler
public import PosternLanguage

/// A request, a credential and an instant, with what two kernels decide.
public struct Witness: Sendable {
  /// What is asked, by whom and when; `json` can be pasted into `postern eval`.
  public let facts: RequestFacts
  /// What the old bundle decides.
  public let before: Decision
  /// What the new bundle decides.
  public let after: Decision
}

/// The two bundles, to be asked about a request.
struct WitnessStand {
  let before: ReviewSide
  let after: ReviewSide

  /// What both kernels decide.
  func answers(_ facts: RequestFacts) -> Witness {
    Witness(
      facts: facts, before: before.bundle.decide(facts.request, facts.credential, at: facts.nowMilliseconds),
      after: after.bundle.decide(facts.request, facts.credential, at: facts.nowMilliseconds))
  }

  /// The witness that the facts are; nil where both kernels answer alike.
  func witness(_ facts: RequestFacts) -> Witness? {
    let witness = answers(facts)
    return Observation(witness.before, of: before) == Observation(witness.after, of: after) ? nil : witness
  }

  /// The witness among candidates that says most: one whom either side lets in, or else the first.
  func bestWitness(_ candidates: some Sequence<RequestFacts>) -> Witness? {
    var first: Witness?
    for facts in candidates {
      guard let witness = witness(facts) else { continue }
      if witness.before.verdict == .allow || witness.after.verdict == .allow { return witness }
      first = first ?? witness
    }
    return first
  }
}

/// What of a decision somebody outside can tell: all but the numbers of rules and apps, and how long a condition may be
/// believed, which its wording decides and not its meaning.
struct Observation: Equatable {
  private let decision: Decision
  private let appName: String?

  init(_ decision: Decision, of side: ReviewSide) {
    var decision = decision
    appName = decision.appIndex.map(side.bundle.appName)
    decision.appIndex = nil
    decision.rule = .none
    if decision.clock == .condition {
      decision.clock = .none
      decision.validUntil = 0
    }
    self.decision = decision
  }
}

extension RequestFacts {
  /// The facts as a request file (schema/request.schema.json).
  public var json: JSONValue {
    .object([
      "now": .instant(nowMilliseconds),
      "request": request.json,
      "credential": credential.kind == .none ? JSONValue?.none : credential.json,
    ])
  }
}

extension Request {
  fileprivate var json: JSONValue {
    let headers =
      Self.steeringHeaders.compactMap { name, path in self[keyPath: path].map { JSONValue.Member(name, .text($0)) } }
      + otherHeaders.map { JSONValue.Member(String(decoding: $0.name, as: UTF8.self), .text($0.value)) }
    return .object([
      "method": method.map { .text($0) }, "scheme": scheme.map { .text($0) }, "host": host.map { .text($0) },
      "path": path.map { .text($0) }, "query": query.map { .text($0) },
      "clientAddress": clientAddress.map { .text($0) }, "regionCode": regionCode.map { .text($0) },
      "destinationAddress": destinationAddress.map { .text($0) },
      "destinationPort": destinationPort.map { .integer($0) },
      "headers": headers.isEmpty ? nil : .object(headers),
    ])
  }
}

extension Credential {
  fileprivate var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("kind", .string("\(kind)")), .init("principalKind", .string("\(principalKind)")),
      .init("accountState", .string("\(accountState)")), .init("emailVerified", .bool(emailVerified)),
      .init("groupsComplete", .bool(groupsComplete)),
    ]
    members += Self.textFacts.compactMap { name, path in self[keyPath: path].map { .init(name, .text($0)) } }
    if !groups.isEmpty { members.append(.init("groups", .array(groups.map { .text($0) }))) }
    if !claims.isEmpty { members.append(.init("claims", FactValue.map(claims).json)) }
    if !device.isEmpty { members.append(.init("device", FactValue.map(device).json)) }
    if stateSourceDown { members.append(.init("stateSourceDown", true)) }
    if storeDown { members.append(.init("storeDown", true)) }
    for (name, path) in Self.timeFacts where self[keyPath: path] != 0 {
      members.append(.init(name, .instant(self[keyPath: path])))
    }
    return .object(members)
  }
}

extension JSONValue {
  /// Milliseconds as request files take them, of thirteen digits; other instants as RFC 3339 has them.
  fileprivate static func instant(_ milliseconds: Int64) -> JSONValue {
    (1_000_000_000_000...9_999_999_999_999).contains(milliseconds)
      ? .integer(milliseconds) : .string(Wording.instant(milliseconds: milliseconds))
  }

  fileprivate static func text(_ bytes: [UInt8]) -> JSONValue { .string(String(decoding: bytes, as: UTF8.self)) }
}

extension FactValue {
  /// As a claim in a request file; instants and durations, which JSON has not, as milliseconds.
  fileprivate var json: JSONValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .int(let value): .integer(value)
    case .uint(let value): .number(Double(value))
    case .double(let value): .number(value)
    case .text(let bytes), .bytes(let bytes): .text(bytes)
    case .timestamp(let milliseconds), .duration(let milliseconds): .integer(milliseconds)
    case .list(let items): .array(items.map(\.json))
    case .map(let entries):
      .object(
        entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
          .map { .init(String(decoding: $0.key, as: UTF8.self), $0.value.json) })
    }
  }
}
