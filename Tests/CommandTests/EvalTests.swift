// One decision by `postern eval`: both ways to ask, both places to ask at, and requests that are none.

import Foundation
import Testing

@Suite("eval")
struct EvalTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try Tree.small.write(to: scratch)
    try #require(run(["compile", "policies", "-o", "out.ptb", "--revision", "7"]).status == 0)
  }

  private func run(_ arguments: [String], input: [UInt8] = []) throws -> Outcome {
    var command = Command(arguments: arguments)
    command.input = input
    command.folder = scratch.folder
    return try command.run()
  }

  private static let ann = [
    "--url", "https://payroll.example.com/", "--as", "user:ann@example.com", "--provider", "workspace",
    "--at", "2026-03-02T10:00:00Z",
  ]

  @Test(
    "a decision is shown as it was recorded, with the status of its verdict",
    arguments: [
      ("allow.txt", Int32(0), ann + ["--idle", "10m"]),
      ("allow.json", 0, ann + ["--idle", "10m", "--json"]),
      ("idle.txt", 2, ann + ["--idle", "15m", "-H", "Sec-Fetch-Mode: navigate"]),
      ("idle.json", 2, ann + ["--idle", "15m", "-H", "Sec-Fetch-Mode: navigate", "--json"]),
      ("public.txt", 0, ["--url", "http://status.example.com/a?b", "--at", "2026-03-02T10:00:00Z"]),
      ("unknown.txt", 2, ["--url", "https://example.org", "--at", "2026-03-02T10:00:00Z"]),
    ])
  func decisions(_ golden: String, _ status: Int32, _ flags: [String]) throws {
    let outcome = try run(["eval", "out.ptb"] + flags)
    #expect(outcome.status == status)
    #expect(outcome.errors == "")
    Golden.expect(outcome.output, is: "eval-\(golden)")
  }

  @Test("every flag says what the key of a request file says")
  func flagsAreKeys() throws {
    let file = """
      {"now": "2026-03-02T10:00:00Z",
       "request": {"url": "https://payroll.example.com/x", "method": "POST",
                   "headers": {"accept": "text/html,*/*", "origin": "https://a.example.com"}},
       "credential": {"as": "user:ann@example.com", "kind": "bearer", "provider": "workspace", "hostedDomain": "example.com",
                      "tenant": "t", "audience": "a", "authorizedParty": "b", "accountState": "suspended",
                      "groups": ["finance@example.com", "x@example.com"], "groupsComplete": false, "stateSourceDown": true,
                      "storeDown": true, "createdAt": "3h ago", "loginAt": "3h ago", "lastSeenAt": "10m ago",
                      "stateCheckedAt": "30s ago", "issuedAt": "1m ago", "expiresAt": "in 5m", "securityKeyAt": "none"}}
      """
    let flags = [
      "--at", "2026-03-02T10:00:00Z", "--url", "https://payroll.example.com/x", "--method", "POST",
      "--header", "Accept: text/html", "--header", "accept:*/*", "--header", "Origin: https://a.example.com",
      "--as", "user:ann@example.com", "--bearer", "--provider", "workspace", "--hosted-domain", "example.com",
      "--tenant", "t", "--audience", "a", "--authorized-party", "b", "--account-state", "suspended",
      "--groups", "finance@example.com,x@example.com", "--groups-incomplete", "--state-source-down", "--store-down",
      "--session-age", "3h", "--idle", "10m", "--state-age", "30s", "--token-age", "1m", "--expires-in", "5m",
      "--auth-age", "secureKey=none",
    ]
    let shown = try run(["eval", "out.ptb", "--show-request"] + flags)
    #expect(shown.status == 0)
    let object = { (text: String) in try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary }
    #expect(try object(shown.output) == object(file))
  }

  @Test("a request file decides as the flags do, from a file, from standard input, in JSON and in YAML")
  func files() throws {
    let expected = try run(["eval", "out.ptb"] + Self.ann)
    let json =
      #"{"now":"2026-03-02T10:00:00Z","request":{"url":"https://payroll.example.com/"},"#
      + #""credential":{"as":"user:ann@example.com","provider":"workspace"}}"#
    let yaml = """
      now: 2026-03-02T10:00:00Z
      request: {host: payroll.example.com, path: /}
      credential: {as: "user:ann@example.com", provider: workspace}

      """
    try scratch.write(json, to: "a.json")
    try scratch.write(yaml, to: "a.yaml")
    #expect(try run(["eval", "out.ptb", "--request", "a.json"]) == expected)
    #expect(try run(["eval", "out.ptb", "--request", "a.yaml"]) == expected)
    #expect(try run(["eval", "out.ptb", "--request", "-"], input: Array(json.utf8)) == expected)
  }

  @Test("a policy tree decides as its bundle does, with paths that lead to its files")
  func trees() throws {
    let bundle = try run(["eval", "out.ptb"] + Self.ann)
    let tree = try run(["eval", "policies"] + Self.ann)
    #expect(tree.status == bundle.status)
    #expect(tree.output.contains(" policies/finance/payroll.yaml:6:7\n"))
    #expect(bundle.output.contains(" finance/payroll.yaml:6:7\n"))
  }

  @Test("a tree with mistakes decides nothing")
  func brokenTree() throws {
    try Tree.broken.write(to: scratch, folder: "broken")
    let outcome = try run(["eval", "broken"] + Self.ann)
    #expect(outcome.status == 3)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("error[unknown-key]"))
  }

  @Test("a file that is no bundle is refused by the number of the rule that it breaks")
  func noBundle() throws {
    try scratch.write("this is no bundle", to: "text.ptb")
    let outcome = try run(["eval", "text.ptb"] + Self.ann)
    #expect(
      outcome
        == Outcome(
          status: 1, output: "", errors: "error: text.ptb is no bundle: it breaks rule 1 of docs/bundle-format.md\n"))
  }

  @Test("a request without an instant is decided now")
  func now() throws {
    let before = Int64(Date().timeIntervalSince1970 * 1_000)
    let outcome = try run(["eval", "out.ptb", "--url", "https://status.example.com/", "--json"])
    let after = Int64(Date().timeIntervalSince1970 * 1_000) + 1
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let now = try #require(object?["now"] as? Int64)
    #expect((before...after).contains(now))
  }

  @Test("an identity that another bundle has resolved is stale")
  func staleResolution() throws {
    try #require(run(["compile", "policies", "-o", "next.ptb", "--revision", "8"]).status == 0)
    let outcome = try run(["eval", "next.ptb", "--resolved-by", "out.ptb"] + Self.ann)
    #expect(outcome.status == 2)
    #expect(outcome.output.hasPrefix("forbidden, staleResolution: "))
    #expect(try run(["eval", "next.ptb", "--resolved-by", "policies"] + Self.ann).status == 2)
    #expect(try run(["eval", "next.ptb", "--resolved-by", "next.ptb"] + Self.ann).status == 0)
  }

  @Test("explain shows the road to the decision")
  func explain() throws {
    let outcome = try run(["explain", "out.ptb"] + Self.ann + ["--idle", "15m"])
    #expect(outcome.status == 2)
    Golden.expect(outcome.output, is: "explain.txt")
    let json = try run(["explain", "out.ptb", "--json"] + Self.ann + ["--idle", "15m"])
    Golden.expect(json.output, is: "explain.json")
  }
}

// MARK: - many requests

@Suite("eval of a folder of requests")
struct TableTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try Tree.small.write(to: scratch)
    let now = #""now": "2026-03-02T10:00:00Z""#
    let ann = #""credential": {"as": "user:ann@example.com", "provider": "workspace"}"#
    try scratch.write("{\(now), \"request\": {\"url\": \"https://status.example.com/\"}}", to: "requests/b.json")
    try scratch.write(
      "{\(now), \"request\": {\"url\": \"https://payroll.example.com/\"}, \(ann)}", to: "requests/a.json")
    try scratch.write("request: {host: elsewhere, path: /}\n", to: "requests/c/d.yaml")
  }

  private func run(_ arguments: String...) throws -> Outcome {
    var command = Command(arguments: ["eval", "policies", "--table"] + arguments)
    command.folder = scratch.folder
    return try command.run()
  }

  @Test("the table has a line for each request, in the order of names")
  func text() throws {
    let outcome = try run("requests")
    #expect(outcome.status == 0)
    Golden.expect(outcome.output, is: "eval-table.txt")
  }

  @Test("the JSON names each request beside its decision")
  func json() throws {
    let output = try run("requests", "--json").output
    let rows = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]]
    #expect(rows?.map { $0["request"] as? String } == ["a", "b", "c/d"])
    #expect(rows?.map { ($0["decision"] as? [String: Any])?["verdict"] as? String } == ["allow", "allow", "forbidden"])
  }

  @Test("one file that is no request is enough for no table")
  func hole() throws {
    try scratch.write("{}", to: "requests/e.json")
    let outcome = try run("requests")
    #expect(outcome.status == 1)
    #expect(outcome.output == "")
    #expect(outcome.errors.hasSuffix("error: requests/e.json is no request\n"))
  }

  @Test(
    "a folder without requests is an error",
    arguments: [
      ("policies/finance/payroll.yaml", "cannot read policies/finance/payroll.yaml: it is no folder"),
      ("empty", "no request file below empty: their names end in .json or .yaml"),
    ])
  func nothing(_ path: String, _ message: String) throws {
    try scratch.write("", to: "empty/README")
    #expect(try run(path) == Outcome(status: 1, output: "", errors: "error: \(message)\n"))
  }
}

// MARK: - requests that are none

@Suite("eval of malformed requests")
struct MalformedRequestTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try Tree.small.write(to: scratch)
  }

  private func evaluate(_ request: [UInt8]) throws -> Outcome {
    try Command("eval", scratch.path("policies"), "--request", "-", input: request).run()
  }

  @Test(
    "a request file that is none is reported, and nothing is decided",
    arguments: [
      ("", "standard input is no request"),
      ("{", "error[yaml-syntax]"),
      ("[]", "error[wrong-type]"),
      ("null", "error[wrong-type]"),
      ("{}", "error[missing-key]: the key `request` is missing"),
      (#"{"request": {"host": ["a"]}}"#, "error[wrong-type]"),
      (#"{"request": {"host": "a", "hots": "b"}}"#, "error[unknown-key]: unknown key `hots`"),
      (#"{"request": {"url": "a"}}"#, "error[malformed-url]"),
      (#"{"request": {"headers": ["a"]}}"#, "error[wrong-type]"),
      (#"{"request": {}, "credential": {"kind": "cookie"}}"#, "error[unknown-value]"),
      (#"{"request": {}, "credential": {"createdAt": 12}}"#, "error[bad-time]"),
      (#"{"request": {}, "now": "yesterday"}"#, "error[bad-time]"),
      (#"{"request": {}, "request": {}}"#, "error[duplicate-key]"),
      (String(repeating: "[", count: 100_000), "error[nesting-too-deep]"),
    ])
  func refused(_ request: String, _ message: String) throws {
    let outcome = try evaluate(Array(request.utf8))
    #expect(outcome.status == 1)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test("bytes that are no UTF-8 are reported with their place")
  func invalidUTF8() throws {
    let outcome = try evaluate(Array(#"{"request": {"host": "a"#.utf8) + [0xFF, 0xFE] + Array(#""}}"#.utf8))
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("error[invalid-utf-8]: byte 0xFF"))
    #expect(outcome.errors.contains("--> standard input:1:24"))
  }

  @Test(
    "a request that no client may send is forbidden as malformed",
    arguments: [
      ("a host of ten thousand bytes", #"{"host": "\#(String(repeating: "a", count: 10_000))", "path": "/"}"#),
      (
        "a path of a million bytes",
        #"{"host": "status.example.com", "path": "/\#(String(repeating: "a", count: 1_000_000))"}"#
      ),
      ("a NUL in the path", #"{"host": "status.example.com", "path": "/\u0000"}"#),
      ("a letter beyond ASCII", #"{"host": "status.example.com", "path": "/\u00e4"}"#),
      ("an escape that is no UTF-8", #"{"host": "status.example.com", "path": "/%ff"}"#),
      ("no path", #"{"host": "status.example.com"}"#),
      ("no host", #"{"path": "/"}"#),
      ("an empty method", #"{"host": "status.example.com", "path": "/", "method": ""}"#),
    ])
  func forbidden(_ name: String, _ request: String) throws {
    let outcome = try evaluate(Array("{\"request\": \(request)}".utf8))
    #expect(outcome.status == 2)
    #expect(outcome.output.hasPrefix("forbidden, malformedRequest: "))
  }

  @Test("arguments that are no UTF-8 are no reason to trap")
  func invalidArguments() throws {
    let script = """
      exec "$0" eval '\(scratch.path("policies"))' --url "$(printf 'https://status.example.com/\\377')"
      """
    let outcome = try Shell.run(script)
    #expect(outcome.status == 2)
    #expect(outcome.output.hasPrefix("forbidden, malformedRequest: "))
  }
}
