// Who a member means, who is denied, and what public access makes of a credential that does not pass.

import PosternLanguage
import Testing

@Suite("The reference's members and rules")
struct ReferenceMemberTests {
  /// Whether the one member holds the credential, seen by whether a binding of that member alone lets it in.
  private func holds(_ member: Member, _ change: (inout Credential) -> Void) -> Bool {
    var policy = ReferenceWorld.policy()
    policy.members.append(member)
    policy.nodes[0].bindings = [ReferenceWorld.binding(ReferenceWorld.uses(3))]
    var credential = ReferenceWorld.session()
    change(&credential)
    return policy.decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now).reason == .granted
  }

  struct Claimant: Sendable, CustomTestStringConvertible {
    var name: String
    var member: Member
    var isHeld: Bool
    var change: @Sendable (inout Credential) -> Void = { _ in }

    var testDescription: String { name }
  }

  private static let ada = Member.user(email: "ada@example.com")
  private static let staff = Member.group(email: "staff@example.com")
  private static let robot = Member.serviceAccount(email: "ada@example.com")
  private static let bytes: @Sendable (String) -> [UInt8] = { Array($0.utf8) }

  static let claimants: [Claimant] = [
    Claimant(name: "Ada of her own provider", member: ada, isHeld: true),
    Claimant(name: "Ada in capitals", member: ada, isHeld: true) { $0.email = bytes("ADA@Example.COM") },
    Claimant(name: "Ada unverified", member: ada, isHeld: false) { $0.emailVerified = false },
    Claimant(name: "Ada as another provider says", member: ada, isHeld: false) { $0.provider = bytes("oidc") },
    Claimant(name: "a service account with Ada's address", member: ada, isHeld: false) {
      $0.principalKind = .serviceAccount
    },
    Claimant(name: "an unknown principal kind with Ada's address", member: ada, isHeld: true) {
      $0.principalKind = .unknown
    },
    Claimant(name: "an address with two at signs", member: ada, isHeld: false) {
      $0.email = bytes("ada@example.com@example.com")
    },
    Claimant(name: "a service account unverified", member: robot, isHeld: true) {
      $0.principalKind = .serviceAccount
      $0.emailVerified = false
    },
    Claimant(name: "a person with a service account's address", member: robot, isHeld: false),
    Claimant(name: "a group of the own provider", member: staff, isHeld: true) {
      $0.groups = [bytes("Staff@example.com")]
    },
    Claimant(name: "a group as another provider says", member: staff, isHeld: false) {
      $0.groups = [bytes("staff@example.com")]
      $0.provider = bytes("oidc")
    },
    Claimant(name: "the last group that is read", member: staff, isHeld: true) {
      $0.groups = Array(repeating: [], count: 1_023) + [bytes("staff@example.com")]
    },
    Claimant(name: "the first group that is not read", member: staff, isHeld: false) {
      $0.groups = Array(repeating: [], count: 1_024) + [bytes("staff@example.com")]
    },
    Claimant(name: "the e-mail's domain", member: .domain("example.com"), isHeld: true),
    Claimant(name: "the domain of an unverified e-mail", member: .domain("example.com"), isHeld: false) {
      $0.emailVerified = false
    },
    Claimant(name: "a hosted domain before the e-mail's", member: .domain("example.com"), isHeld: false) {
      $0.hostedDomain = bytes("other.example")
    },
    Claimant(name: "an empty hosted domain", member: .domain("example.com"), isHeld: false) { $0.hostedDomain = [] },
    Claimant(name: "a hosted domain of another provider", member: .domain("example.com"), isHeld: false) {
      $0.provider = bytes("saml")
      $0.hostedDomain = bytes("example.com")
    },
    Claimant(name: "whoever authenticates", member: .allAuthenticatedUsers, isHeld: true),
    Claimant(name: "deleted", member: .deleted("user:ada@example.com?uid=1"), isHeld: false),
  ]

  @Test("a member holds whom its provider may speak for", arguments: claimants)
  func members(claimant: Claimant) {
    #expect(holds(claimant.member, claimant.change) == claimant.isHeld)
  }

  static let poolClaimants: [Claimant] = [
    Claimant(name: "anyone of the pool", member: .pool("pool"), isHeld: true),
    Claimant(name: "another pool", member: .pool("Pool"), isHeld: false),
    Claimant(name: "the subject", member: .poolSubject(pool: "pool", subject: "s"), isHeld: true),
    Claimant(name: "the subject in capitals", member: .poolSubject(pool: "pool", subject: "S"), isHeld: false),
    Claimant(name: "a group", member: .poolGroup(pool: "pool", group: "G"), isHeld: true),
    Claimant(name: "a group in lower case", member: .poolGroup(pool: "pool", group: "g"), isHeld: false),
    Claimant(name: "a text claim", member: .poolAttribute(pool: "pool", name: "dept", value: "hr"), isHeld: true),
    Claimant(name: "a list claim", member: .poolAttribute(pool: "pool", name: "roles", value: "b"), isHeld: true),
    Claimant(name: "bytes are no text", member: .poolAttribute(pool: "pool", name: "raw", value: "hr"), isHeld: false),
    Claimant(
      name: "a claim that is absent", member: .poolAttribute(pool: "pool", name: "x", value: "hr"), isHeld: false),
    Claimant(
      name: "canonically equal, other bytes", member: .poolAttribute(pool: "pool", name: "name", value: "caf\u{E9}"),
      isHeld: false),
  ]

  @Test(
    "a pool's member holds the people of a provider that declares the pool, byte for byte", arguments: poolClaimants)
  func pools(claimant: Claimant) {
    let fill = { (credential: inout Credential) in
      credential.subject = Self.bytes("s")
      credential.groups = [Self.bytes("G")]
      credential.claims = [
        Self.bytes("dept"): .text(Self.bytes("hr")), Self.bytes("raw"): .bytes(Self.bytes("hr")),
        Self.bytes("roles"): .list([.int(1), .text(Self.bytes("b"))]),
        Self.bytes("name"): .text(Self.bytes("cafe\u{301}")),
      ]
    }
    #expect(
      holds(claimant.member) {
        fill(&$0)
        $0.provider = Self.bytes("workforce")
      } == claimant.isHeld)
    #expect(!holds(claimant.member, fill))
  }

  @Test(
    "an allowed domain lets in whom its own provider vouches for",
    arguments: [("workspace", nil, Reason.granted), ("oidc", "example.com", .domainNotAllowed)]
      + [("workspace", "other.example", .domainNotAllowed), ("workspace", "EXAMPLE.com", .granted)])
  func allowedDomains(provider: String, hostedDomain: String?, expected: Reason) {
    var policy = ReferenceWorld.policy()
    policy.apps[1].access.allowedDomains = ReferenceWorld.sourced(["example.com"])
    var credential = ReferenceWorld.session(provider)
    credential.hostedDomain = hostedDomain.map(Self.bytes)
    #expect(policy.decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now).reason == expected)
  }

  @Test("a directory group holds its members and those of the groups in it, whichever provider vouches for them")
  func directory() {
    var policy = ReferenceWorld.policy()
    policy.members += [
      .group(email: "inner@elsewhere.example"), .group(email: "outer@elsewhere.example"),
    ]
    policy.groups = [
      DirectoryGroup(memberIndex: 4, members: ReferenceWorld.uses(3), span: ReferenceWorld.span),
      DirectoryGroup(memberIndex: 3, members: ReferenceWorld.uses(2), span: ReferenceWorld.span),
    ]
    policy.nodes[0].bindings = [ReferenceWorld.binding(ReferenceWorld.uses(4))]
    let decision = policy.decide(ReferenceWorld.request(), ReferenceWorld.session(), at: ReferenceWorld.now)
    #expect(decision.rule == .binding(id: 0))
  }

  @Test(
    "an identity of 256 members fits and one of 257 does not",
    arguments: [(255, Reason.granted), (256, .identityTooLarge)])
  func counting(groups: Int, reason: Reason) {
    var policy = ReferenceWorld.policy()
    policy.members = [.allUsers, .allAuthenticatedUsers]
    policy.members += (0..<groups).map { .group(email: "g\($0)@example.com") }
    policy.nodes[0].bindings = [ReferenceWorld.binding(ReferenceWorld.uses(1))]
    var credential = ReferenceWorld.session()
    credential.groups = (0..<groups).map { Self.bytes("g\($0)@example.com") }
    #expect(policy.decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now).reason == reason)
  }

  // MARK: Deny rules and public access

  /// Member 2 is Ada, 3 a group; the rule stands at the organization.
  private func policy(denying denied: [MemberUse], except exceptions: [MemberUse] = [], isPublic: Bool = false)
    -> Policy
  {
    var policy = ReferenceWorld.policy()
    policy.members.append(.group(email: "staff@example.com"))
    policy.denyRules = [
      DenyRule(
        nodeIndex: 0, deniedPrincipals: denied, exceptionPrincipals: exceptions, condition: nil,
        span: ReferenceWorld.span)
    ]
    policy.nodes[0].denyRuleRange = 0..<1
    if isPublic { policy.nodes[2].bindings = [ReferenceWorld.binding(ReferenceWorld.uses(1))] }
    return policy
  }

  private func reason(_ policy: Policy, _ change: (inout Credential) -> Void = { _ in }) -> Reason {
    var credential = ReferenceWorld.session()
    change(&credential)
    return policy.decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now).reason
  }

  @Test("a deny rule beats every binding, but not its own exceptions")
  func denial() {
    #expect(reason(policy(denying: ReferenceWorld.uses(2))) == .denied)
    #expect(reason(policy(denying: ReferenceWorld.uses(0), except: ReferenceWorld.uses(2))) == .granted)
    #expect(reason(policy(denying: ReferenceWorld.uses(1), except: ReferenceWorld.uses(3))) == .denied)
  }

  @Test("with groups unknown, a rule that denies any group denies, unless an exception is known")
  func unknownGroups() {
    let unknown = { (credential: inout Credential) in credential.groupsComplete = false }
    #expect(reason(policy(denying: ReferenceWorld.uses(3)), unknown) == .groupsUnknown)
    #expect(
      reason(policy(denying: ReferenceWorld.uses(3)), { $0.groups = Array(repeating: [], count: 1_025) })
        == .groupsUnknown)
    #expect(reason(policy(denying: ReferenceWorld.uses(3, 2)), unknown) == .denied)
    #expect(reason(policy(denying: ReferenceWorld.uses(3), except: ReferenceWorld.uses(2)), unknown) == .granted)
    #expect(reason(policy(denying: ReferenceWorld.uses(3))) == .granted)
  }

  @Test("a suspended person is anonymous to a public app, and no rule against that person matches")
  func suspendedAtPublicApp() {
    let open = policy(denying: ReferenceWorld.uses(2), isPublic: true)
    var credential = ReferenceWorld.session()
    #expect(open.decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now).reason == .denied)
    credential.accountState = .suspended
    let decision = open.decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now)
    #expect(decision.reason == .publicAccess)
    #expect(!decision.identityAttached)
    #expect(!decision.touch)
  }

  @Test("an anonymous answer ends where the credential would begin to pass")
  func beginnings() {
    let open = policy(denying: [], isPublic: true)
    var credential = ReferenceWorld.session()
    credential.createdAt = ReferenceWorld.now + 30_001
    credential.loginAt = ReferenceWorld.now + 40_000
    let decision = open.decide(ReferenceWorld.request(), credential, at: ReferenceWorld.now)
    #expect(decision.validUntil == ReferenceWorld.now + 1)
    #expect(decision.clock == .skew)
  }

  @Test("a rule that denies everyone denies the anonymous too")
  func publicDenial() {
    let open = policy(denying: ReferenceWorld.uses(1), except: ReferenceWorld.uses(2), isPublic: true)
    #expect(open.decide(ReferenceWorld.request(), Credential(), at: ReferenceWorld.now).reason == .denied)
    #expect(reason(open) == .publicAccess)
  }
}
