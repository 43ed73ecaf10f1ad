// Glewlwyd as the login provider: the one that can be had here which tells its clients when a session ends (OpenID Connect Back-Channel
// Logout 1.0). Its login page is a program in JavaScript; person.py does to its API what that does.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import PosternService

@Suite("Glewlwyd", .serialized, .timeLimit(.minutes(1)))
struct GlewlwydIntegrationTests {
  /// Glewlwyd and a gate behind nginx. The gate's clock is the machine's, and is moved for itself.
  private final class Fixture {
    let visitor: LoginTests.Visitor
    private let issuer: String
    private let folder: TestFolder
    private let client: HTTPClient
    private let listener: any Channel
    private var servers: [ServerProcess] = []

    var gate: TestGate { visitor.gate }

    init() async throws {
      folder = try TestFolder()
      try BrowserFixture.makeCertificate(folder)
      let (port, providerPort, logoutPort) =
        (try await FreePort.next(), try await FreePort.next(), try await FreePort.next())
      issuer = "https://id.localhost:\(port)/api/oidc"
      client = Self.client(trusting: folder.path("certificate.pem"))
      let clock = TestClock()
      clock.set(GateClock.system.now)
      var files = TestPolicy.files
      files["organization.yaml"] = TestPolicy.organization.replacing("https://id.example.com", with: issuer)
      files["payroll.yaml"] = TestPolicy.app(
        "payroll", members: "\"user:ann@example.com\", \"user:bob@example.com\"")
      let gate = try TestGate(
        files, transport: ProviderHTTP(client: client), clock: clock,
        providers: ["people": ProviderSettings(clientSecret: "secret", groupsClaim: nil)])
      visitor = LoginTests.Visitor(gate: gate, provider: StandInProvider(clock: clock))
      listener = try await HTTPServer.bind(
        .unix(path: folder.path("gate.sock")), group: MultiThreadedEventLoopGroup.singleton,
        ProxyResponder(gate: gate.gate, dialect: .nginx))
      let provider = try ServerProcess(
        "python3",
        [
          "\(Self.scripts)/glewlwyd.py", folder.path("glewlwyd"), String(providerPort), "postern", "secret",
          "https://login.example.com/callback/people", "http://127.0.0.1:\(logoutPort)/logout/people",
          "ann:correct horse:ann@example.com", "bob:correct horse:bob@example.com",
        ], in: folder, environment: ["GLEWLWYD_URL": "https://id.localhost:\(port)"])
      let nginx = try Self.startNginx(folder, port: port, providerPort: providerPort, logoutPort: logoutPort)
      servers = [provider, nginx]
      try await nginx.waitForPort(port)
      _ = try await eventually("Glewlwyd is set up") { try Self.text(provider.log).contains("ready") ? true : nil }
    }

    deinit {
      for server in servers { server.stop() }
      listener.close(promise: nil)
      client.shutdown { _ in }
    }

    private static let scripts = "\(RepositoryFile.root)/Tests/PosternServiceTests/RealThings"

    private static func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private static func client(trusting certificate: String) -> HTTPClient {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .file(certificate)
      var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
      configuration.dnsOverride = ["id.localhost": "127.0.0.1"]
      return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Glewlwyd trusts no certificate of ours: what it tells the gate comes without TLS, and nginx says the rest.
    private static func startNginx(
      _ folder: TestFolder, port: Int, providerPort: Int, logoutPort: Int
    ) throws -> ServerProcess {
      try NginxFixture.start(
        in: folder, http: "ssl_certificate certificate.pem; ssl_certificate_key key.pem;",
        servers: """
          server {
            listen 127.0.0.1:\(port) ssl; server_name id.localhost;
            location / { proxy_pass http://127.0.0.1:\(providerPort); proxy_set_header Host $http_host; }
          }
          server {
            listen 127.0.0.1:\(logoutPort);
            location / {
              rewrite ^ /answer break;
              proxy_pass http://postern;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header X-Postern-Method $request_method;
              proxy_set_header X-Postern-Scheme https;
              proxy_set_header X-Postern-Host login.example.com;
              proxy_set_header X-Postern-URI $request_uri;
              proxy_set_header X-Postern-Client $remote_addr;
            }
          }
          """)
    }

    /// What a person of this name does at Glewlwyd, and where that leads.
    private func person(_ name: String, _ arguments: String...) async throws -> String {
      let own = try TestFolder()
      let process = try ServerProcess(
        "python3", ["\(Self.scripts)/person.py", folder.path("\(name).cookies")] + arguments, in: own,
        environment: ["SSL_CERT_FILE": folder.path("certificate.pem")])
      return try await eventually("\(name): \(arguments[0])") {
        let text = try Self.text(process.log)
        if text.contains("Traceback") { throw FixtureFault(description: text) }
        return text.hasSuffix("\n") ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
      }
    }

    /// From an app to the provider and back to it: what the browser is sent to the app's host with, and how often it was sent to the provider.
    func signIn(_ name: String, _ visitor: LoginTests.Visitor) async throws -> (
      headers: [(String, String)], logins: Int
    ) {
      var location = try #require(await visitor.open("https://payroll.example.com/runs").headers["location"])
      location = try #require(await visitor.open(location).headers["location"])
      var logins = 0
      while location.hasPrefix(issuer) && logins < 3 {
        logins += 1
        let callback = try await person(name, "login", location, name, "correct horse")
        location = try #require(await visitor.open(callback).headers["location"], "\(callback)")
      }
      #expect(await visitor.open(location).headers["location"] == "https://payroll.example.com/runs")
      return (TestClient.script + [("Cookie", visitor.cookie(for: "https://payroll.example.com/"))], logins)
    }

    func signOut(_ name: String) async throws { _ = try await person(name, "logout", issuer) }
  }

  @Test("a session that ends at the provider is over here, by its logout token, and nobody else's is")
  func backChannelLogout() async throws {
    let fixture = try await Fixture()
    let (ann, logins) = try await fixture.signIn("ann", fixture.visitor)
    // It states 1970 as the time of every authentication, which is none: it is asked for a login.
    #expect(logins == 2)
    let other = LoginTests.Visitor(gate: fixture.gate, provider: fixture.visitor.provider)
    let (bob, _) = try await fixture.signIn("bob", other)
    for headers in [ann, bob] { #expect(await fixture.gate.ask(headers: headers).status == 200) }
    try await fixture.signOut("ann")
    _ = try await eventually("the logout token has come") {
      await fixture.gate.ask(headers: ann).reason == "noCredential" ? true : nil
    }
    #expect(await fixture.gate.ask(headers: bob).status == 200)
  }

  @Test("an account is asked for by refresh tokens that are good for one use")
  func revalidation() async throws {
    let fixture = try await Fixture()
    let (headers, _) = try await fixture.signIn("ann", fixture.visitor)
    for _ in 0..<3 {
      fixture.gate.clock.advance(seconds: 120)
      #expect(await fixture.gate.ask(headers: headers).status == 200)
    }
  }
}
