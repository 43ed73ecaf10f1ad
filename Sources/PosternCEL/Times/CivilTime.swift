// Instants as dates and times of day in the proleptic Gregorian calendar, and back. Refuses nothing: every count of
// seconds that an Int64 holds has a date.

/// A date and a time of day in the proleptic Gregorian calendar, without a zone.
public struct CivilTime: Sendable, Hashable {
  /// Astronomical: the year before 1 is 0.
  public let year: Int
  /// 1 to 12.
  public let month: Int
  /// 1 to 31.
  public let day: Int
  /// 0 to 23.
  public let hour: Int
  /// 0 to 59.
  public let minute: Int
  /// 0 to 59.
  public let second: Int
  /// 0 for Sunday to 6 for Saturday.
  public let dayOfWeek: Int
  /// 0 for January 1.
  public let dayOfYear: Int

  /// Seconds of a day.
  static let secondsPerDay: Int64 = 86_400

  /// Days before each month of a year without a leap day.
  private static let daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

  /// The date and time of a count of seconds since 1970-01-01T00:00:00; add a zone's offset first for its local time.
  public init(secondsSince1970 seconds: Int64) {
    let (days, secondOfDay) = Self.floorDivide(seconds, by: Self.secondsPerDay)
    let date = Self.date(ofDay: days)
    year = date.year
    month = date.month
    day = date.day
    hour = Int(secondOfDay / 3600)
    minute = Int(secondOfDay / 60 % 60)
    second = Int(secondOfDay % 60)
    dayOfWeek = Self.dayOfWeek(ofDay: days)
    let leapDay = date.month > 2 && Self.isLeap(date.year) ? 1 : 0
    dayOfYear = Self.daysBeforeMonth[date.month - 1] + date.day - 1 + leapDay
  }

  /// 0 for Sunday; 1970-01-01 was a Thursday.
  static func dayOfWeek(ofDay daysSince1970: Int64) -> Int {
    Int(floorDivide(daysSince1970 + 4, by: 7).remainder)
  }

  /// Whether the year has a February 29, by the Gregorian rule.
  static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// Days of a month, 1 to 12.
  static func dayCount(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01 to a date; the month is 1 to 12, and the year's days must fit an Int64.
  ///
  /// Years are counted from March, so that the leap day is the last of its year.
  static func daysSince1970(year: Int, month: Int, day: Int) -> Int64 {
    let marchYear = Int64(month > 2 ? year : year - 1)
    let (era, yearOfEra) = floorDivide(marchYear, by: 400)
    let monthFromMarch = Int64((month + 9) % 12)
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * daysPerEra + dayOfEra - daysFromEraTo1970
  }

  /// Days of 400 years.
  private static let daysPerEra: Int64 = 146_097
  /// Days from 0000-03-01 to 1970-01-01.
  private static let daysFromEraTo1970: Int64 = 719_468

  private static func date(ofDay days: Int64) -> (year: Int, month: Int, day: Int) {
    let (era, dayOfEra) = floorDivide(days + daysFromEraTo1970, by: daysPerEra)
    let leapDays = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
    let yearOfEra = (dayOfEra - leapDays) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    let month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
    return (Int(era * 400 + yearOfEra) + (month <= 2 ? 1 : 0), month, day)
  }

  /// Division that rounds down, with a remainder from 0; the divisor is positive.
  package static func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
