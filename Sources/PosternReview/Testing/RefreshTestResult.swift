// The refreshes of the Test documents, decided by the kernel and compared with what they expect. Refuses nothing: a case was checked
// when the tree was read.

public import PosternCompiler
public import PosternLanguage

/// What came of one refresh of a Test document.
public struct RefreshTestResult {
  /// The case.
  public let test: RefreshTestCase
  /// Where the case begins.
  public let place: TreePlace
  /// The decision, with why.
  public let explanation: RefreshExplanation
  /// What came otherwise than the case expects; empty where it has passed.
  public let differences: [TestResult.Difference]

  init(_ test: RefreshTestCase, of side: ReviewSide, pathPrefix: String) {
    self.test = test
    place = TreePlace(test.span, in: side.policy, pathPrefix: pathPrefix)
    explanation = RefreshExplanation(test.facts.refresh, by: side.bundle, at: test.facts.nowMilliseconds)
    differences = Self.differences(test.expected, explanation.decision)
  }

  private static func differences(
    _ expected: RefreshTestCase.Expectation, _ decision: RefreshDecision
  ) -> [TestResult.Difference] {
    let parts: [(key: String, expected: String?, actual: String)] = [
      ("outcome", "\(expected.outcome)", "\(decision.outcome)"),
      ("reason", expected.reason.map { "\($0)" }, "\(decision.reason)"),
      ("method", expected.method?.policyText, decision.method?.policyText ?? "none"),
      ("validUntil", expected.validUntilMilliseconds.map(TestResult.instant), TestResult.instant(decision.validUntil)),
    ]
    return parts.compactMap { part in
      guard let expected = part.expected, expected != part.actual else { return nil }
      return TestResult.Difference(key: part.key, expected: expected, actual: part.actual)
    }
  }
}

extension RefreshTestResult: CaseResult {
  package var caseName: String { test.name.value }
  package var explanationText: String { explanation.text }
  package var explanationJSON: JSONValue { explanation.json }
  package var reasonSentence: String { explanation.decision.reason.sentence }
}
