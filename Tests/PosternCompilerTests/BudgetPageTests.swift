// The page of the one diagnostic that only compiling finds does what it says.

import Foundation
import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Page of budget-exceeded")
struct BudgetPageTests {
  /// The files of the page's first or second example.
  private func files(ofExample index: Int) throws -> [SourceFile] {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/diagnostics/budget-exceeded.md").standardizedFileURL
    let example = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```")[1 + 2 * index]
    return example.components(separatedBy: "\n# ").dropFirst().compactMap { part in
      let lines = part.split(separator: "\n", maxSplits: 1)
      return lines.count == 2 ? SourceFile(path: String(lines[0]), bytes: Array(lines[1].utf8) + [10]) : nil
    }
  }

  private func diagnostics(ofExample index: Int) throws -> [Diagnostic] {
    let reading = Policy.read(files: try files(ofExample: index))
    return reading.diagnostics + Compiler.check(try #require(reading.policy))
  }

  @Test("the wrong example has the page's diagnostic and no other")
  func wrong() throws {
    #expect(try diagnostics(ofExample: 0).map(\.id) == ["budget-exceeded"])
  }

  @Test("the right example has no diagnostic")
  func right() throws {
    #expect(try diagnostics(ofExample: 1).isEmpty)
  }
}
