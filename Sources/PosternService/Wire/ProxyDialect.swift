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
  /// A name that a program behind CGI, WSGI or PHP cannot tell from one of the gate's.
  case disguised(String)
  /// One of the gate's own, which no client has reason to send and not every proxy can take away.
  case forged(String)

  var sentence: String {
    switch self {
    case .missing(let what): "the proxy sent no \(what)"
    case .repeated(let name): "\(name) came more than once"
    case .badTarget: "the request target is no path"
    case .forged(let name): "\(name) is the gate's own to send"
    case .disguised(let name): "\(name) is one of the gate's headers to programs that read `_` for `-`"
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

/// What a proxy's own headers say of a client's request, each at most once.
private struct Told {
  enum Part { case method, scheme, host, target, client, proxyCredential }

  var method: String?
  var scheme: String?
  var host: String?
  var target: String?
  var client: String?
  /// `Proxy-Authorization`, by a proxy that takes it for a header of the connection.
  var proxyCredential: String?

  /// Notes a part; false where it has been said already.
  mutating func note(_ part: Part, _ value: String) -> Bool {
    switch part {
    case .method: Self.note(value, &method)
    case .scheme: Self.note(value, &scheme)
    case .host: Self.note(value, &host)
    case .target: Self.note(value, &target)
    case .client: Self.note(value, &client)
    case .proxyCredential: Self.note(value, &proxyCredential)
    }
  }

  private static func note(_ value: String, _ place: inout String?) -> Bool {
    if place != nil { return false }
    place = value
    return true
  }
}

extension ProxyDialect {
  /// What a header of this name says in this dialect; nil where it says nothing. Names are in lower case.
  private func part(_ name: String) -> Told.Part? {
    switch self {
    case .nginx:
      switch name {
      case "x-postern-method": .method
      case "x-postern-scheme": .scheme
      case "x-postern-host": .host
      case "x-postern-uri": .target
      case "x-postern-client": .client
      default: nil
      }
    case .traefik, .caddy:
      switch name {
      case "x-forwarded-method": .method
      case "x-forwarded-proto": .scheme
      case "x-forwarded-host": .host
      case "x-forwarded-uri": .target
      case "x-forwarded-for": .client
      case "x-postern-proxy-authorization": .proxyCredential
      default: nil
      }
    case .envoy:
      // The request line says the rest.
      switch name {
      case "x-forwarded-proto": .scheme
      case "host": .host
      // Not X-Forwarded-For, to which a check adds Envoy's own address, and a request that is passed on does not.
      case "x-postern-client": .client
      default: nil
      }
    }
  }

  /// The client's request in what this proxy sent.
  ///
  /// - Parameters:
  ///   - prefix: what stands before the client's target in Envoy's request line.
  ///   - trustedHops: how many entries of the client's addresses, from the right, are proxies of ours.
  func clientRequest(
    _ request: consuming ListenerRequest, prefix: String, trustedHops: Int
  ) throws(WireFault) -> ClientRequest {
    var told = Told()
    var fault: WireFault?
    request.headers.removeAll { field in
      switch HeaderOrigin(field.name) {
      case .client: return false
      case .disguised: fault = .disguised(field.name)
      case .forged: fault = .forged(field.name)
      case .forwarding:
        if let part = part(field.name), !told.note(part, field.value) { fault = .repeated(field.name) }
      }
      return true
    }
    if let fault { throw fault }
    if let credential = told.proxyCredential, !credential.isEmpty {
      request.headers.add("proxy-authorization", credential)
    }
    // Envoy has counted its own (`xff_num_trusted_hops`).
    let trustedHops = self == .envoy ? 0 : trustedHops
    if self == .envoy {
      told.method = request.method
      told.target = String(request.target.utf8.dropFirst(prefix.utf8.count)) ?? ""
    }
    var client = ClientRequest(
      method: try Self.present(told.method, "method"), scheme: try Self.present(told.scheme, "scheme"),
      host: try Self.present(told.host, "host"),
      clientAddress: Self.address(try Self.present(told.client, "client address"), trustedHops: trustedHops),
      headers: request.headers, body: request.body)
    if !client.setTarget(try Self.present(told.target, "target")) { throw .badTarget }
    return client
  }

  private static func present(_ value: String?, _ what: String) throws(WireFault) -> String {
    guard let value, !value.isEmpty else { throw .missing(what) }
    return value
  }

  /// The entry that `trustedHops`, counted from the right, selects; nil where there are fewer.
  private static func address(_ entries: String, trustedHops: Int) -> String? {
    if trustedHops == 0 && !entries.utf8.contains(UInt8(ascii: ",")) { return String(entries[...].trimmed) }
    let entries = entries.split(separator: ",").map(\.trimmed)
    return entries.count > trustedHops ? String(entries[entries.count - 1 - trustedHops]) : nil
  }
}

/// Who can have written a header, by its name in lower case.
enum HeaderOrigin: Equatable {
  case client
  /// A forwarding header of any proxy, or one of the connection to the proxy: never a client's, whoever sent it.
  case forwarding
  /// A client's, and one of the gate's to programs that read `_` for `-`.
  case disguised
  /// A client's, under a name that is the gate's to say and that no recipe overwrites.
  case forged

  /// Looks at the first letter and the length before any text: it is asked of every header of every request.
  init(_ name: String) {
    let letters = name.utf8Span.span
    if letters.isEmpty {
      self = .client
    } else if letters[0] == UInt8(ascii: "x") {
      self = Self.ofExtension(name, hasUnderscore: letters.indices.contains { letters[$0] == UInt8(ascii: "_") })
    } else {
      self = Self.isOfConnection(name, byteCount: letters.count) ? .forwarding : .client
    }
  }

  private static func isOfConnection(_ name: String, byteCount: Int) -> Bool {
    switch byteCount {
    case 4: name == "host"
    case 9: name == "forwarded"
    case 10: name == "connection"
    case 14: name == "content-length"
    case 17: name == "transfer-encoding"
    default: false
    }
  }

  private static func ofExtension(_ name: String, hasUnderscore: Bool) -> HeaderOrigin {
    if hasUnderscore {
      let read = name.utf8.lazy.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }
      if read.starts(with: "x-goog-".utf8) { return .disguised }
    }
    if IdentityHeader.isForged(name) { return .forged }
    let isForwarding =
      name.hasPrefix("x-postern-") || name.hasPrefix("x-forwarded-") || name.hasPrefix("x-envoy-")
      || name == "x-real-ip" || name == "x-original-url" || name == "x-rewrite-url"
    return isForwarding ? .forwarding : .client
  }
}

extension Substring {
  /// Without blanks and tabs at either end.
  var trimmed: Substring {
    var (first, last) = (utf8.startIndex, utf8.endIndex)
    while first < last, utf8[first].isBlank { first = utf8.index(after: first) }
    while first < last, utf8[utf8.index(before: last)].isBlank { last = utf8.index(before: last) }
    return self[first..<last]
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
