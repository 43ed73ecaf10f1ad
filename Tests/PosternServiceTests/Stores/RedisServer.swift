// A real redis-server of one test, on a Unix socket, with everything on the disk before it is acknowledged unless the test says otherwise.

import Foundation
import Logging
import NIOPosix
import Testing

@testable import PosternService

/// A Redis that a test can stop, pause and start again.
final class RedisServer {
  static let durable = ["--appendonly", "yes", "--appendfsync", "always"]

  /// With one more user than the default one; `rule` as in an access control list.
  static func durable(user rule: String) -> [String] {
    durable + ["--user"] + rule.split(separator: " ").map(String.init)
  }

  let folder: TestFolder
  private let arguments: [String]
  private var process: ServerProcess?

  init(_ arguments: [String] = durable, in folder: TestFolder? = nil) async throws {
    self.folder = try folder ?? TestFolder()
    self.arguments = arguments
    try await start()
  }

  deinit { kill() }

  var socket: String { folder.path("redis.sock") }

  /// Starts it on what it left; returns when it answers.
  func start() async throws {
    let own = ["--port", "0", "--unixsocket", socket, "--dir", folder.root, "--save", ""]
    process = try ServerProcess("redis-server", own + arguments, in: folder)
    _ = try await eventually("a Redis that answers") { try await ask("PING") }
  }

  /// A port that the system gives to nobody, so that no other test has it a moment later.
  static func port() -> Int { Int.random(in: 20_000..<32_000) }

  func kill() {
    process?.kill()
    process = nil
  }

  func pause() { signal(SIGSTOP) }
  func resume() { signal(SIGCONT) }

  private func signal(_ number: Int32) {
    if let process { Foundation.kill(process.identifier, number) }
  }

  /// What it has kept is gone; for when it does not run.
  func empty() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.root) where name.hasPrefix("appendonly") {
      try FileManager.default.removeItem(atPath: folder.path(name))
    }
  }

  /// Its default user, who needs no password.
  var settings: RedisSettings { RedisSettings(address: .server(.unix(path: socket))) }

  /// A store on it, as one node has it.
  func store(_ change: (inout RedisSettings) -> Void = { _ in }) async throws(StoreFault) -> RedisSessionStore {
    var settings = settings
    change(&settings)
    return try await Self.store(settings)
  }

  static func store(_ settings: RedisSettings) async throws(StoreFault) -> RedisSessionStore {
    try await RedisSessionStore(settings, group: MultiThreadedEventLoopGroup.singleton, log: log)
  }

  /// What it answers to a command of its administrator.
  @discardableResult func ask(_ words: String...) async throws -> RedisReply {
    let connection = try await RedisDialer(settings, group: MultiThreadedEventLoopGroup.singleton).dial()
    return try await connection.call(RedisCommand(words: words))
  }

  /// The names of all keys.
  func keys() async throws -> [String] { try await ask("KEYS", "*").list?.compactMap(\.text).sorted() ?? [] }

  private static var log: Logger {
    var log = Logger(label: "test")
    log.logLevel = .critical
    return log
  }
}
