// What is known of the device, and until when: its facts are held to the app's `revalidate` as account state is, but by the
// time at which it was looked at. Refuses, as an error of the condition that asks, facts that are absent, too old, of a time
// too far ahead, or of another type than their attribute is declared with.

internal import PosternCEL

/// The device that a caller asks from.
struct ReferenceDevice {
  let facts: [Bytes: FactValue]
  /// 0 where it was never looked at.
  let checkedAt: Int64
  /// The app's.
  let revalidate: Limit
  let skewSeconds: UInt32
  let now: Int64

  /// The value of an attribute, `device.os_type`.
  func value(of name: String) throws(CELError) -> CELValue {
    guard isKnown, let field = name.after(ConditionEnvironment.devicePrefix), let fact = facts[Bytes(field.utf8)]
    else { throw .unknownFact("the device is not known") }
    let value = try fact.value()
    switch (value, ConditionEnvironment.types[name]) {
    case (.bool, .bool?), (.string, .string?): return value
    default: throw .unknownFact("the fact is of another type than its attribute")
    }
  }

  // MARK: its age

  private var isTooFarAhead: Bool { Int128(checkedAt) - Int128(now) > Int128(skewSeconds) * 1_000 }

  /// The instant from which nothing is known any more; nil where there is none.
  private var end: Int128? {
    guard case .seconds(let seconds) = revalidate else { return nil }
    return Int128(checkedAt) + Int128(seconds) * 1_000
  }

  private var isOld: Bool {
    guard case .seconds(let seconds) = revalidate else { return false }
    return max(0, Int128(now) - Int128(checkedAt)) >= Int128(seconds) * 1_000
  }

  private var isKnown: Bool { checkedAt != 0 && !isTooFarAhead && !isOld }

  /// The next instant at which its facts begin or cease to be known; nil where none is to come.
  var turn: Int128? {
    if checkedAt == 0 { return nil }
    if isTooFarAhead { return Int128(checkedAt) - Int128(skewSeconds) * 1_000 }
    return isOld ? nil : end
  }
}
