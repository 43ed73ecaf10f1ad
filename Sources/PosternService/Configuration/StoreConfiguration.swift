// Where sessions are kept, as the settings below `store.` say it. Refuses settings of another kind of store than the one that is chosen: whoever
// writes an address and forgets the kind would keep sessions in memory without knowing.

internal import Configuration
internal import Logging
internal import NIOCore

/// The store that is chosen.
enum StoreConfiguration: Sendable, Equatable {
  case memory
  case sqlite(file: String)
  case redis(RedisSettings)

  /// Opens the store.
  ///
  /// - Throws: why it cannot be opened, in a sentence.
  func open(
    retentionDays: Int, group: any EventLoopGroup, log: Logger
  ) async throws(StoreFault) -> any SessionStore {
    let retention = SessionRetention.milliseconds(days: retentionDays)
    switch self {
    case .memory: return MemorySessionStore(retentionMilliseconds: retention)
    case .sqlite(let file): return try SQLiteSessionStore(file: file, retentionMilliseconds: retention)
    case .redis(var settings):
      settings.retentionMilliseconds = retention
      return try await RedisSessionStore(settings, group: group, log: log)
    }
  }
}

extension ConfigurationReading {
  /// Texts that one kind alone asks for.
  private static let keysOfKinds = [
    ("sqlite", ["store.file"]),
    ("redis", ["store.address", "store.user", "store.passwordFile", "store.password", "store.prefix"]),
  ]

  mutating func store(stateFolder: String, trustedRootsFile: String?) -> StoreConfiguration {
    let kind = reader.string(forKey: "store.kind", default: "memory")
    for (other, keys) in Self.keysOfKinds where other != kind {
      for key in keys where reader.string(forKey: ConfigKey(stringLiteral: key)) != nil {
        mistakes.append("\(key): is for store.kind \(other), and the kind is \(kind)")
      }
    }
    switch kind {
    case "memory": return .memory
    case "sqlite":
      return .sqlite(file: reader.string(forKey: "store.file", default: "\(stateFolder)/sessions.sqlite"))
    case "redis": return redis(trustedRootsFile).map { .redis($0) } ?? .memory
    default:
      mistakes.append("store.kind: there is no kind `\(kind)`; there are memory, sqlite and redis")
      return .memory
    }
  }

  private mutating func redis(_ trustedRootsFile: String?) -> RedisSettings? {
    let text = required("store.address")
    if text.isEmpty { return nil }
    guard let address = RedisAddress(text) else {
      mistakes.append(
        "store.address: `\(text)` is no address; write 10.0.0.5:6379, unix:/a/path or sentinel:NAME@10.0.0.5:26379,...")
      return nil
    }
    var settings = RedisSettings(address: address)
    settings.user = reader.string(forKey: "store.user")
    settings.password = storePassword()
    settings.database = number("store.database", default: 0)
    settings.isEncrypted = flag("store.tls")
    settings.trustedRootsFile = trustedRootsFile
    settings.prefix = reader.string(forKey: "store.prefix", default: settings.prefix)
    settings.allowsVolatile = flag("store.allowVolatile")
    if settings.user != nil && settings.password == nil {
      mistakes.append("store.user: has no password; name a file in store.passwordFile")
    }
    if settings.database < 0 { mistakes.append("store.database: a number from 0 on") }
    if settings.isEncrypted, case .server(.unix) = address {
      mistakes.append("store.tls: a Unix socket is not encrypted; leave it out")
    }
    return settings
  }

  private mutating func storePassword() -> String? {
    guard let file = reader.string(forKey: "store.passwordFile") else {
      return reader.string(forKey: "store.password", isSecret: true)
    }
    guard let bytes = FileAccess.read(file) else {
      mistakes.append("store.passwordFile: \(file) cannot be read")
      return nil
    }
    return String(decoding: bytes, as: UTF8.self).trimmingLineEnd
  }
}
