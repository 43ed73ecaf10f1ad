// The path of a request in its decoded and its normal form (docs/decision.md, "Comparison" and "The two-form rule").
// A path that needs no work is found so 8 bytes a step and used where it lies; any other is written into the caller's scratch.

/// What became of a raw path.
struct PathForms {
  /// What the two forms are: a number with static members, for an enum would drag `Hasher` into the archive.
  struct Shape: Equatable {
    let rawValue: UInt8

    static var malformed: Shape { Shape(rawValue: 0) }
    /// Both forms are the first `normalCount` bytes of the scratch's second half.
    static var decoded: Shape { Shape(rawValue: 1) }
    /// The decoded form lies in the scratch's first half, the normal form in its second.
    static var two: Shape { Shape(rawValue: 2) }
  }

  var shape: Shape
  var decodedCount = 0
  var normalCount = 0
  /// Whether `%2F` or `%25` stands in it: then its routes must allow them.
  var hasExemptEscape = false
}

enum Path {
  static let byteLimit = 8_192
  /// Where the normal form begins in the scratch.
  static let normalOffset = 8_192

  /// Writes the forms of `raw`, for which `isPlain` said no, into `scratch` (16,384 bytes).
  static func forms(_ raw: Span<UInt8>, scratch: inout MutableSpan<UInt8>) -> PathForms {
    if raw.isEmpty || raw.count > byteLimit || raw[0] != UInt8(ascii: "/") { return PathForms(shape: .malformed) }
    guard var forms = decode(raw, into: &scratch) else { return PathForms(shape: .malformed) }
    guard isUTF8(scratch.span, TextRange(offset: 0, count: forms.decodedCount)) else {
      return PathForms(shape: .malformed)
    }
    guard let normalCount = normalize(&scratch, decodedCount: forms.decodedCount) else {
      return PathForms(shape: .malformed)
    }
    forms.normalCount = normalCount
    let isSame = normalCount == forms.decodedCount && areEqual(scratch.span, count: normalCount)
    forms.shape = isSame ? .decoded : .two
    return forms
  }

  // MARK: the decoded form

  /// Decodes every escape once into the scratch's first half; nil where the path is malformed.
  private static func decode(_ raw: Span<UInt8>, into scratch: inout MutableSpan<UInt8>) -> PathForms? {
    var forms = PathForms(shape: .two)
    var count = 0
    var offset = 0
    while offset < raw.count {
      let byte = raw[offset]
      if byte != UInt8(ascii: "%") {
        if isMalformed(raw: byte) { return nil }
        scratch[count] = byte
        count &+= 1
        offset &+= 1
        continue
      }
      guard let decoded = escape(raw, at: offset) else { return nil }
      if decoded == UInt8(ascii: "/") || decoded == UInt8(ascii: "%") {
        // Exempt escapes stay as written, in upper case; whether the route allows them is asked later.
        writeExempt(decoded, into: &scratch, at: count)
        forms.hasExemptEscape = true
        count &+= 3
      } else if isMalformed(decoded: decoded) {
        return nil
      } else {
        scratch[count] = decoded
        count &+= 1
      }
      offset &+= 3
    }
    forms.decodedCount = count
    return holdsDotsBeforeParameter(scratch.span, count: count) ? nil : forms
  }

  /// The byte that the escape at `offset` stands for; nil for a bad escape.
  private static func escape(_ raw: Span<UInt8>, at offset: Int) -> UInt8? {
    if offset &+ 2 >= raw.count { return nil }
    guard let high = ASCII.hexadecimalValue(raw[offset &+ 1]) else { return nil }
    guard let low = ASCII.hexadecimalValue(raw[offset &+ 2]) else { return nil }
    return high << 4 | low
  }

  private static func writeExempt(_ byte: UInt8, into scratch: inout MutableSpan<UInt8>, at index: Int) {
    scratch[index] = UInt8(ascii: "%")
    scratch[index &+ 1] = UInt8(ascii: "2")
    scratch[index &+ 2] = byte == UInt8(ascii: "/") ? UInt8(ascii: "F") : UInt8(ascii: "5")
  }

  private static func isMalformed(raw byte: UInt8) -> Bool {
    if byte <= 0x20 || byte >= 0x7F { return true }
    return byte == UInt8(ascii: "#") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "\\")
  }

  private static func isMalformed(decoded byte: UInt8) -> Bool {
    if byte < 0x20 || byte == 0x7F { return true }
    return byte == UInt8(ascii: "\\") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "?")
      || byte == UInt8(ascii: "#")
  }

  /// Whether `..;` stands anywhere: servers disagree on what it means.
  private static func holdsDotsBeforeParameter(_ text: Span<UInt8>, count: Int) -> Bool {
    var index = 2
    while index < count {
      if text[index] == UInt8(ascii: ";") && text[index &- 1] == UInt8(ascii: ".")
        && text[index &- 2] == UInt8(ascii: ".")
      {
        return true
      }
      index &+= 1
    }
    return false
  }

  // MARK: the normal form

  /// Writes the normal form of the scratch's first half into its second; nil for `..` past the root.
  private static func normalize(_ scratch: inout MutableSpan<UInt8>, decodedCount: Int) -> Int? {
    // `end` is one past the last byte written; what is written always ends a segment with its slash ahead: "/a/b".
    var end = 0
    var offset = 0
    var endsOpen = false
    while offset < decodedCount {
      // At a slash: find the segment after it, without its parameters.
      let start = offset &+ 1
      var stop = start
      while stop < decodedCount, scratch[stop] != UInt8(ascii: "/"), scratch[stop] != UInt8(ascii: ";") { stop &+= 1 }
      offset = stop
      while offset < decodedCount, scratch[offset] != UInt8(ascii: "/") { offset &+= 1 }
      let dots = dotCount(scratch.span, from: start, to: stop)
      endsOpen = dots > 0 || start == stop
      if dots == 2 {
        if end == 0 { return nil }
        end = parentEnd(scratch.span, end: end)
      } else if dots == 0 && start != stop {
        end = append(&scratch, from: start, to: stop, at: end)
      }
    }
    if endsOpen || end == 0 {
      // An empty or dot segment at the end leaves a slash behind (RFC 3986, 5.2.4).
      scratch[normalOffset &+ end] = UInt8(ascii: "/")
      end &+= 1
    }
    return end
  }

  /// 1 for `.`, 2 for `..`, otherwise 0.
  private static func dotCount(_ text: Span<UInt8>, from start: Int, to stop: Int) -> Int {
    let count = stop &- start
    if count < 1 || count > 2 || text[start] != UInt8(ascii: ".") { return 0 }
    return text[stop &- 1] == UInt8(ascii: ".") ? count : 0
  }

  private static func parentEnd(_ text: Span<UInt8>, end: Int) -> Int {
    var index = end &- 1
    while index > 0, text[normalOffset &+ index] != UInt8(ascii: "/") { index &-= 1 }
    return index
  }

  private static func append(_ scratch: inout MutableSpan<UInt8>, from start: Int, to stop: Int, at end: Int) -> Int {
    scratch[normalOffset &+ end] = UInt8(ascii: "/")
    var target = normalOffset &+ end &+ 1
    var index = start
    while index < stop {
      scratch[target] = scratch[index]
      target &+= 1
      index &+= 1
    }
    return target &- normalOffset
  }

  private static func areEqual(_ scratch: Span<UInt8>, count: Int) -> Bool {
    var index = 0
    while index < count {
      if scratch[index] != scratch[normalOffset &+ index] { return false }
      index &+= 1
    }
    return true
  }

  // MARK: UTF-8

  /// Whether what stands in `range` is well-formed UTF-8 (Unicode 16, table 3-7).
  static func isUTF8(_ text: Span<UInt8>, _ range: TextRange) -> Bool {
    var index = range.offset
    let end = range.offset &+ range.count
    while index < end {
      // Most texts are ASCII: eight bytes at once.
      if text.word(index, byteCount: min(8, end &- index)) & 0x8080_8080_8080_8080 == 0 {
        index &+= 8
        continue
      }
      let size = sequenceByteCount(text, at: index, end: end)
      if size == 0 { return false }
      index &+= size
    }
    return true
  }

  /// The byte count of the well-formed sequence at `index`; 0 where there is none.
  private static func sequenceByteCount(_ text: Span<UInt8>, at index: Int, end: Int) -> Int {
    let first = text[index]
    if first < 0x80 { return 1 }
    if first < 0xC2 || first > 0xF4 { return 0 }
    let size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    if index &+ size > end { return 0 }
    // The second byte's range excludes overlong forms, surrogates and what lies above U+10FFFF.
    let low: UInt8 = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80
    let high: UInt8 = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF
    let second = text[index &+ 1]
    if second < low || second > high { return 0 }
    var next = 2
    while next < size {
      if text[index &+ next] & 0xC0 != 0x80 { return 0 }
      next &+= 1
    }
    return size
  }

  // MARK: prefixes

  /// Whether the prefix of `prefixCount` bytes ends where a segment of `path` does.
  @inline(__always) static func endsSegment(_ path: Span<UInt8>, at prefixCount: Int) -> Bool {
    prefixCount == path.count || (prefixCount < path.count && path[prefixCount] == UInt8(ascii: "/"))
  }
}
