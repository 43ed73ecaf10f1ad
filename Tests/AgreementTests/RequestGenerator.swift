// Requests for an app: mostly ones that reach it, many of them bent in one place or two.

import PosternLanguage

struct RequestGenerator {
  private var random: Random

  static func request(for app: App, seed: UInt64) -> Request {
    var generator = RequestGenerator(random: Random(seed: seed))
    return generator.request(for: app)
  }

  private mutating func request(for app: App) -> Request {
    let route = random.pick(app.routes)
    var request = Request()
    request.method = method()
    request.scheme = Array("https".utf8)
    request.host = host(for: route)
    request.path = path(for: route)
    request.query = query()
    setHeaders(of: &request)
    if request.method == Array("CONNECT".utf8) && random.chance(80) { request.upgrade = Array("websocket".utf8) }
    return request
  }

  // MARK: Method and headers

  private mutating func method() -> [UInt8]? {
    if random.chance(1) { return nil }
    let methods = ["GET", "GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "CONNECT", "get"]
    let oddities = [
      "TRACE", "", "G T", "PUT\u{7F}", String(repeating: "M", count: 64), String(repeating: "M", count: 65),
    ]
    return Array(random.pick(random.chance(3) ? oddities : methods).utf8)
  }

  private static let headers:
    [(field: any WritableKeyPath<Request, [UInt8]?> & Sendable, percent: Int, texts: [String])] = [
      (\.xRequestedWith, 10, ["XMLHttpRequest", "xmlhttpREQUEST", "fetch", ""]),
      (\.secFetchMode, 30, ["navigate", "navigate", "cors", "Navigate", ""]),
      (\.secFetchDest, 10, ["document", "iframe"]),
      (\.secFetchSite, 10, ["none", "same-origin"]),
      (\.secPurpose, 12, ["prefetch", "prefetch;prerender", "Prefetch", "pre"]),
      (
        \.accept, 60,
        [
          "text/html", "text/html,*/*;q=0.8", "*/*", "application/xhtml+xml;q=0.001", "TEXT/HTML;q=1.000",
          "text/html;q=0",
          "text/html;q=0.000", "text/html;q=2", "text/html;q", "a/b;c=\",text/html", "a/b;c=\"\\\"\",text/html", "",
          " text/html\t;level=1 ; Q=0.5", "application/json, text/html;q=1.001", "text/html;q= 1", ",text/html;q=0.",
        ]
      ),
      (
        \.upgrade, 25,
        ["websocket", "WebSocket", "h2c, websocket", "h2c,websockets", "websocket/13", "", " websocket\t"]
      ),
      (\.origin, 10, ["https://h.test", "null"]),
      (\.accessControlRequestMethod, 8, ["POST", "GET"]),
    ]

  private mutating func setHeaders(of request: inout Request) {
    for header in Self.headers where random.chance(header.percent) {
      request[keyPath: header.field] = Array(random.pick(header.texts).utf8)
    }
    if random.chance(1) {
      let count = random.pick([8_191, 8_192, 8_193])
      request[keyPath: random.pick(Self.headers).field] = Array(repeating: UInt8(ascii: "x"), count: count)
    }
  }

  // MARK: Host

  private mutating func host(for route: Route) -> [UInt8]? {
    if random.chance(1) { return nil }
    var host = route.isWildcard ? random.pick(["a", "x", "b-1", "x9", "0", "x.y", ""]) + "." + route.host : route.host
    if random.chance(2) {
      host = random.pick(["unknown.test", "", ".", "h.test..", "h_.test", "[::1", "[]", "[::g]", ":80"])
    }
    if random.chance(1) { host = String(repeating: "a.", count: random.pick([120, 126, 127])) + "test" }
    if random.chance(12) { host = host.uppercased() }
    if random.chance(8) && !host.hasSuffix("]") { host += "." }
    if random.chance(15) { host += random.pick([":443", ":80", ":0", ":99999"]) }
    if random.chance(1) { host += random.pick([":", ":8x", ":80:80", ":80."]) }
    return Array(host.utf8)
  }

  // MARK: Path

  private mutating func path(for route: Route) -> [UInt8]? {
    if random.chance(1) { return nil }
    var path = Array(route.path.utf8)
    for _ in 0..<random.below(3) { path += "/".utf8 + Array(random.pick(Self.segments).utf8) }
    if path.isEmpty || random.chance(10) { path += "/".utf8 }
    if random.chance(5) { path = Array(random.pick(Self.pages).utf8) }
    if random.chance(25) {
      for _ in 0...random.below(2) { bend(&path) }
    }
    if random.chance(1) {
      path += Array(repeating: UInt8(ascii: "z"), count: max(0, random.pick([8_191, 8_192, 8_193]) - path.count))
    }
    return path
  }

  private static let segments = ["a", "b", "c", "d", "a", "b", "a%20b", "caf%C3%A9", "x%3Adelete", "...", "a;p=1"]

  private static let pages = [
    "/_gcp_iap/do_session_refresh", "/_gcp_iap/session_refresher", "/_gcp_iap/gcip_signout",
    "/_gcp_iap/clear_login_cookie", "/_gcp_iap/identity", "/_gcp_iap/identity/", "/_gcp_iap", "/_gcp_iap/x",
    "/_gcp_iap/./identity", "//_gcp_iap/identity", "/a/../_gcp_iap/do_session_refresh", "/_gcp_iap;p/identity",
    "/_gcp_iap/x/../session_refresher", "/%5fgcp_iap/identity", "/_GCP_IAP/identity",
  ]

  /// Put in at a slash; most of them leave the path what it was, in another form.
  private static let insertions = [
    "/", "/.", "/x/..", "/;p", "/a/..", "/./.", "/..", "/b/../a/..", "/%2e", "/x/%2E%2e", "/x/.%2e",
  ]

  /// Put in anywhere: escapes and bytes, good and bad.
  private static let intrusions = [
    "%2F", "%2f", "%25", "%252F", "%zz", "%4", "%", "%00", "%7F", "%5c", "%3B", "%3f", "%23", "%c0%ae", "%ed%a0%80",
    "%F0%9F%98%80", "%ff", "..;", "%2e%2e%3b", ";", ";p", "#", "?", "\\", " ", "\u{7F}", "\t", "\u{E9}", "%41", "%2E",
  ]

  private mutating func bend(_ path: inout [UInt8]) {
    let slashes = path.indices.filter { path[$0] == UInt8(ascii: "/") }
    switch random.below(6) {
    case 0...2:
      guard !slashes.isEmpty else { return }
      path.insert(contentsOf: random.pick(Self.insertions).utf8, at: random.pick(slashes))
    case 3: path.insert(contentsOf: random.pick(Self.intrusions).utf8, at: random.below(path.count + 1))
    default: escapeLetter(in: &path)
    }
  }

  /// Writes one letter as an escape, which changes nothing.
  private mutating func escapeLetter(in path: inout [UInt8]) {
    let letters = path.indices.filter { (0x67...0x7A).contains(path[$0]) || path[$0] == UInt8(ascii: "_") }
    guard !letters.isEmpty else { return }
    let index = random.pick(letters)
    path.replaceSubrange(index...index, with: "%\(String(path[index], radix: 16, uppercase: random.chance(50)))".utf8)
  }

  // MARK: Query

  private static let modes = [
    "DO_SESSION_REFRESH", "SESSION_REFRESHER", "GCIP_SIGNOUT", "CLEAR_LOGIN_COOKIE", "IDENTITY", "SECURE_TOKEN_TEST",
    "SECURE_TOKEN_TEST", "SECURE_TOKEN_TEST", "identity", "", "%zz", "IDENTIT%59",
  ]

  private static let tests = ["NOT_SET", "FUTURE_ISSUE", "PAST_EXPIRATION", "ISSUER", "AUDIENCE", "SIGNATURE", "x", ""]

  private mutating func query() -> [UInt8]? {
    if random.chance(75) { return random.chance(50) ? nil : Array("a=b&c".utf8) }
    if random.chance(2) { return Array(repeating: UInt8(ascii: "&"), count: random.pick([16_384, 16_385])) }
    var pairs: [String] = []
    for _ in 0...random.below(3) {
      switch random.below(6) {
      case 0...2: pairs.append("gcp-iap-mode=\(random.pick(Self.modes))")
      case 3: pairs.append("iap-secure-token-test-type=\(random.pick(Self.tests))")
      case 4: pairs.append("iap%2Dsecure-token-test-type=\(random.pick(Self.tests))")
      default:
        pairs.append(random.pick(["gcp-iap-mode", "x=gcp-iap-mode=IDENTITY", "", "=", "gcp%2diap%2Dmode=IDENTITY"]))
      }
    }
    return Array(pairs.joined(separator: "&").utf8)
  }
}
