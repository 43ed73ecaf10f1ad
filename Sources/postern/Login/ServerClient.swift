// HTTP to an authorization server. Bounded in time and size; follows no redirect, for what the server's metadata names is asked there and
// nowhere else. Refuses answers beyond 1 MiB, and never says what was sent: it holds secrets.

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import PosternCompiler

/// What a server says.
struct ServerAnswer {
  let status: Int
  let body: [UInt8]
}

/// A server gave no answer.
struct ServerUnreachable: Error, CustomStringConvertible {
  let address: String
  let reason: String

  var description: String { "cannot ask \(address): \(reason)" }
}

/// Asks servers.
final class ServerClient {
  private static let byteLimit = 1 << 20
  private static let timeoutSeconds: Int64 = 30

  /// Follows no redirect, and trusts the system's roots, or those of `SSL_CERT_FILE`.
  private static func client(for address: SecureAddress) -> HTTPClient {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = .seconds(10)
    configuration.connectionPool.retryConnectionEstablishment = false
    if let path = Environment.value("SSL_CERT_FILE") {
      var security = TLSConfiguration.makeClientConfiguration()
      security.trustRoots = .file(path)
      configuration.tlsConfiguration = security
    }
    // Names below `localhost` are this machine (RFC 6761, 6.3); the C library does not know it.
    if address.host.hasSuffix(".localhost") { configuration.dnsOverride[address.host] = "127.0.0.1" }
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  func get(_ address: SecureAddress) throws -> ServerAnswer { try ask(address, .GET, form: nil) }

  func post(_ address: SecureAddress, _ form: [(String, String)]) throws -> ServerAnswer {
    try ask(address, .POST, form: FormText.text(form))
  }

  private func ask(_ address: SecureAddress, _ method: HTTPMethod, form: String?) throws -> ServerAnswer {
    let client = Self.client(for: address)
    defer { try? client.syncShutdown() }
    do {
      var headers = HTTPHeaders([("accept", "application/json"), ("user-agent", "postern/\(Compiler.version)")])
      if form != nil { headers.add(name: "content-type", value: "application/x-www-form-urlencoded") }
      let request = try HTTPClient.Request(
        url: address.text, method: method, headers: headers, body: form.map { .string($0) })
      let taken = ResponseAccumulator(request: request, maxBodySize: Self.byteLimit)
      let deadline = NIODeadline.now() + .seconds(Self.timeoutSeconds)
      let response = try client.execute(request: request, delegate: taken, deadline: deadline).wait()
      let body = response.body.map { Array($0.readableBytesView) } ?? []
      return ServerAnswer(status: Int(response.status.code), body: body)
    } catch {
      throw ServerUnreachable(address: address.text, reason: Self.sentence(error))
    }
  }

  private static func sentence(_ error: any Error) -> String {
    switch error {
    case let error as IOError: SystemError.text(error.errnoCode)
    case let error as NIOConnectionError:
      error.connectionErrors.first.map { sentence($0.error) } ?? "its name leads to no address"
    case let error as HTTPClientError
    where [.deadlineExceeded, .connectTimeout, .readTimeout].contains(error):
      "no answer within \(timeoutSeconds) seconds"
    case is ResponseAccumulator.ResponseTooBigError: "its answer is larger than \(byteLimit >> 20) MiB"
    default: Wording.printable("\(error)")
    }
  }
}
