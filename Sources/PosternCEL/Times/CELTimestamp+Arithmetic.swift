// Sums, differences and the order of instants and durations. Refuses results out of range: they are nil.

extension CELDuration {
  /// Both parts as one count of nanoseconds.
  var totalNanoseconds: Int128 { Int128(seconds) * 1_000_000_000 + Int128(nanoseconds) }

  /// nil where the duration is out of range.
  init?(totalNanoseconds: Int128) {
    let (seconds, nanoseconds) = totalNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    guard let seconds = Int64(exactly: seconds) else { return nil }
    self.init(seconds: seconds, nanoseconds: Int32(nanoseconds))
  }

  /// The sum; nil where it is out of range.
  public func adding(_ other: CELDuration) -> CELDuration? {
    CELDuration(totalNanoseconds: totalNanoseconds + other.totalNanoseconds)
  }

  /// The difference; nil where it is out of range.
  public func subtracting(_ other: CELDuration) -> CELDuration? {
    CELDuration(totalNanoseconds: totalNanoseconds - other.totalNanoseconds)
  }

  /// The same span the other way; nil never, the range being symmetric.
  public var negated: CELDuration? { CELDuration(totalNanoseconds: -totalNanoseconds) }
}

extension CELDuration: Comparable {
  /// By length, negative ones first.
  public static func < (left: CELDuration, right: CELDuration) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}

extension CELTimestamp {
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  private var totalNanoseconds: Int128 { Int128(seconds) * 1_000_000_000 + Int128(nanoseconds) }

  private init?(totalNanoseconds: Int128) {
    var (seconds, nanoseconds) = totalNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    if nanoseconds < 0 { (seconds, nanoseconds) = (seconds - 1, nanoseconds + 1_000_000_000) }
    guard let seconds = Int64(exactly: seconds) else { return nil }
    self.init(seconds: seconds, nanoseconds: Int32(nanoseconds))
  }

  /// The instant so much later; nil where it is out of range.
  public func adding(_ duration: CELDuration) -> CELTimestamp? {
    CELTimestamp(totalNanoseconds: totalNanoseconds + duration.totalNanoseconds)
  }

  /// The instant so much earlier; nil where it is out of range.
  public func subtracting(_ duration: CELDuration) -> CELTimestamp? {
    CELTimestamp(totalNanoseconds: totalNanoseconds - duration.totalNanoseconds)
  }

  /// The time from `earlier` to this instant; nil where its nanoseconds pass an Int64, about 292 years.
  ///
  /// The CEL project's conformance cases (`timestamp_range`) bound differences so, more tightly than durations
  /// themselves.
  public func duration(since earlier: CELTimestamp) -> CELDuration? {
    let difference = totalNanoseconds - earlier.totalNanoseconds
    guard Int64(exactly: difference) != nil else { return nil }
    return CELDuration(totalNanoseconds: difference)
  }
}

extension CELTimestamp: Comparable {
  /// Earlier instants first.
  public static func < (left: CELTimestamp, right: CELTimestamp) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}
