// Attributes that a policy passes on to apps: what they are told, in which header and claim, and that no client tells them.

import Testing

@testable import PosternService

@Suite("Propagated attributes")
struct PropagationTests {
  static func files(_ expression: String, outputs: String = "HEADER, JWT") -> [String: String] {
    let settings = """
      settings:
        applicationSettings:
          attributePropagationSettings:
            enable: true
            outputCredentials: [\(outputs)]
            expression: '\(expression)'

      """
    var files = TestPolicy.files
    files["payroll.yaml"] = TestPolicy.app("payroll", settings)
    files["public.yaml"] = TestPolicy.app("public", settings, members: "allUsers")
    return files
  }

  private static let stated =
    #"attributes.saml_attributes.filter(x, x.name in ["department", "level", "manager", "Title"])"#

  private static func person(_ claims: [String: JSON]) -> Person {
    var person = TestGate.person()
    person.claims = claims
    return person
  }

  private static let ann = person([
    "department": .list([.text("Sales"), .text("Support")]), "level": .int(7), "manager": .bool(true),
    "secret": .text("not asked for"),
  ])

  private static func attribute(ofPayrollIn gate: TestGate) throws -> PropagatedAttribute {
    let apps = (0..<20).compactMap { gate.gate.policy.app($0) }
    return try #require(apps.first { $0.name == "payroll" }?.propagation.first)
  }

  private static func additionalClaims(_ answer: Answer) throws -> JSON? {
    let token = try #require(answer.headers[IdentityHeader.assertion]).split(separator: ".")
    return try #require(Base64URL.bytes(token[1]).flatMap { JSON($0) })["additional_claims"]
  }

  @Test(
    "an app gets the attributes that its policy names, in headers and in the assertion",
    arguments: ProxyDialect.allCases)
  func passedOn(_ dialect: ProxyDialect) async throws {
    let gate = try TestGate(Self.files(Self.stated))
    let answer = await gate.ask(headers: [("Cookie", try await gate.signIn(Self.ann))], through: dialect)
    #expect(answer.status == 200)
    let told = answer.headers.fields.filter { $0.name.hasPrefix("x-goog-iap-attr-") }
    #expect(
      Set(told.map { "\($0.name): \($0.value)" }) == [
        "x-goog-iap-attr-department: Sales,Support", "x-goog-iap-attr-level: 7", "x-goog-iap-attr-manager: true",
        "x-goog-iap-attr-title: ",
      ])
    #expect(
      try Self.additionalClaims(answer)
        == .object([
          "department": .list([.text("Sales"), .text("Support")]), "level": .list([.text("7")]),
          "manager": .list([.text("true")]),
        ]))
  }

  @Test("each output is written where it is asked for alone", arguments: ["HEADER", "JWT", "RCTOKEN"])
  func outputs(_ output: String) async throws {
    let gate = try TestGate(Self.files(Self.stated, outputs: output))
    let answer = await gate.ask(headers: [("Cookie", try await gate.signIn(Self.ann))])
    #expect(answer.status == 200)
    #expect(answer.headers.contains("x-goog-iap-attr-department") == (output == "HEADER"))
    #expect(try (Self.additionalClaims(answer) != nil) == (output == "JWT"))
  }

  @Test("of nobody an app is told nothing, and each header is emptied")
  func nobody() async throws {
    let strict = #"attributes.iap_attributes.selectByName("user_email").emitAs("X-Mail").strict()"#
    let gate = try TestGate(Self.files(strict))
    let answer = await gate.ask("GET", "https://public.example.com/", headers: [("X-Mail", "eve@example.com")])
    #expect(answer.status == 200)
    #expect(answer.headers.values("x-mail") == [""])
    #expect(answer.forApp.contains { $0.name == "x-mail" })
  }

  @Test("a strict attribute takes the place of what the client sent under its name")
  func strict() async throws {
    let strict = #"attributes.iap_attributes.selectByName("user_email").emitAs("X-Mail").strict()"#
    let gate = try TestGate(Self.files(strict))
    let cookie = try await gate.signIn(Self.ann)
    let answer = await gate.ask(headers: [("Cookie", cookie), ("X-Mail", "eve@example.com")])
    #expect(answer.headers.values("x-mail") == ["ann@example.com"])
    #expect(try Self.additionalClaims(answer) == .object(["X-Mail": .list([.text("ann@example.com")])]))
  }

  @Test("a request with a client's own attribute is refused", arguments: ProxyDialect.allCases)
  func forged(_ dialect: ProxyDialect) async throws {
    let gate = try TestGate(Self.files(Self.stated))
    let forged = [("X-Goog-IAP-Attr-Department", "Board"), ("Cookie", try await gate.signIn(Self.ann))]
    #expect(await gate.ask(headers: forged, through: dialect).status == 403)
    #expect(await gate.ask("GET", "https://public.example.com/", headers: forged, through: dialect).status == 403)
  }

  @Test(
    "a header says values so that they can be told apart, and can be a header",
    arguments: [
      (["a,b", "c"], "a%2Cb,c"), (["50%"], "50%25"), (["a\r\nx-goog-iap-attr-b: c"], "a%0D%0Ax-goog-iap-attr-b: c"),
      (["Zoë"], "Zo%C3%AB"), ([" a b "], "%20a b%20"), (["\u{7F}\u{0}"], "%7F%00"), (["", "a"], ",a"),
      ([String(repeating: "a", count: 4_096)], String(repeating: "a", count: 4_096)),
      ([String(repeating: "a", count: 4_097)], ""),
    ])
  func encoding(_ values: [String], _ header: String) async throws {
    let gate = try TestGate(Self.files(#"attributes.saml_attributes.selectByName("department")"#))
    let person = Self.person(["department": .list(values.map(JSON.text))])
    let answer = await gate.ask(headers: [("Cookie", try await gate.signIn(person))])
    #expect(answer.headers.values("x-goog-iap-attr-department") == [header])
    #expect(answer.isWritable)
    #expect(try Self.additionalClaims(answer) == .object(["department": .list(values.map(JSON.text))]))
  }

  @Test("an identity platform's attributes are those of its SAML provider, and no claims beside them")
  func platform() async throws {
    let gate = try TestGate(Self.files(Self.stated))
    let person = Self.person([
      "department": .text("of the token"), "level": .int(1),
      "firebase": .object(["sign_in_attributes": .object(["department": .text("of the assertion")])]),
    ])
    let answer = await gate.ask(headers: [("Cookie", try await gate.signIn(person))])
    #expect(answer.headers["x-goog-iap-attr-department"] == "of the assertion")
    #expect(answer.headers["x-goog-iap-attr-level"] == "")
  }

  @Test(
    "the gate's own attributes are what it knows of the person",
    arguments: [
      ("user_email", "ann@example.com"), ("user_id", "ann"), ("provider", "people"), ("tenant", "north"),
      ("hosted_domain", "example.com"), ("groups", "a@example.com,b@example.com"), ("device", ""),
    ])
  func known(_ name: String, _ value: String) async throws {
    let gate = try TestGate(Self.files("attributes.iap_attributes.selectByName(\"\(name)\")"))
    var person = TestGate.person()
    (person.tenant, person.hostedDomain) = ("north", "example.com")
    person.groups = ["a@example.com", "b@example.com"]
    let attribute = try Self.attribute(ofPayrollIn: gate)
    #expect(attribute.headerValue(of: person) == value)
  }

  @Test("an address that is not verified is no attribute")
  func unverified() async throws {
    let gate = try TestGate(Self.files(#"attributes.iap_attributes.selectByName("user_email")"#))
    var person = TestGate.person()
    person.isEmailVerified = false
    let attribute = try Self.attribute(ofPayrollIn: gate)
    #expect(attribute.headerValue(of: person) == "")
  }
}
