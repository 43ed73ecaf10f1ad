// When conditions that ask for the time may turn: words that a condition begins with, run whatever comes after them, so that
// `validUntil` does not depend on which of its tests are reached (docs/decision.md).

/// The next instant at which something turns, in milliseconds since 1970.
struct Turn {
  private let now: Int64
  /// `INT64_MAX` where none is to come.
  private(set) var instant = Int64.max

  @inline(__always) init(now: Int64) { self.now = now }

  /// Counts an instant, if it is to come.
  @inline(__always) mutating func count(_ other: Int64) {
    if other > now && other < instant { instant = other }
  }

  /// Counts the next instant at which a part of the time, in a zone of fixed offset, comes to a value; or to any other.
  mutating func count(_ cycle: TimeCycle, offsetSeconds: Int32, values: TurnValues) {
    let offset = Int64(offsetSeconds) &* 1_000
    let position = cycle.position(of: now &+ offset)
    if values.isAny { return count(now &+ cycle.unit &- position % cycle.unit) }
    count(value: values.first, cycle, position)
    count(value: values.second, cycle, position)
  }

  private mutating func count(value: Int64, _ cycle: TimeCycle, _ position: Int64) {
    if value == TurnValues.none { return }
    let distance = value &* cycle.unit &- position
    count(now &+ (distance > 0 ? distance : distance &+ cycle.unit &* cycle.count))
  }
}

/// The values at which a use of the time turns, as `turnAtPart` and `turnAtZonedPart` have them.
package struct TurnValues {
  /// No value.
  package static let none: Int64 = 0xFFFF

  /// Whether every value is another.
  let isAny: Bool
  let first: Int64
  let second: Int64

  @inline(__always) init(isAny: Bool, bits: UInt32) {
    self.isAny = isAny
    first = Int64(bits & 0xFFFF)
    second = Int64(bits >> 16)
  }
}

/// The values of a part of the time, one after the other.
struct TimeCycle {
  /// Milliseconds of a value.
  let unit: Int64
  /// Values before the first comes again.
  let count: Int64
  /// Milliseconds by which a cycle began before 1970.
  private let phase: Int64

  init(_ part: TimePart) {
    let day: Int64 = 86_400_000
    phase = part == .dayOfWeek ? 4 &* day : 0
    (unit, count) =
      switch part {
      case .milliseconds: (1, 1_000)
      case .seconds: (1_000, 60)
      case .minutes: (60_000, 60)
      case .hours: (3_600_000, 24)
      case .dayOfWeek: (day, 7)
      // Of dates every day is another value.
      default: (day, 1)
      }
  }

  /// Milliseconds since the cycle began, at a local time of milliseconds since 1970.
  func position(of local: Int64) -> Int64 {
    let period = unit &* count
    let remainder = (local &+ phase) % period
    return remainder < 0 ? remainder &+ period : remainder
  }
}

extension Bundle {
  /// Counts the next instant at which a word's use of the time turns into `until`.
  @inline(never)
  borrowing func countTurn(
    _ head: CodeHead, _ word: Block<16>, _ facts: borrowing ConditionRun, _ until: inout Int64
  ) {
    let isOfDevice = head.opcode == Opcode.turnOfDevice.rawValue
    until = min(until, isOfDevice ? deviceSpan(facts).turn : turn(head, word, at: facts.now))
  }

  private borrowing func turn(_ head: CodeHead, _ word: Block<16>, at now: Int64) -> Int64 {
    let instants = ConditionLimit.timestamps
    // Any other instant is an error value, until the first that is none.
    if now < instants.lowerBound { return instants.lowerBound }
    var turn = Turn(now: now)
    turn.count(instants.upperBound &+ 1)
    // Past the last instant nothing turns; and no sum below overflows.
    if now > instants.upperBound { return turn.instant }
    switch head.opcode {
    case Opcode.turnAtInstant.rawValue: turn.count(Int64(bitPattern: word.u64(8)))
    case Opcode.turnSoon.rawValue: turn.count(now &+ 1_000)
    case Opcode.turnAtPart.rawValue:
      turn.count(TimeCycle(TimePart(head.b)), offsetSeconds: Int32(bitPattern: word.u32(8)), values: values(head, word))
    case Opcode.turnAtZonedPart.rawValue:
      let zone = zone(Int(word.u32(8)))
      guard let period = zone.period(at: CivilInstant(milliseconds: now).second, words) else { break }
      turn.count(TimeCycle(TimePart(head.b)), offsetSeconds: period.offsetSeconds, values: values(head, word))
      turn.count(period.end &* 1_000)
    default: break
    }
    return turn.instant
  }

  @inline(__always) private func values(_ head: CodeHead, _ word: Block<16>) -> TurnValues {
    TurnValues(isAny: head.a == 1, bits: word.u32(12))
  }
}
