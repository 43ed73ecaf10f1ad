// `matches`: whether a text holds a match of a regular expression of RE2's syntax. Refuses, as error values, what is no
// regular expression.

extension CELLibrary {
  static let matches: CELFunctionTable = [
    "matches": [CELFunction(arguments: 2, matches), CELFunction(arguments: 2, isMethod: true, matches)]
  ]

  private static func matches(_ call: CELCall) throws(CELError) -> CELValue? {
    guard case (.string(let text), .string(let pattern)) = call.pair else { return nil }
    return .bool(try CELRegex(pattern).matches(text))
  }
}
