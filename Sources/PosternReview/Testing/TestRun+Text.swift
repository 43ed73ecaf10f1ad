// The results of a run for people, for scripts, and in the two forms that build servers read: JUnit's XML, and TAP 14
// (testanything.org). Refuses control characters: a name must not steer a terminal.

internal import PosternCompiler
public import PosternLanguage

extension TestRun {
  // MARK: text

  /// Each case that failed with its place, what differs and why; then how many.
  public var text: String {
    all.filter { !$0.hasPassed }.map { $0.text + "\n" }.joined() + Wording.lines([summary])
  }

  // MARK: JSON

  /// One object; times are milliseconds since 1970. Without a coverage, that member is left out.
  public func json(with coverage: TestCoverage? = nil) -> JSONValue {
    .object([
      "tests": .array(all.map(\.json)),
      "testCount": .integer(Int64(count)),
      "failureCount": .integer(Int64(failureCount)),
      "coverage": coverage?.json,
    ])
  }

  // MARK: JUnit

  /// One `testsuite` for each file.
  public var junit: String {
    let head = #"<testsuites tests="\#(count)" failures="\#(failureCount)">"#
    return (["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", head] + suites + ["</testsuites>"])
      .map { $0 + "\n" }.joined()
  }

  private var suites: [String] {
    var files: [String] = []
    let all = all
    for result in all where files.last != result.place.file { files.append(result.place.file) }
    return files.flatMap { file in
      let own = all.filter { $0.place.file == file }
      let failureCount = own.count { !$0.hasPassed }
      let name = XML.escaped(file)
      let head = #"  <testsuite name="\#(name)" tests="\#(own.count)" failures="\#(failureCount)">"#
      return [head] + own.map(\.junit) + ["  </testsuite>"]
    }
  }

  // MARK: TAP

  /// Version 14, with a YAML block below each case that failed.
  public var tap: String {
    let lines = all.enumerated().map { index, result in
      let name = result.caseName.replacing("\\", with: "\\\\").replacing("#", with: "\\#")
      let line = "\(result.hasPassed ? "ok" : "not ok") \(index + 1) - \(name)"
      return Wording.lines([line] + (result.hasPassed ? [] : result.tapBlock))
    }
    return "TAP version 14\n1..\(count)\n" + lines.joined()
  }
}

extension CaseResult {
  /// The case for a terminal, with a line break at its end.
  package var text: String {
    let table = Inspection.table(differences.map { [$0.key, "expected \($0.expected)", "got \($0.actual)"] })
    return Wording.lines(["failed: \(caseName)", "  --> \(place.text)"] + table + ["  why"]) + why
  }

  private var why: String {
    explanationText.split(separator: "\n").map { "    \($0)\n" }.joined()
  }

  fileprivate var json: JSONValue {
    .object([
      "name": .string(caseName),
      "place": place.json,
      "passed": .bool(hasPassed),
      "differences": .array(
        differences.map { difference in
          .object([
            "key": .string(difference.key), "expected": .string(difference.expected),
            "actual": .string(difference.actual),
          ])
        }),
      "decision": explanationJSON,
    ])
  }

  fileprivate var junit: String {
    let head = #"    <testcase classname="\#(XML.escaped(place.file))" name="\#(XML.escaped(caseName))""#
    if hasPassed { return head + "/>" }
    let message = differences.map { "\($0.key): expected \($0.expected), got \($0.actual)" }.joined(separator: "; ")
    let body = XML.escaped(place.text + "\n" + explanationText)
    return """
      \(head)>
            <failure message="\(XML.escaped(message))">\(body)</failure>
          </testcase>
      """
  }

  fileprivate var tapBlock: [String] {
    let differences = differences.flatMap { difference in
      [
        "    \(difference.key):", "      expected: \(JSONValue.string(difference.expected).compactText)",
        "      actual: \(JSONValue.string(difference.actual).compactText)",
      ]
    }
    let place = JSONValue.string(place.text).compactText
    let reason = JSONValue.string(reasonSentence).compactText
    return ["  ---", "  at: \(place)", "  differences:"] + differences + ["  why: \(reason)", "  ..."]
  }
}

/// Text inside XML 1.0.
private enum XML {
  /// What XML cannot hold becomes `?`.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "\n": result.append(scalar)
      default: result.append(scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value) ? "?" : scalar)
      }
    }
    return String(result)
  }
}
