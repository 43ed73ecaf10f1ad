// A client's request, as the proxy in front says it was. Made only by `ProxyDialect`: nothing else may say who asks for what.

/// What a client asked of the proxy.
struct ClientRequest: Sendable {
  var method: String
  var scheme: String
  /// The Host header or :authority, as it came.
  let host: String
  /// The host in lower case, without port and trailing dot: what cookies and sessions are bound to.
  let hostName: String
  /// The raw path, without the query.
  var path: String
  /// What stands behind the first `?`; nil where there is none.
  var query: String?
  /// The client's address; nil where the proxy says none.
  var clientAddress: String?
  /// What else the client sent; the proxy's own headers are not among them.
  let headers: Headers
  let cookies: Cookies
  /// Of requests to the gate's own pages; sub-requests have none.
  let body: [UInt8]

  init(
    method: String, scheme: String, host: String, path: String = "/", query: String? = nil, clientAddress: String?,
    headers: Headers, body: [UInt8] = []
  ) {
    self.method = method
    self.scheme = scheme
    self.host = host
    hostName = Self.name(ofHost: host)
    self.path = path
    self.query = query
    self.clientAddress = clientAddress
    self.headers = headers
    cookies = Cookies(headers)
    self.body = body
  }

  /// Path and query as they came.
  var target: String { query.map { "\(path)?\($0)" } ?? path }

  /// The fields of the query, and of the form that the body is; none where they cannot be read, or one stands twice.
  var queryFields: [String: String] { FormEncoding.fields(query ?? "") ?? [:] }
  var formFields: [String: String] { FormEncoding.fields(String(decoding: body, as: UTF8.self)) ?? [:] }

  private static func name(ofHost host: String) -> String {
    let letters = host.utf8Span.span
    let isPlain = letters.indices.allSatisfy { index in
      let letter = letters[index]
      return letter.isLower || letter.isDigit || letter == UInt8(ascii: "-")
        || (letter == UInt8(ascii: ".") && index + 1 < letters.count)
    }
    if isPlain { return host }
    var name = Array(host.utf8)
    if name.last != UInt8(ascii: "]"), let colon = name.lastIndex(of: UInt8(ascii: ":")),
      name[(colon + 1)...].allSatisfy(\.isDigit)
    {
      name.removeSubrange(colon...)
    }
    if name.last == UInt8(ascii: ".") { name.removeLast() }
    for index in name.indices where name[index].isCapital { name[index] |= 0x20 }
    return String(decoding: name, as: UTF8.self)
  }

  /// Takes a raw request target apart; nil where it is no path.
  mutating func setTarget(_ target: String) -> Bool {
    guard target.utf8.first == UInt8(ascii: "/") else { return false }
    if let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) {
      path = String(target[..<mark])
      query = String(target[target.utf8.index(after: mark)...])
    } else {
      path = target
      query = nil
    }
    return true
  }
}

extension UInt8 {
  /// Of ASCII alone, as hosts and names of headers are compared.
  var isCapital: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
  var isLower: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
