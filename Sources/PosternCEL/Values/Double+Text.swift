// Doubles as text, as the CEL project's Go implementation prints them (`%g`). Refuses nothing.

extension Double {
  /// The fewest digits that say this double, below 1e-4 and from 1e6 on with an exponent: `123.456`, `6.02214e+23`,
  /// `+Inf`.
  var shortestText: String {
    guard isFinite else { return isNaN ? "NaN" : self < 0 ? "-Inf" : "+Inf" }
    let sign = self.sign == .minus ? "-" : ""
    guard !isZero else { return sign + "0" }
    let (digits, exponent) = decimal
    return sign + (exponent < -4 || exponent >= 6 ? Self.scientific(digits, exponent) : Self.plain(digits, exponent))
  }

  /// The digits without zeros at either end, and the power of ten of the first.
  var decimal: (digits: [UInt8], exponent: Int) {
    let parts = magnitude.description.utf8.split(separator: UInt8(ascii: "e"))
    let written = parts.count == 2 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0
    let point = parts[0].firstIndex(of: UInt8(ascii: ".")) ?? parts[0].endIndex
    let wholeCount = parts[0].distance(from: parts[0].startIndex, to: point)
    let digits = parts[0].filter { $0 != UInt8(ascii: ".") }
    let zeroCount = digits.prefix { $0 == UInt8(ascii: "0") }.count
    let trimmed = digits.dropFirst(zeroCount).reversed().drop { $0 == UInt8(ascii: "0") }.reversed()
    return (Array(trimmed), written + wholeCount - 1 - zeroCount)
  }

  private static func scientific(_ digits: [UInt8], _ exponent: Int) -> String {
    let fraction = digits.count > 1 ? "." + text(digits[1...]) : ""
    let power = String(exponent.magnitude)
    return text(digits[..<1]) + fraction + "e" + (exponent < 0 ? "-" : "+") + (power.utf8.count < 2 ? "0" : "") + power
  }

  static func plain(_ digits: [UInt8], _ exponent: Int) -> String {
    guard exponent >= 0 else { return "0." + String(repeating: "0", count: -exponent - 1) + text(digits[...]) }
    let wholeCount = exponent + 1
    guard digits.count > wholeCount else {
      return text(digits[...]) + String(repeating: "0", count: wholeCount - digits.count)
    }
    return text(digits[..<wholeCount]) + "." + text(digits[wholeCount...])
  }

  private static func text(_ digits: ArraySlice<UInt8>) -> String { String(decoding: digits, as: UTF8.self) }
}
