// What is kept, in pages, for the people who run the gate. Nothing that answers requests asks for it. Refuses nothing.

/// A login that is kept, with the sessions that it was handed to.
struct KeptLogin: Sendable, Equatable {
  var key: SessionKey
  var login: Login
  var account: AccountState
  /// By their keys.
  var sessions: [KeptSession]
}

/// One of a login's sessions.
struct KeptSession: Sendable, Equatable {
  var key: SessionKey
  var session: Session
  var lastSeenAt: [String: Int64]
}

/// Some of the logins that are kept. What comes or goes while pages are read may be in none of them, or in two.
struct LoginPage: Sendable, Equatable {
  var logins: [KeptLogin]
  /// Where the next page begins; nil: this is the last one.
  var next: String?
}
