// What conditions may ask for, and when asking is an error: each attribute by what a condition over it comes to.

import Foundation
import PosternCEL
import Testing

@testable import PosternLanguage

@Suite("The reference's attributes")
struct ReferenceAttributeTests {
  enum Outcome: Sendable { case yes, no, error }

  struct Case: Sendable, CustomTestStringConvertible {
    var expression: String
    var outcome: Outcome
    var change: @Sendable (inout ConditionWorld) -> Void = { _ in }

    init(
      _ expression: String, _ outcome: Outcome, _ change: @escaping @Sendable (inout ConditionWorld) -> Void = { _ in }
    ) {
      self.expression = expression
      self.outcome = outcome
      self.change = change
    }

    var testDescription: String { "\(expression): \(outcome)" }
  }

  private static let bytes: @Sendable (String) -> [UInt8] = { Array($0.utf8) }
  private static let notText: [UInt8] = [0x61, 0xFF]

  private static func outcome(of expression: String, _ change: (inout ConditionWorld) -> Void) -> Outcome? {
    var world = ConditionWorld([expression])
    change(&world)
    switch world.decide().reason {
    case .granted: return .yes
    case .conditionFalse: return .no
    case .conditionError: return .error
    default: return nil
    }
  }

  static let requests: [Case] = [
    Case("request.path == '/reports'", .yes),
    Case("request.path == '/é'", .yes) { $0.request.path = bytes("/%C3%A9") },
    Case("request.host == 'app.example.com'", .yes) { $0.request.host = bytes("APP.example.com.:443") },
    Case("request.method == 'POST'", .yes) { $0.request.method = bytes("POST") },
    Case("request.scheme == 'https'", .error),
    Case("request.scheme == 'https'", .yes) { $0.request.scheme = bytes("https") },
    Case("request.query == 'a=%20'", .yes) { $0.request.query = bytes("a=%20") },
    Case("request.query == ''", .yes) { $0.request.query = [] },
    Case("request.query == ''", .error),
    Case("request.query == ''", .error) { $0.request.query = notText },
    Case("request.query != '' || request.path == '/reports'", .yes),
    Case("request.time == timestamp('2023-11-14T22:13:20Z')", .yes),
    Case("request.time.getMilliseconds() == 999 && request.time < timestamp(0)", .yes) {
      $0.credential = ReferenceWorld.session().withoutTimes
      $0.now = -1
    },
    Case("request.time > timestamp(0)", .error) {
      $0.credential = ReferenceWorld.session().withoutTimes
      $0.now = .max
    },
  ]

  static let headers: [Case] = [
    Case("request.headers['accept'] == 'text/html'", .yes) { $0.request.accept = bytes("text/html") },
    Case("request.headers.accept == 'text/html'", .yes) { $0.request.accept = bytes("text/html") },
    Case("request.headers['accept'] == ''", .error),
    Case("has(request.headers.accept)", .no),
    Case("has(request.headers.accept)", .yes) { $0.request.accept = notText },
    Case("request.headers['x-a'] == '1,2'", .yes) {
      $0.request.otherHeaders = [("x-a", "1"), ("X-A", "2")].map { .init(name: bytes($0), value: bytes($1)) }
    },
    Case("request.headers['x-a'] == '1'", .yes) {
      $0.request.otherHeaders = [
        .init(name: bytes("x-a"), value: bytes("1")), .init(name: bytes("x-b"), value: notText),
      ]
    },
    Case("request.headers['x-b'] == '1'", .error) {
      $0.request.otherHeaders = [.init(name: bytes("x-b"), value: notText)]
    },
    Case("'x-b' in request.headers", .error) { $0.request.otherHeaders = [.init(name: bytes("x-b"), value: notText)] },
    Case("'x-b' in request.headers", .yes) { $0.request.otherHeaders = [.init(name: bytes("x-b"), value: bytes(""))] },
  ]

  static let network: [Case] = [
    Case("origin.ip == '192.0.2.1'", .yes) { $0.request.clientAddress = bytes("192.0.2.1") },
    Case("origin.ip == '192.0.2.1'", .yes) { $0.request.clientAddress = bytes("::ffff:c000:201") },
    Case("origin.ip == '2001:db8::1'", .yes) { $0.request.clientAddress = bytes("2001:DB8:0:0::0001") },
    Case("origin.ip == ''", .error) { $0.request.clientAddress = bytes("192.0.2.1:80") },
    Case("origin.ip == ''", .error),
    Case("inIpRange(origin.ip, ['192.0.2.0/24', '2001:db8::/32'])", .yes) {
      $0.request.clientAddress = bytes("192.0.2.9")
    },
    Case("inIpRange(origin.ip, ['192.0.2.0/24'])", .no) { $0.request.clientAddress = bytes("192.0.3.9") },
    Case("inIpRange(origin.ip, ['192.0.2.0/24'])", .error),
    Case("origin.region_code == 'CH'", .yes) { $0.request.regionCode = bytes("CH") },
    Case("origin.region_code == 'CH'", .error),
    Case("destination.ip == '192.0.2.1' && destination.port == 443", .yes) {
      $0.request.destinationAddress = bytes("192.0.2.1")
      $0.request.destinationPort = 443
    },
    Case("destination.port == 443", .error),
    Case("resource.name == 'site' && resource.type == 'iap.googleapis.com/WebService'", .yes),
    Case("resource.service == 'iap.googleapis.com'", .yes),
  ]

  static let callers: [Case] = [
    Case("request.auth.principal == 'ada@example.com'", .yes),
    Case("device.os_type == 'DESKTOP_MAC'", .yes) {
      $0.credential.device = [bytes("os_type"): .text(bytes("DESKTOP_MAC"))]
    },
    Case("device.os_type == 'DESKTOP_MAC'", .error),
    Case("device.screen_lock", .error) { $0.credential.device = [bytes("screen_lock"): .text(bytes("true"))] },
    Case("request.auth.claims.dept == 'hr'", .yes) { $0.credential.claims = [bytes("dept"): .text(bytes("hr"))] },
    Case("request.auth.claims['dept'] == 'hr'", .no) { $0.credential.claims = [bytes("dept"): .int(1)] },
    Case("request.auth.claims.dept == 'hr'", .error),
    Case("has(request.auth.claims.dept)", .no),
    Case("has(request.auth.claims.a.b)", .error),
    Case("request.auth.claims.a.b == 1", .yes) {
      $0.credential.claims = [
        bytes("a"): .map([bytes("b"): .int(1), bytes("c"): .text(notText)]), bytes("x"): .text(notText),
      ]
    },
    Case("request.auth.claims['a.b'] == 1", .error) {
      $0.credential.claims = [bytes("a"): .map([bytes("b"): .int(1)])]
    },
    Case("'x' in request.auth.claims.list", .yes) {
      $0.credential.claims = [bytes("list"): .list([.text(bytes("x")), .uint(1)])]
    },
    Case("'x' in request.auth.claims.list", .error) {
      $0.credential.claims = [bytes("list"): .list([.text(bytes("x")), .text(notText)])]
    },
    Case("'x' in request.auth.claims", .error) {
      $0.credential.claims = [bytes("x"): .int(1), bytes("y"): .text(notText)]
    },
    Case("request.auth.claims.a", .yes) { $0.credential.claims = [bytes("a"): .bool(true)] },
    Case("request.auth.claims.a", .error) { $0.credential.claims = [bytes("a"): .int(1)] },
    Case("request.auth.claims.t == timestamp(-1) + duration('500ms')", .yes) {
      $0.credential.claims = [bytes("t"): .timestamp(milliseconds: -500)]
    },
    Case("request.auth.claims.d == duration('-1.5s')", .yes) {
      $0.credential.claims = [bytes("d"): .duration(milliseconds: -1_500)]
    },
  ]

  static let limits: [Case] = [
    Case("1 in request.auth.claims.list", .yes) { $0.credential.claims = [bytes("list"): list(64)] },
    Case("1 in request.auth.claims.list", .error) { $0.credential.claims = [bytes("list"): list(65)] },
    Case("'k0' in request.auth.claims.map", .yes) { $0.credential.claims = [bytes("map"): map(32)] },
    Case("'k0' in request.auth.claims.map", .error) { $0.credential.claims = [bytes("map"): map(33)] },
    Case("request.auth.claims.map.k0 == 0", .yes) { $0.credential.claims = [bytes("map"): map(33)] },
    Case("request.auth.claims.text != ''", .yes) { $0.credential.claims = [bytes("text"): text(16_384)] },
    Case("request.auth.claims.text != ''", .error) { $0.credential.claims = [bytes("text"): text(16_385)] },
  ]

  /// The app sets no `revalidate`; what it does is in the agreement's cases.
  static let devices: [Case] = [
    Case("device.screen_lock", .yes) { $0.credential.device = [bytes("screen_lock"): .bool(true)] },
    Case("device.screen_lock", .yes) {
      $0.credential.device = [bytes("screen_lock"): .bool(true)]
      $0.credential.deviceCheckedAt = 1
    },
    Case("device.screen_lock", .error) {
      $0.credential.device = [bytes("screen_lock"): .bool(true)]
      $0.credential.deviceCheckedAt = 0
    },
    Case("device.screen_lock", .yes) {
      $0.credential.device = [bytes("screen_lock"): .bool(true)]
      $0.credential.deviceCheckedAt = ReferenceWorld.now + 30_000
    },
    Case("device.screen_lock", .error) {
      $0.credential.device = [bytes("screen_lock"): .bool(true)]
      $0.credential.deviceCheckedAt = ReferenceWorld.now + 30_001
    },
    Case("dyn(device.screen_lock) == 'true'", .error) {
      $0.credential.device = [bytes("screen_lock"): .text(bytes("true"))]
    },
    Case("device.os_type != 'X'", .error) { $0.credential.device = [bytes("os_type"): .bool(true)] },
  ]

  /// Claims by the names that a macro over constants gives: whatever else there is, is no matter.
  static let namesOfMacros: [Case] = [
    Case("['x', 'y'].exists(k, request.auth.claims[k] == 2)", .yes) {
      $0.credential.claims = [bytes("y"): .int(2), bytes("z"): .text(notText)]
    },
    Case("{'x': 1, 'y': 2}.all(k, v, request.auth.claims[k] == v)", .yes) {
      $0.credential.claims = [bytes("x"): .int(1), bytes("y"): .int(2), bytes("z"): .text(notText)]
    },
    Case("['x'].all(k, ['y'].all(l, request.auth.claims[k][l] == k + l))", .yes) {
      $0.credential.claims = [bytes("x"): .map([bytes("y"): .text(bytes("xy"))]), bytes("z"): .text(notText)]
    },
    Case("['x', 'y'].all(k, has(request.auth.claims[k].a))", .no) {
      $0.credential.claims = [bytes("x"): .map([bytes("a"): .null]), bytes("y"): .map([:]), bytes("z"): .text(notText)]
    },
    Case("cel.bind(k, 'd' + 'ept', request.auth.claims[k] == 'hr')", .yes) {
      $0.credential.claims = [bytes("dept"): .text(bytes("hr")), bytes("z"): .text(notText)]
    },
    Case("['x'].exists(k, cel.bind(k, request.path, request.auth.claims[k] == 2))", .error) {
      $0.credential.claims = [bytes("x"): .int(2)]
    },
    Case("['x', 'y'].exists(k, request.auth.claims[k] == 2)", .error) { $0.credential.claims = [bytes("x"): .int(1)] },
  ]

  private static let list: @Sendable (Int) -> FactValue = { .list((0..<$0).map { .int(Int64($0)) }) }
  private static let text: @Sendable (Int) -> FactValue = { .text([UInt8](repeating: 0x61, count: $0)) }
  private static let map: @Sendable (Int) -> FactValue = { count in
    .map(Dictionary(uniqueKeysWithValues: (0..<count).map { (bytes("k\($0)"), .int(Int64($0))) }))
  }

  @Test(
    "a condition asks for a fact, or is in error",
    arguments: requests + headers + network + callers + limits + devices + namesOfMacros)
  func attributes(_ input: Case) {
    #expect(Self.outcome(of: input.expression, input.change) == input.outcome)
  }

  @Test("the principal is the e-mail where it is verified, otherwise the subject")
  func principal() {
    var world = ConditionWorld(["request.auth.principal == 's'"])
    world.policy.members[2] = .allAuthenticatedUsers
    world.credential.subject = Self.bytes("s")
    #expect(world.decide().reason == .conditionFalse)
    world.credential.emailVerified = false
    #expect(world.decide().reason == .granted)
    world.credential.subject = nil
    #expect(world.decide().reason == .conditionError)
  }

  // MARK: access levels

  static let levels: [(expression: String, outcome: Outcome)] = [
    ("levels.yes", .yes), ("levels.no", .no), ("levels.bad", .error), ("levels.viaBad", .error),
    ("levels.viaYes", .yes), ("levels.deep", .yes), ("levels.full", .yes),
    ("'yes' in request.auth.access_levels", .yes), ("'no' in request.auth.access_levels", .no),
    ("'bad' in request.auth.access_levels", .no), ("levels.bad || levels.yes", .yes),
    ("'accessPolicies/1/accessLevels/full' in request.auth.access_levels", .yes),
    ("size(request.auth.access_levels) == 4", .yes),
    ("request.auth.access_levels.exists(l, l == 'deep')", .yes),
  ]

  @Test("an access level is its condition; one in error is not in the list", arguments: levels)
  func accessLevels(expression: String, outcome: Outcome) {
    let world = ConditionWorld(
      [expression],
      levels: [
        ("deep", "levels.viaYes && !('no' in request.auth.access_levels)"), ("yes", "true"), ("no", "false"),
        ("bad", "request.query == ''"), ("viaBad", "levels.bad && levels.yes"), ("viaYes", "levels.yes"),
        ("accessPolicies/1/accessLevels/full", "!('bad' in request.auth.access_levels)"),
      ])
    let expected: Reason = outcome == .yes ? .granted : outcome == .no ? .conditionFalse : .conditionError
    #expect(world.decide().reason == expected)
  }

  @Test("levels that ask for each other ten thousand deep are only long")
  func longChain() {
    let levels = (0..<10_000).map { (name: "l\($0)", expression: $0 == 0 ? "true" : "levels.l\($0 - 1)") }
    #expect(ConditionWorld(["levels.l9999"], levels: levels.reversed()).decide().reason == .granted)
  }

  @Test("every declared attribute has a value when everything is known")
  func everyAttribute() {
    for attribute in ConditionEnvironment.attributes {
      let expression = "dyn(\(attribute.name)) == dyn(\(attribute.name))"
      let outcome = Self.outcome(of: expression) { world in
        world.request.scheme = Self.bytes("https")
        world.request.query = []
        world.request.clientAddress = Self.bytes("192.0.2.1")
        world.request.regionCode = Self.bytes("CH")
        world.request.destinationAddress = Self.bytes("192.0.2.1")
        world.request.destinationPort = 443
        for other in ConditionEnvironment.attributes {
          if let field = other.name.after(ConditionEnvironment.devicePrefix) {
            world.credential.device[Array(field.utf8)] = other.type == .bool ? .bool(true) : .text(Self.bytes("x"))
          }
        }
      }
      #expect(outcome == .yes, "\(attribute.name)")
    }
  }
}

extension ReferenceAttributeTests {
  @Test("every declared attribute stands in the table of docs/language.md, and nothing else does")
  func documentation() throws {
    let page = DiagnosticPage.folder.deletingLastPathComponent().appendingPathComponent("language.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let section = try #require(
      text.components(separatedBy: "\n## Conditions\n").last?.components(separatedBy: "\n## ").first)
    let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { $0.split(separator: "|")[0] }
    let names = rows.flatMap { $0.matches(of: /`([a-zA-Z_.]+)`/).map { String($0.output.1) } }
    #expect(Set(names).subtracting(["levels.NAME"]) == Set(ConditionEnvironment.attributes.map(\.name)))
  }
}

extension Credential {
  /// The same without its time facts: no clock matters.
  fileprivate var withoutTimes: Credential {
    var credential = self
    credential.createdAt = 0
    credential.lastSeenAt = 0
    credential.stateCheckedAt = 0
    credential.issuedAt = 0
    credential.expiresAt = 0
    credential.loginAt = 0
    credential.deviceCheckedAt = 0
    return credential
  }
}
