// A request's facts as ranges of the caller's text, checked once (docs/decision.md, "Comparison" and row 1). After this no
// look at the request can leave the buffer. Refuses what is too long, lies outside, or is not a text.

internal import CPostern

/// A range of the caller's text.
struct TextRange {
  var offset: Int
  /// -1 where the fact is absent and its reader tells that from an empty one.
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

extension TextRange {
  /// The range of a cell that `RequestView` has checked; empty where the fact is absent.
  @inline(__always) init(checked cell: postern_cell) {
    offset = Int(truncatingIfNeeded: cell.value)
    count = Int(cell.length)
  }
}

extension postern_cell {
  @inline(__always) var isAbsent: Bool { tag == UInt8(truncatingIfNeeded: POSTERN_ABSENT) }
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

/// The check of one cell after another.
private struct CellCheck {
  let textCount: UInt64
  /// The bits of all offsets: with the highest one, a sum could have wrapped.
  private var offsetBits: UInt64 = 0

  @inline(__always) init(textCount: Int) { self.textCount = UInt64(textCount) }

  @inline(__always) var areOffsetsSound: Bool { offsetBits >> 63 == 0 }

  /// Whether `cell` is absent, or ends inside the buffer and has at most `limit` bytes.
  @inline(__always) mutating func passes(_ cell: postern_cell, _ limit: Int) -> Bool {
    let head = cell.head
    if head == 0 { return true }
    // With the length below and the tag above, one comparison refuses another tag, a flag and a text that is too long.
    let byteCount = (head << 32 | head >> 32) &- UInt64(POSTERN_TEXT) << 32
    if byteCount > UInt64(limit) { return false }
    offsetBits |= cell.value
    return cell.value &+ byteCount <= textCount
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

/// The checks of a request's cells, and what of them the rows ask for again and again.
struct RequestView {
  static let methodLimit = 64
  static let queryLimit = 16_384
  static let headerLimit = 8_192

  let method: Method
  let isWebSocket: Bool

  /// What of a request with sound cells is asked for again and again; nil where the method is malformed.
  @inline(__always) init?(_ request: postern_request, text: Span<UInt8>) {
    let method = TextRange(checked: request.method)
    guard let (method, isWebSocket) = Self.method(method, upgrade: TextRange(checked: request.upgrade), text: text)
    else { return nil }
    self.method = method
    self.isWebSocket = isWebSocket
  }

  /// Whether it is what most requests are: a GET without an upgrade or a purpose, whose query asks nothing of the gate. No says
  /// nothing.
  @inline(__always) static func isUsual(_ request: postern_request, text: Span<UInt8>) -> Bool {
    let method = TextRange(checked: request.method)
    if request.upgrade.length | request.sec_purpose.length != 0 || method.count != 3 { return false }
    return text.begins(at: method.offset, get) && Query.read(TextRange(checked: request.query), text: text).isNothing
  }

  /// `GET` as a number.
  private static var get: UInt32 { 0x54_4547 }

  /// Whether every cell is absent or a text inside the buffer. Out of line, so that nothing else wants its registers.
  @inline(never) static func areCellsSound(_ request: postern_request, _ textCount: Int) -> Bool {
    var check = CellCheck(textCount: textCount)
    return check.passes(request.method, methodLimit) && check.passes(request.scheme, methodLimit)
      && check.passes(request.host, Host.byteLimit) && check.passes(request.path, Path.byteLimit)
      && check.passes(request.query, queryLimit) && check.passes(request.client_address, headerLimit)
      && check.passes(request.x_requested_with, headerLimit) && check.passes(request.sec_fetch_mode, headerLimit)
      && check.passes(request.sec_fetch_dest, headerLimit) && check.passes(request.sec_fetch_site, headerLimit)
      && check.passes(request.sec_purpose, headerLimit) && check.passes(request.accept, headerLimit)
      && check.passes(request.upgrade, headerLimit) && check.passes(request.origin, headerLimit)
      && check.passes(request.access_control_request_method, headerLimit) && check.areOffsetsSound
  }

  /// The method and whether the request is a WebSocket handshake; nil where the method is malformed.
  @inline(__always)
  private static func method(_ range: TextRange, upgrade: TextRange, text: Span<UInt8>) -> (Method, Bool)? {
    // Most requests: three bytes in one comparison.
    if range.count == 3 && text.begins(at: range.offset, get) {
      return (.get, asksForWebSocket(upgrade, text: text))
    }
    return otherMethod(range, upgrade: upgrade, text: text)
  }

  @inline(never)
  private static func otherMethod(_ range: TextRange, upgrade: TextRange, text: Span<UInt8>) -> (Method, Bool)? {
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
  @inline(__always)
  private static func asksForWebSocket(_ upgrade: TextRange, text: Span<UInt8>) -> Bool {
    !upgrade.isEmpty && namesWebSocket(upgrade, text: text)
  }

  private static func namesWebSocket(_ upgrade: TextRange, text: Span<UInt8>) -> Bool {
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
