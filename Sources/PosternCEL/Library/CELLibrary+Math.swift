// The math extension of the CEL project. Refuses, as error values, the magnitude of the smallest int, shifts by less
// than nothing, and the greatest and least of no numbers or of some that have no order.

extension CELLibrary {
  /// The functions of the math extension.
  static let math = merge(extremes, rounding, signs, tests, bits)

  private static let extremes: CELFunctionTable = [
    "math.greatest": [CELFunction(arguments: argumentCounts) { call throws(CELError) in try extreme(call, 1) }],
    "math.least": [CELFunction(arguments: argumentCounts) { call throws(CELError) in try extreme(call, -1) }],
  ]

  private static let argumentCounts = 1...CELLimits.elementCount

  private static let rounding: CELFunctionTable = [
    "math.ceil": [ofDouble { .double($0.rounded(.up)) }],
    "math.floor": [ofDouble { .double($0.rounded(.down)) }],
    // Halves away from zero.
    "math.round": [ofDouble { .double($0.rounded(.toNearestOrAwayFromZero)) }],
    "math.trunc": [ofDouble { .double($0.rounded(.towardZero)) }],
  ]

  private static let signs: CELFunctionTable = [
    "math.abs": [CELFunction(arguments: 1, abs)],
    "math.sign": [CELFunction(arguments: 1, sign)],
    "math.sqrt": [CELFunction(arguments: 1, squareRoot)],
  ]

  private static let tests: CELFunctionTable = [
    "math.isNaN": [ofDouble { .bool($0.isNaN) }],
    "math.isInf": [ofDouble { .bool($0.isInfinite) }],
    "math.isFinite": [ofDouble { .bool($0.isFinite) }],
  ]

  private static let bits: CELFunctionTable = [
    "math.bitOr": [ofBits { $0 | $1 }],
    "math.bitAnd": [ofBits { $0 & $1 }],
    "math.bitXor": [ofBits { $0 ^ $1 }],
    "math.bitNot": [CELFunction(arguments: 1, bitNot)],
    // Swift's shifts yield 0 where a shift is as wide as the number or wider.
    "math.bitShiftLeft": [CELFunction(arguments: 2) { call throws(CELError) in try shift(call) { $0 << $1 } }],
    "math.bitShiftRight": [CELFunction(arguments: 2) { call throws(CELError) in try shift(call) { $0 >> $1 } }],
  ]

  private static func ofDouble(_ result: @escaping @Sendable (Double) -> CELValue) -> CELFunction {
    CELFunction(arguments: 1) { call in
      guard case .double(let value) = call.first else { return nil }
      return result(value)
    }
  }

  private static func ofBits(_ combine: @escaping @Sendable (UInt64, UInt64) -> UInt64) -> CELFunction {
    CELFunction(arguments: 2) { call in
      switch call.pair {
      case (.int(let left), .int(let right)):
        .int(Int64(bitPattern: combine(UInt64(bitPattern: left), UInt64(bitPattern: right))))
      case (.uint(let left), .uint(let right)): .uint(combine(left, right))
      default: nil
      }
    }
  }
}

extension CELLibrary {
  /// The argument, or the element of the one list, before which no other stands in the order; of equal ones the first.
  private static func extreme(_ call: CELCall, _ wanted: Int) throws(CELError) -> CELValue? {
    var candidates = call.arguments
    if candidates.count == 1, case .list(let elements) = candidates[0] { candidates = elements }
    guard candidates.allSatisfy(\.isNumber) else { return nil }
    guard var best = candidates.first else { throw CELError(.invalidArgument, "there is no number in the list") }
    for candidate in candidates.dropFirst() {
      guard let order = candidate.compare(to: best) else {
        throw CELError(.invalidArgument, "a number that is NaN has no order")
      }
      if order == wanted { best = candidate }
    }
    return best
  }

  private static func abs(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.first {
    case .int(let value):
      guard value != .min else { throw CELError(.overflow, "the magnitude is no int") }
      return .int(value < 0 ? -value : value)
    case .uint: return call.first
    case .double(let value): return .double(value.magnitude)
    default: return nil
    }
  }

  private static func sign(_ call: CELCall) -> CELValue? {
    switch call.first {
    case .int(let value): .int(value.signum())
    case .uint(let value): .uint(value.signum())
    case .double(let value): .double(value.isNaN ? value : value > 0 ? 1 : value < 0 ? -1 : 0)
    default: nil
    }
  }

  private static func squareRoot(_ call: CELCall) -> CELValue? {
    switch call.first {
    case .int(let value): .double(Double(value).squareRoot())
    case .uint(let value): .double(Double(value).squareRoot())
    case .double(let value): .double(value.squareRoot())
    default: nil
    }
  }

  private static func bitNot(_ call: CELCall) -> CELValue? {
    switch call.first {
    case .int(let value): .int(~value)
    case .uint(let value): .uint(~value)
    default: nil
    }
  }

  /// Of an int the bits are shifted, its sign with them.
  private static func shift(
    _ call: CELCall, _ shifted: (UInt64, Int64) -> UInt64
  ) throws(CELError) -> CELValue? {
    guard case .int(let count) = call.arguments[1] else { return nil }
    switch call.first {
    case .int, .uint: break
    default: return nil
    }
    guard count >= 0 else { throw CELError(.invalidArgument, "a shift by less than 0 bits") }
    return switch call.first {
    case .int(let value): .int(Int64(bitPattern: shifted(UInt64(bitPattern: value), count)))
    case .uint(let value): .uint(shifted(value, count))
    default: nil
    }
  }
}
