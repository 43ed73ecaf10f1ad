// An access token for whoever asks: the kept one while it is good, otherwise a new one, for which only one process asks at a time. Refuses to
// guess what a person has to do: it is said, or, where somebody is there, waited for.

/// Gives access tokens.
struct AccessTokens {
  let file: TokenFile
  let http: ServerClient
  let issuer: String?
  let client: String?
  /// The app whose token it is; nil: one for every app of the client.
  let app: AppHost?
  /// Whether a person is there, who can authenticate anew.
  let isAttended: Bool
  let waitSeconds: Int64

  /// What came of a refresh.
  private enum Refresh {
    case token(String)
    case reauthenticate(ServerRefusal)
  }

  func token() throws -> String {
    // The file is replaced whole: without the lock it is the old one or the new one.
    let login = try file.read().login(issuer: issuer, client: client)
    if let token = login.goodToken(for: app?.name, at: Clock.wallMilliseconds()) { return token }
    switch try refresh(login.name) {
    case .token(let token): return token
    case .reauthenticate(let refusal): return try reauthenticate(login.name, refusal)
    }
  }

  /// Asks for a token, unless another process has got one while this one waited for the lock.
  private func refresh(_ name: LoginName) throws -> Refresh {
    try file.change { tokens in
      guard var login = tokens[name] else {
        throw CommandFailure("somebody has logged out meanwhile: run `postern login`", status: .personNeeded)
      }
      let now = Clock.wallMilliseconds()
      if let token = login.goodToken(for: app?.name, at: now) { return .token(token) }
      let server = try AuthorizationServer(discovering: try AuthorizationServer.issuer(name.issuer), http: http)
      var form = [
        ("grant_type", "refresh_token"), ("refresh_token", login.refreshToken), ("client_id", name.client),
      ]
      if let app { form.append(("resource", app.resource)) }
      switch try server.askForToken(form) {
      case .granted(let answer):
        login.keep(answer, for: app?.name, askedAt: now)
        tokens[name] = login
        return .token(answer.accessToken)
      case .refused(let refusal):
        if refusal.asksForReauthentication { return .reauthenticate(refusal) }
        throw failure(refusal, name)
      }
    }
  }

  private func failure(_ refusal: ServerRefusal, _ name: LoginName) -> CommandFailure {
    switch refusal.error {
    case "invalid_grant":
      return CommandFailure(
        "the session length of this client has passed: run `postern login` again", status: .personNeeded)
    case "invalid_target":
      return CommandFailure(
        "\(name.issuer) gives the client \(name.client) no token for the app \(app?.name ?? "that was asked for")")
    default: return CommandFailure("\(name.issuer) refuses a token: \(refusal.shownText)")
    }
  }

  // MARK: authenticating anew

  private static let usualIntervalSeconds: Int64 = 5

  /// Shows where to authenticate, and asks with the same refresh token until the person has done so.
  private func reauthenticate(_ name: LoginName, _ refusal: ServerRefusal) throws -> String {
    guard let address = refusal.reauthenticationURI.flatMap({ SecureAddress($0) }) else {
      throw CommandFailure(
        "\(name.issuer) asks for a new authentication, and names no address for it that others cannot read: "
          + "run `postern login` again", status: .personNeeded)
    }
    guard isAttended else {
      throw CommandFailure(
        "the session length of this client has passed, and nobody is here to authenticate: run `postern token` on a "
          + "terminal, or with --device", status: .personNeeded)
    }
    let needsKey = refusal.reauthenticationMethod?.lowercased().contains("key") == true
    let method = needsKey ? ", with a security key" : ""
    StandardError.write(
      "The session length of this client has passed. Authenticate anew at this address\(method):\n\n  \(address.text)\n\n"
    )
    Browser.open(address.text)
    let intervalSeconds = max(0, min(refusal.interval ?? Self.usualIntervalSeconds, 60))
    let end = ContinuousClock.now + .seconds(waitSeconds)
    while ContinuousClock.now < end {
      // The lock is free meanwhile: others may ask, and what they get is kept for this one too.
      Clock.pause(milliseconds: max(intervalSeconds * 1_000, 100))
      do { if case .token(let token) = try refresh(name) { return token } } catch is ServerUnreachable {}
    }
    throw CommandFailure(
      "nobody has authenticated within \(waitSeconds) seconds: run it again", status: .personNeeded)
  }
}

extension ServerRefusal {
  /// Whether a person can go on with the same refresh token.
  fileprivate var asksForReauthentication: Bool { error == "invalid_grant" && subtype == "rapt_required" }
}
