// Apps that are open to everyone: what deny rules make of those who are not signed in.

import PosternCompiler
import PosternLanguage
import PosternReview
import Testing

@Suite("The anonymous")
struct AnonymousTests {
  /// A public app, with a rule that denies everyone on a condition; without a text, no rule.
  private func side(denying condition: String?) throws -> ReviewSide {
    let rule = condition.map {
      """
      deny:
        - denyRule:
            deniedPrincipals: ["principalSet://goog/public:all"]
            deniedPermissions: ["iap.webServiceVersions.accessViaIAP"]
            denialCondition: {title: c, expression: '\($0)'}

      """
    }
    return try TreeFixture.tree([
      "organization.yaml": """
      kind: Organization
      name: example.com
      loginProviders:
        - {name: own, source: workspace, issuer: "https://own.example", clientID: c, domains: [example.com]}
      session: {absoluteTimeout: 12h, idleTimeout: 1h, revalidate: 5m, onStateUnavailable: deny, onStoreUnavailable: deny}

      """,
      "a.yaml": """
      kind: App
      name: a
      routes: [a.example.com/]
      iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: [allUsers]}]}
      \(rule ?? "")
      """,
    ])
  }

  @Test("a rule that denies everyone is told of those who are not signed in, with a witness")
  func everyoneDenied() throws {
    let comparison = try PolicyComparison(
      before: side(denying: nil), after: side(denying: #"request.path.startsWith("/private")"#))
    let difference = try #require(comparison.differences.first { $0.subject == "anyone who is not signed in" })
    #expect([difference.before, difference.after] == ["let in", "denied"])
    #expect(difference.effect == .narrows)
    #expect(!difference.isUnproven)
  }

  @Test("of those who are not signed in, a condition on who asks is an error, however it is written")
  func callerFacts() throws {
    let comparison = try PolicyComparison(
      before: side(denying: #"request.auth.claims.a == "x""#),
      after: side(denying: #"!(request.auth.claims["a"] != "x")"#))
    #expect(comparison.isSame)
  }
}
