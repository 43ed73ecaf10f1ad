// A program of Authlib's, which does what a test tells it (oauth.py).

import Testing

@testable import PosternService

/// An OAuth client that nobody here wrote.
final class LibraryTool {
  private let process: ServerProcess
  private let port: Int
  private let client: String
  private(set) var refreshToken = ""

  init(_ fixture: BrowserFixture, client: String) async throws {
    self.client = client
    port = try await FreePort.next()
    process = try fixture.startPython(
      "oauth.py",
      [
        String(port), "https://login.localhost:\(fixture.port)", fixture.certificate, client,
        "http://127.0.0.1:\(fixture.appPort)/callback",
      ])
    try await process.waitForPort(port)
  }

  deinit { process.stop() }

  /// Has the library do something; an error of RFC 6749 is what it says of it.
  @discardableResult
  func tell(_ name: String, _ values: [String: String] = [:]) async throws -> JSON {
    let json = try await PythonProgram.tell(port, name, values)
    if let token = json["refresh_token"]?.text { refreshToken = token }
    return json
  }

  /// What stands beside the error of a refused refresh: libraries hide it.
  func refusal(_ fixture: BrowserFixture) async throws -> JSON {
    var request = ClientRequest(
      method: "POST", scheme: "https", host: "login.localhost", clientAddress: nil,
      headers: Headers([("content-type", "application/x-www-form-urlencoded")]),
      body: Array(
        FormEncoding.form([
          ("grant_type", "refresh_token"), ("refresh_token", refreshToken), ("client_id", client),
        ]).utf8))
    let isPath = request.setTarget("/oauth/token")
    try #require(isPath)
    return try #require(JSON(await fixture.gate.loginPage(request).body))
  }

  func reauthenticationURL(_ fixture: BrowserFixture) async throws -> String {
    try #require(try await refusal(fixture)["reauthentication_uri"]?.text)
  }
}
