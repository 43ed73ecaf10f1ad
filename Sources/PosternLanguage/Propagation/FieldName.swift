// Names of HTTP fields that an attribute may be passed on by. Refuses what is no token, and names whose fields the gate
// or the connection writes.

/// The names of headers.
enum FieldName {
  /// Whether the text is a token (RFC 9110, 5.6.2).
  static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(tokenBytes.contains)
  }

  /// Whether nobody but the gate may write the field, in whatever case it is named.
  static func isReserved(_ text: String) -> Bool {
    let name = text.lowercased()
    return name.hasPrefix(gatePrefix) || connectionNames.contains(name)
  }

  /// The gate's own fields; what a client sends by such names is stripped (cloud-iap.md, "Sessions and responses").
  static let gatePrefix = "x-goog-"

  /// Fields that say where a request goes, where it ends, and how a connection is kept (RFC 9110, 7.2, 7.6.1 and 8.6;
  /// RFC 9112, 6.1 and C.2.2).
  private static let connectionNames: Set<String> = [
    "connection", "content-length", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
    "upgrade",
  ]

  private static let tokenBytes = Set(
    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
}
