// Addresses that codes and tokens may be sent to. Refuses what anybody on the way could read or answer for: http to another machine;
// names and passwords inside an address; letters in the place of the host that two programs may read differently.

/// An address whose host alone can read what is sent to it.
struct SecureAddress: Equatable {
  let text: String
  let isEncrypted: Bool
  /// In small letters, without brackets.
  let host: String
  let port: Int?
  /// `https://host:port`.
  let origin: String
  /// Path and query, as they are written.
  let target: String

  /// nil where it is neither `https://` with a host, nor `http://` with a host that is this machine.
  init?(_ text: String) {
    let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains("\\") else {
      return nil
    }
    let scheme = parts[0].lowercased()
    let authority = parts[1].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let (host, port) = Self.place(authority) else { return nil }
    guard scheme == "https" || (scheme == "http" && Self.isLoopback(host)) else { return nil }
    self.text = text
    self.host = host
    self.port = port
    isEncrypted = scheme == "https"
    origin = "\(scheme)://\(authority.lowercased())"
    target = String(parts[1].dropFirst(authority.count))
  }

  /// An address as messages show it, which may be none: without what may be a password.
  static func shown(_ text: String) -> String {
    guard let end = text.lastIndex(of: "@") else { return text }
    return "(a name and a password)" + text[end...]
  }

  /// Whether it is on this machine.
  var isLoopback: Bool { Self.isLoopback(host) }

  /// Host and port of `host`, `host:port` or `[address]:port`.
  private static func place(_ authority: Substring) -> (host: String, port: Int?)? {
    let pattern = /(?:([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)|\[([0-9A-Fa-f:.]+)\])(?::([0-9]{1,5}))?/
    guard let match = authority.wholeMatch(of: pattern), let host = match.output.1 ?? match.output.2 else { return nil }
    guard let digits = match.output.3 else { return (host.lowercased(), nil) }
    guard let port = Int(digits), (1...65_535).contains(port) else { return nil }
    return (host.lowercased(), port)
  }

  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
  }
}

/// The host of an app, as tokens are kept by.
struct AppHost: Hashable {
  let name: String

  /// nil where it is no host's name.
  init?(_ text: some StringProtocol) {
    guard text.utf8.count <= 253, let address = SecureAddress("https://\(text)"), address.port == nil,
      address.target.isEmpty, !address.host.contains(":")
    else { return nil }
    name = address.host
  }

  /// The resource that a token is asked for (RFC 8707).
  var resource: String { "https://\(name)/" }
}
