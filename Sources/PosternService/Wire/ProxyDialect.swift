// From what one kind of proxy sends to a client's request (the gate's rules, "From the wire to the facts"). Each dialect has one
// fixed set of headers, which its recipe in docs/service.md overwrites; all other forwarding headers are ignored. Refuses a
// header of the set that is not there, or there twice: somebody else than the proxy wrote it.

/// A proxy, by how it tells the gate what the client asked.
public enum ProxyDialect: String, Sendable, CaseIterable {
  /// nginx's `auth_request`, which understands 2xx, 401 and 403 alone.
  case nginx
  /// Traefik's ForwardAuth.
  case traefik
  /// Caddy's `forward_auth`.
  case caddy
  /// Envoy's `ext_authz` over HTTP: the request line is the client's own behind a prefix.
  case envoy
}

/// Why a request cannot be read.
enum WireFault: Error, Equatable {
  case missing(String)
  case repeated(String)
  case badTarget

  var sentence: String {
    switch self {
    case .missing(let name): "the proxy sent no \(name)"
    case .repeated(let name): "\(name) came more than once"
    case .badTarget: "the request target is no path"
    }
  }
}

/// A request as it reached a listener.
struct ListenerRequest {
  var method: String
  var target: String
  var headers: Headers
  var body: [UInt8] = []
}

extension ProxyDialect {
  /// The headers that say each thing; Envoy's request line says some of them itself.
  private struct Names {
    var method: String?
    var scheme: String
    var host: String?
    var target: String?
    var client: String
  }

  private var names: Names {
    switch self {
    case .nginx:
      Names(
        method: "x-postern-method", scheme: "x-postern-scheme", host: "x-postern-host", target: "x-postern-uri",
        client: "x-postern-client")
    case .traefik, .caddy:
      Names(
        method: "x-forwarded-method", scheme: "x-forwarded-proto", host: "x-forwarded-host",
        target: "x-forwarded-uri", client: "x-forwarded-for")
    case .envoy:
      Names(method: nil, scheme: "x-forwarded-proto", host: nil, target: nil, client: "x-forwarded-for")
    }
  }

  /// What Envoy says a client asks to change to: a check that carried it as it came would be a handshake itself.
  private static let upgradeName = "x-postern-upgrade"

  /// Forwarding headers of any proxy: never a client's, whoever sent them.
  private static let forwardingHeaders: Set<String> = [
    "forwarded", "x-real-ip", "x-original-url", "x-rewrite-url", "connection", "content-length", "transfer-encoding",
  ]

  private static let forwardingPrefixes = ["x-postern-", "x-forwarded-", "x-envoy-"].map { Array($0.utf8) }

  private static func isForwarding(_ name: String) -> Bool {
    forwardingPrefixes.contains { name.utf8.starts(with: $0) } || forwardingHeaders.contains(name)
  }

  /// The client's request in what this proxy sent.
  ///
  /// - Parameters:
  ///   - prefix: what stands before the client's target in Envoy's request line.
  ///   - trustedHops: how many entries of the client's addresses, from the right, are proxies of ours.
  func clientRequest(
    _ request: ListenerRequest, prefix: String, trustedHops: Int
  ) throws(WireFault) -> ClientRequest {
    let names = names
    let target =
      try names.target.map { name throws(WireFault) in try Self.only(name, in: request.headers) }
      ?? String(request.target.utf8.dropFirst(prefix.utf8.count)) ?? ""
    var client = ClientRequest(
      method: try names.method.map { name throws(WireFault) in try Self.only(name, in: request.headers) }
        ?? request.method,
      scheme: try Self.only(names.scheme, in: request.headers),
      host: try Self.only(names.host ?? "host", in: request.headers), path: "/", query: nil,
      clientAddress: try Self.clientAddress(names.client, in: request.headers, trustedHops: trustedHops),
      headers: Headers(), body: request.body)
    if !client.setTarget(target) { throw .badTarget }
    if self == .envoy, let upgrade = request.headers[Self.upgradeName] {
      if request.headers.values(Self.upgradeName).count > 1 { throw .repeated(Self.upgradeName) }
      if !upgrade.isEmpty && upgrade != "-" { client.headers.add("upgrade", upgrade) }
    }
    for field in request.headers.fields where !Self.isForwarding(field.name) && field.name != "host" {
      client.headers.add(field.name, field.value)
    }
    return client
  }

  /// The value of a header that must stand once.
  private static func only(_ name: String, in headers: Headers) throws(WireFault) -> String {
    var found: String?
    for field in headers.fields where field.name == name {
      if found != nil { throw .repeated(name) }
      found = field.value
    }
    guard let found, !found.isEmpty else { throw .missing(name) }
    return found
  }

  /// The entry that `trustedHops`, counted from the right, selects; nil where there are fewer.
  private static func clientAddress(
    _ name: String, in headers: Headers, trustedHops: Int
  ) throws(WireFault) -> String? {
    let entries = try only(name, in: headers).split(separator: ",").map { $0.trimmed }
    return entries.count > trustedHops ? String(entries[entries.count - 1 - trustedHops]) : nil
  }
}

extension String {
  /// Without blanks and tabs at either end.
  var trimmed: String { self[...].trimmed }
}

extension Substring {
  /// Without blanks and tabs at either end.
  var trimmed: String {
    var (first, last) = (utf8.startIndex, utf8.endIndex)
    while first < last, utf8[first].isBlank { first = utf8.index(after: first) }
    while first < last, utf8[utf8.index(before: last)].isBlank { last = utf8.index(before: last) }
    return String(self[first..<last])
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
