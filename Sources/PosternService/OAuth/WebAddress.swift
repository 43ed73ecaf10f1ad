// The address of an app, as a client names what it wants to reach (RFC 8707). Refuses what is not https, or says who asks.

/// An https URL, as far as it leads to an app.
struct WebAddress: Equatable {
  private let host: String
  private let target: String

  init?(_ text: String) {
    guard text.hasPrefix("https://"), !text.contains("#") else { return nil }
    let rest = text.dropFirst("https://".count)
    let host = rest.prefix { $0 != "/" && $0 != "?" }
    guard !host.isEmpty, !host.contains("@") else { return nil }
    let target = rest.dropFirst(host.count)
    self.host = String(host)
    self.target = target.hasPrefix("/") ? String(target) : "/\(target)"
  }

  /// Somebody's request for it.
  var request: ClientRequest {
    var request = ClientRequest(method: "GET", scheme: "https", host: host, clientAddress: nil, headers: Headers())
    _ = request.setTarget(target)
    return request
  }
}
