// The language's `==` over values: numbers across types, aggregates by what they hold, false across unrelated types.
// Refuses nothing; the evaluator charges for the size of what is compared before it asks.

extension CELValue {
  /// The language's `==`: numbers of equal value are equal whatever their types, NaN equals nothing.
  public func isEqual(to other: CELValue) -> Bool {
    switch (self, other) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
    case (.bytes(let left), .bytes(let right)): left == right
    case (.list(let left), .list(let right)): Self.areEqual(left, right)
    case (.map(let left), .map(let right)): left.isEqual(to: right)
    case (.timestamp(let left), .timestamp(let right)): left == right
    case (.duration(let left), .duration(let right)): left == right
    case (.type(let left), .type(let right)): left.utf8.elementsEqual(right.utf8)
    case (.optional(let left), .optional(let right)): Self.areEqual(left, right)
    case (.address(let left), .address(let right)): left == right
    case (.network(let left), .network(let right)): left == right
    default: isNumber && other.isNumber && compare(to: other) == 0
    }
  }

  /// Whether this is an int, a uint or a double.
  var isNumber: Bool {
    switch self {
    case .int, .uint, .double: true
    default: false
    }
  }

  private static func areEqual(_ left: [CELValue], _ right: [CELValue]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).allSatisfy { $0.isEqual(to: $1) }
  }

  private static func areEqual(_ left: Boxed?, _ right: Boxed?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left.value.isEqual(to: right.value)
  }
}

extension CELMap {
  /// Whether both maps have the same keys with equal values, in whatever order.
  func isEqual(to other: CELMap) -> Bool {
    guard count == other.count else { return false }
    return entries.allSatisfy { entry in other[entry.key].map { entry.value.isEqual(to: $0) } ?? false }
  }
}

/// Identity of representation, for tests and folding; the language's `==` is `isEqual(to:)`.
extension CELValue: Equatable {
  /// The same case with the same content: doubles by their bits, texts by their bytes.
  public static func == (left: CELValue, right: CELValue) -> Bool {
    switch (left, right) {
    case (.int(let left), .int(let right)): left == right
    case (.uint(let left), .uint(let right)): left == right
    case (.double(let left), .double(let right)): left.bitPattern == right.bitPattern
    case (.list(let left), .list(let right)): left == right
    case (.map(let left), .map(let right)): left.hasSameEntries(as: right)
    case (.optional(let left), .optional(let right)): left?.value == right?.value
    default: !left.isNumber && !right.isNumber && left.isEqual(to: right)
    }
  }
}

extension CELMap {
  fileprivate func hasSameEntries(as other: CELMap) -> Bool {
    count == other.count && zip(entries, other.entries).allSatisfy { $0.key == $1.key && $0.value == $1.value }
  }
}
