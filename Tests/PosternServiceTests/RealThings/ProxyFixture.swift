// A proxy in front of an app that says what reached it, with a gate in this process whose clock the test moves. The proxies are real, and
// configured with the recipes of docs/recipes as they are.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import PosternService

/// A proxy that runs here.
enum Proxy: String, CaseIterable, CustomTestStringConvertible {
  case nginx, caddy, envoy
  case envoyGRPC = "Envoy over gRPC"

  var dialect: ProxyDialect {
    switch self {
    case .nginx: .nginx
    case .caddy: .caddy
    case .envoy, .envoyGRPC: .envoy
    }
  }

  var testDescription: String { rawValue }
}

/// The app behind the proxy: answers every request with what it was.
struct EchoResponder: RequestResponder {
  func respond(_ request: ListenerRequest) -> Outcome {
    var answer = Answer(allow: "echo")
    var headers: [String: JSON] = [:]
    for field in request.headers.fields {
      headers[field.name] = .list((headers[field.name]?.texts ?? []).map(JSON.text) + [.text(field.value)])
    }
    answer.setJSON(
      .object(["method": .text(request.method), "target": .text(request.target), "headers": .object(headers)]))
    return .now(answer)
  }
}

/// What a client got.
struct Received {
  var status: Int
  var headers: HTTPHeaders
  var body: [UInt8]

  /// What the app says it was sent; nil where the answer is not the app's.
  var echo: JSON? {
    headers.contains(name: "x-goog-iap-generated-response")
      ? nil : JSON(body).flatMap { $0["target"] == nil ? nil : $0 }
  }

  /// The values of a header that reached the app.
  func appHeader(_ name: String) -> [String] { echo?["headers"]?[name]?.texts ?? [] }
}

/// A proxy with a gate and an app.
final class ProxyFixture {
  let gate: TestGate
  let proxy: Proxy
  private let folder: TestFolder
  private var server: ServerProcess?
  private var channels: [any Channel] = []
  private var authorization: Task<Void, any Error>?
  private(set) var port = 0
  private let group = MultiThreadedEventLoopGroup.singleton

  init(_ proxy: Proxy, gate: TestGate) async throws {
    self.gate = gate
    self.proxy = proxy
    folder = try TestFolder()
    let app = try await HTTPServer.bind(.tcp(host: "127.0.0.1", port: 0), group: group, EchoResponder())
    // Envoy's clusters name an address; the others are asked over a Unix socket.
    let address: ListenAddress =
      proxy.dialect == .envoy ? .tcp(host: "127.0.0.1", port: 0) : .unix(path: folder.path("gate.sock"))
    let listener = try await HTTPServer.bind(
      address, group: group, ProxyResponder(gate: gate.gate, dialect: proxy.dialect))
    channels = [app, listener]
    port = try await FreePort.next()
    let appPort = app.localAddress?.port ?? 0
    switch proxy {
    case .nginx: try startNginx(appPort: appPort)
    case .caddy: try startCaddy(appPort: appPort)
    case .envoy, .envoyGRPC:
      var grpcPort = 0
      if proxy == .envoyGRPC {
        let server = EnvoyServer(.tcp(host: "127.0.0.1", port: 0), gate.gate)
        authorization = Task { try await server.run() }
        grpcPort = try await server.port ?? 0
      }
      try startEnvoy(appPort: appPort, gatePort: listener.localAddress?.port ?? 0, grpcPort: grpcPort)
    }
    try await server?.waitForPort(port)
  }

  deinit {
    server?.stop()
    authorization?.cancel()
    for channel in channels { channel.close(promise: nil) }
  }

  private func startNginx(appPort: Int) throws {
    // As docs/service.md, "Attributes", says it.
    let attribute = try RepositoryFile.text("docs/service.md").split(separator: "\n")
      .filter { $0.hasPrefix("    auth_request_set") || $0.hasPrefix("    proxy_set_header") }.joined()
    server = try NginxFixture.start(
      in: folder,
      servers: """
        server { listen 127.0.0.1:\(port); server_name login.example.com; include postern-login.conf; }
        server {
          listen 127.0.0.1:\(port) default_server;
          include postern-server.conf;
          location / { include postern-location.conf; \(attribute) proxy_pass http://127.0.0.1:\(appPort); }
        }
        """)
  }

  private func startCaddy(appPort: Int) throws {
    let recipe = try RepositoryFile.text("docs/recipes/caddy/postern.caddyfile")
    try folder.write(
      "postern.caddyfile",
      recipe.replacingOccurrences(
        of: "request_header -Proxy-Authorization",
        with: """
          request_header -Proxy-Authorization
          request_header X-Goog-Iap-Attr-Department {http.reverse_proxy.header.X-Goog-Iap-Attr-Department}
          """))
    try folder.write(
      "Caddyfile",
      """
      {
        admin off
        auto_https off
      }
      import postern.caddyfile
      http://login.example.com:\(port) {
        bind 127.0.0.1
        import postern_login unix/\(folder.path("gate.sock"))
      }
      http://:\(port) {
        bind 127.0.0.1
        route {
          import postern_app unix/\(folder.path("gate.sock"))
          reverse_proxy 127.0.0.1:\(appPort)
        }
      }
      """)
    server = try ServerProcess(
      "caddy", ["run", "--config", folder.path("Caddyfile"), "--adapter", "caddyfile"], in: folder,
      environment: ["HOME": folder.root, "XDG_DATA_HOME": folder.root, "XDG_CONFIG_HOME": folder.root])
  }

  private func startEnvoy(appPort: Int, gatePort: Int, grpcPort: Int) throws {
    let recipe = proxy == .envoyGRPC ? "envoy-grpc" : "envoy"
    var configuration = try RepositoryFile.text("docs/recipes/envoy/\(recipe).yaml")
    let ports = [("LISTEN_PORT", port), ("APP_PORT", appPort), ("GATE_PORT", gatePort), ("GRPC_PORT", grpcPort)]
    for (name, value) in ports {
      configuration = configuration.replacingOccurrences(of: "${\(name)}", with: String(value))
    }
    try folder.write("envoy.yaml", configuration)
    let program = "\(RepositoryFile.root)/.build-service/lib/python3.11/site-packages/envoy/_bin/envoy"
    server = try ServerProcess(
      program,
      ["-c", folder.path("envoy.yaml"), "--concurrency", "1", "--disable-hot-restart", "--log-level", "error"],
      in: folder)
  }

  /// Follows nothing: what the proxy says is what is looked at.
  private static let client = HTTPClient(
    eventLoopGroupProvider: .singleton, configuration: HTTPClient.Configuration(redirectConfiguration: .disallow))

  /// Asks the proxy as a client would.
  func ask(
    _ method: String = "GET", _ url: String = "https://payroll.example.com/runs", headers: [(String, String)] = []
  ) async throws -> Received {
    let rest = url.dropFirst("https://".count)
    let host = String(rest.prefix { $0 != "/" })
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(rest.dropFirst(host.count))")
    request.method = HTTPMethod(rawValue: method)
    request.headers.add(name: "Host", value: host)
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    let response = try await Self.client.execute(request, timeout: .seconds(10))
    let body = try await response.body.collect(upTo: 1 << 20)
    return Received(status: Int(response.status.code), headers: response.headers, body: Array(body.readableBytesView))
  }
}
