// Who a credential is to the policy, and what row 9 makes of it. Texts of the policy are lower case where they
// fold, and are compared as bytes.

/// Who the credential says it is.
struct ReferenceIdentity {
  let providerIndex: Int?
  /// The hosted domain, or where that is absent the domain of the verified e-mail; lower case.
  let domain: Bytes?
  /// With more than 1,024 groups, false.
  let groupsComplete: Bool
  /// The members that hold it by their own rule, without the directory.
  let ownMemberIndices: Set<UInt32>
  /// Indices into `Policy.members` of all that hold the identity, but for `allUsers`.
  let memberIndices: Set<UInt32>

  var countedMembers: Int { memberIndices.count }

  init(_ credential: Credential, in policy: Policy) {
    let facts = MemberFacts(credential, in: policy)
    providerIndex = facts.providerIndex
    domain = facts.domain
    groupsComplete = credential.groupsComplete && credential.groups.count <= Credential.groupLimit
    let own = policy.members.indices.filter { facts.match(policy.members[$0]) }.map { UInt32($0) }
    ownMemberIndices = Set(own)
    memberIndices = policy.groups.closure(of: ownMemberIndices)
  }
}

/// The facts that members are compared with.
private struct MemberFacts {
  let credential: Credential
  let provider: LoginProvider?
  let providerIndex: Int?
  let domain: Bytes?
  /// The first 1,024.
  let groups: ArraySlice<Bytes>
  let foldedGroups: [Bytes]
  /// Lower case; nil where it is absent or none.
  let email: Bytes?

  init(_ credential: Credential, in policy: Policy) {
    self.credential = credential
    providerIndex = policy.providers.firstIndex { isEqual(credential.provider, $0.name.value) }
    provider = providerIndex.map { policy.providers[$0] }
    groups = credential.groups.prefix(Credential.groupLimit)
    foldedGroups = groups.map { folded($0) }
    let email = credential.email.map { folded($0) }
    self.email = email.flatMap { emailDomain($0) == nil ? nil : $0 }
    let verified = credential.emailVerified ? self.email : nil
    domain = credential.hostedDomain.map { folded($0) } ?? verified.flatMap { emailDomain($0) }
  }

  /// Whether the member, by its own rule, holds the identity; `allUsers` is not asked here.
  func match(_ member: Member) -> Bool {
    let isServiceAccount = credential.principalKind == .serviceAccount
    switch member {
    case .allUsers, .deleted: return false
    case .allAuthenticatedUsers: return provider != nil
    case .user(let address):
      return !isServiceAccount && credential.emailVerified && isEqual(email, address) && speaks(forEmail: address)
    case .serviceAccount(let address): return isServiceAccount && isEqual(email, address) && speaks(forEmail: address)
    case .group(let address): return foldedGroups.contains(Bytes(address.utf8)) && speaks(forEmail: address)
    case .domain(let name): return isEqual(domain, name) && speaks(forDomain: Bytes(name.utf8))
    case .poolSubject(let pool, let subject): return isOf(pool) && isEqual(credential.subject, subject)
    case .poolGroup(let pool, let group): return isOf(pool) && groups.contains(Bytes(group.utf8))
    case .poolAttribute(let pool, let name, let value): return isOf(pool) && hasClaim(name, value)
    case .pool(let pool): return isOf(pool)
    }
  }

  private func speaks(forDomain domain: Bytes) -> Bool {
    provider?.domains.contains { isEqual(domain, $0.value) } ?? false
  }

  private func speaks(forEmail address: String) -> Bool {
    guard let domain = emailDomain(Bytes(address.utf8)) else { return false }
    return speaks(forDomain: domain)
  }

  private func isOf(_ pool: String) -> Bool {
    guard let own = provider?.pool else { return false }
    return isEqual(Bytes(own.utf8), pool)
  }

  /// A text equal to the value, or a list that holds it.
  private func hasClaim(_ name: String, _ value: String) -> Bool {
    let wanted = FactValue.text(Bytes(value.utf8))
    switch credential.claims[Bytes(name.utf8)] {
    case .text(let text): return isEqual(text, value)
    case .list(let elements): return elements.contains(wanted)
    default: return false
    }
  }
}

extension Policy {
  /// Whether a credential is of a member, by the member's own rule or through the directory.
  package func holds(_ memberIndex: UInt32, _ credential: Credential) -> Bool {
    if members[Int(memberIndex)] == .allUsers { return true }
    return credential.kind != .none && ReferenceIdentity(credential, in: self).memberIndices.contains(memberIndex)
  }
}

extension Reference {
  // MARK: Row 9

  func isDomainAllowed(_ app: App) -> Bool {
    guard let allowed = app.access.allowedDomains?.value else { return true }
    guard let identity, let provider = identity.providerIndex.map({ policy.providers[$0] }) else { return false }
    return allowed.contains { name in
      isEqual(identity.domain, name) && provider.domains.contains { isEqual(identity.domain, $0.value) }
    }
  }
}

extension [DirectoryGroup] {
  /// The members with every group that holds one of them, until none is added.
  package func closure(of own: Set<UInt32>) -> Set<UInt32> {
    var all = own
    var count: Int
    repeat {
      count = all.count
      for group in self where group.members.contains(where: { all.contains($0.memberIndex) }) {
        all.insert(group.memberIndex)
      }
    } while all.count > count
    return all
  }
}
