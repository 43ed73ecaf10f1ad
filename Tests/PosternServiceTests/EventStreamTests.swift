// What is carried between a client and its app, byte by byte: where a body ends, where an answer ends, and that nothing is carried behind it.

import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import PosternService

@Suite("Event streams")
struct EventStreamTests {
  /// An app that keeps what it was asked, and says how long the body was.
  private final class App: RequestResponder {
    let requests = Mutex<[ListenerRequest]>([])

    func respond(_ request: ListenerRequest) -> Outcome {
      requests.withLock { $0.append(request) }
      var answer = Answer(allow: "app")
      answer.setBody("\(request.method) with \(request.body.count) bytes", type: "text/plain")
      return .now(answer)
    }
  }

  /// A gate's listener for nginx, and an app behind it.
  private struct Setting {
    let app = App()
    let gate: TestGate
    let path: String
    private let folder: TestFolder
    private let channels: [any Channel]

    init() async throws {
      folder = try TestFolder()
      path = folder.path("gate.sock")
      let group = MultiThreadedEventLoopGroup.singleton
      let appPath = folder.path("app.sock")
      let appChannel = try await HTTPServer.bind(.unix(path: appPath), group: group, app)
      gate = try TestGate(apps: ["payroll": .unix(path: appPath)])
      channels = [
        appChannel,
        try await HTTPServer.bind(
          .unix(path: path), group: group, ProxyResponder(gate: gate.gate, dialect: .nginx)),
      ]
    }

    func close() async throws { for channel in channels { try await channel.close() } }
  }

  /// What nginx sends of a client's request, without the empty line.
  private static func head(_ method: String, _ cookie: String, version: String = "1.1") -> String {
    """
    \(method) /tunnel HTTP/\(version)\r
    X-Postern-Method: \(method)\r
    X-Postern-Scheme: https\r
    X-Postern-Host: payroll.example.com\r
    X-Postern-URI: /events\r
    X-Postern-Client: 192.0.2.7\r
    Accept: text/event-stream\r
    X-Requested-With: XMLHttpRequest\r
    Cookie: \(cookie)\r

    """
  }

  @Test("a body ends where it ended, whichever way that was said, and an answer with its connection")
  func framing() async throws {
    let setting = try await Setting()
    let cookie = try await setting.gate.signIn()
    let chunked = "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
    let asked = [
      ("GET", "\r\n", 0), ("POST", "Content-Length: 5\r\n\r\nhello", 5), ("POST", chunked, 5), ("GET", chunked, 5),
      // Any case of letters will do here; apps are told in one.
      ("DELETE", chunked.replacing("chunked", with: "Chunked"), 5),
    ]
    for (method, body, count) in asked {
      let heard = try await RawConnection.hear([Self.head(method, cookie) + body], at: setting.path)
      #expect(heard.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(heard.contains("\r\nconnection: close\r\n"))
      #expect(heard.hasSuffix("\r\n\r\n\(method) with \(count) bytes"))
    }
    #expect(setting.app.requests.withLock { $0.map(\.target) } == asked.map { _ in "/events" })
    try await setting.close()
  }

  @Test("a body that is longer than what a connection takes at once is carried whole")
  func long() async throws {
    let setting = try await Setting()
    let cookie = try await setting.gate.signIn()
    let body = "Content-Length: 500000\r\n\r\n" + String(repeating: "x", count: 500_000)
    // The first has the listener read as much at once as it ever does, so that much waits for the decision about the second.
    let heard = try await RawConnection.hear(
      [Self.head("POST", "") + body, Self.head("POST", cookie) + body], at: setting.path)
    #expect(heard.hasPrefix("HTTP/1.1 401 "))
    #expect(heard.contains("HTTP/1.1 413 "))
    try await setting.close()
  }

  @Test("a request behind one that is carried reaches nobody: not in its body's place, and not behind its answer")
  func smuggled() async throws {
    let setting = try await Setting()
    let cookie = try await setting.gate.signIn()
    let other = "GET /admin HTTP/1.1\r\nHost: payroll.example.com\r\n\r\n"
    for head in [Self.head("GET", cookie) + "\r\n", Self.head("POST", cookie) + "Content-Length: 2\r\n\r\nhi"] {
      let heard = try await RawConnection.hear([head + other, other], at: setting.path)
      #expect(heard.matches(of: /HTTP\/1\.1\s/).count == 1)
    }
    #expect(setting.app.requests.withLock { $0.map(\.target) } == ["/events", "/events"])
    try await setting.close()
  }

  @Test("what is refused is told behind the body, and the next request is answered by itself")
  func refused() async throws {
    let setting = try await Setting()
    let next = Self.head("GET", "") + "Connection: close\r\n\r\n"
    let body = "Content-Length: 200000\r\n\r\n" + String(repeating: "x", count: 100_000)
    let heard = try await RawConnection.hear(
      [Self.head("POST", "") + body, String(repeating: "x", count: 100_000) + next], at: setting.path)
    #expect(heard.matches(of: /HTTP\/1\.1 401/).count == 2)
    #expect(setting.app.requests.withLock { $0.isEmpty })
    try await setting.close()
  }

  @Test(
    "what the gate cannot be sure of is not the app's: connection headers and identity headers go, in any case of letters"
  )
  func headers() async throws {
    let setting = try await Setting()
    let cookie = try await setting.gate.signIn()
    let own =
      "KEEP-ALIVE: 5\r\nTE: trailers\r\nX-GOOG-Authenticated-User-Email: forged\r\nProxy-Authorization: Basic eA==\r\n"
    let kept = "Cache-Control: no-cache\r\nLast-Event-ID: 7\r\n"
    _ = try await RawConnection.hear([Self.head("GET", cookie) + own + kept + "\r\n"], at: setting.path)
    let request = try #require(setting.app.requests.withLock { $0.first })
    #expect(request.headers.values("x-goog-authenticated-user-email") == ["people:ann@example.com"])
    #expect(request.headers.values("connection") == ["close"])
    for name in ["keep-alive", "te", "proxy-authorization", "cookie"] { #expect(!request.headers.contains(name)) }
    let forwarded = [
      ("x-forwarded-for", "192.0.2.7"), ("x-forwarded-host", "payroll.example.com"), ("x-forwarded-proto", "https"),
    ]
    for (name, value) in forwarded { #expect(request.headers.values(name) == [value]) }
    #expect(request.headers["cache-control"] == "no-cache")
    #expect(request.headers["last-event-id"] == "7")
    try await setting.close()
  }
}
