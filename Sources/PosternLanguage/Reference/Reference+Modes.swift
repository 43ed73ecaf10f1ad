// Row 3: the modes of the gate, by query and by path, and the broken assertion that a test may ask for.

extension ReferenceTarget {
  private static let modes: [(name: String, page: String, mode: Mode)] = [
    ("DO_SESSION_REFRESH", "/_gcp_iap/do_session_refresh", .doSessionRefresh),
    ("SESSION_REFRESHER", "/_gcp_iap/session_refresher", .sessionRefresher),
    ("GCIP_SIGNOUT", "/_gcp_iap/gcip_signout", .gcipSignout),
    ("CLEAR_LOGIN_COOKIE", "/_gcp_iap/clear_login_cookie", .clearLoginCookie),
    ("IDENTITY", "/_gcp_iap/identity", .identity),
  ]

  private static let tokenTests: [(name: String, test: TokenTest)] = [
    ("NOT_SET", .notSet), ("FUTURE_ISSUE", .futureIssue), ("PAST_EXPIRATION", .pastExpiration), ("ISSUER", .issuer),
    ("AUDIENCE", .audience), ("SIGNATURE", .signature),
  ]

  var isGetOrHead: Bool { isEqual(method, "GET") || isEqual(method, "HEAD") }

  /// The mode that the query asks for, on GET and HEAD.
  var queryMode: Mode? {
    guard isGetOrHead else { return nil }
    let value = queryValue("gcp-iap-mode")
    return Self.modes.first { isEqual(value, $0.name) }?.mode
  }

  /// The mode that a path under `/_gcp_iap` is, on GET and HEAD.
  func pathMode(of path: Bytes) -> Mode? {
    guard isGetOrHead, isReserved(path) else { return nil }
    return Self.modes.first { isEqual(path, $0.page) }?.mode ?? .reservedPath
  }

  /// Whether the path's first segment is the gate's own.
  func isReserved(_ path: Bytes) -> Bool { isSegmentPrefix("/_gcp_iap", of: path) }

  /// What an `allow` with an identity carries.
  var tokenTest: TokenTest {
    guard isEqual(queryValue("gcp-iap-mode"), "SECURE_TOKEN_TEST") else { return .none }
    let value = queryValue("iap-secure-token-test-type")
    return Self.tokenTests.first { isEqual(value, $0.name) }?.test ?? .notSet
  }

  /// The value of the first parameter of that name; nil where there is none or its escape is bad.
  private func queryValue(_ name: String) -> Bytes? {
    for pair in (request.query ?? []).split(separator: UInt8(ascii: "&")) {
      let nameBytes = pair.prefix { $0 != UInt8(ascii: "=") }
      guard isEqual(percentDecoded(nameBytes), name) else { continue }
      return percentDecoded(pair.dropFirst(nameBytes.count + 1))
    }
    return nil
  }
}
