// The two tables of docs/conditions.md: what has a bounded form compiles, what has none is refused at its place; and decisions
// by conditions through the kernel that the generated agreement does not reach.

import Foundation
import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Conditions")
struct ConditionTests {
  /// The examples of a table of the page.
  private static func examples(below heading: String) -> [String] {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/conditions.md").standardizedFileURL
    guard let text = try? String(contentsOf: page, encoding: .utf8) else { return [] }
    let section = text.components(separatedBy: "\n## ").first { $0.hasPrefix(heading) } ?? ""
    return section.split(separator: "\n").compactMap { line in
      guard line.hasPrefix("| `"), let end = line.range(of: "` | ") else { return nil }
      return line[line.index(line.startIndex, offsetBy: 3)..<end.lowerBound].replacingOccurrences(of: "\\|", with: "|")
    }
  }

  private func policy(_ expression: String) -> (policy: Policy, diagnostics: [Diagnostic]) {
    var builder = PolicyBuilder()
    builder.addApp("payroll", bindings: [[.user(email: "ada@example.com")]])
    builder.policy.nodes[1].bindings[0].condition = Condition(title: "tried", expression: sourced(expression))
    let diagnostics = builder.policy.readConditions()
    return (builder.policy, diagnostics.filter { $0.severity == .error })
  }

  private func decide(_ expression: String, _ change: (inout Request, inout Credential) -> Void) throws -> Decision {
    let policy = policy(expression).policy
    let bundle = try OpenBundle(Compiler.compile(policy, revision: 1))
    var request = Request("payroll.example.com")
    var credential = Credential.person("ada@example.com")
    change(&request, &credential)
    let decision = bundle.decide(request, credential, at: Credential.now)
    #expect(policy.decide(request, credential, at: Credential.now, timeZones: ZoneFolder()) == decision)
    return decision
  }

  @Test("the tables are read")
  func tablesAreRead() {
    #expect(Self.examples(below: "What has a bounded form").count >= 20)
    #expect(Self.examples(below: "What has none").count >= 10)
  }

  @Test("what the page says has a bounded form compiles", arguments: examples(below: "What has a bounded form"))
  func bounded(expression: String) {
    let (policy, diagnostics) = policy(expression)
    #expect(diagnostics.isEmpty)
    #expect(Compiler.check(policy).isEmpty)
  }

  @Test("what the page says has none is refused", arguments: examples(below: "What has none"))
  func unbounded(expression: String) {
    let (policy, diagnostics) = policy(expression)
    #expect(diagnostics.isEmpty)
    #expect(Compiler.check(policy).map(\.id) == ["condition-not-bounded"])
  }

  @Test(
    "a condition in a named zone is decided by the zone's offset",
    arguments: [("Europe/Berlin", "getHours"), ("America/New_York", "getDate"), ("Asia/Tehran", "getMinutes")])
  func namedZones(zone: String, part: String) throws {
    for value in 0..<60 {
      _ = try decide("request.time.\(part)(\"\(zone)\") == \(value)") { _, _ in }
    }
  }

  @Test(
    "a text is matched as the reference matches it",
    arguments: ["", "/", "/v1/a", "/v12/aaaa", "/v/a", "/V1/a", "/v1/ab", String(repeating: "/v1/a", count: 60)])
  func matching(path: String) throws {
    for pattern in ["^/v[0-9]+/(a+)+$", "a", "(?i)/V1", "^$", "a{2,3}$"] {
      _ = try decide("request.query.matches(\"\(pattern)\")") { request, _ in request.query = Array(path.utf8) }
    }
  }

  @Test("an automaton takes one step a byte, however its expression nests")
  func automatonIsLinear() throws {
    let text = Array(repeating: UInt8(ascii: "a"), count: 8_000) + [UInt8(ascii: "b")]
    let decision = try decide("request.query.matches(\"^(a+)+$\")") { request, _ in request.query = text }
    #expect(decision.reason == .conditionFalse)
  }
}
