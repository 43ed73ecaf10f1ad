// A Redis that is killed, paused, emptied and replaced: what was acknowledged is there, what cannot be known is a fault in time, and
// whoever follows revocations is told that they may have missed one.

import Foundation
import Synchronization
import Testing

@testable import PosternService

@Suite("Redis outages", .serialized, .timeLimit(.minutes(2)))
struct RedisOutageIntegrationTests {
  // MARK: killed

  @Test("killed with -9 in the middle of it and started again: nothing acknowledged is lost")
  func killed() async throws {
    let server = try await RedisServer()
    let store = try await server.store()
    for name in ["revoked", "taken"] { try await store.keep(name, Kept.login(browser: name)) }
    try await store.revoke(.browser("revoked"), at: Kept.start + 1)
    let acknowledged = Mutex<[String]>([])
    let writer = Task {
      for number in 0... {
        do throws(StoreFault) {
          try await store.keep("s\(number)")
          try await store.put([1], under: "s\(number)", until: Kept.start + 60_000)
          if number % 2 == 1 { _ = try await store.take("s\(number)", at: Kept.start) }
          acknowledged.withLock { $0.append("s\(number)") }
        } catch {
          return
        }
      }
    }
    _ = try await eventually("fifty sessions") { acknowledged.withLock { $0.count >= 50 } ? () : nil }
    server.kill()
    await writer.value
    try await server.start()
    _ = try await eventually("the store") { try await store.login(for: Kept.key("taken")) }
    let names = acknowledged.withLock { $0 }
    #expect(try await store.good(names).count == 2 * names.count)
    #expect(try await store.good(["revoked"]) == [])
    for (number, name) in names.enumerated() {
      #expect(try await store.take(name, at: Kept.start) == (number % 2 == 1 ? nil : [1]))
    }
  }

  @Test("a revocation that was acknowledged before the kill holds for what comes late")
  func killedAfterRevocation() async throws {
    let server = try await RedisServer()
    let store = try await server.store()
    try await store.revoke(.everyone, at: Kept.start)
    server.kill()
    try await server.start()
    _ = try await eventually("the store") { try await store.put([], under: "x", until: 0) }
    try await store.keep("late", at: Kept.start - 1)
    #expect(try await store.good(["late"]) == [])
  }

  @Test("while it is gone everybody is told so, and told at once")
  func gone() async throws {
    let server = try await RedisServer()
    let store = try await server.store()
    server.kill()
    await #expect(throws: StoreFault.self) { try await store.session(for: Kept.key("a")) }
    let longest = try await withThrowingTaskGroup(of: Duration.self) { group in
      for _ in 0..<50 {
        group.addTask {
          await duration { await #expect(throws: StoreFault.self) { try await store.session(for: Kept.key("a")) } }
        }
      }
      return try await group.reduce(.zero) { max($0, $1) }
    }
    #expect(longest < .milliseconds(500))
  }

  // MARK: paused

  @Test("paused: a fault within two seconds, and it works again when it goes on")
  func paused() async throws {
    let server = try await RedisServer()
    let store = try await server.store()
    try await store.keep("a")
    server.pause()
    let waited = await duration {
      await #expect(throws: StoreFault.self) { try await store.session(for: Kept.key("a/session")) }
    }
    #expect(waited < .seconds(2))
    let again = await duration {
      await #expect(throws: StoreFault.self) { try await store.session(for: Kept.key("a/session")) }
    }
    #expect(again < .seconds(2))
    server.resume()
    _ = try await eventually("the store") { try await store.session(for: Kept.key("a/session")) }
  }

  @Test("paused: whoever follows revocations is told that the push is lost, though nothing is said")
  func pausedPush() async throws {
    let server = try await RedisServer()
    let store = try await server.store()
    let stream = try await store.revocations()
    server.pause()
    let waited = await duration { for await _ in stream {} }
    #expect(waited < .seconds(4))
    server.resume()
  }

  // MARK: push

  @Test("killed: the stream of revocations ends, and another one can be begun when it is back")
  func pushEnds() async throws {
    let server = try await RedisServer()
    let store = try await server.store()
    let stream = try await store.revocations()
    server.kill()
    for await _ in stream {}
    await #expect(throws: StoreFault.self) { try await store.revocations() }
    try await server.start()
    var again = try await store.revocations().makeAsyncIterator()
    _ = try await eventually("the store") { try await store.revoke(.everyone, at: Kept.start) }
    #expect(await again.next() == .everyone)
  }

  @Test("a message that is no revocation ends the stream: it may have named anybody")
  func unreadableMessage() async throws {
    let server = try await RedisServer()
    let stream = try await server.store().revocations()
    try await server.ask("PUBLISH", "postern:revocations", "{\"somebody\":{}}")
    for await revocation in stream { Issue.record("\(revocation)") }
  }

  @Test("nobody follows any more: the connection is closed")
  func unfollowed() async throws {
    let server = try await RedisServer()
    let store = try await server.store()
    let follower = Task { for await _ in try await store.revocations() {} }
    _ = try await eventually("a subscription") { try await subscriberCount(server) == 1 ? () : nil }
    follower.cancel()
    _ = try await eventually("its end") { try await subscriberCount(server) == 0 ? () : nil }
  }

  private func subscriberCount(_ server: RedisServer) async throws -> Int64? {
    guard case .integer(let count)? = try await server.ask("PUBSUB", "NUMSUB", "postern:revocations").list?.last else {
      return nil
    }
    return count
  }

  // MARK: another in its place

  @Test(
    "a node that connects again tells again what it has revoked, to a Redis that does not know it, and ends nothing later"
  )
  func renewed() async throws {
    let server = try await RedisServer()
    let (store, other) = (try await server.store(), try await server.store())
    try await store.revoke(.browser("browser"), at: Kept.start)
    server.kill()
    try server.empty()
    try await server.start()
    _ = try await eventually("the other node") { try await other.keep("late", at: Kept.start - 1) }
    _ = try await eventually("the revocation") { try await other.good(["late"]) == [] ? () : nil }
    try await other.keep("new", at: Kept.start)
    try await server.ask("CLIENT", "KILL", "TYPE", "normal")
    #expect(
      try await eventually("the other node") { try await other.good(["late", "new"]) } == ["new", "new/session"])
  }

  @Test(
    "a node that has only heard of a revocation tells it again, to a Redis that does not know it, and the latest of one name"
  )
  func renewedByAnother() async throws {
    let server = try await RedisServer()
    let (store, listener) = (try await server.store(), try await server.store())
    var heard = try await listener.revocations().makeAsyncIterator()
    for at in [Kept.start, Kept.start - 500] {
      try await store.revoke(.browser("browser"), at: at)
      #expect(await heard.next() == .browser("browser"))
    }
    // Whoever revoked it is gone for good.
    await store.close()
    server.kill()
    try server.empty()
    try await server.start()
    _ = try await eventually("the listener") { try await listener.keep("late", at: Kept.start - 1) }
    _ = try await eventually("the revocation") { try await listener.good(["late"]) == [] ? () : nil }
  }

  @Test("a script that the Redis has forgotten is given to it again")
  func forgottenScripts() async throws {
    let server = try await RedisServer()
    let store = try await server.store()
    try await store.keep("a")
    try await server.ask("SCRIPT", "FLUSH")
    #expect(try await store.good(["a"]) == ["a", "a/session"])
  }
}
