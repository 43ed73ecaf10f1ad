// The file of the tokens: whose it is, what others may do with it, and that it is whole.

import Foundation
import Testing

@Suite("token file")
struct TokenFileTests {
  let world: LoginWorld

  init() throws { world = try LoginWorld() }

  private func chmod(_ mode: Int, _ path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  @Test("file, folder and lock are their owner's alone, and nothing else is left")
  func modes() throws {
    try world.logIn()
    let folder = world.scratch.path("config/postern")
    #expect(try world.mode(world.tokenPath) == 0o600)
    #expect(try world.mode(folder) == 0o700)
    #expect(try world.mode("\(folder)/tokens.lock") == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["tokens.json", "tokens.lock"])
  }

  @Test("a refresh leaves the file its owner's alone, whatever the user gives to new files")
  func modeAfterRefresh() throws {
    try world.logInWithoutAccess()
    let outcome = try Shell.run(
      "umask 000; XDG_CONFIG_HOME=\(world.scratch.path("config")) \"$0\" token")
    #expect(outcome.output == "access-2\n")
    #expect(try world.mode(world.tokenPath) == 0o600)
  }

  @Test("a file that others may open is refused with the way out", arguments: [0o640, 0o604, 0o666])
  func readableFile(_ mode: Int) throws {
    try world.logIn()
    try chmod(mode, world.tokenPath)
    let path = world.tokenPath
    let text = """
      error: others may open \(path) (mode \(String(mode, radix: 8))): run `chmod 600 \(path)`, and where they could have \
      read it, `postern logout` and `postern login`

      """
    for arguments in [["token"], ["logout"], ["login"], ["curl", "https://a.example.com/"]] {
      #expect(try world.command(arguments).run() == Outcome(status: 1, output: "", errors: text))
    }
  }

  @Test("a folder that others may open is refused")
  func openFolder() throws {
    try world.logIn()
    let folder = world.scratch.path("config/postern")
    try chmod(0o755, folder)
    let outcome = try world.run("login")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("error: others may open \(folder) (mode 755): run `chmod 700 \(folder)`"))
  }

  @Test("without XDG_CONFIG_HOME, or with one that is no path, tokens are below HOME", arguments: [nil, "relative"])
  func homeFolder(_ base: String?) throws {
    var command = world.command(["login", "--issuer", world.server.issuer])
    command.environment["XDG_CONFIG_HOME"] = base
    #expect(try command.run().status == 0)
    #expect(try world.mode(world.scratch.path("home/.config/postern/tokens.json")) == 0o600)
  }

  @Test("without any place the way out is said")
  func noPlace() throws {
    var command = world.command(["token"])
    command.environment["XDG_CONFIG_HOME"] = nil
    command.environment["HOME"] = nil
    let outcome = try command.run()
    #expect(outcome.errors == "error: no place for tokens: set HOME, or XDG_CONFIG_HOME, to a folder of yours\n")
  }

  @Test(
    "a file that is not ours is refused, and left as it is",
    arguments: ["{", "[]", #"{"version": 2, "logins": []}"#])
  func strangeFile(_ text: String) throws {
    try world.logIn()
    try Data(text.utf8).write(to: URL(filePath: world.tokenPath))
    for command in ["token", "logout"] {
      let outcome = try world.run(command)
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasSuffix("is not as this postern writes it: remove it, and run `postern login`\n"))
    }
    #expect(world.kept == text)
  }
}
