// Which kind of challenge a request can follow (docs/decision.md, "Challenge"): a redirect only for a person's navigation.

internal import CPostern

enum Challenge {
  /// `redirect` or `unauthorized`, by the first row of the table that matches.
  static func verdict(_ hearing: Hearing, _ request: postern_request, _ text: Span<UInt8>, isBearer: Bool) -> UInt8 {
    isNavigation(hearing, request, text, isBearer: isBearer)
      ? UInt8(truncatingIfNeeded: POSTERN_REDIRECT) : UInt8(truncatingIfNeeded: POSTERN_UNAUTHORIZED)
  }

  private static func isNavigation(_ hearing: Hearing, _ request: postern_request, _ text: Span<UInt8>, isBearer: Bool)
    -> Bool
  {
    if isBearer || hearing.isWebSocket || !hearing.method.isGetOrHead { return false }
    let isScript = text.equalsFolded(TextRange(checked: request.x_requested_with), "xmlhttprequest")
    if isScript || isSpeculative(request, text: text) { return false }
    let mode = request.sec_fetch_mode
    if !mode.isAbsent { return text.equals(TextRange(checked: mode), "navigate") }
    return acceptsPage(TextRange(checked: request.accept), text: text)
  }

  /// Whether the browser fetches ahead of the person.
  @inline(__always) static func isSpeculative(_ request: postern_request, text: Span<UInt8>) -> Bool {
    let purpose = TextRange(checked: request.sec_purpose)
    return !purpose.isEmpty && text.hasPrefix(purpose, "prefetch")
  }

  /// Whether an element of `Accept` is a page's media type with a weight above 0.
  private static func acceptsPage(_ accept: TextRange, text: Span<UInt8>) -> Bool {
    if accept.isEmpty { return false }
    let end = accept.offset &+ accept.count
    var start = accept.offset
    while start <= end {
      let stop = text.firstUnquoted(UInt8(ascii: ","), from: start, to: end)
      if isPage(from: start, to: stop, text: text) { return true }
      start = stop &+ 1
    }
    return false
  }

  private static func isPage(from start: Int, to end: Int, text: Span<UInt8>) -> Bool {
    var stop = text.firstUnquoted(UInt8(ascii: ";"), from: start, to: end)
    let type = text.trimmed(from: start, to: stop)
    if !text.equalsFolded(type, "text/html") && !text.equalsFolded(type, "application/xhtml+xml") { return false }
    while stop < end {
      let next = text.firstUnquoted(UInt8(ascii: ";"), from: stop &+ 1, to: end)
      let parameter = text.trimmed(from: stop &+ 1, to: next)
      if isWeight(parameter, text: text) {
        return isPositiveWeight(TextRange(offset: parameter.offset &+ 2, count: parameter.count &- 2), text: text)
      }
      stop = next
    }
    return true
  }

  /// Whether the text before `=` is `q`; a `q` without `=` is a weight too, a malformed one.
  private static func isWeight(_ parameter: TextRange, text: Span<UInt8>) -> Bool {
    if parameter.isEmpty || text[parameter.offset] | 0x20 != UInt8(ascii: "q") { return false }
    return parameter.count == 1 || text[parameter.offset &+ 1] == UInt8(ascii: "=")
  }

  /// `qvalue` of RFC 9110, 12.4.2, above 0; a malformed one is 0.
  private static func isPositiveWeight(_ weight: TextRange, text: Span<UInt8>) -> Bool {
    if weight.isEmpty || weight.count > 5 { return false }
    let first = text[weight.offset]
    if first != UInt8(ascii: "0") && first != UInt8(ascii: "1") { return false }
    if weight.count > 1 && text[weight.offset &+ 1] != UInt8(ascii: ".") { return false }
    var isPositive = first == UInt8(ascii: "1")
    var index = 2
    while index < weight.count {
      let digit = text[weight.offset &+ index]
      if !ASCII.isDigit(digit) { return false }
      if digit != UInt8(ascii: "0") {
        if first == UInt8(ascii: "1") { return false }
        isPositive = true
      }
      index &+= 1
    }
    return isPositive
  }
}

extension Span where Element == UInt8 {
  /// Where `byte` first stands outside quoted strings, or `end`. A backslash escapes inside them.
  func firstUnquoted(_ byte: UInt8, from start: Int, to end: Int) -> Int {
    var index = start
    var isQuoted = false
    while index < end {
      let current = self[index]
      if isQuoted && current == UInt8(ascii: "\\") {
        index &+= 2
        continue
      }
      if current == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted && current == byte { return index }
      index &+= 1
    }
    return end
  }
}
