// Optional values as the CEL project's optional types have them. Refuses, as an error value, to open an empty one.

extension CELLibrary {
  /// The functions that make optional values and open them; their syntax is the evaluator's.
  static let optionals: CELFunctionTable = [
    "optional.of": [CELFunction(arguments: 1) { .optional(CELValue.Boxed($0.first)) }],
    "optional.none": [CELFunction(arguments: 0) { _ in .optional(nil) }],
    "optional.ofNonZeroValue": [
      CELFunction(arguments: 1) { $0.first.isZero ? .optional(nil) : .optional(CELValue.Boxed($0.first)) }
    ],
    "hasValue": [ofOptional { .bool($0 != nil) }],
    "value": [
      ofOptional { value throws(CELError) in
        guard let value else { throw CELError(.invalidArgument, "the optional is empty") }
        return value
      }
    ],
    "or": [
      CELFunction(arguments: 2, isMethod: true) { call in
        guard case (.optional(let first), .optional) = call.pair else { return nil }
        return first == nil ? call.arguments[1] : call.first
      }
    ],
    "orValue": [
      CELFunction(arguments: 2, isMethod: true) { call in
        guard case .optional(let first) = call.first else { return nil }
        return first?.value ?? call.arguments[1]
      }
    ],
    "optional.unwrap": [CELFunction(arguments: 1, unwrap)],
    "unwrapOpt": [CELFunction(arguments: 1, isMethod: true, unwrap)],
  ]

  private static func ofOptional(
    _ result: @escaping @Sendable (CELValue?) throws(CELError) -> CELValue
  ) -> CELFunction {
    CELFunction(arguments: 1, isMethod: true) { call throws(CELError) in
      guard case .optional(let boxed) = call.first else { return nil }
      return try result(boxed?.value)
    }
  }

  /// What a list's optional elements hold, the empty ones left out.
  private static func unwrap(_ call: CELCall) -> CELValue? {
    guard case .list(let elements) = call.first else { return nil }
    var values: [CELValue] = []
    for element in elements {
      guard case .optional(let boxed) = element else { return nil }
      if let boxed { values.append(boxed.value) }
    }
    return .list(values)
  }
}

extension CELValue {
  /// Whether this is the value that its type has where nothing is said: false, 0, empty, the first instant of 1970.
  fileprivate var isZero: Bool {
    switch self {
    case .null, .optional(nil): true
    case .bool(let value): !value
    case .int(let value): value == 0
    case .uint(let value): value == 0
    case .double(let value): value == 0
    case .string(let text): text.utf8.isEmpty
    case .bytes(let bytes): bytes.isEmpty
    case .list(let elements): elements.isEmpty
    case .map(let map): map.count == 0
    case .timestamp(let instant): instant.seconds == 0 && instant.nanoseconds == 0
    case .duration(let span): span.seconds == 0 && span.nanoseconds == 0
    case .type, .optional, .address, .network: false
    }
  }
}
