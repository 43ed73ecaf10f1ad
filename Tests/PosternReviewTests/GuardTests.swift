// Guards: what is proved of everyone, what is refuted, and by what request. A witness is asked of the kernel and of the reference.

import Foundation
import PosternCompiler
import PosternLanguage
import PosternReview
import Testing

@Suite("Guards")
struct GuardTests {
  /// A tree with one app `a`, one guard on it, and what else stands in the app's document.
  private static func files(never: String, app: String, organization: String = "") -> [SourceFile] {
    let texts = [
      "organization.yaml": """
      kind: Organization
      name: example.com
      loginProviders:
        - {name: own, source: workspace, issuer: "https://own.example", clientID: c, domains: [example.com]}
        - {name: partner, source: oidc, issuer: "https://partner.example", clientID: c, domains: [partner.example]}
      providers: [own, partner]
      session: {absoluteTimeout: 12h, idleTimeout: 1h, revalidate: 5m}
      guards: [{name: g, app: a, never: {\(never)}}]
      \(organization)

      """,
      "groups.yaml": """
      kind: Groups
      groups: [{email: staff@example.com, members: ["user:ann@example.com", "group:core@example.com"]}]

      """,
      "a.yaml": """
      kind: App
      name: a
      routes: [a.example.com/]
      \(app)

      """,
    ]
    return texts.sorted { $0.key < $1.key }.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) }
  }

  private static func findings(_ files: [SourceFile]) throws -> (side: ReviewSide, findings: [GuardFinding]) {
    let side = try TreeFixture.tree(files)
    return (side, GuardCheck(side.policy) { side.bundle }.findings)
  }

  private static func binding(_ members: String, _ condition: String? = nil) -> String {
    let tail = condition.map { ", condition: {title: c, expression: '\($0)'}" } ?? ""
    return "iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: [\(members)]\(tail)}]}"
  }

  private static let inside = #"principalOutside: "domain:example.com""#
  private static let onlyOwnDomain =
    "settings: {accessSettings: {allowedDomainsSettings: {enable: true, domains: [example.com]}}}\n"

  @Test(
    "a guard is proved where nobody from outside comes in",
    arguments: [
      (inside, binding(#""domain:example.com""#)),
      (inside, onlyOwnDomain + binding(#""group:core@example.com", "user:ann@example.com""#)),
      (inside, binding(#""group:core@example.com""#, #"request.path == "/x" && request.path == "/y""#)),
      (#"principalOutside: "group:staff@example.com""#, binding(#""user:ann@example.com""#)),
      (#"principalOutside: "group:staff@example.com""#, binding(#""group:core@example.com""#)),
      (#"principalOutside: allAuthenticatedUsers"#, binding(#""domain:partner.example""#)),
      ("absoluteTimeoutAbove: 12h", binding(#""domain:example.com""#)),
      ("idleTimeoutAbove: 1h", binding("allUsers")),
    ])
  func proved(_ never: String, _ app: String) throws {
    #expect(try Self.findings(Self.files(never: never, app: app)).findings.isEmpty)
  }

  @Test("a guard that is proved asks for no bundle", arguments: [inside, "absoluteTimeoutAbove: 12h"])
  func withoutBundle(_ never: String) throws {
    let side = try TreeFixture.tree(Self.files(never: never, app: Self.binding(#""domain:example.com""#)))
    var count = 0
    _ = GuardCheck(side.policy) {
      count += 1
      return side.bundle
    }
    #expect(count == 0)
  }

  @Test(
    "a guard is refuted with a request of somebody from outside whom the kernel lets in",
    arguments: [
      binding(#""group:core@example.com""#), binding(#""user:ann@example.com""#), binding("allAuthenticatedUsers"),
      binding("allUsers"), binding(#""domain:partner.example""#, #"request.path.startsWith("/p/")"#),
      binding(#""domain:partner.example""#, #"request.time.getHours() >= 22"#),
    ])
  func refuted(_ app: String) throws {
    let (side, findings) = try Self.findings(Self.files(never: Self.inside, app: app))
    let facts = try #require(findings.first?.witness)
    #expect(findings.count == 1)
    let (now, credential) = (facts.nowMilliseconds, facts.credential)
    #expect(side.bundle.decide(facts.request, credential, at: now).verdict == .allow)
    #expect(side.policy.decide(facts.request, credential, at: now).verdict == .allow)
    #expect(credential.hostedDomain != Array("example.com".utf8))
  }

  @Test(
    "a timeout above a guard's is shown on a session that has reached it and is let in",
    arguments: [("absoluteTimeoutAbove: 11h59m", 43_140_000), ("idleTimeoutAbove: 59m", 3_540_000)])
  func timeouts(_ never: String, _ age: Int64) throws {
    let (side, findings) = try Self.findings(Self.files(never: never, app: Self.binding(#""domain:example.com""#)))
    let facts = try #require(findings.first?.witness)
    let decision = side.bundle.decide(facts.request, facts.credential, at: facts.nowMilliseconds)
    #expect(decision.verdict == .allow)
    #expect(facts.nowMilliseconds - facts.credential.createdAt == age)
  }

  @Test("a timeout above a guard's is an error although nobody comes in")
  func timeoutOfNobody() throws {
    let findings = try Self.findings(Self.files(never: "absoluteTimeoutAbove: 1h", app: "")).findings
    #expect(findings.map(\.witness?.nowMilliseconds) == [nil])
    #expect(findings.map(\.isUnproven) == [false])
  }

  @Test("a way in that no request is found for is not proven")
  func notProven() throws {
    let app = Self.binding(#""group:core@example.com""#, "size(request.path) > 4000")
    #expect(try Self.findings(Self.files(never: Self.inside, app: app)).findings.map(\.isUnproven) == [true])
  }

  @Test("a guard without an app is about every app")
  func everyApp() throws {
    var files = Self.files(never: "absoluteTimeoutAbove: 1h", app: "")
    files = files.map { file in
      let text = String(decoding: file.bytes, as: UTF8.self).replacingOccurrences(of: "app: a, ", with: "")
      return SourceFile(path: file.path, bytes: Array(text.utf8))
    }
    files.append(
      SourceFile(path: "b.yaml", bytes: Array("kind: App\nname: b\nroutes: [b.example.com/]\n".utf8)))
    #expect(try Self.findings(files).findings.map(\.appName.value) == ["a", "b"])
  }

  // MARK: in a comparison

  private static func comparison(_ old: [SourceFile], _ new: [SourceFile]) throws -> [String] {
    try PolicyComparison(before: TreeFixture.tree(old), after: TreeFixture.tree(new)).differences
      .filter { $0.kind == .guard }.map { "\($0.effect) \($0.before) -> \($0.after)" }
  }

  @Test("a change that breaks a guard widens, one that mends it narrows, and what stays broken is told again")
  func broken() throws {
    let good = Self.files(never: Self.inside, app: Self.binding(#""domain:example.com""#))
    let bad = Self.files(never: Self.inside, app: Self.binding(#""domain:partner.example""#))
    let found = "somebody outside `domain:example.com` comes in"
    #expect(try Self.comparison(good, bad) == ["widens kept -> \(found)"])
    #expect(try Self.comparison(bad, good) == ["narrows \(found) -> kept"])
    #expect(try Self.comparison(bad, bad) == ["changes \(found) -> \(found)"])
    #expect(try Self.comparison(good, good) == [])
  }

  @Test("another guard is told by what it says")
  func statements() throws {
    let app = Self.binding(#""domain:example.com""#)
    let (long, short) = (
      Self.files(never: "absoluteTimeoutAbove: 14h", app: app), Self.files(never: "absoluteTimeoutAbove: 12h", app: app)
    )
    #expect(
      try Self.comparison(long, short) == [
        "changes a: no absolute timeout above 14h -> a: no absolute timeout above 12h"
      ])
  }
}
