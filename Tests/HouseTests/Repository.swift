// The tree that the rules of the house are about: what lies around this file. Hidden files and folders are no part of it.

import Foundation

/// The package's files.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Paths below `folder`, relative to the root, of files with this extension, in byte order.
  static func files(in folder: String, extension wanted: String) -> [String] {
    let base = root.appending(path: folder).path()
    let paths = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(".\(wanted)") && !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
      .map { "\(folder)/\($0)" }.sorted()
  }

  /// Our Swift: modules, tests, benchmarks and the manifest; not what a generator wrote.
  static let swiftFiles: [SwiftFile] = {
    let paths = ["Sources", "Tests", "Benchmarks"].flatMap { files(in: $0, extension: "swift") } + ["Package.swift"]
    return paths.filter { !$0.hasSuffix(".pb.swift") && !$0.hasSuffix(".grpc.swift") }.map {
      SwiftFile(path: $0, text: text($0))
    }
  }()

  /// The Swift of our modules.
  static var sourceFiles: [SwiftFile] { swiftFiles.filter { $0.module != nil } }

  /// The text of a file that must be there.
  static func text(_ path: String) -> String {
    guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else {
      preconditionFailure("\(path) is missing, or is not UTF-8")
    }
    return text
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path())
  }

  /// The names of the folders in `folder` that hold files.
  static func folders(in folder: String) -> [String] {
    let base = root.appending(path: folder).path()
    let paths = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
    return Set(paths.map { $0.split(separator: "/") }.filter { $0.count > 1 }.map { String($0[0]) }).sorted()
  }
}

/// A rule that is broken, where, and the way out.
struct Violation: CustomStringConvertible, Equatable {
  let path: String
  let line: Int
  let message: String

  var description: String { "\(path):\(line): \(message)" }
}
