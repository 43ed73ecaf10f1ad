// Files beside the tests, in Cases: texts that tests read, and whole reports that they compare with. A report that is
// not there yet is written, and the test fails: nobody records by accident.

import Foundation
import Testing

@testable import PosternLanguage

/// The files in Cases.
enum Golden {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases").path

  static func text(_ path: String) -> String {
    guard let data = FileManager.default.contents(atPath: folder + "/" + path) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  /// Compares a report with the one recorded.
  static func expect(_ report: String, toEqual path: String) {
    let full = folder + "/" + path
    guard FileManager.default.fileExists(atPath: full) else {
      let isWritten = FileManager.default.createFile(atPath: full, contents: Data(report.utf8))
      Issue.record(
        "\(path) was not there; \(isWritten ? "it is now: read it before it is kept" : "it cannot be written")")
      return
    }
    #expect(report == text(path))
  }
}

@Suite("Whole reports")
struct BadInputGoldenTests {
  /// Files that cannot stand in a repository of texts.
  static let latin1 = SourceFile(
    path: "latin1.yaml", bytes: Array("kind: App\nname: b".utf8) + [0xFC] + Array("cher\nroutes: []\n".utf8))
  static let deep = SourceFile(
    path: "deep.yaml",
    bytes: Array(("kind: App\nroutes: " + String(repeating: "[", count: 10_000)).utf8))

  @Test("one run reports every mistake of a tree, in file order")
  func badInput() { report("bad-input", [Self.latin1, Self.deep]) }

  @Test("one run reports every mistake of what is inherited, in file order")
  func badInheritance() { report("bad-inheritance", []) }

  private func report(_ name: String, _ others: [SourceFile]) {
    let files = SourceTree(folder: Golden.folder + "/" + name + "/tree").files
    let reading = Policy.read(files: files + others)
    let report = Report(reading.diagnostics, files: reading.files, pathPrefix: "policies/")
    #expect(reading.policy == nil)
    Golden.expect(report.text(), toEqual: name + "/report.txt")
  }
}
