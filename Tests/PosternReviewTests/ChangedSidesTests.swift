// What is left out of a comparison, because it is the same on both sides, changes nothing of what is told; and nothing is left out of
// bundles that decide otherwise than the files inside them say.

import PosternCompiler
import PosternLanguage
import PosternReview
import Testing

@Suite("What is the same on both sides")
struct ChangedSidesTests {
  private static func text(_ sides: (old: ReviewSide, new: ReviewSide)) -> String {
    PolicyComparison(before: sides.old, after: sides.new).text(isColored: false)
  }

  /// The bundle of a tree that holds these files, or others.
  private static func bundle(_ files: [SourceFile], holding others: [SourceFile]? = nil) throws -> OpenBundle {
    var policy = try #require(Policy.read(files: files).policy)
    policy.files = others.map(sorted) ?? policy.files
    return OpenBundle(compiling: policy, options: .init(includesSource: true))
  }

  private static func sorted(_ files: [SourceFile]) -> [SourceFile] {
    files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  @Test("of bundles and of trees the same is told as of the whole policies")
  func sameReport() throws {
    var counts = (bundles: 0, trees: 0)
    for seed in 0..<UInt64(60) {
      var generator = PairGenerator(seed: seed)
      let (before, after) = generator.trees()
      let whole = try (old: TreeFixture.tree(before), new: TreeFixture.tree(after))
      if let sides = ReviewSide.changed(old: try Self.bundle(before), new: try Self.bundle(after)) {
        counts.bundles += 1
        #expect(Self.text(sides) == Self.text(whole), "seed \(seed)")
      }
      if let sides = ReviewSide.changed(old: Self.sorted(before), new: whole.new) {
        counts.trees += 1
        #expect(Self.text(sides) == Self.text(whole), "seed \(seed)")
      }
    }
    #expect(counts.bundles > 2 && counts.trees > 2, "what is never left out proves nothing: \(counts)")
  }

  private static let organization = SourceFile(
    path: "organization.yaml",
    bytes: Array(
      """
      kind: Organization
      name: example.com
      loginProviders: [{name: own, source: workspace, issuer: "https://own.example", clientID: c, domains: [example.com]}]
      session: {absoluteTimeout: 12h, idleTimeout: 1h, revalidate: 5m, onStateUnavailable: deny, onStoreUnavailable: deny}

      """.utf8))

  /// Three apps in two folders, each of one person.
  private static func tree(_ a: String, _ b: String, _ c: String) -> [SourceFile] {
    let apps = [("f/a", a), ("f/b", b), ("g/c", c)].map { path, person in
      let name = String(path.suffix(1))
      let text = """
        kind: App
        name: \(name)
        routes: [\(name).example.com/, shared.example.com/\(name)]
        iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["user:\(person)@example.com"]}]}

        """
      return SourceFile(path: path + ".yaml", bytes: Array(text.utf8))
    }
    return [organization] + apps
  }

  @Test("an app that is written alike is left out of the policies")
  func leftOut() throws {
    let (old, new) = (Self.tree("ann", "bob", "cid"), Self.tree("ann", "bob", "eve"))
    let sides = try #require(ReviewSide.changed(old: try Self.bundle(old), new: try Self.bundle(new)))
    #expect(sides.new.policy.apps.map(\.name.value) == ["c"])
    #expect(Self.text(sides).contains("user:eve@example.com: no binding -> let in"))
  }

  @Test("what stands on the host of an app that differs stays in the trees")
  func neighbours() throws {
    let (old, new) = (Self.tree("ann", "bob", "cid"), Self.tree("ann", "bob", "eve"))
    let sides = try #require(ReviewSide.changed(old: Self.sorted(old), new: try TreeFixture.tree(new)))
    #expect(sides.old.policy.apps.map(\.name.value) == ["a", "b", "c"])
  }

  @Test("a bundle that lets somebody into an app that is written alike is read whole")
  func forgedRest() throws {
    let (old, new) = (Self.tree("ann", "bob", "cid"), Self.tree("ann", "bob", "eve"))
    let forged = try Self.bundle(Self.tree("mallory", "bob", "eve"), holding: new)
    #expect(try ReviewSide.changed(old: Self.bundle(old), new: forged) == nil)
  }

  @Test("a bundle that decides otherwise for an app that differs is read whole")
  func forgedChange() throws {
    let (old, new) = (Self.tree("ann", "bob", "cid"), Self.tree("ann", "bob", "eve"))
    let forged = try Self.bundle(Self.tree("ann", "bob", "mallory"), holding: new)
    #expect(try ReviewSide.changed(old: Self.bundle(old), new: forged) == nil)
  }

  @Test("an old tree in which an app has the name of one that was left out is read whole")
  func duplicateName() throws {
    let new = Self.tree("ann", "bob", "cid")
    let text = String(decoding: new[3].bytes, as: UTF8.self)
      .replacing("name: c", with: "name: a").replacing("c.example.com/, shared.example.com/c", with: "d.example.com/")
    let old = Array(new.dropLast()) + [SourceFile(path: "g/d.yaml", bytes: Array(text.utf8))]
    #expect(ReviewSide.changed(old: Self.sorted(old), new: try TreeFixture.tree(new)) == nil)
  }

  private static func clients(_ apps: String, _ length: String = "16h") -> SourceFile {
    let text = """
      kind: OAuthClients
      sessionLength: \(length)
      boundScopes: ["*"]
      clients: [{id: cli, displayName: CLI, party: FIRST_PARTY, flows: [DEVICE], scopes: [a], apps: [\(apps)]}]

      """
    return SourceFile(path: "clients.yaml", bytes: Array(text.utf8))
  }

  @Test("OAuth clients that are the same do not keep apps from being left out, and others are compared")
  func clients() throws {
    let (old, new) = (Self.tree("ann", "bob", "cid"), Self.tree("ann", "bob", "eve"))
    let same = Self.clients("a, b")
    let sides = try #require(
      ReviewSide.changed(old: try Self.bundle(old + [same]), new: try Self.bundle(new + [same])))
    #expect(sides.new.policy.apps.map(\.name.value) == ["c"])
    let other = try Self.bundle(new + [Self.clients("a, b", "8h")])
    #expect(try ReviewSide.changed(old: Self.bundle(old + [same]), new: other) == nil)
    let forged = try Self.bundle(new + [Self.clients("a, b", "8h")], holding: new + [same])
    #expect(try ReviewSide.changed(old: Self.bundle(old + [same]), new: forged) == nil, "behind its files")
  }

  @Test("an old tree without an app that its OAuth clients name is read whole")
  func unknownApp() throws {
    let new = Self.tree("ann", "bob", "cid") + [Self.clients("c")]
    let old = new.filter { $0.path != "g/c.yaml" }
    #expect(ReviewSide.changed(old: Self.sorted(old), new: try TreeFixture.tree(new)) == nil)
  }
}
