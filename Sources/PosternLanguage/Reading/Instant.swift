// Instants as people write them in tests and request files: RFC 3339, or so long before or after `now`. Refuses bare
// numbers and dates without an offset: an instant means the same everywhere.

/// Instants in milliseconds since 1970.
enum Instant {
  /// 2026-01-01T00:00:00Z: when a test decides unless it says otherwise.
  static let defaultNow: Int64 = 1_767_225_600_000

  static let expected = "`2026-03-02T10:00:00Z`, `now`, `3h ago` or `in 5m`"

  /// nil where the text is no instant.
  static func milliseconds(_ text: String, now: Int64) -> Int64? {
    if text == "now" { return now }
    if text.utf8.count > 4, text.hasSuffix(" ago") { return seconds(String(text.dropLast(4))).map { now - $0 * 1_000 } }
    if let later = text.after("in ") { return seconds(later).map { now + $0 * 1_000 } }
    // Seconds since 1970 have ten digits for the next two centuries, milliseconds thirteen: neither passes for the
    // other.
    if text.utf8.count == millisecondDigitCount, text.utf8.allSatisfy(ScalarReader.isDigit) { return Int64(text) }
    return timestamp(text)
  }

  private static let millisecondDigitCount = 13

  private static func seconds(_ text: String) -> Int64? {
    (try? ScalarReader.Duration.seconds(text)).map(Int64.init)
  }

  /// RFC 3339, section 5.6; fractions to the millisecond, further digits are refused.
  static func timestamp(_ text: String) -> Int64? {
    var rest = Cursor(bytes: Array(text.utf8))
    guard let year = rest.number(4), rest.take("-"), let month = rest.number(2), rest.take("-"),
      let day = rest.number(2), rest.take("T"), let hour = rest.number(2), rest.take(":"),
      let minute = rest.number(2), rest.take(":"), let second = rest.number(2)
    else { return nil }
    guard let fraction = rest.fraction(), let offset = rest.offsetSeconds(), rest.isAtEnd else { return nil }
    guard (1...12).contains(month), day >= 1, day <= dayCount(year, month), hour < 24, minute < 60, second < 60 else {
      return nil
    }
    let seconds = daysSince1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
    return seconds * 1_000 + fraction
  }

  private static func dayCount(_ year: Int64, _ month: Int64) -> Int64 {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Days of the proleptic Gregorian calendar, by years that begin in March.
  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month > 2 ? year : year - 1
    let monthFromMarch = (month + 9) % 12
    let daysOfYears = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400
    return daysOfYears + (monthFromMarch * 153 + 2) / 5 + day - 1 - 719_468
  }

  /// The bytes of a timestamp, taken from the front.
  private struct Cursor {
    var bytes: [UInt8]
    var index = 0

    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard index < bytes.count, UInt32(bytes[index]) == character.value else { return false }
      index += 1
      return true
    }

    mutating func number(_ digitCount: Int) -> Int64? {
      guard index + digitCount <= bytes.count else { return nil }
      let digits = bytes[index..<index + digitCount]
      guard digits.allSatisfy(ScalarReader.isDigit) else { return nil }
      index += digitCount
      return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// Milliseconds; 0 where there is no fraction.
    mutating func fraction() -> Int64? {
      guard take(".") else { return 0 }
      let digits = bytes[index...].prefix(while: ScalarReader.isDigit)
      guard (1...3).contains(digits.count) else { return nil }
      index += digits.count
      return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) } * [100, 10, 1][digits.count - 1]
    }

    mutating func offsetSeconds() -> Int64? {
      if take("Z") { return 0 }
      let sign: Int64
      if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
      guard let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60 else { return nil }
      return sign * (hours * 3_600 + minutes * 60)
    }
  }
}
