// Row 10 with conditions: which binding grants, why none does, whom a deny rule denies, and until when it is known.

import PosternCEL
import Testing

@testable import PosternLanguage

/// The world of `ReferenceWorld` with conditions: bindings of Ada at the organization, deny rules there too.
struct ConditionWorld {
  var policy: Policy
  var request = ReferenceWorld.request("/reports")
  var credential = ReferenceWorld.session()
  var now = ReferenceWorld.now

  /// nil stands for a binding, or a deny rule, without a condition.
  init(_ bindings: [String?], denying denials: [String?] = [], levels: [(name: String, expression: String)] = []) {
    policy = ReferenceWorld.policy()
    policy.members.append(.group(email: "staff@example.com"))
    policy.accessLevels = levels.map {
      AccessLevel(name: ReferenceWorld.sourced($0.name), condition: Self.condition($0.expression))
    }
    policy.nodes[0].bindings = bindings.map { expression in
      var binding = ReferenceWorld.binding(ReferenceWorld.uses(2))
      binding.condition = expression.map(Self.condition)
      return binding
    }
    policy.denyRules = denials.map { expression in
      DenyRule(
        nodeIndex: 0, deniedPrincipals: ReferenceWorld.uses(1), exceptionPrincipals: [],
        condition: expression.map(Self.condition), span: ReferenceWorld.span)
    }
    policy.nodes[0].denyRuleRange = 0..<denials.count
    policy.nodes[1].firstBindingID = UInt32(bindings.count)
    policy.nodes[2].firstBindingID = UInt32(bindings.count)
    read()
  }

  private static func condition(_ expression: String) -> Condition {
    Condition(title: "t", expression: ReferenceWorld.sourced(expression))
  }

  mutating func read() {
    let diagnostics = policy.readConditions().filter { $0.severity == .error }
    precondition(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
  }

  func decide() -> Decision { policy.decide(request, credential, at: now) }
}

@Suite("The reference's conditions")
struct ReferenceConditionTests {
  // MARK: bindings

  /// What bindings of one person come to: true, false and error as `T`, `F` and `E`, `-` for no condition.
  private static let expressions: [Character: String?] = [
    "T": "true", "F": "request.path == '/'", "E": "request.query == ''", "-": nil,
  ]

  static let grants: [(bindings: String, reason: Reason, rule: Rule)] = [
    ("T", .granted, .binding(id: 0)), ("F", .conditionFalse, .binding(id: 0)), ("E", .conditionError, .binding(id: 0)),
    ("-", .granted, .binding(id: 0)), ("", .noBinding, .none), ("TT", .granted, .binding(id: 0)),
    ("FT", .granted, .binding(id: 1)), ("ET", .granted, .binding(id: 1)), ("T-", .granted, .binding(id: 1)),
    ("EEF", .conditionFalse, .binding(id: 2)), ("FFE", .conditionFalse, .binding(id: 0)),
    ("EE", .conditionError, .binding(id: 0)), ("EFT-", .granted, .binding(id: 3)),
  ]

  @Test(
    "bindings without a condition go first, then the first true one, else false comes before error", arguments: grants)
  func bindings(bindings: String, reason: Reason, rule: Rule) {
    let decision = ConditionWorld(bindings.map { Self.expressions[$0] ?? nil }).decide()
    #expect(decision.reason == reason)
    #expect(decision.rule == rule)
  }

  @Test("the condition of a binding that does not hold the identity is no reason")
  func notHeld() {
    var world = ConditionWorld(["false"])
    world.credential.email = Array("eve@example.com".utf8)
    #expect(world.decide().reason == .noBinding)
  }

  // MARK: deny rules

  static let denials: [(rules: String, reason: Reason, rule: Rule)] = [
    ("T", .denied, .deny(id: 0)), ("E", .denied, .deny(id: 0)), ("F", .granted, .binding(id: 0)),
    ("FE", .denied, .deny(id: 1)), ("FFT", .denied, .deny(id: 2)), ("F-", .denied, .deny(id: 1)),
  ]

  @Test("a deny rule denies where its condition is true or in error", arguments: denials)
  func denyRules(rules: String, reason: Reason, rule: Rule) {
    let decision = ConditionWorld([nil], denying: rules.map { Self.expressions[$0] ?? nil }).decide()
    #expect(decision.reason == reason)
    #expect(decision.rule == rule)
  }

  @Test(
    "with groups unknown, a rule that denies a group denies where its condition does not fail it",
    arguments: [("true", Reason.groupsUnknown), ("request.query == ''", .groupsUnknown), ("false", .granted)])
  func groupsUnknown(rule: String, reason: Reason) {
    var world = ConditionWorld([nil], denying: [rule])
    world.policy.denyRules[0].deniedPrincipals = ReferenceWorld.uses(3)
    world.credential.groupsComplete = false
    #expect(world.decide().reason == reason)
  }

  @Test(
    "of an anonymous caller nothing is known, whatever the credential says",
    arguments: [
      ("request.auth.principal == 'x'", Reason.denied), ("has(request.auth.claims.a)", .denied),
      ("device.screen_lock", .denied), ("request.path == '/'", .publicAccess),
      ("'here' in request.auth.access_levels", .denied), ("'mine' in request.auth.access_levels", .publicAccess),
    ])
  func anonymous(expression: String, reason: Reason) {
    var world = ConditionWorld(
      [nil], denying: [expression],
      levels: [("here", "request.path == '/reports'"), ("mine", "request.auth.principal == 'ada@example.com'")])
    world.policy.nodes[2].bindings = [ReferenceWorld.binding(ReferenceWorld.uses(1))]
    world.credential.accountState = .suspended
    world.credential.device = [Array("screen_lock".utf8): .bool(false)]
    #expect(world.decide().reason == reason)
  }

  // MARK: validUntil

  /// `ReferenceWorld.now` is 2023-11-14T22:13:20Z, a Tuesday: this turns 5 seconds later.
  private static let soon = "request.time < timestamp('2023-11-14T22:13:25Z')"

  static let asked: [(bindings: [String?], denials: [String?], levels: String, isBounded: Bool)] = [
    ([soon], [], "true", true),
    ([nil, soon], [], "true", false),
    (["true", soon], [], "true", false),
    (["!(\(soon))", "true"], [], "true", true),
    (["true || \(soon)"], [], "true", true),
    ([nil], ["!(\(soon))"], "true", true),
    (["levels.l"], [], soon, true),
    (["'l' in request.auth.access_levels"], [], soon, true),
    (["true"], [], soon, false),
  ]

  @Test("a condition that was asked and asks for the time bounds an allow by its next turn", arguments: asked)
  func validUntil(bindings: [String?], denials: [String?], levels: String, isBounded: Bool) {
    let decision = ConditionWorld(bindings, denying: denials, levels: [("l", levels)]).decide()
    #expect(decision.verdict == .allow)
    #expect(decision.validUntil == (isBounded ? ReferenceWorld.now + 5_000 : .max))
    #expect(decision.clock == (isBounded ? .condition : .none))
  }

  @Test("of equal instants the clock of row 8 is named")
  func equalClocks() {
    var world = ConditionWorld([Self.soon])
    world.policy.apps[1].session.idleTimeout = ReferenceWorld.sourced(.seconds(5))
    #expect(world.decide().clock == .idle)
    world.policy.apps[1].session.idleTimeout = ReferenceWorld.sourced(.seconds(6))
    #expect(world.decide().clock == .condition)
  }

  @Test("a deny rule that asks for the time bounds the public's answer too")
  func publicBound() {
    var world = ConditionWorld([nil], denying: ["!(\(Self.soon))"])
    world.policy.nodes[2].bindings = [ReferenceWorld.binding(ReferenceWorld.uses(1))]
    world.credential = Credential()
    #expect(world.decide().validUntil == ReferenceWorld.now + 5_000)
  }

  @Test("each form of a path is asked by itself, and both must pass")
  func twoForms() {
    var world = ConditionWorld(["request.path == '/reports'"])
    #expect(world.decide().reason == .granted)
    world.request.path = Array("/reports;a=b".utf8)
    #expect(world.decide().reason == .conditionFalse)
    world = ConditionWorld(["request.path.startsWith('/reports')"])
    world.request.path = Array("/reports;a=b".utf8)
    #expect(world.decide().reason == .granted)
  }

  @Test("a zone's offset is asked of the time zones that are at hand")
  func timeZones() {
    struct Zones: CELTimeZones {
      func offsetSeconds(ofZone name: String, at secondsSince1970: Int64) -> Int32? { name == "A/B" ? 3_600 : nil }
      func nextTransition(ofZone name: String, after secondsSince1970: Int64) -> Int64? { nil }
    }
    // 2023-11-14T22:13:20Z.
    let world = ConditionWorld(["request.time.getHours('A/B') == 23"])
    #expect(world.decide().reason == .conditionError)
    let decision = world.policy.decide(world.request, world.credential, at: world.now, timeZones: Zones())
    #expect(decision.reason == .granted)
  }
}
