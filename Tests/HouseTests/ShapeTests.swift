// Sizes, first lines, summaries, and no marks of unfinished work.

import Testing

@Suite("Shape")
struct ShapeTests {
  @Test("no file is longer than 500 lines")
  func fileLengths() {
    #expect(Repository.swiftFiles.flatMap { $0.lengthViolations() } == [])
  }

  @Test("no function is longer than 70 lines")
  func functionLengths() {
    #expect(Repository.swiftFiles.flatMap { $0.functionViolations() } == [])
  }

  @Test("every file opens with a comment")
  func openings() {
    #expect(Repository.swiftFiles.flatMap { $0.openingViolations() } == [])
  }

  @Test("every public declaration says what it is in one sentence")
  func summariesOfOurs() {
    #expect(Repository.sourceFiles.flatMap { $0.summaryViolations() } == [])
  }

  @Test("nothing is marked as unfinished")
  func marks() {
    let texts =
      ["md", "c", "h", "yaml", "json", "sh"].flatMap { kind in
        ["Sources", "Tests", "docs", "policies", "schema", "demo"].flatMap { Repository.files(in: $0, extension: kind) }
      } + ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile"].filter(Repository.exists)
    let others = texts.flatMap { path in
      unfinishedViolations(path: path, lines: Repository.text(path).split(separator: "\n").map(String.init))
    }
    let ours = Repository.swiftFiles.flatMap { unfinishedViolations(path: $0.path, lines: $0.lines) }
    #expect(ours + others == [])
  }

  // MARK: the checks can fail

  @Test("a file of 500 lines passes and one of 501 does not")
  func fileLengthLimit() {
    let line = "let a = 1\n"
    #expect(SwiftFile(path: "A.swift", text: String(repeating: line, count: 500)).lengthViolations() == [])
    #expect(SwiftFile(path: "A.swift", text: String(repeating: line, count: 501)).lengthViolations().count == 1)
  }

  @Test(
    "a block of code of 70 lines passes and one of 71 does not",
    arguments: [
      "func f() {", "init() {", "var a: Int {", "let a = {", "static func f(\n) {", "class func f() {", "if a {",
    ])
  func functionLengthLimit(_ opening: String) {
    func file(_ count: Int) -> SwiftFile {
      let body = String(repeating: "a()\n", count: count - 1 - opening.split(separator: "\n").count)
      return SwiftFile(path: "A.swift", text: "struct A {\n\(opening)\n\(body)}\n}\n")
    }
    #expect(file(70).functionViolations() == [])
    #expect(file(71).functionViolations().map(\.line) == [2])
  }

  @Test("types may be longer than functions, and braces in texts and comments do not count")
  func typesAreNoFunctions() {
    let body = String(repeating: "case a\n", count: 80)
    for opening in [
      "struct A {", "extension A where B == C {", "indirect enum A: B {", "func f() { \"{\" } // {\nenum A {",
    ] {
      #expect(SwiftFile(path: "A.swift", text: "\(opening)\n\(body)}\n").functionViolations() == [])
    }
  }

  @Test("the lines of a text inside a function do not count")
  func textsAreNoCode() {
    let text = "\"\"\"\n" + String(repeating: "{ \\(a) b\n", count: 80) + "\"\"\"\n"
    let plain = text.replacing("\\(a) ", with: "")
    #expect(SwiftFile(path: "A.swift", text: "func f() {\n g(\n\(plain))\n}\n").functionViolations() == [])
    #expect(SwiftFile(path: "A.swift", text: "func f() {\n g(\n\(text))\n}\n").functionViolations().count == 1)
  }

  @Test(
    "a file that opens with code or documentation is seen", arguments: ["let a = 1\n", "/// A.\nstruct A {}\n", ""])
  func missingOpening(_ text: String) {
    #expect(SwiftFile(path: "A.swift", text: text).openingViolations().count == 1)
  }

  @Test(
    "a summary is one sentence of at most 150 characters",
    arguments: [
      ("/// A sentence.\npublic struct A {}", 0),
      ("/// A sentence\n/// on two lines. And more.\n@frozen\npublic struct A {}", 0),
      ("@c @implementation\npublic func f() {}", 0),
      ("public import CPostern", 0),
      ("public struct A {}", 1),
      ("// A sentence.\npublic struct A {}", 1),
      ("/// No full stop\npublic struct A {}", 1),
      ("/// \(String(repeating: "a", count: 149)).\npublic struct A {}", 0),
      ("/// \(String(repeating: "a", count: 150)).\npublic struct A {}", 1),
      ("let a = 1\n  public var a: Int { 1 }", 1),
      ("public init() {}", 0),
      ("public init(a: Int) { self.a = a }", 0),
      ("public init(\n  a: Int, b: Int\n) {\n  self.a = a\n  self.b = b\n}", 0),
      ("public init(\n  a: Int, b: Int\n) {\n  self.a = a\n  self.b = a\n}", 1),
      ("public init(a: Int) { self.a = f(a) }", 1),
    ])
  func summaries(_ text: String, _ count: Int) {
    #expect(SwiftFile(path: "A.swift", text: text).summaryViolations().count == count)
  }

  @Test("a mark of unfinished work is seen")
  func markIsSeen() {
    #expect(unfinishedViolations(path: "A.swift", lines: ["a", "// TO" + "DO: b"]).map(\.line) == [2])
  }
}
