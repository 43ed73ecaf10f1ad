// What `postern compile` writes, and what it leaves alone.

import Foundation
import Testing

@Suite("compile")
struct CompileTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try Tree.small.write(to: scratch)
    try Tree.broken.write(to: scratch, folder: "broken")
  }

  private func compile(_ arguments: String...) throws -> Outcome {
    var command = Command(arguments: ["compile"] + arguments)
    command.folder = scratch.folder
    return try command.run()
  }

  @Test("a compiled bundle is said to be written, with its size and revision")
  func summary() throws {
    let outcome = try compile("policies", "-o", "out.ptb", "--revision", "18446744073709551615")
    let count = try scratch.bytes("out.ptb").count
    #expect(
      outcome
        == Outcome(
          status: 0, output: "wrote out.ptb: 2 apps, \(count) bytes, revision 18446744073709551615\n", errors: ""))
  }

  @Test("the summary can be had as JSON, with a revision that no reader rounds")
  func summaryAsJSON() throws {
    let outcome = try compile("policies", "-o", "out.ptb", "--revision", "18446744073709551615", "--json")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    #expect(object?["revision"] as? String == "18446744073709551615")
    #expect(object?["apps"] as? Int == 2)
  }

  @Test("the same tree gives the same bytes, wherever it lies and whatever language and time zone are spoken there")
  func deterministic() throws {
    try Tree.small.write(to: scratch, folder: "other/place")
    var elsewhere = Command("compile", "other/place/", "-o", "b.ptb")
    elsewhere.folder = scratch.folder
    elsewhere.environment = ["LANG": "tr_TR.UTF-8", "LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Kathmandu"]
    #expect(try elsewhere.run().status == 0)
    #expect(try compile("policies", "-o", "a.ptb").status == 0)
    #expect(try scratch.bytes("a.ptb") == scratch.bytes("b.ptb"))
  }

  @Test("without provenance the bundle does not know its files")
  func stripped() throws {
    #expect(try compile("policies", "-o", "out.ptb", "--strip-provenance").status == 0)
    #expect(!String(decoding: try scratch.bytes("out.ptb"), as: UTF8.self).contains("payroll.yaml"))
  }

  // MARK: the old output

  @Test("a tree with mistakes is reported on standard error and leaves the old output as it is")
  func mistakes() throws {
    try scratch.write("old", to: "out.ptb")
    let outcome = try compile("broken", "-o", "out.ptb")
    #expect(outcome.status == 3)
    #expect(outcome.output == "")
    Golden.expect(outcome.errors, is: "compile-broken.txt")
    #expect(try scratch.bytes("out.ptb") == Array("old".utf8))
  }

  @Test("a key that is none is told before anything is written")
  func badKey() throws {
    try scratch.write("no key", to: "key.pem")
    let outcome = try compile("policies", "-o", "out.ptb", "--sign", "key.pem")
    #expect(
      outcome
        == Outcome(
          status: 1, output: "",
          errors: "error: key.pem is no private key in PEM that can be read without a passphrase\n"))
    #expect(try scratch.names() == ["broken", "key.pem", "policies"])
  }

  @Test(
    "an output that cannot be written is a failure of the command",
    arguments: [
      ("nowhere/out.ptb", "no such file or directory"), ("policies", "it is a folder"),
      ("/dev/full", "no space left on device"),
    ])
  func unwritable(_ output: String, _ reason: String) throws {
    let outcome = try compile("policies", "-o", output)
    #expect(outcome == Outcome(status: 1, output: "", errors: "error: cannot write \(output): \(reason)\n"))
  }

  @Test("an output that cannot be written to its end leaves the old one whole and nothing beside it")
  func limitedFileSize() throws {
    try scratch.write("old", to: "out.ptb")
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" compile policies -o out.ptb"
    let outcome = try Shell.run(script, folder: scratch.folder)
    #expect(outcome == Outcome(status: 1, output: "", errors: "error: cannot write out.ptb: file too large\n"))
    #expect(try scratch.names() == ["broken", "out.ptb", "policies"])
    #expect(try scratch.bytes("out.ptb") == Array("old".utf8))
  }

  @Test(
    "a disk that fills up leaves the old output whole and nothing beside it",
    .enabled(if: SmallDisk.isPossible, "only root may mount a small disk"))
  func fullDisk() throws {
    let disk = try SmallDisk(byteCount: 8_192)
    try Data("old".utf8).write(to: disk.folder.appending(path: "out.ptb"))
    try Data(count: 4_096).write(to: disk.folder.appending(path: "ballast"))
    let output = disk.folder.appending(path: "out.ptb").path()
    let outcome = try compile("policies", "-o", output)
    #expect(
      outcome == Outcome(status: 1, output: "", errors: "error: cannot write \(output): no space left on device\n"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.folder.path()).sorted() == ["ballast", "out.ptb"])
    #expect(try Data(contentsOf: disk.folder.appending(path: "out.ptb")) == Data("old".utf8))
  }

  @Test("a run that is killed while it writes leaves the old output or the new one, never a part")
  func killed() throws {
    let tree = Tree.large(appCount: 1_000)
    try tree.write(to: scratch, folder: "large")
    #expect(try compile("large", "-o", "new.ptb").status == 0)
    let new = try scratch.bytes("new.ptb")
    let old = Array("old".utf8)
    for _ in 0..<5 {
      try scratch.write("old", to: "out.ptb")
      try killWhenItWrites()
      let found = try scratch.bytes("out.ptb")
      #expect(found == old || found == new)
      for name in try scratch.names() where name.hasPrefix(".out.ptb.") {
        try FileManager.default.removeItem(at: scratch.url(name))
      }
    }
  }

  /// Kills a compilation with SIGKILL as soon as its file appears beside the output, or lets it end.
  private func killWhenItWrites() throws {
    var command = Command("compile", "large", "-o", "out.ptb")
    command.folder = scratch.folder
    let process = command.process()
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    while process.isRunning {
      if try scratch.names().contains(where: { $0.hasPrefix(".out.ptb.") }) { kill(process.processIdentifier, SIGKILL) }
    }
  }

  @Test("a large tree says on a terminal what it is at, and nowhere else")
  func progress() throws {
    try Tree.large(appCount: 1_000).write(to: scratch, folder: "large")
    #expect(try compile("large", "-o", "out.ptb").errors == "")
    let onTerminal = try Shell.run(
      "script -qec '\(Command.executable.path()) compile large -o out.ptb' /dev/null", folder: scratch.folder)
    #expect(onTerminal.output.hasPrefix("postern: compiling 1000 apps\r\npostern: writing "))
  }

  @Test("an output behind a symbolic link is replaced where it lies, with the mode that it had")
  func symbolicLink() throws {
    try scratch.write("old", to: "store/real.ptb")
    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: 0o640], ofItemAtPath: scratch.path("store/real.ptb"))
    try manager.createSymbolicLink(atPath: scratch.path("out.ptb"), withDestinationPath: "store/real.ptb")
    #expect(try compile("policies", "-o", "out.ptb").status == 0)
    #expect(try scratch.bytes("store/real.ptb").count > 1_000)
    #expect(try manager.destinationOfSymbolicLink(atPath: scratch.path("out.ptb")) == "store/real.ptb")
    #expect(try manager.attributesOfItem(atPath: scratch.path("store/real.ptb"))[.posixPermissions] as? Int == 0o640)
  }
}

/// A file system of a few kilobytes in memory; only root may make one.
final class SmallDisk {
  let folder: URL
  private let scratch: Scratch

  /// Root of a container may be unable to mount; a limit on the size of files is tested everywhere.
  static let isPossible: Bool = {
    guard geteuid() == 0, let disk = try? SmallDisk(byteCount: 4_096) else { return false }
    return FileManager.default.fileExists(atPath: disk.folder.path())
  }()

  init(byteCount: Int) throws {
    scratch = try Scratch()
    folder = scratch.folder
    let outcome = try Shell.run("mount -t tmpfs -o size=\(byteCount) tmpfs '\(folder.path())'")
    try #require(outcome.status == 0, "cannot mount a small disk: \(outcome.errors)")
  }

  deinit { _ = try? Shell.run("umount '\(folder.path())'") }
}
