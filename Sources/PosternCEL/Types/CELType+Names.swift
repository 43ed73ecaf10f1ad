// Types by the names that expressions write them with, and the types of values. Refuses nothing.

extension CELType {
  /// Identifiers that are constants: types as values.
  static let named = Dictionary(uniqueKeysWithValues: ([.dyn] + ofValues).map { ($0.name, $0) })
  /// The names that `type()` yields.
  static let namesOfValues = Set(ofValues.map(\.name))

  /// The types that values have, of aggregates with whatever inside.
  private static let ofValues: [CELType] = [
    .null, .bool, .int, .uint, .double, .string, .bytes, .list(.dyn), .map(key: .dyn, value: .dyn), .timestamp,
    .duration, .type(.dyn), .optional(.dyn), .address, .network,
  ]

  /// The type of a value, of an aggregate with whatever inside.
  init(of value: CELValue) {
    switch value {
    case .null: self = .null
    case .bool: self = .bool
    case .int: self = .int
    case .uint: self = .uint
    case .double: self = .double
    case .string: self = .string
    case .bytes: self = .bytes
    case .list: self = .list(.dyn)
    case .map: self = .map(key: .dyn, value: .dyn)
    case .timestamp: self = .timestamp
    case .duration: self = .duration
    case .type: self = .type(.dyn)
    case .optional: self = .optional(.dyn)
    case .address: self = .address
    case .network: self = .network
    }
  }
}

extension CELValue {
  /// The name of the value's type, which is also what `type()` yields: `int`, `list`, `google.protobuf.Timestamp`.
  public var typeName: String { CELType(of: self).name }
}
