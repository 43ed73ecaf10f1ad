// Each clock of a session through each proxy: what every client gets a second before it and at it (docs/decision.md, row 8).

import NIOHTTP1
import Testing

@testable import PosternService

@Suite("Clocks through each proxy", .serialized, .timeLimit(.minutes(2)))
struct ClockIntegrationTests {
  /// A clock that ends a session, and the policy in which it is the first to.
  enum Clock: String, CaseIterable, CustomTestStringConvertible {
    case idle, absolute, revalidate, stateGrace, reauthentication, tokenEnd

    var seconds: Int64 {
      switch self {
      case .idle: 15 * 60
      case .absolute, .tokenEnd: 3_600
      case .revalidate: 120
      case .stateGrace: 120 + 600
      case .reauthentication: 900
      }
    }

    var reason: String {
      switch self {
      case .idle: "idleTimeout"
      case .absolute: "absoluteTimeout"
      case .revalidate, .stateGrace: "stateStale"
      case .reauthentication: "reauthenticationRequired"
      case .tokenEnd: "tokenExpired"
      }
    }

    var files: [String: String] {
      let rest =
        switch self {
        case .idle: "session: {revalidate: none}"
        case .absolute: "session: {absoluteTimeout: 1h, idleTimeout: none, revalidate: none}"
        case .revalidate: "session: {idleTimeout: none, revalidate: 2m, onStateUnavailable: deny}"
        case .stateGrace: "session: {idleTimeout: none, revalidate: 2m, onStateUnavailable: {allowFor: 10m}}"
        case .reauthentication:
          """
          session: {idleTimeout: none, revalidate: none}
          settings: {accessSettings: {reauthSettings: {method: LOGIN, maxAge: 900s, policyType: MINIMUM}}}
          """
        case .tokenEnd: "session: {idleTimeout: none, revalidate: none}"
        }
      var files = TestPolicy.files
      files["payroll.yaml"] = TestPolicy.app("payroll", rest)
      if self == .tokenEnd {
        files["organization.yaml"] = TestPolicy.organization.replacing("source: oidc", with: "source: identityPlatform")
      }
      return files
    }

    var testDescription: String { rawValue }
  }

  @Test("every client is let in a second before it, and told why at it", arguments: Proxy.allCases, Clock.allCases)
  func sides(_ proxy: Proxy, _ limit: Clock) async throws {
    let clock = TestClock()
    let provider = StandInProvider(clock: clock)
    // Nobody says anything new of the account.
    provider.change { $0.isDown = true }
    let gate = try TestGate(limit.files, transport: provider, clock: clock)
    let fixture = try await ProxyFixture(proxy, gate: gate)
    // Handshakes are WebSocketIntegrationTests'.
    for client in ProxyIntegrationTests.clients where client.name != "a WebSocket" {
      let tokens = ProviderTokens(access: "access", refresh: "refresh", identity: "")
      let headers = client.headers + [("Cookie", try await gate.signIn(tokens: tokens))]
      clock.advance(seconds: limit.seconds - 1)
      let before = try await fixture.ask(client.method, "https://payroll.example.com/poll", headers: headers)
      #expect(before.status == 200, "\(client.name) a second before")
      clock.advance(seconds: 1)
      let after = try await fixture.ask(client.method, headers: headers)
      #expect(ProxyIntegrationTests.status(after) == client.refusal, "\(client.name) at it")
      #expect(after.headers["x-postern-reason"] == [limit.reason], "\(client.name) at it")
    }
  }
}
