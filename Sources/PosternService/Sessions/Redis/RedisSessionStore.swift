// Sessions in a Redis (7, or what speaks its protocol), for any number of nodes. Each step is one script, so that no two nodes can step between;
// what has been acknowledged is on the Redis' disk, which is asked when it is connected. Refuses what is not there, by a fault within
// about a second: no answer is made up.

internal import Logging
internal import NIOCore
internal import Synchronization

/// Keeps sessions in a Redis.
final class RedisSessionStore: SessionStore {
  let settings: RedisSettings
  private let dialer: RedisDialer
  let client: RedisClient
  private let acknowledged: AcknowledgedRevocations
  private let log: Logger

  /// Connects to a Redis.
  ///
  /// - Throws: why it will not do, in a sentence.
  init(_ settings: RedisSettings, group: any EventLoopGroup, log: Logger) async throws(StoreFault) {
    let acknowledged = AcknowledgedRevocations()
    self.settings = settings
    self.acknowledged = acknowledged
    self.log = log
    dialer = try RedisDialer(settings, group: group)
    client = RedisClient(dialer, log: log) { connection throws(StoreFault) in
      try await RedisDurability.check(connection, settings)
      try await Self.renew(acknowledged.recent, connection, settings)
    }
    try await client.start()
  }

  /// Closes the connection for commands.
  func close() async { await client.close() }

  // MARK: logins

  func insert(_ login: Login, _ account: AccountState, for key: SessionKey) async throws(StoreFault) {
    let endings = Revocation.ending(login, key)
    let listing = endings.filter { $0.dropping == .listed }
    _ = try await run(
      .insertLogin,
      [
        key.text, login.jsonText, account.jsonText, String(account.checkedAt),
        endings.map(\.name).joined(separator: " "), listing.map(\.name).joined(separator: " "),
      ])
  }

  func login(for key: SessionKey) async throws(StoreFault) -> (login: Login, account: AccountState)? {
    let reply = try await run(.readLogin, [key.text])
    if reply == .none { return nil }
    guard let parts = reply.list, parts.count == 2 else { throw Self.unreadable }
    return (try decode(parts[0]), try decode(parts[1]))
  }

  func note(_ account: AccountState, for login: SessionKey) async throws(StoreFault) {
    _ = try await run(.note, [login.text, account.jsonText, String(account.checkedAt)])
  }

  // MARK: sessions

  func insert(_ session: Session, for key: SessionKey) async throws(StoreFault) {
    _ = try await run(
      .insertSession, [key.text, session.jsonText, session.login.text, String(session.startedAt)])
  }

  func session(for key: SessionKey) async throws(StoreFault) -> SessionFacts? {
    let reply = try await run(.readSession, [key.text])
    if reply == .none { return nil }
    guard let parts = reply.list, parts.count == 4 else { throw Self.unreadable }
    return SessionFacts(
      session: try decode(parts[0]), login: try decode(parts[1]), account: try decode(parts[2]),
      lastSeenAt: try Self.activity(parts[3]))
  }

  /// So many go into one script, that nobody else waits long for it.
  private static let touchesAtOnce = 256

  func touch(_ touches: [Touch]) async throws(StoreFault) {
    var rest = touches[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Self.touchesAtOnce)
      _ = try await run(.touch, batch.flatMap { [$0.session.text, $0.app, String($0.at)] })
      rest = rest.dropFirst(batch.count)
    }
  }

  // MARK: revocations

  func revoke(_ revocation: Revocation, at now: Int64) async throws(StoreFault) {
    _ = try await run(
      .revoke,
      [
        revocation.name, String(now), revocation.dropping.rawValue, revocation.droppedKey, settings.channel,
        revocation.jsonText,
      ])
    acknowledged.note(revocation, at: now)
    if revocation.dropping == .swept { Task { try? await self.sweep() } }
  }

  private static let renewedAtOnce = 512

  private static func renew(
    _ revocations: [(revocation: Revocation, at: Int64)], _ connection: RedisConnection, _ settings: RedisSettings
  ) async throws(StoreFault) {
    var rest = revocations[...]
    while !rest.isEmpty {
      let batch = rest.prefix(renewedAtOnce)
      let arguments = batch.flatMap { [$0.revocation.name, String($0.at), $0.revocation.jsonText] }
      _ = try await connection.run(.renew, Self.common(settings) + [settings.channel] + arguments)
      rest = rest.dropFirst(batch.count)
    }
  }

  /// Deletes what has been ended, where no list says what that is. Whatever is left of it is never read again, and goes in the end.
  private func sweep() async throws(StoreFault) {
    var cursor: String? = "0"
    while let begin = cursor {
      let (keys, next) = try await scanLogins(from: begin, count: 512)
      if !keys.isEmpty { _ = try await run(.sweep, keys) }
      cursor = next
    }
  }

  /// What the nodes are told: an instant, and what it ends.
  private static func read(_ message: String) -> (revocation: Revocation, at: Int64)? {
    let parts = message.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, let at = Int64(parts[0]), let revocation = Revocation.read(json: parts[1].utf8) else {
      return nil
    }
    return (revocation, at)
  }

  func revocations() async throws(StoreFault) -> AsyncStream<Revocation> {
    let (stream, continuation) = AsyncStream.makeStream(of: Revocation.self)
    let (log, acknowledged) = (log, acknowledged)
    let connection = try await dialer.dial { message in
      if let (revocation, at) = Self.read(message) {
        acknowledged.note(revocation, at: at)
        continuation.yield(revocation)
      } else {
        // It may have named anybody.
        log.error("a revocation cannot be read, all sessions are asked for again")
        continuation.finish()
      }
    }
    _ = try await connection.call(RedisCommand("SUBSCRIBE", settings.channel))
    continuation.onTermination = { _ in connection.close() }
    connection.whenClosed { continuation.finish() }
    return stream
  }

  // MARK: values that are taken once

  func put(_ value: [UInt8], under name: String, until expiresAt: Int64) async throws(StoreFault) {
    _ = try await run(.put, [SessionKey(hashing: name).text, Base64URL.text(value), String(expiresAt)])
  }

  func claim(_ name: String, until expiresAt: Int64, at now: Int64) async throws(StoreFault) -> Bool {
    let hash = SessionKey(hashing: name).text
    switch try await run(.claim, [hash, String(expiresAt), String(now)]) {
    case .integer(let isTaken): return isTaken == 1
    default: throw Self.unreadable
    }
  }

  func replace(
    _ expected: [UInt8]?, by value: [UInt8], under name: String, until expiresAt: Int64, at now: Int64
  ) async throws(StoreFault) -> Bool {
    let hash = SessionKey(hashing: name).text
    // base64url has no such letter.
    let expected = expected.map(Base64URL.text) ?? "."
    switch try await run(.replace, [hash, expected, Base64URL.text(value), String(expiresAt), String(now)]) {
    case .integer(let isReplaced): return isReplaced == 1
    default: throw Self.unreadable
    }
  }

  func look(_ name: String, at now: Int64) async throws(StoreFault) -> [UInt8]? {
    try await value("GET", name, at: now)
  }

  func take(_ name: String, at now: Int64) async throws(StoreFault) -> [UInt8]? {
    try await value("GETDEL", name, at: now)
  }

  private func value(_ command: String, _ name: String, at now: Int64) async throws(StoreFault) -> [UInt8]? {
    let key = "\(settings.prefix)once:\(SessionKey(hashing: name).text)"
    let reply = try await client.connection().call(RedisCommand(command, key))
    if reply == .none { return nil }
    guard let parts = reply.text?.split(separator: " ", omittingEmptySubsequences: false), parts.count == 2,
      let expiresAt = Int64(parts[0]), let value = Base64URL.bytes(parts[1])
    else { throw Self.unreadable }
    return expiresAt > now ? value : nil
  }

  // MARK: asking

  func run(_ script: RedisScript, _ arguments: [String]) async throws(StoreFault) -> RedisReply {
    try await client.connection().run(script, Self.common(settings) + arguments)
  }

  /// What each script is given first.
  private static func common(_ settings: RedisSettings) -> [String] {
    [settings.prefix, String(settings.retentionMilliseconds)]
  }

  func decode<Value: Decodable>(_ reply: RedisReply) throws(StoreFault) -> Value {
    guard let text = reply.text, let value = Value.read(json: text.utf8) else { throw Self.unreadable }
    return value
  }

  static let unreadable = StoreFault(description: "the store holds what this posternd cannot read")
}

/// What this node has revoked, or been told of, a short while ago: told again when it connects again, for a Redis that took another's place may not know it.
final class AcknowledgedRevocations: Sendable {
  private static let countLimit = 8_192
  private static let milliseconds: Int64 = 3_600_000

  private let all = Mutex<[(revocation: Revocation, at: Int64)]>([])

  var recent: [(revocation: Revocation, at: Int64)] { all.withLock { $0 } }

  func note(_ revocation: Revocation, at now: Int64) {
    all.withLock { all in
      // What was told late is not what was revoked last.
      let last = all.first { $0.revocation == revocation }?.at ?? now
      all.removeAll { $0.revocation == revocation || $0.at < now - Self.milliseconds }
      all.append((revocation, max(last, now)))
      if all.count > Self.countLimit { all.removeFirst(all.count - Self.countLimit) }
    }
  }
}

extension Revocation {
  /// How a Redis comes to what it can delete at once.
  fileprivate enum Dropping: String {
    case session, login
    /// A list says which logins it ends.
    case listed
    /// There may be too many for a list: they are looked for afterwards.
    case swept
  }

  fileprivate var dropping: Dropping {
    switch self {
    case .session: .session
    case .login: .login
    case .browser, .providerSession, .person: .listed
    case .tenant, .client, .everyone: .swept
    }
  }

  fileprivate var droppedKey: String {
    switch self {
    case .session(let key), .login(let key): key.text
    default: ""
    }
  }
}
