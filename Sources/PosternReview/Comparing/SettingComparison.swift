// The settings of one app that a decision looks at, by value: clocks, failure modes, re-authentication, providers, tenants,
// domains, clients, OPTIONS, what is no activity. Each difference gets a request at the age, or with the fact, on which it
// shows. Refuses nothing.

internal import PosternCompiler
internal import PosternLanguage

/// The settings of an app, compared.
struct SettingComparison {
  private(set) var differences: [Difference] = []
  private let pair: AppPair
  private let stand: WitnessStand
  /// Members that some of those who ask are.
  private let people: [[Member]]

  init(_ pair: AppPair, _ stand: WitnessStand, people: [[Member]]) {
    self.pair = pair
    self.stand = stand
    self.people = people
    compareClocks()
    compareReauthentication()
    compareRestrictions()
    compareActivity()
  }

  // MARK: clocks

  private mutating func compareClocks() {
    let (old, new) = (pair.before.session, pair.after.session)
    addLimit("absolute timeout", old.absoluteTimeout, new.absoluteTimeout, \.createdAt)
    addLimit("idle timeout", old.idleTimeout, new.idleTimeout, \.lastSeenAt)
    addLimit("revalidate", old.revalidate, new.revalidate, \.stateCheckedAt)
    addFailureMode("while the provider cannot be asked", \.onStateUnavailable, \.stateSourceDown)
    addFailureMode("while the store cannot be asked", \.onStoreUnavailable, \.storeDown)
    addTokenAge(old.programmaticMaxAge, new.programmaticMaxAge)
    let skews = (pair.beforePolicy.organization.clockSkewSeconds, pair.afterPolicy.organization.clockSkewSeconds)
    if skews.0 != skews.1 {
      let candidates = sessions { $0.createdAt += Int64(max(skews.0, skews.1)) * 1_000 }
      add("clock skew", "\(skews.0) s", "\(skews.1) s", skews.1 > skews.0 ? .loosens : .tightens, nil, candidates)
    }
  }

  private mutating func addLimit(
    _ subject: String, _ old: Sourced<Limit>, _ new: Sourced<Limit>, _ fact: WritableKeyPath<Credential, Int64>
  ) {
    if old.value == new.value { return }
    let candidates = [old.value, new.value].compactMap(\.milliseconds).flatMap { age in
      sessions { $0[keyPath: fact] -= age }
    }
    let effect: Difference.Effect = new.value.isLonger(than: old.value) ? .loosens : .tightens
    add(
      subject, old.value.text, new.value.text, effect, new.span, candidates, (old.value.seconds, new.value.seconds))
  }

  private mutating func addFailureMode(
    _ subject: String, _ mode: KeyPath<SessionSettings, Sourced<Unavailability>>,
    _ isDown: WritableKeyPath<Credential, Bool>
  ) {
    let (old, new) = (pair.before.session[keyPath: mode], pair.after.session[keyPath: mode])
    if old.value == new.value { return }
    let revalidates = [pair.before, pair.after].compactMap(\.session.revalidate.value.milliseconds)
    let ages =
      revalidates.flatMap { limit in [old, new].map { limit + Int64($0.value.graceSeconds) * 1_000 } } + revalidates
    let candidates = ages.flatMap { age in
      sessions { credential in
        credential[keyPath: isDown] = true
        credential.stateCheckedAt -= age
      }
    }
    let effect: Difference.Effect = new.value.graceSeconds > old.value.graceSeconds ? .loosens : .tightens
    add(subject, old.value.text, new.value.text, effect, new.span, candidates)
  }

  private mutating func addTokenAge(_ old: Sourced<Limit>?, _ new: Sourced<Limit>?) {
    let (before, after) = (old?.value ?? .none, new?.value ?? .none)
    if before == after { return }
    let candidates = [before, after].compactMap(\.milliseconds).flatMap { age in bearers { $0.issuedAt -= age } }
    add(
      "token age", before.text, after.text, after.isLonger(than: before) ? .loosens : .tightens,
      new?.span ?? pair.after.span, candidates, (before.seconds, after.seconds))
  }

  // MARK: re-authentication

  private mutating func compareReauthentication() {
    let old = pair.before.access.reauthentication?.value.demand
    let new = pair.after.access.reauthentication?.value.demand
    if old == new { return }
    let ages = [old, new].compactMap { $0.map { Int64($0.maxAgeSeconds) * 1_000 } }
    let facts: [[WritableKeyPath<Credential, Int64>]] = [
      [\.loginAt, \.secondFactorAt, \.securityKeyAt], [\.secondFactorAt, \.securityKeyAt], [\.securityKeyAt],
    ]
    let candidates = ages.flatMap { age in
      facts.flatMap { facts in sessions { for fact in facts { $0[keyPath: fact] -= age } } }
    }
    add(
      "re-authentication", old.text, new.text, Reauthentication.effect(old, new),
      pair.after.access.reauthentication?.span ?? pair.after.span, candidates)
  }

  // MARK: who may be believed

  private mutating func compareRestrictions() {
    compareSets(
      "login provider", Self.providers(pair.before, pair.beforePolicy), Self.providers(pair.after, pair.afterPolicy))
    compareSets("tenant", Self.tenants(pair.before, pair.beforePolicy), Self.tenants(pair.after, pair.afterPolicy))
    compareDomains()
    compareSets(
      "programmatic client", pair.before.access.programmaticClients.map(\.value),
      pair.after.access.programmaticClients.map(\.value))
    if pair.before.audience != pair.after.audience {
      add("audience", pair.before.audience, pair.after.audience, .changes, pair.after.span, bearers { _ in })
    }
    let options = [pair.before, pair.after].map { $0.access.allowHTTPOptions?.value ?? false }
    if options[0] != options[1] {
      let candidates = pair.routes.map { route in
        var request = route.request
        request.method = Array("OPTIONS".utf8)
        return RequestFacts(ofStranger: request)
      }
      add(
        "OPTIONS without a credential", options[0] ? "let in" : "asked for one",
        options[1] ? "let in" : "asked for one",
        options[1] ? .widens : .narrows, pair.after.access.allowHTTPOptions?.span ?? pair.after.span, candidates)
    }
  }

  private static func providers(_ app: App, _ policy: Policy) -> [String] {
    app.providerIndices.map { policy.providers[$0].name.value }
  }

  /// Of a provider that is no identity platform nobody asks for the app's tenants.
  private static func tenants(_ app: App, _ policy: Policy) -> [String] {
    let isAsked = app.providerIndices.contains { policy.providers[$0].source == .identityPlatform }
    return isAsked ? app.access.tenantIDs.map(\.value) : []
  }

  /// The allowed domains that one of the app's providers declares: nobody ever comes of another. nil where any may.
  private static func domains(_ app: App, _ policy: Policy) -> [String]? {
    app.access.allowedDomains?.value.filter { domain in
      app.providerIndices.contains { Member.domain(domain).isAsserted(by: policy.providers[$0]) }
    }.sorted()
  }

  /// What is added widens, what is gone narrows; of tenants, naming the first or none changes who is meant.
  private mutating func compareSets(_ subject: String, _ old: [String], _ new: [String]) {
    if Set(old) == Set(new) { return }
    let gained = new.filter { !old.contains($0) }
    let lost = old.filter { !new.contains($0) }
    let candidates = sessions { _ in } + bearers { _ in }
    let isSwitched = subject == "tenant" && (old.isEmpty || new.isEmpty)
    for text in gained { add(subject, "", text, isSwitched ? .changes : .widens, pair.after.span, candidates) }
    for text in lost { add(subject, text, "", isSwitched ? .changes : .narrows, pair.after.span, candidates) }
  }

  private mutating func compareDomains() {
    let old = Self.domains(pair.before, pair.beforePolicy)
    let new = Self.domains(pair.after, pair.afterPolicy)
    if old.map(Set.init) == new.map(Set.init) { return }
    let effect: Difference.Effect =
      switch (old, new) {
      case (_, nil): .loosens
      case (nil, _): .tightens
      case (let old?, let new?):
        Set(old).isSubset(of: new) ? .loosens : Set(new).isSubset(of: old) ? .tightens : .changes
      }
    func text(_ domains: [String]?) -> String {
      domains.map { $0.isEmpty ? "no domain" : $0.joined(separator: ", ") } ?? "any domain"
    }
    add(
      "allowed domains", text(old), text(new), effect, pair.after.access.allowedDomains?.span ?? pair.after.span,
      sessions { _ in })
  }

  // MARK: activity

  private mutating func compareActivity() {
    let old = excludes(pair.before)
    let new = excludes(pair.after)
    if old == new { return }
    let candidates = old.symmetricDifference(new).sorted().flatMap { path in
      sessions { _ in }.map { facts in
        var facts = facts
        facts.request.path = Array(path.utf8)
        return facts
      }
    }
    let effect: Difference.Effect = new.isSuperset(of: old) ? .tightens : old.isSuperset(of: new) ? .loosens : .changes
    func text(_ paths: Set<String>) -> String { paths.isEmpty ? "none" : paths.sorted().joined(separator: ", ") }
    add("paths that are no activity", text(old), text(new), effect, pair.after.span, candidates)
  }

  /// The prefixes that some path of the app stands below, without those below another.
  private func excludes(_ app: App) -> Set<String> {
    let paths = Set(app.session.activityExclude.map(\.value))
    func isBelow(_ path: String, _ prefix: String) -> Bool { path == prefix || path.hasPrefix(prefix + "/") }
    return paths.filter { path in
      !paths.contains { $0 != path && isBelow(path, $0) }
        && app.routes.contains { isBelow(path, $0.path) || isBelow($0.path, path) }
    }
  }

  // MARK: candidates

  /// Sessions in order in every way but what `change` makes of them.
  private func sessions(_ change: (inout Credential) -> Void) -> [RequestFacts] {
    var candidates: [RequestFacts] = []
    for (provider, tenant) in pair.providers {
      for members in people {
        for (domain, tenant) in pair.hostedDomains.flatMap({ domain in tenants(tenant).map { (domain, $0) } }) {
          let persona = Persona(members: members, provider: provider, tenant: tenant, hostedDomain: domain)
          guard var credential = persona.credential(at: Persona.usualInstant) else { continue }
          change(&credential)
          candidates += pair.routes.prefix(2).map {
            RequestFacts(request: $0.request, credential: credential, nowMilliseconds: Persona.usualInstant)
          }
        }
      }
    }
    return candidates
  }

  /// The tenant that somebody has, those of both policies, and none.
  private func tenants(_ tenant: String?) -> [String?] {
    let named = Set((pair.before.access.tenantIDs + pair.after.access.tenantIDs).map(\.value)).sorted()
    return [tenant] + named.filter { $0 != tenant }.map { $0 } + (tenant == nil ? [] : [nil])
  }

  /// The same with bearers, for each client and audience that either policy names.
  private func bearers(_ change: (inout Credential) -> Void) -> [RequestFacts] {
    let clients = Set(
      (pair.before.access.programmaticClients + pair.after.access.programmaticClients).map(\.value)
        + [pair.before.audience, pair.after.audience])
    return clients.sorted().flatMap { client in
      sessions { credential in
        credential.kind = .bearer
        credential.audience = Array(client.utf8)
        credential.authorizedParty = nil
        change(&credential)
      }
    }
  }

  private mutating func add(
    _ subject: String, _ before: String, _ after: String, _ effect: Difference.Effect, _ span: Span?,
    _ candidates: [RequestFacts], _ seconds: (before: UInt32?, after: UInt32?) = (nil, nil)
  ) {
    differences.append(
      Difference(
        appName: pair.after.name.value, kind: .setting, effect: effect, subject: subject, before: before, after: after,
        place: Difference.Place(span, in: pair.afterPolicy, isOld: false), proof: .of(stand.bestWitness(candidates)),
        seconds: seconds))
  }
}
