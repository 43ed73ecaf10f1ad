// The type checker's entry point and what it tells. It evaluates nothing and trusts no tree: types that grow without
// bound are refused as a limit.

/// What the type checker found out about an expression.
public struct CELChecking: Sendable {
  /// The type of the whole expression; nil where there are issues. What is known only when evaluated is `dyn`.
  public let type: CELType?
  /// Types by node id. A node inside a qualified name (`request` in `request.path`) has none.
  ///
  /// A deduction, no proof: what flows through `dyn` may turn out to be of another type, so whoever builds on these
  /// types keeps the check at the value.
  public let types: [Int: CELType]
  /// Qualified names of variables by the id of the identifier or the select chain that is one; variables of macros are
  /// none.
  public let variables: [Int: String]
  /// The ids of the overloads that a call may come to, by the id of the call.
  public let overloads: [Int: [String]]
  /// In the order of the text; at most `CELChecker.issueCount`.
  public let issues: [CELIssue]

  public init(
    type: CELType?, types: [Int: CELType], variables: [Int: String], overloads: [Int: [String]], issues: [CELIssue]
  ) {
    self.type = type
    self.types = types
    self.variables = variables
    self.overloads = overloads
    self.issues = issues
  }
}

/// The type checker of the Common Expression Language.
public enum CELChecker {
  /// Issues that one check reports; what comes after them is left out.
  public static let issueCount = 100

  /// Checks an expression and tells all its mistakes, not the first only.
  public static func check(_ expression: CELExpression, in environment: CELEnvironment) -> CELChecking {
    var checker = TypeChecker(environment)
    let type = checker.check(expression)
    return checker.finish(type, of: expression)
  }
}
