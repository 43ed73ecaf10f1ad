// Durations as text: `1h45m47.5s` is read, `6347.5s` is written. Refuses numbers without a unit (but for `0`), units it
// does not know, exponents, spaces, and what passes the range of durations.

extension CELDuration {
  /// The duration of a text of numbers with units (h, m, s, ms, us, ns), as `-1h30.5m`; nil where it is none or out of
  /// range.
  ///
  /// What is finer than a nanosecond is cut off.
  public init?(text: String) {
    var scanner = ByteScanner(text)
    let isNegative = scanner.skip("-")
    if !isNegative { _ = scanner.skip("+") }
    guard let magnitude = Self.magnitude(&scanner) else { return nil }
    self.init(totalNanoseconds: isNegative ? -magnitude : magnitude)
  }

  /// Seconds with a fraction as short as its value allows: `6347.5s`.
  public var text: String {
    let sign = seconds < 0 || nanoseconds < 0 ? "-" : ""
    return "\(sign)\(seconds.magnitude)\(fractionText(nanoseconds: nanoseconds))s"
  }

  /// Nanoseconds of each unit, the longer name before the one that it starts with.
  private static let units: [(name: String, nanoseconds: Int128)] = [
    ("ns", 1), ("us", 1000), ("\u{B5}s", 1000), ("\u{3BC}s", 1000), ("ms", 1_000_000),
    ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
  ]

  private static func magnitude(_ scanner: inout ByteScanner) -> Int128? {
    var zero = scanner
    if zero.skip("0"), zero.isAtEnd { return 0 }
    var total: Int128 = 0
    repeat {
      let whole = scanner.digits()
      let fraction = scanner.skip(".") ? scanner.digits() : []
      guard !whole.isEmpty || !fraction.isEmpty else { return nil }
      guard
        let unit = units.first(where: { scanner.skip($0.name) }),
        let part = nanoseconds(whole: whole, fraction: fraction, unit: unit.nanoseconds)
      else { return nil }
      total += part
      guard total <= largestMagnitude else { return nil }
    } while !scanner.isAtEnd
    return total
  }

  private static let largestMagnitude = Int128(secondsRange.upperBound + 1) * 1_000_000_000

  /// nil where it is more than any duration.
  private static func nanoseconds(whole: [UInt8], fraction: [UInt8], unit: Int128) -> Int128? {
    var count: Int128 = 0
    for digit in whole {
      count = count * 10 + Int128(digit)
      guard count <= largestMagnitude else { return nil }
    }
    var part: Int128 = 0
    var scale: Int128 = 1
    // Eighteen digits of an hour are already finer than a nanosecond.
    for digit in fraction.prefix(18) {
      part = part * 10 + Int128(digit)
      scale *= 10
    }
    return count * unit + part * unit / scale
  }
}
