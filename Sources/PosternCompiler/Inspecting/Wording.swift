// How numbers of a bundle are shown to people: durations, instants, members. Refuses nothing.

/// Numbers as people read them.
package enum Wording {
  /// `8h`, `1h30m`, `14d`; `0s` for none at all.
  package static func duration(seconds: UInt32) -> String {
    let units: [(UInt32, String)] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")]
    var rest = seconds
    var text = ""
    for (unit, name) in units where rest >= unit {
      text += "\(rest / unit)\(name)"
      rest %= unit
    }
    return text.isEmpty ? "0s" : text
  }

  /// `2026-03-02T10:00:00.250Z` (RFC 3339), or the number where the year does not have four digits.
  package static func instant(milliseconds: Int64) -> String {
    let (days, time) = milliseconds.flooredQuotientAndRemainder(by: 86_400_000)
    // The first and the last day that four digits can say.
    guard (-719_528...2_932_896).contains(days) else { return "\(milliseconds) ms" }
    let (year, month, day) = date(days: days)
    let clock = [time / 3_600_000, time / 60_000 % 60, time / 1_000 % 60].map { padded($0, 2) }.joined(separator: ":")
    let fraction = time % 1_000 == 0 ? "" : "." + padded(time % 1_000, 3)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(clock)\(fraction)Z"
  }

  /// `in 2m`, `3h ago`, `now`; empty beyond the 136 years that a duration can say.
  static func distance(_ instant: Int64, from now: Int64) -> String {
    if instant == now { return "now" }
    let (difference, isTooLarge) = instant.subtractingReportingOverflow(now)
    guard !isTooLarge, let seconds = UInt32(exactly: difference.magnitude / 1_000) else { return "" }
    let duration = seconds == 0 ? "\(difference.magnitude)ms" : duration(seconds: seconds)
    return difference > 0 ? "in " + duration : duration + " ago"
  }

  /// The date of a day since 1970 in the proleptic Gregorian calendar, by years that begin in March.
  private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (days + 719_468).flooredQuotientAndRemainder(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
  }

  static func padded(_ number: Int64, _ digitCount: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, digitCount - digits.utf8.count)) + digits
  }

  /// Lines for a terminal, each with a line break at its end.
  package static func lines(_ lines: [String]) -> String { lines.map { printable($0) + "\n" }.joined() }

  /// A line without control characters: a bundle from elsewhere must not steer a terminal.
  static func printable(_ line: String) -> String {
    let isControl: (Unicode.Scalar) -> Bool = { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
    if !line.unicodeScalars.contains(where: isControl) { return line }
    var printable = String.UnicodeScalarView()
    for scalar in line.unicodeScalars { printable.append(isControl(scalar) ? "?" : scalar) }
    return String(printable)
  }

  /// The bytes as hexadecimal digits.
  package static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension Int64 {
  fileprivate func flooredQuotientAndRemainder(by divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
