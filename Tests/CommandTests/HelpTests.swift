// What the command says of itself, and the statuses that scripts rely on.

import Testing

@Suite("Help and exit statuses")
struct HelpTests {
  static let commands = [
    "can", "cel", "check", "compile", "curl", "diff", "eval", "explain", "fmt", "import", "inspect", "install-git",
    "login", "logout", "sessions", "sign", "test", "token", "verify", "who",
  ]

  @Test("the help of the command is the recorded one")
  func rootHelp() throws {
    let outcome = try Command("--help").run()
    #expect(outcome.status == 0)
    Golden.expect(outcome.output, is: "help.txt")
  }

  @Test("without arguments the command shows its help")
  func noArguments() throws {
    #expect(try Command().run() == Command("--help").run())
  }

  @Test("the help of each command is the recorded one", arguments: commands)
  func help(_ command: String) throws {
    let outcome = try Command(command, "--help").run()
    #expect(outcome.status == 0)
    Golden.expect(outcome.output, is: "help-\(command).txt")
  }

  @Test("the help of what sessions can do is the recorded one", arguments: ["list", "revoke"])
  func helpOfSessions(_ command: String) throws {
    let outcome = try Command("sessions", command, "--help").run()
    #expect(outcome.status == 0)
    Golden.expect(outcome.output, is: "help-sessions-\(command).txt")
  }

  @Test("the version names the compiler")
  func version() throws {
    #expect(try Command("--version").run() == Outcome(status: 0, output: "postern 0.1.0\n", errors: ""))
  }

  @Test("completion scripts come from the command itself", arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) throws {
    let outcome = try Command("--generate-completion-script", shell).run()
    #expect(outcome.status == 0)
    #expect(commandsMissing(in: outcome.output) == [])
  }

  private func commandsMissing(in text: String) -> [String] { Self.commands.filter { !text.contains($0) } }

  @Test(
    "arguments that mean nothing end with status 1, words on standard error and nothing on standard output",
    arguments: [
      ["frob"], ["check"], ["check", "a", "b"], ["check", "a", "--format", "xml"],
      ["check", "a", "--format", "sarif", "--json"], ["compile", "a"],
      ["compile", "a", "-o", "b", "--revision", "-1"],
      ["compile", "a", "-o", "b", "--revision", "18446744073709551616"],
      ["eval", "a"], ["eval", "a", "--url", "https://a/", "--request", "b"], ["eval", "a", "--at", "now"],
      ["eval", "a", "--url", "https://a/", "--table", "b"], ["eval", "a", "--url", "https://a/", "--provider", "b"],
      ["eval", "a", "--url", "https://a/", "--as", "user:a@b.c"],
      ["eval", "a", "--url", "https://a/", "--header", "no colon"],
      ["eval", "a", "--url", "https://a/", "--as", "user:a@b.c", "--provider", "b", "--auth-age", "password=5m"],
      ["verify", "a"], ["sign", "a"], ["test"], ["test", "a", "--coverage", "--format", "tap"],
      ["who", "a"], ["can", "a"], ["import"], ["import", "a"], ["import", "--output", "a"],
      ["fmt"], ["fmt", "-", "a"], ["fmt", "--check", "--diff", "a"],
      ["sessions", "list", "--limit", "0"], ["sessions", "list", "--person", "a:b", "--provider", "a"],
      ["sessions", "list", "--person", "ann", "--socket", "/nowhere"], ["sessions", "list", "--socket", "/nowhere"],
      ["sessions", "revoke"], ["sessions", "revoke", "--everyone", "--person", "a@b.c"],
      ["sessions", "revoke", "--session", "short", "--socket", "/nowhere"],
      ["login", "--wait", "0"], ["login", "--wait", "3601"], ["token", "--wait", "0"], ["token", "get"],
      ["token", "--format", "git"], ["token", "--format", "xml", "get"], ["token", "--app", "a/b"],
      ["token", "--format", "docker", "--app", "a", "get"],
    ])
  func usage(_ arguments: [String]) throws {
    let outcome = try Command(arguments: arguments).run()
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty && outcome.errors.hasPrefix("error: "))
  }

  @Test("what cannot be written to standard output is a failure", arguments: [["--help"], ["explain", "bad-time"]])
  func fullStandardOutput(_ arguments: [String]) throws {
    let outcome = try Shell.run("exec \"$0\" \"$@\" > /dev/full", arguments: arguments)
    #expect(outcome.status == 1)
  }
}
