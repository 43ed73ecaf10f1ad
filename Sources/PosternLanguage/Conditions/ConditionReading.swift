// A condition's text read: parsed, checked against the declared attributes, held to be a bool. Refuses what the
// language or the checker refuses, access levels that no file declares, and expressions of another type; each refusal
// has its place.

internal import PosternCEL

/// What reading one expression comes to.
struct ConditionReading {
  /// nil where there are issues.
  let expression: ConditionExpression?
  /// In the order of the text.
  let issues: [CELIssue]
  /// What is odd about a condition that has no issue.
  let remarks: [ConditionRemark]

  init(_ text: String, in environment: CELEnvironment, _ levels: LevelNames) {
    let parsing = CELParser.parse(text)
    guard let tree = parsing.expression else {
      self.init(nil, parsing.issues)
      return
    }
    let checking = CELChecker.check(tree, in: environment)
    let references = LevelReferences(tree, checking, levels)
    let issues = checking.issues + references.issues + Self.typeIssues(tree, checking)
    let expression = ConditionExpression(tree: tree, checking: checking, levels: references)
    self.init(issues.isEmpty ? expression : nil, issues.sorted { $0.range.lowerBound < $1.range.lowerBound })
  }

  private init(_ expression: ConditionExpression?, _ issues: [CELIssue]) {
    self.expression = expression
    self.issues = issues
    remarks = expression.map { ConditionLints($0).remarks } ?? []
  }

  /// What is known only when it is evaluated may be a bool.
  private static func typeIssues(_ tree: CELExpression, _ checking: CELChecking) -> [CELIssue] {
    guard let type = checking.type, type != .bool, type != .dyn else { return [] }
    return [
      CELIssue(
        .type, "a condition must be bool, but this is \(type)", at: tree.range,
        help: "compare it with something, as in `request.path == \"/\"`")
    ]
  }
}
