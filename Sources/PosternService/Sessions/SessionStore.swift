// Where sessions are kept, and what is asked of whoever keeps them. A store never answers from what it might have lost: what it cannot
// say, it throws.

/// A store that cannot be reached, or answers what it should not.
struct StoreFault: Error, Equatable, CustomStringConvertible {
  let description: String
}

/// What somebody did in an app.
struct Touch: Hashable, Sendable {
  var session: SessionKey
  var app: String
  var at: Int64
}

/// What ends sessions.
enum Revocation: Codable, Hashable, Sendable {
  /// One host's session.
  case session(SessionKey)
  /// A login and every session that it was handed to.
  case login(SessionKey)
  /// All logins of a browser.
  case browser(String)
  /// Whatever the provider ends with one of its own sessions (OIDC back-channel logout, `sid`).
  case providerSession(provider: String, session: String)
  /// All of a person, of one provider and tenant; without a tenant, of any.
  case person(provider: String, subject: String, tenant: String?)
  case tenant(provider: String, tenant: String)
  /// Whatever an OAuth client holds, of anybody.
  case client(String)
  case everyone

  /// Whether it ends the session of these facts.
  func ends(_ facts: SessionFacts, key: SessionKey) -> Bool {
    switch self {
    case .session(let ended): ended == key
    case .login(let ended): ended == facts.session.login
    case .browser(let browser): browser == facts.login.browser
    case .providerSession(let provider, let session):
      facts.login.person.provider == provider && facts.login.providerSession == session
    case .person(let provider, let subject, let tenant):
      facts.login.person.provider == provider && facts.login.person.subject == subject
        && (tenant == nil || facts.login.person.tenant == tenant)
    case .tenant(let provider, let tenant):
      facts.login.person.provider == provider && facts.login.person.tenant == tenant
    case .client(let client): facts.login.client == client
    case .everyone: true
    }
  }
}

/// How long what has ended is remembered, and what nobody ends is kept.
enum SessionRetention {
  /// No absolute timeout may be longer: what was begun before a revocation must not outlive the memory of it.
  static let days = 400

  static func milliseconds(days: Int) -> Int64 { Int64(days) * 86_400_000 }
}

/// Keeps sessions for one or for many nodes.
protocol SessionStore: Sendable {
  /// Keeps a new login, which was begun when its account was checked. Durable when it returns.
  func insert(_ login: Login, _ account: AccountState, for key: SessionKey) async throws(StoreFault)
  /// The login of `key` with the state of its account; nil where there is none, or it was revoked.
  func login(for key: SessionKey) async throws(StoreFault) -> (login: Login, account: AccountState)?
  /// Keeps a new session of a login that is kept. Durable when it returns.
  func insert(_ session: Session, for key: SessionKey) async throws(StoreFault)
  /// The session of `key` with its login; nil where there is none, or either was revoked.
  func session(for key: SessionKey) async throws(StoreFault) -> SessionFacts?
  /// Moves last activity forward, never back.
  func touch(_ touches: [Touch]) async throws(StoreFault)
  /// Notes what the provider said of a login's account, unless something newer is known.
  func note(_ account: AccountState, for login: SessionKey) async throws(StoreFault)
  /// Ends what `revocation` names: whatever is kept now, and whatever was begun before `now` and comes later; nothing that begins
  /// afterwards. Durable when it returns.
  func revoke(_ revocation: Revocation, at now: Int64) async throws(StoreFault)
  /// Keeps a value that can be taken once, until `expiresAt`.
  func put(_ value: [UInt8], under name: String, until expiresAt: Int64) async throws(StoreFault)
  /// Such a value, left where it is; nil where there is none any more.
  func look(_ name: String, at now: Int64) async throws(StoreFault) -> [UInt8]?
  /// Takes such a value away; nil where there is none any more.
  func take(_ name: String, at now: Int64) async throws(StoreFault) -> [UInt8]?
  /// Keeps a name until `expiresAt`, where nobody keeps it: false where somebody does. `take` gives it back.
  func claim(_ name: String, until expiresAt: Int64, at now: Int64) async throws(StoreFault) -> Bool
  /// Puts `value` in the place of `expected`, until `expiresAt`; false where something else is there, or nothing: nil expects nothing.
  func replace(
    _ expected: [UInt8]?, by value: [UInt8], under name: String, until expiresAt: Int64, at now: Int64
  ) async throws(StoreFault) -> Bool
  /// About so many of the logins that are kept, from where another page said that it ends; nil: from the first.
  func logins(from cursor: String?, count: Int) async throws(StoreFault) -> LoginPage
  /// What is revoked from now on, by any node: whatever is revoked after this has returned is in the stream, or the stream ends.
  func revocations() async throws(StoreFault) -> AsyncStream<Revocation>
}
