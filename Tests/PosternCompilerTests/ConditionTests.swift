// The two tables of docs/conditions.md: what has a bounded form compiles, what has none is refused at its place; and decisions
// by conditions through the kernel that the generated agreement does not reach.

import Foundation
import PosternCEL
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

  /// At 2023-11-14T22:13:20Z, a Tuesday: when each may turn.
  static let turns: [(expression: String, turn: String)] = [
    ("request.time < timestamp('2023-11-14T22:13:25Z')", "2023-11-14T22:13:25Z"),
    ("request.time <= timestamp('2023-11-14T22:13:25Z')", "2023-11-14T22:13:25.001Z"),
    ("timestamp('2023-11-14T22:13:25Z') > request.time", "2023-11-14T22:13:25Z"),
    ("request.time == timestamp('2023-11-14T22:13:20Z')", "2023-11-14T22:13:20.001Z"),
    ("request.time != timestamp('2023-11-14T22:13:25Z')", "2023-11-14T22:13:25Z"),
    ("request.time > timestamp(0)", "+10000-01-01T00:00:00Z"),
    ("request.time.getHours() >= 8", "2023-11-15T00:00:00Z"),
    ("request.time.getHours() < 23", "2023-11-14T23:00:00Z"),
    ("23 > request.time.getHours()", "2023-11-14T23:00:00Z"),
    ("request.time.getHours() == 22", "2023-11-14T23:00:00Z"),
    ("request.time.getHours() != 5", "2023-11-15T05:00:00Z"),
    ("request.time.getHours() in [5, 22]", "2023-11-14T23:00:00Z"),
    ("request.time.getHours() < 24", "+10000-01-01T00:00:00Z"),
    ("request.time.getHours('+05:30') == 3", "2023-11-14T22:30:00Z"),
    ("request.time.getMinutes() < 14", "2023-11-14T22:14:00Z"),
    ("request.time.getSeconds() >= 20", "2023-11-14T22:14:00Z"),
    ("request.time.getMilliseconds() == 0", "2023-11-14T22:13:20.001Z"),
    ("request.time.getDayOfWeek() == 2", "2023-11-15T00:00:00Z"),
    ("request.time.getDayOfWeek() < 6", "2023-11-18T00:00:00Z"),
    ("request.time.getDayOfWeek('-03:00') >= 1", "2023-11-19T03:00:00Z"),
    ("request.time.getFullYear() == 2023", "2023-11-15T00:00:00Z"),
    ("request.time.getDate('+05:30') == 15", "2023-11-15T18:30:00Z"),
    ("request.time.getHours('Europe/Berlin') == 23", "2023-11-14T23:00:00Z"),
    ("request.time.getDayOfWeek('America/New_York') < 7", "2024-03-10T07:00:00Z"),
    ("request.time.getHours() >= 8 && request.time < timestamp('2023-11-14T22:20:00Z')", "2023-11-14T22:20:00Z"),
    ("request.time == request.time", "2023-11-14T22:13:21Z"),
  ]

  @Test("an allow ends where its condition may turn next", arguments: turns)
  func validUntil(expression: String, turn: String) throws {
    let decision = try TriedCondition.decide(expression) { _, _ in }
    #expect(decision.verdict == .allow)
    let last = 253_402_300_800_000 as Int64
    let instant = CELTimestamp(rfc3339: turn).map { $0.seconds * 1_000 + Int64($0.nanoseconds / 1_000_000) }
    #expect(decision.validUntil == (turn.hasPrefix("+") ? last : instant))
    #expect(decision.clock == .condition)
  }

  @Test("the tables are read")
  func tablesAreRead() {
    #expect(Self.examples(below: "What has a bounded form").count >= 20)
    #expect(Self.examples(below: "What has none").count >= 10)
  }

  @Test("what the page says has a bounded form compiles", arguments: examples(below: "What has a bounded form"))
  func bounded(expression: String) {
    let (policy, diagnostics) = TriedCondition.policy(expression)
    #expect(diagnostics.isEmpty)
    #expect(Compiler.check(policy).isEmpty)
  }

  @Test("what the page says has none is refused", arguments: examples(below: "What has none"))
  func unbounded(expression: String) {
    let (policy, diagnostics) = TriedCondition.policy(expression)
    #expect(diagnostics.isEmpty)
    #expect(Compiler.check(policy).map(\.id) == ["condition-not-bounded"])
  }

  @Test(
    "a condition in a named zone is decided by the zone's offset",
    arguments: [("Europe/Berlin", "getHours"), ("America/New_York", "getDate"), ("Asia/Tehran", "getMinutes")])
  func namedZones(zone: String, part: String) throws {
    for value in 0..<60 {
      _ = try TriedCondition.decide("request.time.\(part)(\"\(zone)\") == \(value)") { _, _ in }
    }
  }

  @Test(
    "at every transition of 30 years a zone's clock and date are the platform's, to the second on both sides",
    arguments: ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Tehran"])
  func transitions(zone: String) throws {
    let policy = TriedCondition.policy(
      ["getHours", "getMinutes", "getSeconds", "getDate", "getDayOfWeek"]
        .map { "request.time.\($0)('\(zone)') == request.auth.claims.\($0)" }.joined(separator: " && ")
    ).policy
    let bundle = try OpenBundle(Compiler.compile(policy, revision: 1))
    let platform = try #require(TimeZone(identifier: zone))
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = platform
    var transition = Date(timeIntervalSince1970: 788_918_400)
    var count = 0
    while let next = platform.nextDaylightSavingTimeTransition(after: transition),
      next.timeIntervalSince1970 < 1_735_689_600
    {
      transition = next
      for instant in [next.addingTimeInterval(-1), next] {
        var credential = Credential.person("ada@example.com")
        let parts = calendar.dateComponents([.hour, .minute, .second, .day, .weekday], from: instant)
        let expected = [parts.hour, parts.minute, parts.second, parts.day, parts.weekday.map { $0 - 1 }]
        for (name, part) in zip(["getHours", "getMinutes", "getSeconds", "getDate", "getDayOfWeek"], expected) {
          credential.claims[Array(name.utf8)] = .int(Int64(try #require(part)))
        }
        let now = Int64(instant.timeIntervalSince1970) * 1_000
        let facts = [\Credential.createdAt, \.lastSeenAt, \.stateCheckedAt, \.issuedAt, \.expiresAt, \.loginAt]
        for fact in facts { credential[keyPath: fact] += now - Credential.now }
        let decision = bundle.decide(Request("payroll.example.com"), credential, at: now)
        #expect(decision.reason == .granted, "\(instant)")
      }
      count += 1
    }
    #expect(count > 20)
  }

  @Test(
    "a text is matched as the reference matches it",
    arguments: ["", "/", "/v1/a", "/v12/aaaa", "/v/a", "/V1/a", "/v1/ab", String(repeating: "/v1/a", count: 60)])
  func matching(path: String) throws {
    for pattern in ["^/v[0-9]+/(a+)+$", "a", "(?i)/V1", "^$", "a{2,3}$"] {
      _ = try TriedCondition.decide("request.query.matches(\"\(pattern)\")") { request, _ in
        request.query = Array(path.utf8)
      }
    }
  }

  @Test("an automaton takes one step a byte, however its expression nests")
  func automatonIsLinear() throws {
    let text = Array(repeating: UInt8(ascii: "a"), count: 8_000) + [UInt8(ascii: "b")]
    let decision = try TriedCondition.decide("request.query.matches(\"^(a+)+$\")") { request, _ in request.query = text
    }
    #expect(decision.reason == .conditionFalse)
  }
}
