// A connection to a listener that sends what a test says, byte by byte.

import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A connection, and all that came on it until it was closed.
final class RawConnection: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  private static let group = MultiThreadedEventLoopGroup.singleton
  private let heard: EventLoopPromise<String>
  private let text: NIOLockedValueBox<String> = NIOLockedValueBox("")

  private init(_ loop: any EventLoop) { heard = loop.makePromise(of: String.self) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    text.withLockedValue { $0 += String(buffer: buffer) }
  }

  func channelInactive(context: ChannelHandlerContext) { heard.succeed(text.withLockedValue { $0 }) }

  /// A connection to a socket in the file system, and what will have been heard when it ends.
  static func connect(_ path: String) async throws -> (channel: any Channel, heard: EventLoopFuture<String>) {
    try await connect(SocketAddress(unixDomainSocketPath: path))
  }

  private static func connect(
    _ address: SocketAddress
  ) async throws -> (channel: any Channel, heard: EventLoopFuture<String>) {
    let connection = RawConnection(group.next())
    let channel = try await ClientBootstrap(group: group)
      .channelInitializer { $0.pipeline.addHandler(connection) }
      .connect(to: address).get()
    return (channel, connection.heard.futureResult)
  }

  /// Sends texts, closes nothing, and waits until the other side does.
  static func hear(_ texts: [String], at path: String) async throws -> String {
    try await hear(texts, at: SocketAddress(unixDomainSocketPath: path))
  }

  static func hear(_ texts: [String], at address: SocketAddress) async throws -> String {
    let (channel, heard) = try await connect(address)
    for text in texts { try? await channel.writeAndFlush(ByteBuffer(string: text)) }
    return try await heard.get()
  }
}
