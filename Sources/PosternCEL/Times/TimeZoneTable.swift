// The offsets of a time zone as a table of transitions up to the year 2100. Refuses tables whose transitions are not in
// ascending order, and answers nothing for later instants.

/// The offsets from Greenwich of a time zone, instant by instant, to the end of the year 2100.
public struct TimeZoneTable: Sendable {
  /// Seconds east of Greenwich before the first transition.
  public let initialOffsetSeconds: Int32
  /// Instants at which the offset changes, in seconds since 1970 and strictly ascending, with the offset from then on.
  public let transitions: [(at: Int64, offsetSeconds: Int32)]

  /// 2101-01-01T00:00:00Z: from here on nothing is known.
  public static let endSecondsSince1970: Int64 = 4_133_980_800

  /// nil where the transitions are not strictly ascending, or one lies past the end.
  public init?(initialOffsetSeconds: Int32, transitions: [(at: Int64, offsetSeconds: Int32)]) {
    guard zip(transitions, transitions.dropFirst()).allSatisfy({ $0.at < $1.at }) else { return nil }
    guard transitions.last.map({ $0.at < Self.endSecondsSince1970 }) ?? true else { return nil }
    self.initialOffsetSeconds = initialOffsetSeconds
    self.transitions = transitions
  }

  /// Seconds east of Greenwich at an instant; nil after the year 2100.
  public func offsetSeconds(at secondsSince1970: Int64) -> Int32? {
    guard secondsSince1970 < Self.endSecondsSince1970 else { return nil }
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].at <= secondsSince1970 { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? initialOffsetSeconds : transitions[low - 1].offsetSeconds
  }

  /// The first transition after an instant, or the end of what is known; nil past it.
  public func nextTransition(after secondsSince1970: Int64) -> Int64? {
    guard secondsSince1970 < Self.endSecondsSince1970 else { return nil }
    return transitions.first { $0.at > secondsSince1970 }?.at ?? Self.endSecondsSince1970
  }
}

/// Tables by the IANA names of their zones.
extension [String: TimeZoneTable]: CELTimeZones {
  /// The offset of a zone of the dictionary at an instant.
  public func offsetSeconds(ofZone name: String, at secondsSince1970: Int64) -> Int32? {
    self[name]?.offsetSeconds(at: secondsSince1970)
  }

  /// The next transition of a zone of the dictionary.
  public func nextTransition(ofZone name: String, after secondsSince1970: Int64) -> Int64? {
    self[name]?.nextTransition(after: secondsSince1970)
  }
}

extension TimeZoneTable {
  /// Why bytes are no time zone.
  public enum Refusal: String, Error, Sendable, Hashable {
    /// Not the first bytes of a TZif file.
    case notTimeZoneFile
    /// Fewer bytes than the header counts.
    case truncated
    /// Version 1, which knows no instants after 2038.
    case unsupportedVersion
    /// Counts that contradict each other (RFC 9636 section 3.1).
    case invalidCounts
    /// A file that counts leap seconds.
    case leapSeconds
    /// Transitions that are not in strictly ascending order.
    case unorderedTransitions
    /// A transition before the universe (RFC 9636 section 3.2).
    case invalidTransition
    /// A transition to a type of local time that the file does not have.
    case unknownType
    /// An offset of more than about a day (RFC 9636 section 3.2).
    case invalidOffset
    /// A footer that is no rule of the TZ environment variable as RFC 9636 section 3.3.1 has it.
    case invalidRule
    /// A footer without a rule, where the transitions do not reach the year 2100.
    case missingRule
    /// A footer whose rule says another offset than the last transition.
    case contradictingRule
  }
}
