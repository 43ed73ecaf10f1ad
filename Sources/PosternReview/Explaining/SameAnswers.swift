// Who else gets the same answer: everybody whom the policy and its directory name, asked of the kernel in the caller's place, with the same
// request, clocks and claims. What tokens say of other people's groups is not known here. Refuses to ask for more people than its limit.

internal import PosternCompiler
internal import PosternLanguage

/// Those who get the same answer to the same request for the same reasons.
public struct SameAnswers {
  /// A member as the policy writes it, with how many people of the directory stand behind it.
  public struct Entry: Sendable {
    /// The member.
    public let member: String
    /// People of the directory in it; nil of a member that is one person.
    public let peopleCount: Int?
  }

  /// Those members of the app's rules that stand as a whole in the class, then who is left one by one.
  public let entries: [Entry]
  /// Sets that the app's rules name and whose people the directory does not list: who is in one alone gets the same answer.
  public let sets: [String]
  /// The people but for the caller, by their members.
  public let people: [String]
  /// How many people the policy and its directory name.
  public let namedCount: Int
  /// The caller, where the policy names them.
  public let caller: String?
  /// Whether more are named than were asked for.
  public let isCut: Bool

  /// People that are asked for.
  static let peopleLimit = 20_000
}

/// Finds who gets the same answer.
struct SameAnswerSearch {
  let facts: RequestFacts
  let decision: Decision
  let kernel: AskedKernel
  let policy: ExplainedPolicy
  private let holdings: MemberHoldings
  private let rules: [RuleHolders]

  init(_ facts: RequestFacts, _ decision: Decision, _ kernel: AskedKernel, _ policy: ExplainedPolicy) {
    self.facts = facts
    self.decision = decision
    self.kernel = kernel
    self.policy = policy
    holdings = MemberHoldings(policy.policy)
    rules = RuleHolders.all(policy)
  }

  private var members: [Member] { policy.policy.members }

  /// Whether row 10 decided, so that the rules that hold somebody are reasons.
  private var isByRules: Bool {
    [.granted, .denied, .groupsUnknown, .noBinding, .conditionFalse, .conditionError].contains(decision.reason)
  }

  var result: SameAnswers {
    let named = members.indices.filter { members[$0].isPerson }
    let asked = named.prefix(SameAnswers.peopleLimit)
    let own = isByRules ? signature(ownHeld) : []
    let people = asked.filter { index in
      if isCaller(index) { return true }
      guard let facts = person(members[index]), isSame(kernel.decide(facts)) else { return false }
      return !isByRules || signature(held(index, facts)) == own
    }
    let others = people.filter { !isCaller($0) }
    return SameAnswers(
      entries: others.isEmpty ? [] : entries(Set(people)), sets: isByRules ? sets(own) : [],
      people: others.map { members[$0].canonicalText }, namedCount: named.count,
      caller: people.first(where: isCaller).map { members[$0].canonicalText }, isCut: asked.count < named.count)
  }

  private func isCaller(_ index: Int) -> Bool {
    members[index].isPerson && policy.road.identity?.ownMembers.contains(UInt32(index)) ?? false
  }

  private func isSame(_ answer: Decision) -> Bool {
    answer.verdict == decision.verdict && answer.reason == decision.reason && answer.rule == decision.rule
  }

  // MARK: sets

  private func sets(_ own: Set<Rule>) -> [String] {
    var seen: Set<UInt32> = []
    let rules = policy.bindings.flatMap(\.binding.members) + policy.denyRules.flatMap(\.deniedPrincipals)
    return rules.filter { seen.insert($0.memberIndex).inserted }.compactMap { use in
      let index = Int(use.memberIndex)
      let member = members[index]
      guard !member.isPerson, !member.isEverybody, holdings.people(in: index) == nil, let facts = somebody(in: member),
        isSame(kernel.decide(facts))
      else { return nil }
      let held = holdings.members(holding: index, domain: facts.credential.hostedDomainText, claims: [:])
      return signature(held) == own ? member.canonicalText : nil
    }
  }

  /// The request as somebody would make it who is in a set and nobody in particular.
  func somebody(in member: Member) -> RequestFacts? {
    guard let (provider, tenant) = provider(speakingFor: member) else { return nil }
    var facts = facts
    facts.credential.provider = Array(provider.name.value.utf8)
    facts.credential.tenant = tenant.map { Array($0.utf8) }
    facts.credential.email = nil
    facts.credential.groups = []
    facts.credential.subject = Array("somebody".utf8)
    facts.credential.hostedDomain = member.domain.map { Array($0.utf8) }
    facts.credential.principalKind = .user
    switch member {
    case .group(let text), .poolGroup(_, let text): facts.credential.groups = [Array(text.utf8)]
    case .poolAttribute(_, let name, let value):
      facts.credential.claims[Array(name.utf8)] = .text(Array(value.utf8))
    case .domain, .pool: break
    default: return nil
    }
    return facts
  }

  // MARK: people

  /// The request as somebody else would make it; nil of whom no provider of the app speaks for.
  func person(_ member: Member) -> RequestFacts? {
    guard let (provider, tenant) = provider(speakingFor: member) else { return nil }
    var facts = facts
    facts.credential.provider = Array(provider.name.value.utf8)
    facts.credential.tenant = tenant.map { Array($0.utf8) }
    facts.credential.groups = []
    facts.credential.email = nil
    if facts.credential.hostedDomain != nil { facts.credential.hostedDomain = member.domain.map { Array($0.utf8) } }
    facts.credential.emailVerified = true
    facts.credential.principalKind = .user
    switch member {
    case .user(let email): facts.credential.email = Array(email.utf8)
    case .serviceAccount(let email):
      facts.credential.email = Array(email.utf8)
      facts.credential.principalKind = .serviceAccount
    case .poolSubject(_, let subject):
      facts.credential.principalKind = .workforce
      facts.credential.subject = Array(subject.utf8)
      return facts
    default: return nil
    }
    facts.credential.subject = facts.credential.email
    return facts
  }

  /// The caller's own provider where it speaks for somebody, else the first of the app's that does.
  private func provider(speakingFor member: Member) -> (provider: LoginProvider, tenant: String?)? {
    if let own = policy.provider, member.isAsserted(by: own) {
      return (own, facts.credential.tenant.map { String(decoding: $0, as: UTF8.self) })
    }
    return policy.providers.first { member.isAsserted(by: $0.provider) }
  }

  // MARK: rules

  private var ownHeld: Set<UInt32> { policy.road.identity?.members ?? [] }

  private func held(_ index: Int, _ facts: RequestFacts) -> Set<UInt32> {
    holdings.members(holding: index, domain: members[index].domain, claims: facts.credential.claims)
  }

  /// The rules of the app that hold somebody: deny rules that do not except them, and bindings.
  private func signature(_ held: Set<UInt32>) -> Set<Rule> {
    Set(rules.filter { $0.holders.holds(held) && !$0.exceptions.holds(held) }.map(\.rule))
  }

  // MARK: as members

  private func entries(_ people: Set<Int>) -> [SameAnswers.Entry] {
    var entries: [SameAnswers.Entry] = []
    var told: Set<Int> = []
    let uses = policy.bindings.flatMap(\.binding.members) + policy.denyRules.flatMap(\.deniedPrincipals)
    var seen: Set<UInt32> = []
    for use in uses where seen.insert(use.memberIndex).inserted {
      guard let group = holdings.people(in: Int(use.memberIndex)), !group.isEmpty, group.isSubset(of: people) else {
        continue
      }
      if group.isSubset(of: told) { continue }
      entries.append(.init(member: members[Int(use.memberIndex)].canonicalText, peopleCount: group.count))
      told.formUnion(group)
    }
    let rest = people.subtracting(told).filter { !isCaller($0) }.sorted()
    return entries + rest.map { SameAnswers.Entry(member: members[$0].canonicalText, peopleCount: nil) }
  }
}

/// Whom one rule of the app holds.
private struct RuleHolders {
  /// The members of a list.
  struct Members {
    let indices: Set<UInt32>
    let areEverybody: Bool

    init(_ uses: [MemberUse], _ members: [Member]) {
      indices = Set(uses.map(\.memberIndex))
      areEverybody = indices.contains { members[Int($0)].isEverybody }
    }

    func holds(_ held: Set<UInt32>) -> Bool { areEverybody || !held.isDisjoint(with: indices) }
  }

  let rule: Rule
  let holders: Members
  let exceptions: Members

  static func all(_ explained: ExplainedPolicy) -> [RuleHolders] {
    guard let app = explained.app else { return [] }
    let policy = explained.policy
    let denials = explained.rules.denyRules(of: app).map { index in
      RuleHolders(
        rule: .deny(id: UInt32(index)), holders: Members(policy.denyRules[index].deniedPrincipals, policy.members),
        exceptions: Members(policy.denyRules[index].exceptionPrincipals, policy.members))
    }
    return denials
      + explained.bindings.map { id, binding in
        RuleHolders(
          rule: .binding(id: id), holders: Members(binding.members, policy.members),
          exceptions: Members([], policy.members))
      }
  }
}

/// Who holds whom by name and directory, with every lookup made once.
private struct MemberHoldings {
  private let policy: Policy
  private var indices: [Member: Int] = [:]
  private var attributeIndices: [Int] = []
  private var groupsAbove: [UInt32: [UInt32]] = [:]
  private var directory: [UInt32: [UInt32]] = [:]

  init(_ policy: Policy) {
    self.policy = policy
    for (index, member) in policy.members.enumerated() {
      indices[member] = index
      if case .poolAttribute = member { attributeIndices.append(index) }
    }
    for group in policy.groups {
      directory[group.memberIndex, default: []] += group.members.map(\.memberIndex)
      for use in group.members { groupsAbove[use.memberIndex, default: []].append(group.memberIndex) }
    }
  }

  /// The members that hold somebody, the groups of the directory included.
  func members(holding person: Int, domain: String?, claims: [[UInt8]: FactValue]) -> Set<UInt32> {
    var held: Set<UInt32> = []
    var pending = [UInt32(person)]
    if let domain, let index = indices[.domain(domain)] { pending.append(UInt32(index)) }
    if let pool = policy.members[person].pool {
      if let index = indices[.pool(pool)] { pending.append(UInt32(index)) }
      pending += attributeIndices.filter { policy.members[$0].isAttribute(of: pool, in: claims) }.map {
        UInt32($0)
      }
    }
    while let index = pending.popLast() {
      if held.insert(index).inserted { pending += groupsAbove[index] ?? [] }
    }
    return held
  }

  /// The people in a group of the directory; nil where it is none, or holds a group that the directory does not know.
  func people(in group: Int) -> Set<Int>? {
    guard directory[UInt32(group)] != nil else { return nil }
    var people: Set<Int> = []
    var seen: Set<UInt32> = []
    var pending = [UInt32(group)]
    while let index = pending.popLast() {
      guard seen.insert(index).inserted else { continue }
      if let inner = directory[index] {
        pending += inner
      } else if policy.members[Int(index)].isPerson {
        people.insert(Int(index))
      } else {
        return nil
      }
    }
    return people
  }
}

extension Credential {
  fileprivate var hostedDomainText: String? { hostedDomain.map { String(decoding: $0, as: UTF8.self) } }
}

extension Member {
  /// Whether it is one person, or one service account.
  fileprivate var isPerson: Bool {
    switch self {
    case .user, .serviceAccount, .poolSubject: true
    default: false
    }
  }

  /// The workforce pool that it is in.
  fileprivate var pool: String? {
    switch self {
    case .poolSubject(let pool, _), .poolGroup(let pool, _), .poolAttribute(let pool, _, _), .pool(let pool): pool
    default: nil
    }
  }

  fileprivate var isEverybody: Bool { self == .allUsers || self == .allAuthenticatedUsers }

  fileprivate func isAttribute(of pool: String, in claims: [[UInt8]: FactValue]) -> Bool {
    guard case .poolAttribute(pool, let name, let value) = self else { return false }
    switch claims[Array(name.utf8)] {
    case .text(let text): return text == Array(value.utf8)
    case .list(let items): return items.contains(.text(Array(value.utf8)))
    default: return false
    }
  }
}
