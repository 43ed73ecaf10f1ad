// An authorization server for these tests, on loopback and over real HTTP, with one app beside it. What it gives and checks is what RFC 6749, 7636,
// 8628 and 7009 say; a test can change each answer. The real one is posternd's, in the integration tests. Refuses codes and refresh
// tokens that were used before.

import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A server that ends with the value.
final class StandInServer: Sendable {
  /// What it was asked.
  struct Request: Sendable {
    let path: String
    /// Of the query or of the form.
    let fields: [String: String]
    let authorization: String?
    let at = ContinuousClock.now
  }

  struct Reply: Sendable {
    var status = 200
    var body = "{}"
    var location: String?

    static func refusal(_ error: String, _ members: String = "") -> Reply {
      Reply(status: 400, body: #"{"error":"\#(error)"\#(members)}"#)
    }
  }

  struct State: Sendable {
    var requests: [Request] = []
    /// What it says at a path, one after the other, instead of the usual.
    var replies: [String: [Reply]] = [:]
    /// Members of the metadata that are others, or, where nil, missing.
    var metadata: [String: String?] = [:]
    /// Fields that the browser brings back, one set for each authorization, instead of the usual.
    var brought: [[String: String?]] = []
    var accessSeconds = 300
    /// How long it takes to refresh: processes meet meanwhile.
    var refreshMilliseconds: Int64 = 0
    /// The answer to a device, beside the usual.
    var device = #""interval":0,"expires_in":60"#
    /// Command lines that held a token while the app was called.
    var exposed: [String] = []
    /// Command lines that held the app's address then: curl's own.
    var callers: [String] = []

    fileprivate var refreshToken: String?
    fileprivate var tokenCount = 0
    fileprivate var codes: [String: [String: String]] = [:]
  }

  let state = Mutex(State())
  private let channel: any Channel
  let port: Int
  private let isEncrypted: Bool

  /// - Parameter security: its certificate and key, where it is one of https.
  init(security: NIOSSLContext? = nil) throws {
    isEncrypted = security != nil
    let responder = Responder()
    channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let security { try pipeline.addHandler(NIOSSLServerHandler(context: security)) }
          try pipeline.configureHTTPServerPipeline()
          try pipeline.addHandler(NIOHTTPServerRequestAggregator(maxContentLength: 1 << 20))
          try pipeline.addHandler(ReplyHandler(responder))
        }
      }.bind(host: "127.0.0.1", port: 0).wait()
    port = channel.localAddress?.port ?? 0
    responder.server.withLock { $0 = WeakServer(server: self) }
  }

  deinit { channel.close(promise: nil) }

  var issuer: String { isEncrypted ? "https://localhost:\(port)" : "http://127.0.0.1:\(port)" }

  func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

  /// What it was asked at a path.
  func requests(_ path: String) -> [Request] { state.withLock { $0.requests.filter { $0.path == path } } }

  // MARK: what it says

  fileprivate func reply(_ request: Request) -> (Reply, delayMilliseconds: Int64) {
    let cmdlines = request.path == "/app" ? Self.commandLines() : []
    return state.withLock { state in
      state.requests.append(request)
      if let reply = state.replies[request.path]?.first {
        state.replies[request.path]?.removeFirst()
        return (reply, 0)
      }
      switch request.path {
      case "/.well-known/oauth-authorization-server": return (metadata(state), 0)
      case "/authorize": return (authorize(request, &state), 0)
      case "/token": return (token(request, &state), state.refreshMilliseconds)
      case "/device_authorization": return (device(state), 0)
      case "/revoke":
        if request.fields["token"] == state.refreshToken { state.refreshToken = nil }
        return (Reply(body: ""), 0)
      case "/app":
        state.exposed += cmdlines.filter { $0.contains(/access-\d/) }
        state.callers += cmdlines.filter { $0.contains(":\(port)/app") }
        return (Reply(body: "the app saw \(request.authorization ?? "no token")\n"), 0)
      default: return (Reply(status: 404, body: "nothing is here"), 0)
      }
    }
  }

  private func metadata(_ state: State) -> Reply {
    var members: [String: String?] = [
      "issuer": #""\#(issuer)""#, "authorization_endpoint": #""\#(issuer)/authorize""#,
      "token_endpoint": #""\#(issuer)/token""#, "revocation_endpoint": #""\#(issuer)/revoke""#,
      "device_authorization_endpoint": #""\#(issuer)/device_authorization""#,
      "code_challenge_methods_supported": #"["S256"]"#, "authorization_response_iss_parameter_supported": "true",
    ]
    members.merge(state.metadata) { $1 }
    let texts = members.compactMap { name, text in text.map { "\"\(name)\":\($0)" } }
    return Reply(body: "{\(texts.joined(separator: ","))}")
  }

  private func device(_ state: State) -> Reply {
    Reply(
      body: """
        {"device_code":"device-secret","user_code":"WDJB-MJHT","verification_uri":"\(issuer)/device",
        "verification_uri_complete":"\(issuer)/device?user_code=WDJB-MJHT",\(state.device)}
        """)
  }

  private func authorize(_ request: Request, _ state: inout State) -> Reply {
    let code = "code-\(state.codes.count)"
    state.codes[code] = request.fields
    var brought: [String: String?] = ["code": code, "state": request.fields["state"], "iss": issuer]
    if !state.brought.isEmpty { brought.merge(state.brought.removeFirst()) { $1 } }
    let query = brought.compactMap { name, text in text.map { "\(name)=\($0)" } }.joined(separator: "&")
    return Reply(status: 302, location: "\(request.fields["redirect_uri"] ?? "")?\(query)")
  }

  private func token(_ request: Request, _ state: inout State) -> Reply {
    let fields = request.fields
    guard fields["client_id"] != nil else { return .refusal("invalid_client") }
    switch fields["grant_type"] {
    case "authorization_code":
      guard let asked = state.codes.removeValue(forKey: fields["code"] ?? ""),
        asked["redirect_uri"] == fields["redirect_uri"], asked["client_id"] == fields["client_id"],
        asked["code_challenge_method"] == "S256",
        asked["code_challenge"] == Self.challenge(fields["code_verifier"] ?? "")
      else { return .refusal("invalid_grant") }
      return grant(&state)
    case "refresh_token":
      guard let token = fields["refresh_token"], token == state.refreshToken else { return .refusal("invalid_grant") }
      return grant(&state)
    case "urn:ietf:params:oauth:grant-type:device_code":
      return fields["device_code"] == "device-secret" ? grant(&state) : .refusal("invalid_grant")
    default: return .refusal("unsupported_grant_type")
    }
  }

  private func grant(_ state: inout State) -> Reply {
    state.tokenCount += 1
    state.refreshToken = "refresh-\(state.tokenCount)"
    return Reply(
      body: """
        {"access_token":"access-\(state.tokenCount)","token_type":"Bearer","expires_in":\(state.accessSeconds),
        "refresh_token":"refresh-\(state.tokenCount)"}
        """)
  }

  private static func challenge(_ verifier: String) -> String {
    Data(SHA256.hash(data: Data(verifier.utf8))).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// The command lines of all processes, as every user of this machine sees them.
  private static func commandLines() -> [String] {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.filter { Int($0) != nil }.compactMap { process in
      FileManager.default.contents(atPath: "/proc/\(process)/cmdline").map { String(decoding: $0, as: UTF8.self) }
    }
  }
}

private struct WeakServer: Sendable { weak let server: StandInServer? }

/// Knows the server once there is one.
private final class Responder: Sendable {
  let server = Mutex(WeakServer(server: nil))
}

/// Reads requests and writes replies.
private final class ReplyHandler: ChannelInboundHandler {
  typealias InboundIn = NIOHTTPServerRequestFull
  typealias OutboundOut = HTTPServerResponsePart

  private let responder: Responder

  init(_ responder: Responder) { self.responder = responder }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let request = unwrapInboundIn(data)
    guard let server = responder.server.withLock({ $0.server }) else { return context.close(promise: nil) }
    let parts = request.head.uri.split(separator: "?", maxSplits: 1).map(String.init)
    let form = request.body.map { String(buffer: $0) } ?? ""
    let (reply, delay) = server.reply(
      StandInServer.Request(
        path: parts[0], fields: Self.fields(request.head.method == .POST ? form : parts.count == 2 ? parts[1] : ""),
        authorization: request.head.headers.first(name: "authorization")))
    let channel = context.channel
    channel.eventLoop.scheduleTask(in: .milliseconds(delay)) { Self.write(reply, to: channel) }
  }

  private static func write(_ reply: StandInServer.Reply, to channel: any Channel) {
    var headers = HTTPHeaders([("content-length", String(reply.body.utf8.count)), ("connection", "close")])
    if let location = reply.location { headers.add(name: "location", value: location) }
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: reply.status), headers: headers)
    channel.write(HTTPServerResponsePart.head(head), promise: nil)
    channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: reply.body))), promise: nil)
    channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in channel.close(promise: nil) }
  }

  private static func fields(_ text: String) -> [String: String] {
    var components = URLComponents()
    components.percentEncodedQuery = text.replacing("+", with: "%20")
    return (components.queryItems ?? []).reduce(into: [:]) { $0[$1.name] = $1.value ?? "" }
  }
}
