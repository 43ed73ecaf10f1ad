// Numbers: whole ones in base 10 and 16, unsigned with `u`, and doubles.
// Refuses those that their type cannot hold: a literal that silently becomes infinity or wraps is a wrong decision.

extension CELLexer {
  /// The number at `offset`, without a sign: that is the parser's.
  mutating func number() throws(CELIssue) -> CELToken {
    let start = offset
    if self[start] == UInt8(ascii: "0"), self[start + 1] == UInt8(ascii: "x") {
      offset += 2
      guard skipDigits(radix: 16) else { throw .noHexDigits(at: start..<offset) }
      return try wholeNumber(start, digits: start + 2..<offset, radix: 16)
    }
    skipDigits(radix: 10)
    let hasFraction = skipFraction()
    let hasExponent = skipExponent()
    guard hasFraction || hasExponent else { return try wholeNumber(start, digits: start..<offset, radix: 10) }
    return try double(start..<offset)
  }

  @discardableResult
  private mutating func skipDigits(radix: UInt32) -> Bool {
    let start = offset
    while let byte = self[offset], Self.digit(byte, radix: radix) != nil { offset += 1 }
    return offset > start
  }

  /// Only with a digit after it is a dot part of a number: `1.size()` is a method of one.
  private mutating func skipFraction() -> Bool {
    guard self[offset] == UInt8(ascii: "."), let next = self[offset + 1], Self.isDigit(next) else { return false }
    offset += 1
    return skipDigits(radix: 10)
  }

  private mutating func skipExponent() -> Bool {
    guard let letter = self[offset], letter | 0x20 == UInt8(ascii: "e") else { return false }
    let start = offset
    offset += 1
    if self[offset] == UInt8(ascii: "+") || self[offset] == UInt8(ascii: "-") { offset += 1 }
    if skipDigits(radix: 10) { return true }
    offset = start
    return false
  }

  private mutating func wholeNumber(
    _ start: Int, digits: Range<Int>, radix: UInt32
  ) throws(CELIssue) -> CELToken {
    let magnitude = magnitude(digits, radix: radix)
    let isUnsigned = self[offset].map { $0 | 0x20 == UInt8(ascii: "u") } ?? false
    if isUnsigned { offset += 1 }
    let range = start..<offset
    guard let magnitude else {
      throw .outOfRange(characters(range), of: isUnsigned ? "uint" : "int", at: range)
    }
    return CELToken(kind: isUnsigned ? .uint(magnitude) : .int(magnitude), range: range)
  }

  /// nil where it has more than 64 bits.
  private func magnitude(_ digits: Range<Int>, radix: UInt32) -> UInt64? {
    var magnitude: UInt64 = 0
    for byte in text[digits] {
      guard let digit = Self.digit(byte, radix: radix) else { return nil }
      let (product, productOverflows) = magnitude.multipliedReportingOverflow(by: UInt64(radix))
      let (sum, sumOverflows) = product.addingReportingOverflow(UInt64(digit))
      guard !productOverflows, !sumOverflows else { return nil }
      magnitude = sum
    }
    return magnitude
  }

  private func double(_ range: Range<Int>) throws(CELIssue) -> CELToken {
    let written = characters(range)
    // The standard library reads a leading dot no more than it reads a bare one.
    guard let value = Double(written.utf8.first == UInt8(ascii: ".") ? "0" + written : written), value.isFinite else {
      throw .outOfRange(written, of: "double", at: range)
    }
    return CELToken(kind: .double(value), range: range)
  }
}
