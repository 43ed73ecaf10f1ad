// `==`, `!=`, the order and `!`. Refuses, as error values, operands between which there is no order; equality takes
// all.

extension CELLibrary {
  static let comparisons: CELFunctionTable = [
    CELOperator.equals: [CELFunction(arguments: 2) { .bool($0.arguments[0].isEqual(to: $0.arguments[1])) }],
    CELOperator.notEquals: [CELFunction(arguments: 2) { .bool(!$0.arguments[0].isEqual(to: $0.arguments[1])) }],
    CELOperator.less: [order { $0 < 0 }],
    CELOperator.lessOrEqual: [order { $0 <= 0 }],
    CELOperator.greater: [order { $0 > 0 }],
    CELOperator.greaterOrEqual: [order { $0 >= 0 }],
    CELOperator.not: [
      CELFunction(arguments: 1) { call in
        guard case .bool(let value) = call.first else { return nil }
        return .bool(!value)
      }
    ],
  ]

  /// Two numbers without an order, of which one is NaN, are false in every comparison.
  private static func order(_ holds: @escaping @Sendable (Int) -> Bool) -> CELFunction {
    CELFunction(arguments: 2) { call in
      if let order = call.arguments[0].compare(to: call.arguments[1]) { return .bool(holds(order)) }
      return call.arguments.allSatisfy(\.isNumber) ? .bool(false) : nil
    }
  }
}
