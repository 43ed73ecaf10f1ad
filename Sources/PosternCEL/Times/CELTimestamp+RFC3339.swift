// Instants as text, as RFC 3339 writes them: `2026-01-31T09:30:00.5+01:00`. Refuses leap seconds, days that no month
// has, fractions finer than a nanosecond, small letters, and instants outside the years 1 to 9999 once they are in UTC.

extension CELTimestamp {
  /// The instant that an RFC 3339 date-time names; nil where the text is none, or the instant is out of range.
  public init?(rfc3339 text: String) {
    var scanner = ByteScanner(text)
    guard
      let days = Self.date(&scanner), scanner.skip("T"), let secondOfDay = Self.timeOfDay(&scanner),
      let nanoseconds = Self.fraction(&scanner), let offset = Self.offset(&scanner), scanner.isAtEnd
    else { return nil }
    self.init(seconds: days * CivilTime.secondsPerDay + secondOfDay - offset, nanoseconds: nanoseconds)
  }

  /// In UTC with `Z`, the fraction as short as its value allows: `2026-01-31T08:30:00.5Z`.
  public var rfc3339: String {
    let time = CivilTime(secondsSince1970: seconds)
    let date = "\(padded(time.year, to: 4))-\(padded(time.month, to: 2))-\(padded(time.day, to: 2))"
    let clock = "\(padded(time.hour, to: 2)):\(padded(time.minute, to: 2)):\(padded(time.second, to: 2))"
    return "\(date)T\(clock)\(fractionText(nanoseconds: nanoseconds))Z"
  }

  private static func date(_ scanner: inout ByteScanner) -> Int64? {
    guard
      let year = scanner.number(digits: 4...4, in: 0...9999), scanner.skip("-"),
      let month = scanner.number(digits: 2...2, in: 1...12), scanner.skip("-"),
      let day = scanner.number(digits: 2...2, in: 1...CivilTime.dayCount(ofMonth: month, year: year))
    else { return nil }
    return CivilTime.daysSince1970(year: year, month: month, day: day)
  }

  private static func timeOfDay(_ scanner: inout ByteScanner) -> Int64? {
    guard
      let hour = scanner.number(digits: 2...2, in: 0...23), scanner.skip(":"),
      let minute = scanner.number(digits: 2...2, in: 0...59), scanner.skip(":"),
      let second = scanner.number(digits: 2...2, in: 0...59)
    else { return nil }
    return Int64(hour * 3600 + minute * 60 + second)
  }

  /// Nanoseconds; none where no point stands here.
  private static func fraction(_ scanner: inout ByteScanner) -> Int32? {
    guard scanner.skip(".") else { return 0 }
    let digits = scanner.digits()
    guard (1...9).contains(digits.count) else { return nil }
    let padding = [UInt8](repeating: 0, count: 9 - digits.count)
    return (digits + padding).reduce(0) { $0 * 10 + Int32($1) }
  }

  /// Seconds east of Greenwich.
  private static func offset(_ scanner: inout ByteScanner) -> Int64? {
    if scanner.skip("Z") { return 0 }
    let isWest = scanner.skip("-")
    guard
      isWest || scanner.skip("+"),
      let hours = scanner.number(digits: 2...2, in: 0...23), scanner.skip(":"),
      let minutes = scanner.number(digits: 2...2, in: 0...59)
    else { return nil }
    let seconds = Int64(hours * 3600 + minutes * 60)
    return isWest ? -seconds : seconds
  }
}

/// A number that is not negative, with zeros in front.
func padded(_ value: Int, to width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// `.5` for 500,000,000: nothing where the fraction is zero, and no zeros at its end.
func fractionText(nanoseconds: Int32) -> String {
  guard nanoseconds != 0 else { return "" }
  var digits = Array(padded(Int(nanoseconds.magnitude), to: 9).utf8)
  while digits.last == 0x30 { digits.removeLast() }
  return "." + String(decoding: digits, as: UTF8.self)
}
