// The command line: one command a file, each parses its arguments, calls the libraries, prints and exits. Refuses to end with
// any status but those of `ExitStatus`, whatever went wrong.

internal import ArgumentParser
internal import PosternCompiler

@main struct Postern: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "postern",
    abstract: "Compiles access policies, and decides requests by them.",
    discussion: """
      EXAMPLES:
        postern check policies/
        postern fmt policies/
        postern compile policies/ -o policy.ptb --revision 7 --sign key.pem
        postern eval policy.ptb --url https://payroll.corp.example.com/ \\
            --as user:ann@example.com --provider workspace
        postern diff main..HEAD -- policies/
        postern import exports/ --output policies --organization example.com
        postern test policies/
        postern who payroll policies/
        postern can user:ann@example.com policies/
        postern explain bad-duration
        postern login --issuer https://login.example.com
        postern curl https://payroll.example.com/

      EXIT STATUS:
        0  ok
        1  the command could not run: arguments, files, a bundle that is none
        2  the answer is not allow; a test failed; decisions differ; nobody or nothing is reached;
           an import left something out; a file is not laid out
        3  the policy has errors
        4  a person has to log in or to authenticate anew first
        postern curl ends as curl does.

      Completions for your shell: postern --generate-completion-script bash (or zsh, fish)
      """,
    version: Compiler.version,
    subcommands: [
      CanCommand.self, CelCommand.self, CheckCommand.self, CompileCommand.self, CurlCommand.self, DiffCommand.self,
      EvalCommand.self, ExplainCommand.self, FmtCommand.self, ImportCommand.self, InspectCommand.self,
      InstallGitCommand.self, LoginCommand.self, LogoutCommand.self, SessionsCommand.self, SignCommand.self,
      TestCommand.self, TokenCommand.self, VerifyCommand.self, WhoCommand.self,
    ])

  static let _errorPrefix = "error: "

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      end(with: error)
    }
  }

  /// Says what is wrong and exits; what the parser of arguments calls 64 is 1 here, for scripts look at few numbers only.
  private static func end(with error: any Error) -> Never {
    if let status = error as? ExitStatus { exit(withError: ExitCode(status.rawValue)) }
    let message = fullMessage(for: error, columns: nil)
    guard exitCode(for: error) == .success else {
      StandardError.write(message + "\n")
      exit(withError: ExitCode(((error as? CommandFailure)?.status ?? .couldNotRun).rawValue))
    }
    let isWritten = (try? StandardOutput.write(message + "\n")) != nil
    exit(withError: isWritten ? nil : ExitCode(ExitStatus.couldNotRun.rawValue))
  }
}

/// How a command ends; thrown where everything has been said already.
enum ExitStatus: Int32, Error {
  case couldNotRun = 1
  case notAllowed = 2
  case policyHasErrors = 3
  case personNeeded = 4
}

/// Why a command could not run, in the words that stand after `error: `.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String
  /// How the command ends then.
  let status: ExitStatus

  init(_ description: String, status: ExitStatus = .couldNotRun) {
    self.description = description
    self.status = status
  }
}
