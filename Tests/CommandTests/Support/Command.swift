// The built command as people run it: a subprocess with arguments, input and an environment of its own. Refuses to guess which
// command is meant: it is the one that was built beside the tests.

import Foundation

/// What a run of the command left.
struct Outcome: Equatable {
  let status: Int32
  let output: String
  let errors: String
}

/// `postern` with some arguments.
struct Command {
  let arguments: [String]
  var input: [UInt8] = []
  /// Added to an environment that says nothing of terminals, languages and places.
  var environment: [String: String] = [:]
  var folder: URL?

  init(_ arguments: String..., input: [UInt8] = []) {
    self.arguments = arguments
    self.input = input
  }

  init(arguments: [String]) { self.arguments = arguments }

  static let executable = folderOfTests.appending(path: "postern")

  /// The test runner stands in the folder of the build.
  private static var folderOfTests: URL {
    let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: runner).deletingLastPathComponent()
  }

  /// Runs to the end; input and output go through files, so that no pipe can fill up.
  func run() throws -> Outcome {
    let scratch = try Scratch()
    let files = ["in", "out", "err"].map { scratch.url($0) }
    try Data(input).write(to: files[0])
    for file in files[1...] { try Data().write(to: file) }
    let process = process()
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try String(decoding: Data(contentsOf: files[1]), as: UTF8.self),
      errors: try String(decoding: Data(contentsOf: files[2]), as: UTF8.self))
  }

  /// The process, ready to run.
  func process() -> Process {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    process.environment = ["PATH": "/usr/bin:/bin", "COLUMNS": "100"].merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = folder }
    return process
  }
}

/// A folder that lasts as long as the value.
final class Scratch {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "postern-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func url(_ name: String) -> URL { folder.appending(path: name) }

  func path(_ name: String) -> String { url(name).path() }

  /// Writes a file, with the folders above it; its path.
  @discardableResult func write(_ text: String, to name: String) throws -> String {
    let url = url(name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
    return url.path()
  }

  func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: url(name))) }

  /// The names in the folder, hidden ones included, in byte order.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted() }
}

/// The command behind a shell's redirections: `$0` is the command.
enum Shell {
  static func run(_ script: String, arguments: [String] = [], folder: URL? = nil) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", script, Command.executable.path()] + arguments
    if let folder { process.currentDirectoryURL = folder }
    let scratch = try Scratch()
    for name in ["out", "err"] { try scratch.write("", to: name) }
    process.standardOutput = try FileHandle(forWritingTo: scratch.url("out"))
    process.standardError = try FileHandle(forWritingTo: scratch.url("err"))
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: try scratch.bytes("out"), as: UTF8.self),
      errors: String(decoding: try scratch.bytes("err"), as: UTF8.self))
  }
}
