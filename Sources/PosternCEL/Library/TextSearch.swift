// Finds a text in another in time linear in both (Knuth, Morris and Pratt 1977), byte by byte: in UTF-8 no text starts
// inside a code point of another. Refuses nothing.

/// A text to be found in others.
struct TextSearch {
  private let pattern: [UInt8]
  /// For each prefix of the pattern, the length of the longest proper prefix that is also its suffix.
  private let borders: [Int]

  /// A pattern that is not empty.
  init(_ pattern: [UInt8]) {
    self.pattern = pattern
    borders = Self.borders(of: pattern)
  }

  /// The first offset at which the pattern stands, from `start` on.
  func firstOffset(in text: [UInt8], from start: Int = 0) -> Int? {
    var found: Int?
    visit(text[start...], isOverlapping: false) { offset in
      found = offset
      return false
    }
    return found
  }

  /// The last offset at which the pattern stands, up to `end`.
  func lastOffset(in text: [UInt8], upTo end: Int) -> Int? {
    var found: Int?
    visit(text[...], isOverlapping: true) { offset in
      guard offset <= end else { return false }
      found = offset
      return true
    }
    return found
  }

  /// The offsets at which the pattern stands without sharing bytes, from the left, at most `limit` of them.
  func offsets(in text: [UInt8], atMost limit: Int) -> [Int] {
    var offsets: [Int] = []
    guard limit > 0 else { return [] }
    visit(text[...], isOverlapping: false) { offset in
      offsets.append(offset)
      return offsets.count < limit
    }
    return offsets
  }

  /// Shows each offset at which the pattern stands until `wantsMore` says no.
  private func visit(_ text: ArraySlice<UInt8>, isOverlapping: Bool, _ wantsMore: (Int) -> Bool) {
    var matched = 0
    for index in text.indices {
      while matched > 0, text[index] != pattern[matched] { matched = borders[matched - 1] }
      if text[index] == pattern[matched] { matched += 1 }
      guard matched == pattern.count else { continue }
      guard wantsMore(index + 1 - matched) else { return }
      matched = isOverlapping ? borders[matched - 1] : 0
    }
  }

  private static func borders(of pattern: [UInt8]) -> [Int] {
    var borders = [0]
    var length = 0
    for byte in pattern.dropFirst() {
      while length > 0, byte != pattern[length] { length = borders[length - 1] }
      if byte == pattern[length] { length += 1 }
      borders.append(length)
    }
    return borders
  }
}

/// A text's bytes with positions counted in code points, as expressions count them.
struct CodePointText {
  let bytes: [UInt8]

  init(_ text: String) { bytes = Array(text.utf8) }

  /// Code points.
  var count: Int { index(ofOffset: bytes.count) }

  /// Code points before a byte.
  func index(ofOffset offset: Int) -> Int {
    bytes[..<offset].count { !Self.isContinuation($0) }
  }

  /// The byte at which a code point starts, one past the last included; nil where there are fewer code points.
  func offset(ofIndex index: Int64) -> Int? {
    guard index >= 0 else { return nil }
    var remaining = index
    for (offset, byte) in bytes.enumerated() where !Self.isContinuation(byte) {
      if remaining == 0 { return offset }
      remaining -= 1
    }
    return remaining == 0 ? bytes.count : nil
  }

  /// The text between two bytes at which code points start.
  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
