// `postern token`: prints an access token, alone or as git and docker ask for it. Refuses to print anything where there is none.

internal import ArgumentParser

struct TokenCommand: ParsableCommand {
  /// Who reads it.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case plain, git, docker
  }

  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Prints an access token.",
    discussion: """
      The kept one while it is good for 30 seconds more; otherwise it is refreshed, by one process however many ask. With --app it is good for that \
      app alone. As a helper for credentials of git and docker it takes the app from what they ask:

        git config --global credential.https://git.example.com.helper '!postern token --format git'

      EXAMPLES:
        postern token --app payroll.example.com
        curl -H @<(echo "Authorization: Bearer $(postern token)") https://payroll.example.com/

      EXIT STATUS: 0 printed, 1 no token can be had, 4 a person has to log in or to authenticate anew first.
      """)

  @Option(help: ArgumentHelp("The host of the app that it is for; every app of the client.", valueName: "host"))
  var app: String?

  @Option(help: "Who reads it.")
  var format = Format.plain

  @OptionGroup var options: TokenOptions

  @Argument(help: ArgumentHelp("What git or docker asks: get, store, erase, list.", valueName: "request"))
  var request: String?

  func validate() throws {
    if format == .plain && request != nil { throw ValidationError("'\(request ?? "")' is for --format git or docker") }
    if format != .plain && request == nil { throw ValidationError("say what is asked: get, store, erase or list") }
    if format != .plain && app != nil { throw ValidationError("--format \(format) reads the app from standard input") }
    if let app, AppHost(app) == nil { throw ValidationError("--app is the name of a host, not '\(app)'") }
  }

  func run() throws {
    if format != .plain, let request {
      return try CredentialHelper(format: format, options: options).answer(request)
    }
    try StandardOutput.write(try options.tokens(for: app.flatMap { AppHost($0) }).token() + "\n")
  }
}
