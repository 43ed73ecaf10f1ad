// The rule in a TZif file's footer, as `EST5EDT,M3.2.0,M11.1.0` (RFC 9636 section 3.3.1), as transitions year by year.
// Refuses daylight-saving time without dates, and what else the grammar does not have.

/// What a zone does after the last transition that its file lists.
struct TimeZoneRule {
  let standardOffsetSeconds: Int32
  /// nil where the offset never changes.
  let daylight: Daylight?

  /// Daylight-saving time, every year.
  struct Daylight {
    let offsetSeconds: Int32
    let start: YearlyDate
    let end: YearlyDate
  }

  /// A local time of each year.
  struct YearlyDate {
    let day: Day
    /// From midnight, beyond a day on either side where a rule needs it.
    let secondOfDay: Int64
  }

  /// The ways to name a day.
  enum Day {
    /// 1 to 365, February 29 never counted.
    case withoutLeapDay(Int)
    /// 0 to 365, February 29 counted.
    case ofYear(Int)
    /// The `week`th such day of the month, the last where week is 5.
    case ofMonth(month: Int, week: Int, dayOfWeek: Int)
  }

  /// nil where the footer is empty.
  init?(footer: [UInt8]) throws(TimeZoneTable.Refusal) {
    guard !footer.isEmpty else { return nil }
    var scanner = ByteScanner(footer)
    guard let rule = scanner.rule(), scanner.isAtEnd else { throw .invalidRule }
    self = rule
  }

  fileprivate init(standardOffsetSeconds: Int32, daylight: Daylight?) {
    self.standardOffsetSeconds = standardOffsetSeconds
    self.daylight = daylight
  }
}

// As transitions.
extension TimeZoneRule {
  /// In ascending order, from after an instant (or from the year 0) to the end of the table; none where the offset is
  /// fixed.
  func transitions(after instant: Int64?) -> [(at: Int64, offsetSeconds: Int32)] {
    let lastYear = CivilTime(secondsSince1970: TimeZoneTable.endSecondsSince1970).year
    let firstYear = instant.map { CivilTime(secondsSince1970: $0).year - 1 } ?? 0
    guard firstYear <= lastYear else { return [] }
    // A file may list transitions from before history; no timestamp asks for them.
    let changes = (max(0, firstYear)...lastYear).flatMap { transitions(ofYear: $0) }
    let sorted = changes.sorted { ($0.at, $0.isStart ? 1 : 0) < ($1.at, $1.isStart ? 1 : 0) }
    return sorted.filter { $0.at > instant ?? .min }.map { ($0.at, $0.offsetSeconds) }.keepingLastOfEachInstant()
  }

  /// The offset at an instant, as the rule alone has it.
  func offsetSeconds(at instant: Int64) -> Int32 {
    let year = CivilTime(secondsSince1970: instant).year
    let changes = (year - 1...year + 1).flatMap { transitions(ofYear: $0) }
    let sorted = changes.sorted { ($0.at, $0.isStart ? 1 : 0) < ($1.at, $1.isStart ? 1 : 0) }
    return sorted.last { $0.at <= instant }?.offsetSeconds ?? standardOffsetSeconds
  }

  private func transitions(ofYear year: Int) -> [(at: Int64, offsetSeconds: Int32, isStart: Bool)] {
    guard let daylight else { return [] }
    let start = daylight.start.localSeconds(year: year) - Int64(standardOffsetSeconds)
    let end = daylight.end.localSeconds(year: year) - Int64(daylight.offsetSeconds)
    return [(start, daylight.offsetSeconds, true), (end, standardOffsetSeconds, false)]
  }
}

extension [(at: Int64, offsetSeconds: Int32)] {
  /// Where daylight-saving time ends and starts at once, as where it lasts all year, it lasts.
  fileprivate func keepingLastOfEachInstant() -> Self {
    indices.filter { $0 == count - 1 || self[$0].at != self[$0 + 1].at }.map { self[$0] }
  }
}

extension TimeZoneRule.YearlyDate {
  fileprivate func localSeconds(year: Int) -> Int64 {
    day.daysSince1970(year: year) * CivilTime.secondsPerDay + secondOfDay
  }
}

extension TimeZoneRule.Day {
  fileprivate func daysSince1970(year: Int) -> Int64 {
    let newYear = CivilTime.daysSince1970(year: year, month: 1, day: 1)
    switch self {
    case .withoutLeapDay(let day):
      // March 1 is the 60th day where February 29 is not counted.
      return newYear + Int64(day - 1) + (day >= 60 && CivilTime.isLeap(year) ? 1 : 0)
    case .ofYear(let day): return newYear + Int64(day)
    case .ofMonth(let month, let week, let dayOfWeek):
      let first = CivilTime.daysSince1970(year: year, month: month, day: 1)
      var day = (dayOfWeek - CivilTime.dayOfWeek(ofDay: first) + 7) % 7 + (week - 1) * 7
      if day >= CivilTime.dayCount(ofMonth: month, year: year) { day -= 7 }
      return first + Int64(day)
    }
  }
}

// The grammar.
extension ByteScanner {
  fileprivate mutating func rule() -> TimeZoneRule? {
    guard skipName(), let west = clock(hours: 0...24) else { return nil }
    let standard = Int32(-west)
    guard !isAtEnd else { return TimeZoneRule(standardOffsetSeconds: standard, daylight: nil) }
    guard skipName() else { return nil }
    var offset = standard + 3600
    if next != UInt8(ascii: ",") {
      guard let west = clock(hours: 0...24) else { return nil }
      offset = Int32(-west)
    }
    guard skip(","), let start = yearlyDate(), skip(","), let end = yearlyDate() else { return nil }
    let daylight = TimeZoneRule.Daylight(offsetSeconds: offset, start: start, end: end)
    return TimeZoneRule(standardOffsetSeconds: standard, daylight: daylight)
  }

  /// Three letters or more, or letters, digits and signs in angle brackets.
  private mutating func skipName() -> Bool {
    let isQuoted = skip("<")
    var length = 0
    while take(where: { Self.isLetter($0) || (isQuoted && Self.isDigitOrSign($0)) }) != nil { length += 1 }
    return length >= 3 && (!isQuoted || skip(">"))
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  private static func isDigitOrSign(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
  }

  /// Seconds of `[+-]h[:mm[:ss]]`.
  private mutating func clock(hours range: ClosedRange<Int>) -> Int64? {
    let isNegative = skip("-")
    if !isNegative { _ = skip("+") }
    guard let hours = number(digits: 1...3, in: range) else { return nil }
    var seconds = Int64(hours) * 3600
    for unit: Int64 in [60, 1] {
      guard skip(":") else { break }
      guard let part = number(digits: 2...2, in: 0...59) else { return nil }
      seconds += Int64(part) * unit
    }
    return isNegative ? -seconds : seconds
  }

  private mutating func yearlyDate() -> TimeZoneRule.YearlyDate? {
    guard let day = day() else { return nil }
    guard skip("/") else { return TimeZoneRule.YearlyDate(day: day, secondOfDay: 7200) }
    return clock(hours: 0...167).map { TimeZoneRule.YearlyDate(day: day, secondOfDay: $0) }
  }

  private mutating func day() -> TimeZoneRule.Day? {
    if skip("J") { return number(digits: 1...3, in: 1...365).map { .withoutLeapDay($0) } }
    guard skip("M") else { return number(digits: 1...3, in: 0...365).map { .ofYear($0) } }
    guard
      let month = number(digits: 1...2, in: 1...12), skip("."), let week = number(digits: 1...1, in: 1...5),
      skip("."), let dayOfWeek = number(digits: 1...1, in: 0...6)
    else { return nil }
    return .ofMonth(month: month, week: week, dayOfWeek: dayOfWeek)
  }
}
