// `postern logout`: ends the refresh token, here and at the server. Refuses to keep it here, whatever the server says.

internal import ArgumentParser

struct LogoutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logout",
    abstract: "Ends a login, here and at its issuer.",
    discussion: """
      The tokens are removed from this machine first, and the refresh token is revoked at the issuer then (RFC 7009).

      EXAMPLES:
        postern logout
        postern logout --issuer https://login.example.com --client postern-cli

      EXIT STATUS: 0 ended, 1 ended here alone, 4 nobody is logged in.
      """)

  @OptionGroup var options: LoginOptions

  func run() throws {
    let issuer = try options.issuerName()
    let login = try TokenFile().change { tokens in
      let login = try tokens.login(issuer: issuer, client: options.client)
      tokens[login.name] = nil
      // A single login that is left is the one that is meant.
      if tokens.latest == login.name && !tokens.logins.isEmpty { tokens.latest = tokens.logins.last?.name }
      return login
    }
    do {
      let issuer = try AuthorizationServer.issuer(login.name.issuer)
      let server = try AuthorizationServer(discovering: issuer, http: ServerClient())
      try server.revoke(login.refreshToken, client: login.name.client)
    } catch {
      throw CommandFailure(
        "logged out on this machine alone, for the issuer did not end the refresh token: \(error); until it does, "
          + "whoever has a copy can use it: ask the administrators of \(login.name.issuer) to revoke it")
    }
    try StandardOutput.write("logged out of \(login.name.issuer) as the client \(login.name.client)\n")
  }
}
