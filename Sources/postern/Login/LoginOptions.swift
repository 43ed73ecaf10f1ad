// Which login a command is about. Refuses nothing: what is not there is said where it is looked for.

internal import ArgumentParser

/// Names a login.
struct LoginOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The issuer that the login is of; the latest login's.", valueName: "URL"))
  var issuer: String?

  @Option(help: ArgumentHelp("The client that the login is of; the latest login's.", valueName: "id"))
  var client: String?

  /// The issuer as logins are kept by.
  func issuerName() throws -> String? { try issuer.map { try AuthorizationServer.issuer($0).text } }
}

/// How an access token is asked for.
struct TokenOptions: ParsableArguments {
  @OptionGroup var login: LoginOptions

  @Flag(help: "Where a person has to authenticate anew, show the address and wait, without a terminal too.")
  var device = false

  @Option(name: .customLong("wait"), help: ArgumentHelp("Wait for the person so long.", valueName: "seconds"))
  var waitSeconds: Int64 = 300

  func validate() throws { try WaitLimit.check(waitSeconds) }

  func tokens(for app: AppHost?) throws -> AccessTokens {
    AccessTokens(
      file: try TokenFile(), http: ServerClient(), issuer: try login.issuerName(), client: login.client, app: app,
      isAttended: device || StandardError.isTerminal, waitSeconds: waitSeconds)
  }
}

/// How long a person may be waited for.
enum WaitLimit {
  static func check(_ seconds: Int64) throws {
    guard (1...3_600).contains(seconds) else { throw ValidationError("--wait is a number of seconds from 1 to 3600") }
  }
}
