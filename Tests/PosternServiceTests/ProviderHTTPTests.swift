// Providers that answer slowly, or not to the end: nobody waits for one longer than was said, and the next time it may be well.

import AsyncHTTPClient
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import PosternService

@Suite("Providers over HTTP", .timeLimit(.minutes(1)))
struct ProviderHTTPTests {
  /// A server on loopback that says the same to each request, and closes no connection.
  private final class Server: Sendable {
    let channel: any Channel
    let url: String

    init(_ text: @escaping @Sendable () -> String) async throws {
      channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .childChannelInitializer { child in
          child.eventLoop.makeCompletedFuture { try child.pipeline.syncOperations.addHandler(Teller(text)) }
        }
        .bind(host: "127.0.0.1", port: 0).get()
      url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/"
    }

    private final class Teller: ChannelInboundHandler {
      typealias InboundIn = ByteBuffer
      typealias OutboundOut = ByteBuffer

      private let text: @Sendable () -> String

      init(_ text: @escaping @Sendable () -> String) { self.text = text }

      func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text())), promise: nil)
      }
    }
  }

  private static let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

  private static var transport: ProviderHTTP { ProviderHTTP(client: HTTPClient.shared, timeoutSeconds: 1) }

  @Test(
    "one that says nothing, stops in its head or in its body, is unavailable in the time that it has",
    arguments: [
      "", "HTTP/1.1 200 OK\r\nContent-", head + "Content-Length: 100\r\n\r\n{\"iss",
      head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"iss\r\n",
    ])
  func stalled(_ text: String) async throws {
    let server = try await Server { text }
    let start = ContinuousClock.now
    let fault = await #expect(throws: ProviderFault.self) {
      try await Self.transport.get(server.url, bearer: nil)
    }
    #expect(fault?.kind == .unavailable)
    let waited = ContinuousClock.now - start
    #expect(waited < .seconds(10))
    try await server.channel.close()
  }

  @Test("one that says more than a megabyte is unavailable")
  func large() async throws {
    let body = String(repeating: "x", count: ProviderHTTP.byteLimit + 1)
    let server = try await Server { "\(Self.head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)" }
    let fault = await #expect(throws: ProviderFault.self) { try await Self.transport.get(server.url, bearer: nil) }
    #expect(fault?.kind == .unavailable)
    try await server.channel.close()
  }

  @Test("one that stalled is asked again, and believed once it is well")
  func recovered() async throws {
    let isWell = Atomic(false)
    let body = "{}"
    let server = try await Server {
      isWell.load(ordering: .relaxed)
        ? "\(Self.head)Content-Length: 2\r\n\r\n\(body)" : "\(Self.head)Content-Length: 100\r\n\r\n{"
    }
    await #expect(throws: ProviderFault.self) { try await Self.transport.get(server.url, bearer: nil) }
    isWell.store(true, ordering: .relaxed)
    #expect(try await Self.transport.get(server.url, bearer: nil).body == Array(body.utf8))
    try await server.channel.close()
  }
}
