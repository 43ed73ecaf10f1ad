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

  @Test(
    "what is asked for by name does not fail by what stands beside it",
    arguments: [
      "cel.bind(c, request.auth.claims, c.x == 2)", "request.auth.claims['x' + ''] == 2",
      "cel.bind(c, request.auth.claims, has(c.x))", "dyn(request.auth.claims).x == 2",
    ])
  func beside(expression: String) throws {
    let decision = try TriedCondition.decide(expression) { _, credential in
      credential.claims = [Array("x".utf8): .int(2), Array("bad".utf8): .text([0xFF])]
    }
    #expect(decision.verdict == .allow)
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

  private static let levels = [
    (name: "corp", expression: "request.query == 'a'"), (name: "broken", expression: "request.auth.claims.none == 1"),
  ]

  @Test(
    "an access level is a value like any other",
    arguments: [
      "levels.corp == true", "levels.corp != false", "dyn(levels.corp) == true", "cel.bind(l, levels.corp, l == true)",
      "cel.bind(l, levels.corp, l && l)", "levels.corp in [true]", "(levels.corp ? 1 : 2) == 1",
      "levels.corp == levels.corp", "levels.broken == true || levels.corp", "levels.corp == (request.query == 'a')",
      "['a'].exists(q, levels.corp == (request.query == q))", "!(levels.broken == true) || levels.corp",
    ])
  func levelValues(expression: String) throws {
    let policy = TriedCondition.policy(expression, levels: Self.levels)
    try #require(policy.diagnostics.isEmpty && Compiler.check(policy.policy).isEmpty)
    let queries = ["a", "b"].map { query in
      { (request: inout Request, credential: inout Credential) in request.query = Array(query.utf8) }
    }
    #expect(try TriedCondition.decide(expression, levels: Self.levels, queries)[0].verdict == .allow)
  }

  @Test(
    "the list of access levels has a bounded form only where a name is looked for in it",
    arguments: [
      "size(request.auth.access_levels) > 0", "request.auth.access_levels.exists(l, l == 'corp')",
      "request.path in request.auth.access_levels", "cel.bind(l, request.auth.access_levels, 'corp' in l)",
    ])
  func levelList(expression: String) {
    let policy = TriedCondition.policy(expression, levels: Self.levels)
    #expect(policy.diagnostics.isEmpty)
    #expect(Compiler.check(policy.policy).map(\.id) == ["condition-not-bounded"])
  }

  @Test("access levels that ask for each other thousands deep are refused")
  func deepLevels() {
    let chain = (1...3_000).map { (name: "l\($0)", expression: "!levels.l\($0 - 1)") }
    let policy = TriedCondition.policy(
      "levels.l3000", levels: [(name: "l0", expression: "request.query == 'a'")] + chain)
    #expect(policy.diagnostics.isEmpty)
    #expect(Set(Compiler.check(policy.policy).map(\.id)) == ["condition-not-bounded"])
  }
}
