// From a way through the diagrams to requests that may go it: members become a person, kinds of value become facts. Every
// candidate is run; that none differs proves nothing.

internal import PosternLanguage

/// The app as both policies have it, and who may come to it.
struct AppPair {
  let before: App
  let after: App
  let beforePolicy: Policy
  let afterPolicy: Policy

  /// The routes that both have, or else all of both.
  var routes: [Route] {
    let old = Set(before.routes.map(RouteKey.init))
    let common = after.routes.filter { old.contains(RouteKey($0)) }
    return common.isEmpty ? after.routes + before.routes : common
  }

  /// The providers of the app, those of the new policy first, with the tenant that it accepts of each.
  var providers: [(provider: LoginProvider, tenant: String?)] {
    var seen: Set<String> = []
    return (Self.providers(after, afterPolicy) + Self.providers(before, beforePolicy))
      .filter { seen.insert($0.provider.name.value).inserted }
  }

  private static func providers(_ app: App, _ policy: Policy) -> [(provider: LoginProvider, tenant: String?)] {
    app.providerIndices.map { index in
      let provider = policy.providers[index]
      let ofApp = provider.source == .identityPlatform ? app.access.tenantIDs.first?.value : nil
      return (provider, ofApp ?? provider.tenantIDs.first?.value)
    }
  }

  /// Domains that somebody may be of: none, one that the app allows, and one that no policy names.
  var hostedDomains: [String?] {
    let allowed = (after.access.allowedDomains?.value ?? []) + (before.access.allowedDomains?.value ?? [])
    return [nil] + allowed.prefix(2).map { $0 } + ["elsewhere.invalid"]
  }
}

/// What of a route decides where a request goes.
struct RouteKey: Hashable {
  let host: String
  let isWildcard: Bool
  let path: String
  let allowEscapes: Bool

  init(_ route: Route) {
    host = route.host
    isWildcard = route.isWildcard
    path = route.path
    allowEscapes = route.allowEscapes
  }

  /// The route as policies write it.
  var text: String { (isWildcard ? "*." : "") + host + (path.isEmpty ? "/" : path) }
}

extension Route {
  /// A browser's request for the route's own page.
  var request: Request {
    var request = Request()
    request.method = Array("GET".utf8)
    request.scheme = Array("https".utf8)
    request.host = Array((isWildcard ? "witness." + host : host).utf8)
    request.path = Array((path.isEmpty ? "/" : path).utf8)
    request.accept = Array("text/html".utf8)
    return request
  }
}

extension RequestFacts {
  /// What nobody in particular asks.
  init(ofStranger request: Request, at instant: Int64 = Persona.usualInstant) {
    self.init(request: request, credential: Credential(), nowMilliseconds: instant)
  }
}

/// Candidates for one way.
struct WitnessSearch {
  let pair: AppPair
  let variables: AccessVariables
  let numbers: MemberNumbers

  static let candidateLimit = 4_096

  /// The classes whose members somebody is on the way.
  func classes(_ way: AccessWay) -> [MemberClass] {
    way.values.keys.sorted().compactMap { variable in
      guard case .isMember(let memberClass) = variables.all[variable], way.values[variable] == 1 else { return nil }
      return memberClass
    }
  }

  /// Whether nobody who comes to row 10 can go the way: two of its classes hold only such members as exclude each other, or
  /// there is no provider that can vouch for a member of each whose people pass row 9 without being of a class that they are not.
  func isImpossible(_ way: AccessWay) -> Bool {
    let classes = classes(way)
    let kinds = classes.compactMap { memberClass -> Member.Uniqueness? in
      let kinds = Set(memberClass.members.map { numbers.members[$0].uniqueness })
      return kinds.count == 1 ? kinds.first.flatMap { $0 } : nil
    }
    if Set(kinds).count < kinds.count { return true }
    let members = classes.map { $0.members.map { numbers.members[$0] } }
    let excluded = excludedMembers(way)
    return ![(pair.before, pair.beforePolicy), (pair.after, pair.afterPolicy)].contains { app, policy in
      app.providerIndices.contains { Self.mayCome(members, excluded, by: policy.providers[$0], to: app) }
    }
  }

  /// The members that nobody on the way is.
  private func excludedMembers(_ way: AccessWay) -> Set<Member> {
    var excluded: Set<Member> = []
    for (variable, value) in way.values where value == 0 {
      if case .isMember(let memberClass) = variables.all[variable] {
        excluded.formUnion(memberClass.members.map { numbers.members[$0] })
      }
    }
    return excluded
  }

  /// Whether a provider may vouch for somebody of all classes, who is none of those excluded, and whose domain the app allows.
  private static func mayCome(
    _ classes: [[Member]], _ excluded: Set<Member>, by provider: LoginProvider, to app: App
  ) -> Bool {
    let vouched = classes.map { $0.filter { $0.isAsserted(by: provider) } }
    if vouched.contains(where: \.isEmpty) { return false }
    guard let domains = app.access.allowedDomains?.value else { return true }
    let allowed = domains.filter { domain in
      Member.domain(domain).isAsserted(by: provider) && !excluded.contains(.domain(domain))
    }
    // Whoever is of a class of domains only has one of these.
    return !allowed.isEmpty
      && vouched.allSatisfy { members in
        members.contains { if case .domain(let domain) = $0 { allowed.contains(domain) } else { true } }
      }
  }

  /// Requests that may go the way, at most `candidateLimit`.
  func candidates(_ way: AccessWay) -> [RequestFacts] {
    var candidates: [RequestFacts] = []
    let settings = factSettings(way)
    let instants = instants(way)
    for (provider, tenant) in pair.providers {
      for members in memberChoices(classes(way)) {
        for domain in pair.hostedDomains {
          var persona = Persona(members: members, provider: provider, tenant: tenant, hostedDomain: domain)
          persona.groupsAreKnown = way.values[variables.groupsVariable] != 0
          for setting in settings {
            for route in pair.routes.prefix(4) {
              candidates += facts(persona, route, setting, instants)
              if candidates.count > Self.candidateLimit { return candidates }
            }
          }
        }
      }
    }
    return candidates
  }

  /// The same of nobody in particular.
  func anonymousCandidates(_ way: AccessWay) -> [RequestFacts] {
    let instants = instants(way)
    return factSettings(way).flatMap { setting in
      pair.routes.prefix(4).flatMap { route in
        instants.map { instant in
          var facts = RequestFacts(ofStranger: route.request, at: instant)
          for (fact, example) in setting { facts.set(fact, to: example) }
          return facts
        }
      }
    }
  }

  private func facts(
    _ persona: Persona, _ route: Route, _ setting: [(ConditionFact, ConditionExample)], _ instants: [Int64]
  ) -> [RequestFacts] {
    instants.compactMap { instant in
      guard let credential = persona.credential(at: instant) else { return nil }
      var facts = RequestFacts(request: route.request, credential: credential, nowMilliseconds: instant)
      for (fact, example) in setting { facts.set(fact, to: example) }
      return facts
    }
  }

  // MARK: members

  /// One member of each class, in some ways: the first that go together.
  private func memberChoices(_ classes: [MemberClass]) -> [[Member]] {
    var choices: [[Member]] = [[]]
    for memberClass in classes {
      let members = memberClass.members.map { numbers.members[$0] }
      // A group goes with everybody else; then whoever comes first.
      let picked = members.filter { $0.uniqueness == nil }.prefix(2) + members.filter { $0.uniqueness != nil }.prefix(3)
      choices = choices.flatMap { choice in picked.map { choice + [$0] } }
      if choices.count > 32 { choices = Array(choices.prefix(32)) }
    }
    return choices
  }

  // MARK: facts

  /// Values for the facts that matter on the way, in some ways.
  private func factSettings(_ way: AccessWay) -> [[(ConditionFact, ConditionExample)]] {
    var settings: [[(ConditionFact, ConditionExample)]] = [[]]
    for variable in way.values.keys.sorted() {
      guard let value = way.values[variable], let (fact, examples) = examples(variable, value) else { continue }
      settings = settings.flatMap { setting in examples.prefix(4).map { setting + [(fact, $0)] } }
      if settings.count > 64 { settings = Array(settings.prefix(64)) }
    }
    return settings
  }

  private func examples(_ variable: Int, _ value: Int) -> (ConditionFact, [ConditionExample])? {
    switch variables.all[variable] {
    case .fact(let fact, let kinds): return (fact, kinds[value].examples)
    case .test(let test, let examples):
      guard let fact = test.fact else { return nil }
      return (fact, examples.filter { test.outcome($0).map { Int($0.rawValue) } == value })
    case .isMember, .groupsAreKnown: return nil
    }
  }

  /// The instants to try: one, or where the way asks for the time, those it names and the half hours of eight days, one of
  /// each month.
  private func instants(_ way: AccessWay) -> [Int64] {
    var instants: [Int64] = []
    var asksForTime = false
    for (variable, value) in way.values {
      guard let (fact, examples) = examples(variable, value) else { continue }
      if case .timePart = fact { asksForTime = true }
      if fact == .attribute("request.time") {
        for case .value(.timestamp(let milliseconds)) in examples { instants.append(milliseconds) }
      }
    }
    if instants.isEmpty { instants = [Persona.usualInstant] }
    if !asksForTime { return instants.sorted() }
    let halfHour: Int64 = 1_800_000
    let start = Persona.usualInstant
    let week = (0..<384).map { start + Int64($0) * halfHour }
    let year = (1..<24).map { start + Int64($0) * 16 * 48 * halfHour }
    return instants.sorted() + week + year
  }
}
