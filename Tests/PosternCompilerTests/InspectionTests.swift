// What `inspect` shows is what the policy says, read back from the bundle.

import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Inspection")
struct InspectionTests {
  let bundle: OpenBundle
  let inspection: Inspection

  init() throws {
    bundle = try OpenBundle(Compiler.compile(RoundTripTests.policy, revision: 7))
    inspection = Inspection(bundle, policy: RoundTripTests.policy)
  }

  private func app(_ name: String) throws -> Inspection.AppInspection {
    try #require(inspection.apps.first { $0.name == name })
  }

  @Test("an app's routes are shown as policies write them")
  func routes() throws {
    let long = String(repeating: "a", count: 60) + ".example.com/"
    #expect(try app("routes").routes == ["*.wild.example.com/x/y", long, "open.example.com/deep/er"])
  }

  @Test("a walked row lists its members with binding and place")
  func grants() throws {
    let row = try #require(try app("tenants").rows.first)
    #expect(
      row.grants.map(\.member).sorted() == [
        "serviceAccount:robot@example.com", "workforcePools/0/*", "workforcePools/1/attribute.dept/hr",
        "workforcePools/1/group/g",
      ])
    #expect(row.grants.allSatisfy { $0.place?.text == "organization.yaml:3:5" })
  }

  @Test("a probed row says how many members it has")
  func probedRows() throws {
    #expect(try app("payroll").rows.map(\.entryCount) == [1, 41])
  }

  @Test("the costs shown are those that the budget is held against")
  func costs() {
    #expect(inspection.apps.map(\.cost) == Compiler.costs(of: RoundTripTests.policy))
  }

  @Test("deny rules are shown with whom they deny and except")
  func denyRules() {
    #expect(inspection.denyRules.map(\.denied) == [["group:suspended@example.com"], ["allUsers"]])
    #expect(
      inspection.denyRules.map(\.excepted) == [["user:cfo@example.com"], ["domain:example.com", "workforcePools/1/*"]])
  }

  /// The attributes of an app that has these, read back from its bundle.
  private func propagation(of written: Propagation?) throws -> Inspection {
    var builder = PolicyBuilder()
    builder.addApp("before") { $0.application.attributePropagation = sourced(.selecting(["x", "y"], outputs: [.jwt])) }
    builder.addApp("given") { $0.application.attributePropagation = written.map { sourced($0) } }
    return Inspection(try OpenBundle(Compiler.compile(builder.policy, revision: 1)), appNames: ["given"])
  }

  @Test("the attributes that an app is given are read back as the policy has them")
  func propagatedAttributes() throws {
    let inspection = try propagation(
      of: Propagation(
        expression: sourced(""), outputs: [.rctoken, .header],
        attributes: [
          .init(source: .saml, name: "urn:department", emittedName: "department"),
          .init(source: .iap, name: "device", emittedName: "X-Device", isStrict: true),
          .init(source: .iap, name: "a", emittedName: "a", isDecorated: true),
          .init(source: .saml, name: "b", emittedName: "b", isStrict: true, isDecorated: true),
        ]))
    let expected: [(String, String, [String])] = [
      ("saml_attributes.urn:department", "department", []), ("iap_attributes.device", "X-Device", ["strict"]),
      ("iap_attributes.a", "a", ["decorate"]), ("saml_attributes.b", "b", ["strict", "decorate"]),
    ]
    #expect(
      inspection.apps.map(\.propagation) == [
        expected.map {
          Inspection.PropagatedAttribute(
            source: $0.0, emittedName: $0.1, outputs: ["HEADER", "RCTOKEN"], marks: $0.2)
        }
      ])
  }

  @Test("the attributes that an app is given stand in the text and in the JSON")
  func propagationForms() throws {
    let inspection = try propagation(
      of: Propagation(
        expression: sourced(""), outputs: [.header, .jwt],
        attributes: [
          .init(source: .saml, name: "team", emittedName: "team"),
          .init(source: .iap, name: "device", emittedName: "X-Device", isStrict: true),
        ]))
    let text = inspection.text(isDisassembled: false)
    #expect(
      text.contains(
        """
          propagation
            saml_attributes.team   team      HEADER, JWT
            iap_attributes.device  X-Device  HEADER, JWT  strict

        """))
    #expect(
      inspection.json.compactText.contains(
        #"{"source":"iap_attributes.device","emittedName":"X-Device","outputs":["HEADER","JWT"],"marks":["strict"]}"#))
  }

  @Test("the setting says how many attributes there are and where, at the place of the expression")
  func propagationSetting() throws {
    var builder = PolicyBuilder()
    builder.addApp("given") { app in
      app.application.attributePropagation = sourced(.selecting(["a", "b"], outputs: [.jwt, .header]))
    }
    let open = try OpenBundle(Compiler.compile(builder.policy, revision: 1))
    let settings = Inspection(open, policy: builder.policy).apps.flatMap(\.settings)
    let setting = try #require(settings.first { $0.name == "attributePropagation" })
    #expect(setting.value == "2 attributes in JWT, HEADER")
    #expect(setting.place == "organization.yaml:3:5")
  }

  @Test("an app that is given no attributes shows none")
  func noPropagation() throws {
    let inspection = try propagation(of: nil)
    #expect(inspection.apps.map(\.propagation) == [[]])
    #expect(!inspection.text(isDisassembled: false).contains("  propagation\n"))
  }

  @Test("each effective setting comes with the place that it is written at")
  func settings() throws {
    let idle = try #require(try app("payroll").settings.first { $0.name == "idleTimeout" })
    #expect(idle == Inspection.Setting(name: "idleTimeout", value: "15m", place: "organization.yaml:3:5"))
  }

  @Test("without the tree no settings are shown")
  func settingsNeedTheTree() {
    #expect(Inspection(bundle).apps.allSatisfy { $0.settings.isEmpty })
  }

  @Test("a tree with other apps is not taken for the bundle's")
  func otherTrees() {
    var policy = RoundTripTests.policy
    policy.apps.swapAt(0, 1)
    let apps = Inspection(bundle, policy: policy).apps
    #expect(apps.map(\.settings.isEmpty) == [true, true, false, false, false])
  }

  @Test("only the apps that were asked for are shown")
  func chosenApps() {
    #expect(Inspection(bundle, appNames: ["open"]).apps.map(\.name) == ["open"])
  }

  @Test("a program is shown with its jumps and durations")
  func disassembly() throws {
    let program = try app("routes").program.map { "\($0.index) \($0.text)" }
    #expect(
      program == [
        "78 label most 9", "79 checkPersonFacts createdAt -> 83 30s", "80 checkFreshState none none none",
        "81 checkTimeouts 8h none", "82 pass", "83 label most 7", "84 branchCredential bearer -> 88",
        "85 checkFacts 30s", "86 checkState", "87 pass", "88 label most 5", "89 checkFacts expiresAt 30s",
        "90 checkState", "91 checkBearer", "92 pass",
      ])
  }

  @Test("programs lie one after the other, and each is shown to its end")
  func programsAreWhole() throws {
    let shown = inspection.apps.flatMap { $0.program.map(\.index) }
    #expect(shown == Array(0..<UInt32(shown.count)))
  }

  @Test("the text shows every app and the JSON the same ones")
  func formsAgree() {
    let names = inspection.apps.map(\.name)
    let shown = inspection.text(isDisassembled: true).split(separator: "\n").filter { $0.hasPrefix("app ") }
    #expect(shown.map { $0.split(separator: " ")[1] } == names.map { Substring($0) })
    #expect(names.allSatisfy { inspection.json.compactText.contains("\"name\":\"\($0)\"") })
  }

  @Test("no line ends with a blank")
  func noTrailingBlanks() {
    #expect(!inspection.text(isDisassembled: true).contains(" \n"))
  }

  @Test(
    "durations are written in the largest units",
    arguments: [(0, "0s"), (59, "59s"), (60, "1m"), (5_400, "1h30m"), (86_400, "1d"), (90_061, "1d1h1m1s")])
  func durations(seconds: UInt32, text: String) {
    #expect(Wording.duration(seconds: seconds) == text)
  }

  @Test(
    "instants are written as RFC 3339 has them",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00Z"),
      (1_700_000_000_250, "2023-11-14T22:13:20.250Z"), (253_402_300_799_000, "9999-12-31T23:59:59Z"),
      (253_402_300_800_000, "253402300800000 ms"), (Int64.min, "-9223372036854775808 ms"),
    ])
  func instants(milliseconds: Int64, text: String) {
    #expect(Wording.instant(milliseconds: milliseconds) == text)
  }

  @Test("what would steer a terminal is not shown")
  func controlCharacters() {
    #expect(Wording.printable("a\u{1B}[2Jb\u{9B}é") == "a?[2Jb?é")
  }
}
