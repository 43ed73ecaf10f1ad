// The pages: one title each, links that lead somewhere, the README's modules, the licence.

import Testing

@Suite("Documents")
struct DocumentTests {
  private static let pages: [MarkdownFile] = {
    let paths = ["docs", "policies", "demo", "Benchmarks", "Tests", "schema"].flatMap {
      Repository.files(in: $0, extension: "md")
    }
    return (paths + ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
      .map { MarkdownFile(path: $0, text: Repository.text($0)) }
  }()

  @Test("a page has one title, in its first line")
  func titles() {
    #expect(Self.pages.flatMap { $0.titleViolations() } == [])
  }

  @Test("a link leads to a file that is there")
  func links() {
    #expect(Self.pages.flatMap { $0.linkViolations(exists: Repository.exists) } == [])
  }

  @Test("the README's modules are the manifest's")
  func modules() {
    let manifest = SwiftFile(path: "Package.swift", text: Repository.text("Package.swift"))
    let targets = manifest.lines.joined(separator: "\n")
      .matches(of: /\.(?:systemLibrary|target|executableTarget)\(\s*name: "(\w+)"/).map { String($0.output.1) }
    let readme = MarkdownFile(path: "README.md", text: Repository.text("README.md"))
    #expect(targets.count >= 7)
    #expect(readme.names(inTableBelow: "Modules") == targets.filter { Repository.exists("Sources/\($0)") })
  }

  @Test("the README's make targets are the Makefile's")
  func makeTargets() {
    let makefile = Repository.text("Makefile")
    let readme = Repository.text("README.md") + Repository.text("CONTRIBUTING.md")
    let named = Set(readme.matches(of: /`make ([a-z-]+)`/).map { String($0.output.1) })
    #expect(named.contains("test"))
    #expect(named.filter { !makefile.contains("\n.PHONY: \($0)\n") } == [])
  }

  @Test("the licence is the Apache License 2.0, whole")
  func licence() {
    let text = Repository.text("LICENSE")
    #expect(text.contains("Version 2.0, January 2004"))
    #expect(text.contains("9. Accepting Warranty or Additional Liability"))
    #expect(text.contains("END OF TERMS AND CONDITIONS"))
  }

  // MARK: the checks can fail

  @Test(
    "a page without a title, or with two, is seen",
    arguments: [("# A\n\ntext", 0), ("text\n# A", 1), ("# A\n# B", 1), ("## A", 1), ("# A\n```\n# B\n```\n    # C", 0)])
  func titleIsSeen(_ text: String, _ count: Int) {
    #expect(MarkdownFile(path: "a.md", text: text).titleViolations().count == count)
  }

  @Test(
    "a link that leads nowhere is seen",
    arguments: [
      ("[a](b.md)", 0), ("[a](../c.md#d)", 0), ("[a](https://example.com/x)", 0), ("[a](#below)", 0),
      ("[a](c.md)", 1), ("[a](b.md) [b](e.md)", 1), ("```\n[a](c.md)\n```", 0),
    ])
  func linkIsSeen(_ text: String, _ count: Int) {
    let page = MarkdownFile(path: "docs/a.md", text: text)
    #expect(page.linkViolations { ["docs/b.md", "c.md"].contains($0) }.count == count)
  }

  @Test("a table's names are those of its first column, to the next heading")
  func tableIsRead() {
    let page = MarkdownFile(path: "a.md", text: "## M\n| `a`, `b` | `c` |\n|---|---|\n| `d` | |\n## N\n| `e` |")
    #expect(page.names(inTableBelow: "M") == ["a", "b", "d"])
  }
}
