// The `openssl` command, run in a folder of its own: it makes the keys, and it has the last word on signatures.

import Foundation
import Testing

struct OpenSSL {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("postern-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Runs `openssl`; returns its exit status.
  @discardableResult
  func run(_ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: folder.appendingPathComponent(name))
  }

  func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appendingPathComponent(name))) }

  /// A new key pair in PEM, written to `NAME.key` and `NAME.pub`.
  func makeKeys(_ name: String, algorithm: String = "ed25519") throws -> (secret: [UInt8], open: [UInt8]) {
    try #require(try run("genpkey", "-algorithm", algorithm, "-out", "\(name).key") == 0)
    try #require(try run("pkey", "-in", "\(name).key", "-pubout", "-out", "\(name).pub") == 0)
    return (try read("\(name).key"), try read("\(name).pub"))
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }
}
