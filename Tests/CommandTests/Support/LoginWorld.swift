// A person with a browser, a folder for tokens and a server to log in at. The browser is curl, started as `xdg-open`: it follows what it is
// given, and comes back to the command by itself.

import Foundation
import NIOSSL
import Testing

/// One person's machine.
struct LoginWorld {
  let server: StandInServer
  let scratch: Scratch

  /// - Parameter isEncrypted: the server is one of https, with a certificate that only `SSL_CERT_FILE` makes good.
  init(isEncrypted: Bool = false) throws {
    scratch = try Scratch()
    server = try StandInServer(security: isEncrypted ? Self.security(scratch) : nil)
    try scratch.write(
      """
      #!/bin/sh
      echo "$1" >> "$WORLD/opened"
      ls -l /proc/$$/fd > "$WORLD/descriptors"
      curl --silent --location --output "$WORLD/loading" "$1"
      mv "$WORLD/loading" "$WORLD/page"

      """,
      to: "bin/xdg-open")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: scratch.path("bin/xdg-open"))
  }

  private static func security(_ scratch: Scratch) throws -> NIOSSLContext {
    let script = """
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=stand-in \\
        -addext subjectAltName=DNS:localhost -keyout key.pem -out certificate.pem
      """
    let outcome = try Shell.run(script, folder: scratch.folder)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let chain = try NIOSSLCertificate.fromPEMFile(scratch.path("certificate.pem"))
    return try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) },
        privateKey: .privateKey(NIOSSLPrivateKey(file: scratch.path("key.pem"), format: .pem))))
  }

  /// `postern` as this person runs it.
  func command(_ arguments: [String], input: String = "") -> Command {
    var command = Command(arguments: arguments)
    command.input = Array(input.utf8)
    command.environment = [
      "XDG_CONFIG_HOME": scratch.path("config"), "HOME": scratch.path("home"), "WORLD": scratch.folder.path(),
      "PATH": "\(scratch.path("bin")):/usr/bin:/bin", "DISPLAY": ":0",
    ]
    return command
  }

  @discardableResult func run(_ arguments: String..., input: String = "") throws -> Outcome {
    try command(arguments, input: input).run()
  }

  /// Logs in, as every test needs that is about something else.
  func logIn() throws {
    let outcome = try run("login", "--issuer", server.issuer)
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  /// A login whose access token is over, so that the next one is asked for.
  func logInWithoutAccess() throws {
    server.change { $0.accessSeconds = 0 }
    try logIn()
    server.change { $0.accessSeconds = 300 }
  }

  // MARK: what is kept

  var tokenPath: String { scratch.path("config/postern/tokens.json") }

  func mode(_ path: String) throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
  }

  /// The text of the token file; empty where there is none.
  var kept: String { (try? String(contentsOfFile: tokenPath, encoding: .utf8)) ?? "" }

  /// What the browser was told to open.
  var opened: [String] {
    ((try? String(contentsOf: scratch.url("opened"), encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
  }

  /// The page that the browser shows; it may do so a moment after the command has ended.
  func page() throws -> String {
    let end = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < end {
      if let page = try? String(contentsOf: scratch.url("page"), encoding: .utf8) { return page }
      Thread.sleep(forTimeInterval: 0.02)
    }
    throw CocoaError(.fileNoSuchFile)
  }

  /// What a refresh was asked with.
  var refreshes: [StandInServer.Request] {
    server.requests("/token").filter { $0.fields["grant_type"] == "refresh_token" }
  }
}
