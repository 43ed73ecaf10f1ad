// The facts of Test documents and request files.

import Testing

@testable import PosternLanguage

@Suite("Facts")
struct ReadingFactsTests {
  static func facts(_ text: String) -> RequestFacts? {
    RequestFacts.read(SourceFile(path: "r.json", bytes: Array(text.utf8))).facts
  }

  @Test("a URL gives its parts raw, as a client would send them")
  func url() throws {
    let facts = try #require(Self.facts(#"{"request": {"url": "https://X.example.com:8443/a/../%2e?q=1?2#f"}}"#))
    #expect(facts.request.scheme == Array("https".utf8))
    #expect(facts.request.host == Array("X.example.com:8443".utf8))
    #expect(facts.request.path == Array("/a/../%2e".utf8))
    #expect(facts.request.query == Array("q=1?2#f".utf8))
    #expect(facts.request.method == Array("GET".utf8))
  }

  @Test("without a query a URL has none, and without a path it has `/`")
  func shortURL() throws {
    let facts = try #require(Self.facts(#"{"request": {"url": "http://x.example.com"}}"#))
    #expect(facts.request.path == Array("/".utf8) && facts.request.query == nil)
  }

  @Test("headers are read whatever their case, and what is not written is absent")
  func headers() throws {
    let facts = try #require(Self.facts(#"{"request": {"host": "x", "path": "/", "headers": {"Sec-Fetch-Mode": ""}}}"#))
    #expect(facts.request.secFetchMode == [] && facts.request.accept == nil)
    #expect(facts.credential.kind == .none)
  }

  @Test("a credential says nothing that is not written, but that it is a session")
  func credential() throws {
    let facts = try #require(Self.facts(#"{"request": {"host": "x"}, "credential": {"email": "a@b.c"}}"#))
    var expected = Credential()
    expected.kind = .session
    expected.email = Array("a@b.c".utf8)
    #expect(facts.credential == expected)
  }

  @Test("`as` is somebody who has just logged in, and what stands beside it replaces that")
  func shorthand() throws {
    let text = """
      {"now": "1970-01-02T00:00:00Z", "request": {"host": "x"},
       "credential": {"as": "user:Ann@example.com", "loginAt": "none", "createdAt": "1h ago", "groupsComplete": false}}
      """
    let credential = try #require(Self.facts(text)).credential
    #expect(credential.principalKind == .user && credential.accountState == .active && credential.emailVerified)
    #expect(credential.email == Array("ann@example.com".utf8) && !credential.groupsComplete)
    #expect(credential.createdAt == 82_800_000 && credential.lastSeenAt == 86_400_000 && credential.loginAt == 0)
    #expect(credential.secondFactorAt == 0 && credential.securityKeyAt == 0)
  }

  @Test("claims keep the types of JSON")
  func claims() throws {
    let text = #"{"request": {}, "credential": {"claims": {"a": [1, "1", 1.5, true, null], "b": {"c": "x"}}}}"#
    let claims = try #require(Self.facts(text)).credential.claims
    #expect(
      claims[Array("a".utf8)]
        == .list([.int(1), .text(Array("1".utf8)), .double(1.5), .bool(true), .null]))
    #expect(claims[Array("b".utf8)] == .map([Array("c".utf8): .text(Array("x".utf8))]))
  }

  @Test(
    "a file that is no request gives diagnostics and no facts", arguments: ["", "[]", "{", "{}", "request: 1", "\u{0}"])
  func notARequest(_ text: String) {
    let reading = RequestFacts.read(SourceFile(path: "r.json", bytes: Array(text.utf8)))
    #expect(reading.facts == nil && !reading.diagnostics.isEmpty)
  }
}
