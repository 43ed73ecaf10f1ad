// Request files, JSON and YAML, as facts; and the mistakes in them.

import Testing

@testable import PosternLanguage

@Suite("Request files")
struct RequestFactsTests {
  private func read(_ text: String) -> (facts: RequestFacts?, diagnostics: [Diagnostic]) {
    RequestFacts.read(SourceFile(path: "request.json", bytes: Array(text.utf8)))
  }

  private func faults(_ text: String) -> [String] {
    read(text).diagnostics.map { "\($0.id) \($0.span?.startLine ?? 0):\($0.span?.startColumn ?? 0)" }
  }

  private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

  @Test("a request in JSON has every part of its URL and the headers that steer, in any case")
  func request() throws {
    let request = try #require(
      read(
        #"""
        {"request": {"method": "POST", "url": "http://payroll.example.com:8443/a%20b/c?x=1&y=?z",
        	"clientAddress": "192.0.2.1", "headers": {"Sec-Fetch-Mode": "navigate", "X-Trace": "1", "ACCEPT": "*/*"}}}
        """#
      ).facts?.request)
    var expected = Request()
    expected.method = Array("POST".utf8)
    expected.scheme = Array("http".utf8)
    expected.host = Array("payroll.example.com:8443".utf8)
    expected.path = Array("/a%20b/c".utf8)
    expected.query = Array("x=1&y=?z".utf8)
    expected.clientAddress = Array("192.0.2.1".utf8)
    expected.secFetchMode = Array("navigate".utf8)
    expected.accept = Array("*/*".utf8)
    expected.otherHeaders = [Request.Header(name: Array("x-trace".utf8), value: Array("1".utf8))]
    #expect(request == expected)
  }

  @Test(
    "a URL without a path asks for the root, and without a query has none",
    arguments: [
      ("https://a.example.com", "/", nil), ("https://a.example.com?x", "/", "x"), ("https://a.example.com/?", "/", ""),
      ("https://a.example.com/b?c/d", "/b", "c/d"),
    ])
  func url(url: String, path: String, query: String?) throws {
    let request = try #require(read("request: {url: \"\(url)\"}").facts?.request)
    #expect(text(request.host) == "a.example.com")
    #expect(text(request.path) == path)
    #expect(text(request.query) == query)
  }

  @Test("a request alone is a GET over https by nobody")
  func defaults() throws {
    let facts = try #require(read("request: {host: a.example.com, path: /}").facts)
    #expect(text(facts.request.method) == "GET")
    #expect(text(facts.request.scheme) == "https")
    #expect(facts.credential == Credential())
    #expect(facts.nowMilliseconds == Instant.defaultNow)
  }

  @Test("a credential has the facts that are written, times relative to now")
  func credential() throws {
    let facts = try #require(
      read(
        """
        now: 2026-03-02T10:00:00Z
        request: {url: "https://a.example.com/"}
        credential:
          kind: session
          provider: workspace
          principalKind: user
          accountState: active
          email: ann@example.com
          emailVerified: true
          groups: [staff@example.com, no]
          groupsComplete: true
          stateSourceDown: true
          createdAt: 3h ago
          lastSeenAt: 2026-03-02T09:59:00Z
          stateCheckedAt: 1772445540000
          expiresAt: in 5m
        """
      ).facts)
    var expected = Credential()
    expected.kind = .session
    expected.provider = Array("workspace".utf8)
    expected.principalKind = .user
    expected.accountState = .active
    expected.email = Array("ann@example.com".utf8)
    expected.emailVerified = true
    expected.groups = [Array("staff@example.com".utf8), Array("no".utf8)]
    expected.groupsComplete = true
    expected.stateSourceDown = true
    expected.createdAt = 1_772_445_600_000 - 3 * 3_600_000
    expected.lastSeenAt = 1_772_445_540_000
    expected.stateCheckedAt = 1_772_445_540_000
    expected.expiresAt = 1_772_445_900_000
    #expect(facts.credential == expected)
    #expect(facts.nowMilliseconds == 1_772_445_600_000)
  }

  @Test("`as` is somebody who has just logged in, and `none` takes a time away")
  func asMember() throws {
    let text = "request: {host: a, path: /}\ncredential: {as: \"user:ann@example.com\", lastSeenAt: none}"
    let credential = try #require(read(text).facts?.credential)
    #expect(credential.kind == .session && credential.accountState == .active && credential.emailVerified)
    #expect(credential.createdAt == Instant.defaultNow)
    #expect(credential.lastSeenAt == 0)
  }

  @Test("a claim keeps the type that JSON gives it")
  func claims() throws {
    let claims =
      #"{"a": 1, "b": -1.5, "c": "1", "d": [true, null], "e": {"f": 18446744073709551615}, "g": "2026-01-01"}"#
    let facts = read(#"{"request": {"host": "a", "path": "/"}, "credential": {"claims": \#(claims)}}"#).facts
    let named: [String: FactValue] = [
      "a": .int(1), "b": .double(-1.5), "c": .text(Array("1".utf8)), "d": .list([.bool(true), .null]),
      "e": .map([Array("f".utf8): .double(18_446_744_073_709_551_616)]), "g": .text(Array("2026-01-01".utf8)),
    ]
    let expected = Dictionary(uniqueKeysWithValues: named.map { (Array($0.key.utf8), $0.value) })
    #expect(facts?.credential.claims == expected)
  }

  @Test("a request may hold control characters by their escapes, for strangers send them")
  func controls() throws {
    let request = try #require(read(#"{"request": {"host": "a", "path": "/\u0000\u0007"}}"#).facts?.request)
    #expect(request.path == [0x2F, 0, 7])
  }

  @Test(
    "every mistake of a request file is reported in one run",
    arguments: [
      ("{}", "missing-key 1:1"),
      ("", "empty-file 1:1"),
      ("[1]", "wrong-type 1:1"),
      ("request: {hots: a}", "unknown-key 1:11"),
      ("request: {url: payroll.example.com}", "malformed-url 1:16"),
      ("request: {url: \"https://a/\", path: /b}", "fact-written-twice 1:30"),
      ("request: {headers: {accept: a, Accept: b}}", "duplicate-key 1:32"),
      ("request: {headers: {x-a: a, X-A: b}}", "duplicate-key 1:29"),
      ("request: {path: [a]}\nnow: 1772445600", "bad-time 2:6 wrong-type 1:17"),
      (
        "request: {}\ncredential: {kind: cookie, emailVerified: yes, createdAt: 5}",
        "unknown-value 2:20 bad-boolean 2:43 bad-time 2:59"
      ),
      ("request: {}\ncredential: {as: \"group:a@example.com\"}", "member-not-allowed 2:18"),
      ("request: {}\n---\nrequest: {}", "second-document 3:1"),
    ])
  func mistakes(text: String, expected: String) {
    #expect(faults(text).joined(separator: " ") == expected)
    #expect(read(text).facts == nil)
  }
}
