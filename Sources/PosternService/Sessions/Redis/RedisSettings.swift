// Which Redis keeps the sessions, and how it is reached. Refuses addresses that are none.

/// Where a Redis is.
enum RedisAddress: Sendable, Equatable, CustomStringConvertible {
  case server(ListenAddress)
  /// Whoever the sentinels say is the master of that name.
  case sentinels(name: String, [ListenAddress])

  /// Reads `10.0.0.5:6379`, `unix:/run/redis.sock` or `sentinel:sessions@10.0.0.5:26379,10.0.0.6:26379`; nil where it is none of them.
  init?(_ text: String) {
    guard text.hasPrefix("sentinel:") else {
      guard let address = ListenAddress(text) else { return nil }
      self = .server(address)
      return
    }
    let parts = text.dropFirst("sentinel:".count).split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    let texts = parts[1].split(separator: ",", omittingEmptySubsequences: false)
    let addresses = texts.compactMap { ListenAddress(String($0)) }
    if addresses.count != texts.count { return nil }
    self = .sentinels(name: String(parts[0]), addresses)
  }

  var description: String {
    switch self {
    case .server(let address): address.description
    case .sentinels(let name, let addresses):
      "sentinel:\(name)@\(addresses.map(\.description).joined(separator: ","))"
    }
  }
}

/// What a store is told of its Redis.
struct RedisSettings: Sendable, Equatable {
  var address: RedisAddress
  /// The user of its access control list; nil: the default one.
  var user: String?
  var password: String?
  var database = 0
  var isEncrypted = false
  /// Certificates that it is trusted by; nil: the system's.
  var trustedRootsFile: String?
  /// What all names of ours begin with.
  var prefix = "postern:"
  /// Whether one will do that may lose what it has acknowledged.
  var allowsVolatile = false
  /// How long a revocation is remembered, and a login kept; at least the longest absolute timeout.
  var retentionMilliseconds = SessionRetention.milliseconds(days: SessionRetention.days)

  /// What its user must be allowed to do, as in an access control list, with the standard prefix; `+role` for sentinels' sake alone.
  static let leastPrivilege =
    "~postern:* &postern:* +@read +@write +@scripting +@pubsub +@connection +config|get +time +role"

  /// The channel on which revocations are told.
  var channel: String { prefix + "revocations" }
}
