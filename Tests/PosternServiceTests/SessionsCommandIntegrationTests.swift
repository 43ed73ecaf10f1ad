// `postern sessions` as people run it, against the administration socket of a gate in this process, and of real nodes.

import AsyncHTTPClient
import CPostern
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import PosternService

@Suite("postern sessions", .serialized, .timeLimit(.minutes(2)))
struct SessionsCommandIntegrationTests {
  /// What a run of the command left.
  private struct Run: Equatable {
    var status: Int32
    var output = ""
    var errors = ""
  }

  /// A gate with its administration socket, and the world of `RevocationCase`.
  private final class Served {
    let gate: TestGate
    let folder: TestFolder
    private let channel: any Channel

    init() async throws {
      gate = try TestGate()
      folder = try TestFolder()
      channel = try await HTTPServer.bindPrivately(
        folder.path("admin.sock"), group: MultiThreadedEventLoopGroup.singleton,
        AdministrationResponder(gate: gate.gate))
      gate.clock.advance(seconds: 60)
    }

    deinit { channel.close(promise: nil) }

    func keepWorld() async throws {
      for (name, login) in RevocationCase.world { try await gate.store.keep(name, login) }
    }

    func run(_ arguments: String..., input: String = "") async throws -> Run {
      try await SessionsCommandIntegrationTests.run(
        arguments + ["--socket", folder.path("admin.sock")], in: folder, input: input)
    }

    /// The names among the world's that are still good.
    func good() async throws -> Set<String> { Set(try await gate.store.good(RevocationCase.names)) }
  }

  private static func run(_ arguments: [String], in folder: TestFolder, input: String = "") async throws -> Run {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: BuiltProgram.path("postern"))
    process.arguments = ["sessions"] + arguments
    for name in ["out", "err", "in"] { try folder.write(name, name == "in" ? input : "") }
    process.standardInput = FileHandle(forReadingAtPath: folder.path("in"))
    process.standardOutput = FileHandle(forWritingAtPath: folder.path("out"))
    process.standardError = FileHandle(forWritingAtPath: folder.path("err"))
    // The gate answers in this process: no thread of its may wait here.
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in done.resume() }
      do { try process.run() } catch { done.resume(throwing: error) }
    }
    return Run(
      status: process.terminationStatus, output: try String(contentsOfFile: folder.path("out"), encoding: .utf8),
      errors: try String(contentsOfFile: folder.path("err"), encoding: .utf8))
  }

  // MARK: list

  @Test("a table says who is signed in where, since when, and what they used last")
  func table() async throws {
    let served = try await Served()
    try await served.gate.store.keep("ann", Kept.login(tenant: "north"))
    try await served.gate.store.touch([
      Touch(session: Kept.key("ann/session"), app: "payroll", at: Kept.start + 5_000),
      Touch(session: Kept.key("ann/session"), app: "wiki", at: Kept.start + 6_000),
    ])
    try await served.gate.store.insert(Kept.login(subject: "dan"), Kept.account(), for: Kept.key("dan"))
    let run = try await served.run("list")
    let rows = [
      "\(Kept.key("ann/session").text.prefix(12))  people:ann ann@example.com  north   payroll.example.com"
        + "  2026-03-02T10:00:00Z  wiki 2026-03-02T10:00:06Z, payroll 2026-03-02T10:00:05Z  active",
      "\(Kept.key("dan").text.prefix(12))  people:dan dan@example.com  -       -                  "
        + "  2026-03-02T10:00:00Z  -                                                        active",
    ]
    let inOrder = Kept.key("ann").text < Kept.key("dan").text ? rows : rows.reversed()
    let head =
      "key           person                      tenant  host                 created               last seen"
      + "                                                account"
    #expect(run == Run(status: 0, output: ([head] + inOrder).joined(separator: "\n") + "\n"))
  }

  @Test("nobody is signed in: it says so")
  func nobody() async throws {
    #expect(try await Served().run("list") == Run(status: 0, output: "nobody is signed in\n"))
  }

  @Test("as JSON the keys are whole, and a filter lets nobody else through")
  func json() async throws {
    let served = try await Served()
    try await served.keepWorld()
    let run = try await served.run("list", "--json", "--person", "dan@example.com", "--tenant", "north")
    let json = try #require(JSON(run.output.utf8))
    #expect(json["complete"] == .bool(true))
    guard case .list(let logins)? = json["logins"], logins.count == 1 else {
      Issue.record("\(run)")
      return
    }
    #expect(logins[0]["key"]?.text == Kept.key("danOfNorth").text)
    #expect(logins[0]["authenticatedAt"]?.text == "2026-03-02T10:00:00Z")
  }

  @Test("more than three pages are read to the end, and cut where that is asked for")
  func pages() async throws {
    let served = try await Served()
    for number in 0..<800 { try await served.gate.store.keep("login \(number)") }
    let all = try await served.run("list")
    #expect(all.output.split(separator: "\n").count == 801)
    let some = try await served.run("list", "--limit", "300")
    #expect(some.output.split(separator: "\n").count == 301)
    #expect(some.errors == "there are more: raise --limit, or say whose\n")
  }

  @Test("what a provider says of somebody cannot steer a terminal")
  func controlCharacters() async throws {
    let served = try await Served()
    try await served.gate.store.keep("evil", Kept.login(subject: "a\u{1B}[2J"))
    let run = try await served.run("list")
    #expect(run.output.contains("people:a?[2J"))
    #expect(!run.output.unicodeScalars.contains("\u{1B}"))
  }

  // MARK: revoke

  @Test("a session is ended by how its key begins, and its login stays")
  func session() async throws {
    let served = try await Served()
    try await served.keepWorld()
    let run = try await served.run("revoke", "--yes", "--session", String(Kept.key("ann/session").text.prefix(12)))
    #expect(
      run == Run(status: 0, output: "ended the session of people:ann at payroll.example.com: 1 session now\n"))
    #expect(
      try await served.good()
        == Set(RevocationCase.names.flatMap { [$0, "\($0)/session"] }).subtracting(["ann/session"]))
  }

  @Test("a person is ended by e-mail address at every provider, and nobody else is")
  func email() async throws {
    let served = try await Served()
    try await served.keepWorld()
    let run = try await served.run("revoke", "--yes", "--person", "Ann@example.com")
    #expect(run == Run(status: 0, output: "ended others:ann, people:ann: 4 sessions now\n"))
    #expect(try await served.good() == ["dan", "dan/session", "danOfNorth", "danOfNorth/session"])
  }

  @Test("a person, a tenant and everyone are ended as they are named")
  func others() async throws {
    let served = try await Served()
    try await served.keepWorld()
    #expect(
      try await served.run("revoke", "-y", "--tenant", "people:north")
        == Run(status: 0, output: "ended everybody of people:north: 2 sessions now\n"))
    #expect(
      try await served.run("revoke", "-y", "--person", "people:ann")
        == Run(status: 0, output: "ended people:ann: 2 sessions now\n"))
    #expect(try await served.good() == ["dan", "dan/session", "stranger", "stranger/session"])
    let run = try await served.run("revoke", "-y", "--everyone", "--json")
    #expect(JSON(run.output.utf8) == .object(["ended": .text("everybody"), "sessions": .int(2)]))
    #expect(try await served.good() == [])
  }

  @Test("nobody is signed in with that address: nothing is ended, and the status says so")
  func unknown() async throws {
    let served = try await Served()
    #expect(
      try await served.run("revoke", "-y", "--person", "eve@example.com")
        == Run(status: 2, errors: "nobody is signed in as that: nothing was ended\n"))
  }

  @Test("without a terminal and without --yes nothing is ended, whatever is piped in")
  func unconfirmed() async throws {
    let served = try await Served()
    try await served.keepWorld()
    let run = try await served.run("revoke", "--everyone", input: "y\n")
    #expect(
      run == Run(status: 1, errors: "error: nobody can be asked whether this is meant: write --yes\n"))
    #expect(try await served.good().count == 12)
  }

  @Test(
    "on a terminal the person is asked, and anything but yes ends nothing",
    arguments: [("y", Int32(0), 0), ("n", 1, 12), ("", 1, 12)])
  func confirmation(_ answer: String, _ status: Int32, _ left: Int) async throws {
    let served = try await Served()
    try await served.keepWorld()
    let command =
      "\(BuiltProgram.path("postern")) sessions revoke --everyone --socket \(served.folder.path("admin.sock"))"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
    process.arguments = ["--quiet", "--return", "--command", command, "/dev/null"]
    try served.folder.write("in", answer + "\n")
    process.standardInput = FileHandle(forReadingAtPath: served.folder.path("in"))
    process.standardOutput = FileHandle.nullDevice
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in done.resume() }
      do { try process.run() } catch { done.resume(throwing: error) }
    }
    #expect(process.terminationStatus == status)
    #expect(try await served.good().count == left)
  }

  @Test("a gate that is not there is said in words")
  func noGate() async throws {
    let folder = try TestFolder()
    let path = folder.path("none.sock")
    #expect(
      try await Self.run(["list", "--socket", path], in: folder)
        == Run(status: 1, errors: "error: cannot ask posternd at \(path): no such file or directory\n"))
  }

  @Test("a socket's path that the system would not take is said with the setting")
  func longPath() async throws {
    let path = "/tmp/" + String(repeating: "a", count: 97)
    let gate = try TestGate()
    await #expect(
      throws: LoadFault(description: "\(path): a socket's path has at most 101 bytes; set admin.socket")
    ) {
      _ = try await HTTPServer.bindPrivately(
        path, group: MultiThreadedEventLoopGroup.singleton, AdministrationResponder(gate: gate.gate))
    }
  }

  // MARK: real nodes

  @Test("a node's socket is its owner's alone, and what is ended there is over on the other node")
  func nodes() async throws {
    let server = try await RedisServer()
    let (folders, ports) = ([try TestFolder(), try TestFolder()], [RedisServer.port(), RedisServer.port()])
    var nodes: [ServerProcess] = []
    defer { for node in nodes { node.kill() } }
    for (folder, port) in zip(folders, ports) {
      nodes.append(try await NodesIntegrationTests.startDaemon(server, port: port, folder))
    }
    let cookie = try await NodesIntegrationTests.signIn(try await server.store())
    #expect(try await NodesIntegrationTests.status(cookie, port: ports[0]) == 200)
    let socket = folders[1].path("state/admin.sock")
    let mode = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let run = try await Self.run(
      ["revoke", "--yes", "--person", "ann@example.com", "--socket", socket], in: folders[1])
    #expect(run == Run(status: 0, output: "ended people:ann: 1 session now\n"))
    _ = try await eventually("the end on the other node") {
      try await NodesIntegrationTests.status(cookie, port: ports[0]) == 401 ? () : nil
    }
  }
}
