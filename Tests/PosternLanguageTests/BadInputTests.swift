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

  @Test("every id of the catalogue has a case")
  func catalogue() {
    let conditions = Tree.small(
      app: BadInput.binding("'user:a@example.com'", "      condition: {title: t, expression: 'true'}\n"))
    let second = RequestFacts.read(SourceFile(path: "r.yaml", bytes: Array("request: {}\n---\nrequest: {}\n".utf8)))
    let found =
      BadInput.all.flatMap { $0.tree.read().diagnostics } + (conditions.read().policy?.refuseConditions() ?? [])
      + second.diagnostics
    let unseen = Set(Diagnostic.policyCatalogue.map(\.id)).subtracting(found.map(\.id))
    #expect(unseen.sorted() == [])
    #expect(Set(found.map(\.id)).subtracting(Diagnostic.allIDs).sorted() == [])
  }
}
