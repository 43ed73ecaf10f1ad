// Addresses of pages that a policy names, on their way into a `Location`. Refuses what is not https, and whatever could end a header or
// be read as another address than it looks like.

/// A page of somebody else's.
struct PageAddress: Sendable, Equatable, Codable {
  /// In ASCII: other letters escaped (RFC 3987, 3.1).
  let text: String

  init?(_ text: String) {
    guard text.utf8.count > 8, text.prefix(8).lowercased() == "https://",
      text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") })
    else { return nil }
    self.text = text.utf8.map { $0 < 0x80 ? String(Unicode.Scalar($0)) : FormEncoding.escape($0) }.joined()
  }

  /// The address with more parameters, which stand before its fragment.
  func adding(_ parameters: [(String, String)]) -> String {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let fragment = parts.count == 2 ? "#\(parts[1])" : ""
    return "\(parts[0])\(parts[0].contains("?") ? "&" : "?")\(FormEncoding.form(parameters))\(fragment)"
  }

  /// Whether it is the page that `url`, without a query, is the address of: sent there, a browser would come back for ever.
  func isPage(_ url: String) -> Bool { text.prefix { $0 != "?" && $0 != "#" } == url }
}
