// Event streams through each proxy, carried by the gate: what reaches the app, what the client hears of it, and that one ends within a
// second of its session.

import Foundation
import NIOHTTP1
import Testing

@testable import PosternService

@Suite("Event streams through each proxy", .serialized, .timeLimit(.minutes(2)))
struct EventStreamIntegrationTests {
  private static let app = "eventstream.py"

  /// A client that listens until the answer ends.
  private func listen(
    _ setting: TunnelFixture, _ cookie: String = "", _ method: String = "GET", path: String = "/events",
    host: String = "payroll.example.com", byteCount: Int = 0
  ) throws -> Talk {
    try setting.talk(["listen", String(setting.proxy.port), host, method, path, cookie, String(byteCount)])
  }

  /// Whether an answer broke off: who listens knows that more was to come. The Caddy of Debian 12 says of any answer that it is whole.
  private static func isCut(_ last: JSON, by proxy: Proxy) -> Bool {
    proxy == .caddy ? last["ended"]?.bool == true : last["broken"] != nil
  }

  @Test("events arrive as they are sent, and the app hears of the person what the gate says", arguments: Proxy.allCases)
  func carried(_ proxy: Proxy) async throws {
    let setting = try await TunnelFixture(Self.app, proxy)
    let talk = try listen(setting, "a=1; \(try await setting.gate.signIn())", path: "/events?room=1")
    #expect(try await talk.line(0)["status"]?.int == 200)
    let heard = try await talk.line(1)["event"]
    #expect(heard?["path"]?.text == "/events?room=1")
    let headers = heard?["headers"]
    #expect(headers?["x-goog-authenticated-user-email"]?.text == "people:ann@example.com")
    #expect(headers?["cookie"]?.text == "a=1")
    #expect(headers?["cache-control"]?.text == "no-cache")
    #expect(headers?["host"]?.text?.hasPrefix("payroll.example.com") == true)
  }

  @Test("what is posted reaches the app whole, however long it is", arguments: Proxy.allCases)
  func posted(_ proxy: Proxy) async throws {
    let setting = try await TunnelFixture(Self.app, proxy)
    let talk = try listen(setting, try await setting.gate.signIn(), "POST", byteCount: 500_000)
    let heard = try await talk.line(1)["event"]
    #expect(heard?["method"]?.text == "POST")
    #expect(heard?["body"]?.int == 500_000)
  }

  @Test("the gate ends one within a second of its session's end, by idleness", arguments: Proxy.allCases)
  func idle(_ proxy: Proxy) async throws {
    let setting = try await TunnelFixture(Self.app, proxy)
    let cookie = try await setting.gate.signIn()
    let talk = try listen(setting, cookie)
    _ = try await talk.line(1)
    setting.gate.clock.advance(seconds: 15 * 60 - 1)
    try await setting.gate.keepAccountFresh(cookie)
    try await setting.look()
    #expect(talk.lines.count == 2)
    setting.gate.clock.advance(seconds: 1)
    let start = ContinuousClock.now
    #expect(Self.isCut(try await talk.line(2), by: proxy))
    let waited = ContinuousClock.now - start
    #expect(waited < .seconds(1))
  }

  @Test("the gate ends one within a second of a revocation", arguments: Proxy.allCases)
  func revoked(_ proxy: Proxy) async throws {
    let setting = try await TunnelFixture(Self.app, proxy)
    let talk = try listen(setting, try await setting.gate.signIn())
    _ = try await talk.line(1)
    try await setting.gate.gate.revoke(.everyone)
    let start = ContinuousClock.now
    #expect(Self.isCut(try await talk.line(2), by: proxy))
    let waited = ContinuousClock.now - start
    #expect(waited < .seconds(1))
  }

  @Test("a client that goes away leaves nothing behind, at the gate or at the app", arguments: Proxy.allCases)
  func abandoned(_ proxy: Proxy) async throws {
    let setting = try await TunnelFixture(Self.app, proxy)
    let cookie = try await setting.gate.signIn()
    func quietCount() async throws -> Int64? {
      try await listen(setting, cookie, path: "/count").line(1)["count"]?["quiet"]?.int
    }
    let talk = try listen(setting, cookie, path: "/quiet")
    _ = try await talk.line(1)
    #expect(try await quietCount() == 1)
    talk.process.kill()
    _ = try await eventually("the end of the app's connection") { try await quietCount() == 0 ? () : nil }
  }

  @Test("one without a session is a 401 that says why, whatever was posted", arguments: Proxy.allCases)
  func refused(_ proxy: Proxy) async throws {
    let setting = try await TunnelFixture(Self.app, proxy)
    for (method, byteCount) in [("GET", 0), ("POST", 500_000)] {
      let nobody = try await listen(setting, "", method, byteCount: byteCount).line(0)
      #expect(nobody["status"]?.int == 401)
      #expect(nobody["reason"]?.text == "noCredential")
    }
  }

  @Test("an answer that is no stream is the app's own, to its end", arguments: Proxy.allCases)
  func plain(_ proxy: Proxy) async throws {
    let setting = try await TunnelFixture(Self.app, proxy)
    let cookie = try await setting.gate.signIn()
    let plain = try listen(setting, cookie, path: "/plain")
    let length = try await plain.line(0)["length"]?.text.flatMap(Int64.init)
    #expect(try await plain.line(1)["bytes"]?.int == length)
    #expect(
      try await listen(setting, cookie, "HEAD", path: "/plain").line(0)["length"]?.text.flatMap(Int64.init) ?? 0 > 100)
    #expect(try await listen(setting, cookie, path: "/large").line(1)["bytes"]?.int == 5_000_000)
    #expect(Self.isCut(try await listen(setting, cookie, path: "/broken").line(1), by: proxy))
  }

  @Test("an app that hangs up, one without an address, and one that is down are a 502")
  func unreachable() async throws {
    let setting = try await TunnelFixture(Self.app, .nginx, apps: ["payroll"])
    let cookie = try await setting.gate.signIn()
    let silent = try await listen(setting, cookie, path: "/silent").line(0)
    #expect(silent["status"]?.int == 502)
    #expect(silent["reason"]?.text == "appUnavailable")
    let unknown = try await listen(setting, host: "public.example.com").line(0)
    #expect(unknown["status"]?.int == 502)
    #expect(unknown["reason"]?.text == "noAppAddress")
    setting.app.kill()
    let down = try await listen(setting, cookie, "POST", byteCount: 500_000).line(0)
    #expect(down["status"]?.int == 502)
    #expect(down["reason"]?.text == "appUnavailable")
  }
}
