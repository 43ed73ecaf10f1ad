// Diagnostic = page = case: every id has a page, and every page's examples do what they say.

import Foundation
import Testing

@testable import PosternLanguage

@Suite("Pages of diagnostics")
struct DiagnosticPageTests {
  @Test("the ids of the wording, of the catalogue, of the pages and of their list are the same")
  func ids() throws {
    let catalogue = Diagnostic.catalogue.map(\.id)
    #expect(catalogue == catalogue.sorted())
    #expect(catalogue == DiagnosticPage.ids)
    #expect(catalogue == (try Self.wordedIDs()))
    let lines = Diagnostic.catalogue.map { "- [\($0.id)](\($0.id).md): \($0.summary)" }
    #expect(try DiagnosticPage.text("README").hasSuffix("\n\n" + lines.joined(separator: "\n") + "\n"))
  }

  /// The kebab-case literals of the wording files: ids, and nothing else there is written so.
  private static func wordedIDs() throws -> [String] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources").standardizedFileURL
    let files = ["PosternLanguage/Diagnostics", "PosternCompiler", "PosternReview/Guards"].flatMap { module in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + module)) ?? []
      return names.filter { $0.contains("+Wording") }.map { module + "/" + $0 }
    }
    var ids: Set<String> = []
    for file in files {
      let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
      ids.formUnion(text.matches(of: /"([a-z0-9]+(?:-[a-z0-9]+)+)"/).map { String($0.output.1) })
    }
    return ids.sorted()
  }

  @Test("a page begins with its id and the sentence of the catalogue", arguments: DiagnosticPage.ids)
  func head(id: String) throws {
    let page = try DiagnosticPage(id)
    #expect(page.title == "# " + id)
    #expect(page.summary == Diagnostic.catalogue.first { $0.id == id }?.summary)
  }

  @Test("the wrong example of a page has its diagnostic and no other", arguments: DiagnosticPage.readerIDs)
  func wrong(id: String) throws {
    let found = try DiagnosticPage(id).wrong.diagnostics()
    #expect(Set(found.map(\.id)) == [id], "\(found.map(\.message))")
  }

  @Test("the right example of a page has no diagnostic", arguments: DiagnosticPage.readerIDs)
  func right(id: String) throws {
    let found = try DiagnosticPage(id).right.diagnostics()
    #expect(found.isEmpty, "\(found.map { $0.id + ": " + $0.message })")
  }

  @Test("words are lower case and without a full stop", arguments: DiagnosticPage.ids)
  func wording(id: String) throws {
    for diagnostic in try DiagnosticPage(id).wrong.diagnostics() {
      for text in [diagnostic.message, diagnostic.help].compactMap(\.self) + diagnostic.notes.map(\.message) {
        #expect(text.first?.isUppercase == false || text.prefix(3).allSatisfy { $0.isUppercase }, "\(text)")
        #expect(!text.hasSuffix("."), "\(text)")
      }
    }
  }
}
