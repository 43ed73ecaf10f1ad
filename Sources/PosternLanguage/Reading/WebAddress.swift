// Web addresses of a policy: issuers, pages and origins. Refuses what a browser would read otherwise than it is
// written: other schemes, users, hosts that are not ASCII, spaces.

/// What is wrong with an address.
enum AddressFault: Error, Equatable {
  case scheme(String)
  case host(NameFault)
  case port(String)
  case user
  case character(Unicode.Scalar)
  /// An origin with something after the port.
  case path
}

/// A URL in its parts, as far as a policy needs them.
struct WebAddress {
  var scheme: String
  /// Lower case; with brackets where it is an IPv6 address.
  var host: String
  var port: UInt16?
  /// From the first `/`, `?` or `#` after the host.
  var rest: String

  private static let defaultPorts: [String: UInt16] = ["https": 443, "http": 80]

  init(parsing text: String, schemes: [String]) throws(AddressFault) {
    if let bad = text.unicodeScalars.first(where: { $0.value <= 0x20 || $0.value == 0x7F || $0 == "\\" }) {
      throw .character(bad)
    }
    guard let found = schemes.first(where: { text.lowercased().utf8.starts(with: ($0 + "://").utf8) }) else {
      throw .scheme(schemes[0])
    }
    scheme = found
    let authorityAndRest = text.utf8.dropFirst(found.utf8.count + 3)
    let end = authorityAndRest.firstIndex { "/?#".utf8.contains($0) } ?? authorityAndRest.endIndex
    rest = String(authorityAndRest[end...]) ?? ""
    (host, port) = try Self.authority(String(authorityAndRest[..<end]) ?? "")
  }

  private static func authority(_ text: String) throws(AddressFault) -> (host: String, port: UInt16?) {
    guard !text.utf8.contains(UInt8(ascii: "@")) else { throw .user }
    let bracket = text.utf8.lastIndex(of: UInt8(ascii: "]")) ?? text.startIndex
    let colon = text[bracket...].utf8.lastIndex(of: UInt8(ascii: ":"))
    let hostText = String(text[..<(colon ?? text.endIndex)])
    var port: UInt16?
    if let colon {
      let digits = String(text[text.utf8.index(after: colon)...])
      guard let number = UInt16(digits), number > 0, digits.utf8.first != UInt8(ascii: "+") else { throw .port(digits) }
      port = number
    }
    do { return (try HostName.hostOrAddress(hostText), port) } catch { throw .host(error) }
  }

  /// `scheme://host[:port]` as browsers send it: lower case, without the scheme's own port.
  static func origin(_ text: String) throws(AddressFault) -> String {
    let address = try WebAddress(parsing: text, schemes: ["https", "http"])
    guard address.rest.isEmpty else { throw .path }
    let port = address.port.flatMap { $0 == defaultPorts[address.scheme] ? nil : ":\($0)" } ?? ""
    return "\(address.scheme)://\(address.host)\(port)"
  }
}
