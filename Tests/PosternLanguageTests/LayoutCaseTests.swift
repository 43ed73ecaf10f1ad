// The layout of files, whole: `Cases/layout` holds texts as somebody wrote them, and beside each how it is laid out. A case whose
// `.laid-out` is missing is recorded, and that run fails.

import Foundation
import Testing

@testable import PosternLanguage

@Suite("Layout of whole files")
struct LayoutCaseTests {
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: Golden.folder + "/layout")) ?? [])
    .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".laid-out.yaml") }.map { String($0.dropLast(5)) }.sorted()

  static func laidOut(_ text: String) throws -> String {
    String(
      decoding: try Layout.bytes(of: SourceFile(path: "a.yaml", bytes: Array(text.utf8))), as: UTF8.self)
  }

  @Test("a file is laid out as its case says", arguments: names)
  func layout(_ name: String) throws {
    Golden.expect(try Self.laidOut(Golden.text("layout/\(name).yaml")), toEqual: "layout/\(name).laid-out.yaml")
  }

  @Test("what is laid out stays as it is", arguments: names)
  func stable(_ name: String) throws {
    let text = Golden.text("layout/\(name).laid-out.yaml")
    #expect(try Self.laidOut(text) == text)
  }

  @Test("there are cases")
  func cases() { #expect(Self.names.count >= 6) }

  private static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").path

  @Test(
    "the trees of this repository that people copy are laid out",
    arguments: [
      "policies", "demo/crowd/policies", "demo/conditions/policies",
    ])
  func ourTrees(_ folder: String) throws {
    let files = SourceTree(folder: Self.repository + "/" + folder).files.filter { !$0.path.hasSuffix(".json") }
    #expect(files.count > 2)
    for file in files {
      #expect(try Layout.bytes(of: file) == file.bytes, "\(folder)/\(file.path): run `postern fmt \(folder)`")
    }
  }
}
