// The names of the types that values have. Refuses nothing.

extension CELValue {
  /// The type's name, which is also what `type()` yields: `int`, `list`, `google.protobuf.Timestamp`.
  public var typeName: String {
    switch self {
    case .null: "null_type"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .list: "list"
    case .map: "map"
    case .timestamp: "google.protobuf.Timestamp"
    case .duration: "google.protobuf.Duration"
    case .type: "type"
    case .optional: "optional_type"
    case .address: "net.IP"
    case .network: "net.CIDR"
    }
  }

  /// The names that an expression may use as values: `type(1) == int`.
  static let typeNames: Set<String> = [
    "null_type", "bool", "int", "uint", "double", "string", "bytes", "list", "map", "google.protobuf.Timestamp",
    "google.protobuf.Duration", "type", "optional_type", "net.IP", "net.CIDR",
  ]
}
