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
}
