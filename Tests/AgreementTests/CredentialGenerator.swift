// Credentials for an app: mostly of someone whom a rule names, with facts in order, and one or two of them placed on
// purpose a millisecond below, at or above the instant at which the answer changes.

import PosternLanguage

struct CredentialGenerator {
  private var random: Random
  private let policy: Policy
  private let app: App
  private let now: Int64
  private var credential = Credential()
  private var provider: LoginProvider?

  static func credential(for app: App, in policy: Policy, at now: Int64, seed: UInt64) -> Credential {
    var generator = CredentialGenerator(random: Random(seed: seed), policy: policy, app: app, now: now)
    generator.generate()
    return generator.credential
  }

  private init(random: Random, policy: Policy, app: App, now: Int64) {
    self.random = random
    self.policy = policy
    self.app = app
    self.now = now
  }

  private mutating func generate() {
    let isBearer = random.chance(app.access.programmaticClients.isEmpty ? 10 : 35)
    credential.kind = random.chance(6) ? .none : isBearer ? .bearer : .session
    setProvider()
    setPerson()
    setAudience()
    credential.accountState = random.chance(90) ? .active : random.pick(Credential.AccountState.allCases)
    credential.stateSourceDown = random.chance(15)
    credential.storeDown = random.chance(15)
    placeFacts()
  }

  // MARK: Who vouches

  private mutating func setProvider() {
    let index = random.chance(95) ? random.pick(app.providerIndices) : random.below(policy.providers.count)
    provider = policy.providers[index]
    credential.provider = provider.map { bytes($0.name.value) }
    if random.chance(1) {
      provider = nil
      credential.provider = random.pick([nil, [], bytes("PV0"), bytes("pv99")])
    }
    credential.tenant = tenant()
  }

  private mutating func tenant() -> [UInt8]? {
    guard let provider else { return nil }
    let isAppsToSay = provider.source == .identityPlatform && !app.access.tenantIDs.isEmpty
    let accepted = (isAppsToSay ? app.access.tenantIDs : provider.tenantIDs).map(\.value)
    if random.chance(8) { return random.pick([nil, [], bytes("t0"), bytes("t1"), bytes("T0")]) }
    return accepted.isEmpty ? nil : bytes(random.pick(accepted))
  }

  private mutating func setAudience() {
    let clients = app.access.programmaticClients.map(\.value)
    let audiences = clients + [app.audience]
    credential.audience = bytes(random.pick(random.chance(93) ? audiences : Alphabet.clients + ["", "aud"]))
    if random.chance(40) {
      credential.authorizedParty = bytes(
        random.pick(random.chance(85) && !clients.isEmpty ? clients : ["c0", "c9", ""]))
    }
    if random.chance(2) { credential.audience = nil }
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  // MARK: Who it is

  private mutating func setPerson() {
    credential.principalKind = random.pick([.user, .user, .user, .serviceAccount, .workforce, .unknown])
    credential.emailVerified = random.chance(92)
    credential.groupsComplete = random.chance(85)
    credential.email = bytes(email())
    credential.subject = bytes(random.pick(Alphabet.subjects))
    if random.chance(15) { credential.hostedDomain = bytes(random.pick(Alphabet.domains + ["", "A.Test"])) }
    credential.groups = random.some(of: Alphabet.groups + Alphabet.poolGroups, 8).map(bytes)
    setClaims()
    if random.chance(85), let member = namedMember() { become(member) }
    if random.chance(8) { spoilPerson() }
    if random.chance(4) { fillGroups() }
  }

  private mutating func email() -> String {
    let domains = provider.map { $0.domains.map(\.value) } ?? []
    let domain = random.pick(domains.isEmpty || random.chance(10) ? Alphabet.domains : domains)
    return "\(random.pick(Alphabet.people))@\(domain)"
  }

  private mutating func setClaims() {
    for name in Alphabet.attributes where random.chance(40) {
      let value = FactValue.text(bytes(random.pick(Alphabet.values + ["X", "cafe\u{301}"])))
      credential.claims[bytes(name)] = random.pick([
        value, .list([.int(1), value]), .list([]), .bool(true), .bytes(bytes("x")), .map([bytes("x"): value]), .null,
      ])
    }
  }

  /// A member that a binding or deny rule above the app names, and that the provider may speak for.
  private mutating func namedMember() -> Member? {
    var uses: [MemberUse] = []
    var node: Node? = policy.nodes[app.nodeIndex]
    while let current = node {
      uses += current.bindings.filter(\.grantsAccess).flatMap { $0.members.prefix(8) }
      if random.chance(30) {
        uses += policy.denyRules[current.denyRuleRange].flatMap { $0.deniedPrincipals + $0.exceptionPrincipals }
      }
      node = current.parentIndex.map { policy.nodes[$0] }
    }
    if random.chance(10) { uses += policy.groups.flatMap(\.members) }
    let members = uses.map { policy.members[Int($0.memberIndex)] }.filter(isVouchable)
    return members.isEmpty ? nil : random.pick(members)
  }

  private func isVouchable(_ member: Member) -> Bool {
    let domains = provider.map { $0.domains.map(\.value) } ?? []
    switch member {
    case .user(let email), .serviceAccount(let email), .group(let email):
      return domains.contains { email.hasSuffix("@\($0)") }
    case .domain(let domain): return domains.contains(domain)
    case .poolSubject(let pool, _), .poolGroup(let pool, _), .poolAttribute(let pool, _, _), .pool(let pool):
      return provider?.pool == pool
    case .allUsers, .allAuthenticatedUsers, .deleted: return false
    }
  }

  private mutating func become(_ member: Member) {
    switch member {
    case .user(let email):
      credential.email = bytes(random.chance(10) ? email.uppercased() : email)
      if credential.principalKind == .serviceAccount { credential.principalKind = .user }
    case .serviceAccount(let email):
      credential.email = bytes(email)
      credential.principalKind = .serviceAccount
    case .group(let email): credential.groups.append(bytes(random.chance(10) ? email.uppercased() : email))
    case .domain(let domain):
      if random.chance(50) {
        credential.hostedDomain = bytes(domain)
      } else {
        credential.email = bytes("zoe@\(domain)")
      }
    case .poolSubject(_, let subject): credential.subject = bytes(subject)
    case .poolGroup(_, let group): credential.groups.append(bytes(group))
    case .poolAttribute(_, let name, let value):
      let text = FactValue.text(bytes(value))
      credential.claims[bytes(name)] = random.chance(50) ? text : .list([.null, text])
    case .pool, .allUsers, .allAuthenticatedUsers, .deleted: break
    }
  }

  private mutating func spoilPerson() {
    let long = String(repeating: "l", count: random.pick([313, 314, 315])) + "@a.test"
    credential.email = random.pick([
      nil, [], bytes("ann"), bytes("@a.test"), bytes("ann@"), bytes("ann@a.test@a.test"), bytes("ann@A.TEST"),
      bytes(long), bytes("ann@b.test"),
    ])
    if random.chance(30) { credential.subject = random.pick([nil, []]) }
  }

  /// As many groups as an identity can hold, or as are read.
  private mutating func fillGroups() {
    let count = random.pick([16, 60, 250, 253, 254, 255, 256, 257, 258, 300])
    credential.groups += (0..<count).map { bytes(Alphabet.wideGroup($0)) }
    if random.chance(8) {
      let filler = random.pick([1_022, 1_023, 1_024, 1_025]) - credential.groups.count
      let ownGroups = credential.groups
      credential.groups = (0..<max(0, filler)).map { bytes("n\($0)@a.test") } + ownGroups
      credential.groups.append(bytes(random.pick(Alphabet.groups)))
    }
  }
}

// MARK: Since when

extension CredentialGenerator {
  /// A time fact, and the limits on its age, in milliseconds.
  private typealias Fact = (field: WritableKeyPath<Credential, Int64>, limits: [Int128])

  private var facts: [Fact] {
    let session = app.session
    let revalidate = milliseconds(session.revalidate.value)
    let graces = [session.onStateUnavailable.value, session.onStoreUnavailable.value].compactMap { unavailability in
      if case .allowFor(let seconds) = unavailability { Int128(seconds) * 1_000 } else { nil }
    }
    let reauthentication = app.access.reauthentication.map { [Int128($0.value.maxAgeSeconds) * 1_000] } ?? []
    let tokenAges: [Limit] =
      credential.kind == .bearer
      ? [session.programmaticMaxAge?.value ?? .none]
      : [.seconds(provider?.source == .workforce ? provider?.sessionDurationSeconds ?? 3_600 : 3_600)]
    return [
      (\.createdAt, milliseconds(session.absoluteTimeout.value)),
      (\.lastSeenAt, milliseconds(session.idleTimeout.value)),
      (\.stateCheckedAt, revalidate + revalidate.flatMap { limit in graces.map { limit + $0 } }),
      (\.issuedAt, tokenAges.flatMap(milliseconds)), (\.expiresAt, [0]), (\.notBefore, [0]),
      (\.loginAt, reauthentication), (\.secondFactorAt, reauthentication), (\.securityKeyAt, reauthentication),
    ]
  }

  private func milliseconds(_ limit: Limit) -> [Int128] {
    if case .seconds(let seconds) = limit { [Int128(seconds) * 1_000] } else { [] }
  }

  private mutating func placeFacts() {
    let facts = facts
    for fact in facts { credential[keyPath: fact.field] = placedFresh(fact) }
    let focusCount = random.pick([0, 0, 0, 1, 1, 1, 1, 1, 2, 2, facts.count])
    for _ in 0..<focusCount {
      let fact = random.pick(facts)
      credential[keyPath: fact.field] = placedOnPurpose(fact)
    }
    if (credential.stateSourceDown || credential.storeDown) && random.chance(60) { placeInGrace() }
  }

  /// Past `revalidate`, where only a grace can help.
  private mutating func placeInGrace() {
    guard case .seconds(let seconds) = app.session.revalidate.value else { return }
    credential.stateCheckedAt = clamped(-Int128(seconds) * 1_000 - Int128(random.below(70_000)))
    if random.chance(50) { credential.accountState = .unknown }
  }

  private mutating func placedFresh(_ fact: Fact) -> Int64 {
    let age = random.below(Int(min(fact.limits.min() ?? 600_000, 1 << 40)) + 1)
    switch fact.field {
    case \.expiresAt: return clamped(1 + Int128(random.below(3_600_000)))
    case \.notBefore: return random.chance(70) ? 0 : clamped(-Int128(random.below(1_000)))
    case \.loginAt, \.secondFactorAt, \.securityKeyAt: return random.chance(30) ? 0 : clamped(-Int128(age))
    default: return random.chance(5) ? clamped(Int128(random.below(1_000))) : clamped(-Int128(age))
    }
  }

  private mutating func placedOnPurpose(_ fact: Fact) -> Int64 {
    let nudge = Int128(random.below(3) - 1)
    switch random.below(100) {
    case 0..<60: return clamped(-(fact.limits.isEmpty ? 0 : random.pick(fact.limits)) + nudge)
    case 60..<75: return clamped(Int128(policy.organization.clockSkewSeconds) * 1_000 + nudge)
    case 75..<85: return 0
    case 85..<92: return clamped(-Int128(random.below(1 << 40)))
    default: return random.pick([.min, .min + 1, -1, 1, .max - 1, .max, now])
    }
  }

  /// So many milliseconds after now, as far as there is time.
  private func clamped(_ milliseconds: Int128) -> Int64 { Int64(clamping: Int128(now) + milliseconds) }
}
