// What git and docker ask a helper for credentials, and how they want it told. Refuses hosts that the token could be read on the way to; keeps
// nothing that they bring.

internal import Glibc
internal import PosternLanguage

/// Answers one request of git or docker.
struct CredentialHelper {
  let format: TokenCommand.Format
  let options: TokenOptions

  /// The name beside a token, as registries and git servers behind Cloud IAP know it.
  private static let user = "oauth2accesstoken"
  private static let byteLimit = 1 << 16

  func answer(_ request: String) throws {
    switch request {
    case "get": try get()
    case "erase": try erase()
    case "list" where format == .docker: try StandardOutput.write("{}\n")
    // What they got from here is kept already; requests of later versions are to be passed over.
    default: return
    }
  }

  private func get() throws {
    let question = try question()
    // Another helper may have an answer for what is no app.
    guard let app = question.app else { return }
    let token = try options.tokens(for: app).token()
    if format == .docker {
      let answer = JSONValue.object([
        "ServerURL": .string(question.address), "Username": .string(Self.user), "Secret": .string(token),
      ])
      return try StandardOutput.write(answer.compactText + "\n")
    }
    let lines =
      question.knowsBearer
      ? ["capability[]=authtype", "authtype=Bearer", "credential=\(token)"]
      : ["username=\(Self.user)", "password=\(token)"]
    try StandardOutput.write(lines.joined(separator: "\n") + "\n")
  }

  /// The app refuses the token that it got: the next one is a new one.
  private func erase() throws {
    guard let app = try question().app else { return }
    let issuer = try options.login.issuerName()
    try TokenFile().change { tokens in
      var login = try tokens.login(issuer: issuer, client: options.login.client)
      login.accessTokens.removeAll { $0.app == app.name }
      tokens[login.name] = login
    }
  }

  /// What is asked about.
  private struct Question {
    /// nil where a token would not be safe.
    var app: AppHost?
    var address = ""
    /// Whether git sends a token as it is (2.46 and later).
    var knowsBearer = false
  }

  private func question() throws -> Question {
    guard let bytes = Descriptor.read(STDIN_FILENO, limit: Self.byteLimit), bytes.count <= Self.byteLimit else {
      throw CommandFailure("cannot read on standard input what is asked for")
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    if format == .docker {
      let address = lines.first.map(String.init) ?? ""
      let secure = SecureAddress(address.contains("://") ? address : "https://\(address)")
      return Question(app: secure.flatMap { AppHost($0.host) }, address: address)
    }
    var question = Question()
    var parts = ["protocol": "", "host": ""]
    for line in lines.prefix(while: { !$0.isEmpty }) {
      let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if pair == ["capability[]", "authtype"] { question.knowsBearer = true }
      if pair.count == 2, parts[pair[0]] != nil { parts[pair[0]] = pair[1] }
    }
    question.address = "\(parts["protocol"] ?? "")://\(parts["host"] ?? "")"
    question.app = SecureAddress(question.address).flatMap { AppHost($0.host) }
    return question
  }
}
