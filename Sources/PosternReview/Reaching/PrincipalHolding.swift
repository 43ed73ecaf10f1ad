// Which members of a policy hold a principal, by the rules of docs/decision.md, "Who a member means", as far as they follow from its
// name and the directory: what else a token may say of somebody (groups, claims, a hosted domain) is not known here.

internal import PosternLanguage

/// The members that hold one principal.
struct PrincipalHolding {
  private let members: [Member]
  private let held: Set<UInt32>

  /// `isSpokenFor`: whether the login provider declares the principal's domain or pool. Of whom it does not, only the members that ask
  /// for no name hold.
  init(_ principal: Member, in policy: Policy, isSpokenFor: Bool) {
    members = policy.members
    let own = policy.members.indices.filter { index in
      Self.holdsAnybody(policy.members[index]) || (isSpokenFor && Self.holds(policy.members[index], principal))
    }
    held = policy.groups.closure(of: Set(own.map { UInt32($0) }))
  }

  /// The first of a rule's members that holds the principal.
  func holder(among uses: [MemberUse]) -> Member? {
    uses.first { held.contains($0.memberIndex) }.map { members[Int($0.memberIndex)] }
  }

  private static func holdsAnybody(_ member: Member) -> Bool { member == .allUsers || member == .allAuthenticatedUsers }

  private static func holds(_ member: Member, _ principal: Member) -> Bool {
    if member == principal { return true }
    switch (member, principal) {
    case (.domain(let domain), .user), (.domain(let domain), .serviceAccount): return principal.domain == domain
    case (.pool(let pool), .poolSubject(let own, _)), (.pool(let pool), .poolGroup(let own, _)): return pool == own
    case (.pool(let pool), .poolAttribute(let own, _, _)): return pool == own
    default: return false
    }
  }
}

extension Policy {
  /// Whether a login provider of an app speaks for a principal. Of a directory's group any does, for its people may come by any.
  func hasProvider(speakingFor principal: Member, at app: App) -> Bool {
    if groups.contains(where: { members[Int($0.memberIndex)] == principal }) { return true }
    return app.providerIndices.contains { speaks(providers[$0], for: principal) }
  }

  /// Whether somebody with the principal's name can log in to an app by a provider that does not speak for them. A pool's people cannot:
  /// elsewhere they have no such name.
  func hasProvider(notSpeakingFor principal: Member, at app: App) -> Bool {
    principal.domain != nil && app.providerIndices.contains { !speaks(providers[$0], for: principal) }
  }

  /// What is deleted matches nobody, whoever speaks for it.
  private func speaks(_ provider: LoginProvider, for principal: Member) -> Bool {
    if case .deleted = principal { return true }
    return principal.isAsserted(by: provider)
  }
}
