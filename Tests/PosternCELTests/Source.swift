// Expressions as text: what they come to, side by side with what they shall come to.

import Testing

@testable import PosternCEL

/// An expression and the literal it shall come to; nil for an error.
struct Case: Sendable, CustomTestStringConvertible {
  let text: String
  let expected: String?

  var testDescription: String { text }
}

/// Cases written as `expression => literal`, one a line; `error` for an error.
func cases(_ lines: String) -> [Case] {
  lines.split(separator: "\n").map { line in
    let sides = line.split(separator: " => ", maxSplits: 1)
    let expected = sides.count == 2 ? String(sides[1]) : "no expectation"
    return Case(text: String(sides[0]), expected: expected == "error" ? nil : expected)
  }
}

/// What a text comes to; a text that cannot be read is a failure of the test.
func evaluate(
  _ text: String, container: String = "", timeZones: any CELTimeZones = CELNoTimeZones(),
  _ activation: [String: CELValue] = [:]
) throws -> CELValue {
  let expression = try #require(CELParser.parse(text).expression)
  return try CELEvaluator(timeZones: timeZones, container: container).evaluate(expression, activation)
}

/// Expects the value, of exactly the same representation, or the error.
func expect(_ item: Case, container: String = "", _ activation: [String: CELValue] = [:]) throws {
  if let expected = item.expected {
    #expect(try evaluate(item.text, container: container, activation) == evaluate(expected))
  } else {
    #expect(throws: CELError.self) { try evaluate(item.text, container: container, activation) }
  }
}
