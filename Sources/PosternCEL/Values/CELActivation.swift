// What an evaluation asks of the world outside the expression. Refuses nothing.

/// The values of an evaluation's variables.
public protocol CELActivation {
  /// The value of a qualified name (`request.path`); nil where there is no such variable.
  ///
  /// Throws `CELError` where there is one whose value is not known.
  func value(of name: String) throws(CELError) -> CELValue?
}

extension [String: CELValue]: CELActivation {
  /// The value under the name.
  public func value(of name: String) throws(CELError) -> CELValue? { self[name] }
}

/// Time zones, which the evaluator takes as a value: it reads no file and asks no platform.
public protocol CELTimeZones: Sendable {
  /// Seconds east of Greenwich in the zone of this IANA name (`America/New_York`) at an instant; nil where there is no such zone,
  /// or the instant lies beyond what is known of it.
  func offsetSeconds(ofZone name: String, at secondsSince1970: Int64) -> Int32?

  /// The first instant after another, in seconds since 1970, from which the offset of the zone may be another or is not known;
  /// nil where there is no such zone, or nothing is known of it any more.
  func nextTransition(ofZone name: String, after secondsSince1970: Int64) -> Int64?
}

/// No zones but the offsets that need no table: `UTC` and what is written as `+05:30` are the evaluator's own.
public struct CELNoTimeZones: CELTimeZones {
  public init() {}
  /// No offset of any zone.
  public func offsetSeconds(ofZone name: String, at secondsSince1970: Int64) -> Int32? { nil }
  /// No transition of any zone.
  public func nextTransition(ofZone name: String, after secondsSince1970: Int64) -> Int64? { nil }
}
