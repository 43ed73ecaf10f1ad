// Requests that the gate carries itself, so that WebSockets and event streams end with their session (the gate's rules, "Sessions"). Each is
// decided as any request is, and is activity; what is sent afterwards is none. Refuses to change to any other protocol, and apps that it was
// not told the address of.

internal import CPostern
internal import Logging
internal import NIOHTTP1
internal import Synchronization

extension Gate {
  /// What becomes of a request that is to be carried.
  ///
  /// - Parameter framing: the header that says where its body ends; nil where it has none.
  func tunnel(_ request: ClientRequest, _ framing: Headers.Field? = nil) async -> TunnelOutcome {
    guard let kind = Self.kind(of: request) else { return .refused(Answer(generated: 426, reason: "notCarried")) }
    let answer = await settled(answer(request))
    guard answer.isAllow else { return .refused(answer) }
    guard let app = app(of: request, policy), let address = settings.apps[app.name] else {
      log.warning("a request to carry, for an app without an address", metadata: ["host": "\(request.hostName)"])
      return .refused(Answer(generated: 502, reason: "noAppAddress"))
    }
    var head = Self.head(request, answer, kind)
    if kind == .eventStream, let framing {
      // The last coding of a request's body is chunked, in any case of letters (RFC 9112, 6.1); the encoder looks for one.
      head.headers.add(name: framing.name, value: framing.name == "transfer-encoding" ? "chunked" : framing.value)
    }
    let watch = TunnelWatch(self, request, tellsWho: answer.headers[IdentityHeader.subject]?.isEmpty == false)
    return .open(TunnelPlan(kind: kind, app: address, head: head) { await watch.isOver() })
  }

  /// Which requests are sent here is the recipe's to say; nil where the gate cannot carry one.
  private static func kind(of request: ClientRequest) -> TunnelPlan.Kind? {
    if !request.headers.contains("upgrade") { return .eventStream }
    // The app hears a GET (RFC 6455, 4.1): what is decided must be one.
    return isWebSocket(request) && request.method == "GET" ? .webSocket : nil
  }

  private func settled(_ outcome: Outcome) async -> Answer {
    switch outcome {
    case .now(let answer): answer
    case .later(let work): await work()
    }
  }

  /// The client's request, with what the gate says of the client in place of what the client says.
  private static func head(_ request: ClientRequest, _ answer: Answer, _ kind: TunnelPlan.Kind) -> HTTPRequestHead {
    var headers = HTTPHeaders([("host", request.host)])
    switch kind {
    case .webSocket: headers.add(contentsOf: [("connection", "upgrade"), ("upgrade", "websocket")])
    case .eventStream: headers.add(name: "connection", value: "close")
    }
    // What the gate sets or deletes is never the client's.
    let ours = answer.forApp
    let names = ofConnection.union(ours.map(\.name))
    for field in request.headers.fields
    where !names.contains(field.name) && !field.name.hasPrefix(IdentityHeader.prefix) {
      headers.add(name: field.name, value: field.value)
    }
    for field in ours where !field.value.isEmpty {
      headers.add(name: field.name, value: field.value)
    }
    headers.add(name: "x-forwarded-proto", value: request.scheme)
    headers.add(name: "x-forwarded-host", value: request.host)
    if let address = request.clientAddress { headers.add(name: "x-forwarded-for", value: address) }
    return HTTPRequestHead(
      version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.target, headers: headers)
  }

  /// What is said of a connection, and not of a request (RFC 9110, 7.6.1); what else is, is the proxy's. Nobody here answers an `expect`.
  private static let ofConnection: Set<String> = [
    "upgrade", "proxy-authorization", "http2-settings", "keep-alive", "proxy-connection", "te", "trailer", "expect",
  ]
}

/// Whether what let a request in still holds.
///
/// It is asked four times a second of every tunnel: mostly it compares instants, and decides again where one has passed, where another bundle
/// decides, or where the session is not known to be what it was.
final class TunnelWatch: Sendable {
  private struct Standing {
    var until: Int64
    let policy: GatePolicy
    let live: LiveSession?
  }

  private let gate: Gate
  private let request: ClientRequest
  /// Whether the app was told who asks: then it holds no longer than the app would be told so again, though a page may be public.
  private let tellsWho: Bool
  private let standing = Mutex<Standing?>(nil)

  init(_ gate: Gate, _ request: ClientRequest, tellsWho: Bool) {
    self.gate = gate
    self.request = request
    self.tellsWho = tellsWho
  }

  func isOver() async -> Bool {
    if let standing = standing.withLock({ $0 }), holds(standing) { return false }
    let policy = gate.policy
    guard let (decided, live) = await gate.judge(request, policy),
      Int(decided.decision.verdict) == POSTERN_ALLOW, !tellsWho || decided.decision.identity_attached == 1
    else { return true }
    let checkAt = decided.decision.check_state_at
    let until = min(decided.decision.valid_until, checkAt == 0 ? .max : checkAt)
    standing.withLock { $0 = Standing(until: until, policy: policy, live: live ?? decided.caller.grantSession) }
    return false
  }

  private func holds(_ standing: Standing) -> Bool {
    if gate.clock.now >= standing.until || gate.policy !== standing.policy { return false }
    guard let live = standing.live else { return true }
    return !live.isEnded && gate.cache.session(live.key) === live
  }
}
