// The language's order over values: bools, numbers across types, texts by code points, bytes, instants and spans.
// Refuses nothing: values without an order between them have none.

extension CELValue {
  /// -1, 0 or 1; nil where there is no order between the two, NaN included.
  public func compare(to other: CELValue) -> Int? {
    switch (self, other) {
    case (.bool(let left), .bool(let right)): Self.order(left ? 1 : 0, right ? 1 : 0)
    case (.string(let left), .string(let right)): Self.order(sequence: left.utf8, right.utf8)
    case (.bytes(let left), .bytes(let right)): Self.order(sequence: left, right)
    case (.timestamp(let left), .timestamp(let right)):
      Self.order((left.seconds, left.nanoseconds), (right.seconds, right.nanoseconds))
    case (.duration(let left), .duration(let right)):
      Self.order((left.seconds, left.nanoseconds), (right.seconds, right.nanoseconds))
    default: compareNumbers(to: other)
    }
  }

  private func compareNumbers(to other: CELValue) -> Int? {
    switch (self, other) {
    case (.int(let left), .int(let right)): Self.order(left, right)
    case (.uint(let left), .uint(let right)): Self.order(left, right)
    case (.int(let left), .uint(let right)): Self.order(left, right)
    case (.uint(let left), .int(let right)): Self.order(left, right)
    case (.double(let left), .double(let right)): Self.order(left, right)
    case (.double(let left), .int(let right)): Self.order(left, Double(right))
    case (.double(let left), .uint(let right)): Self.order(left, Double(right))
    case (.int(let left), .double(let right)): Self.order(Double(left), right)
    case (.uint(let left), .double(let right)): Self.order(Double(left), right)
    default: nil
    }
  }

  /// Two integers of whatever signedness, exactly.
  private static func order(_ left: some BinaryInteger, _ right: some BinaryInteger) -> Int {
    left < right ? -1 : left > right ? 1 : 0
  }

  /// nil with NaN. An integer that meets a double is rounded to the nearest double first, as the CEL project's own
  /// suite of cases asks (`comparisons`, "lossy"): 9223372036854775807 and 9223372036854775808.0 are equal.
  private static func order(_ left: Double, _ right: Double) -> Int? {
    left < right ? -1 : left > right ? 1 : left == right ? 0 : nil
  }

  private static func order(_ left: (Int64, Int32), _ right: (Int64, Int32)) -> Int {
    left < right ? -1 : left > right ? 1 : 0
  }

  /// Bytes in lexical order, which for UTF-8 is the order of code points.
  private static func order(sequence left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Int {
    if left.lexicographicallyPrecedes(right) { return -1 }
    return right.lexicographicallyPrecedes(left) ? 1 : 0
  }
}
