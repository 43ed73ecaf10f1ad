// The pages of the diagnostics that only compiling finds do what they say.

import Foundation
import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Pages of what only compiling finds")
struct CompilerPageTests {
  private static let ids = ["budget-exceeded", "condition-not-bounded"]

  private static let organization = SourceFile(
    path: "organization.yaml",
    bytes: Array(
      """
      kind: Organization
      name: example.com
      loginProviders:
        - {name: workspace, source: workspace, issuer: "https://a.example", clientID: postern, domains: [example.com]}
      session: {absoluteTimeout: 14d, idleTimeout: 1h, revalidate: 2m}

      """.utf8))

  /// The files of the page's first or second example.
  private func files(of id: String, example index: Int) throws -> [SourceFile] {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/diagnostics/\(id).md").standardizedFileURL
    let example = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```")[1 + 2 * index]
    let files: [SourceFile] = example.components(separatedBy: "\n# ").dropFirst().compactMap { part in
      let lines = part.split(separator: "\n", maxSplits: 1)
      return lines.count == 2 ? SourceFile(path: String(lines[0]), bytes: Array(lines[1].utf8) + [10]) : nil
    }
    return files.contains { $0.path == Self.organization.path } ? files : [Self.organization] + files
  }

  private func diagnostics(of id: String, example index: Int) throws -> [Diagnostic] {
    let reading = Policy.read(files: try files(of: id, example: index))
    return reading.diagnostics + Compiler.check(try #require(reading.policy))
  }

  @Test("the wrong example has the page's diagnostic and no other", arguments: ids)
  func wrong(id: String) throws {
    #expect(try diagnostics(of: id, example: 0).map(\.id) == [id])
  }

  @Test("the right example has no diagnostic", arguments: ids)
  func right(id: String) throws {
    #expect(try diagnostics(of: id, example: 1).isEmpty)
  }
}
