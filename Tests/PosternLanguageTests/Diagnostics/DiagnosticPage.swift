// A page of docs/diagnostics as its tests read it: the sentence, and the wrong and the right example, each of which can
// be run. Examples are files that join the tree of README.md, a request file, or commands that change that tree.

import Foundation

@testable import PosternLanguage

/// One page.
struct DiagnosticPage {
  let id: String
  let title: String
  let summary: String
  let wrong: Example
  let right: Example

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../docs/diagnostics").standardizedFileURL

  static let ids = names().filter { $0 != "README" }

  /// Those that the reader reports; what only the compiler or the review finds is tried in their tests.
  static let readerIDs = ids.filter { id in
    !["budget-exceeded", "condition-not-bounded", "guard-broken", "guard-not-proven"].contains(id)
  }

  private static func names() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }.sorted()
  }

  static func text(_ id: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(id + ".md"), encoding: .utf8)
  }

  init(_ id: String) throws {
    self.id = id
    let parts = try Self.text(id).components(separatedBy: "\n## ")
    let head = parts[0].components(separatedBy: "\n\n")
    guard parts.count == 3, head.count >= 2 else { throw PageFault.shape(id) }
    title = head[0]
    summary = head[1].trimmingCharacters(in: .whitespacesAndNewlines)
    wrong = try Example(section: parts[1], heading: "Wrong", id)
    right = try Example(section: parts[2], heading: "Right", id)
  }
}

enum PageFault: Error {
  case shape(String)
  case command(String)
}

/// An example of a page.
struct Example {
  /// The language and, after it, what a command's bound is.
  let info: String
  let body: String

  init(section: String, heading: String, _ id: String) throws {
    let fences = section.components(separatedBy: "\n```")
    guard section.hasPrefix(heading + "\n"), fences.count == 3, let end = fences[1].firstIndex(of: "\n") else {
      throw PageFault.shape(id)
    }
    info = String(fences[1][..<end])
    body = String(fences[1][fences[1].index(after: end)...]) + "\n"
  }

  /// What is found in reading the tree, or the request.
  func diagnostics() throws -> [Diagnostic] {
    let files = Self.files(body)
    if info.hasPrefix("sh") { return try runCommands() }
    let request = files.first { $0.path == "request.yaml" }
    if let request { return RequestFacts.read(request).diagnostics }
    return Policy.read(files: try Self.tree(with: files)).diagnostics
  }

  /// The tree of README.md, with files added or replaced.
  static func tree(with files: [SourceFile]) throws -> [SourceFile] {
    let readme = try Example(section: "Wrong\n" + DiagnosticPage.text("README"), heading: "Wrong", "README")
    return Self.files(readme.body).filter { base in !files.contains { $0.path == base.path } } + files
  }

  /// A file begins with its path in a remark.
  static func files(_ body: String) -> [SourceFile] {
    var files: [(path: String, text: String)] = []
    for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
      let name = line.dropFirst(2)
      if line.hasPrefix("# "), name.hasSuffix(".yaml"), !name.contains(" ") {
        files.append((String(name), ""))
      } else if !files.isEmpty {
        files[files.count - 1].text += line + "\n"
      }
    }
    return files.map { SourceFile(path: $0.path, bytes: Array($0.text.utf8)) }
  }

  private func runCommands() throws -> [Diagnostic] {
    let folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("postern-\(UUID().uuidString)")
    let policies = folder.appendingPathComponent("policies")
    try FileManager.default.createDirectory(at: policies, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in try Self.tree(with: []) {
      try Data(file.bytes).write(to: policies.appendingPathComponent(file.path))
    }
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-e", "-c", body]
    shell.currentDirectoryURL = folder
    shell.standardOutput = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    guard shell.terminationStatus == 0 else { throw PageFault.command(body) }
    var limits = SourceTree.Limits()
    limits.files = info.components(separatedBy: "files=").last.flatMap { Int($0) } ?? limits.files
    return Policy.read(SourceTree(folder: policies.path, limits: limits)).diagnostics
  }
}
