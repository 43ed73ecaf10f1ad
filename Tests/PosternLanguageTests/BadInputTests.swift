// What is wrong with a tree is reported with its place, all of it in one run.

import Testing

@testable import PosternLanguage

@Suite("Bad input")
struct BadInputTests {
  @Test("each mistake is reported where it stands, and nothing else", arguments: BadInput.all)
  func places(_ input: BadInput) {
    #expect(input.tree.faults().sorted() == input.tree.expectedFaults.sorted())
  }

  @Test("diagnostics come in file order", arguments: BadInput.all)
  func order(_ input: BadInput) {
    let spans = input.tree.read().diagnostics.compactMap(\.span)
    #expect(zip(spans, spans.dropFirst()).allSatisfy { !$1.precedes($0) })
  }

  @Test("a tree with an error gives no policy, one with warnings does", arguments: BadInput.all)
  func policy(_ input: BadInput) {
    let reading = input.tree.read()
    #expect((reading.policy == nil) == reading.diagnostics.contains { $0.severity == .error })
  }

  @Test("every id of the catalogue has a case, and only those are reported")
  func catalogue() {
    let second = RequestFacts.read(SourceFile(path: "r.yaml", bytes: Array("request: {}\n---\nrequest: {}\n".utf8)))
    var ids = Set(BadInput.all.flatMap { $0.tree.read().diagnostics.map(\.id) })
    ids.formUnion(second.diagnostics.map(\.id))
    #expect(Set(Diagnostic.policyCatalogue.map(\.id)).subtracting(ids).sorted() == [])
    #expect(ids.subtracting(Diagnostic.allIDs).sorted() == [])
  }
}
