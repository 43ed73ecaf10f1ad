// Instruction and allocation counts, by running this program under valgrind's callgrind: the same for the same binary and
// input, whatever else the machine does. Refuses nothing; without valgrind there are no counts, and the report says so.

internal import Foundation

/// What callgrind collected inside one function.
struct Count {
  var instructions: Int
  var allocations: Int
}

enum Callgrind {
  static let path = "/usr/bin/valgrind"

  static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

  /// Runs `arguments` of this program under callgrind, collecting inside `function` only.
  static func count(inside function: String, arguments: [String]) throws -> Count {
    let file = FileManager.default.temporaryDirectory.appending(path: "postern-callgrind-\(getpid()).out")
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments =
      [
        "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=\(function)", "--callgrind-out-file=\(file.path)",
        CommandLine.arguments[0],
      ] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let count = read(try String(contentsOf: file, encoding: .utf8))
    precondition(count.instructions > 0, "callgrind ran \(function), of \(arguments)")
    return count
  }

  /// Reads the totals and the calls to allocating functions out of a callgrind file.
  static func read(_ report: String) -> Count {
    var names: [Substring: Substring] = [:]
    var count = Count(instructions: 0, allocations: 0)
    var callee = Substring()
    for line in report.split(separator: "\n") {
      if line.hasPrefix("cfn=") || line.hasPrefix("fn=") {
        let reference = line.drop { $0 != "=" }.dropFirst()
        let key = reference.prefix { $0 != " " }
        if reference.count > key.count { names[key] = reference.dropFirst(key.count + 1) }
        if line.hasPrefix("cfn=") { callee = names[key] ?? key }
      } else if line.hasPrefix("calls=") {
        let calls = line.dropFirst("calls=".count).prefix { $0.isNumber }
        if allocates(callee) { count.allocations += Int(calls) ?? 0 }
      } else if line.hasPrefix("summary:") || line.hasPrefix("totals:") {
        count.instructions = Int(line.split(separator: " ").last ?? "") ?? 0
      }
    }
    return count
  }

  private static func allocates(_ function: Substring) -> Bool {
    ["malloc", "calloc", "realloc", "posix_memalign", "swift_alloc"].contains { function.hasPrefix($0) }
  }
}
