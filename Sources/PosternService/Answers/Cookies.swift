// The gate's own cookies (RFC 6265bis): each for one host, never sent by a page of another site but for a navigation. Refuses a cookie of
// ours that stands twice: somebody else wrote one of them.

/// Names of the gate's cookies.
enum GateCookie {
  static let session = "__Host-postern"
  static let login = "__Host-postern-login"
  static func attempt(_ slot: Int) -> String { "__Host-postern-attempt-\(slot)" }
  static func state(_ slot: Int) -> String { "__Host-postern-state-\(slot)" }

  /// How long a state may be, so that as many as there are slots fit into the 8 kB that servers take of a header's line as they come
  /// (nginx's `large_client_header_buffers`), beside the login.
  static let stateBytes = 900

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
  private struct Pair: Sendable {
    let name: Substring
    let value: Substring
  }

  private let pairs: [Pair]

  init(_ headers: Headers) { pairs = headers.values("cookie").flatMap(Self.pairs) }

  /// What of a pair stands before one of ours that came behind a comma: on a line of its own, which a proxy has joined to another. Such a
  /// one is nobody's, for any host of the domain can write a comma into a cookie of ours; and it is never the app's.
  private static func withoutJoined(_ part: Substring.UTF8View) -> Substring.UTF8View {
    var rest = part
    while let comma = rest.firstIndex(of: UInt8(ascii: ",")) {
      rest = rest[part.index(after: comma)...]
      let text = Substring(rest).trimmed.utf8
      let next = text.dropFirst(GateCookie.prefix.utf8.count).first
      if text.starts(with: GateCookie.prefix.utf8), next == UInt8(ascii: "=") || next == UInt8(ascii: "-") {
        return part[..<comma]
      }
    }
    return part
  }

  /// The pairs of a line. Bytes are looked at, never letters: a browser's header is long.
  private static func pairs(of line: String) -> [Pair] {
    var pairs: [Pair] = []
    var rest = line.utf8[...]
    while !rest.isEmpty {
      let whole = rest.prefix { $0 != UInt8(ascii: ";") }
      rest = rest[whole.endIndex...].dropFirst()
      let part = withoutJoined(whole)
      guard let mark = part.firstIndex(of: UInt8(ascii: "=")) else { continue }
      pairs.append(
        Pair(name: Substring(part[..<mark]).trimmed, value: Substring(part[part.index(after: mark)...]).trimmed))
    }
    return pairs
  }

  private static func isOurs(_ name: Substring) -> Bool { name.utf8.starts(with: GateCookie.prefix.utf8) }

  /// What is known of one of our cookies.
  enum Found: Equatable {
    case absent
    case repeated
    case value(String)
  }

  subscript(name: String) -> Found {
    var found = Found.absent
    for pair in pairs where pair.name.utf8.elementsEqual(name.utf8) {
      found = found == .absent ? .value(String(pair.value)) : .repeated
    }
    return found
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
  var ourNames: [String] { pairs.filter { Self.isOurs($0.name) }.map { String($0.name) } }

  /// What is left for the app: nil where nothing is.
  var forApp: String? {
    var kept: String?
    for pair in pairs where !Self.isOurs(pair.name) {
      kept = (kept.map { $0 + "; " } ?? "") + pair.name + "=" + pair.value
    }
    return kept
  }
}
