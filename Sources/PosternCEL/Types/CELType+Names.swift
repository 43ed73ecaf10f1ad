// Types by the names that expressions write them with, and the types of literals. Refuses nothing.

extension CELType {
  /// Identifiers that are constants: types as values.
  static let named: [String: CELType] = [
    "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string, "bytes": .bytes,
    "list": .list(.dyn), "map": .map(key: .dyn, value: .dyn), "null_type": .null, "dyn": .dyn, "type": .type(.dyn),
    "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration,
    "optional_type": .optional(.dyn), "net.IP": .address, "net.CIDR": .network,
  ]

  /// The type of a literal; what no literal can be is `dyn`.
  init(ofLiteral value: CELValue) {
    switch value {
    case .null: self = .null
    case .bool: self = .bool
    case .int: self = .int
    case .uint: self = .uint
    case .double: self = .double
    case .string: self = .string
    case .bytes: self = .bytes
    default: self = .dyn
    }
  }
}
