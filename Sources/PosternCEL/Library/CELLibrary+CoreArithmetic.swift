// `+`, `-`, `*`, `/`, `%` and negation. Refuses, as error values, results that their type cannot hold and division of
// integers by zero; doubles follow IEEE 754.

extension CELLibrary {
  static let arithmetic: CELFunctionTable = [
    CELOperator.add: [
      CELFunction(arguments: 2, addNumbers), CELFunction(arguments: 2, concatenate),
      CELFunction(arguments: 2, addTimes),
    ],
    CELOperator.subtract: [CELFunction(arguments: 2, subtractNumbers), CELFunction(arguments: 2, subtractTimes)],
    CELOperator.multiply: [CELFunction(arguments: 2, multiply)],
    CELOperator.divide: [CELFunction(arguments: 2, divide)],
    CELOperator.remainder: [CELFunction(arguments: 2, remainder)],
    CELOperator.negate: [CELFunction(arguments: 1, negate)],
  ]

  private static func addNumbers(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.pair {
    case (.int(let left), .int(let right)): .int(try checked(left.addingReportingOverflow(right)))
    case (.uint(let left), .uint(let right)): .uint(try checked(left.addingReportingOverflow(right)))
    case (.double(let left), .double(let right)): .double(left + right)
    default: nil
    }
  }

  private static func concatenate(_ call: CELCall) throws(CELError) -> CELValue? {
    try requireSteps(call.arguments[0].width, call.arguments[1].width, of: call)
    return switch call.pair {
    case (.string(let left), .string(let right)): .string(left + right)
    case (.bytes(let left), .bytes(let right)): .bytes(left + right)
    case (.list(let left), .list(let right)): .list(left + right)
    default: nil
    }
  }

  private static func addTimes(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.pair {
    case (.timestamp(let instant), .duration(let span)), (.duration(let span), .timestamp(let instant)):
      .timestamp(try inRange(instant.adding(span)))
    case (.duration(let left), .duration(let right)): .duration(try inRange(left.adding(right)))
    default: nil
    }
  }

  private static func subtractNumbers(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.pair {
    case (.int(let left), .int(let right)): .int(try checked(left.subtractingReportingOverflow(right)))
    case (.uint(let left), .uint(let right)): .uint(try checked(left.subtractingReportingOverflow(right)))
    case (.double(let left), .double(let right)): .double(left - right)
    default: nil
    }
  }

  private static func subtractTimes(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.pair {
    case (.timestamp(let left), .timestamp(let right)): .duration(try inRange(left.duration(since: right)))
    case (.timestamp(let instant), .duration(let span)): .timestamp(try inRange(instant.subtracting(span)))
    case (.duration(let left), .duration(let right)): .duration(try inRange(left.subtracting(right)))
    default: nil
    }
  }

  private static func multiply(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.pair {
    case (.int(let left), .int(let right)): .int(try checked(left.multipliedReportingOverflow(by: right)))
    case (.uint(let left), .uint(let right)): .uint(try checked(left.multipliedReportingOverflow(by: right)))
    case (.double(let left), .double(let right)): .double(left * right)
    default: nil
    }
  }

  private static func divide(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.pair {
    case (.int(let left), .int(let right)): .int(try checked(left.dividedReportingOverflow(by: nonzero(right))))
    case (.uint(let left), .uint(let right)): .uint(try checked(left.dividedReportingOverflow(by: nonzero(right))))
    case (.double(let left), .double(let right)): .double(left / right)
    default: nil
    }
  }

  private static func remainder(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.pair {
    case (.int(let left), .int(let right)):
      .int(try checked(left.remainderReportingOverflow(dividingBy: nonzero(right))))
    case (.uint(let left), .uint(let right)): .uint(try left % nonzero(right))
    default: nil
    }
  }

  private static func negate(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.first {
    case .int(let value): .int(try checked(Int64(0).subtractingReportingOverflow(value)))
    case .double(let value): .double(-value)
    default: nil
    }
  }
}

extension CELLibrary {
  private static func checked<Number>(
    _ result: (partialValue: Number, overflow: Bool)
  ) throws(CELError) -> Number {
    guard !result.overflow else { throw CELError(.overflow, "the result is out of range") }
    return result.partialValue
  }

  private static func nonzero<Number: FixedWidthInteger>(_ divisor: Number) throws(CELError) -> Number {
    guard divisor != 0 else { throw CELError(.divisionByZero, "an integer is divided by zero") }
    return divisor
  }

  private static func inRange<Time>(_ time: Time?) throws(CELError) -> Time {
    guard let time else { throw CELError(.overflow, "the time is out of range") }
    return time
  }

  /// Asks for the steps of a result before it takes up memory.
  static func requireSteps(_ left: Int, _ right: Int, of call: CELCall) throws(CELError) {
    let (sum, overflow) = left.addingReportingOverflow(right)
    guard !overflow, sum <= call.stepsLeft else { throw CELError(.limit, "the result is too large") }
  }
}

extension CELCall {
  /// The first two arguments, of a call that has them.
  var pair: (CELValue, CELValue) { (arguments[0], arguments[1]) }
}
