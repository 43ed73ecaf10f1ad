// `postern login`: gets a refresh token from an authorization server, and keeps it. Refuses a login that nobody finishes in time.

internal import ArgumentParser

struct LoginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login",
    abstract: "Logs in, for `postern token` and `postern curl`.",
    discussion: """
      Opens the browser where there is one, and waits for it to come back to a port of this machine; with --device it shows a code to enter \
      on any other device. The issuer's metadata (RFC 8414) says where all of this is.

      Tokens are kept in $XDG_CONFIG_HOME/postern/tokens.json (~/.config/postern/tokens.json), which only its owner may open. A new login \
      of the same client takes the place of the old one.

      EXAMPLES:
        postern login --issuer https://login.example.com
        postern login --issuer https://login.example.com --device --scope payroll.read
        postern login

      EXIT STATUS: 0 logged in, 1 not, 4 nobody has logged in in time.
      """)

  @Option(help: ArgumentHelp("The issuer; the latest login's, if any.", valueName: "URL"))
  var issuer: String?

  @Option(help: ArgumentHelp("The client; the latest login's, or postern-cli.", valueName: "id"))
  var client: String?

  @Flag(help: "Show a code to enter on another device.")
  var device = false

  @Option(help: ArgumentHelp("A scope to ask for; all of the client's where none is named.", valueName: "scope"))
  var scope: [String] = []

  @Option(name: .customLong("wait"), help: ArgumentHelp("Wait for the browser so long.", valueName: "seconds"))
  var waitSeconds: Int64 = 300

  private static let usualClient = "postern-cli"

  func validate() throws { try WaitLimit.check(waitSeconds) }

  func run() throws {
    let file = try TokenFile()
    let latest = try file.read().latest
    guard let issuerText = issuer ?? latest?.issuer else {
      throw CommandFailure("nobody has logged in here yet: name the issuer with --issuer https://HOST")
    }
    let issuer = try AuthorizationServer.issuer(issuerText)
    let usual = latest.flatMap { $0.issuer == issuer.text ? $0.client : nil } ?? Self.usualClient
    let name = LoginName(issuer: issuer.text, client: client ?? usual)
    let server = try AuthorizationServer(discovering: issuer, http: ServerClient())
    let askedAt = Clock.wallMilliseconds()
    let answer = try logIn(server, name.client)
    guard let refreshToken = answer.refreshToken else {
      throw CommandFailure(
        "\(issuer.text) gives the client \(name.client) no refresh token: it cannot be kept logged in")
    }
    let old = try file.change { tokens in
      let old = tokens[name]
      var login = KeptLogin(name, refreshToken: refreshToken)
      login.keep(answer, for: nil, askedAt: askedAt)
      tokens[name] = login
      tokens.latest = name
      return old
    }
    // The new login is good whatever becomes of the old one, which nobody has any more.
    if let old, old.refreshToken != refreshToken { try? server.revoke(old.refreshToken, client: name.client) }
    try StandardOutput.write("logged in at \(issuer.text) as the client \(name.client)\n")
  }

  private func logIn(_ server: AuthorizationServer, _ client: String) throws -> TokenAnswer {
    if device { return try DeviceFlow(server: server, client: client, scopes: scope).run() }
    return try CodeFlow(server: server, client: client, scopes: scope, waitSeconds: waitSeconds).run()
  }
}
