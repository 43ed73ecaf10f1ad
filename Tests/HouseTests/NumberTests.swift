// One number, one meaning: header, enumerations, pages and hostile tests name the same things by the same numbers.

import Testing

@Suite("Numbers")
struct NumberTests {
  /// An enumeration of postern.h and the Swift one that mirrors it.
  struct Mirror: CustomTestStringConvertible, Sendable {
    let type: String
    let prefix: String
    let file: String
    let name: String

    var testDescription: String { name }

    static let all: [Mirror] = [
      Mirror(type: "postern_verdict", prefix: "POSTERN_", file: "Facts/Decision", name: "Verdict"),
      Mirror(type: "postern_reason", prefix: "POSTERN_REASON_", file: "Facts/Decision", name: "Reason"),
      Mirror(type: "postern_mode", prefix: "POSTERN_MODE_", file: "Facts/Decision", name: "Mode"),
      Mirror(type: "postern_token_test", prefix: "POSTERN_TOKEN_TEST_", file: "Facts/Decision", name: "TokenTest"),
      Mirror(type: "postern_clock", prefix: "POSTERN_CLOCK_", file: "Facts/Decision", name: "Clock"),
      Mirror(type: "postern_prompt", prefix: "POSTERN_PROMPT_", file: "Facts/Decision", name: "Prompt"),
      Mirror(type: "postern_credential_kind", prefix: "POSTERN_CREDENTIAL_", file: "Facts/Facts", name: "Kind"),
      Mirror(type: "postern_principal_kind", prefix: "POSTERN_PRINCIPAL_", file: "Facts/Facts", name: "PrincipalKind"),
      Mirror(type: "postern_account_state", prefix: "POSTERN_ACCOUNT_", file: "Facts/Facts", name: "AccountState"),
      Mirror(
        type: "postern_refresh_outcome", prefix: "POSTERN_REFRESH_", file: "Facts/Refresh", name: "RefreshOutcome"),
      Mirror(
        type: "postern_refresh_reason", prefix: "POSTERN_REFRESH_REASON_", file: "Facts/Refresh",
        name: "RefreshReason"),
    ]
  }

  private let header = Repository.text("Sources/CPostern/include/postern.h")
  private let format = Repository.text("docs/bundle-format.md")

  private func source(_ path: String) -> SwiftFile { SwiftFile(path: path, text: Repository.text(path)) }

  @Test("the enumerations of the language have the header's names and numbers", arguments: Mirror.all)
  func enumerations(mirror: Mirror) {
    let expected = Numbers.ofHeader(header, type: mirror.type, prefix: mirror.prefix)
    let found = Numbers.ofEnumeration(source("Sources/PosternLanguage/\(mirror.file).swift"), name: mirror.name)
    #expect(!expected.isEmpty)
    #expect(found == expected)
  }

  @Test("the methods of re-authentication have the header's numbers, where the header's none is nil")
  func methods() {
    let expected = Numbers.ofHeader(header, type: "postern_method", prefix: "POSTERN_METHOD_").dropFirst()
    let path = "Sources/PosternLanguage/Policy/Policy+App.swift"
    #expect(Numbers.ofEnumeration(source(path), name: "ReauthenticationMethod") == Array(expected))
    #expect(!expected.isEmpty)
  }

  @Test("the decision procedure names every reason")
  func reasonsAreExplained() {
    let page = Repository.text("docs/decision.md")
    let reasons = Numbers.ofHeader(header, type: "postern_reason", prefix: "POSTERN_REASON_").map(\.name)
    #expect(reasons.count > 30)
    #expect(reasons.filter { !page.contains("`\($0)`") } == [])
    let ofRefreshes = Numbers.ofHeader(header, type: "postern_refresh_reason", prefix: "POSTERN_REFRESH_REASON_")
    #expect(ofRefreshes.count > 10)
    #expect(ofRefreshes.map(\.name).filter { !page.contains("`\($0)`") } == [])
  }

  @Test("every opcode has its row in the page, and its shape the page's name")
  func opcodes() {
    let file = source("Sources/PosternKernel/Opcode.swift")
    let opcodes = Numbers.ofStaticMembers(file, type: "Opcode")
    let shapes = file.lines.compactMap { line in
      line.firstMatch(of: /case (\d+): OpcodeShape\((?:test: )?"(\w+)"/).map {
        NumberedName(name: String($0.output.2), number: Int($0.output.1) ?? 0)
      }
    }
    #expect(!opcodes.isEmpty)
    #expect(Numbers.ofTable(format, below: "code") == opcodes)
    #expect(shapes == opcodes)
    let evaluator = Repository.sourceFiles.filter { $0.module == "PosternKernel" && $0.name != "Opcode.swift" }
      .flatMap(\.code).joined(separator: "\n")
    #expect(opcodes.filter { !evaluator.contains(".\($0.name)") } == [], "no evaluator's case")
  }

  @Test("every fault of the verifier is a numbered rule of the page, and has a hostile test")
  func faults() {
    let faults = Numbers.ofStaticMembers(source("Sources/PosternKernel/BundleFault.swift"), type: "BundleFault")
    #expect(faults.count > 70)
    #expect(Numbers.ofTable(format, below: "The verifier's rules") == faults)
    let tests = Repository.swiftFiles.filter { $0.path.hasPrefix("Tests/PosternKernelTests/") }
      .flatMap(\.code).joined(separator: "\n")
    let words = Set(tests.matches(of: /\.(\w+)/).map { String($0.output.1) })
    #expect(faults.filter { !words.contains($0.name) } == [], "no hostile test")
    let verifier = Repository.sourceFiles.filter { $0.name.hasPrefix("Verifier") }
      .flatMap(\.code).joined(separator: "\n")
    let thrown = Set(verifier.matches(of: /\.(\w+)/).map { String($0.output.1) })
    #expect(faults.filter { !thrown.contains($0.name) } == [], "a rule that the verifier does not check")
  }

  @Test("every diagnostic that is worded has a page, and every page a diagnostic")
  func diagnostics() {
    let worded = Repository.sourceFiles.filter { $0.name.hasPrefix("Diagnostic+Wording") }
      .flatMap(\.lines).flatMap { $0.matches(of: /(?:error|warning): "([a-z0-9-]+)"/) }.map { String($0.output.1) }
    let pages = Repository.files(in: "docs/diagnostics", extension: "md")
      .compactMap { $0.firstMatch(of: /([a-z0-9-]+)\.md$/).map { String($0.output.1) } }
    #expect(!pages.isEmpty)
    #expect(Set(worded).subtracting(pages).sorted() == [], "no page")
    let elsewhere = Repository.sourceFiles.flatMap(\.lines).joined(separator: "\n")
    #expect(pages.filter { !elsewhere.contains("\"\($0)\"") } == [], "no diagnostic")
  }

  // MARK: the checks can fail

  @Test("a header's enumeration is read by its own braces")
  func headerIsRead() {
    let text =
      "typedef uint8_t a_b; /* note */\nenum {\n  A_B_ONE = 1, /* x = 9 */\n  A_B_TWO_MORE = 2 };\nenum { A_B_C = 3 };"
    let expected = [NumberedName(name: "one", number: 1), NumberedName(name: "twoMore", number: 2)]
    #expect(Numbers.ofHeader(text, type: "a_b", prefix: "A_B_") == expected)
    #expect(Numbers.ofHeader(text, type: "a_c", prefix: "A_B_") == [])
  }

  @Test("an enumeration's cases are read, on one line or several")
  func enumerationIsRead() {
    let file = SwiftFile(
      path: "A.swift", text: "enum B: Int { case a = 1, b = 2 // c = 3\n case d = 4 }\nenum C: Int { case e = 5 }")
    #expect(Numbers.ofEnumeration(file, name: "B").map(\.description) == ["a = 1", "b = 2", "d = 4"])
  }

  @Test("a table is read to the next heading, its rows of numbers alone")
  func tableIsRead() {
    let page =
      "## A\n| 1 | x | |\n## B\n| number | name | rule |\n|---|---|---|\n| 2 | `y` | z |\n\n| 3 | w | |\n### C\n| 4 | v | |"
    #expect(Numbers.ofTable(page, below: "B").map(\.description) == ["y = 2", "w = 3"])
  }

  @Test("static members are read only where name, type and number are in one place")
  func staticMembersAreRead() {
    let text =
      "package static var a: B { B(1) }\nstatic var c: B { B(c) }\n// static var d: B { B(2) }\nstatic var e: C { C(3) }"
    #expect(Numbers.ofStaticMembers(SwiftFile(path: "A.swift", text: text), type: "B").map(\.description) == ["a = 1"])
  }
}
