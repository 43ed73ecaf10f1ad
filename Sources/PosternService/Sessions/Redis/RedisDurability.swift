// Whether a Redis keeps what it acknowledges. Refuses one that may lose it, by a crash or because its memory is full, and one that does not say.

/// Asks a server how it keeps things.
enum RedisDurability {
  /// - Throws: a sentence that says what is set how, and the way out.
  static func check(_ connection: RedisConnection, _ settings: RedisSettings) async throws(StoreFault) {
    if settings.allowsVolatile { return }
    let wayOut = "or set store.allowVolatile where sessions and revocations may be lost"
    let place = "the Redis at \(settings.address)"
    if try await setting("appendonly", connection, place) != "yes" {
      throw StoreFault(
        description:
          "\(place) is volatile (appendonly is not `yes`): set appendonly yes and appendfsync always, \(wayOut)")
    }
    let sync = try await setting("appendfsync", connection, place)
    if sync != "always" {
      throw StoreFault(
        description:
          "\(place) may lose what it has acknowledged (appendfsync is `\(sync)`): set appendfsync always, \(wayOut)")
    }
    let policy = try await setting("maxmemory-policy", connection, place)
    let limit = try await setting("maxmemory", connection, place)
    if limit != "0" && policy != "noeviction" {
      throw StoreFault(
        description:
          "\(place) forgets what it has acknowledged when its memory is full (maxmemory-policy is `\(policy)`): "
          + "set maxmemory-policy noeviction, \(wayOut)")
    }
  }

  private static func setting(
    _ name: String, _ connection: RedisConnection, _ place: String
  ) async throws(StoreFault) -> String {
    let reply = try await connection.send(RedisCommand("CONFIG", "GET", name))
    if case .refusal(let sentence) = reply {
      throw StoreFault(
        description: "\(place) does not let this user ask whether it is durable (\(sentence)): allow +config|get, "
          + "or set store.allowVolatile")
    }
    guard let parts = reply.list, parts.count == 2, let value = parts[1].text else {
      throw StoreFault(description: "\(place) does not say what \(name) is: it is no Redis that this posternd knows")
    }
    return value
  }
}
