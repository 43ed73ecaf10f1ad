// Who a provider says somebody is. Made from verified tokens alone (`Login/`); refuses nothing here: what a claim does not say is
// absent, and the kernel judges.

internal import CPostern
internal import PosternBundle

/// What a provider vouches for.
struct Person: Codable, Sendable, Equatable {
  /// Numbers as in postern.h.
  var principalKind: UInt8 = UInt8(POSTERN_PRINCIPAL_USER)
  /// The provider's name in the policy.
  var provider: String
  var subject: String
  var email: String?
  var isEmailVerified = false
  /// `hd` of Google's tokens.
  var hostedDomain: String?
  var tenant: String?
  var groups: [String] = []
  /// Whether `groups` are all there are.
  var areGroupsComplete = false
  /// Everything the provider stated.
  var claims: [String: JSON] = [:]

  /// What conditions and the app know the person as: the e-mail where it is verified, otherwise the subject.
  var principal: String { isEmailVerified ? email ?? subject : subject }

  /// Puts the texts into a credential's cells.
  func pack(into credential: inout postern_credential, facts: inout FactBuffer) {
    credential.principal_kind = principalKind
    credential.email_verified = isEmailVerified ? 1 : 0
    credential.groups_complete = areGroupsComplete ? 1 : 0
    credential.provider = facts.cell(provider.utf8)
    credential.subject = facts.cell(subject.utf8)
    credential.email = facts.cell(email?.utf8)
    credential.hosted_domain = facts.cell(hostedDomain?.utf8)
    credential.tenant = facts.cell(tenant?.utf8)
    credential.groups = facts.cell(texts: groups.map(\.utf8))
  }
}
