// What `kind: OAuthClients` is read as: limits at their ends, defaults, patterns, addresses that are allowed.

import Testing

@testable import PosternLanguage

@Suite("Reading OAuth clients")
struct OAuthClientTests {
  private func clients(_ document: String) throws -> [OAuthClient] {
    let reading = Tree.small(others: [("clients.yaml", "kind: OAuthClients\n" + document)]).read()
    #expect(reading.diagnostics.allSatisfy { $0.id == "client-not-accepted" }, "\(reading.diagnostics.map(\.message))")
    return try #require(reading.policy).oauthClients
  }

  private static let client =
    "{id: cli, displayName: CLI, party: FIRST_PARTY, flows: [DEVICE], scopes: [a, a.b], apps: [payroll]}"

  @Test("what is not written has its default")
  func defaults() throws {
    let client = try #require(clients("sessionLength: 16h\nboundScopes: [a]\nclients: [\(Self.client)]\n").first)
    #expect(
      client.settings
        == OAuthSettings(
          sessionLengthSeconds: 57_600, reauthentication: .login, boundScopes: client.settings.boundScopes,
          liveTokens: 100, unusedTimeoutSeconds: 15_552_000, passwordChangeEnds: []))
    #expect(client.settings.boundScopes.map(\.text.value) == ["a"])
  }

  @Test(
    "each limit may have its least and its greatest value",
    arguments: [("1h", 1, "1h"), ("14d", 1_000, "400d"), ("336h", 100, "9600h")])
  func limits(length: String, tokens: Int, unused: String) throws {
    let clients = try clients(
      """
      sessionLength: \(length)
      reauthentication: SECURE_KEY
      boundScopes: ["*"]
      liveTokens: \(tokens)
      unusedTimeout: \(unused)
      passwordChangeEnds: [a.*]
      clients: [\(Self.client)]
      """)
    #expect(clients.map(\.settings.liveTokens) == [UInt32(tokens)])
    #expect(clients.map(\.settings.reauthentication) == [.secureKey])
  }

  @Test("without flows a client has both, and clients stand in the order of their ids' bytes")
  func order() throws {
    let clients = try clients(
      """
      sessionLength: 16h
      boundScopes: [a]
      clients:
        - {id: b, displayName: B, party: THIRD_PARTY, redirectURIs: ["https://b.example.com/cb?x=1"], scopes: [a], apps: [payroll]}
        - {id: B, displayName: B, party: FIRST_PARTY, flows: [DEVICE], scopes: [a], apps: [payroll]}
        - {id: a-1, displayName: A, party: FIRST_PARTY, flows: [CODE], redirectURIs: ["http://[::1]/"], scopes: [a], apps: [payroll]}
      """)
    #expect(clients.map(\.id.value) == ["B", "a-1", "b"])
    #expect(clients.map(\.flows) == [.device, .code, [.code, .device]])
    #expect(clients.map(\.party) == [.firstParty, .firstParty, .thirdParty])
  }

  @Test(
    "a pattern stands for the scope that it is, or with a star for those that begin like it",
    arguments: [
      ("a", "a", true), ("a", "a.b", false), ("a.*", "a", false), ("a.*", "a.", true), ("a.*", "a.b.c", true),
      ("a*", "ab", true), ("*", "x", true), ("A", "a", false), ("a.b", "a", false),
    ])
  func patterns(pattern: String, scope: String, matches: Bool) {
    let pattern = ScopePattern(Sourced(pattern, at: Span(startOfFile: 0)))
    #expect(pattern.matches(scope) == matches)
  }
}
