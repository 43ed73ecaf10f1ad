// A real redis-server of one test, on a Unix socket, with everything on the disk before it is acknowledged unless the test says otherwise.

import Foundation
import Logging
import NIOPosix
import Testing

@testable import PosternService

/// A Redis that a test can stop, pause and start again.
final class RedisServer {
  static let program = "/usr/bin/redis-server"
  static let durable = ["--appendonly", "yes", "--appendfsync", "always"]

  let folder: StoreFolder
  private let arguments: [String]
  private var process: ChildProcess?

  init(_ arguments: [String] = durable) async throws {
    folder = try StoreFolder()
    self.arguments = arguments
    try await start()
  }

  var socket: String { folder.path("redis.sock") }

  /// Starts it on what it left; returns when it answers.
  func start() async throws {
    let own = ["--port", "0", "--unixsocket", socket, "--dir", folder.root, "--save", ""]
    process = try ChildProcess(Self.program, own + arguments, in: folder)
    _ = try await eventually("a Redis that answers") { try await ask("PING") }
  }

  func kill() { process?.kill() }
  func pause() { process?.signal(SIGSTOP) }
  func go() { process?.signal(SIGCONT) }

  /// Everything that it has is gone.
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
    return try await RedisSessionStore(settings, group: MultiThreadedEventLoopGroup.singleton, log: Self.log)
  }

  /// What it answers to a command, as its administrator.
  func ask(_ words: String...) async throws -> RedisReply {
    let connection = try await RedisDialer(settings, group: MultiThreadedEventLoopGroup.singleton).dial()
    return try await connection.call(RedisCommand(words: words))
  }

  static var log: Logger {
    var log = Logger(label: "test")
    log.logLevel = .critical
    return log
  }
}
