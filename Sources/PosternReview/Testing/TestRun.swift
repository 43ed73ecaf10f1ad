// The cases of the Test documents, decided by the kernel and compared with what they expect. Refuses nothing: a case was
// checked when the tree was read, and whatever it asks is decided.

public import PosternCompiler
public import PosternLanguage

/// What came of the cases of a tree.
public struct TestRun {
  /// By file, in the order of the files.
  public let results: [TestResult]
  /// Likewise those of refreshes.
  public let refreshResults: [RefreshTestResult]

  /// Runs every case whose name holds `filter`; `pathPrefix` leads from the reader to the tree.
  public init(_ side: ReviewSide, filter: String = "", pathPrefix: String = "") {
    let chosen = side.policy.tests.flatMap(\.cases).filter { filter.isEmpty || $0.name.value.contains(filter) }
    var buffers = DecisionBuffers()
    results = chosen.map { test in
      let decision = side.bundle.decide(test.request, test.credential, at: test.nowMilliseconds, using: &buffers)
      return TestResult(test, decision, of: side, pathPrefix: pathPrefix)
    }
    refreshResults = side.policy.tests.flatMap(\.refreshes)
      .filter { filter.isEmpty || $0.name.value.contains(filter) }
      .map { RefreshTestResult($0, of: side, pathPrefix: pathPrefix) }
  }

  /// All cases: of a file the requests, then the refreshes.
  package var all: [any CaseResult] {
    if refreshResults.isEmpty { return results }
    let both = (results as [any CaseResult]) + refreshResults
    return both.enumerated().sorted { left, right in
      let (first, second) = (left.element.place.file.utf8, right.element.place.file.utf8)
      return first.elementsEqual(second) ? left.offset < right.offset : first.lexicographicallyPrecedes(second)
    }.map(\.element)
  }

  /// How many cases ran.
  public var count: Int { results.count + refreshResults.count }

  /// How many cases did not get what they expect.
  public var failureCount: Int { all.count { !$0.hasPassed } }

  /// Requests that did not get what they expect.
  public var failures: [TestResult] { results.filter { !$0.hasPassed } }

  /// `41 tests passed`, or `2 of 41 tests failed`.
  public var summary: String {
    let tests = count == 1 ? "1 test" : "\(count) tests"
    return failureCount == 0 ? "\(tests) passed" : "\(failureCount) of \(tests) failed"
  }
}

/// What came of one case.
public struct TestResult {
  /// The case.
  public let test: TestCase
  /// Where the case begins.
  public let place: TreePlace
  /// The decision, with why.
  public let explanation: Explanation
  /// What came otherwise than the case expects, in the order of its keys; empty where it has passed.
  public let differences: [Difference]

  /// One part of a decision that is not what was expected.
  public struct Difference: Equatable, Sendable {
    /// The key under `expect`.
    public let key: String
    /// What stands there.
    public let expected: String
    /// What came.
    public let actual: String
  }

  init(_ test: TestCase, _ decision: Decision, of side: ReviewSide, pathPrefix: String) {
    self.test = test
    place = TreePlace(test.span, in: side.policy, pathPrefix: pathPrefix)
    explanation = Explanation(decision, of: side.bundle, at: test.nowMilliseconds, pathPrefix: pathPrefix)
    differences = Self.differences(test, explanation)
  }

  private static func differences(_ test: TestCase, _ explanation: Explanation) -> [Difference] {
    let expected = test.expected
    let decision = explanation.decision
    let parts: [(key: String, expected: String?, actual: String)] = [
      ("verdict", "\(expected.verdict)", "\(decision.verdict)"),
      ("reason", expected.reason.map { "\($0)" }, "\(decision.reason)"),
      ("mode", expected.mode.map { "\($0)" }, "\(decision.mode)"),
      ("clock", expected.clock.map { "\($0)" }, "\(decision.clock)"),
      ("app", expected.appName, explanation.appName ?? "none"),
      ("touch", expected.touch.map { "\($0)" }, "\(decision.touch)"),
      ("validUntil", expected.validUntilMilliseconds.map(instant), instant(decision.validUntil)),
    ]
    return parts.compactMap { part in
      guard let expected = part.expected, expected != part.actual else { return nil }
      return Difference(key: part.key, expected: expected, actual: part.actual)
    }
  }

  static func instant(_ milliseconds: Int64) -> String {
    switch milliseconds {
    case .max: "unbounded"
    case 0: "none"
    default: Wording.instant(milliseconds: milliseconds)
    }
  }
}

/// What came of one case, of a request or of a refresh, as it is told.
package protocol CaseResult {
  var caseName: String { get }
  var place: TreePlace { get }
  var differences: [TestResult.Difference] { get }
  /// Why, for a terminal, with a line break at the end.
  var explanationText: String { get }
  var explanationJSON: JSONValue { get }
  var reasonSentence: String { get }
}

extension CaseResult {
  /// Whether everything that the case states came so.
  package var hasPassed: Bool { differences.isEmpty }
}

extension TestResult: CaseResult {
  package var caseName: String { test.name.value }
  package var explanationText: String { explanation.text }
  package var explanationJSON: JSONValue { explanation.json }
  package var reasonSentence: String { explanation.decision.reason.sentence }
}
