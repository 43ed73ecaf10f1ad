// postern's own commands against everything real: the gate behind nginx, Canaille, and Chromium as the person's browser.

import Foundation
import Testing

@testable import PosternService

@Suite("postern login", .serialized, .timeLimit(.minutes(2)))
struct LoginCommandIntegrationTests {
  /// A person's terminal: a folder for what is kept, and what the commands say.
  private final class Terminal {
    let fixture: BrowserFixture
    private let folder: TestFolder
    private let home: TestFolder

    init() async throws {
      fixture = try await BrowserFixture(
        apps: ["payroll": "settings: {accessSettings: {oauthSettings: {programmaticClients: [postern-cli]}}}"],
        documents: { _ in
          [
            "clients.yaml": """
            kind: OAuthClients
            sessionLength: 16h
            boundScopes: [apps]
            clients:
              - id: postern-cli
                displayName: postern
                party: FIRST_PARTY
                redirectURIs: ["http://127.0.0.1/callback"]
                scopes: [apps]
                apps: [payroll]
            """
          ]
        })
      folder = try TestFolder()
      home = try TestFolder()
    }

    /// A command that runs, with a browser that opens nothing.
    final class Command {
      let process: ServerProcess
      init(_ process: ServerProcess) { self.process = process }
      var output: String { (try? String(contentsOfFile: process.log, encoding: .utf8)) ?? "" }

      /// What the command says, once it has said `text`.
      func saying(_ text: String) async throws -> String {
        try await eventually(text) { self.output.contains(text) ? self.output : nil }
      }

      /// The last address that it has shown.
      func address(_ beginning: String) async throws -> String {
        _ = try await saying(beginning)
        let words = output.split(whereSeparator: \.isWhitespace)
        return String(try #require(words.last { $0.hasPrefix(beginning) }))
      }
    }

    func start(_ arguments: String...) throws -> Command {
      Command(
        try ServerProcess(
          BuiltProgram.path("postern"), arguments, in: folder,
          environment: [
            "SSL_CERT_FILE": fixture.certificate, "XDG_CONFIG_HOME": home.root, "BROWSER": "true", "DISPLAY": "",
          ]))
    }

    /// The command's clock is the machine's: what is kept is made to be over by it too.
    func endAccessTokens() throws {
      let file = home.path("postern/tokens.json")
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let over = text.replacing(/"expiresAt" ?: ?\d+/, with: "\"expiresAt\":1")
      try #require(over != text)
      try over.write(toFile: file, atomically: false, encoding: .utf8)
    }

    var issuer: String { "https://login.localhost:\(fixture.port)" }

    func call() throws -> Command {
      try start("curl", "--cacert", fixture.certificate, "--silent", "--write-out", " done", fixture.url("payroll"))
    }
  }

  @Test("a person logs in, calls an app, authenticates anew when the session length has passed, and logs out")
  func whole() async throws {
    let terminal = try await Terminal()
    let fixture = terminal.fixture
    let login = try terminal.start("login", "--issuer", terminal.issuer)
    _ = try await fixture.browser("goto", ["url": try await login.address("\(terminal.issuer)/oauth/authorize")])
    _ = try await fixture.browser("login", ["user": "ann"])
    let back = try await fixture.browser("click", ["selector": "a.button"])
    #expect(back.url.hasPrefix("http://127.0.0.1:"))
    _ = try await login.saying("logged in at \(terminal.issuer)")
    #expect(try await terminal.call().saying(" done").contains("people:ann@example.com"))

    try await fixture.advance(seconds: 16 * 3_600)
    try terminal.endAccessTokens()
    let call = try terminal.start("token", "--app", "payroll.localhost", "--device")
    let address = try await call.address("\(terminal.issuer)/oauth/reauthenticate")
    try await fixture.advance(seconds: 2)
    _ = try await fixture.browser("goto", ["url": address])
    _ = try await fixture.browser("login", ["user": "ann"])
    _ = try await fixture.browser("click", ["selector": "button[type=submit]"])
    _ = try await call.saying("eyJ")
    #expect(try await terminal.call().saying(" done").contains("people:ann@example.com"))

    _ = try await terminal.start("logout").saying("logged out of \(terminal.issuer)")
    _ = try await terminal.start("token").saying("nobody is logged in")
  }

  @Test("a device without a browser is connected by a code")
  func device() async throws {
    let terminal = try await Terminal()
    let login = try terminal.start("login", "--device", "--issuer", terminal.issuer)
    let address = try await login.address("\(terminal.issuer)/device?user_code=")
    _ = try await terminal.fixture.browser("goto", ["url": address])
    _ = try await terminal.fixture.browser("login", ["user": "ann"])
    let page = try await terminal.fixture.browser("click", ["selector": "button[type=submit]"])
    #expect(page.title == "Connected")
    _ = try await login.saying("logged in at \(terminal.issuer)")
    #expect(try await terminal.call().saying(" done").contains("people:ann@example.com"))
  }
}
