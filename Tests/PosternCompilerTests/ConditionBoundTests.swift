// Conditions at the bounds of their values: whatever the facts are, the kernel computes what the reference does.

import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Conditions at the bounds of values")
struct ConditionBoundTests {
  @Test(
    "a test of the path that is an error is absorbed",
    arguments: [
      "request.path.startsWith(dyn(1)) || request.method == 'GET'", "request.path in dyn(1) || request.method == 'GET'",
      "!(dyn('/').endsWith(dyn(b'a')) && request.method == 'PUT')", "dyn(1).startsWith(request.path) || true",
    ])
  func absorbed(expression: String) throws {
    #expect(try TriedCondition.decide(expression) { _, _ in }.verdict == .allow)
  }
}
