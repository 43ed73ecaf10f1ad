// How conditions ask for the time, and so the instants at which they may turn: `validUntil` of an answer ends at the next
// (docs/decision.md). Refuses nothing: a use that it has no rule for is `other`.

/// One way in which a condition depends on the time.
public enum TimeUse: Hashable, Sendable {
  /// Compared with a constant: it turns when the clock reaches these milliseconds since 1970.
  case instant(milliseconds: Int64)
  /// A part of it on the clocks of a constant zone: it turns when the part comes to one of `values`, or to any other value
  /// where they are nil.
  case part(Part, zone: String, values: [Int64]?)
  /// Any other use of `request.time`: it is asked again after a second.
  case other
  /// It asks for the device, of which nothing is known once it was looked at too long ago.
  case device

  /// A part of an instant.
  public enum Part: String, Hashable, Sendable {
    case milliseconds = "getMilliseconds"
    case seconds = "getSeconds"
    case minutes = "getMinutes"
    case hours = "getHours"
    case dayOfWeek = "getDayOfWeek"
    /// A part of the calendar, of which a new day may be another value: `getDate`, `getMonth` and so on.
    case date

    /// Its function; nil where it has no part of the time.
    init?(function: String) {
      let ofCalendar = ["getDate", "getDayOfMonth", "getDayOfYear", "getMonth", "getFullYear"]
      self.init(rawValue: ofCalendar.contains(function) ? "date" : function)
    }

    /// How many milliseconds a value lasts, and how many values there are before the first comes again; no value of a date
    /// does so after a known time.
    public var unit: (milliseconds: Int64, count: Int64?) {
      switch self {
      case .milliseconds: (1, 1_000)
      case .seconds: (1_000, 60)
      case .minutes: (60_000, 60)
      case .hours: (3_600_000, 24)
      case .dayOfWeek: (86_400_000, 7)
      case .date: (86_400_000, nil)
      }
    }
  }
}
