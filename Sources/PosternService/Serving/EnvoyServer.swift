// Envoy's `ext_authz` over gRPC: Envoy says each fact in a field of its own, and takes the whole answer, pages and redirects too. Refuses a
// request without raw headers: where lines are joined, nobody can tell a repeated credential.

internal import EnvoyAuthorization
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import Logging
internal import ServiceLifecycle

/// Answers Envoy over gRPC.
struct EnvoyAuthorization: Envoy_Service_Auth_V3_Authorization.SimpleServiceProtocol {
  let gate: Gate
  var peers: TrustedPeers?

  func check(
    request: Envoy_Service_Auth_V3_CheckRequest, context: ServerContext
  ) async throws -> Envoy_Service_Auth_V3_CheckResponse {
    if peers?.trusts(peer: context.remotePeer) == false {
      TrustedPeers.logStranger(context.remotePeer, gate.log)
      throw RPCError(code: .permissionDenied, message: "untrustedPeer")
    }
    let client: ClientRequest
    do throws(WireFault) {
      client = try ClientRequest(request.attributes)
    } catch {
      gate.log.warning("a proxy's request cannot be read", metadata: ["error": "\(error.sentence)"])
      return response(Answer(generated: 403, reason: "malformedRequest"), nil)
    }
    switch gate.answer(client) {
    case .now(let answer): return response(answer, client)
    case .later(let work): return response(await work(), client)
    }
  }

  private func response(_ answer: Answer, _ client: ClientRequest?) -> Envoy_Service_Auth_V3_CheckResponse {
    gate.counters.count(answer)
    var response = Envoy_Service_Auth_V3_CheckResponse()
    if answer.isAllow, let client {
      response.status.code = 0
      response.okResponse = .init(answer, client)
    } else {
      response.status.code = Int32(RPCError.Code.permissionDenied.rawValue)
      response.deniedResponse = .init(answer)
    }
    return response
  }
}

extension ClientRequest {
  /// What Envoy says that a client asked.
  ///
  /// - Throws: what is missing, or disguised.
  init(_ context: Envoy_Service_Auth_V3_AttributeContext) throws(WireFault) {
    let http = context.request.http
    let address = context.source.address.socketAddress.address
    for (value, what) in [(http.method, "method"), (http.scheme, "scheme"), (http.host, "host"), (address, "address")]
    where value.isEmpty { throw .missing(what) }
    if http.headerMap.headers.isEmpty { throw .missing("header_map (encode_raw_headers)") }
    var headers = Headers()
    for field in http.headerMap.headers where !field.key.hasPrefix(":") {
      let value = field.rawValue.isEmpty ? field.value : String(decoding: field.rawValue, as: UTF8.self)
      switch HeaderOrigin(field.key) {
      // A forged one is removed again, with all of its prefix.
      case .client, .forged: headers.add(field.key, value)
      case .disguised: throw .disguised(field.key)
      case .forwarding: continue
      }
    }
    self.init(method: http.method, scheme: http.scheme, host: http.host, clientAddress: address, headers: headers)
    if !setTarget(http.path) { throw .badTarget }
  }
}

extension Envoy_Service_Auth_V3_HeaderValueOption {
  fileprivate init(_ name: String, _ value: String, _ action: AppendAction) {
    self.init()
    header.key = name
    header.value = value
    appendAction = action
  }
}

extension Envoy_Service_Auth_V3_OkHttpResponse {
  /// Each identity header is set or removed by name, whatever the client sent.
  fileprivate init(_ answer: Answer, _ client: ClientRequest) {
    self.init()
    var removed: Set = ["proxy-authorization", "http2-settings"]
    removed.formUnion(client.headers.fields.map(\.name).filter { $0.hasPrefix(IdentityHeader.prefix) })
    for field in answer.forApp {
      if field.value.isEmpty {
        removed.insert(field.name)
      } else {
        headers.append(.init(field.name, field.value, .overwriteIfExistsOrAdd))
        removed.remove(field.name)
      }
    }
    headersToRemove = removed.sorted()
  }
}

extension Envoy_Service_Auth_V3_DeniedHttpResponse {
  fileprivate init(_ answer: Answer) {
    self.init()
    status.code = Int32(answer.status)
    headers = answer.headers.fields.map { field in
      .init(field.name, field.value, field.name == "set-cookie" ? .appendIfExistsOrAdd : .overwriteIfExistsOrAdd)
    }
    body = String(decoding: answer.body, as: UTF8.self)
  }
}

/// Listens for Envoy's gRPC until it is told to stop.
struct EnvoyServer: Service {
  private let server: GRPCServer<HTTP2ServerTransport.Posix>

  init(_ address: ListenAddress, _ gate: Gate, peers: TrustedPeers? = nil) {
    let socket: GRPCNIOTransportCore.SocketAddress =
      switch address {
      case .unix(let path): .unixDomainSocket(path: path)
      case .tcp(let host, let port): host.contains(":") ? .ipv6(host: host, port: port) : .ipv4(host: host, port: port)
      }
    server = GRPCServer(
      transport: .http2NIOPosix(address: socket, transportSecurity: .plaintext),
      services: [EnvoyAuthorization(gate: gate, peers: peers)])
  }

  /// The port that it listens on, once it does; nil where that is a Unix socket.
  var port: Int? {
    get async throws {
      let address = try await server.listeningAddress
      return address?.ipv4?.port ?? address?.ipv6?.port
    }
  }

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await server.serve()
    } onGracefulShutdown: {
      server.beginGracefulShutdown()
    }
  }
}
