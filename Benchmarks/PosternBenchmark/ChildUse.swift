// What a program uses that is started here: time, processors' time and peak memory, as the kernel counts them.
// Refuses a program that fails.

internal import Foundation
internal import Glibc

/// What a child used from its start to its end.
struct ChildUse: Codable {
  var seconds: Double
  var processorSeconds: Double
  var peakByteCount: Int

  /// Runs a program to its end, by a process between. The kernel takes what the process that spawns has in memory for the
  /// child's first peak, and this one may have gigabytes; the one between has only begun.
  init(running path: String, _ arguments: [String]) throws {
    let between = Process()
    let output = Pipe()
    between.executableURL = URL(filePath: CommandLine.arguments[0])
    between.arguments = ["measure", "child", path] + arguments
    between.standardOutput = output
    try between.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    between.waitUntilExit()
    self = try JSONDecoder().decode(ChildUse.self, from: bytes)
  }

  /// What the process between does: shows, as JSON, what the program used.
  static func show(of command: [String]) throws {
    FileHandle.standardOutput.write(try JSONEncoder().encode(ChildUse(spawning: command)))
  }

  private init(spawning command: [String]) throws {
    var child = pid_t()
    var vector: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) }
    unsafe vector.append(nil)
    defer { for index in unsafe vector.indices { unsafe free(vector[index]) } }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    // Standard output is for the figures alone.
    unsafe posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    let start = nanoseconds()
    let failure = unsafe posix_spawn(&child, command[0], &actions, nil, vector, environ)
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .ENOENT) }
    var status: Int32 = 0
    var usage = rusage()
    _ = unsafe wait4(child, &status, 0, &usage)
    guard status == 0 else { throw CocoaError(.executableRuntimeMismatch) }
    seconds = Double(nanoseconds() - start) / 1e9
    processorSeconds =
      Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
      / 1e6
    peakByteCount = usage.ru_maxrss * 1_024
  }
}
