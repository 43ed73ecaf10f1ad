// Pairs of small policies that differ a little, and requests to ask both, all from one seed (SplitMix64): people, groups,
// domains, conditions and settings that meet each other often.

import PosternLanguage
import PosternReview

struct PairGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  // MARK: chance

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }

  private mutating func some<Choice>(_ choices: [Choice], _ percent: Int) -> [Choice] {
    choices.filter { _ in chance(percent) }
  }

  // MARK: policies

  private static let users = ["ann", "bob", "eve"].map { "\($0)@example.com" } + ["pat@partner.example"]
  private static let groups = ["g", "h", "d"].map { "\($0)@example.com" }
  private static let members =
    users.map { "user:\($0)" } + groups.map { "group:\($0)" }
    + ["domain:example.com", "domain:partner.example", "serviceAccount:bot@example.com", "allAuthenticatedUsers"]
  private static let tests = [
    #"request.path.startsWith("/a/x")"#, #"request.path == "/a""#, #"request.method == "GET""#,
    #"request.method in ["GET", "POST"]"#, "request.time.getHours('UTC') < 12", "request.time.getDayOfWeek() == 1",
    #"request.auth.claims.dept == "hr""#, #"request.auth.claims["dept"] in ["hr", "it"]"#,
    "has(request.auth.claims.dept)",
    #"inIpRange(origin.ip, "10.0.0.0/8")"#, #"inIpRange(origin.ip, ["10.1.0.0/16", "192.168.0.0/16"])"#,
    #"request.headers["x-team"] == "red""#, #"request.path.contains("x")"#, "levels.inside",
    "device.is_corp_owned_device", #""admin" in request.auth.claims.roles"#, #"request.host == "a.example.com""#,
  ]
  private static let limits = ["5m", "10m", "1h", "2h"]

  /// What a policy is written from.
  private struct Draft {
    struct Level {
      var bindings: [(members: [String], condition: String?)] = []
      var denials: [(denied: [String], excepted: [String], condition: String?)] = []
      var session: [String: String] = [:]
      var domains: [String]?
    }

    /// The organization, a folder, and the apps `a` and `b` in it.
    var levels = [Level(), Level(), Level(), Level()]
    var directory: [String] = []
    var inside = ""
    var partnersAsWell = false
  }

  /// Two policies, the second with a few changes; the texts of their files.
  mutating func pair() throws -> (before: ReviewSide, after: ReviewSide, texts: [String]) {
    let (before, after) = trees()
    return try (TreeFixture.tree(before), TreeFixture.tree(after), [before, after].map { $0.map(Self.text).joined() })
  }

  /// The files of two policies, the second with a few changes.
  mutating func trees() -> (before: [SourceFile], after: [SourceFile]) {
    var draft = Draft()
    for index in draft.levels.indices { randomize(&draft.levels[index], isApp: index > 1) }
    draft.levels[0].session = ["absoluteTimeout": "12h", "idleTimeout": "1h", "revalidate": "5m"]
    draft.directory = some(Self.users.map { "user:\($0)" } + ["group:g@example.com"], 40)
    draft.inside = pick(Self.tests.filter { $0 != "levels.inside" })
    let old = draft
    for _ in 0...below(3) { change(&draft) }
    return (Self.files(old), Self.files(draft))
  }

  private static func text(_ file: SourceFile) -> String {
    "# \(file.path)\n" + String(decoding: file.bytes, as: UTF8.self)
  }

  private mutating func randomize(_ level: inout Draft.Level, isApp: Bool) {
    if isApp && chance(20) { level.bindings.append((["allUsers"], nil)) }
    for _ in 0..<below(isApp ? 4 : 2) { level.bindings.append((someMembers(), chance(50) ? condition() : nil)) }
    if chance(30) { level.denials.append(denial()) }
    if chance(30) { level.session["idleTimeout"] = pick(Self.limits) }
    if isApp && chance(20) { level.domains = pick([["example.com"], ["example.com", "partner.example"]]) }
  }

  private mutating func someMembers() -> [String] {
    let members = some(Self.members, 20)
    return members.isEmpty ? [pick(Self.members)] : members
  }

  private mutating func denial() -> (denied: [String], excepted: [String], condition: String?) {
    let usable = Self.members.filter { $0 != "allAuthenticatedUsers" }
    let everyone = chance(25) ? ["principalSet://goog/public:all"] : []
    return (everyone + some(usable, 25) + [pick(usable)], some(usable, 15), chance(40) ? condition() : nil)
  }

  private mutating func condition() -> String {
    var text = pick(Self.tests)
    for _ in 0..<below(3) {
      let other = (chance(30) ? "!" : "") + "(\(pick(Self.tests)))"
      text = "(\(text)) \(chance(50) ? "&&" : "||") \(other)"
    }
    return text
  }

  /// Some hours of some days, on the clocks of some zone.
  mutating func hoursCondition() -> String {
    let zone = pick(["America/New_York", "Europe/Zurich", "Asia/Kolkata", "UTC", "+05:45"])
    let start = below(12)
    let days = pick([
      "", #" && request.time.getDayOfWeek("\#(zone)") != 0"#, #" && request.time.getDate("\#(zone)") > 3"#,
    ])
    return
      #"request.time.getHours("\#(zone)") >= \#(start) && request.time.getHours("\#(zone)") < \#(start + 1 + below(12))"#
      + days
  }

  private mutating func change(_ draft: inout Draft) {
    let index = below(draft.levels.count)
    switch below(9) {
    case 0 where !draft.levels[index].bindings.isEmpty:
      draft.levels[index].bindings.remove(at: below(draft.levels[index].bindings.count))
    case 1 where !draft.levels[index].bindings.isEmpty:
      let binding = below(draft.levels[index].bindings.count)
      draft.levels[index].bindings[binding].members = someMembers()
    case 2 where !draft.levels[index].bindings.isEmpty:
      let binding = below(draft.levels[index].bindings.count)
      draft.levels[index].bindings[binding].condition = chance(30) ? nil : condition()
    case 3: draft.levels[index].denials = chance(50) ? [] : [denial()]
    case 4: draft.levels[index].session["idleTimeout"] = pick(Self.limits)
    case 5: draft.levels[0].session["absoluteTimeout"] = pick(["8h", "9h", "12h"])
    case 6: draft.directory = some(Self.users.map { "user:\($0)" } + ["group:g@example.com"], 40)
    case 7: draft.inside = pick(Self.tests.filter { $0 != "levels.inside" })
    case 8 where index > 1: draft.levels[index].domains = chance(50) ? nil : ["example.com"]
    default: draft.levels[index].bindings.append((someMembers(), chance(50) ? condition() : nil))
    }
  }

  // MARK: texts

  private static func files(_ draft: Draft) -> [SourceFile] {
    let organization = """
      kind: Organization
      name: example.com
      loginProviders:
        - {name: own, source: workspace, issuer: "https://own.example", clientID: c, domains: [example.com]}
        - {name: partner, source: oidc, issuer: "https://partner.example", clientID: c, domains: [partner.example]}
      providers: [own, partner]

      """
    var files = [("organization.yaml", organization + level(draft.levels[0]))]
    files.append(("f/folder.yaml", "kind: Folder\n" + level(draft.levels[1])))
    for (name, index) in [("a", 2), ("b", 3)] {
      let routes = name == "a" ? "[a.example.com/, shared.example.com/a]" : "[shared.example.com/]"
      files.append(("f/\(name).yaml", "kind: App\nname: \(name)\nroutes: \(routes)\n" + level(draft.levels[index])))
    }
    files.append(
      ("levels.yaml", "kind: AccessLevels\nlevels:\n  - {name: inside, expression: \(quoted(draft.inside))}\n"))
    if !draft.directory.isEmpty {
      files.append(
        ("groups.yaml", "kind: Groups\ngroups:\n  - {email: d@example.com, members: \(list(draft.directory))}\n"))
    }
    return files.map { SourceFile(path: $0.0, bytes: Array($0.1.utf8)) }
  }

  private static func level(_ level: Draft.Level) -> String {
    var text = ""
    if !level.session.isEmpty {
      let grace = level.session["revalidate"] == nil ? "" : ", onStateUnavailable: deny, onStoreUnavailable: deny"
      let limits = level.session.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
      text += "session: {\(limits)\(grace)}\n"
    }
    if let domains = level.domains {
      text += "settings: {accessSettings: {allowedDomainsSettings: {enable: true, domains: \(list(domains))}}}\n"
    }
    text += "iam:\n  bindings:\n    - {role: roles/viewer, members: [\"user:ann@example.com\"]}\n"
    for binding in level.bindings {
      // IAM lets no condition stand on everybody.
      let members = binding.members.filter { binding.condition == nil || !$0.hasPrefix("all") }
      if members.isEmpty { continue }
      text += "    - role: roles/iap.httpsResourceAccessor\n      members: \(list(members))\n"
      text += condition(binding.condition, indentation: "      ")
    }
    if !level.denials.isEmpty { text += "deny:\n" }
    for denial in level.denials {
      let principals = denial.excepted.isEmpty ? "" : "      exceptionPrincipals: \(list(denial.excepted))\n"
      text += "  - denyRule:\n      deniedPrincipals: \(list(denial.denied))\n\(principals)"
      text += "      deniedPermissions: [\"iap.webServiceVersions.accessViaIAP\"]\n"
      text += denial.condition.map { "      denialCondition: {title: c, expression: \(quoted($0))}\n" } ?? ""
    }
    return text
  }

  private static func condition(_ text: String?, indentation: String) -> String {
    text.map { "\(indentation)condition: {title: c, expression: \(quoted($0))}\n" } ?? ""
  }

  private static func list(_ texts: [String]) -> String {
    "[" + texts.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
  }
  private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

  // MARK: requests

  /// A request that often reaches row 10, of somebody whom the policies may name.
  mutating func facts() -> RequestFacts {
    let now = 1_772_445_600_000 + Int64(below(14 * 48)) * 1_800_000
    var request = Request()
    request.method = Array(pick(["GET", "GET", "POST", "HEAD", "OPTIONS"]).utf8)
    request.scheme = Array("https".utf8)
    request.host = Array(pick(["a.example.com", "shared.example.com", "shared.example.com"]).utf8)
    request.path = Array(pick(["/a", "/a/x", "/a/y", "/", "/b/x", "/a/xy/z", "/a//x", "/a/./x"]).utf8)
    request.accept = Array("text/html".utf8)
    if chance(70) { request.clientAddress = Array(pick(["10.0.0.1", "10.1.2.3", "192.168.1.1", "8.8.8.8"]).utf8) }
    if chance(50) {
      request.otherHeaders = [.init(name: Array("x-team".utf8), value: Array(pick(["red", "blue"]).utf8))]
    }
    return RequestFacts(
      request: request, credential: chance(15) ? Credential() : credential(at: now), nowMilliseconds: now)
  }

  private mutating func credential(at now: Int64) -> Credential {
    var credential = Credential()
    let isPartner = chance(25)
    credential.kind = .session
    credential.principalKind = chance(10) ? .serviceAccount : .user
    credential.accountState = .active
    credential.provider = Array((isPartner ? "partner" : "own").utf8)
    let names =
      isPartner
      ? ["pat@partner.example"] : ["ann@example.com", "bob@example.com", "eve@example.com", "bot@example.com"]
    credential.email = chance(85) ? Array(pick(names).utf8) : nil
    credential.emailVerified = true
    credential.subject = Array("s".utf8)
    credential.hostedDomain = chance(30) ? Array(pick(["example.com", "partner.example", "other.example"]).utf8) : nil
    credential.groups = some(Self.groups, 30).map { Array($0.utf8) }
    credential.groupsComplete = chance(90)
    if chance(60) {
      credential.claims[Array("dept".utf8)] = pick([.text(Array("hr".utf8)), .text(Array("it".utf8)), .int(3)])
    }
    if chance(40) { credential.claims[Array("roles".utf8)] = .list(chance(50) ? [.text(Array("admin".utf8))] : []) }
    if chance(50) { credential.device[Array("is_corp_owned_device".utf8)] = .bool(chance(70)) }
    credential.deviceCheckedAt = chance(80) ? now : 0
    credential.createdAt = now - Int64(below(14)) * 3_600_000
    credential.lastSeenAt = now - Int64(below(14)) * 300_000
    credential.stateCheckedAt = now - Int64(below(6)) * 60_000
    (credential.issuedAt, credential.loginAt) = (now, now)
    return credential
  }
}
