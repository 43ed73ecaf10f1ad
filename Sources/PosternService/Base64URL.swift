// Base64 with the alphabet for URLs and without padding (RFC 4648, 5). Refuses padding, other letters, and a last letter with bits
// that no byte has, so that a value has one spelling.

enum Base64URL {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  static func text(_ bytes: some Sequence<UInt8>) -> String {
    var letters: [UInt8] = []
    letters.reserveCapacity((bytes.underestimatedCount * 4 + 2) / 3)
    var bits: UInt32 = 0
    var bitCount = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      bitCount += 8
      while bitCount >= 6 {
        bitCount -= 6
        letters.append(alphabet[Int(bits >> UInt32(bitCount) & 63)])
      }
    }
    if bitCount > 0 { letters.append(alphabet[Int(bits << UInt32(6 - bitCount) & 63)]) }
    return String(decoding: letters, as: UTF8.self)
  }

  static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var bitCount = 0
    for letter in text.utf8 {
      guard let value = value(of: letter) else { return nil }
      bits = bits << 6 | value
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
      }
    }
    // One letter alone is no byte, and what is left of the last one must be nothing.
    if bitCount >= 6 || bits & (1 << UInt32(bitCount) - 1) != 0 { return nil }
    return bytes
  }

  /// Whether `text` is what `byteCount` bytes are written as.
  static func isText(_ text: String, ofByteCount byteCount: Int) -> Bool {
    let bitCount = 8 * byteCount
    guard text.utf8.count == (bitCount + 5) / 6 else { return false }
    var last: UInt32 = 0
    for letter in text.utf8 {
      guard let value = value(of: letter) else { return false }
      last = value
    }
    let spareBits = UInt32(text.utf8.count * 6 - bitCount)
    return last & (1 << spareBits - 1) == 0
  }

  /// The bytes of base64 with the ordinary alphabet and padding (RFC 4648, 4), as `Basic` credentials have it.
  static func bytes(ofBase64 text: some StringProtocol) -> [UInt8]? {
    guard text.utf8.count % 4 == 0, !text.contains("-"), !text.contains("_") else { return nil }
    var letters = Array(text.utf8)
    for _ in 0..<2 where letters.last == UInt8(ascii: "=") { letters.removeLast() }
    for index in letters.indices {
      if letters[index] == UInt8(ascii: "+") { letters[index] = UInt8(ascii: "-") }
      if letters[index] == UInt8(ascii: "/") { letters[index] = UInt8(ascii: "_") }
    }
    return bytes(String(decoding: letters, as: UTF8.self))
  }

  private static func value(of letter: UInt8) -> UInt32? {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "-"): 62
    case UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
