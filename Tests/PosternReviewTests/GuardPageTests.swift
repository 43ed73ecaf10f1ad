// The pages of the diagnostics that only guards have do what they say.

import Foundation
import PosternCompiler
import PosternLanguage
import PosternReview
import Testing

@Suite("Pages of guards")
struct GuardPageTests {
  private static let ids = ["guard-broken", "guard-not-proven"]

  private func diagnostics(of id: String, example index: Int) throws -> [Diagnostic] {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/diagnostics/\(id).md").standardizedFileURL
    let example = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```")[1 + 2 * index]
    let files = example.components(separatedBy: "\n# ").dropFirst().map { part in
      let lines = part.split(separator: "\n", maxSplits: 1)
      return SourceFile(path: String(lines[0]), bytes: Array(lines[1].utf8) + [10])
    }
    let side = try TreeFixture.tree(files)
    return GuardCheck(side.policy) { side.bundle }.diagnostics(in: side.policy)
  }

  @Test("the wrong example has the page's diagnostic and no other", arguments: ids)
  func wrong(id: String) throws {
    #expect(try diagnostics(of: id, example: 0).map(\.id) == [id])
  }

  @Test("the right example has no diagnostic", arguments: ids)
  func right(id: String) throws {
    #expect(try diagnostics(of: id, example: 1).isEmpty)
  }

  @Test("words are lower case and without a full stop", arguments: ids)
  func wording(id: String) throws {
    for diagnostic in try diagnostics(of: id, example: 0) {
      for text in [diagnostic.message, diagnostic.help].compactMap(\.self) + diagnostic.notes.map(\.message) {
        #expect(text.first?.isLowercase == true, "\(text)")
        #expect(!text.hasSuffix("."), "\(text)")
      }
    }
  }
}
