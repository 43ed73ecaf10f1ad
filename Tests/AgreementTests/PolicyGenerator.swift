// Policies of small, dense alphabets, so that hosts, prefixes, people and groups collide; some with rows, groups and
// trees as large as they may be.

import PosternLanguage

/// The words that policies, requests and credentials share.
enum Alphabet {
  static let domains = ["a.test", "b.test", "c.test"]
  static let people = ["ann", "bob", "cyd"]
  static let emails = domains.flatMap { domain in people.map { "\($0)@\(domain)" } }
  static let groups = domains.flatMap { domain in ["g0", "g1", "g2"].map { "\($0)@\(domain)" } }
  static let pools = ["p", "q"]
  static let subjects = ["s0", "s1", "ann@a.test"]
  static let poolGroups = ["g0", "G0", "g1@a.test"]
  static let attributes = ["dept", "role"]
  static let values = ["x", "y", "caf\u{E9}"]
  static let tenants = ["t0", "t1", "t2"]
  static let clients = ["c0", "c1"]
  static let hosts = ["h.test", "a.h.test", "b.a.h.test", "[::1]"]
  static let wildcards = ["h.test", "a.h.test", "test"]
  static let segments = ["a", "b", "c"]
  static let limits: [Limit] = [
    .none, .none, .seconds(1), .seconds(60), .seconds(300), .seconds(3_600), .seconds(86_400), .seconds(.max - 1),
  ]
  /// A group of a wide policy: enough of them for rows of every size and for more than 256 members.
  static func wideGroup(_ index: Int) -> String { "w\(index)@a.test" }
}

struct PolicyGenerator {
  private var random: Random
  private var draft = PolicyDraft()
  private var routeKeys: Set<String> = []
  private var appCount = 0
  private var isWide = false

  static func draft(seed: UInt64) -> PolicyDraft {
    var generator = PolicyGenerator(random: Random(seed: seed))
    generator.generate()
    generator.draft.addConditions(seed: seed)
    return generator.draft
  }

  private init(random: Random) { self.random = random }

  private mutating func generate() {
    isWide = random.chance(6)
    draft.clockSkewSeconds = random.pick([0, 1, 30, 30, 30, 300])
    draft.providers = (0...random.below(5)).map { provider($0) }
    draft.nodes[0].bindings = bindings(most: 2)
    draft.nodes[0].denyRules = denyRules(12)
    addChildren(of: 0, depth: 0, isChain: random.chance(15))
    if appCount == 0 { addApp(below: draft.nodes.count - 1) }
    draft.groups = directoryGroups()
  }

  // MARK: Providers

  private mutating func provider(_ index: Int) -> PolicyDraft.Provider {
    let source = random.pick(LoginProvider.Source.allCases)
    return PolicyDraft.Provider(
      name: "pv\(index)", source: source, domains: random.some(of: Alphabet.domains, 60),
      tenants: random.chance(source == .identityPlatform ? 50 : 15) ? random.some(of: Alphabet.tenants, 60) : [],
      pool: source == .workforce || random.chance(10) ? random.pick(Alphabet.pools) : nil,
      sessionDurationSeconds: random.pick([900, 3_600, 43_200]))
  }

  // MARK: The tree

  /// Apps by name, then folders by name, as the tree's order wants it. A chain goes as deep as a tree may.
  private mutating func addChildren(of parent: Int, depth: Int, isChain: Bool) {
    let folderLimit = Policy.depthLimit - 1
    let apps = isChain && depth < folderLimit ? 0 : random.below(depth == 0 ? 3 : 4)
    for _ in 0..<apps where appCount < 6 { addApp(below: parent) }
    guard depth < folderLimit else { return }
    for number in 0..<(isChain ? 1 : random.below(depth == 0 ? 3 : 2)) {
      let index = draft.nodes.count
      var folder = PolicyDraft.Node(name: "f\(depth)\(number)", parent: parent)
      folder.bindings = bindings(most: 2)
      folder.denyRules = denyRules(8)
      draft.nodes.append(folder)
      addChildren(of: index, depth: depth + 1, isChain: isChain)
    }
  }

  private mutating func addApp(below parent: Int) {
    let name = "app\(appCount)"
    appCount += 1
    var node = PolicyDraft.Node(name: name, parent: parent)
    node.bindings = bindings(most: 3)
    if random.chance(6) { node.bindings.append(PolicyDraft.Binding(members: [.allUsers])) }
    node.denyRules = denyRules(10)
    node.app = app(name)
    draft.nodes.append(node)
  }

  // MARK: Apps

  private mutating func app(_ name: String) -> PolicyDraft.App {
    var app = PolicyDraft.App(routes: routes(), audience: "aud-\(name)", providers: [])
    app.providers = random.some(of: draft.providers.map(\.name), 65)
    if app.providers.isEmpty { app.providers = [random.pick(draft.providers).name] }
    setSession(of: &app)
    if random.chance(70) { app.programmaticClients = random.some(of: Alphabet.clients, 70) }
    if random.chance(30) { app.allowHTTPOptions = random.chance(60) }
    if random.chance(30) { app.reauthentication = reauthentication() }
    if random.chance(20) { app.allowedDomains = random.some(of: Alphabet.domains, 60) }
    if random.chance(20) { app.tenants = random.some(of: Alphabet.tenants, 60) }
    return app
  }

  private mutating func setSession(of app: inout PolicyDraft.App) {
    app.absoluteTimeout = random.pick(Alphabet.limits)
    app.idleTimeout = random.pick(Alphabet.limits)
    app.revalidate = random.pick(Alphabet.limits)
    app.onStateUnavailable = unavailability()
    app.onStoreUnavailable = unavailability()
    if random.chance(25) { app.activityExclude = random.some(of: ["/a", "/b", "/a/b", "/c/a", "/_gcp_iap"], 40) }
    if random.chance(40) { app.programmaticMaxAge = random.pick(Alphabet.limits) }
  }

  private mutating func unavailability() -> Unavailability {
    random.chance(40) ? .deny : .allowFor(seconds: random.pick([1, 60, 60, 300, .max - 1]))
  }

  private mutating func reauthentication() -> Reauthentication {
    if random.chance(10) { return Reauthentication(method: nil, maxAgeSeconds: 300, policyType: .default) }
    return Reauthentication(
      method: random.pick(ReauthenticationMethod.allCases), maxAgeSeconds: random.pick([300, 3_600, .max - 1]),
      policyType: .minimum)
  }

  /// One to three that nobody has yet; perhaps none, if the alphabet is used up.
  private mutating func routes() -> [Route] {
    var routes: [Route] = []
    for _ in 0...random.below(3) {
      let isWildcard = random.chance(25)
      let host = random.pick(isWildcard ? Alphabet.wildcards : Alphabet.hosts)
      let path = routePath()
      guard routeKeys.insert("\(isWildcard) \(host) \(path)").inserted else { continue }
      routes.append(
        Route(
          host: host, isWildcard: isWildcard, path: path,
          allowEscapes: random.chance(path.contains("%") ? 100 : 20), span: PolicyDraft.span))
    }
    return routes.isEmpty ? [uniqueRoute()] : routes
  }

  private mutating func uniqueRoute() -> Route {
    Route(host: "only\(appCount).test", isWildcard: false, path: "", allowEscapes: false, span: PolicyDraft.span)
  }

  private mutating func routePath() -> String {
    if random.chance(35) { return "" }
    if random.chance(3) { return String(repeating: "/a", count: Route.depthLimit) }
    if random.chance(3) { return "/a%2Fb" }
    if random.chance(3) { return "/_gcp_iap" }
    return (0...random.below(3)).map { _ in "/" + random.pick(Alphabet.segments) }.joined()
  }
}

// MARK: Members

extension PolicyGenerator {
  private mutating func bindings(most: Int) -> [PolicyDraft.Binding] {
    var bindings = (0..<random.below(most + 1)).map { _ in
      PolicyDraft.Binding(grantsAccess: random.chance(90), members: members(1 + random.below(4)))
    }
    if random.chance(isWide ? 50 : 3) {
      let count = random.pick(isWide ? [17, 70, 300] : [15, 16, 17, 18])
      bindings.append(PolicyDraft.Binding(members: wideMembers(count)))
    }
    return bindings
  }

  private mutating func wideMembers(_ count: Int) -> [Member] {
    let start = random.below(20)
    return (start..<(start + count)).map { .group(email: Alphabet.wideGroup($0)) }
      + (random.chance(50) ? members(3) : []).filter { $0 != .allUsers }
  }

  private mutating func denyRules(_ percent: Int) -> [PolicyDraft.DenyRule] {
    guard random.chance(percent) else { return [] }
    return (0...random.below(2)).map { _ in
      PolicyDraft.DenyRule(
        denied: random.chance(10) ? [.allUsers] : members(1 + random.below(2)),
        exceptions: random.chance(40) ? members(1 + random.below(2)) : [])
    }
  }

  /// Distinct members of every kind; `allUsers` seldom, for it opens an app.
  private mutating func members(_ count: Int) -> [Member] {
    let members = (0..<count).map { _ in member() }
    return distinct(members)
  }

  private func distinct(_ members: [Member]) -> [Member] {
    members.indices.filter { !members[..<$0].contains(members[$0]) }.map { members[$0] }
  }

  private mutating func member() -> Member {
    switch random.below(100) {
    case 0..<2: .allUsers
    case 2..<10: .allAuthenticatedUsers
    case 10..<14: .deleted("user:ann@a.test?uid=1")
    case 14..<36: .user(email: random.pick(Alphabet.emails))
    case 36..<46: .serviceAccount(email: random.pick(Alphabet.emails))
    case 46..<66: .group(email: random.pick(Alphabet.groups))
    case 66..<80: .domain(random.pick(Alphabet.domains))
    default: poolMember()
    }
  }

  private mutating func poolMember() -> Member {
    let pool = random.pick(Alphabet.pools)
    return switch random.below(4) {
    case 0: .poolSubject(pool: pool, subject: random.pick(Alphabet.subjects))
    case 1: .poolGroup(pool: pool, group: random.pick(Alphabet.poolGroups))
    case 2: .poolAttribute(pool: pool, name: random.pick(Alphabet.attributes), value: random.pick(Alphabet.values))
    default: .pool(pool)
    }
  }

  /// A group holds people and groups that come before it, so that there is no ring.
  private mutating func directoryGroups() -> [PolicyDraft.DirectoryGroup] {
    guard random.chance(45) else { return [] }
    var groups: [PolicyDraft.DirectoryGroup] = []
    for email in random.some(of: Alphabet.groups, 50) {
      var members = (0...random.below(2)).map { _ in groupMember() }
      if random.chance(50), let before = groups.last { members.append(before.group) }
      if isWide && random.chance(30) { members.append(.group(email: Alphabet.wideGroup(random.below(30)))) }
      groups.append(PolicyDraft.DirectoryGroup(group: .group(email: email), members: distinct(members)))
    }
    return random.chance(50) ? groups.reversed() : groups
  }

  private mutating func groupMember() -> Member {
    switch random.below(3) {
    case 0: .user(email: random.pick(Alphabet.emails))
    case 1: .serviceAccount(email: random.pick(Alphabet.emails))
    default: .poolSubject(pool: random.pick(Alphabet.pools), subject: random.pick(Alphabet.subjects))
    }
  }
}
