// A gate behind a proxy, an app whose connections the gate carries, and clients of it that tell what they hear.

import Foundation
import Testing

@testable import PosternService

/// A gate behind a proxy, and an app behind the gate: one of the scripts beside this file.
struct TunnelFixture {
  let gate: TestGate
  let proxy: ProxyFixture
  let app: ServerProcess
  private let script: String
  private let folder: TestFolder

  init(_ script: String, _ proxy: Proxy, apps: [String] = ["payroll", "public"]) async throws {
    self.script = "\(RepositoryFile.root)/Tests/PosternServiceTests/RealThings/\(script)"
    folder = try TestFolder()
    let port = try await FreePort.next()
    app = try ServerProcess(Self.python, [self.script, "serve", String(port)], in: folder)
    try await app.waitForPort(port)
    let address = ListenAddress.tcp(host: "127.0.0.1", port: port)
    gate = try TestGate(apps: Dictionary(uniqueKeysWithValues: apps.map { ($0, address) }))
    self.proxy = try await ProxyFixture(proxy, gate: gate)
  }

  private static let python = "\(RepositoryFile.root)/.build-service/bin/python"

  /// A client, by the arguments of the script.
  func talk(_ arguments: [String]) throws -> Talk {
    let folder = try TestFolder()
    return Talk(process: try ServerProcess(Self.python, [script] + arguments, in: folder), folder: folder)
  }

  /// The gate looks twice whether anything is over.
  func look() async throws {
    let readCount = gate.clock.readCount
    _ = try await eventually("two looks at the clock") { gate.clock.readCount > readCount + 1 ? () : nil }
  }
}

/// What a client tells, a line of JSON each.
struct Talk {
  let process: ServerProcess
  let folder: TestFolder

  /// What it has said until now, whole lines.
  var lines: [JSON?] {
    let text = (try? String(contentsOfFile: process.log, encoding: .utf8)) ?? ""
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { JSON($0.utf8) }
  }

  /// The line of that number, once it is there.
  func line(_ index: Int) async throws -> JSON {
    try await eventually("line \(index) of a client") {
      let lines = lines
      return lines.count > index ? lines[index] : nil
    }
  }
}
