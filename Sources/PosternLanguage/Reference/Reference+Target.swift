// What a request asks for: method, host, path and query as rows 2 to 10 read them, and the routes of the host.
// Refuses what row 1 calls malformed, by being nil.

/// A well-formed request.
struct ReferenceTarget {
  struct HostRoute {
    var appIndex: Int
    var route: Route
  }

  let request: Request
  /// CONNECT for the WebSocket protocol is GET here.
  let method: Bytes
  /// In lower case, without port and trailing dot.
  let host: Bytes
  let decodedPath: Bytes
  let normalPath: Bytes
  let hostRoutes: [HostRoute]
  let baseAppIndex: Int?

  init?(_ request: Request, in policy: Policy) {
    guard let method = Self.method(of: request), let host = Self.host(of: request.host),
      let path = ReferencePath(request.path), (request.query ?? []).count <= 16_384,
      Self.headers(of: request).allSatisfy({ $0.count <= 8_192 })
    else { return nil }
    self.request = request
    self.method = method
    self.host = host
    decodedPath = path.decoded
    normalPath = path.normal
    hostRoutes = Self.routes(of: host, in: policy)
    baseAppIndex = Self.baseAppIndex(hostRoutes, in: policy)
    if path.hasExemptEscape {
      guard route(of: decodedPath)?.route.allowEscapes == true, route(of: normalPath)?.route.allowEscapes == true else {
        return nil
      }
    }
  }

  static func headers(of request: Request) -> [Bytes] {
    [
      request.xRequestedWith, request.secFetchMode, request.secFetchDest, request.secFetchSite, request.secPurpose,
      request.accept, request.upgrade, request.origin, request.accessControlRequestMethod,
    ].compactMap { $0 }
  }

  // MARK: Method

  /// nil for a malformed one; RFC 9110, 5.6.2 has `tchar`.
  static func method(of request: Request) -> Bytes? {
    guard let method = request.method, (1...64).contains(method.count), method.allSatisfy(isTokenByte),
      !isEqual(method, "TRACE")
    else { return nil }
    guard isEqual(method, "CONNECT") else { return method }
    return isWebSocket(request) ? Bytes("GET".utf8) : nil
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }

  /// Whether a comma-separated token of `Upgrade` is `websocket`.
  static func isWebSocket(_ request: Request) -> Bool {
    (request.upgrade ?? []).split(separator: UInt8(ascii: ",")).contains { isFoldedEqual(trimmed($0), "websocket") }
  }

  // MARK: Routes

  var isHostKnown: Bool { !hostRoutes.isEmpty }

  /// Row 4: the longest prefix by whole segments.
  func route(of path: Bytes) -> HostRoute? {
    hostRoutes.filter { isSegmentPrefix($0.route.path, of: path) }
      .max { $0.route.path.utf8.count < $1.route.path.utf8.count }
  }

  /// The routes that name the host; where there are none, the wildcard routes that name its parent.
  private static func routes(of host: Bytes, in policy: Policy) -> [HostRoute] {
    let all = policy.apps.enumerated().flatMap { index, app in
      app.routes.map { HostRoute(appIndex: index, route: $0) }
    }
    let exact = all.filter { !$0.route.isWildcard && isEqual(host, $0.route.host) }
    guard exact.isEmpty, let dot = host.firstIndex(of: UInt8(ascii: ".")), dot > 0 else { return exact }
    let parent = Bytes(host[(dot + 1)...])
    return all.filter { $0.route.isWildcard && isEqual(parent, $0.route.host) }
  }

  /// The app of the shortest route, of equals the one whose name comes first in byte order.
  private static func baseAppIndex(_ routes: [HostRoute], in policy: Policy) -> Int? {
    let name = { (index: Int) in Bytes(policy.apps[index].name.value.utf8) }
    return routes.min { left, right in
      let lengths = (left.route.path.utf8.count, right.route.path.utf8.count)
      if lengths.0 != lengths.1 { return lengths.0 < lengths.1 }
      return name(left.appIndex).lexicographicallyPrecedes(name(right.appIndex))
    }?.appIndex
  }

  // MARK: Host

  /// The host without port and trailing dot, in lower case; nil for a malformed one.
  static func host(of written: Bytes?) -> Bytes? {
    guard let written, written.count <= 253 else { return nil }
    var host = withoutPort(folded(written))
    if host.first == UInt8(ascii: "[") {
      let inner = host.dropFirst().dropLast()
      let isAddress = host.last == UInt8(ascii: "]") && !inner.isEmpty && inner.allSatisfy(isAddressByte)
      return isAddress ? host : nil
    }
    if host.last == UInt8(ascii: ".") { host.removeLast() }
    return !host.isEmpty && host.allSatisfy(isNameByte) ? host : nil
  }

  /// Removes one `:digits`.
  private static func withoutPort(_ host: Bytes) -> Bytes {
    guard let colon = host.lastIndex(of: UInt8(ascii: ":")) else { return host }
    let port = host[(colon + 1)...]
    return !port.isEmpty && port.allSatisfy(isDigit) ? Bytes(host[..<colon]) : host
  }

  private static func isAddressByte(_ byte: UInt8) -> Bool {
    hexadecimalValue(byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }
}
