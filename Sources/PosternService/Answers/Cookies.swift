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

  static func expire(_ name: String, crossSite: Bool = false) -> String {
    set(name, "", maxAgeSeconds: 0, crossSite: crossSite)
  }
}

/// The cookies of a request.
struct Cookies: Sendable {
  private let pairs: [(name: Substring, value: Substring)]
  /// The header as it came, where there is one alone, and nothing of it is ours.
  private var whole: String?

  /// Bytes are looked at, never letters: a browser's header is long, and read for every request.
  init(_ headers: Headers) {
    var pairs: [(name: Substring, value: Substring)] = []
    var lineCount = 0
    for field in headers.fields where field.name == "cookie" {
      lineCount += 1
      whole = field.value
      Self.read(field.value, into: &pairs)
    }
    self.pairs = pairs
    if lineCount != 1 || pairs.contains(where: Self.isOurs) { whole = nil }
  }

  private static func read(_ line: String, into pairs: inout [(name: Substring, value: Substring)]) {
    for part in line.utf8.split(separator: UInt8(ascii: ";")) {
      guard let mark = part.firstIndex(of: UInt8(ascii: "=")) else { continue }
      pairs.append((Substring(part[..<mark]).trimmed, Substring(part[part.index(after: mark)...]).trimmed))
    }
  }

  private static func isOurs(_ pair: (name: Substring, value: Substring)) -> Bool {
    pair.name.utf8.starts(with: GateCookie.prefix.utf8)
  }

  /// What is known of one of our cookies.
  enum Found: Equatable {
    case absent
    case repeated
    case value(String)
  }

  subscript(name: String) -> Found {
    var found: Substring?
    for pair in pairs where pair.name == name {
      if found != nil { return .repeated }
      found = pair.value
    }
    return found.map { .value(String($0)) } ?? .absent
  }

  /// A slot whose cookie is not there, so that no tab pushes out another while there is room; any where there is none.
  func freeSlot(_ name: (Int) -> String) -> Int {
    let slots = 0..<LoginRequest.slotCount
    return slots.filter { self[name($0)] == .absent }.randomElement() ?? .random(in: slots)
  }

  func value(_ name: String) -> String? {
    if case .value(let value) = self[name] { return value }
    return nil
  }

  /// Names of ours.
  var ourNames: [String] { pairs.filter(Self.isOurs).map { String($0.name) } }

  /// What is left for the app: nil where nothing is.
  var forApp: String? {
    if let whole { return whole }
    let kept = pairs.filter { !Self.isOurs($0) }
    return kept.isEmpty ? nil : kept.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
  }
}
