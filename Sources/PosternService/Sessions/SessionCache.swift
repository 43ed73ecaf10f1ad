// The sessions that this node has seen: what lets a valid session be answered without asking the store. Only the store says that a
// session exists, and only the kernel that it is good; the cache forgets what a push revokes, and believes nothing when the push is lost.

internal import CPostern
internal import Synchronization

/// A session in this node's memory.
final class LiveSession: Sendable {
  /// What has been worked out of the facts for one bundle.
  private struct Resolved {
    let digest: [UInt8]
    let identity: [UInt32]
  }

  private struct State {
    /// Grows with each change of `facts` that is no activity, and of what the provider has said.
    var factsCount = 0
    var facts: SessionFacts
    var resolved: Resolved?
    /// By the app's name, each for that app of one bundle.
    var assertions: [String: (app: GateApp, issued: IssuedAssertion)] = [:]
    var isEnded = false
    /// When the provider could not be asked last.
    var stateSourceDownAt: Int64?
    var lastApp: GateApp?

    /// Whether the provider could not be asked a moment ago.
    func isStateSourceDown(at now: Int64) -> Bool {
      stateSourceDownAt.map { (0..<LiveSession.stateSourcePauseMilliseconds).contains(now - $0) } ?? false
    }
  }

  let key: SessionKey
  private let state: Mutex<State>

  init(_ key: SessionKey, _ facts: SessionFacts) {
    self.key = key
    host = facts.session.host
    state = Mutex(State(facts: facts))
  }

  /// The host that its cookie is for, which never changes.
  let host: String

  var facts: SessionFacts { state.withLock { $0.facts } }
  var factsCount: Int { state.withLock { $0.factsCount } }
  var isEnded: Bool { state.withLock { $0.isEnded } }

  /// How long a provider that could not be asked is not asked again: after that it may have come back, with something to say.
  static let stateSourcePauseMilliseconds: Int64 = 10_000

  /// Notes what the provider said of the account; nil: it could not be asked.
  func note(_ account: AccountState?, at now: Int64) {
    state.withLock { state in
      state.factsCount += 1
      state.stateSourceDownAt = account == nil ? now : nil
      if let account, account.checkedAt >= state.facts.account.checkedAt { state.facts.account = account }
    }
  }

  func end() { state.withLock { $0.isEnded = true } }

  /// The app that the session was used in last; of another bundle it is as good as none.
  var lastApp: GateApp? { state.withLock { $0.lastApp } }
  func noteApp(_ app: GateApp?) { state.withLock { $0.lastApp = app } }

  /// Who asks, in an app; in none where the request leads to none.
  func caller(in app: GateApp?, policy: GatePolicy, at now: Int64) -> Caller {
    state.withLock { state in
      var credential = state.facts.credential(app: app?.name ?? "")
      credential.state_source_down = state.isStateSourceDown(at: now) ? 1 : 0
      if state.resolved?.digest != policy.digest {
        let identity = policy.resolve(state.facts.login.person, credential: credential)
        state.resolved = Resolved(digest: policy.digest, identity: identity)
      }
      return Caller(
        credential: credential, identity: state.resolved?.identity ?? [], person: state.facts.login.person,
        factsCount: state.factsCount)
    }
  }

  /// Notes activity; false where the instant is known already.
  func touch(app: String, at now: Int64) -> Bool {
    state.withLock { state in
      if state.facts.lastSeenAt[app] ?? .min >= now { return false }
      state.facts.lastSeenAt[app] = now
      return true
    }
  }

  /// Takes over what the store knows, without losing what it does not know yet.
  func merge(_ stored: SessionFacts) {
    state.withLock { state in
      var merged = stored
      for (app, at) in state.facts.lastSeenAt { merged.lastSeenAt[app] = max(at, merged.lastSeenAt[app] ?? .min) }
      if state.facts.account.checkedAt > merged.account.checkedAt { merged.account = state.facts.account }
      if merged.login.person != state.facts.login.person {
        state.resolved = nil
        state.assertions = [:]
      }
      state.factsCount += 1
      state.facts = merged
    }
  }

  /// The assertion for an app, made anew by `make` once the last one is not `isFresh`.
  func assertion(for app: GateApp, isFresh: (IssuedAssertion) -> Bool, make: () -> IssuedAssertion) -> String {
    state.withLock { state in
      if let known = state.assertions[app.name], known.app === app, isFresh(known.issued) { return known.issued.token }
      let issued = make()
      state.assertions[app.name] = (app, issued)
      return issued.token
    }
  }
}

/// An assertion that was made for a session.
struct IssuedAssertion: Sendable {
  let token: String
  let issuedAt: Int64
  /// The key that signed it.
  let keyIdentifier: String
}

/// This node's sessions, and what it has still to tell the store of them.
final class SessionCache: Sendable {
  private struct Entry {
    let live: LiveSession
    /// How often the push had been lost when the store said so.
    var lossCount: Int
  }

  private struct State {
    var sessions: [SessionKey: Entry] = [:]
    var touches: [SessionKey: [String: Int64]] = [:]
    /// How many revocations this node has seen.
    var revocationCount = 0
    /// How often the push has been lost.
    var lossCount = 0
    /// Whether revocations reach this node as they are made; only then may what it knows be used again.
    var isFollowing = true
  }

  private let state = Mutex(State())
  private let limit: Int

  /// - Parameter limit: how many sessions are kept; beyond it all are forgotten, and asked of the store again.
  init(limit: Int = 1_000_000) { self.limit = limit }

  /// A session that the store has spoken of since the push was lost last.
  func session(_ key: SessionKey) -> LiveSession? {
    state.withLock { state in
      guard state.isFollowing, let entry = state.sessions[key], entry.lossCount == state.lossCount else { return nil }
      return entry.live
    }
  }

  /// A session as this node knew it last: for when the store cannot be asked, and nothing else.
  func lastKnown(_ key: SessionKey) -> LiveSession? { state.withLock { $0.sessions[key]?.live } }

  /// What `keep` asks for: read it before asking the store.
  var revocationCount: Int { state.withLock { $0.revocationCount } }

  /// Keeps what the store said of a session, beside what this node knows of it already; nil where something has been revoked since
  /// `revocationCount` was read, for the store's answer may be older than that.
  func keep(_ facts: SessionFacts, for key: SessionKey, readAt revocationCount: Int) -> LiveSession? {
    state.withLock { state in
      if state.revocationCount != revocationCount { return nil }
      if let live = state.sessions[key]?.live {
        live.merge(facts)
        state.sessions[key]?.lossCount = state.lossCount
        return live
      }
      if state.sessions.count >= limit { state.sessions.removeAll(keepingCapacity: true) }
      let live = LiveSession(key, facts)
      state.sessions[key] = Entry(live: live, lossCount: state.lossCount)
      return live
    }
  }

  func forget(_ key: SessionKey) {
    state.withLock { state in
      state.sessions[key]?.live.end()
      state.sessions[key] = nil
    }
  }

  /// Forgets what `revocation` ends.
  func forget(_ revocation: Revocation) {
    state.withLock { state in
      state.revocationCount += 1
      for (key, entry) in state.sessions where revocation.ends(entry.live.facts, key: key) {
        entry.live.end()
        state.sessions[key] = nil
      }
    }
  }

  /// The push is lost, or has not begun: the store is asked for each request until `beginFollowing`.
  func loseFollowing() { distrustAll(isFollowing: false) }

  /// The push has begun: what was read before that may have been missed by it, and is asked of the store once more.
  func beginFollowing() { distrustAll(isFollowing: true) }

  private func distrustAll(isFollowing: Bool) {
    state.withLock { state in
      state.isFollowing = isFollowing
      state.revocationCount += 1
      state.lossCount += 1
    }
  }

  /// Notes activity, here at once, and for the store with the next flush.
  func touch(_ live: LiveSession, app: String, at now: Int64) {
    guard live.touch(app: app, at: now) else { return }
    state.withLock { $0.touches[live.key, default: [:]][app] = now }
  }

  /// Takes what the store has not been told yet.
  func takeTouches() -> [Touch] {
    let taken = state.withLock { state in
      defer { state.touches.removeAll(keepingCapacity: true) }
      return state.touches
    }
    return taken.flatMap { key, apps in apps.map { Touch(session: key, app: $0.key, at: $0.value) } }
  }

  /// Gives back what the store could not be told.
  func giveBack(_ touches: [Touch]) {
    state.withLock { state in
      for touch in touches {
        let known = state.touches[touch.session]?[touch.app] ?? .min
        state.touches[touch.session, default: [:]][touch.app] = max(known, touch.at)
      }
    }
  }
}
