// Who may say what clients ask: the proxies, by their addresses. Whoever reaches a listener is believed in all that it says; so a listener that
// is not a Unix socket refuses everybody else.

internal import Logging
internal import NIOCore

/// The addresses that proxies come from.
struct TrustedPeers: Sendable {
  /// This machine's own.
  static let usual = ["127.0.0.0/8", "::1"]

  let ranges: [AddressRange]

  /// Whether a connection is of a proxy; over a Unix socket, that is for the socket's own permissions to say.
  func trusts(_ peer: SocketAddress?) -> Bool {
    guard let address = peer?.ipAddress else { return true }
    return trusts(address)
  }

  /// The same of a peer as gRPC writes it: `ipv4:127.0.0.1:5000`, `ipv6:[::1]:5000`, `unix:/a/path`.
  func trusts(peer: String) -> Bool {
    guard peer.hasPrefix("ipv4:") || peer.hasPrefix("ipv6:"), let colon = peer.lastIndex(of: ":") else { return true }
    let host = peer[..<colon].dropFirst("ipv4:".count)
    return trusts(host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host))
  }

  static func logStranger(_ peer: String, _ log: Logger) {
    log.warning("somebody who is no proxy speaks to a listener: see trustedPeers", metadata: ["peer": "\(peer)"])
  }

  private func trusts(_ address: String) -> Bool {
    guard let address = ClientAddress(address) else { return false }
    return ranges.contains { $0.contains(address) }
  }
}

/// Answers whoever is no proxy.
final class StrangerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var isAnswered = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isAnswered { return }
    isAnswered = true
    TrustedPeers.logStranger(context.channel.remoteAddress?.ipAddress ?? "", Logger(label: "posternd"))
    var buffer = context.channel.allocator.buffer(capacity: 256)
    Answer(generated: 403, reason: "untrustedPeer").write(.init(isKeepAlive: false), into: &buffer)
    context.writeLast(wrapOutboundOut(buffer))
  }
}
