// Everything at once, as `make demo` has it: Chromium, nginx with TLS, a gate in this process, Canaille as the login provider, an app. The
// clocks of gate and provider are the machine's with so many seconds added, so that a test need not wait for a timeout.

import AsyncHTTPClient
import CPostern
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import Testing

@testable import PosternService

/// A browser in front of it all.
final class BrowserFixture {
  /// What the browser shows.
  struct Shown {
    let json: JSON
    var url: String { json["url"]?.text ?? "" }
    var text: String { json["text"]?.text ?? "" }
    var title: String { json["title"]?.text ?? "" }
    var status: Int64 { json["status"]?.int ?? 0 }
  }

  let gate: Gate
  let port: Int
  /// Where the app is, for whoever needs not go through nginx.
  private(set) var appPort = 0
  private let folder: TestFolder
  private var servers: [ServerProcess] = []
  private var channels: [any Channel] = []
  private let driverPort: Int
  private let providerPort: Int
  private let client: HTTPClient
  private let group = MultiThreadedEventLoopGroup.singleton
  private static let python = "\(RepositoryFile.root)/.build-service/bin/python"
  private static let scripts = "\(RepositoryFile.root)/Tests/PosternServiceTests/RealThings"

  /// - Parameters:
  ///   - apps: what stands in each app's document beside name, route and access.
  ///   - organization: changes the organization's document, given the port that browsers see.
  ///   - documents: more of the policy's files, given that port.
  init(
    apps: [String: String], organization: (String, Int) -> String = { text, _ in text },
    documents: (Int) -> [String: String] = { _ in [:] }
  ) async throws {
    folder = try TestFolder()
    port = try await FreePort.next()
    driverPort = try await FreePort.next()
    providerPort = try await FreePort.next()
    try Self.makeCertificate(folder)
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = .file(folder.path("certificate.pem"))
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
    configuration.dnsOverride = ["id.localhost": "127.0.0.1", "platform.localhost": "127.0.0.1"]
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    var settings = GateSettings(
      loginHost: "login.localhost", publicPort: port, sealingKeys: [Sealer.newKey()], assertionKeys: [AssertionKey()])
    settings.providers["people"] = ProviderSettings(
      clientSecret: "secret", scopes: ["openid", "email", "profile", "groups"], groupsClaim: nil, vouchesForEmails: true
    )
    var log = Logger(label: "test")
    log.logLevel = .critical
    var files = Self.policy(apps, port: port)
    files["organization.yaml"] = organization(files["organization.yaml"] ?? "", port)
    files.merge(documents(port)) { $1 }
    let bundle = try TestPolicy.bundle(files)
    let offset = Offset()
    self.offset = offset
    gate = Gate(
      settings, policy: try GatePolicy(bundle), store: MemorySessionStore(), transport: ProviderHTTP(client: client),
      clock: GateClock { GateClock.system.now + offset.milliseconds }, log: log)
    try await start(apps: apps)
  }

  /// How far gate and provider are ahead.
  private final class Offset: Sendable {
    private let value = Mutex<Int64>(0)
    var milliseconds: Int64 { value.withLock { $0 } }
    func add(_ milliseconds: Int64) { value.withLock { $0 += milliseconds } }
  }

  private let offset: Offset

  private static func policy(_ apps: [String: String], port: Int) -> [String: String] {
    var files = [
      "organization.yaml": TestPolicy.organization.replacing(
        "https://id.example.com", with: "https://id.localhost:\(port)")
    ]
    for (name, rest) in apps {
      files["\(name).yaml"] = """
        kind: App
        name: \(name)
        routes: [\(name).localhost/]
        iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["user:ann@example.com"]}]}
        \(rest)
        """
    }
    return files
  }

  static func makeCertificate(_ folder: TestFolder) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
      "/CN=localhost", "-addext",
      "subjectAltName=DNS:id.localhost,DNS:login.localhost,DNS:payroll.localhost,DNS:*.localhost", "-keyout",
      folder.path("key.pem"),
      "-out",
      folder.path("certificate.pem"),
    ]
    process.standardError = FileHandle.nullDevice
    let hasEnded = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in hasEnded.signal() }
    try process.run()
    hasEnded.wait()
    if process.terminationStatus != 0 { throw FixtureFault(description: "openssl made no certificate") }
  }

  private func start(apps: [String: String]) async throws {
    let app = try await HTTPServer.bind(.tcp(host: "127.0.0.1", port: 0), group: group, PageResponder())
    let listener = try await HTTPServer.bind(
      .unix(path: folder.path("gate.sock")), group: group, ProxyResponder(gate: gate, dialect: .nginx))
    let platform = try await HTTPServer.bind(
      .tcp(host: "127.0.0.1", port: 0), group: group, PlatformResponder(port: port))
    channels = [app, listener, platform]
    appPort = app.localAddress?.port ?? 0
    let provider = try ServerProcess(
      Self.python,
      [
        "\(RepositoryFile.root)/demo/gate/provider.py", String(providerPort), "id.localhost:\(port)",
        "https://login.localhost:\(port)/callback/people",
      ], in: folder)
    let nginx = try startNginx(
      appPort: app.localAddress?.port ?? 0, platformPort: platform.localAddress?.port ?? 0, apps: apps.keys.sorted())
    let browser = try ServerProcess(
      Self.python, ["\(Self.scripts)/browser.py", String(driverPort), "/usr/bin/chromium"], in: folder)
    servers = [provider, nginx, browser]
    try await nginx.waitForPort(port)
    try await provider.waitForPort(providerPort)
    try await browser.waitForPort(driverPort)
  }

  private func startNginx(appPort: Int, platformPort: Int, apps: [String]) throws -> ServerProcess {
    let names = apps.map { "\($0).localhost" }.joined(separator: " ")
    return try NginxFixture.start(
      in: folder, http: "ssl_certificate certificate.pem; ssl_certificate_key key.pem;",
      servers: """
        server {
          listen 127.0.0.1:\(port) ssl; server_name id.localhost;
          location / {
            proxy_pass http://127.0.0.1:\(providerPort);
            proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto https;
          }
        }
        server {
          listen 127.0.0.1:\(port) ssl; server_name platform.localhost welcome.localhost;
          location / { proxy_pass http://127.0.0.1:\(platformPort); }
        }
        server { listen 127.0.0.1:\(port) ssl; server_name login.localhost; include postern-login.conf; }
        server {
          listen 127.0.0.1:\(port) ssl default_server; server_name \(names);
          include postern-server.conf;
          location / { include postern-location.conf; proxy_pass http://127.0.0.1:\(appPort); }
        }
        """)
  }

  deinit {
    for server in servers { server.stop() }
    for channel in channels { channel.close(promise: nil) }
    client.shutdown { _ in }
  }

  // MARK: what a test does

  /// The certificate of all hosts here.
  var certificate: String { folder.path("certificate.pem") }

  /// Another program of ours in Python.
  func startPython(_ script: String, _ arguments: [String]) throws -> ServerProcess {
    try ServerProcess(Self.python, ["\(Self.scripts)/\(script)"] + arguments, in: folder)
  }

  func url(_ app: String, _ target: String = "/") -> String { "https://\(app).localhost:\(port)\(target)" }

  /// Both clocks go ahead.
  func advance(seconds: Int64) async throws {
    offset.add(seconds * 1_000)
    let total = offset.milliseconds / 1_000
    _ = try await HTTPClient.shared.get(url: "http://127.0.0.1:\(providerPort)/_test/clock?seconds=\(total)").get()
  }

  /// The provider locks an account.
  func lock(_ user: String) async throws {
    _ = try await HTTPClient.shared.get(url: "http://127.0.0.1:\(providerPort)/_test/lock?user=\(user)").get()
  }

  /// Tells the browser to do something.
  @discardableResult
  func browser(_ name: String, _ values: [String: String] = [:]) async throws -> Shown {
    Shown(json: try await PythonProgram.tell(driverPort, name, values))
  }
}

/// Programs of ours in Python, which do what POST requests with JSON tell them.
enum PythonProgram {
  static func tell(_ port: Int, _ name: String, _ values: [String: String]) async throws -> JSON {
    var command = values.mapValues(JSON.text)
    command["do"] = .text(name)
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/")
    request.method = .POST
    request.body = .bytes(ByteBuffer(bytes: JSON.object(command).bytes))
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(40))
    let body = Array(try await response.body.collect(upTo: 1 << 22).readableBytesView)
    guard response.status == .ok, let json = JSON(body) else {
      throw FixtureFault(description: "\(name): \(String(decoding: body, as: UTF8.self))")
    }
    return json
  }
}

/// An app with a page that asks itself something.
struct PageResponder: RequestResponder {
  func respond(_ request: ListenerRequest) -> Outcome {
    var answer = Answer(allow: "page")
    let who = request.headers["x-goog-authenticated-user-email"] ?? "nobody"
    answer.setBody(
      "<!doctype html><title>App</title><p>\(who)</p><p>\(request.target)</p><input id=draft>",
      type: "text/html; charset=utf-8")
    return .now(answer)
  }
}
