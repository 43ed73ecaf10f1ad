// A command-line tool, and its person's browser, in one process with the gate: what the tests of OAuth clients begin with. The tool does
// what RFC 6749, 7636 and 8628 say, and nothing else.

import Crypto
import Testing

@testable import PosternService

/// A tool that is signed in, or on its way.
final class OAuthTool {
  static let reader = """
    kind: OAuthClients
    sessionLength: 16h
    boundScopes: [payroll.read, "admin.*"]
    liveTokens: 3
    unusedTimeout: 4320h
    passwordChangeEnds: ["mail.*"]
    clients:
      - id: reader
        displayName: Payroll reader
        party: FIRST_PARTY
        redirectURIs: ["http://127.0.0.1/callback", "https://tool.example.com/cb"]
        scopes: [payroll.read, notes.read, mail.send]
        apps: [payroll]
      - id: sync
        displayName: Sync & Co
        party: THIRD_PARTY
        redirectURIs: ["https://sync.example.org/cb?from=postern"]
        scopes: [payroll.read, notes.read]
        apps: [payroll, wiki]
      - id: box
        displayName: A box
        party: FIRST_PARTY
        flows: [DEVICE]
        scopes: [payroll.read]
        apps: [payroll]
    """

  static var files: [String: String] {
    var files = TestPolicy.files
    files["clients.yaml"] = reader
    for name in ["payroll", "wiki"] {
      files["\(name).yaml"]? +=
        "\nsettings: {accessSettings: {oauthSettings: {programmaticClients: [reader, sync, box]}}}"
    }
    return files
  }

  let visitor: LoginTests.Visitor
  var gate: TestGate { visitor.gate }
  var clock: TestClock { visitor.gate.clock }
  let verifier = SessionIdentifier().text

  init(files: [String: String] = files) throws { visitor = try LoginTests.Visitor(files) }
  init(_ visitor: LoginTests.Visitor) { self.visitor = visitor }

  static let login = "https://login.example.com"

  // MARK: the browser

  func authorization(_ change: [String: String?] = [:]) -> String {
    var query = [
      "response_type": "code", "client_id": "reader", "redirect_uri": "http://127.0.0.1:49152/callback", "state": "s t",
      "code_challenge": Base64URL.text(SHA256.hash(data: Array(verifier.utf8))), "code_challenge_method": "S256",
    ]
    for (name, value) in change { query[name] = value }
    return
      "\(Self.login)/oauth/authorize?\(FormEncoding.form(query.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))"
  }

  /// Signs the person in at their provider and comes back to the page that asked for it.
  func signIn(from answer: Answer) async throws -> Answer {
    let login = try #require(answer.headers["location"])
    let provider = try #require(await visitor.open(login).headers["location"])
    try #require(provider.hasPrefix("https://id.example.com/authorize?"))
    let parameters = try #require(FormEncoding.fields(provider.split(separator: "?")[1]))
    visitor.provider.change { $0.nonce = parameters["nonce"] ?? "" }
    return await visitor.open(try #require(await visitor.back(parameters).headers["location"]))
  }

  /// The parameters that the browser brings to the client's own address.
  static func parameters(_ answer: Answer, at address: String = "http://127.0.0.1:49152/callback?") throws -> [String:
    String]
  {
    let location = try #require(answer.headers["location"])
    try #require(location.hasPrefix(address), "\(location)")
    return try #require(FormEncoding.fields(location.split(separator: "?", maxSplits: 1)[1]))
  }

  /// What the person says to a question of consent.
  func consent(_ page: Answer, _ isGranted: Bool = true) async throws -> Answer {
    let links = Self.links(page)
    try #require(page.status == 200 && links.count == 2, "\(String(decoding: page.body, as: UTF8.self))")
    return await visitor.open("\(Self.login)/oauth/consent?token=\(links[isGranted ? 0 : 1])")
  }

  /// The answers that a question of consent offers.
  static func links(_ page: Answer) -> [String] {
    String(decoding: page.body, as: UTF8.self).components(of: "href=\"/oauth/consent?token=").map {
      String($0.prefix { $0 != "\"" })
    }
  }

  /// The token of a form of the gate's.
  static func formTokens(_ page: Answer) -> [String] {
    String(decoding: page.body, as: UTF8.self).components(of: "name=\"token\" value=\"").map {
      String($0.prefix { $0 != "\"" })
    }
  }

  /// Posts a form of the gate's, in the person's browser.
  func submit(_ path: String, _ token: String) async -> Answer {
    await post(path, ["token": token], headers: [("Cookie", visitor.cookie(for: "\(Self.login)/"))])
  }

  /// A code, of somebody who logs in for it.
  func code(_ change: [String: String?] = [:]) async throws -> String {
    let arrived = try await consent(try await signIn(from: await visitor.open(authorization(change))))
    return try #require(try Self.parameters(arrived)["code"])
  }

  // MARK: the tool

  func post(_ path: String, _ fields: [String: String?], headers: [(String, String)] = []) async -> Answer {
    let form = fields.compactMap { name, value in value.map { (name, $0) } }.sorted { $0.0 < $1.0 }
    return await gate.ask(
      "POST", "\(Self.login)\(path)",
      headers: [("Content-Type", "application/x-www-form-urlencoded")] + headers, endpoint: "/answer",
      body: Array(FormEncoding.form(form).utf8))
  }

  func redeem(_ code: String, _ change: [String: String?] = [:]) async -> Answer {
    var form: [String: String?] = [
      "grant_type": "authorization_code", "code": code, "client_id": "reader", "code_verifier": verifier,
      "redirect_uri": "http://127.0.0.1:49152/callback",
    ]
    for (name, value) in change { form[name] = value }
    return await post("/oauth/token", form)
  }

  func refresh(_ token: String, _ change: [String: String?] = [:]) async -> Answer {
    var form: [String: String?] = ["grant_type": "refresh_token", "refresh_token": token, "client_id": "reader"]
    for (name, value) in change { form[name] = value }
    return await post("/oauth/token", form)
  }

  /// What a tool holds.
  struct Tokens: Equatable {
    let access: String
    let refresh: String
    let scope: String
    let seconds: Int64

    init(_ answer: Answer) throws {
      let document = try #require(JSON(answer.body))
      try #require(answer.status == 200, "\(document)")
      access = try #require(document["access_token"]?.text)
      refresh = try #require(document["refresh_token"]?.text)
      scope = try #require(document["scope"]?.text)
      seconds = try #require(document["expires_in"]?.int)
    }
  }

  /// Signs somebody in for the tool.
  func tokens(_ change: [String: String?] = [:]) async throws -> Tokens {
    try Tokens(await redeem(try await code(change)))
  }

  /// Calls an app.
  func call(_ token: String, _ url: String = "https://payroll.example.com/runs") async -> Answer {
    await gate.ask("GET", url, headers: [("Authorization", "Bearer \(token)")])
  }

  /// What an answer refuses with.
  static func error(_ answer: Answer) -> String? { JSON(answer.body)?["error"]?.text }
}

extension String {
  /// What stands behind each occurrence of `mark`.
  func components(of mark: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = self[...]
    while let range = rest.firstRange(of: mark) {
      rest = rest[range.upperBound...]
      parts.append(rest)
    }
    return parts
  }
}
