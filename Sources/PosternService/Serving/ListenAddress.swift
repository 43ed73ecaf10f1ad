// Where a listener listens: a Unix socket, or an address and a port. Refuses what is neither.

/// An address to listen on.
public enum ListenAddress: Equatable, Sendable, CustomStringConvertible {
  /// A socket in the file system.
  case unix(path: String)
  /// A port of an address; 0: one that is free.
  case tcp(host: String, port: Int)

  /// Reads `unix:/run/postern/nginx.sock`, `127.0.0.1:8180` or `[::1]:8180`; nil where it is none of them.
  public init?(_ text: String) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      if !path.hasPrefix("/") { return nil }
      self = .unix(path: path)
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("[") && host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    if host.isEmpty { return nil }
    self = .tcp(host: String(host), port: port)
  }

  /// As it is written.
  public var description: String {
    switch self {
    case .unix(let path): "unix:\(path)"
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
  }
}
