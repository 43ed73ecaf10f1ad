// Conditions that no route of their app can meet are warned of; one that could be met never is.

import Testing

@testable import PosternLanguage

@Suite("Conditions on routes")
struct ConditionRouteTests {
  /// A route and conditions on it.
  struct Case: Sendable, CustomTestStringConvertible {
    let routes: String
    let expression: String
    var testDescription: String { "\(expression) on \(routes)" }
  }

  private static func cases(_ routes: String, _ expressions: String...) -> [Case] {
    expressions.map { Case(routes: routes, expression: $0) }
  }

  private static func faults(_ item: Case) -> [String] {
    let app = """
      kind: App
      name: payroll
      routes: [\(item.routes)]
      iam:
        bindings:
          - role: roles/iap.httpsResourceAccessor
            members: ['user:ann@example.com']
            condition: {title: t, expression: '\(item.expression)'}

      """
    return Tree(("organization.yaml", Tree.organization), ("payroll.yaml", app)).read().diagnostics.map(\.id)
  }

  private static let unmet =
    cases(
      "a.example.com/", #"request.host == "b.example.com""#, #""b" == request.host"#,
      #"request.host != "a.example.com""#,
      #"request.host in ["b", "c"]"#, #"request.host in []"#, #"request.host.endsWith("b.example.com")"#,
      #"request.host.startsWith("b.")"#, #"request.host == "A.example.com""#, #"request.path == "a""#,
      #"request.path.startsWith("a")"#, #"!request.path.startsWith("/")"#, #"!(request.host == "a.example.com")"#,
      #"request.query == "x" && request.host == "b""#, #"request.host == "b" ? true : request.host == "c""#,
      #"request.host == "b" || request.path == "x""#)
    + cases(
      #""*.example.com/""#, #"request.host == "example.com""#, #"request.host == ".example.com""#,
      #"request.host == "a.b.example.com""#, #"request.host == "A.example.com""#, #"request.host == "a.example.org""#,
      #"request.host.endsWith(".example.org")"#, #"request.host.endsWith(".b.example.com")"#,
      #"request.host.startsWith("a.b")"#, #"request.host.startsWith(".")"#, #"request.host.startsWith("A")"#,
      #"!request.host.endsWith(".example.com")"#)
    + cases(
      "a.example.com/x/y", #"request.path == "/""#, #"request.path == "/x""#, #"request.path == "/x/yz""#,
      #"request.path in ["/x", "/y"]"#, #"request.path.startsWith("/x/yz")"#, #"request.path.startsWith("/x/z")"#,
      #"!request.path.startsWith("/x")"#)
    + cases("a.example.com/x, b.example.com/y", #"request.host == "a.example.com" && request.path == "/y""#)

  @Test("a condition that no route can meet is warned of", arguments: unmet)
  func warnsOfUnmet(item: Case) {
    #expect(Self.faults(item) == ["condition-unreachable"])
  }

  private static let met =
    cases(
      "a.example.com/", #"request.host == "a.example.com""#, #"request.host != "b""#,
      #"request.host in ["b", request.query]"#,
      #"request.host.contains("b")"#, #"request.path == "/b""#, #"request.path.startsWith("/b")"#,
      #"request.path.endsWith("b")"#, #"request.host == "b" || request.query == "x""#, #"request.query == "b""#,
      #"request.host == request.path"#)
    + cases(
      #""*.example.com/""#, #"request.host == "a-1.example.com""#, #"request.host.endsWith(".com")"#,
      #"request.host.endsWith("b.example.com")"#, #"request.host.startsWith("a")"#,
      #"request.host.startsWith("a.exam")"#,
      #"request.host != "a.example.com""#)
    + cases(
      "a.example.com/x/y", #"request.path == "/x/y""#, #"request.path == "/x/y/""#, #"request.path == "/x/y/z""#,
      #"request.path.startsWith("/x")"#, #"request.path.startsWith("/x/y/z")"#, #"request.path.endsWith("/y")"#)
    + cases("a.example.com/x, b.example.com/y", #"request.host == "b.example.com" && request.path == "/y""#)

  @Test("a condition that a route may meet is not", arguments: met)
  func acceptsMet(item: Case) {
    #expect(Self.faults(item) == [])
  }
}
