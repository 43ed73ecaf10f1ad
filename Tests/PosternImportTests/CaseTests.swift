// Whole imports, as they are recorded.

import PosternImport
import PosternLanguage
import Testing

@Suite("Cases of imports")
struct CaseTests {
  @Test("the tree and the report of an import are the recorded ones", arguments: ImportCase.all)
  func recorded(_ example: ImportCase) throws {
    let made = PolicyImport(of: example.inputs, options: example.options)
    #expect(made.optionFaults == [])
    if ImportCase.isRecording {
      try example.record(made)
      Issue.record("recorded \(example.name): read it, and run without POSTERN_RECORD")
      return
    }
    let tree = Dictionary(
      uniqueKeysWithValues: made.files.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) })
    #expect(tree == example.recordedTree)
    #expect(made.report.text == example.recordedReport)
  }

  @Test("there are cases of every format")
  func formats() {
    let names = ImportCase.all.map(\.name)
    #expect(["config-connector", "conflicts", "gcloud", "names", "settings", "terraform"].allSatisfy(names.contains))
  }

  @Test("with all options given the tree has no mistake")
  func complete() throws {
    let example = try #require(ImportCase.all.first { $0.name == "gcloud" })
    let reading = Policy.read(files: PolicyImport(of: example.inputs, options: example.options).files)
    #expect(reading.policy?.apps.count == 2)
    #expect(reading.diagnostics.filter { $0.severity == .error }.map(\.message) == [])
  }

  @Test("without options a tree never passes the check", arguments: ImportCase.all)
  func holes(_ example: ImportCase) {
    let reading = Policy.read(files: PolicyImport(of: example.inputs).files)
    #expect(reading.policy == nil)
    let places = Set(reading.diagnostics.compactMap(\.span).map(\.startLine))
    #expect(reading.files.first { $0.path == "organization.yaml" } != nil)
    #expect(places.count > 3)
  }

  @Test("the same inputs give the same bytes", arguments: ImportCase.all)
  func reproducible(_ example: ImportCase) {
    let made = PolicyImport(of: example.inputs, options: example.options)
    let again = PolicyImport(of: example.inputs, options: example.options)
    #expect(made.files.map(\.bytes) == again.files.map(\.bytes))
    #expect(made.report.json.prettyText == again.report.json.prettyText)
  }
}
