// What a listener's paths are for, and what each proxy understands of an answer. `/check` is a sub-request: whatever is not an allow must
// never look like one to the proxy. `/answer` is the client's own request, passed on whole, for the gate to answer itself; `/tunnel` one that it carries.

/// A path of a listener.
enum Endpoint: CaseIterable {
  case check
  case answer
  /// A request passed on whole: the gate joins the client and the app for as long as the session is good.
  case tunnel

  /// The endpoint of a request target; nil where there is none. Envoy writes the client's target behind its prefix.
  init?(_ target: String, _ dialect: ProxyDialect) {
    guard let endpoint = Self.allCases.first(where: { target.utf8.starts(with: $0.prefix.utf8) }) else { return nil }
    let next = target.utf8.dropFirst(endpoint.prefix.utf8.count).first
    let isWhole = dialect == .envoy ? next == UInt8(ascii: "/") : next == nil || next == UInt8(ascii: "?")
    if !isWhole { return nil }
    self = endpoint
  }

  /// What stands before a client's target in Envoy's request line.
  var prefix: String {
    switch self {
    case .check: "/check"
    case .answer: "/answer"
    case .tunnel: "/tunnel"
    }
  }

  /// What the proxy is told.
  func render(_ answer: Answer, _ request: ClientRequest?, _ dialect: ProxyDialect) -> Answer {
    switch self {
    case .check: answer.isAllow ? answer : Self.refusal(answer, dialect)
    case .answer, .tunnel: answer.isAllow ? Self.retry(request) : answer
    }
  }

  /// A refusal that no proxy takes for an allow.
  private static func refusal(_ answer: Answer, _ dialect: ProxyDialect) -> Answer {
    var refusal = answer
    switch (dialect, answer.status) {
    // auth_request knows two refusals; the recipe asks `/answer` for what the client gets.
    case (.nginx, 400), (.nginx, 403), (.nginx, 404): refusal.status = 403
    case (.nginx, _):
      refusal.status = 401
      // nginx hands a sub-request's challenge to the client beside that of `/answer`.
      refusal.headers.remove("www-authenticate")
      if let location = answer.headers["location"] { refusal.headers.set("x-postern-location", location) }
      // The cookie of the attempt comes with the answer that the client gets.
      for name in ["location", "set-cookie"] { refusal.headers.remove(name) }
    // A mode's page is asked for at `/answer`, by the recipe; here a 2xx would let the request pass.
    case (_, 200..<300): refusal.status = 403
    default: break
    }
    return refusal
  }

  /// What was refused a moment ago is allowed now: another request was activity, or an account was found good again. A page asks once
  /// more in a second: not at once, for where a recipe sends here what is no mode, it would ask for ever.
  private static func retry(_ request: ClientRequest?) -> Answer {
    var answer = Answer(generated: 503, reason: "retry")
    answer.headers.set("retry-after", "1")
    if let request, Gate.wantsPage(request), request.method == "GET" { answer.setPage(Page.retry()) }
    return answer
  }
}
