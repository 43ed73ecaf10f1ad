// `contains`, `startsWith` and `endsWith`, over code points: texts that merely look alike are different. Refuses
// nothing.

extension CELLibrary {
  static let texts: CELFunctionTable = [
    "contains": [textTest(contains)],
    "startsWith": [textTest { $0.utf8.starts(with: $1.utf8) }],
    "endsWith": [textTest { $0.utf8.reversed().starts(with: $1.utf8.reversed()) }],
  ]

  private static func textTest(_ test: @escaping @Sendable (String, String) -> Bool) -> CELFunction {
    CELFunction(arguments: 2, isMethod: true) { call in
      guard case (.string(let text), .string(let part)) = call.pair else { return nil }
      return .bool(test(text, part))
    }
  }

  private static func contains(_ text: String, _ part: String) -> Bool {
    part.isEmpty || TextSearch(Array(part.utf8)).firstOffset(in: Array(text.utf8)) != nil
  }
}
