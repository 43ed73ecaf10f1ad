// Imports as folders of data: `Cases/NAME/input`, `options.txt` with an option a line, the tree and the report that come of it.
// With POSTERN_RECORD=1 both are written anew, and that run fails: nobody records by accident.

import Foundation
import PosternImport
import PosternLanguage
import Testing

struct ImportCase: CustomTestStringConvertible, Sendable {
  let name: String

  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Cases")

  static let all: [ImportCase] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path())) ?? []
    return names.sorted().map { ImportCase(name: $0) }
  }()

  var testDescription: String { name }
  var folder: URL { Self.root.appending(path: name) }

  static let isRecording = ProcessInfo.processInfo.environment["POSTERN_RECORD"] == "1"

  /// What the command makes of the folder `input`, seen from beside it.
  var inputs: [ImportInput] {
    let tree = SourceTree(folder: folder.appending(path: "input").path())
    let files = tree.files.map { ImportInput(path: "input/\($0.path)", layout: $0.path, content: .bytes($0.bytes)) }
    return files + tree.skippedPaths.map { ImportInput(path: "input/\($0)", layout: $0, content: .skipped("skipped")) }
  }

  var options: ImportOptions {
    var options = ImportOptions()
    let text = (try? String(contentsOf: folder.appending(path: "options.txt"), encoding: .utf8)) ?? ""
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      let value = words.last ?? ""
      switch words.first {
      case "organization": options.organization = value
      case "project": options.project = value
      case "provider": options.providers.append(Self.fields(value))
      case "session": options.session = Self.fields(value)
      case "host": options.hosts.append((app: Self.pair(value).key, route: Self.pair(value).value))
      case "place": options.places.append((resource: Self.pair(value).key, path: Self.pair(value).value))
      case "app": options.apps.append((path: Self.pair(value).key, file: Self.pair(value).value))
      default: Issue.record("\(name) has an option that no test knows: \(line)")
      }
    }
    return options
  }

  private static func fields(_ text: String) -> ImportOptions.Fields {
    text.split(separator: ",").map { pair(String($0)) }
  }

  private static func pair(_ text: String) -> (key: String, value: String) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    return (parts.first ?? "", parts.last ?? "")
  }

  // MARK: what is recorded

  /// The files of the recorded tree.
  var recordedTree: [String: String] {
    let tree = folder.appending(path: "expected")
    let paths = FileManager.default.enumerator(atPath: tree.path())?.compactMap { $0 as? String } ?? []
    var files: [String: String] = [:]
    for path in paths where path.hasSuffix(".yaml") {
      files[path] = try? String(contentsOf: tree.appending(path: path), encoding: .utf8)
    }
    return files
  }

  var recordedReport: String? { try? String(contentsOf: folder.appending(path: "report.txt"), encoding: .utf8) }

  func record(_ made: PolicyImport) throws {
    let tree = folder.appending(path: "expected")
    try? FileManager.default.removeItem(at: tree)
    for file in made.files {
      let url = tree.appending(path: file.path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.bytes).write(to: url)
    }
    try Data(made.report.text.utf8).write(to: folder.appending(path: "report.txt"))
  }
}

extension PolicyImport {
  /// An import of one text.
  init(_ text: String, path: String = "input.yaml", options: ImportOptions = ImportOptions()) {
    self.init(
      of: [ImportInput(path: path, layout: path, content: .bytes(Array(text.utf8)))], options: options)
  }

  /// The text of a file of the tree.
  func text(_ path: String) -> String? {
    files.first { $0.path == path }.map { String(decoding: $0.bytes, as: UTF8.self) }
  }
}
