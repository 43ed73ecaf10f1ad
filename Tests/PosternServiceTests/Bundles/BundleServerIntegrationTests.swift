// The gate's rules, "Bundles", from a server: what is taken, what is refused, and what a node does without its server.

import AsyncHTTPClient
import Foundation
import NIOCore
import Testing

@testable import PosternService

@Suite("Bundles from a server", .timeLimit(.minutes(2)))
struct BundleServerIntegrationTests {
  let server: BundleServer
  let folder: TestFolder
  let key: TestKey

  init() async throws {
    server = try await BundleServer.start()
    folder = try TestFolder()
    key = try TestKey()
    server.serve(try key.bundle(revision: 5), tag: "\"five\"")
  }

  private func loader(byteLimit: Int = 1 << 20, timeoutSeconds: Int64 = 5) throws -> BundleLoader {
    try TestLoader.server(server.url, key: key, in: folder, byteLimit: byteLimit, timeoutSeconds: timeoutSeconds)
  }

  @Test("what has not changed is not sent again, and what has is taken")
  func tags() async throws {
    let loader = try loader()
    #expect(try await loader.first().revision == 5)
    #expect(try await loader.reloadedRevision() == nil)
    #expect(server.tags == [nil, "\"five\""])
    #expect(server.unchangedCount == 1)
    server.serve(try key.bundle(revision: 6), tag: "\"six\"")
    #expect(try await loader.reloadedRevision() == 6)
    #expect(try await loader.reloadedRevision() == nil)
    #expect(server.tags.suffix(2) == ["\"five\"", "\"six\""])
  }

  @Test("a server without tags is asked all the same, and the same bundle is taken once")
  func noTags() async throws {
    server.serve(try key.bundle(revision: 5), tag: nil)
    let loader = try loader()
    #expect(try await loader.first().revision == 5)
    #expect(try await loader.reloadedRevision() == nil)
    server.serve(try key.bundle(revision: 6), tag: nil)
    #expect(try await loader.reloadedRevision() == 6)
    #expect(server.tags == [nil, nil, nil])
  }

  @Test("a server that wants a token is told the one that its file holds now, and no file that holds none is a token")
  func token() async throws {
    server.change { $0.token = "first" }
    #expect(await (try loader()).fault() == "\(server.url) answered 401")
    let file = folder.path("token")
    let loader = try TestLoader.server(server.url, key: key, in: folder, tokenFile: file)
    try folder.write("token", "first\n")
    #expect(try await loader.first().revision == 5)
    server.change { $0.token = "second" }
    #expect(await loader.fault(isForced: true) == "\(server.url) answered 401")
    try folder.write("token", "second")
    #expect(try await loader.reloadedRevision(isForced: true) == 5)
    for text in ["", "\n", "two words", "line\r\nx: y", "ü"] {
      try folder.write("token", text)
      #expect(await loader.fault(isForced: true) == "\(file) holds no token")
    }
  }

  @Test("SIGHUP asks for the whole bundle, whatever is known")
  func forced() async throws {
    let loader = try loader()
    _ = try await loader.first()
    #expect(try await loader.reloadedRevision(isForced: true) == 5)
    #expect(server.tags == [nil, nil])
  }

  @Test(
    "a bundle of another key, of an older revision, of the same one with other contents, or that is none, is refused")
  func refused() async throws {
    let loader = try loader()
    _ = try await loader.first()
    let others: [([UInt8], String)] = [
      (try TestKey().bundle(revision: 6), "otherKey"), (try key.bundle(revision: 4), "revisionTooLow"),
      (try key.bundle(revision: 5, "other"), "revisionReused"), (Array("<html>".utf8), "notABundle"),
      (try TestPolicy.bundle(revision: 6), "unsigned"),
      (Array(try key.bundle(revision: 6).dropLast(200)), "notABundle"),
    ]
    for (number, other) in others.enumerated() {
      server.serve(other.0, tag: "\"other \(number)\"")
      let fault = try #require(await loader.fault())
      #expect(fault.hasPrefix("\(server.url) is refused: ") && fault.contains(other.1), "\(fault)")
      // It is said once, and not asked for again until it is another one.
      #expect(await loader.fault() == nil)
    }
    server.serve(try key.bundle(revision: 6), tag: "\"six\"")
    #expect(try await loader.reloadedRevision() == 6)
  }

  @Test(
    "a server that answers anything but 200 is a fault, and no redirect is followed", arguments: [404, 500, 302, 204])
  func statuses(_ status: Int) async throws {
    let loader = try loader()
    server.change { ($0.status, $0.location) = (status, self.server.url) }
    #expect(await loader.fault() == "\(server.url) answered \(status)")
  }

  @Test("a bundle that is too large is refused, whether its size is stated or not")
  func tooLarge() async throws {
    let loader = try loader(byteLimit: 1_000)
    #expect(await loader.fault() == "\(server.url) is larger than 1000 bytes")
  }

  @Test("a server that says nothing is not waited for")
  func silent() async throws {
    let loader = try loader(timeoutSeconds: 1)
    server.change { $0.isSilent = true }
    let waited = try await duration {
      let fault = try #require(await loader.fault())
      #expect(fault.hasPrefix("\(server.url) cannot be read: "))
    }
    #expect(waited < .seconds(5))
  }

  // MARK: without the server

  @Test("after a restart without the server the last good bundle decides")
  func restart() async throws {
    _ = try await loader().first()
    server.serve(try key.bundle(revision: 6), tag: "\"six\"")
    let running = try loader()
    _ = try await running.first()
    let url = server.url
    try await server.stop()
    #expect(try await TestLoader.server(url, key: key, in: folder).first().revision == 6)
  }

  @Test("after a restart a bad bundle of the server is refused, and the last good one decides")
  func restartWithBad() async throws {
    _ = try await loader().first()
    server.serve(Array("garbage".utf8), tag: nil)
    #expect(try await loader().first().revision == 5)
  }

  @Test("what was kept is checked like any other: changed on the disk, or of another key, it does not decide")
  func kept() async throws {
    _ = try await loader().first()
    let url = server.url
    try await server.stop()
    let another = try TestKey()
    await #expect(throws: LoadFault.self) { try await TestLoader.server(url, key: another, in: folder).first() }
    var bytes = try #require(FileAccess.read(folder.path("bundle.ptb")))
    bytes[bytes.count / 2] ^= 1
    #expect(FileAccess.write(bytes, to: folder.path("bundle.ptb")))
    await #expect(throws: LoadFault.self) { try await TestLoader.server(url, key: key, in: folder).first() }
  }

  @Test("the first start without a server is a fault")
  func firstStart() async throws {
    let url = server.url
    try await server.stop()
    let loader = try TestLoader.server(url, key: key, in: folder)
    await #expect(throws: LoadFault.self) { try await loader.first() }
  }

  @Test("a refused bundle is never kept")
  func neverKept() async throws {
    let loader = try loader()
    _ = try await loader.first()
    server.serve(try TestKey().bundle(revision: 9), tag: nil)
    _ = await loader.fault()
    #expect(FileAccess.read(folder.path("bundle.ptb")) == (try key.bundle(revision: 5)))
  }

  // MARK: the daemon

  @Test("posternd takes another bundle of its server while it runs, and starts without the server")
  func daemon() async throws {
    try folder.write("key.pem", String(decoding: key.publicPEM, as: UTF8.self))
    let operations = try await FreePort.next()
    let url = server.url
    func start() throws -> ServerProcess {
      try ServerProcess(
        BuiltProgram.path("posternd"),
        [
          "--bundle-url", url, "--bundle-poll-seconds", "1", "--bundle-verification-key-file",
          folder.path("key.pem"), "--login-host", "login.example.com", "--listeners", "caddy=127.0.0.1:0",
          "--operations-listener", "127.0.0.1:\(operations)", "--state-folder", folder.path("state"),
        ], in: folder)
    }
    func revision() async throws -> String? {
      let response = try await HTTPClient.shared.get(url: "http://127.0.0.1:\(operations)/metrics").get()
      let text = response.body.map { String(buffer: $0) } ?? ""
      return text.split(separator: "\n").first { $0.hasPrefix("postern_bundle_revision ") }.map {
        String($0.dropFirst(24))
      }
    }
    var daemon = try start()
    defer { daemon.kill() }
    try await daemon.waitForPort(operations)
    #expect(try await revision() == "5")
    server.serve(try key.bundle(revision: 6), tag: "\"six\"")
    _ = try await eventually("the other bundle") { try await revision() == "6" ? () : nil }
    let port = server.port
    try await server.stop()
    daemon.stop()
    daemon = try start()
    try await daemon.waitForPort(operations)
    #expect(try await revision() == "6")
    server.serve(try key.bundle(revision: 7), tag: "\"seven\"")
    try await server.listen(port: port)
    _ = try await eventually("the server again") { try await revision() == "7" ? () : nil }
  }
}
