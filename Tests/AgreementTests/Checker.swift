// What must hold of every decision: all engines agree, no answer changes before its end, and a few laws that need no
// second engine. A checker holds the engines of one policy, prepared.

import PosternLanguage

/// Two answers that should have been one.
struct Violation: Error {
  struct Answer {
    var name: String
    var decision: Decision
    /// When it was asked for, which may be the end of another answer.
    var now: Int64
  }

  /// Which rule is broken; a shrinker keeps to it.
  var rule: String
  var answers: [Answer]
}

struct Checker {
  private let draft: PolicyDraft
  private let reference: ReferenceEngine
  private let others: [(name: String, engine: any Engine)]

  var policy: Policy { reference.policy }

  init(_ draft: PolicyDraft, _ engines: [any Engine.Type]) throws(Violation) {
    self.draft = draft
    reference = ReferenceEngine(draft.assemble())
    var others: [(name: String, engine: any Engine)] = []
    for engine in engines {
      do {
        others.append((engine.name, try engine.init(reference.policy)))
      } catch {
        throw Violation(rule: "the \(engine.name) takes every policy: \(error)", answers: [])
      }
    }
    self.others = others
  }

  /// Checks one decision, and the laws too where `isThorough`; the reference's answer.
  @discardableResult
  func check(
    _ request: Request, _ credential: Credential, at now: Int64, isThorough: Bool
  ) throws(Violation) -> Decision {
    let decision = try agreed(request, credential, at: now)
    if decision.verdict == .allow { try checkEnd(of: decision, request, credential, at: now) }
    if isThorough {
      try checkSpellings(decision, request, credential, at: now)
      try checkDenials(decision, request, credential, at: now)
    }
    return decision
  }

  private func agreed(_ request: Request, _ credential: Credential, at now: Int64) throws(Violation) -> Decision {
    let expected = reference.decide(request, credential, at: now)
    for other in others {
      let decision = other.engine.decide(request, credential, at: now)
      try require(decision == expected, "the engines agree", ("reference", expected), (other.name, decision), at: now)
    }
    return expected
  }

  private func require(
    _ isKept: Bool, _ rule: String, _ first: (String, Decision), _ second: (String, Decision),
    at now: Int64
  ) throws(Violation) {
    if isKept { return }
    throw Violation(
      rule: rule,
      answers: [first, second].map { Violation.Answer(name: $0.0, decision: $0.1, now: now) })
  }

  // MARK: validUntil

  /// Whether a condition asks for the time in a way that has no known turn: it is asked again after a second, within which
  /// it may turn.
  private var mayTurnUnannounced: Bool {
    let conditions =
      policy.nodes.flatMap { $0.bindings.compactMap(\.condition) } + policy.denyRules.compactMap(\.condition)
    return conditions.contains { $0.reading?.timeUses.contains(.other) ?? false }
  }

  /// The answer stands until a millisecond before its end, and at its end it is another. Where a condition may turn, the rest
  /// of it may keep the answer.
  private func checkEnd(
    of decision: Decision, _ request: Request, _ credential: Credential, at now: Int64
  ) throws(Violation) {
    if decision.clock == .condition && mayTurnUnannounced { return }
    guard decision.validUntil > now else {
      let isOver = now == .max || decision.validUntil == .max
      return try require(isOver, "an answer ends after it is given", ("now", decision), ("end", decision), at: now)
    }
    let before = try agreed(request, credential, at: decision.validUntil - 1)
    try require(
      before == decision, "no answer changes before its end", ("now", decision), ("before its end", before), at: now)
    if decision.validUntil == .max || decision.clock == .condition { return }
    let atEnd = try agreed(request, credential, at: decision.validUntil)
    try require(atEnd != decision, "an answer changes at its end", ("now", decision), ("at its end", atEnd), at: now)
  }

  // MARK: Spellings

  /// Another spelling of the same request is the same request.
  private func checkSpellings(
    _ decision: Decision, _ request: Request, _ credential: Credential, at now: Int64
  ) throws(Violation) {
    var spelled = request
    spelled.host = request.host.map(respelledHost)
    spelled.path = request.path.map(respelledPath)
    // A condition may ask for the method itself.
    let isAskedFor =
      policy.nodes.contains { $0.bindings.contains { $0.condition != nil } }
      || policy.denyRules.contains { $0.condition != nil }
    if !isAskedFor && spelled.upgrade == nil && request.method == Array("GET".utf8) {
      spelled.method = Array("HEAD".utf8)
    }
    var reordered = credential
    if credential.groups.count <= Credential.groupLimit { reordered.groups.reverse() }
    let respelled = try agreed(spelled, reordered, at: now)
    try require(
      respelled == decision, "spelling decides nothing", ("written", decision), ("respelled", respelled), at: now)
  }

  /// In capitals, with a dot and a port, where it is a plain name.
  private func respelledHost(_ host: [UInt8]) -> [UInt8] {
    let isPlain = host.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: ".") }
    guard isPlain, (1...248).contains(host.count), host.last != UInt8(ascii: ".") else { return host }
    return host.map { $0 == UInt8(ascii: ".") ? $0 : $0 - 0x20 } + ".:443".utf8
  }

  /// With an escape for its first letter beyond `f`, which stands in no good escape.
  private func respelledPath(_ path: [UInt8]) -> [UInt8] {
    guard path.count <= 8_000, let index = path.firstIndex(where: { (0x67...0x7A).contains($0) }) else { return path }
    var respelled = path
    respelled.replaceSubrange(index...index, with: "%\(String(path[index], radix: 16))".utf8)
    return respelled
  }

  // MARK: Deny rules

  /// One deny rule more never lets anyone in, and one that denies everyone lets nobody in.
  private func checkDenials(
    _ decision: Decision, _ request: Request, _ credential: Credential, at now: Int64
  ) throws(Violation) {
    for member in policy.members.prefix(2) + [.allUsers] {
      var stricter = draft
      stricter.nodes[0].denyRules.append(PolicyDraft.DenyRule(denied: [member], exceptions: []))
      let denied = stricter.assemble().decide(request, credential, at: now)
      let isKept = decision.verdict == .allow || denied.verdict == decision.verdict
      try require(isKept, "a deny rule lets nobody in", ("without", decision), ("with", denied), at: now)
      let isOpen = denied.verdict == .allow && denied.reason != .corsOptions
      try require(
        !(isOpen && member == .allUsers), "a denied everyone is nobody", ("without", decision), ("with", denied),
        at: now)
    }
  }
}
