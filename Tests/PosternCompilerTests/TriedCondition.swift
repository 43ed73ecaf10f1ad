// One condition on the only binding of an app, decided by the kernel and by the reference.

import PosternLanguage
import Testing

@testable import PosternCompiler

enum TriedCondition {
  static func policy(
    _ expression: String, levels: [(name: String, expression: String)] = []
  ) -> (policy: Policy, diagnostics: [Diagnostic]) {
    var builder = PolicyBuilder()
    builder.policy.accessLevels = levels.map {
      AccessLevel(name: sourced($0.name), condition: Condition(title: $0.name, expression: sourced($0.expression)))
    }
    builder.addApp("payroll", bindings: [[.user(email: "ada@example.com")]])
    builder.policy.nodes[1].bindings[0].condition = Condition(title: "tried", expression: sourced(expression))
    let diagnostics = builder.policy.readConditions()
    return (builder.policy, diagnostics.filter { $0.severity == .error })
  }

  /// The decision of both, which must be one.
  static func decide(
    _ expression: String, at now: Int64 = Credential.now, _ change: @escaping (inout Request, inout Credential) -> Void
  ) throws -> Decision {
    try decide(expression, at: now, [change])[0]
  }

  /// The same for several requests.
  static func decide(
    _ expression: String, levels: [(name: String, expression: String)] = [], at now: Int64 = Credential.now,
    _ changes: [(inout Request, inout Credential) -> Void]
  ) throws -> [Decision] {
    var policy = policy(expression, levels: levels).policy
    policy.apps[0].session.absoluteTimeout = sourced(.none)
    policy.apps[0].session.idleTimeout = sourced(.none)
    policy.apps[0].session.revalidate = sourced(.none)
    let bundle = try OpenBundle(Compiler.compile(policy, revision: 1))
    return changes.map { change in
      var request = Request("payroll.example.com")
      var credential = Credential.person("ada@example.com")
      change(&request, &credential)
      let decision = bundle.decide(request, credential, at: now)
      #expect(
        policy.decide(request, credential, at: now, timeZones: ZoneFolder()) == decision,
        "\(expression) with \(credential.claims.values) and \(request.query ?? [])")
      return decision
    }
  }
}
