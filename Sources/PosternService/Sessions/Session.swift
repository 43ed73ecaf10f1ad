// What is kept of somebody who has logged in. A login is kept once, at the gate's own host; a session is kept for each app host that it
// was handed to. Both begin when the provider authenticated the person, and nothing that happens later moves that instant.

internal import CPostern

/// One authentication of one person in one browser.
struct Login: Codable, Sendable, Equatable {
  var person: Person
  /// What the logins of one browser have in common, so that it can be signed out everywhere.
  var browser: String
  /// When the provider authenticated the person (`auth_time`), in milliseconds since 1970.
  var authenticatedAt: Int64
  /// The latest authentication of each strength; 0: none.
  var secondFactorAt: Int64 = 0
  var securityKeyAt: Int64 = 0
  /// When the ID token was issued.
  var issuedAt: Int64
  /// When the assertion itself ends, where its source says so; 0: never.
  var expiresAt: Int64 = 0
  /// The provider's own name for its session (`sid`).
  var providerSession: String?
  /// The OAuth client that holds it, in place of a browser; nil: a browser does.
  var client: String?
}

/// What can change about a login while it lasts.
struct AccountState: Codable, Sendable, Equatable {
  /// A number as in postern.h.
  var state: UInt8
  /// When the provider was last asked, in milliseconds since 1970.
  var checkedAt: Int64
  /// What the provider is asked with, sealed; nil where it gave nothing to ask with.
  var sealedTokens: String?
}

/// What a provider gave to ask it with.
struct ProviderTokens: Codable, Sendable, Equatable {
  var access: String
  var refresh: String?
  /// For signing out at the provider.
  var identity: String?
}

/// One host's session.
struct Session: Codable, Sendable, Equatable {
  /// The host that its cookie is for.
  var host: String
  var login: SessionKey
  /// When it was handed over, in milliseconds since 1970. No limit counts from it.
  var startedAt: Int64
}

/// A session with all that a decision asks of it.
struct SessionFacts: Sendable, Equatable {
  var session: Session
  var login: Login
  var account: AccountState
  /// When the session was last used in each app, by the app's name.
  var lastSeenAt: [String: Int64]

  /// The times and states of the kernel's credential, in the app of that name.
  func credential(app: String) -> postern_credential {
    var credential = postern_credential()
    credential.kind = UInt8(POSTERN_CREDENTIAL_SESSION)
    credential.principal_kind = login.person.principalKind
    credential.account_state = account.state
    credential.email_verified = login.person.isEmailVerified ? 1 : 0
    credential.groups_complete = login.person.areGroupsComplete ? 1 : 0
    credential.created_at = login.authenticatedAt
    // An app that has not been used yet was last seen when the session came to its host.
    credential.last_seen_at = lastSeenAt[app] ?? session.startedAt
    credential.state_checked_at = account.checkedAt
    credential.issued_at = login.issuedAt
    credential.expires_at = login.expiresAt
    credential.login_at = login.authenticatedAt
    credential.second_factor_at = login.secondFactorAt
    credential.security_key_at = login.securityKeyAt
    return credential
  }
}
