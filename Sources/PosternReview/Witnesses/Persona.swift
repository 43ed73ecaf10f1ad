// Somebody who may be the witness of a difference: a session that is in order in every way but those that are asked for.
// Refuses members that one person cannot be at once, or that the provider cannot vouch for.

internal import PosternLanguage

/// Who asks for an app.
struct Persona {
  /// A Monday morning in March, where nothing asks for another instant.
  static let usualInstant: Int64 = 1_772_445_600_000

  var members: [Member] = []
  var provider: LoginProvider
  var tenant: String?
  var hostedDomain: String?
  var groupsAreKnown = true

  /// The session at an instant; nil where nobody is all of the members.
  func credential(at now: Int64) -> Credential? {
    var credential = Credential()
    credential.kind = .session
    credential.principalKind = provider.source == .workforce ? .workforce : .user
    credential.accountState = .active
    credential.emailVerified = true
    credential.groupsComplete = groupsAreKnown
    credential.provider = Array(provider.name.value.utf8)
    credential.tenant = tenant.map { Array($0.utf8) }
    credential.hostedDomain = hostedDomain.map { Array($0.utf8) }
    for path in [
      \Credential.createdAt, \.lastSeenAt, \.stateCheckedAt, \.issuedAt, \.loginAt, \.secondFactorAt, \.securityKeyAt,
      \.deviceCheckedAt,
    ] {
      credential[keyPath: path] = now
    }
    credential.expiresAt = now.saturatingAdding(3_600_000)
    for member in members { if !credential.become(member, by: provider) { return nil } }
    credential.subject = credential.subject ?? credential.email ?? Array("somebody".utf8)
    return credential
  }
}

extension Credential {
  /// Makes it that of a member too; false where it is another's already, or the provider cannot vouch for the member.
  fileprivate mutating func become(_ member: Member, by provider: LoginProvider) -> Bool {
    guard member.isAsserted(by: provider) else { return false }
    switch member {
    case .user(let text), .serviceAccount(let text):
      guard email == nil else { return false }
      email = Array(text.utf8)
      if case .serviceAccount = member { principalKind = .serviceAccount }
    case .group(let text), .poolGroup(_, let text): groups.append(Array(text.utf8))
    case .domain(let domain):
      guard hostedDomain == nil || hostedDomain == Array(domain.utf8) else { return false }
      hostedDomain = Array(domain.utf8)
    case .poolSubject(_, let text):
      guard subject == nil else { return false }
      subject = Array(text.utf8)
    case .poolAttribute(_, let name, let value): claims[Array(name.utf8)] = .text(Array(value.utf8))
    case .pool, .allUsers, .allAuthenticatedUsers: break
    case .deleted: return false
    }
    return true
  }
}

extension Member {
  /// Members of one of these kinds exclude each other: nobody has two addresses, domains or subjects.
  enum Uniqueness { case address, domain, subject }

  var uniqueness: Uniqueness? {
    switch self {
    case .user, .serviceAccount: .address
    case .domain: .domain
    case .poolSubject: .subject
    default: nil
    }
  }
}
