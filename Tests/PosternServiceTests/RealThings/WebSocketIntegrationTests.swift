// WebSockets through each proxy, carried by the gate: what reaches the app, and that one ends within a second of its session.

import Foundation
import NIOHTTP1
import Testing

@testable import PosternService

@Suite("WebSockets through each proxy", .serialized, .timeLimit(.minutes(2)))
struct WebSocketIntegrationTests {
  /// A client that talks until its connection ends.
  private func connect(
    _ setting: TunnelFixture, _ cookie: String = "", host: String = "payroll.example.com", origin: String? = nil
  ) throws -> Talk {
    try setting.talk(["talk", String(setting.proxy.port), host, origin ?? "https://\(host)", cookie])
  }

  @Test("messages go both ways, and the app hears of the person what the gate says", arguments: Proxy.allCases)
  func carried(_ proxy: Proxy) async throws {
    let setting = try await TunnelFixture("websocket.py", proxy)
    let talk = try connect(setting, "a=1; \(try await setting.gate.signIn())")
    let heard = try await talk.line(0)["heard"]
    #expect(heard?["message"]?.text == "hello")
    #expect(heard?["path"]?.text == "/live?room=1")
    let headers = heard?["headers"]
    #expect(headers?["x-goog-authenticated-user-email"]?.text == "people:ann@example.com")
    #expect(headers?["cookie"]?.text == "a=1")
    #expect(headers?["host"]?.text?.hasPrefix("payroll.example.com") == true)
    #expect(try await talk.line(1)["length"]?.int == 500_000)
  }

  @Test("the gate ends one within a second of its session's end, by idleness", arguments: Proxy.allCases)
  func idle(_ proxy: Proxy) async throws {
    let setting = try await TunnelFixture("websocket.py", proxy)
    let cookie = try await setting.gate.signIn()
    let talk = try connect(setting, cookie)
    _ = try await talk.line(1)
    setting.gate.clock.advance(seconds: 15 * 60 - 1)
    try await setting.gate.keepAccountFresh(cookie)
    // What is carried is no activity, and what else the person does is.
    #expect(try await setting.proxy.ask(headers: TestClient.script + [("Cookie", cookie)]).status == 200)
    setting.gate.clock.advance(seconds: 15 * 60 - 1)
    try await setting.gate.keepAccountFresh(cookie)
    try await setting.look()
    #expect(talk.lines.count == 2)
    setting.gate.clock.advance(seconds: 1)
    let start = ContinuousClock.now
    #expect(try await talk.line(2)["closed"]?.bool == true)
    let waited = ContinuousClock.now - start
    #expect(waited < .seconds(1))
  }

  @Test("the gate ends one within a second of a revocation", arguments: Proxy.allCases)
  func revoked(_ proxy: Proxy) async throws {
    let setting = try await TunnelFixture("websocket.py", proxy)
    let talk = try connect(setting, try await setting.gate.signIn())
    _ = try await talk.line(1)
    try await setting.gate.gate.revoke(.everyone)
    let start = ContinuousClock.now
    #expect(try await talk.line(2)["closed"]?.bool == true)
    let waited = ContinuousClock.now - start
    #expect(waited < .seconds(1))
  }

  @Test("on a public page too, one that told the app who asks ends with their session")
  func publicPage() async throws {
    let setting = try await TunnelFixture("websocket.py", .nginx)
    let cookie = try await setting.gate.signIn(host: "public.example.com")
    let known = try connect(setting, cookie, host: "public.example.com")
    let nobody = try connect(setting, host: "public.example.com")
    _ = try await known.line(1)
    _ = try await nobody.line(1)
    try await setting.gate.gate.revoke(.everyone)
    #expect(try await known.line(2)["closed"]?.bool == true)
    try await setting.look()
    #expect(nobody.lines.count == 2)
  }

  @Test("the gate ends one when another bundle no longer lets it in")
  func swapped() async throws {
    let setting = try await TunnelFixture("websocket.py", .nginx)
    let talk = try connect(setting, host: "public.example.com")
    _ = try await talk.line(1)
    var files = TestPolicy.files
    files["public.yaml"] = nil
    setting.gate.gate.swap(try GatePolicy(TestPolicy.bundle(files, revision: 2)))
    #expect(try await talk.line(2)["closed"]?.bool == true)
  }

  @Test("a handshake without a session is a 401, and another site's is forbidden", arguments: Proxy.allCases)
  func refused(_ proxy: Proxy) async throws {
    let setting = try await TunnelFixture("websocket.py", proxy)
    let nobody = try await connect(setting).line(0)
    #expect(nobody["status"]?.int == 401)
    #expect(nobody["reason"]?.text == "noCredential")
    let cookie = try await setting.gate.signIn()
    let other = try await connect(setting, cookie, origin: "https://evil.example").line(0)
    #expect(other["status"]?.int == 403)
    #expect(other["reason"]?.text == "originNotAllowed")
  }

  @Test("an app without an address, and one that is down, are a 502")
  func unreachable() async throws {
    let setting = try await TunnelFixture("websocket.py", .nginx, apps: ["payroll"])
    let unknown = try await connect(setting, host: "public.example.com").line(0)
    #expect(unknown["status"]?.int == 502)
    #expect(unknown["reason"]?.text == "noAppAddress")
    setting.app.kill()
    let down = try await connect(setting, try await setting.gate.signIn()).line(0)
    #expect(down["status"]?.int == 502)
    #expect(down["reason"]?.text == "appUnavailable")
  }

  @Test("a change to another protocol than WebSocket is not carried, and neither is one of another method than GET")
  func noHandshake() async throws {
    let gate = try TestGate(apps: ["payroll": .tcp(host: "127.0.0.1", port: 1)])
    let cookie = [("Cookie", try await gate.signIn())]
    let upgrade = [("Upgrade", "websocket")]
    for (method, headers) in [
      ("HEAD", cookie + upgrade), ("POST", cookie + upgrade), ("GET", cookie + [("Upgrade", "h2c")]),
    ] {
      let request = TestGate.listenerRequest(
        method, "https://payroll.example.com/live", headers: headers, .caddy, endpoint: "/tunnel")
      let client = try ProxyDialect.caddy.clientRequest(request, prefix: "", trustedHops: 0)
      guard case .refused(let answer) = await gate.gate.tunnel(client) else {
        Issue.record("\(method) was carried")
        continue
      }
      #expect(answer.status == 426)
    }
  }

  @Test("what an app says that does not change its protocol is the end of that connection")
  func notAgreed() async throws {
    let setting = try await TunnelFixture("websocket.py", .nginx)
    let cookie = try await setting.gate.signIn()
    let handshake = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Cookie", cookie)]
    // Without a key it is no handshake to the app, which says so.
    let answer = try await setting.proxy.ask(headers: handshake)
    #expect(answer.status == 400 || answer.status == 426)
    #expect(answer.headers["x-postern-reason"] == ["appRefused"])
  }
}
