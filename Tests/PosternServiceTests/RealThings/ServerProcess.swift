// Real servers for the tests: started on free ports of loopback, in a folder of their own, and ended with the test. A server that is not
// installed fails the test: `make test-service` installs them.

import Dispatch
import Foundation
import NIOCore
import NIOPosix

/// Something about a test's surroundings that is not as it must be.
struct FixtureFault: Error, CustomStringConvertible {
  let description: String
}

/// A program that runs until the test is over.
final class ServerProcess {
  private let process = Process()
  private let hasEnded = DispatchSemaphore(value: 0)
  let log: String

  /// Starts `program`, a path or a name on `PATH`; what it prints goes to a file in `folder`.
  init(_ program: String, _ arguments: [String], in folder: TestFolder, environment: [String: String] = [:]) throws {
    let path = program.hasPrefix("/") ? program : try Self.find(program)
    log = folder.path(URL(fileURLWithPath: path).lastPathComponent + ".log")
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = URL(fileURLWithPath: folder.root)
    let output = FileHandle(forWritingAtPath: log)
    process.standardOutput = output
    process.standardError = output
    // Foundation's own wait runs a run loop, which a thread of Swift's concurrency has not.
    process.terminationHandler = { [hasEnded] _ in hasEnded.signal() }
    try Self.withoutSignalMask { try process.run() }
  }

  /// Threads of Swift's concurrency block signals, and a child has its parent's mask: it would never be told to stop.
  private static func withoutSignalMask(_ work: () throws -> Void) rethrows {
    var (none, before) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    try work()
  }

  deinit { stop() }

  var identifier: Int32 { process.processIdentifier }

  func stop() {
    guard process.isRunning else { return }
    process.terminate()
    if hasEnded.wait(timeout: .now() + 5) == .timedOut { kill() }
  }

  /// Ends it as a crash would.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    _ = hasEnded.wait(timeout: .now() + 5)
  }

  private static func find(_ name: String) throws -> String {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") + ["/usr/bin", "/usr/sbin"]
    guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }) else {
      throw FixtureFault(description: "\(name) is not installed: run `make test-service`")
    }
    return "\(folder)/\(name)"
  }

  /// Waits until somebody listens on a port: how long a server takes to start is its own affair, so it is asked again and again, for
  /// half a minute at most.
  func waitForPort(_ port: Int) async throws {
    for _ in 0..<1_500 {
      if let channel = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: port).get()
      {
        // Some end a connection that says nothing at once.
        try? await channel.close()
        return
      }
      if !process.isRunning { break }
      try await Task.sleep(for: .milliseconds(20))
    }
    let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    throw FixtureFault(
      description: "\(process.executableURL?.path ?? "") does not listen on \(port):\n\(output.suffix(2_000))")
  }
}

/// A folder of one test.
final class TestFolder {
  let root: String

  init() throws {
    // Short, for Unix sockets' names have at most 107 bytes.
    root = "/tmp/postern-\(UInt32.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func path(_ name: String) -> String { "\(root)/\(name)" }

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
  }
}

/// Ports that nobody has.
enum FreePort {
  /// One that was free a moment ago.
  static func next() async throws -> Int {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(
      host: "127.0.0.1", port: 0
    ).get()
    defer { channel.close(promise: nil) }
    guard let port = channel.localAddress?.port else { throw FixtureFault(description: "there is no free port") }
    return port
  }
}

/// Files of this repository.
enum RepositoryFile {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  static func text(_ path: String) throws -> String { try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8) }
}
