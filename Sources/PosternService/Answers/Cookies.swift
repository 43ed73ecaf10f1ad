// The gate's own cookies (RFC 6265bis): each for one host, never sent by a page of another site but for a navigation. Refuses a cookie of
// ours that stands twice: somebody else wrote one of them.

/// Names of the gate's cookies.
enum GateCookie {
  static let session = "__Host-postern"
  static let login = "__Host-postern-login"
  static func attempt(_ slot: Int) -> String { "__Host-postern-attempt-\(slot)" }
  static func state(_ slot: Int) -> String { "__Host-postern-state-\(slot)" }

  /// What all of them begin with; nothing that does ever reaches an app.
  static let prefix = "__Host-postern"

  /// A `Set-Cookie` value.
  static func set(_ name: String, _ value: String, maxAgeSeconds: Int64? = nil, crossSite: Bool = false) -> String {
    let age = maxAgeSeconds.map { "; Max-Age=\($0)" } ?? ""
    let site = crossSite ? "SameSite=None; Partitioned" : "SameSite=Lax"
    return "\(name)=\(value); Path=/; Secure; HttpOnly; \(site)\(age)"
  }

  static func expire(_ name: String) -> String { set(name, "", maxAgeSeconds: 0) }
}

/// The cookies of a request.
struct Cookies {
  private let pairs: [(name: String, value: String)]

  init(_ headers: Headers) {
    pairs = headers.values("cookie").flatMap { $0.split(separator: ";") }.compactMap { part in
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return pair.count == 2 ? (pair[0].trimmed, pair[1].trimmed) : nil
    }
  }

  /// What is known of one of our cookies.
  enum Found: Equatable {
    case absent
    case repeated
    case value(String)
  }

  subscript(name: String) -> Found {
    let found = pairs.filter { $0.name == name }
    if found.count > 1 { return .repeated }
    return found.first.map { .value($0.value) } ?? .absent
  }

  func value(_ name: String) -> String? {
    if case .value(let value) = self[name] { return value }
    return nil
  }

  /// Names of ours that begin so.
  func names(prefix: String) -> [String] { pairs.map(\.name).filter { $0.hasPrefix(prefix) } }

  /// What is left for the app: nil where nothing is.
  var forApp: String? {
    let kept = pairs.filter { !$0.name.hasPrefix(GateCookie.prefix) }
    return kept.isEmpty ? nil : kept.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
  }
}
