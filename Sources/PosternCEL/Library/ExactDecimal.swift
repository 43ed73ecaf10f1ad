// Doubles in decimal without loss, and rounded once, half to even, on the exact value. Refuses infinities and NaN,
// which have no digits.

/// The magnitude of a double as decimal digits, exactly.
struct ExactDecimal {
  /// From the highest place; the last `fractionDigitCount` stand after the point.
  private let digits: [UInt8]
  private let fractionDigitCount: Int

  /// nil of infinities and NaN.
  ///
  /// Two to a negative power is five to that power's opposite over ten to it, so that no fraction is computed.
  init?(_ value: Double) {
    guard value.isFinite else { return nil }
    let isNormal = value.exponentBitPattern != 0
    let significand = value.significandBitPattern | (isNormal ? 1 << 52 : 0)
    let exponent = Int(isNormal ? value.exponentBitPattern : 1) - 1075
    var number = DecimalInteger(significand)
    number.multiply(by: exponent < 0 ? 5 : 2, times: exponent.magnitude)
    digits = number.digits
    fractionDigitCount = max(0, -exponent)
  }

  private init(digits: [UInt8], fractionDigitCount: Int) {
    self.digits = digits
    self.fractionDigitCount = fractionDigitCount
  }

  /// `123.450`: so many digits after the point.
  func fixed(_ count: Int) -> String {
    let rounded = rounded(toFractionDigits: count)
    let missing = max(0, count + 1 - rounded.digits.count)
    let all = [UInt8](repeating: 0, count: missing) + rounded.digits
    return Self.text(all.dropLast(count)) + (count > 0 ? "." + Self.text(all.suffix(count)) : "")
  }

  /// `1.234e+02`: one digit before the point and so many after it, two digits of exponent at least.
  func scientific(_ count: Int) -> String {
    guard let first = digits.firstIndex(where: { $0 != 0 }) else { return fixed(count) + "e+00" }
    var exponent = digits.count - fractionDigitCount - first - 1
    var rounded = rounded(toFractionDigits: count - exponent).digits.drop { $0 == 0 }
    if rounded.count > count + 1 {
      rounded = rounded.dropLast()
      exponent += 1
    }
    let fraction = count > 0 ? "." + Self.text(rounded.dropFirst()) : ""
    let power = padded(exponent < 0 ? -exponent : exponent, to: 2)
    return Self.text(rounded.prefix(1)) + fraction + "e" + (exponent < 0 ? "-" : "+") + power
  }

  /// With so many digits after the point, or rounded to a higher place where that is negative.
  private func rounded(toFractionDigits count: Int) -> ExactDecimal {
    let excess = fractionDigitCount - count
    guard excess > 0 else {
      let zeros = [UInt8](repeating: 0, count: -excess)
      return ExactDecimal(digits: digits + zeros, fractionDigitCount: count)
    }
    let missing = max(0, excess + 1 - digits.count)
    let all = [UInt8](repeating: 0, count: missing) + digits
    var kept = Array(all.dropLast(excess))
    if Self.roundsUp(all.suffix(excess), after: kept[kept.count - 1]) { Self.increment(&kept) }
    return ExactDecimal(digits: kept, fractionDigitCount: count)
  }

  private static func roundsUp(_ rest: ArraySlice<UInt8>, after last: UInt8) -> Bool {
    guard let first = rest.first, first >= 5 else { return false }
    let isHalf = first == 5 && rest.dropFirst().allSatisfy { $0 == 0 }
    return !isHalf || last % 2 == 1
  }

  private static func increment(_ digits: inout [UInt8]) {
    for index in digits.indices.reversed() {
      guard digits[index] == 9 else {
        digits[index] += 1
        return
      }
      digits[index] = 0
    }
    digits.insert(1, at: 0)
  }

  private static func text(_ digits: ArraySlice<UInt8>) -> String {
    String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self)
  }
}

/// A whole number of any size, nine decimal digits a limb, the lowest limb first.
private struct DecimalInteger {
  private var limbs: [UInt64]

  private static let base: UInt64 = 1_000_000_000

  init(_ value: UInt64) {
    limbs = [value % Self.base, value / Self.base % Self.base, value / Self.base / Self.base]
  }

  /// Thirteen fives, or thirty-one twos, are multiplied at once: the most that fit 32 bits.
  mutating func multiply(by factor: UInt64, times: UInt) {
    let step: UInt = factor == 5 ? 13 : 31
    let power = Self.power(factor, step)
    for _ in 0..<(times / step) { multiply(by: power) }
    multiply(by: Self.power(factor, times % step))
  }

  private static func power(_ factor: UInt64, _ times: UInt) -> UInt64 {
    (0..<times).reduce(1) { product, _ in product * factor }
  }

  private mutating func multiply(by factor: UInt64) {
    var carry: UInt64 = 0
    for index in limbs.indices {
      let product = limbs[index] * factor + carry
      limbs[index] = product % Self.base
      carry = product / Self.base
    }
    while carry > 0 {
      limbs.append(carry % Self.base)
      carry /= Self.base
    }
  }

  /// From the highest place, at least one, without zeros in front.
  var digits: [UInt8] {
    let all = limbs.reversed().flatMap { limb in
      padded(Int(limb), to: 9).utf8.map { $0 - 0x30 }
    }
    let significant = all.drop { $0 == 0 }
    return significant.isEmpty ? [0] : Array(significant)
  }
}

extension Double {
  /// `NaN`, `Infinity` and `-Infinity`; nil of all others.
  var nonfiniteText: String? {
    isNaN ? "NaN" : isInfinite ? (self < 0 ? "-Infinity" : "Infinity") : nil
  }

  /// `NaN` and infinities by name, all others by `positionalText`.
  var plainText: String { nonfiniteText ?? positionalText }

  /// The exact magnitude written by `write`, behind the sign.
  func formatted(_ write: (ExactDecimal) -> String) -> String {
    guard let exact = ExactDecimal(self) else { return nonfiniteText ?? "" }
    return (sign == .minus ? "-" : "") + write(exact)
  }

  /// The fewest digits that say this finite double, without an exponent: `2`, `2.71828`, `0.0000001`.
  var positionalText: String {
    let sign = self.sign == .minus ? "-" : ""
    guard !isZero else { return sign + "0" }
    let (digits, exponent) = decimal
    return sign + Self.plain(digits, exponent)
  }
}
