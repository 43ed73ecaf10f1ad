// When conditions that ask for the time may turn (docs/decision.md, "validUntil"), by looking ahead value by value. Refuses
// nothing: what has no such instant has none.

internal import PosternCEL

/// The next instants at which uses of the time may come to something else.
struct ReferenceTurns {
  private let now: Int64
  private let device: ReferenceDevice?
  private let timeZones: any CELTimeZones

  init(now: Int64, _ device: ReferenceDevice?, _ timeZones: any CELTimeZones) {
    self.now = now
    self.device = device
    self.timeZones = timeZones
  }

  /// Milliseconds of the years 1 to 9999: any other instant is an error value.
  private static let instants =
    CELTimestamp.secondsRange.lowerBound * 1_000...CELTimestamp.secondsRange.upperBound * 1_000 + 999

  /// The next instant at which a use may turn; nil where none is to come.
  func next(_ use: TimeUse) -> Int128? {
    if use == .device { return device?.turn }
    if now > Self.instants.upperBound { return nil }
    if now < Self.instants.lowerBound { return Int128(Self.instants.lowerBound) }
    let next: Int128? =
      switch use {
      case .instant(let milliseconds): milliseconds > now ? Int128(milliseconds) : nil
      case .part(let part, let zone, let values): self.next(part, zone, values)
      case .other, .device: Int128(now) + 1_000
      }
    return min(next ?? .max, Int128(Self.instants.upperBound) + 1)
  }

  private func next(_ part: TimeUse.Part, _ zone: String, _ values: [Int64]?) -> Int128? {
    let seconds = CivilTime.floorDivide(now, by: 1_000).quotient
    let fixed = FixedOffset.seconds(zone)
    guard let offset = fixed ?? timeZones.offsetSeconds(ofZone: zone, at: seconds) else { return nil }
    let local = Int128(now) + Int128(offset) * 1_000
    let ends = [
      nextValue(of: part, after: local, values).map { $0 - Int128(offset) * 1_000 },
      fixed == nil ? timeZones.nextTransition(ofZone: zone, after: seconds).map { Int128($0) * 1_000 } : nil,
    ]
    return ends.compactMap { $0 }.min()
  }

  /// The first local millisecond after `local` at which the part begins another value, one of `values` if they are given.
  private func nextValue(of part: TimeUse.Part, after local: Int128, _ values: [Int64]?) -> Int128? {
    let unit = Int128(part.unit.milliseconds)
    var start = local - ((local % unit) + unit) % unit
    for _ in 0..<(part.unit.count ?? 1) {
      start += unit
      if values?.contains(value(of: part, at: start)) ?? true { return start }
    }
    return nil
  }

  private func value(of part: TimeUse.Part, at local: Int128) -> Int64 {
    let seconds = CivilTime.floorDivide(Int64(clamping: local), by: 1_000)
    let time = CivilTime(secondsSince1970: seconds.quotient)
    switch part {
    case .milliseconds: return seconds.remainder
    case .seconds: return Int64(time.second)
    case .minutes: return Int64(time.minute)
    case .hours: return Int64(time.hour)
    case .dayOfWeek: return Int64(time.dayOfWeek)
    case .date: return Int64(time.day)
    }
  }
}
