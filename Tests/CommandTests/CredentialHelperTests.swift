// `postern token --format git` and `--format docker`, as git and docker ask.

import Foundation
import Testing

@Suite("credential helper")
struct CredentialHelperTests {
  let world: LoginWorld

  init() throws {
    world = try LoginWorld()
    try world.logIn()
  }

  private func ask(_ format: String, _ request: String, _ input: String) throws -> Outcome {
    try world.run("token", "--format", format, request, input: input)
  }

  @Test("git gets a user and the app's token, and a version that knows tokens gets it as one")
  func git() throws {
    let question = "protocol=https\nhost=git.example.com:8443\npath=a.git\n"
    #expect(
      try ask("git", "get", question + "\n")
        == Outcome(status: 0, output: "username=oauth2accesstoken\npassword=access-2\n", errors: ""))
    #expect(
      try ask("git", "get", "capability[]=authtype\n" + question).output
        == "capability[]=authtype\nauthtype=Bearer\ncredential=access-2\n")
    #expect(world.refreshes.map { $0.fields["resource"] } == ["https://git.example.com/"])
  }

  @Test("the installed git takes it as a helper")
  func installedGit() throws {
    let helper = "!\(Command.executable.path()) token --format git"
    let process = world.command([]).process()
    process.executableURL = URL(filePath: "/usr/bin/git")
    process.arguments = ["-c", "credential.helper=\(helper)", "credential", "fill"]
    let files = ["in", "out"].map { world.scratch.url($0) }
    try Data("protocol=https\nhost=git.example.com\n\n".utf8).write(to: files[0])
    try Data().write(to: files[1])
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    let lines = String(decoding: try world.scratch.bytes("out"), as: UTF8.self).split(separator: "\n")
    #expect(lines.contains("username=oauth2accesstoken") && lines.contains("password=access-2"))
  }

  @Test(
    "a place where the token could be read gets none, and the next helper may answer",
    arguments: ["protocol=http\nhost=git.example.com\n", "protocol=ssh\nhost=git.example.com\n", "host=a\n", ""])
  func unsafePlaces(_ question: String) throws {
    #expect(try ask("git", "get", question) == Outcome(status: 0, output: "", errors: ""))
    #expect(world.refreshes.isEmpty)
  }

  @Test("a token that the app refused is forgotten, and the next one is new")
  func erase() throws {
    let question = "protocol=https\nhost=git.example.com\n"
    #expect(try ask("git", "get", question).output.hasSuffix("access-2\n"))
    #expect(try ask("git", "erase", question) == Outcome(status: 0, output: "", errors: ""))
    #expect(try ask("git", "get", question).output.hasSuffix("access-3\n"))
    #expect(try world.run("token").output == "access-1\n")
  }

  @Test("what is to be stored is stored already", arguments: ["git", "docker"])
  func store(_ format: String) throws {
    let outcome = try ask(format, "store", "protocol=https\nhost=a\npassword=x\n")
    #expect(outcome == Outcome(status: 0, output: "", errors: ""))
  }

  @Test(
    "docker gets a document for the registry that it names",
    arguments: ["registry.example.com", "https://registry.example.com/v1/"])
  func docker(_ address: String) throws {
    let outcome = try ask("docker", "get", address + "\n")
    let document = #"{"ServerURL":"\#(address)","Username":"oauth2accesstoken","Secret":"access-2"}"#
    #expect(outcome == Outcome(status: 0, output: document + "\n", errors: ""))
    #expect(world.refreshes.map { $0.fields["resource"] } == ["https://registry.example.com/"])
  }

  @Test("docker's list is empty: nothing is stored for it")
  func list() throws {
    #expect(try ask("docker", "list", "") == Outcome(status: 0, output: "{}\n", errors: ""))
  }
}
