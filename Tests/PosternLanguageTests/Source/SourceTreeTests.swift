// What is read from a folder, in which order, and what is refused; on folders made for each test.

import Foundation
import Testing

@testable import PosternLanguage

@Suite("Source tree")
struct SourceTreeTests {
  /// A folder that is gone when the test is.
  final class Folder {
    let path: String

    init() throws {
      path = NSTemporaryDirectory() + "/postern-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String = "a: b\n") throws {
      let file = path + "/" + name
      let parent = (file as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
      try text.write(toFile: file, atomically: false, encoding: .utf8)
    }

    func link(_ name: String, to target: String) throws {
      try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
    }
  }

  private func reports(_ tree: SourceTree) -> [String] {
    tree.diagnostics.map { diagnostic in
      let file = diagnostic.span.map { tree.files[Int($0.fileIndex)].path } ?? "-"
      return "\(diagnostic.id) \(file)"
    }
  }

  @Test("files come in the order of their paths' bytes, hidden and other names left out")
  func order() throws {
    let folder = try Folder()
    for name in ["b.yaml", "a/z.yml", "a.yaml", "a-b.json", "a/.hidden.yaml", ".git/c.yaml", "notes.txt", "B.yaml"] {
      try folder.write(name)
    }
    #expect(SourceTree(folder: folder.path).files.map(\.path) == ["B.yaml", "a-b.json", "a.yaml", "a/z.yml", "b.yaml"])
  }

  @Test("a file's bytes are read as they are")
  func bytes() throws {
    let folder = try Folder()
    try folder.write("a.yaml", "é: \u{1F600}\r\n")
    #expect(SourceTree(folder: folder.path).files.map(\.bytes) == [Array("é: \u{1F600}\r\n".utf8)])
  }

  @Test("links to files and folders are followed")
  func links() throws {
    let folder = try Folder()
    try folder.write("real/a.yaml")
    try folder.link("folder", to: "real")
    try folder.link("b.yaml", to: "real/a.yaml")
    let tree = SourceTree(folder: folder.path)
    #expect(tree.files.map(\.path) == ["b.yaml", "folder/a.yaml", "real/a.yaml"])
    #expect(tree.diagnostics.isEmpty)
  }

  @Test("everything that cannot be read is reported, with its path, in one run")
  func refusals() throws {
    let folder = try Folder()
    try folder.write("a/a.yaml")
    try folder.link("a/up", to: "..")
    try folder.link("dangling.yaml", to: "nowhere")
    try folder.link("ring.yaml", to: "ring.yaml")
    try folder.write("large.yaml", String(repeating: "#", count: SourceTree.Limits().fileBytes + 1))
    try folder.write("bad\u{7}.yaml")
    try #require(unsafe mkfifo(folder.path + "/pipe.yaml", 0o600) == 0)
    #expect(
      reports(SourceTree(folder: folder.path)) == [
        "symlink-loop a/up", "bad-file-name bad\u{7}.yaml", "unreadable-file dangling.yaml",
        "document-too-large large.yaml", "unreadable-file pipe.yaml", "unreadable-file ring.yaml",
      ])
  }

  @Test("a file of exactly the bound is read")
  func bound() throws {
    let folder = try Folder()
    try folder.write("a.yaml", String(repeating: "#", count: SourceTree.Limits().fileBytes))
    #expect(SourceTree(folder: folder.path).diagnostics.isEmpty)
  }

  @Test("a file that could not be read has no documents and no second diagnostic")
  func refusedFile() throws {
    let folder = try Folder()
    try folder.link("dangling.yaml", to: "nowhere")
    let (nodes, diagnostics) = SourceTree(folder: folder.path).documents(ofFile: 0)
    #expect(nodes.isEmpty && diagnostics.isEmpty)
  }

  @Test("folders below each other past the bound are refused")
  func depth() throws {
    let folder = try Folder()
    try folder.write(String(repeating: "d/", count: SourceTree.Limits().folders + 1) + "a.yaml")
    #expect(SourceTree(folder: folder.path).diagnostics.map(\.id) == ["folders-too-deep"])
  }

  @Test("a tree past its bytes or its files is refused where the bound is passed")
  func treeBounds() throws {
    let folder = try Folder()
    for name in ["a.yaml", "b.yaml", "c.yaml"] { try folder.write(name, "a: b\n") }
    var limits = SourceTree.Limits()
    limits.treeBytes = 10
    #expect(reports(SourceTree(folder: folder.path, limits: limits)) == ["tree-too-large c.yaml"])
    limits = SourceTree.Limits()
    limits.files = 2
    #expect(reports(SourceTree(folder: folder.path, limits: limits)) == ["tree-too-large c.yaml"])
  }

  @Test("of many files those past the bound are not taken, and each before it is, in order")
  func manyFiles() throws {
    let folder = try Folder()
    let names = (100..<300).map { "\($0).yaml" }
    for name in names where name != "150.yaml" { try folder.write(name, "a: b\n") }
    try folder.link("150.yaml", to: "nowhere")
    var limits = SourceTree.Limits()
    limits.treeBytes = 5 * 120
    let tree = SourceTree(folder: folder.path, limits: limits)
    #expect(tree.files.map(\.path) == Array(names.prefix(122)))
    #expect(reports(tree) == ["unreadable-file 150.yaml", "tree-too-large 221.yaml"])
  }

  @Test("a folder without policy files is an empty tree")
  func empty() throws {
    let folder = try Folder()
    try folder.write("notes.txt")
    #expect(reports(SourceTree(folder: folder.path)) == ["empty-tree -"])
  }

  @Test(
    "a root that is missing or a file is named as such",
    arguments: [
      ("/nowhere", "no such file or folder"), ("/a.yaml", "not a folder"),
    ])
  func root(name: String, reason: String) throws {
    let folder = try Folder()
    try folder.write("a.yaml")
    let diagnostics = SourceTree(folder: folder.path + name).diagnostics
    #expect(diagnostics.map(\.message) == ["cannot read `\(folder.path)\(name)`: \(reason)"])
  }
}
