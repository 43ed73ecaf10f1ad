// The tokens that are kept, as the file has them. Refuses to say whose token is meant where several may be.

internal import PosternLanguage

/// All that is kept.
struct KeptTokens: Decodable, Equatable {
  static let version: Int64 = 1

  var version = Self.version
  /// The login that is meant where none is named: the latest.
  var latest: LoginName?
  var logins: [KeptLogin] = []

  var json: JSONValue {
    .object([
      "version": .integer(version), "latest": latest.map(\.json), "logins": .array(logins.map(\.json)),
    ])
  }

  /// The login that arguments mean.
  func login(issuer: String?, client: String?) throws -> KeptLogin {
    let found = logins.filter { login in
      (issuer.map { $0 == login.name.issuer } ?? true) && (client.map { $0 == login.name.client } ?? true)
    }
    if found.count == 1 { return found[0] }
    if let login = found.first(where: { $0.name == latest }) { return login }
    if found.isEmpty {
      let whom = [issuer.map { " at \($0)" }, client.map { " as the client \($0)" }].compactMap { $0 }.joined()
      throw CommandFailure(
        "nobody is logged in\(whom): run `postern login --issuer \(issuer ?? "https://HOST")`", status: .personNeeded)
    }
    throw CommandFailure("there are \(found.count) logins: name one with --issuer and --client")
  }

  subscript(name: LoginName) -> KeptLogin? {
    get { logins.first { $0.name == name } }
    set {
      logins.removeAll { $0.name == name }
      if let newValue { logins.append(newValue) }
    }
  }
}

/// Whose tokens.
struct LoginName: Decodable, Equatable {
  let issuer: String
  let client: String

  fileprivate var json: JSONValue { .object(["issuer": .string(issuer), "client": .string(client)]) }
}

/// One login: what it is refreshed with, and the access tokens that are still good.
struct KeptLogin: Decodable, Equatable {
  let name: LoginName
  var refreshToken: String
  var accessTokens: [KeptAccessToken] = []

  /// What a server has given first.
  init(_ name: LoginName, refreshToken: String) {
    self.name = name
    self.refreshToken = refreshToken
  }

  /// A token that is good for a while from now.
  func goodToken(for app: String?, at now: Int64) -> String? {
    accessTokens.first { $0.app == app && $0.expiresAt - Self.marginMilliseconds > now }?.token
  }

  /// Keeps what a server has given, and forgets what is over.
  mutating func keep(_ answer: TokenAnswer, for app: String?, askedAt: Int64) {
    if let token = answer.refreshToken { refreshToken = token }
    accessTokens.removeAll { $0.app == app || $0.expiresAt <= askedAt }
    let seconds = max(0, min(answer.expiresIn ?? 0, Self.longestSeconds))
    accessTokens.append(
      KeptAccessToken(app: app, token: answer.accessToken, expiresAt: askedAt + seconds * 1_000))
  }

  /// Whoever gets a token needs time to use it.
  private static let marginMilliseconds: Int64 = 30_000
  private static let longestSeconds: Int64 = 366 * 86_400

  fileprivate var json: JSONValue {
    .object([
      "name": name.json, "refreshToken": .string(refreshToken), "accessTokens": .array(accessTokens.map(\.json)),
    ])
  }
}

/// One access token.
struct KeptAccessToken: Decodable, Equatable {
  /// The host of the app that it is good for; nil: every app of the client.
  let app: String?
  let token: String
  /// Milliseconds since 1970.
  let expiresAt: Int64

  fileprivate var json: JSONValue {
    .object(["app": app.map { .string($0) }, "token": .string(token), "expiresAt": .integer(expiresAt)])
  }
}
