// OAuth clients in reviews, tests and explanations: each change is told with a refresh on which both kernels differ, refreshes in
// Test documents are compared, and a road ends at the row that decided.

import PosternCompiler
import PosternLanguage
import PosternReview
import Testing

@Suite("Reviews of OAuth clients")
struct RefreshReviewTests {
  private static let organization = """
    kind: Organization
    name: example.com
    loginProviders:
      - {name: people, source: oidc, issuer: "https://id.example.com", clientID: postern, domains: [example.com]}
    session: {absoluteTimeout: 8h, idleTimeout: 15m, revalidate: 2m}

    """
  private static let app = "kind: App\nname: payroll\nroutes: [payroll.example.com/]\n"
  private static let head = """
    kind: OAuthClients
    sessionLength: 16h
    boundScopes: [a.read, a.write]
    passwordChangeEnds: [mail]
    unusedTimeout: 720h

    """
  private static let client = """
    clients:
      - {id: cli, displayName: CLI, party: FIRST_PARTY, flows: [DEVICE], scopes: [a.read, a.write, mail, free], apps: [payroll]}

    """

  private static func side(_ clients: String?, test: String? = nil) throws -> ReviewSide {
    var files = [
      SourceFile(path: "organization.yaml", bytes: Array(organization.utf8)),
      SourceFile(path: "payroll.yaml", bytes: Array(app.utf8)),
    ]
    if let clients { files.append(SourceFile(path: "clients.yaml", bytes: Array(clients.utf8))) }
    if let test { files.append(SourceFile(path: "refresh.test.yaml", bytes: Array(test.utf8))) }
    return try TreeFixture.tree(files)
  }

  // MARK: diff

  private static func differences(from old: String?, to new: String?) throws -> [Difference] {
    try PolicyComparison(before: side(old), after: side(new)).differences
  }

  @Test(
    "a change of what bounds a client is told, with a refresh on which the kernels differ",
    arguments: [
      ("sessionLength: 16h", "sessionLength: 24h", "session length: 16h -> 1d", Difference.Effect.loosens),
      ("sessionLength: 16h", "sessionLength: 8h", "session length: 16h -> 8h", .tightens),
      ("unusedTimeout: 720h", "unusedTimeout: 721h", "unused timeout: 30d -> 30d1h", .loosens),
      ("[a.read, a.write]\n", "[a.read]\n", "bound scopes: - a.write", .loosens),
      ("boundScopes: [a.read", "boundScopes: [free, a.read", "bound scopes: + free", .tightens),
      ("passwordChangeEnds: [mail]\n", "", "scopes that a password change ends: - mail", .loosens),
      ("FIRST_PARTY", "THIRD_PARTY", "party: FIRST_PARTY -> THIRD_PARTY", .tightens),
      (
        "sessionLength: 16h", "reauthentication: SECURE_KEY\nsessionLength: 16h",
        "re-authentication: PASSWORD -> SECURE_KEY", .tightens
      ),
    ])
  func bounds(_ old: String, _ new: String, _ sentence: String, _ effect: Difference.Effect) throws {
    let before = Self.head + Self.client
    let differences = try Self.differences(from: before, to: before.replacing(old, with: new))
    #expect(differences.map(\.sentence) == ["OAuth client cli, " + sentence])
    #expect(differences.map(\.effect) == [effect])
    let difference = try #require(differences.first)
    guard case .refresh(let witness) = difference.proof else {
      Issue.record("no refresh shows it: \(difference.proofSentence)")
      return
    }
    #expect(witness.before != witness.after)
  }

  @Test("a client that comes widens, one that goes narrows, and a refresh shows it")
  func comesAndGoes() throws {
    let all = Self.head + Self.client
    let gained = try Self.differences(from: nil, to: all)
    let lost = try Self.differences(from: all, to: nil)
    #expect(gained.map(\.effect) == [.widens])
    #expect(lost.map(\.effect) == [.narrows])
    #expect(lost.map(\.place?.isOld) == [true])
    for difference in gained + lost {
      guard case .refresh = difference.proof else {
        Issue.record("no refresh shows it")
        return
      }
    }
  }

  @Test("scopes, flows, apps and tokens are compared by value")
  func values() throws {
    let before = Self.head + Self.client
    let after = before.replacing("mail, free", with: "mail, more").replacing(
      "flows: [DEVICE]", with: "redirectURIs: [\"https://a.example.com/\"]"
    )
    .replacing("unused", with: "liveTokens: 5\nunused")
    let sentences = try Self.differences(from: before, to: after).map(\.sentence)
    #expect(
      Set(sentences)
        == [
          "OAuth client cli, scope: + more", "OAuth client cli, scope: - free", "OAuth client cli, flow: + CODE",
          "OAuth client cli, redirect URI: + https://a.example.com/", "OAuth client cli, live tokens: 100 -> 5",
        ])
  }

  @Test("a document that moves to another file, or whose patterns are spelled otherwise, is no difference")
  func sameMeaning() throws {
    let before = Self.head + Self.client
    #expect(
      try Self.differences(from: before, to: before.replacing("[a.read, a.write]\n", with: "[\"a.*\"]\n")).isEmpty)
  }

  // MARK: tests

  private static func run(_ expectation: String, refresh: String = "scopes: [a.read], authenticatedAt: 15h ago") throws
    -> TestRun
  {
    let test = """
      kind: Test
      refreshes:
        - name: a refresh
          refresh: {client: cli, \(refresh)}
          expect: {\(expectation)}

      """
    return try TestRun(side(head + client, test: test), pathPrefix: "policies/")
  }

  @Test("a refresh that gets all that it expects has passed")
  func passes() throws {
    let run = try Self.run("outcome: allowed, reason: withinSessionLength, validUntil: in 1h")
    #expect(run.summary == "1 test passed")
    #expect(run.tap == "TAP version 14\n1..1\nok 1 - a refresh\n")
  }

  @Test(
    "each part that is stated is compared",
    arguments: [
      ("outcome: invalidRapt", "outcome", "invalidRapt", "allowed"),
      ("outcome: allowed, reason: exempt", "reason", "exempt", "withinSessionLength"),
      ("outcome: allowed, method: PASSWORD", "method", "PASSWORD", "none"),
      ("outcome: allowed, validUntil: in 2h", "validUntil", "2026-01-01T02:00:00Z", "2026-01-01T01:00:00Z"),
    ])
  func compares(_ expectation: String, _ key: String, _ expected: String, _ actual: String) throws {
    let run = try Self.run(expectation)
    let result = try #require(run.refreshResults.first)
    #expect(result.differences.map { [$0.key, $0.expected, $0.actual] } == [[key, expected, actual]])
    #expect(run.summary == "1 of 1 test failed")
    #expect(run.text.contains("policies/refresh.test.yaml:3:5"))
    #expect(run.junit.contains("failures=\"1\""))
  }

  // MARK: explain

  @Test("the road ends at the row that decided, and what would change it is what the kernel says")
  func road() throws {
    let bundle = try Self.side(Self.head + Self.client).bundle
    var refresh = Refresh()
    refresh.client = Array("cli".utf8)
    refresh.scopes = [Array("a.read".utf8)]
    refresh.lastUsedAt = 1_772_445_600_000
    refresh.authenticatedAt = 1_772_445_600_000 - 57_600_000
    let road = RefreshRoad(RefreshFacts(refresh: refresh, nowMilliseconds: 1_772_445_600_000), bundle)
    #expect(road.explanation.decision.outcome == .reauthenticate)
    #expect(road.text.contains("  >  the session length has passed\n"))
    #expect(road.text.contains("an authentication just now"))
    #expect(road.text.contains("a grant without scopes"))
    #expect(!road.text.contains("a token used just now"))
  }
}
