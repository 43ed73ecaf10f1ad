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

  /// Whether `part` stands somewhere in `text`, in time linear in both (Knuth, Morris and Pratt 1977).
  private static func contains(_ text: String, _ part: String) -> Bool {
    let part = Array(part.utf8)
    guard !part.isEmpty else { return true }
    let borders = borders(of: part)
    var matched = 0
    for byte in text.utf8 {
      while matched > 0, byte != part[matched] { matched = borders[matched - 1] }
      if byte == part[matched] { matched += 1 }
      if matched == part.count { return true }
    }
    return false
  }

  /// For each prefix, the length of the longest proper prefix that is also its suffix.
  private static func borders(of part: [UInt8]) -> [Int] {
    var borders = [0]
    var length = 0
    for byte in part.dropFirst() {
      while length > 0, byte != part[length] { length = borders[length - 1] }
      if byte == part[length] { length += 1 }
      borders.append(length)
    }
    return borders
  }
}
