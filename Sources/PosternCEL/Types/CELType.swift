// The types of expressions. Refuses nothing.

/// A type of the Common Expression Language.
public indirect enum CELType: Sendable, Hashable {
  /// Known only when evaluated.
  case dyn
  /// `null_type`.
  case null
  case bool
  case int
  case uint
  case double
  case string
  case bytes
  /// `google.protobuf.Timestamp`.
  case timestamp
  /// `google.protobuf.Duration`.
  case duration
  case list(CELType)
  case map(key: CELType, value: CELType)
  /// The type of types; of `int` itself, `type(int)`.
  case type(CELType)
  /// A type with a name of its own: `optional_type(T)`, `net.IP`, `net.CIDR`, and what tests declare.
  case opaque(String, [CELType])
  /// The value or null (protocol-buffer wrappers, which declarations may use).
  case nullable(CELType)
  /// A type parameter of a declaration.
  case parameter(String)

  /// `optional_type(T)`.
  public static func optional(_ type: CELType) -> CELType { .opaque("optional_type", [type]) }
  /// `net.IP`.
  public static let address = CELType.opaque("net.IP", [])
  /// `net.CIDR`.
  public static let network = CELType.opaque("net.CIDR", [])
}

extension CELType: CustomStringConvertible {
  /// As the CEL project writes it: `list(string)`, `map(string, dyn)`, `google.protobuf.Timestamp`.
  public var description: String {
    parameters.isEmpty ? name : "\(name)(\(parameters.map(\.description).joined(separator: ", ")))"
  }

  /// Without what it is made of: `list`, `map`, `google.protobuf.Timestamp`.
  var name: String {
    switch self {
    case .dyn: "dyn"
    case .null: "null_type"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .timestamp: "google.protobuf.Timestamp"
    case .duration: "google.protobuf.Duration"
    case .list: "list"
    case .map: "map"
    case .type: "type"
    case .opaque(let name, _), .parameter(let name): name
    case .nullable: "wrapper"
    }
  }

  private var parameters: [CELType] {
    switch self {
    case .list(let type), .type(let type), .nullable(let type): [type]
    case .map(let key, let value): [key, value]
    case .opaque(_, let parameters): parameters
    default: []
    }
  }
}

/// What a name or a function of an expression may be: variables by their qualified names, and functions beyond the
/// standard ones.
public struct CELEnvironment: Sendable {
  /// A function or method with one signature.
  public struct Overload: Sendable, Hashable {
    /// Unique, as `size_string`.
    public let id: String
    /// Of a method, the target's type first.
    public let parameters: [CELType]
    /// The type of what it returns.
    public let result: CELType
    /// Whether it is called on its first parameter.
    public let isMethod: Bool

    public init(_ id: String, _ parameters: [CELType], _ result: CELType, isMethod: Bool = false) {
      self.id = id
      self.parameters = parameters
      self.result = result
      self.isMethod = isMethod
    }
  }

  /// The namespace in which names are looked up first, `com.example`; empty for none.
  public var container: String
  /// Types of variables by qualified name, `request.path`.
  public var variables: [String: CELType]
  /// Overloads by name of the function, beside the standard library's and the extensions'.
  public var functions: [String: [Overload]]

  public init(
    container: String = "", variables: [String: CELType] = [:], functions: [String: [Overload]] = [:]
  ) {
    self.container = container
    self.variables = variables
    self.functions = functions
  }

  /// The qualified names that `name` may stand for inside the container, in the order in which they are tried.
  ///
  /// For `x` in `com.example`: `com.example.x`, `com.x`, `x`.
  public func candidates(for name: String) -> [String] {
    var names: [String] = []
    var prefix = container
    while !prefix.isEmpty {
      names.append(prefix + "." + name)
      guard let dot = prefix.lastIndex(of: ".") else { break }
      prefix = String(prefix[..<dot])
    }
    return names + [name]
  }
}
