// The pages inside the program, and the road of a decision.

import Foundation
import PosternLanguage
import Testing

@Suite("explain")
struct ExplainTests {
  private static let pages = Golden.root.appending(path: "docs/diagnostics")

  @Test("the pages inside the program are those of docs/diagnostics")
  func pagesAreEmbedded() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.pages.path()).filter {
      $0.hasSuffix(".md") && $0 != "README.md"
    }
    let text = try names.sorted().map { name in
      try "=== \(name.dropLast(3)) ===\n" + String(contentsOf: Self.pages.appending(path: name), encoding: .utf8)
    }
    Golden.expect(text.joined(), isFile: "Sources/postern/Pages/diagnostics.txt")
  }

  @Test("the page of a diagnostic is printed as it stands", arguments: ["bad-duration", "yaml-syntax"])
  func page(_ id: String) throws {
    let page = try String(contentsOf: Self.pages.appending(path: "\(id).md"), encoding: .utf8)
    #expect(try Command("explain", id).run() == Outcome(status: 0, output: page, errors: ""))
  }

  @Test("a page can be had as JSON")
  func pageAsJSON() throws {
    let outcome = try Command("explain", "bad-duration", "--json").run()
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: String]
    #expect(object?["id"] == "bad-duration")
    #expect(object?["page"]?.hasPrefix("# bad-duration\n") == true)
  }

  @Test("what is no diagnostic is said to be none", arguments: ["frob", "policies/", "=== a"])
  func unknown(_ id: String) throws {
    let outcome = try Command("explain", id).run()
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("error: no diagnostic is called '\(id)'"))
  }

  // MARK: requests

  private static let tables = [
    (policies: "policies", requests: "demo/requests"),
    (policies: "demo/crowd/policies", requests: "demo/crowd/requests"),
    (policies: "demo/conditions/policies", requests: "demo/conditions/requests"),
  ]

  private static func run(_ arguments: String...) throws -> Outcome {
    var command = Command(arguments: ["explain"] + arguments)
    command.folder = Golden.root
    return try command.run()
  }

  @Test("every request of the demo, and so every reason, has the recorded explanation", arguments: tables.indices)
  func demo(_ index: Int) throws {
    let table = Self.tables[index]
    let names = try FileManager.default.contentsOfDirectory(atPath: Golden.root.appending(path: table.requests).path())
    for name in names.sorted() {
      let outcome = try Self.run(table.policies, "--request", "\(table.requests)/\(name)", "--all")
      #expect(outcome.status == (outcome.output.hasPrefix("allow, ") ? 0 : 2) && outcome.errors == "")
      Golden.expect(outcome.output, is: "explain/\(name.dropLast(5)).txt")
    }
  }

  @Test("a report until the books close has the recorded explanations, as text and as JSON")
  func conditions() throws {
    let scratch = try Scratch()
    let request = try scratch.write(
      """
      now: "2026-03-02T10:00:00Z"
      request: {url: "https://ledger.example.com/reports/q2", clientAddress: 203.0.113.9}
      credential: {as: "user:zoe@example.com", provider: workspace, secondFactorAt: 1h ago}

      """, to: "zoe.yaml")
    Golden.expect(try Self.run("policies", "--request", request).output, is: "explain/ledger.txt")
    Golden.expect(try Self.run("policies", "--request", request, "--json").output, is: "explain/ledger.json")
  }

  @Test("a tree with mistakes ends with status 3, a request that is none with 1")
  func statuses() throws {
    let scratch = try Scratch()
    try Tree.broken.write(to: scratch)
    #expect(try Self.run(scratch.path("policies"), "--url", "https://a.example/").status == 3)
    #expect(try Self.run("policies", "--request", scratch.write("request: 3\n", to: "none.yaml")).status == 1)
  }

  @Test("without a terminal there are no colours")
  func colours() throws {
    #expect(try !Self.run("policies", "--url", "https://payroll.example.com/").output.contains("\u{1B}"))
  }
}
