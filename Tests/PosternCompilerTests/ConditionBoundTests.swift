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

  @Test("a constant part of too many steps is refused, not taken for an error that something absorbs")
  func endlessConstant() throws {
    let numbers = "[\((0..<60).map(String.init).joined(separator: ","))]"
    let part = "\(numbers).all(a, \(numbers).all(b, \(numbers).all(c, \(numbers).all(d, a + b + c + d >= 0))))"
    for expression in [
      "\(part) || request.path == '/'", "\(numbers).exists(e, request.path == '/' || e == 1 && \(part))",
    ] {
      #expect(Compiler.check(TriedCondition.policy(expression).policy).map(\.id) == ["condition-not-bounded"])
    }
  }
}
