// What the gate says to a proxy, or through it to the client. Whatever the gate makes itself is marked and never kept by a cache.

/// An HTTP answer.
struct Answer: Sendable {
  var status: Int
  var headers = Headers()
  var body: [UInt8] = []
  /// Whether the proxy is to pass the client's request on.
  var isAllow = false
  /// Of an allow: names of headers for the app that do not begin as the gate's own do.
  var strictAttributes: Set<String> = []
  /// Of an allow that may be given again: what it was decided by.
  var repeatable: RepeatableAllow?
  /// The reason's name, for logs; no secret.
  var reason = ""

  /// An answer that the gate made itself.
  init(generated status: Int, reason: String = "") {
    self.status = status
    self.reason = reason
    headers.set("x-goog-iap-generated-response", "true")
    headers.set("cache-control", "no-store")
    if !reason.isEmpty { headers.set("x-postern-reason", reason) }
  }

  /// A request may pass.
  init(allow reason: String) {
    status = 200
    isAllow = true
    self.reason = reason
    headers.set("cache-control", "no-store")
  }

  /// Somewhere else; `location` is one of ours, or one that a policy or a provider names.
  static func redirect(_ location: String, reason: String = "") -> Answer {
    var answer = Answer(generated: 302, reason: reason)
    answer.headers.set("location", location)
    return answer
  }

  /// The app does not answer.
  static var appUnavailable: Answer { Answer(generated: 502, reason: "appUnavailable") }

  mutating func setBody(_ text: String, type: String) {
    body = Array(text.utf8)
    headers.set("content-type", type)
    headers.set("x-content-type-options", "nosniff")
  }

  mutating func setJSON(_ value: JSON) {
    setBody(String(decoding: value.bytes, as: UTF8.self), type: "application/json")
  }

  /// A page of ours: nothing on it comes from elsewhere, and nobody frames it but the refresher's own host.
  mutating func setPage(_ page: String) {
    setBody(page, type: "text/html; charset=utf-8")
    headers.set(
      "content-security-policy",
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; form-action 'self' https:; frame-ancestors 'self'; base-uri 'none'"
    )
    headers.set("referrer-policy", "no-referrer")
  }
}

/// What a client must never send to an app: each is set or deleted, whatever the client said.
enum IdentityHeader {
  static let assertion = "x-goog-iap-jwt-assertion"
  static let email = "x-goog-authenticated-user-email"
  static let subject = "x-goog-authenticated-user-id"
  /// What all of them begin with; nothing that does is ever the client's.
  static let prefix = "x-goog-"
  /// What those of propagated attributes begin with, but for strict ones (docs/language.md, "Propagation").
  static let attributePrefix = "x-goog-iap-attr-"

  /// Whether a name in lower case speaks of a person or of the gate, and is none that every recipe overwrites.
  static func isForged(_ name: String) -> Bool {
    guard name.hasPrefix("x-goog-iap-") || name.hasPrefix("x-goog-authenticated-user-") else { return false }
    return name != assertion && name != email && name != subject
  }
}

extension Answer {
  /// The headers of an allow that are for the app; an empty value: the app gets no such header.
  var forApp: [Headers.Field] {
    headers.fields.filter { field in
      field.name.hasPrefix(IdentityHeader.prefix) || field.name == "cookie" || field.name == "authorization"
        || strictAttributes.contains(field.name)
    }
  }
}

/// An answer that is there, or one that must be waited for.
enum Outcome: Sendable {
  case now(Answer)
  case later(@Sendable () async -> Answer)
}
