// `matches`: whether a text holds a match of a regular expression of RE2's syntax. Refuses, as error values, what is no
// regular expression.

extension CELLibrary {
  static let matches: CELFunctionTable = [
    "matches": [CELFunction(arguments: 2, matches), CELFunction(arguments: 2, isMethod: true, matches)]
  ]

  private static func matches(_ call: CELCall) throws(CELError) -> CELValue? {
    guard case (.string(let text), .string(let pattern)) = call.pair else { return nil }
    return .bool(try call.regexes.regex(pattern).matches(text))
  }
}

/// The regular expression that an evaluation asked for last: a macro asks for the same one for each element.
final class CELRegexMemory {
  private var last: (pattern: String, regex: CELRegex)?

  func regex(_ pattern: String) throws(CELError) -> CELRegex {
    // By bytes: texts that merely look alike are different.
    if let last, last.pattern.utf8.elementsEqual(pattern.utf8) { return last.regex }
    let regex = try CELRegex(pattern)
    last = (pattern, regex)
    return regex
  }
}
