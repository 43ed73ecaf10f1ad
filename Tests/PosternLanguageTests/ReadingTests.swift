// What reading a tree gives: the typed model, in its one order.

import Testing

@testable import PosternLanguage

@Suite("Reading a tree")
struct ReadingTests {
  @Test("the smallest tree reads without a diagnostic")
  func smallest() {
    #expect(Tree.small().faults() == [])
  }

  @Test("an app inherits its session, provider and audience")
  func inherits() throws {
    let app = try #require(Tree.small().read().policy?.apps.first)
    #expect(app.session.absoluteTimeout.value == .seconds(14 * 86_400))
    #expect(app.session.idleTimeout.value == .none)
    #expect(app.session.onStoreUnavailable.value == .deny)
    #expect(app.providerIndices == [0])
    #expect(app.audience == "payroll")
    #expect(app.routes.map(\.text) == ["payroll.example.com/"])
  }

  @Test("nodes stand in tree order: apps by name, then folders by name, and bindings are counted through")
  func treeOrder() throws {
    let binding = """
      iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["user:ann@example.com"]}]}

      """
    let app = { (name: String) in "kind: App\nname: \(name)\nroutes: [\(name).example.com]\n" + binding }
    let tree = Tree(
      ("organization.yaml", Tree.organization + binding), ("z.yaml", app("z")), ("b.yaml", app("b")),
      ("a/x.yaml", app("x")), ("a/folder.yaml", "kind: Folder\n" + binding), ("a/c/y.yaml", app("y")))
    let policy = try #require(tree.read().policy)
    #expect(policy.nodes.map(\.path) == ["", "b", "z", "a", "a/x", "a/c", "a/c/y"])
    #expect(policy.nodes.map(\.firstBindingID) == [0, 1, 2, 3, 4, 5, 5])
    #expect(policy.apps.map(\.name.value) == ["b", "z", "x", "y"])
    #expect(policy.apps.map(\.nodeIndex) == [1, 2, 4, 6])
    #expect(policy.nodes.map(\.parentIndex) == [nil, 0, 0, 0, 3, 3, 5])
  }
}
