// The two query parameters that the gate reads (docs/decision.md row 3). All other parameters are the app's own.

internal import CPostern

/// What the query asks of the gate.
struct QueryRequest {
  var mode: UInt8 = 0
  /// Whether `gcp-iap-mode=SECURE_TOKEN_TEST` stands there.
  var isTokenTest = false
  var tokenTest = UInt8(truncatingIfNeeded: POSTERN_TOKEN_TEST_NOT_SET)

  /// Whether all parameters are the app's own.
  var isNothing: Bool { mode == 0 && !isTokenTest }
}

enum Query {
  /// Reads the first `gcp-iap-mode` and, where it asks for a test, the first `iap-secure-token-test-type`.
  @inline(__always)
  static func read(_ range: TextRange, text: Span<UInt8>) -> QueryRequest {
    range.isEmpty ? QueryRequest() : readParameters(range, text: text)
  }

  private static func readParameters(_ range: TextRange, text: Span<UInt8>) -> QueryRequest {
    var request = QueryRequest()
    guard let mode = firstValue(of: "gcp-iap-mode", in: range, text: text) else { return request }
    request.isTokenTest = text.equalsDecoded(mode, "SECURE_TOKEN_TEST")
    if !request.isTokenTest {
      request.mode = self.mode(mode, text: text)
    } else if let type = firstValue(of: "iap-secure-token-test-type", in: range, text: text) {
      request.tokenTest = tokenTest(type, text: text)
    }
    return request
  }

  private static func mode(_ value: TextRange, text: Span<UInt8>) -> UInt8 {
    if text.equalsDecoded(value, "DO_SESSION_REFRESH") {
      return UInt8(truncatingIfNeeded: POSTERN_MODE_DO_SESSION_REFRESH)
    }
    if text.equalsDecoded(value, "SESSION_REFRESHER") {
      return UInt8(truncatingIfNeeded: POSTERN_MODE_SESSION_REFRESHER)
    }
    if text.equalsDecoded(value, "GCIP_SIGNOUT") { return UInt8(truncatingIfNeeded: POSTERN_MODE_GCIP_SIGNOUT) }
    if text.equalsDecoded(value, "CLEAR_LOGIN_COOKIE") {
      return UInt8(truncatingIfNeeded: POSTERN_MODE_CLEAR_LOGIN_COOKIE)
    }
    if text.equalsDecoded(value, "IDENTITY") { return UInt8(truncatingIfNeeded: POSTERN_MODE_IDENTITY) }
    return UInt8(truncatingIfNeeded: POSTERN_MODE_NONE)
  }

  private static func tokenTest(_ value: TextRange, text: Span<UInt8>) -> UInt8 {
    if text.equalsDecoded(value, "FUTURE_ISSUE") { return UInt8(truncatingIfNeeded: POSTERN_TOKEN_TEST_FUTURE_ISSUE) }
    if text.equalsDecoded(value, "PAST_EXPIRATION") {
      return UInt8(truncatingIfNeeded: POSTERN_TOKEN_TEST_PAST_EXPIRATION)
    }
    if text.equalsDecoded(value, "ISSUER") { return UInt8(truncatingIfNeeded: POSTERN_TOKEN_TEST_ISSUER) }
    if text.equalsDecoded(value, "AUDIENCE") { return UInt8(truncatingIfNeeded: POSTERN_TOKEN_TEST_AUDIENCE) }
    if text.equalsDecoded(value, "SIGNATURE") { return UInt8(truncatingIfNeeded: POSTERN_TOKEN_TEST_SIGNATURE) }
    return UInt8(truncatingIfNeeded: POSTERN_TOKEN_TEST_NOT_SET)
  }

  /// The value of the first parameter of that name, still encoded; nil where there is none.
  private static func firstValue(of name: StaticString, in range: TextRange, text: Span<UInt8>) -> TextRange? {
    let end = range.offset &+ range.count
    var start = range.offset
    while start < end {
      var equals = -1
      var stop = start
      while stop < end, text[stop] != UInt8(ascii: "&") {
        if equals < 0 && text[stop] == UInt8(ascii: "=") { equals = stop }
        stop &+= 1
      }
      let nameEnd = equals < 0 ? stop : equals
      if text.equalsDecoded(TextRange(offset: start, count: nameEnd &- start), name) {
        return equals < 0
          ? TextRange(offset: stop, count: 0) : TextRange(offset: equals &+ 1, count: stop &- equals &- 1)
      }
      start = stop &+ 1
    }
    return nil
  }
}

extension Span where Element == UInt8 {
  /// Whether `range`, percent-decoded once, is `expected`; a bad escape equals nothing.
  func equalsDecoded(_ range: TextRange, _ expected: StaticString) -> Bool {
    // Too short to hold it, or too long even if every byte is escaped.
    if range.count < expected.utf8CodeUnitCount || range.count > 3 &* expected.utf8CodeUnitCount { return false }
    var offset = range.offset
    let end = range.offset &+ range.count
    var index = 0
    while offset < end {
      var byte = self[offset]
      if byte == UInt8(ascii: "%") {
        if offset &+ 2 >= end { return false }
        guard let high = ASCII.hexadecimalValue(self[offset &+ 1]) else { return false }
        guard let low = ASCII.hexadecimalValue(self[offset &+ 2]) else { return false }
        byte = high << 4 | low
        offset &+= 2
      }
      if index >= expected.utf8CodeUnitCount || byte != expected.byte(index) { return false }
      index &+= 1
      offset &+= 1
    }
    return index == expected.utf8CodeUnitCount
  }
}
