// Row 3: what is a mode, on which methods, whose app it names, and which obligations a refresh carries.

import PosternLanguage
import Testing

@Suite("The reference's modes")
struct ReferenceModeTests {
  private func decide(
    _ path: String, _ query: String?, method: String = "GET", credential: Credential = ReferenceWorld.session()
  ) -> Decision {
    var request = ReferenceWorld.request(path, method: method)
    request.query = query.map { Array($0.utf8) }
    return ReferenceWorld.policy().decide(request, credential, at: ReferenceWorld.now)
  }

  @Test(
    "the first parameter of the name decides, byte for byte after one decoding",
    arguments: [
      ("gcp-iap-mode=IDENTITY", Mode.identity), ("a=b&gcp-iap-mode=DO_SESSION_REFRESH", .doSessionRefresh),
      ("gcp-iap-mode=SESSION_REFRESHER&x", .sessionRefresher), ("gcp-iap-mode=GCIP_SIGNOUT", .gcipSignout),
      ("gcp-iap-mode=CLEAR_LOGIN_COOKIE", .clearLoginCookie), ("gcp%2Diap-mode=%49DENTITY", .identity),
      ("gcp-iap-mode=identity", .none), ("GCP-IAP-MODE=IDENTITY", .none), ("gcp-iap-mode=IDENTITY+", .none),
      ("gcp-iap-mode=x&gcp-iap-mode=IDENTITY", .none), ("gcp-iap-mode&gcp-iap-mode=IDENTITY", .none),
      ("gcp-iap-mode=%zz&gcp-iap-mode=IDENTITY", .none), ("gcp-iap-mod%zz=1&gcp-iap-mode=IDENTITY", .identity),
      ("gcp-iap-mode=%2549DENTITY", .none), ("gcp-iap-mode=IDENTITY=", .none), ("gcp-iap-mode=IDENTITY;x", .none),
      ("gcp-iap-mode=SECURE_TOKEN_TEST", .none), ("&&=&gcp-iap-mode=IDENTITY", .identity), ("", .none),
    ])
  func queries(query: String, mode: Mode) {
    #expect(decide("/", query).mode == mode)
    #expect(decide("/", query, method: "POST").mode == .none)
  }

  @Test(
    "a path under the gate's own segment is a page of the gate or reserved",
    arguments: [
      ("/_gcp_iap/do_session_refresh", Mode.doSessionRefresh), ("/_gcp_iap/session_refresher", .sessionRefresher),
      ("/_gcp_iap/gcip_signout", .gcipSignout), ("/_gcp_iap/clear_login_cookie", .clearLoginCookie),
      ("/_gcp_iap/identity", .identity), ("/_gcp_iap/identity/", .reservedPath), ("/_gcp_iap", .reservedPath),
      ("/_gcp_iap/", .reservedPath), ("/%5Fgcp_iap/identity", .identity), ("/_GCP_IAP/identity", .none),
      ("/_gcp_iapx", .none), ("/x/_gcp_iap/identity", .none), ("/_gcp_iap/./identity", .reservedPath),
    ])
  func paths(path: String, mode: Mode) {
    #expect(decide(path, nil).mode == mode)
  }

  @Test("a gate path in one form only is ambiguous", arguments: ["//_gcp_iap/x", "/_gcp_iap;x/x", "/a/../_gcp_iap/x"])
  func ambiguous(path: String) {
    #expect(decide(path, nil).reason == .ambiguousPath)
    #expect(decide(path, nil, method: "POST").reason == .ambiguousPath)
    #expect(decide(path, "gcp-iap-mode=IDENTITY").mode == .identity)
  }

  @Test("a mode names the app of its path, else the base app")
  func apps() {
    #expect(decide("/admin", "gcp-iap-mode=IDENTITY").appIndex == 0)
    #expect(decide("/_gcp_iap/identity", nil).appIndex == 1)
    #expect(decide("/x/../admin", "gcp-iap-mode=IDENTITY").appIndex == 0)
  }

  @Test("a mode on an unknown host is an unknown host")
  func unknownHost() {
    let request = ReferenceWorld.request("/_gcp_iap/identity", host: "other.example")
    let decision = ReferenceWorld.policy().decide(request, Credential(), at: ReferenceWorld.now)
    #expect(decision.reason == .unknownHost)
  }

  @Test("a refresh carries the obligations of the challenge that the same URL would get")
  func refreshObligations() {
    var policy = ReferenceWorld.policy()
    policy.apps[1].session.idleTimeout.value = .seconds(60)
    var credential = ReferenceWorld.session()
    credential.lastSeenAt = ReferenceWorld.now - 61_000
    for path in ["/_gcp_iap/do_session_refresh", "/_gcp_iap/session_refresher", "/_gcp_iap/identity"] {
      let decision = policy.decide(ReferenceWorld.request(path), credential, at: ReferenceWorld.now)
      let isRefresh = path != "/_gcp_iap/identity"
      #expect(decision.reason == .modeRequested)
      #expect(decision.prompt == (isRefresh ? .login : .none))
      #expect(decision.clock == (isRefresh ? .idle : .none))
      #expect(decision.authenticatedAfter == (isRefresh ? ReferenceWorld.now - 1_000 : 0))
    }
  }

  @Test(
    "an allowed token test carries the wish of its first type",
    arguments: [
      ("gcp-iap-mode=SECURE_TOKEN_TEST", TokenTest.notSet),
      ("gcp-iap-mode=SECURE_TOKEN_TEST&iap-secure-token-test-type=ISSUER", .issuer),
      ("iap-secure-token-test-type=SIGNATURE&gcp-iap-mode=SECURE_TOKEN_TEST", .signature),
      ("gcp-iap-mode=SECURE_TOKEN_TEST&iap-secure-token-test-type=x&iap-secure-token-test-type=ISSUER", .notSet),
      ("iap-secure-token-test-type=ISSUER", .none),
      ("gcp-iap-mode=x&gcp-iap-mode=SECURE_TOKEN_TEST", .none),
    ])
  func tokenTests(query: String, expected: TokenTest) {
    #expect(decide("/", query).tokenTest == expected)
    #expect(decide("/", query, method: "POST").tokenTest == expected)
    #expect(decide("/", query, credential: Credential()).tokenTest == .none)
  }
}
