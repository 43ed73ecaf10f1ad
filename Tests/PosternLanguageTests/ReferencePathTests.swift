// Row 1 and the two-form rule: what is malformed, what is ambiguous, and the normal form against RFC 3986's own
// algorithm.

import Testing

@testable import PosternLanguage

@Suite("The reference's paths, hosts and methods")
struct ReferencePathTests {
  private func outcome(_ request: Request) -> String {
    let policy = ReferenceWorld.policy()
    let decision = policy.decide(request, ReferenceWorld.session(), at: ReferenceWorld.now)
    guard decision.verdict == .allow, let index = decision.appIndex else { return "\(decision.reason)" }
    return policy.apps[index].name.value
  }

  @Test(
    "a path leads to its app, or is refused for what it hides",
    arguments: [
      ("/", "site"), ("/admin", "admin"), ("/admin/", "admin"), ("/administrator", "site"), ("/%61dmin", "admin"),
      ("//admin", "ambiguousPath"), ("/x/../admin", "ambiguousPath"), ("/%2e%2e/admin", "malformedRequest"),
      ("/x/%2e%2e/admin", "ambiguousPath"), ("/admin;x=1", "ambiguousPath"), ("/x;y/z", "site"), ("/./x", "site"),
      ("/admin/..", "ambiguousPath"), ("/a/..;/admin", "malformedRequest"), ("/a/..%3b/admin", "malformedRequest"),
      ("/a..;b", "malformedRequest"), ("/a/%2e%2e;/admin", "malformedRequest"), ("/admin%2f..", "malformedRequest"),
      ("/v1/x%3Adelete", "site"), ("/%252e", "malformedRequest"), ("/%zz", "malformedRequest"),
      ("/%2", "malformedRequest"), ("/%", "malformedRequest"), ("/%c0%ae", "malformedRequest"),
      ("/%ed%a0%80", "malformedRequest"), ("/caf%c3%a9", "site"), ("/café", "malformedRequest"),
      ("/a#b", "malformedRequest"), ("/a?b", "malformedRequest"), ("/a\\b", "malformedRequest"),
      ("/a b", "malformedRequest"), ("/a\u{7F}", "malformedRequest"), ("/a%20b", "site"), ("/a%00", "malformedRequest"),
      ("/a%7F", "malformedRequest"), ("/a%5C", "malformedRequest"), ("/a%23", "malformedRequest"),
      ("/a%3F", "malformedRequest"), ("admin", "malformedRequest"), ("", "malformedRequest"), ("*", "malformedRequest"),
      ("/a//../..", "malformedRequest"), ("/;x/../y", "malformedRequest"), ("/..", "malformedRequest"),
      ("/admin/%2Fx", "malformedRequest"), ("/" + String(repeating: "a", count: 8_191), "site"),
      ("/" + String(repeating: "a", count: 8_192), "malformedRequest"),
    ])
  func paths(path: String, expected: String) {
    #expect(outcome(ReferenceWorld.request(path)) == expected)
  }

  @Test("an absent path is malformed")
  func absentPath() {
    var request = ReferenceWorld.request()
    request.path = nil
    #expect(outcome(request) == "malformedRequest")
  }

  @Test(
    "a host is known without port, case and one trailing dot, and otherwise not",
    arguments: [
      ("app.example.com", "site"), ("APP.Example.COM:8443", "site"), ("app.example.com.", "site"),
      ("app.example.com.:80", "site"), ("app.example.com..", "unknownHost"), ("app.example.com:", "malformedRequest"),
      ("app.example.com:80:80", "malformedRequest"), ("app.example.com:8x", "malformedRequest"),
      ("app.example.com:80.", "malformedRequest"), ("äpp.example.com", "malformedRequest"),
      ("xn--pp-uia.example.com", "unknownHost"), ("app_example.com", "malformedRequest"), ("", "malformedRequest"),
      (".", "malformedRequest"), (":80", "malformedRequest"), ("[::1]", "unknownHost"), ("[::1]:443", "unknownHost"),
      ("[::1].", "malformedRequest"), ("[]", "malformedRequest"), ("[::g]", "malformedRequest"),
      ("[::1", "malformedRequest"), ("example.com", "unknownHost"), ("user@app.example.com", "malformedRequest"),
      (String(repeating: "a", count: 253), "unknownHost"), (String(repeating: "a", count: 254), "malformedRequest"),
    ])
  func hosts(host: String, expected: String) {
    #expect(outcome(ReferenceWorld.request(host: host)) == expected)
  }

  @Test(
    "a wildcard stands for exactly one label, and an exact host hides it",
    arguments: [
      ("a.example.com", "/admin", "admin"), ("a.b.example.com", "/admin", "unknownHost"),
      (".example.com", "/admin", "unknownHost"), ("example.com", "/admin", "unknownHost"),
      ("app.example.com", "/admin", "site"),
    ])
  func wildcards(host: String, path: String, expected: String) {
    var policy = ReferenceWorld.policy()
    policy.apps[0].routes = [ReferenceWorld.route("example.com", "", isWildcard: true)]
    let decision = policy.decide(
      ReferenceWorld.request(path, host: host), ReferenceWorld.session(), at: ReferenceWorld.now)
    #expect(decision.appIndex.map { policy.apps[$0].name.value } ?? "\(decision.reason)" == expected)
  }

  @Test(
    "a method is a token of at most 64 bytes, and no TRACE or plain CONNECT",
    arguments: [
      ("GET", "site"), ("PROPFIND", "site"), ("get", "site"), ("trace", "site"), ("TRACE", "malformedRequest"),
      ("CONNECT", "malformedRequest"), ("", "malformedRequest"), ("GE T", "malformedRequest"),
      ("GET\r", "malformedRequest"), ("GÉT", "malformedRequest"), ("!#$%&'*+-.^_`|~09azAZ", "site"),
      (String(repeating: "A", count: 64), "site"), (String(repeating: "A", count: 65), "malformedRequest"),
    ])
  func methods(method: String, expected: String) {
    #expect(outcome(ReferenceWorld.request(method: method)) == expected)
  }

  @Test(
    "escapes of slash and percent stay as written where both forms' routes allow them",
    arguments: [
      ("/raw/a%2fb", "escaped"), ("/raw/%252e", "escaped"), ("/raw/a%2Fb/..", "escaped"),
      ("/raw/..%2fx", "escaped"), ("/raw/../raw%2Fx", "malformedRequest"), ("/raw/a%2fb/../../x", "malformedRequest"),
      ("/raw%2Fx", "malformedRequest"), ("/x/../raw/%2F", "malformedRequest"), ("/raw/%5c", "malformedRequest"),
    ])
  func exemptEscapes(path: String, expected: String) {
    var policy = ReferenceWorld.policy()
    let routes = [ReferenceWorld.route("app.example.com", "/raw", allowEscapes: true)]
    policy.apps[0].routes = routes
    policy.apps[0].name.value = "escaped"
    let decision = policy.decide(ReferenceWorld.request(path), ReferenceWorld.session(), at: ReferenceWorld.now)
    #expect(decision.appIndex.map { policy.apps[$0].name.value } ?? "\(decision.reason)" == expected)
  }

  // MARK: Every small path

  private static let segments = ["", "a", "b", ".", "..", "%2e", "%2E.", "a;x", ";", "...", "%41"]

  /// RFC 3986, 5.2.4, literally: an input buffer, an output buffer, steps A to E. nil where `..` finds no segment.
  private func removingDotSegments(_ path: String) -> String? {
    var input = path
    var output = ""
    while !input.isEmpty {
      if input.hasPrefix("/./") {
        input.removeFirst(2)
      } else if input == "/." {
        input = "/"
      } else if input.hasPrefix("/../") || input == "/.." {
        guard let slash = output.lastIndex(of: "/") else { return nil }
        output = String(output[..<slash])
        input = "/" + input.dropFirst(4)
      } else {
        let end = input.dropFirst().firstIndex(of: "/") ?? input.endIndex
        output += input[..<end]
        input = String(input[end...])
      }
    }
    return output
  }

  private func normalForm(_ path: String) -> String? {
    let decoded = path.split(separator: "%2e", omittingEmptySubsequences: false).joined(separator: ".")
      .split(separator: "%2E", omittingEmptySubsequences: false).joined(separator: ".")
      .split(separator: "%41", omittingEmptySubsequences: false).joined(separator: "A")
    var merged = ""
    var isParameter = false
    for character in decoded {
      isParameter = character == ";" || (isParameter && character != "/")
      if !isParameter && !(character == "/" && merged.last == "/") { merged.append(character) }
    }
    return removingDotSegments(merged)
  }

  @Test("the normal form of every path of up to four small segments is that of RFC 3986")
  func everySmallPath() {
    var paths = Self.segments.map { "/" + $0 }
    var all = paths
    for _ in 1...3 {
      paths = paths.flatMap { path in Self.segments.map { path + "/" + $0 } }
      all += paths
    }
    let wrong = all.filter { path in
      ReferencePath(Array(path.utf8)).map { String(decoding: $0.normal, as: UTF8.self) } != normalForm(path)
    }
    #expect(all.count == 16_104)
    #expect(wrong.isEmpty, "\(wrong.prefix(5))")
  }
}
