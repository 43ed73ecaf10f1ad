// Sessions in this process's memory: for one node, and gone when it ends. Refuses nothing.

internal import Synchronization

/// Keeps sessions in memory.
final class MemorySessionStore: SessionStore {
  fileprivate struct StoredLogin {
    var login: Login
    var account: AccountState
  }

  fileprivate struct State {
    var logins: [SessionKey: StoredLogin] = [:]
    var sessions: [SessionKey: Session] = [:]
    var lastSeenAt: [SessionKey: [String: Int64]] = [:]
    var values: [String: (bytes: [UInt8], expiresAt: Int64)] = [:]
    var listeners: [Int: AsyncStream<Revocation>.Continuation] = [:]
    var nextListener = 0
  }

  private let state = Mutex(State())

  init() {}

  func insert(_ login: Login, _ account: AccountState, for key: SessionKey) {
    state.withLock { $0.logins[key] = StoredLogin(login: login, account: account) }
  }

  func login(for key: SessionKey) -> (login: Login, account: AccountState)? {
    state.withLock { state in state.logins[key].map { ($0.login, $0.account) } }
  }

  func insert(_ session: Session, for key: SessionKey) { state.withLock { $0.sessions[key] = session } }

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
      for key in state.sessions.keys {
        guard let facts = state.facts(key) else { continue }
        if revocation.ends(facts, key: key) { state.end(session: key) }
      }
      for (key, stored) in state.logins where state.ends(revocation, key, stored) { state.logins[key] = nil }
      for listener in state.listeners.values { listener.yield(revocation) }
    }
  }

  func put(_ value: [UInt8], under name: String, until expiresAt: Int64) {
    state.withLock { $0.values[name] = (value, expiresAt) }
  }

  func take(_ name: String, at now: Int64) -> [UInt8]? {
    state.withLock { state in
      state.values = state.values.filter { $0.value.expiresAt > now }
      return state.values.removeValue(forKey: name)?.bytes
    }
  }

  func revocations() -> AsyncStream<Revocation> {
    let (stream, continuation) = AsyncStream.makeStream(of: Revocation.self)
    let number = state.withLock { state in
      state.nextListener += 1
      state.listeners[state.nextListener] = continuation
      return state.nextListener
    }
    continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.listeners[number] = nil } }
    return stream
  }
}

extension MemorySessionStore.State {
  fileprivate func facts(_ key: SessionKey) -> SessionFacts? {
    guard let session = sessions[key], let stored = logins[session.login] else { return nil }
    return SessionFacts(
      session: session, login: stored.login, account: stored.account, lastSeenAt: lastSeenAt[key] ?? [:])
  }

  fileprivate mutating func end(session key: SessionKey) {
    sessions[key] = nil
    lastSeenAt[key] = nil
  }

  /// Whether `revocation` ends a login, which is asked as of a session that only it has.
  fileprivate func ends(
    _ revocation: Revocation, _ key: SessionKey, _ stored: MemorySessionStore.StoredLogin
  ) -> Bool {
    let session = Session(host: "", login: key, startedAt: stored.login.issuedAt)
    let facts = SessionFacts(session: session, login: stored.login, account: stored.account, lastSeenAt: [:])
    return revocation.ends(facts, key: key)
  }
}
