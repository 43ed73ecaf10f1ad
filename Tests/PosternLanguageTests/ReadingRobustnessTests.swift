// Trees that nobody would write: values of the wrong shape in every place, lines gone or doubled. Reading ends, without a
// trap, with a policy or with an error that has a place. And the page for authors names every key.

import Foundation
import Testing

@testable import PosternLanguage

@Suite("Robustness of reading")
struct ReadingRobustnessTests {
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").path
  static let files = SourceTree(folder: repository + "/policies").files

  /// What may stand where a value is expected.
  static let values = [
    "", "[]", "{}", "[[]]", "{a: b}", "null", "true", "0", "-1", "99999999999", "''", "'*'", "'@'", "'/'", "'%'",
    "'https://'", "'[::1'", "'.'", "'é'", "'user:'", "'principal://'", "'principalSet://goog/'", "1s", "none", "|",
    "- a",
    "&a [*a]", "'*.'", "'in '", "' ago'", "'://?#'", "'deleted:'", "'accessPolicies/'",
  ]

  /// The file with what follows the first colon of one line replaced.
  static func mutated(_ file: SourceFile, line: Int, value: String) -> SourceFile? {
    var lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    guard let colon = lines[line].firstIndex(of: ":") else { return nil }
    lines[line] = lines[line][...colon] + " " + value
    return SourceFile(path: file.path, bytes: Array(lines.joined(separator: "\n").utf8))
  }

  static func expectSound(_ files: [SourceFile], _ what: String) {
    let reading = Policy.read(files: files)
    let errors = reading.diagnostics.filter { $0.severity == .error }
    #expect((reading.policy == nil) == !errors.isEmpty, "\(what)")
    #expect(errors.allSatisfy { $0.span != nil }, "\(what)")
  }

  static let mutatedPaths = [
    "organization.yaml", "groups.yaml", "finance/folder.yaml", "finance/payroll.yaml", "finance/payroll.test.yaml",
    "partners/worksite.yaml",
  ]

  @Test("a value of any shape in any place is read or refused", arguments: mutatedPaths)
  func values(_ path: String) throws {
    let index = try #require(Self.files.firstIndex { $0.path == path })
    let lineCount = Self.files[index].bytes.count { $0 == UInt8(ascii: "\n") }
    for line in 0..<lineCount {
      let value = Self.values[(line * 7 + path.utf8.count) % Self.values.count]
      guard let file = Self.mutated(Self.files[index], line: line, value: value) else { continue }
      var files = Self.files
      files[index] = file
      Self.expectSound(files, "\(path):\(line + 1): \(value)")
    }
  }

  @Test("a key of a small tree with any value is read or refused")
  func smallTrees() {
    for keys in KeySet.kinds where ["Organization", "App", "Folder"].contains(keys.name) {
      for key in keys.keys where key.name != "kind" {
        for value in Self.values {
          let text = "\(key.name): \(value)\n"
          let base = keys.name == "Organization" ? Tree.organization : Tree.app
          let replaced =
            base.split(separator: "\n").filter { !$0.hasPrefix(key.name + ":") }.joined(separator: "\n") + "\n"
          let path =
            keys.name == "Organization" ? "organization.yaml" : keys.name == "App" ? "payroll.yaml" : "f/folder.yaml"
          var files = ["organization.yaml": Tree.organization, "payroll.yaml": Tree.app]
          files[path] = (keys.name == "Folder" ? "kind: Folder\n" : replaced) + text
          let tree = files.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) }
          Self.expectSound(tree, "\(keys.name).\(key.name): \(value)")
        }
      }
    }
  }

  @Test("a file cut off anywhere is read or refused")
  func truncated() throws {
    let file = try #require(Self.files.first { $0.path == "organization.yaml" })
    for count in stride(from: 0, to: file.bytes.count, by: 97) {
      let cut = SourceFile(path: file.path, bytes: Array(file.bytes[..<count]))
      Self.expectSound([cut], "\(count) bytes")
    }
  }

  @Test("docs/language.md names every key but those of facts")
  func documentation() throws {
    let data = try #require(FileManager.default.contents(atPath: Self.repository + "/docs/language.md"))
    let text = String(decoding: data, as: UTF8.self)
    let facts = ["Request", "Headers", "Credential"]
    let keys = KeySet.all.filter { !facts.contains($0.name) }.flatMap(\.keys).map(\.name)
    #expect(keys.filter { !text.contains($0) } == [])
  }
}
