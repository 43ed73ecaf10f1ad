// Handshakes that the gate carries itself, so that a WebSocket ends with its session (the gate's rules, "Sessions"). The handshake is decided
// as any request is, and is activity; what is sent afterwards is none. Refuses what is no WebSocket's handshake, and apps that it was
// not told the address of.

internal import CPostern
internal import Logging
internal import NIOHTTP1
internal import Synchronization

extension Gate {
  /// What becomes of a handshake.
  func tunnel(_ request: ClientRequest) async -> TunnelOutcome {
    // The app hears a GET (RFC 6455, 4.1): what is decided must be one.
    guard Self.isWebSocket(request), request.method == "GET" else {
      return .refused(Answer(generated: 426, reason: "notAHandshake"))
    }
    let answer = await settled(answer(request))
    guard answer.isAllow else { return .refused(answer) }
    guard let app = app(of: request, policy), let address = settings.apps[app.name] else {
      log.warning("a handshake for an app without an address", metadata: ["host": "\(request.hostName)"])
      return .refused(Answer(generated: 502, reason: "noAppAddress"))
    }
    let watch = TunnelWatch(self, request)
    return .open(
      TunnelPlan(app: address, handshake: Self.handshake(request, answer)) { await watch.isOver() })
  }

  private func settled(_ outcome: Outcome) async -> Answer {
    switch outcome {
    case .now(let answer): answer
    case .later(let work): await work()
    }
  }

  /// The client's handshake, with what the gate says of the client in place of what the client says.
  private static func handshake(_ request: ClientRequest, _ answer: Answer) -> HTTPRequestHead {
    var headers = HTTPHeaders([("host", request.host), ("connection", "upgrade"), ("upgrade", "websocket")])
    for field in request.headers.fields where isForApp(field.name, answer) {
      headers.add(name: field.name, value: field.value)
    }
    for field in answer.forApp where !field.value.isEmpty {
      headers.add(name: field.name, value: field.value)
    }
    return HTTPRequestHead(version: .http1_1, method: .GET, uri: request.target, headers: headers)
  }

  /// What the gate sets or deletes is never the client's.
  private static func isForApp(_ name: String, _ answer: Answer) -> Bool {
    !answer.headers.contains(name) && !name.hasPrefix(IdentityHeader.prefix) && name != "upgrade"
      && name != "proxy-authorization"
      && name != "http2-settings"
  }
}

/// Whether what let a handshake in still holds.
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
  private let standing = Mutex<Standing?>(nil)

  init(_ gate: Gate, _ request: ClientRequest) {
    self.gate = gate
    self.request = request
  }

  func isOver() async -> Bool {
    if let standing = standing.withLock({ $0 }), holds(standing) { return false }
    let policy = gate.policy
    guard let (decided, live) = await gate.judge(request, policy),
      Int(decided.decision.verdict) == POSTERN_ALLOW
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
