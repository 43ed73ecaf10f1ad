// The OAuth clients of two policies, by their ids: which come and go, what each may be granted, and what bounds its refresh
// tokens. What a refresh shows gets one, run on both kernels; the rest is compared by value. Refuses nothing.

internal import PosternCompiler
internal import PosternLanguage

/// The OAuth clients of two policies, compared.
struct ClientComparison {
  private(set) var differences: [Difference] = []
  private let stand: WitnessStand

  init(_ stand: WitnessStand) {
    self.stand = stand
    let (before, after) = (stand.before.policy, stand.after.policy)
    let old = Dictionary(before.oauthClients.map { ($0.id.value, $0) }) { first, _ in first }
    let new = Dictionary(after.oauthClients.map { ($0.id.value, $0) }) { first, _ in first }
    for client in before.oauthClients where new[client.id.value] == nil { report(client, isGone: true) }
    for client in after.oauthClients {
      if let other = old[client.id.value] { compare(other, client) } else { report(client, isGone: false) }
    }
  }

  /// A client that only one of the policies has.
  private mutating func report(_ client: OAuthClient, isGone: Bool) {
    let text = "\(client.party.text), \(client.scopes.map(\.value).joined(separator: " "))"
    add(
      Sides(client, client), "", isGone ? text : "", isGone ? "" : text, isGone ? .narrows : .widens, client.id.span,
      [Self.refresh(of: client, [])], isOld: isGone)
  }

  private mutating func compare(_ old: OAuthClient, _ new: OAuthClient) {
    let sides = Sides(old, new)
    compareWho(sides)
    compareLists(sides)
    compareClocks(sides)
    compareMarks(
      sides, "bound scopes", \.boundScopes,
      refreshes: { scope in
        [Self.refresh(of: new, [scope]) { ($0.authenticatedAt, $0.securityKeyAt) = (1, 1) }]
      })
    compareMarks(
      sides, "scopes that a password change ends", \.passwordChangeEnds,
      refreshes: { scope in
        [Self.refresh(of: new, [scope]) { $0.accountState = .credentialChanged }]
      })
  }

  // MARK: who it is

  private mutating func compareWho(_ sides: Sides) {
    let (old, new) = (sides.old, sides.new)
    add(sides, "display name", old.displayName, new.displayName, .changes, new.span, [])
    add(
      sides, "party", old.party.text, new.party.text, new.party == .firstParty ? .loosens : .tightens, new.span,
      sides.boundInBoth.map { scope in
        Self.refresh(of: new, [scope]) { ($0.authenticatedAt, $0.securityKeyAt) = (1, 1) }
      })
    let (method, newMethod) = (old.settings.reauthentication, new.settings.reauthentication)
    add(
      sides, "re-authentication", method.policyText, newMethod.policyText, newMethod < method ? .loosens : .tightens,
      new.span,
      sides.boundInBoth.map { scope in Self.refresh(of: new, [scope]) { $0.securityKeyAt = 0 } })
  }

  private mutating func compareLists(_ sides: Sides) {
    let (old, new) = (sides.old, sides.new)
    let lists: [(String, [String], [String])] = [
      ("flow", old.flows.texts, new.flows.texts),
      ("redirect URI", old.redirectURIs.map(\.value), new.redirectURIs.map(\.value)),
      ("scope", old.scopes.map(\.value), new.scopes.map(\.value)),
      ("app", old.apps.map(\.value), new.apps.map(\.value)),
    ]
    for (subject, before, after) in lists {
      for text in after where !before.contains(text) { add(sides, subject, "", text, .widens, new.span, []) }
      for text in before where !after.contains(text) { add(sides, subject, text, "", .narrows, new.span, []) }
    }
  }

  // MARK: what bounds it

  private mutating func compareClocks(_ sides: Sides) {
    let (old, new) = (sides.old.settings, sides.new.settings)
    let shorter = Int64(min(old.sessionLengthSeconds, new.sessionLengthSeconds)) * 1_000
    addLimit(
      sides, "session length", old.sessionLengthSeconds, new.sessionLengthSeconds,
      sides.boundInBoth.map { scope in
        Self.refresh(of: sides.new, [scope]) {
          ($0.authenticatedAt, $0.securityKeyAt) = (Persona.usualInstant - shorter, Persona.usualInstant - shorter)
        }
      })
    let unused = Int64(min(old.unusedTimeoutSeconds, new.unusedTimeoutSeconds)) * 1_000
    addLimit(
      sides, "unused timeout", old.unusedTimeoutSeconds, new.unusedTimeoutSeconds,
      [Self.refresh(of: sides.new, []) { $0.lastUsedAt = Persona.usualInstant - unused }])
    add(
      sides, "live tokens", "\(old.liveTokens)", "\(new.liveTokens)",
      new.liveTokens > old.liveTokens ? .loosens : .tightens, sides.new.span, [])
  }

  private mutating func addLimit(
    _ sides: Sides, _ subject: String, _ before: UInt32, _ after: UInt32, _ candidates: [Refresh]
  ) {
    if before == after { return }
    add(
      sides, subject, Wording.duration(seconds: before), Wording.duration(seconds: after),
      after > before ? .loosens : .tightens, sides.new.span, candidates, seconds: (before, after))
  }

  /// Scopes of both that the patterns of only one stand for.
  private mutating func compareMarks(
    _ sides: Sides, _ subject: String, _ patterns: KeyPath<OAuthSettings, [ScopePattern]>,
    refreshes: (String) -> [Refresh]
  ) {
    for scope in sides.scopesOfBoth {
      let isOld = sides.old.settings[keyPath: patterns].contains { $0.matches(scope) }
      let isNew = sides.new.settings[keyPath: patterns].contains { $0.matches(scope) }
      if isOld == isNew { continue }
      add(
        sides, subject, isOld ? scope : "", isNew ? scope : "", isNew ? .tightens : .loosens, sides.new.span,
        refreshes(scope))
    }
  }

  // MARK: refreshes

  /// A refresh in order in every way but what `change` makes of it.
  private static func refresh(
    of client: OAuthClient, _ scopes: [String], _ change: (inout Refresh) -> Void = { _ in }
  ) -> Refresh {
    var refresh = Refresh()
    refresh.client = Array(client.id.value.utf8)
    refresh.principalKind = .user
    refresh.accountState = .active
    refresh.scopes = scopes.map { Array($0.utf8) }
    refresh.lastUsedAt = Persona.usualInstant - 1_000
    refresh.authenticatedAt = Persona.usualInstant - 1_000
    refresh.securityKeyAt = Persona.usualInstant - 1_000
    change(&refresh)
    return refresh
  }

  private mutating func add(
    _ sides: Sides, _ subject: String, _ before: String, _ after: String, _ effect: Difference.Effect, _ span: Span,
    _ candidates: [Refresh], isOld: Bool = false, seconds: (before: UInt32?, after: UInt32?) = (nil, nil)
  ) {
    if before == after { return }
    let stand = stand
    let witness = candidates.lazy.compactMap { stand.witness($0, at: Persona.usualInstant) }.first
    differences.append(
      Difference(
        appName: nil, kind: .client, effect: effect,
        subject: "OAuth client \(sides.new.id.value)" + (subject.isEmpty ? "" : ", \(subject)"), before: before,
        after: after,
        place: Difference.Place(span, in: isOld ? stand.before.policy : stand.after.policy, isOld: isOld),
        proof: witness.map { .refresh($0) } ?? .value, seconds: seconds))
  }
}

/// A client as both policies have it.
private struct Sides {
  let old: OAuthClient
  let new: OAuthClient

  init(_ old: OAuthClient, _ new: OAuthClient) {
    self.old = old
    self.new = new
  }

  var scopesOfBoth: [String] {
    let before = Set(old.scopes.map(\.value))
    return new.scopes.map(\.value).filter { before.contains($0) }
  }

  var boundInBoth: [String] {
    scopesOfBoth.filter { scope in
      [old, new].allSatisfy { $0.settings.boundScopes.contains { $0.matches(scope) } }
    }
  }
}

extension OAuthClient.Party {
  fileprivate var text: String { self == .firstParty ? "FIRST_PARTY" : "THIRD_PARTY" }
}

extension OAuthClient.Flows {
  fileprivate var texts: [String] { (contains(.code) ? ["CODE"] : []) + (contains(.device) ? ["DEVICE"] : []) }
}
