// Reads the short ASCII texts of times and offsets byte by byte. Refuses nothing itself: what does not fit reads as
// nil.

/// A position in a text of ASCII.
struct ByteScanner {
  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(_ text: String) { self.init(Array(text.utf8)) }

  var isAtEnd: Bool { index == bytes.count }

  var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// Steps over the byte of this character; false where another, or none, stands here.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard let next, UInt32(next) == character.value else { return false }
    index += 1
    return true
  }

  /// Steps over these bytes; false where others stand here.
  mutating func skip(_ text: String) -> Bool {
    guard bytes[index...].starts(with: text.utf8) else { return false }
    index += text.utf8.count
    return true
  }

  /// The next byte if it is wanted.
  mutating func take(where isWanted: (UInt8) -> Bool) -> UInt8? {
    guard let next, isWanted(next) else { return nil }
    index += 1
    return next
  }

  /// The values of the digits that stand here, none to many.
  mutating func digits() -> [UInt8] {
    var digits: [UInt8] = []
    while let digit = take(where: { (0x30...0x39).contains($0) }) { digits.append(digit - 0x30) }
    return digits
  }

  /// A number of so many digits; nil where there are fewer or more, or where it is out of range.
  mutating func number(digits counts: ClosedRange<Int>, in range: ClosedRange<Int>) -> Int? {
    let digits = digits()
    guard counts.contains(digits.count) else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1) }
    return range.contains(value) ? value : nil
  }
}
