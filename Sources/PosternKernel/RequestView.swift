// A request's facts as ranges of the caller's text, checked once (docs/decision.md, "Comparison" and row 1). After this no
// look at the request can leave the buffer. Refuses what is too long, lies outside, or is not a text.

internal import CPostern

/// A range of the caller's text; absent is not the same as empty.
struct TextRange {
  var offset: Int
  /// -1 where the fact is absent.
  var count: Int

  var isAbsent: Bool { count < 0 }
  var isEmpty: Bool { count <= 0 }

  /// The range of a cell; nil where it is neither absent nor a text inside `text`, or longer than `limit`.
  @inline(__always) init?(_ cell: postern_cell, textCount: Int, limit: Int) {
    if cell.tag == UInt8(truncatingIfNeeded: POSTERN_ABSENT) {
      offset = 0
      count = -1
      return
    }
    let byteCount = Int(cell.length)
    if cell.tag != UInt8(truncatingIfNeeded: POSTERN_TEXT) || byteCount > limit || byteCount > textCount { return nil }
    if cell.value > UInt64(textCount &- byteCount) { return nil }
    offset = Int(truncatingIfNeeded: cell.value)
    count = byteCount
  }
}

extension Span where Element == UInt8 {
  /// Whether `range` holds exactly `expected`.
  @inline(__always) func equals(_ range: TextRange, _ expected: StaticString) -> Bool {
    range.count == expected.utf8CodeUnitCount && hasPrefix(range, expected)
  }

  /// Whether `range` begins with `expected`.
  func hasPrefix(_ range: TextRange, _ expected: StaticString) -> Bool {
    if range.count < expected.utf8CodeUnitCount { return false }
    var index = 0
    while index < expected.utf8CodeUnitCount {
      if self[range.offset &+ index] != expected.byte(index) { return false }
      index &+= 1
    }
    return true
  }

  /// Whether `range` holds `expected`, which is lower case, with ASCII letters folded.
  func equalsFolded(_ range: TextRange, _ expected: StaticString) -> Bool {
    if range.count != expected.utf8CodeUnitCount { return false }
    var index = 0
    while index < range.count {
      if ASCII.lowercased(self[range.offset &+ index]) != expected.byte(index) { return false }
      index &+= 1
    }
    return true
  }
}

/// How the method bears on the decision.
struct Method: Equatable {
  let rawValue: UInt8

  static var get: Method { Method(rawValue: 0) }
  static var head: Method { Method(rawValue: 1) }
  static var options: Method { Method(rawValue: 2) }
  static var other: Method { Method(rawValue: 3) }

  var isGetOrHead: Bool { rawValue <= 1 }
}

/// The checked ranges of a request.
struct RequestView {
  static let methodLimit = 64
  static let queryLimit = 16_384
  static let headerLimit = 8_192

  let method: Method
  let host: TextRange
  let path: TextRange
  let query: TextRange
  let xRequestedWith: TextRange
  let secFetchMode: TextRange
  let secPurpose: TextRange
  let accept: TextRange
  let isWebSocket: Bool

  /// Whether the browser fetches ahead of the person.
  var isSpeculative: Bool

  /// Checks every text of `request`; nil where one of them is malformed. Host and path are checked for their range only.
  init?(_ request: postern_request, text: Span<UInt8>) {
    let textCount = text.count
    guard let methodRange = TextRange(request.method, textCount: textCount, limit: Self.methodLimit),
      let host = TextRange(request.host, textCount: textCount, limit: Host.byteLimit),
      let path = TextRange(request.path, textCount: textCount, limit: Path.byteLimit),
      let query = TextRange(request.query, textCount: textCount, limit: Self.queryLimit),
      let xRequestedWith = TextRange(request.x_requested_with, textCount: textCount, limit: Self.headerLimit),
      let secFetchMode = TextRange(request.sec_fetch_mode, textCount: textCount, limit: Self.headerLimit),
      let secPurpose = TextRange(request.sec_purpose, textCount: textCount, limit: Self.headerLimit),
      let accept = TextRange(request.accept, textCount: textCount, limit: Self.headerLimit),
      let upgrade = TextRange(request.upgrade, textCount: textCount, limit: Self.headerLimit),
      Self.areTextsOrAbsent(request, textCount: textCount)
    else { return nil }
    guard let (method, isWebSocket) = Self.method(methodRange, upgrade: upgrade, text: text) else { return nil }
    self.method = method
    self.isWebSocket = isWebSocket
    self.host = host
    self.path = path
    self.query = query
    self.xRequestedWith = xRequestedWith
    self.secFetchMode = secFetchMode
    self.secPurpose = secPurpose
    self.accept = accept
    isSpeculative = text.hasPrefix(secPurpose, "prefetch")
  }

  /// Checks the texts that only conditions and the gate read.
  @inline(__always)
  private static func areTextsOrAbsent(_ request: postern_request, textCount: Int) -> Bool {
    TextRange(request.sec_fetch_dest, textCount: textCount, limit: headerLimit) != nil
      && TextRange(request.sec_fetch_site, textCount: textCount, limit: headerLimit) != nil
      && TextRange(request.origin, textCount: textCount, limit: headerLimit) != nil
      && TextRange(request.access_control_request_method, textCount: textCount, limit: headerLimit) != nil
      && TextRange(request.scheme, textCount: textCount, limit: methodLimit) != nil
      && TextRange(request.client_address, textCount: textCount, limit: headerLimit) != nil
  }

  /// The method and whether the request is a WebSocket handshake; nil where the method is malformed.
  private static func method(_ range: TextRange, upgrade: TextRange, text: Span<UInt8>) -> (Method, Bool)? {
    if text.equals(range, "GET") { return (.get, asksForWebSocket(upgrade, text: text)) }
    if text.equals(range, "HEAD") { return (.head, false) }
    if text.equals(range, "OPTIONS") { return (.options, false) }
    if text.equals(range, "CONNECT") { return asksForWebSocket(upgrade, text: text) ? (.get, true) : nil }
    if range.isEmpty || text.equals(range, "TRACE") { return nil }
    var index = range.offset
    while index < range.offset &+ range.count {
      if !isTokenByte(text[index]) { return nil }
      index &+= 1
    }
    return (.other, false)
  }

  /// `tchar` of RFC 9110, 5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    if ASCII.isLetter(byte) || ASCII.isDigit(byte) { return true }
    switch byte {
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      return true
    default: return false
    }
  }

  /// Whether a comma-separated token of `Upgrade` is `websocket` (RFC 6455, 4.2.1: any letter case).
  private static func asksForWebSocket(_ upgrade: TextRange, text: Span<UInt8>) -> Bool {
    if upgrade.isEmpty { return false }
    let end = upgrade.offset &+ upgrade.count
    var start = upgrade.offset
    while start <= end {
      var stop = start
      while stop < end, text[stop] != UInt8(ascii: ",") { stop &+= 1 }
      if text.equalsFolded(text.trimmed(from: start, to: stop), "websocket") { return true }
      start = stop &+ 1
    }
    return false
  }
}

extension Span where Element == UInt8 {
  /// The range without blanks and tabs at either end.
  func trimmed(from start: Int, to end: Int) -> TextRange {
    var first = start
    var last = end
    while first < last, isBlank(self[first]) { first &+= 1 }
    while last > first, isBlank(self[last &- 1]) { last &-= 1 }
    return TextRange(offset: first, count: last &- first)
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

extension TextRange {
  /// A range that is known to lie inside the text.
  init(offset: Int, count: Int) {
    self.offset = offset
    self.count = count
  }
}
