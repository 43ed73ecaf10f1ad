// What an explanation says of single requests: chosen changes in each dimension, hours of a zone, facts that nobody would send.

import PosternCompiler
import PosternLanguage
import Testing

@testable import PosternReview

@Suite("Explanations")
struct RequestExplanationTests {
  private static let morning: Int64 = 1_772_445_600_000  // Monday, 2026-03-02T10:00:00Z

  private static func texts(_ facts: RequestFacts, _ side: ReviewSide) -> [String] {
    RequestExplanation(facts, side.bundle, side.policy).changes.map(\.text)
  }

  private static let officeHours =
    #"request.time.getHours("America/New_York") >= 8 && request.time.getHours("America/New_York") < 18"#

  @Test("office hours of a zone begin, and ended, at the instants that the zone's clocks say")
  func officeHours() throws {
    let side = try TreeFixture.desk(TreeFixture.binding(#""user:ann@example.com""#, Self.officeHours))
    #expect(
      Self.texts(TreeFixture.deskFacts(), side).filter { $0.contains("New_York") } == [
        "at 2026-03-02 08:00:00 America/New_York (2026-03-02T13:00:00Z, in 3h)",
        "before 2026-03-01 18:00:00 America/New_York (2026-03-01T23:00:00Z, 11h ago)",
      ])
  }

  @Test("whoever is let in by the hour learns when that ends, with a session as fresh as it is")
  func endOfOfficeHours() throws {
    let side = try TreeFixture.desk(TreeFixture.binding(#""user:ann@example.com""#, Self.officeHours))
    let texts = Self.texts(TreeFixture.deskFacts(at: Self.morning + 4 * 3_600_000), side)
    #expect(texts.contains("at 2026-03-02 18:00:00 America/New_York (2026-03-02T23:00:00Z, in 9h)"))
    #expect(texts.contains("at 2026-03-02T14:02:00Z, in 2m, if nothing is renewed"))
  }

  @Test("whoever is idle for too long, or about to be, learns the limit and how long it still is")
  func idle() throws {
    let side = try TreeFixture.desk(TreeFixture.binding(#""user:ann@example.com""#))
    var facts = TreeFixture.deskFacts()
    facts.credential.lastSeenAt -= 12 * 60_000
    #expect(Self.texts(facts, side).contains("no activity for 15m (3m more)"))
    facts.credential.lastSeenAt -= 3 * 60_000
    #expect(Self.texts(facts, side) == ["activity less than 15m ago", "a new login"])
  }

  @Test("whom no binding holds learns of each binding what would make them one of its members")
  func membership() throws {
    let side = try TreeFixture.desk(TreeFixture.binding(#""group:finance@example.com", "user:cfo@example.com""#))
    #expect(Self.texts(TreeFixture.deskFacts(), side) == ["membership in group:finance@example.com"])
    #expect(
      Self.texts(TreeFixture.deskFacts(), try TreeFixture.desk(TreeFixture.binding(#""user:cfo@example.com""#)))
        == ["user:cfo@example.com in their place"])
  }

  @Test("a condition's facts are told as people say them")
  func conditionFacts() throws {
    let condition =
      #"request.path.startsWith("/reports/") || inIpRange(origin.ip, "10.0.0.0/8") || request.headers["x-team"] == "red""#
    let side = try TreeFixture.desk(TreeFixture.binding(#""user:ann@example.com""#, condition))
    var facts = TreeFixture.deskFacts()
    facts.request.clientAddress = Array("192.0.2.1".utf8)
    #expect(
      Self.texts(facts, side) == [
        "a path below /reports/", "from an address in 10.0.0.0/8, such as 10.0.0.0", #"request.headers["x-team"] red"#,
      ])
  }

  @Test("where one change does not suffice two are told, each as small as it can be beside the other")
  func pairs() throws {
    let side = try TreeFixture.desk(TreeFixture.binding(#""group:finance@example.com""#))
    var facts = TreeFixture.deskFacts()
    facts.credential.lastSeenAt -= 3_600_000
    #expect(
      Self.texts(facts, side) == [
        "activity less than 15m ago, and membership in group:finance@example.com",
        "membership in group:finance@example.com, and a new login",
      ])
  }

  @Test("where nothing helps it says how much was tried")
  func nothing() throws {
    let side = try TreeFixture.desk("")
    let explained = RequestExplanation(TreeFixture.deskFacts(), side.bundle, side.policy)
    #expect(explained.changes.isEmpty)
    #expect(explained.text().contains("nothing was found, after trying "))
    #expect(explained.triedCounts.singles > 5 && explained.triedCounts.pairs > 5)
  }

  @Test("a member through groups of the directory is told with the line of each")
  func directory() throws {
    let groups = """
      kind: Groups
      groups:
        - email: finance@example.com
          members: ["group:payroll@example.com"]
        - email: payroll@example.com
          members: ["user:ann@example.com"]

      """
    let side = try TreeFixture.desk(TreeFixture.binding(#""group:finance@example.com""#), groups: groups)
    let step = try #require(RequestExplanation(TreeFixture.deskFacts(), side.bundle, side.policy).road.last)
    #expect(
      step.members.map { "\($0.text) \($0.place?.text ?? "")" } == [
        "group:finance@example.com desk.yaml:4:68", "group:payroll@example.com groups.yaml:4:15",
        "user:ann@example.com, by the e-mail groups.yaml:6:15",
      ])
  }

  @Test("a test that is not equal is told by what it comes to")
  func notEquals() throws {
    let side = try TreeFixture.desk(
      TreeFixture.binding(#""user:ann@example.com""#, #"request.method != "POST" && request.path != "/x""#))
    let step = try #require(RequestExplanation(TreeFixture.deskFacts(), side.bundle, side.policy).road.last)
    #expect(step.condition?.outcome == .yes)
    #expect(step.condition?.tests.map(\.outcome) == [.no, .no])
    #expect(step.condition?.tests.map(\.text) == [#"request.method == "POST""#, #"request.path == "/x""#])
  }

  @Test("a changed request of the last century reads back as a request file")
  func lastCentury() throws {
    let side = try TreeFixture.desk(TreeFixture.binding(#""group:finance@example.com""#))
    let facts = TreeFixture.deskFacts(at: 900_000_000_000)
    let change = try #require(RequestExplanation(facts, side.bundle, side.policy).changes.first)
    let file = SourceFile(path: "changed.json", bytes: Array(change.facts.json.prettyText.utf8))
    let read = try #require(RequestFacts.read(file).facts)
    #expect(side.bundle.decide(read.request, read.credential, at: read.nowMilliseconds) == change.decision)
  }

  @Test("every reason is decided by one row of a bundle's road")
  func rows() {
    #expect(BundleRoad.rows.flatMap(\.reasons).sorted { $0.rawValue < $1.rawValue } == Reason.allCases)
  }

  // MARK: what nobody would send

  private static let hostileEdits: [(String, @Sendable (inout RequestFacts) -> Void)] = [
    ("no facts", { $0 = RequestFacts(request: Request(), credential: Credential(), nowMilliseconds: 0) }),
    ("a host of NUL", { $0.request.host = [0, 0, 0] }), ("an empty host", { $0.request.host = [] }),
    ("a host that is no UTF-8", { $0.request.host = [0xFF, 0xC0, 0x2E] }),
    ("a huge host", { $0.request.host = [UInt8](repeating: 0x61, count: 1 << 16) }),
    ("a path of NUL", { $0.request.path = [0x2F, 0, 0x2F] }), ("no path", { $0.request.path = nil }),
    ("a path that is no UTF-8", { $0.request.path = [0x2F, 0xFF] }),
    ("a huge path", { $0.request.path = [UInt8](repeating: 0x2F, count: 1 << 16) }),
    ("a huge header", { $0.request.accept = [UInt8](repeating: 0x2C, count: 1 << 16) }),
    ("a huge query", { $0.request.query = [UInt8](repeating: 0x26, count: 1 << 16) }),
    ("an unknown provider", { $0.credential.provider = Array("nobody".utf8) }),
    ("no provider", { $0.credential.provider = nil }),
    ("an e-mail that is none", { $0.credential.email = Array("@@".utf8) }),
    ("many groups", { $0.credential.groups = (0..<2_000).map { Array("g\($0)@example.com".utf8) } }),
    ("a bearer", { $0.credential.kind = .bearer }),
    ("a service account", { $0.credential.principalKind = .serviceAccount }),
    (
      "the least of times",
      { facts in for (_, path) in Credential.timeFacts { facts.credential[keyPath: path] = .min } }
    ),
    (
      "the greatest of times",
      { facts in for (_, path) in Credential.timeFacts { facts.credential[keyPath: path] = .max } }
    ),
    ("no times", { facts in for (_, path) in Credential.timeFacts { facts.credential[keyPath: path] = 0 } }),
  ]

  @Test(
    "whatever a request holds, at whatever time, it is explained",
    arguments: [Int64.min, 0, morning, .max])
  func hostile(_ now: Int64) throws {
    let condition = "\(Self.officeHours) || device.screen_lock || request.time < timestamp(\"2026-07-01T00:00:00Z\")"
    let deny = """
      deny:
        - denyRule:
            deniedPrincipals: ["principalSet://goog/group/out@example.com"]
            deniedPermissions: ["iap.webServiceVersions.accessViaIAP"]

      """
    let side = try TreeFixture.desk(
      TreeFixture.binding(#""user:ann@example.com", "group:g7@example.com""#, condition) + deny)
    for (name, edit) in Self.hostileEdits {
      var facts = TreeFixture.deskFacts(at: now)
      edit(&facts)
      for policy in [side.policy, nil] {
        let explained = RequestExplanation(facts, side.bundle, policy)
        let isEnding = explained.road.last?.isDeciding == true
        #expect(isEnding, "\(name) at \(now)")
        #expect(!explained.json.compactText.isEmpty)
        #expect(
          explained.text(showsAll: true).utf8.allSatisfy { $0 == 0x0A || $0 >= 0x20 }, "\(name) steers a terminal")
      }
    }
  }
}
