// Tokens that count once. Kept by each node for as long as such a token could still be believed; refuses one that it has seen.

internal import Synchronization

/// The names of tokens that this node has taken.
final class SeenTokens: Sendable {
  private let names = Mutex<[String: Int64]>([:])

  /// Whether a token is taken for the first time; it is remembered until `expiresAt`.
  func take(_ name: String, until expiresAt: Int64, at now: Int64) -> Bool {
    names.withLock { names in
      names = names.filter { $0.value > now }
      if names[name] != nil { return false }
      names[name] = expiresAt
      return true
    }
  }
}
