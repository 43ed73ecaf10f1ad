// Sessions in this process's memory: for one node, and gone when it ends. Refuses nothing.

internal import Synchronization

/// Keeps sessions in memory.
final class MemorySessionStore: SessionStore {
  fileprivate struct StoredLogin {
    var login: Login
    var account: AccountState
    var begunAt: Int64
  }

  fileprivate struct State {
    var logins: [SessionKey: StoredLogin] = [:]
    var sessions: [SessionKey: Session] = [:]
    var lastSeenAt: [SessionKey: [String: Int64]] = [:]
    var values: [String: (bytes: [UInt8], expiresAt: Int64)] = [:]
    /// When what was revoked last, by the revocation's name.
    var revokedAt: [String: Int64] = [:]
    var nextCleaningAt = Int64.min
  }

  /// How long what has ended may wait until it is forgotten.
  fileprivate static let cleaningMilliseconds: Int64 = 600_000

  private let state = Mutex(State())
  private let push = RevocationPush()
  private let retentionMilliseconds: Int64

  init(retentionMilliseconds: Int64 = SessionRetention.milliseconds(days: SessionRetention.days)) {
    self.retentionMilliseconds = retentionMilliseconds
  }

  func insert(_ login: Login, _ account: AccountState, for key: SessionKey) {
    let names = Revocation.ending(login, key).map(\.name)
    state.withLock { state in
      if state.isRevoked(names, begunAt: account.checkedAt) { return }
      state.logins[key] = StoredLogin(login: login, account: account, begunAt: account.checkedAt)
    }
  }

  func login(for key: SessionKey) -> (login: Login, account: AccountState)? {
    state.withLock { state in state.logins[key].map { ($0.login, $0.account) } }
  }

  func insert(_ session: Session, for key: SessionKey) {
    state.withLock { state in
      if state.logins[session.login] == nil { return }
      if state.isRevoked([Revocation.session(key).name], begunAt: session.startedAt) { return }
      state.sessions[key] = session
    }
  }

  func session(for key: SessionKey) -> SessionFacts? { state.withLock { $0.facts(key) } }

  func touch(_ touches: [Touch]) {
    state.withLock { state in
      for touch in touches where state.sessions[touch.session] != nil {
        let last = state.lastSeenAt[touch.session]?[touch.app] ?? .min
        state.lastSeenAt[touch.session, default: [:]][touch.app] = max(last, touch.at)
      }
    }
  }

  func note(_ account: AccountState, for login: SessionKey) {
    state.withLock { state in
      guard let known = state.logins[login], known.account.checkedAt <= account.checkedAt else { return }
      state.logins[login]?.account = account
    }
  }

  func revoke(_ revocation: Revocation, at now: Int64) {
    state.withLock { state in
      state.revokedAt[revocation.name] = max(now, state.revokedAt[revocation.name] ?? .min)
      for key in state.sessions.keys {
        guard let facts = state.facts(key) else { continue }
        if revocation.ends(facts, key: key) { state.end(session: key) }
      }
      for (key, stored) in state.logins where Revocation.ending(stored.login, key).contains(revocation) {
        state.logins[key] = nil
      }
    }
    push.send(revocation)
  }

  func put(_ value: [UInt8], under name: String, until expiresAt: Int64) {
    state.withLock { $0.values[name] = (value, expiresAt) }
  }

  func claim(_ name: String, until expiresAt: Int64, at now: Int64) -> Bool {
    state.withLock { state in
      if let known = state.values[name], known.expiresAt > now { return false }
      state.values[name] = ([], expiresAt)
      return true
    }
  }

  func replace(
    _ expected: [UInt8]?, by value: [UInt8], under name: String, until expiresAt: Int64, at now: Int64
  ) -> Bool {
    state.withLock { state in
      let known = state.values[name].flatMap { $0.expiresAt > now ? $0.bytes : nil }
      if known != expected { return false }
      state.values[name] = (value, expiresAt)
      return true
    }
  }

  func look(_ name: String, at now: Int64) -> [UInt8]? {
    state.withLock { state in
      state.values[name].flatMap { $0.expiresAt > now ? $0.bytes : nil }
    }
  }

  func take(_ name: String, at now: Int64) -> [UInt8]? {
    state.withLock { state in
      state.clean(at: now, retentionMilliseconds)
      return state.values.removeValue(forKey: name)?.bytes
    }
  }

  func revocations() -> AsyncStream<Revocation> { push.stream() }

  /// By their keys. What is kept is copied first: nobody waits while it is sorted.
  func logins(from cursor: String?, count: Int) -> LoginPage {
    let state = state.withLock { $0 }
    let rest = state.logins.keys.filter { $0.text > cursor ?? "" }.sorted { $0.text < $1.text }
    let keys = rest.prefix(count)
    var sessions: [SessionKey: [KeptSession]] = Dictionary(uniqueKeysWithValues: keys.map { ($0, []) })
    for (key, session) in state.sessions where sessions[session.login] != nil {
      sessions[session.login]?.append(
        KeptSession(key: key, session: session, lastSeenAt: state.lastSeenAt[key] ?? [:]))
    }
    let logins = keys.compactMap { key in
      state.logins[key].map { stored in
        KeptLogin(
          key: key, login: stored.login, account: stored.account,
          sessions: (sessions[key] ?? []).sorted { $0.key.text < $1.key.text })
      }
    }
    return LoginPage(logins: logins, next: rest.count > count ? keys.last?.text : nil)
  }
}

extension MemorySessionStore.State {
  fileprivate func facts(_ key: SessionKey) -> SessionFacts? {
    guard let session = sessions[key], let stored = logins[session.login] else { return nil }
    return SessionFacts(
      session: session, login: stored.login, account: stored.account, lastSeenAt: lastSeenAt[key] ?? [:])
  }

  fileprivate func isRevoked(_ names: [String], begunAt: Int64) -> Bool {
    names.contains { begunAt < revokedAt[$0] ?? .min }
  }

  fileprivate mutating func end(session key: SessionKey) {
    sessions[key] = nil
    lastSeenAt[key] = nil
  }

  /// Forgets what nobody can want any more.
  fileprivate mutating func clean(at now: Int64, _ retentionMilliseconds: Int64) {
    values = values.filter { $0.value.expiresAt > now }
    if now < nextCleaningAt { return }
    nextCleaningAt = now + MemorySessionStore.cleaningMilliseconds
    let oldest = now - retentionMilliseconds
    revokedAt = revokedAt.filter { $0.value >= oldest }
    let count = logins.count
    logins = logins.filter { $0.value.begunAt >= oldest }
    if logins.count == count { return }
    for (key, session) in sessions where logins[session.login] == nil { end(session: key) }
  }
}
