// Values that conditions compute: conversions of one value, arithmetic of two. What CEL has no overload for, and what its
// type cannot hold, is an error: nil. No text is built; a text in lower case is the same text, marked.

internal import CPostern

/// What `convert` makes of a value.
package struct Conversion: Equatable {
  package let rawValue: UInt16
  package init(_ rawValue: UInt16) { self.rawValue = rawValue }

  package static var int: Conversion { Conversion(0) }
  package static var uint: Conversion { Conversion(1) }
  package static var double: Conversion { Conversion(2) }
  /// Of an int, seconds since 1970.
  package static var timestamp: Conversion { Conversion(3) }
  package static var negated: Conversion { Conversion(4) }
  /// Code points of a text, bytes, items, entries.
  package static var size: Conversion { Conversion(5) }
  /// A text, ASCII letters in lower case.
  package static var lowerASCII: Conversion { Conversion(6) }
  /// The value itself.
  package static var same: Conversion { Conversion(7) }
  package static let last: UInt16 = 7
}

/// What `arithmetic` computes.
package struct Arithmetic: Equatable {
  package let rawValue: UInt16
  package init(_ rawValue: UInt16) { self.rawValue = rawValue }

  package static var add: Arithmetic { Arithmetic(0) }
  package static var subtract: Arithmetic { Arithmetic(1) }
  package static var multiply: Arithmetic { Arithmetic(2) }
  package static var divide: Arithmetic { Arithmetic(3) }
  package static var remainder: Arithmetic { Arithmetic(4) }
  package static let last: UInt16 = 4
}

extension Register {
  @inline(__always) init(_ value: Int64, _ tag: Int = POSTERN_INT) {
    self.init(tag: tag, value: UInt64(bitPattern: value))
  }

  @inline(__always) init(_ value: UInt64) { self.init(tag: POSTERN_UINT, value: value) }
  @inline(__always) init(_ value: Double) { self.init(tag: POSTERN_DOUBLE, value: value.bitPattern) }

  /// Of an int, a timestamp or a duration.
  @inline(__always) var signed: Int64 { Int64(bitPattern: value) }

  /// A number with the bits of another kind: nil where it cannot hold the value.
  fileprivate init?<Value: FixedWidthInteger>(exactly result: (partialValue: Value, overflow: Bool), _ tag: UInt8) {
    if result.overflow { return nil }
    self.init(tag: Int(tag), value: UInt64(truncatingIfNeeded: result.partialValue))
  }
}

extension Bundle {
  // MARK: conversions

  borrowing func convert(_ register: Register, _ conversion: Conversion, _ facts: borrowing ConditionRun) -> Register? {
    if register.isError { return nil }
    return switch conversion {
    case .int: toInt(register, facts)
    case .uint: toUInt(register, facts)
    case .double: register.isNumber ? Register(register.asDouble) : nil
    case .timestamp: Self.toTimestamp(register)
    case .negated: Self.negated(register)
    case .size: size(register, facts)
    case .lowerASCII: register.has(POSTERN_TEXT) ? register.folded : nil
    default: register
    }
  }

  private borrowing func toInt(_ register: Register, _ facts: borrowing ConditionRun) -> Register? {
    switch Int(register.tag) {
    case POSTERN_INT: return register
    case POSTERN_UINT: return register.value > UInt64(Int64.max) ? nil : Register(register.signed)
    case POSTERN_DOUBLE:
      // Both bounds are refused, as the CEL project's cases ask: a double beside them may have been rounded.
      let value = Double(bitPattern: register.value)
      return value > -0x1p63 && value < 0x1p63 ? Register(Int64(value)) : nil
    case POSTERN_TIMESTAMP: return Register(CivilInstant(milliseconds: register.signed).second)
    case POSTERN_TEXT: return text(register, facts).signed.map { Register($0) }
    default: return nil
    }
  }

  private borrowing func toUInt(_ register: Register, _ facts: borrowing ConditionRun) -> Register? {
    switch Int(register.tag) {
    case POSTERN_UINT: return register
    case POSTERN_INT: return register.signed < 0 ? nil : Register(register.value)
    case POSTERN_DOUBLE:
      let value = Double(bitPattern: register.value)
      return value >= 0 && value < 0x1p64 ? Register(UInt64(value)) : nil
    case POSTERN_TEXT: return text(register, facts).unsigned.map { Register($0) }
    default: return nil
    }
  }

  private static func toTimestamp(_ register: Register) -> Register? {
    if register.has(POSTERN_TIMESTAMP) { return register }
    let (milliseconds, overflow) = register.signed.multipliedReportingOverflow(by: 1_000)
    let isInstant = register.has(POSTERN_INT) && !overflow && ConditionLimit.timestamps.contains(milliseconds)
    return isInstant ? Register(milliseconds, POSTERN_TIMESTAMP) : nil
  }

  private static func negated(_ register: Register) -> Register? {
    switch Int(register.tag) {
    case POSTERN_INT: Register(exactly: Int64(0).subtractingReportingOverflow(register.signed), register.tag)
    case POSTERN_DOUBLE: Register(-Double(bitPattern: register.value))
    default: nil
    }
  }

  private borrowing func size(_ register: Register, _ facts: borrowing ConditionRun) -> Register? {
    switch Int(register.tag) {
    case POSTERN_TEXT: Register(Int64(text(register, facts).codePointCount))
    case POSTERN_BYTES, POSTERN_LIST: Register(Int64(register.count))
    // Keys and values stand side by side.
    case POSTERN_MAP: Register(Int64(register.count / 2))
    default: nil
    }
  }

  // MARK: arithmetic

  static func compute(_ left: Register, _ operation: Arithmetic, _ right: Register) -> Register? {
    if left.tag != right.tag { return computeMixed(left, operation, right) }
    switch Int(left.tag) {
    case POSTERN_INT: return Register(exactly: integer(left.signed, operation, right.signed), left.tag)
    case POSTERN_UINT: return Register(exactly: integer(left.value, operation, right.value), left.tag)
    case POSTERN_DOUBLE:
      return double(Double(bitPattern: left.value), operation, Double(bitPattern: right.value)).map { Register($0) }
    case POSTERN_DURATION: return duration(sum(left, operation, right))
    case POSTERN_TIMESTAMP:
      // The time between two instants is one that fits 64 bits of nanoseconds.
      guard operation == .subtract, let milliseconds = sum(left, operation, right) else { return nil }
      return milliseconds.multipliedReportingOverflow(by: 1_000_000).overflow ? nil : duration(milliseconds)
    default: return nil
    }
  }

  private static func integer<Value: FixedWidthInteger>(
    _ left: Value, _ operation: Arithmetic, _ right: Value
  ) -> (partialValue: Value, overflow: Bool) {
    switch operation {
    case .add: left.addingReportingOverflow(right)
    case .subtract: left.subtractingReportingOverflow(right)
    case .multiply: left.multipliedReportingOverflow(by: right)
    // Division by zero is reported as overflow too.
    case .divide: left.dividedReportingOverflow(by: right)
    default: left.remainderReportingOverflow(dividingBy: right)
    }
  }

  private static func double(_ left: Double, _ operation: Arithmetic, _ right: Double) -> Double? {
    switch operation {
    case .add: left + right
    case .subtract: left - right
    case .multiply: left * right
    case .divide: left / right
    default: nil
    }
  }

  /// An instant and a duration.
  private static func computeMixed(_ left: Register, _ operation: Arithmetic, _ right: Register) -> Register? {
    let isAfter = left.has(POSTERN_TIMESTAMP) && right.has(POSTERN_DURATION)
    let isBefore = left.has(POSTERN_DURATION) && right.has(POSTERN_TIMESTAMP) && operation == .add
    guard isAfter || isBefore, let milliseconds = sum(left, operation, right) else { return nil }
    return ConditionLimit.timestamps.contains(milliseconds) ? Register(milliseconds, POSTERN_TIMESTAMP) : nil
  }

  /// The sum or the difference of milliseconds.
  private static func sum(_ left: Register, _ operation: Arithmetic, _ right: Register) -> Int64? {
    guard operation == .add || operation == .subtract else { return nil }
    let (sum, overflow) = integer(left.signed, operation, right.signed)
    return overflow ? nil : sum
  }

  private static func duration(_ milliseconds: Int64?) -> Register? {
    guard let milliseconds, ConditionLimit.durations.contains(milliseconds) else { return nil }
    return Register(milliseconds, POSTERN_DURATION)
  }
}

extension RegisterText {
  /// Code points of well-formed UTF-8: the bytes that begin one.
  fileprivate var codePointCount: Int {
    var count = 0
    var index = 0
    while index < byteCount {
      if byte(index) & 0xC0 != 0x80 { count &+= 1 }
      index &+= 1
    }
    return count
  }

  /// Digits after a sign or none.
  fileprivate var signed: Int64? {
    let hasSign = byteCount > 0 && (byte(0) == UInt8(ascii: "-") || byte(0) == UInt8(ascii: "+"))
    guard let magnitude = digits(from: hasSign ? 1 : 0) else { return nil }
    let isNegative = hasSign && byte(0) == UInt8(ascii: "-")
    if isNegative { return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
    return magnitude < 1 << 63 ? Int64(truncatingIfNeeded: magnitude) : nil
  }

  fileprivate var unsigned: UInt64? { digits(from: 0) }

  /// The number that the digits from `start` to the end say; nil where there are none, or something else.
  private func digits(from start: Int) -> UInt64? {
    if start >= byteCount { return nil }
    var number: UInt64 = 0
    var index = start
    while index < byteCount {
      let digit = byte(index) &- UInt8(ascii: "0")
      let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, isBeyond) = product.addingReportingOverflow(UInt64(digit))
      if digit > 9 || isTooLarge || isBeyond { return nil }
      number = sum
      index &+= 1
    }
    return number
  }
}
