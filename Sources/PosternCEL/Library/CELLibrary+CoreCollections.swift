// `size`, `in`, indices, and the types of values. Refuses, as error values, what has no size and holds nothing.

extension CELLibrary {
  static let collections: CELFunctionTable = [
    "size": [CELFunction(arguments: 1, size), CELFunction(arguments: 1, isMethod: true, size)],
    CELOperator.in: [CELFunction(arguments: 2, contains)],
    CELOperator.index: [
      CELFunction(arguments: 2) { call throws(CELError) in try call.first.element(at: call.arguments[1]) }
    ],
    CELOperator.optionalIndex: [
      CELFunction(arguments: 2) { call throws(CELError) in try call.first.optionalElement(at: call.arguments[1]) }
    ],
    "type": [CELFunction(arguments: 1) { .type($0.first.typeName) }],
    "dyn": [CELFunction(arguments: 1) { $0.first }],
  ]

  /// Code points of a text, bytes, elements, entries.
  private static func size(_ call: CELCall) -> CELValue? {
    switch call.first {
    case .string(let text): .int(Int64(text.unicodeScalars.count))
    case .bytes(let bytes): .int(Int64(bytes.count))
    case .list(let elements): .int(Int64(elements.count))
    case .map(let map): .int(Int64(map.count))
    default: nil
    }
  }

  private static func contains(_ call: CELCall) -> CELValue? {
    switch call.pair {
    case (let value, .list(let elements)): .bool(elements.contains { $0.isEqual(to: value) })
    case (let key, .map(let map)): .bool(map[key] != nil)
    default: nil
    }
  }
}
