// Programs that a test of the stores starts, in a folder of its own below /tmp, and ends. A program that is not installed fails the test: `make`
// installs them.

import Dispatch
import Foundation
import Testing

/// A folder that lasts as long as the value.
final class StoreFolder: Sendable {
  let root: String

  init() throws {
    // Short, for the names of Unix sockets have at most 107 bytes.
    root = "/tmp/postern-store-\(UInt32.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func path(_ name: String) -> String { "\(root)/\(name)" }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
  }
}

/// A program that runs until it is told to stop.
final class ChildProcess {
  private let process = Process()
  private let hasEnded = DispatchSemaphore(value: 0)
  private let outputFile: String

  init(_ program: String, _ arguments: [String], in folder: StoreFolder, environment: [String: String] = [:]) throws {
    let name = URL(fileURLWithPath: program).lastPathComponent
    outputFile = folder.path("\(name)-\(UInt32.random(in: .min ... .max)).log")
    try folder.write("", to: URL(fileURLWithPath: outputFile).lastPathComponent)
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
    process.currentDirectoryURL = URL(fileURLWithPath: folder.root)
    let output = FileHandle(forWritingAtPath: outputFile)
    process.standardOutput = output
    process.standardError = output
    // Foundation's own wait runs a run loop, which a thread of Swift's concurrency has not.
    process.terminationHandler = { [hasEnded] _ in hasEnded.signal() }
    try Self.withoutSignalMask { try process.run() }
  }

  deinit { kill() }

  /// Threads of Swift's concurrency block signals, and a child has its parent's mask: it would never be told anything.
  private static func withoutSignalMask(_ work: () throws -> Void) rethrows {
    var (none, before) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    try work()
  }

  var isRunning: Bool { process.isRunning }
  var output: String { (try? String(contentsOfFile: outputFile, encoding: .utf8)) ?? "" }

  func signal(_ number: Int32) { Foundation.kill(process.processIdentifier, number) }

  /// Ends it as a crash would.
  func kill() {
    guard process.isRunning else { return }
    signal(SIGKILL)
    _ = hasEnded.wait(timeout: .now() + 5)
  }

  /// Runs a program to its end.
  static func run(_ program: String, _ arguments: [String], in folder: StoreFolder) throws {
    let child = try ChildProcess(program, arguments, in: folder)
    _ = child.hasEnded.wait(timeout: .now() + 30)
    try #require(child.process.terminationStatus == 0, "\(program) failed: \(child.output)")
  }
}

/// Asks again and again until there is an answer: how long another process takes is its own affair.
func eventually<Value>(
  within limit: Duration = .seconds(20), _ what: String, _ ask: () async throws -> Value?
) async throws -> Value {
  let end = ContinuousClock.now + limit
  var last: (any Error)?
  repeat {
    do {
      if let value = try await ask() { return value }
    } catch {
      last = error
    }
    try await Task.sleep(for: .milliseconds(10))
  } while ContinuousClock.now < end
  throw StoreTestFault(description: "\(what): not within \(limit)\(last.map { "; last: \($0)" } ?? "")")
}

struct StoreTestFault: Error, CustomStringConvertible {
  let description: String
}
