// The words that a condition which depends on the time begins with: when it may turn (docs/bundle-format.md, "code").
// Refuses nothing: of a zone that there is not nothing turns.

internal import PosternCEL
internal import PosternKernel
internal import PosternLanguage

extension ConditionLowering {
  mutating func writeTurn(_ use: TimeUse) {
    switch use {
    case .instant(let milliseconds): write(instant: milliseconds)
    case .part(let part, let zone, let values): write(TimePart(part), zone, values)
    case .other: builder.emit(.turnSoon)
    case .device: builder.emit(.turnOfDevice)
    }
  }

  private mutating func write(_ part: TimePart, _ zone: String, _ values: [Int64]?) {
    var operands = [UInt32](repeating: UInt32(TurnValues.none), count: 2)
    for (index, value) in (values ?? []).enumerated() { operands[index] = UInt32(value) }
    let bits = operands[0] | operands[1] << 16
    let isAny: UInt8 = values == nil ? 1 : 0
    if let seconds = FixedOffset.seconds(zone) {
      builder.emit(.turnAtPart, a: isAny, b: part.rawValue, y: UInt32(bitPattern: seconds), z: bits)
    } else if let table = zoneFolder.table(named: zone) {
      builder.emit(.turnAtZonedPart, a: isAny, b: part.rawValue, y: zones.index(of: table.words), z: bits)
    } else {
      // Only the first and the last instant that there is turn it.
      write(instant: .min)
    }
  }

  private mutating func write(instant milliseconds: Int64) {
    let bits = UInt64(bitPattern: milliseconds)
    builder.emit(.turnAtInstant, y: UInt32(truncatingIfNeeded: bits), z: UInt32(truncatingIfNeeded: bits >> 32))
  }
}

extension TimePart {
  fileprivate init(_ part: TimeUse.Part) {
    self =
      switch part {
      case .milliseconds: .milliseconds
      case .seconds: .seconds
      case .minutes: .minutes
      case .hours: .hours
      case .dayOfWeek: .dayOfWeek
      case .date: .date
      }
  }
}
