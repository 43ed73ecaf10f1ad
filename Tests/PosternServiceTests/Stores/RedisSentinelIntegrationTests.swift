// A Redis that sentinels watch: the store asks them who the master is, and goes where they say when another has taken its place.

import NIOPosix
import Testing

@testable import PosternService

@Suite("Redis sentinels", .timeLimit(.minutes(2)))
struct RedisSentinelIntegrationTests {
  /// A sentinel of its own for one master.
  private func sentinel(of port: Int, in folder: TestFolder) async throws -> (process: ServerProcess, port: Int) {
    let own = RedisServer.port()
    try folder.write(
      "sentinel.conf",
      """
      port \(own)
      dir \(folder.root)
      sentinel monitor sessions 127.0.0.1 \(port) 1
      sentinel down-after-milliseconds sessions 500
      sentinel failover-timeout sessions 3000
      """)
    let process = try ServerProcess("redis-server", [folder.path("sentinel.conf"), "--sentinel"], in: folder)
    try await process.waitForPort(own)
    return (process, own)
  }

  @Test("the master is killed: the store goes on with the one that takes its place, where all that it has is")
  func failover() async throws {
    let ports = [RedisServer.port(), RedisServer.port()]
    let master = try await RedisServer(RedisServer.durable + ["--port", String(ports[0])])
    let replica = try await RedisServer(
      RedisServer.durable + ["--port", String(ports[1]), "--replicaof", "127.0.0.1", String(ports[0])])
    _ = try await eventually("a replica that follows") {
      try await replica.ask("ROLE").list?.contains(.text("connected")) == true ? () : nil
    }
    let folder = try TestFolder()
    let (process, port) = try await sentinel(of: ports[0], in: folder)
    defer { process.kill() }
    let address = try #require(RedisAddress("sentinel:sessions@127.0.0.1:1,127.0.0.1:\(port)"))
    let store = try await RedisServer.store(RedisSettings(address: address))
    try await store.keep("a", Kept.login(browser: "one"))
    try await store.revoke(.browser("two"), at: Kept.start)
    try await master.ask("WAIT", "1", "1000")
    master.kill()
    _ = try await eventually("another master") { try await store.put([1], under: "code", until: Kept.start + 1) }
    #expect(try await replica.ask("ROLE").list?.first == .text("master"))
    try await store.keep("b", Kept.login(browser: "two"), at: Kept.start - 1)
    #expect(try await store.good(["a", "b"]) == ["a", "a/session"])
    #expect(try await store.take("code", at: Kept.start) == [1])
  }

  @Test("a master that the sentinels do not know is refused by its name")
  func unknownMaster() async throws {
    let folder = try TestFolder()
    let (process, port) = try await sentinel(of: 1, in: folder)
    defer { process.kill() }
    let address = try #require(RedisAddress("sentinel:others@127.0.0.1:\(port)"))
    await #expect(throws: StoreFault(description: "the sentinel at 127.0.0.1:\(port) knows no master `others`")) {
      _ = try await RedisServer.store(RedisSettings(address: address))
    }
  }
}
