// The life of a session in a real browser (issue: "A browser logs in, idles out, ..."): nothing here is told but by what the browser shows.

import Testing

@testable import PosternService

@Suite("In a browser", .serialized, .timeLimit(.minutes(3)))
struct BrowserIntegrationTests {
  static let apps = [
    "payroll": "", "wiki": "",
    "vault": "settings: {accessSettings: {reauthSettings: {method: LOGIN, maxAge: 300s, policyType: MINIMUM}}}",
  ]

  @Test("logs in, and is known to every app of the organization without being asked again")
  func login() async throws {
    let fixture = try await BrowserFixture(apps: Self.apps)
    let provider = try await fixture.browser("goto", ["url": fixture.url("payroll", "/runs?month=3&of=a%20b")])
    #expect(provider.url.hasPrefix("https://id.localhost:\(fixture.port)/login"))
    let app = try await fixture.browser("login", ["user": "ann"])
    #expect(app.url == fixture.url("payroll", "/runs?month=3&of=a%20b"))
    #expect(app.text.contains("people:ann@example.com"))
    let other = try await fixture.browser("goto", ["url": fixture.url("wiki", "/page")])
    #expect(other.url == fixture.url("wiki", "/page"))
    #expect(other.text.contains("people:ann@example.com"))
  }

  @Test("who may not pass is told so by a page, and is not sent in circles")
  func denied() async throws {
    let fixture = try await BrowserFixture(apps: Self.apps)
    _ = try await fixture.browser("goto", ["url": fixture.url("payroll")])
    let page = try await fixture.browser("login", ["user": "bob"])
    #expect(page.url == fixture.url("payroll"))
    #expect(page.title == "No access")
    #expect(page.text.contains("bob@example.com"))
  }

  @Test("idles out, and logs in again with a password, not silently")
  func idle() async throws {
    let fixture = try await BrowserFixture(apps: Self.apps)
    _ = try await fixture.browser("goto", ["url": fixture.url("payroll")])
    _ = try await fixture.browser("login", ["user": "ann"])
    try await fixture.advance(seconds: 15 * 60)
    let provider = try await fixture.browser("goto", ["url": fixture.url("payroll", "/later")])
    #expect(provider.url.hasPrefix("https://id.localhost:\(fixture.port)/"))
    try await fixture.advance(seconds: 2)
    let app = try await fixture.browser("login", ["user": "ann"])
    #expect(app.url == fixture.url("payroll", "/later"))
    #expect(app.text.contains("people:ann@example.com"))
  }

  @Test("recovers by the refresh window without losing the page")
  func refreshWindow() async throws {
    let fixture = try await BrowserFixture(apps: Self.apps)
    _ = try await fixture.browser("goto", ["url": fixture.url("payroll", "/form")])
    _ = try await fixture.browser("login", ["user": "ann"])
    _ = try await fixture.browser("evaluate", ["script": "document.getElementById('draft').value = 'half a sentence'"])
    try await fixture.advance(seconds: 15 * 60)
    let ask =
      "fetch('/data').then(r => r.status + ' ' + r.headers.get('x-postern-reason') + ' ' + r.headers.get('x-postern-refresh'))"
    let refused = try await fixture.browser("evaluate", ["script": ask])
    let refresh = fixture.url("payroll", "/data?gcp-iap-mode=DO_SESSION_REFRESH")
    #expect(refused.json["value"]?.text == "401 idleTimeout \(refresh)")
    try await fixture.advance(seconds: 2)
    _ = try await fixture.browser("popup", ["url": refresh, "user": "ann"])
    let again = try await fixture.browser("evaluate", ["script": "fetch('/data').then(r => String(r.status))"])
    #expect(again.json["value"]?.text == "200")
    let draft = try await fixture.browser("evaluate", ["script": "document.getElementById('draft').value"])
    #expect(draft.json["value"]?.text == "half a sentence")
  }

  @Test("keeps a frame of its own host that refreshes its session")
  func refresherFrame() async throws {
    let fixture = try await BrowserFixture(apps: ["payroll": ""])
    try await fixture.browser("goto", ["url": fixture.url("payroll", "/runs")])
    try await fixture.browser("login", ["user": "ann"])
    let script = """
      new Promise(done => {
        const frame = document.createElement("iframe")
        frame.onload = () => done(frame.contentDocument?.documentElement.innerHTML)
        frame.src = "/runs?gcp-iap-mode=SESSION_REFRESHER"
        document.body.append(frame)
      })
      """
    let page = try await fixture.browser("evaluate", ["script": script]).json["value"]?.text ?? ""
    let again = fixture.url("payroll", "/runs?gcp-iap-mode=SESSION_REFRESHER")
    #expect(page.contains("location.replace(\"\(again)\")"), "\(page)")
  }

  @Test("is sent to re-authenticate where the policy asks for it, and comes back to where it was")
  func reauthentication() async throws {
    let fixture = try await BrowserFixture(apps: Self.apps)
    _ = try await fixture.browser("goto", ["url": fixture.url("payroll")])
    _ = try await fixture.browser("login", ["user": "ann"])
    try await fixture.advance(seconds: 301)
    let provider = try await fixture.browser("goto", ["url": fixture.url("vault", "/secret?x=1")])
    #expect(provider.url.hasPrefix("https://id.localhost:\(fixture.port)/"))
    let vault = try await fixture.browser("login", ["user": "ann"])
    #expect(vault.url == fixture.url("vault", "/secret?x=1"))
    #expect(vault.text.contains("people:ann@example.com"))
  }

  @Test("signs out of an app, and everywhere")
  func signOut() async throws {
    let fixture = try await BrowserFixture(apps: Self.apps)
    _ = try await fixture.browser("goto", ["url": fixture.url("payroll")])
    _ = try await fixture.browser("login", ["user": "ann"])
    _ = try await fixture.browser("goto", ["url": fixture.url("wiki")])
    let page = try await fixture.browser("goto", ["url": "https://login.localhost:\(fixture.port)/?mode=signout"])
    #expect(page.title == "Sign out everywhere")
    let out = try await fixture.browser("click", ["selector": "button[type=submit]"])
    #expect(out.url == "https://login.localhost:\(fixture.port)/")
    #expect(out.title == "Signed out")
    for app in ["payroll", "wiki"] {
      _ = try await fixture.browser("goto", ["url": "about:blank"])
      let status = try await fixture.browser("goto", ["url": fixture.url(app)])
      // The provider's own session is its own affair: a login there may still be silent, but it is a new session here.
      #expect(status.url.hasPrefix("https://"))
    }
  }

  @Test("signs out everywhere, at the provider too where the policy says so: the next login asks for a password")
  func signOutAtProvider() async throws {
    let fixture = try await BrowserFixture(apps: Self.apps) { text, _ in
      text.replacing("clientID: postern", with: "clientID: postern, endSession: true")
    }
    _ = try await fixture.browser("goto", ["url": fixture.url("payroll")])
    _ = try await fixture.browser("login", ["user": "ann"])
    _ = try await fixture.browser("goto", ["url": "https://login.localhost:\(fixture.port)/?mode=signout"])
    let out = try await fixture.browser("click", ["selector": "button[type=submit]"])
    #expect(out.url.hasPrefix("https://login.localhost:\(fixture.port)/signed-out?state="))
    #expect(out.title == "Signed out")
    let provider = try await fixture.browser("goto", ["url": fixture.url("payroll", "/again")])
    #expect(provider.url.hasPrefix("https://id.localhost:\(fixture.port)/login"))
    let app = try await fixture.browser("login", ["user": "ann"])
    #expect(app.url == fixture.url("payroll", "/again"))
  }

  /// The organization with an identity platform, and a login page of its own.
  private static func withPlatform(_ text: String, _ port: Int) -> String {
    text.replacing(
      "loginProviders:",
      with: """
        providers: [platform]
        settings: {accessSettings: {gcipSettings: {loginPageUri: "\(PlatformResponder.page(port: port))"}}}
        loginProviders:
          - name: platform
            source: identityPlatform
            issuer: "\(PlatformResponder.issuer(port: port))"
            clientID: postern
            domains: [example.com]
            tenantIds: [1-north, 2-south]
        """
    ).replacing("clientID: postern, domains: [example.com]}\nsession", with: "clientID: postern}\nsession")
  }

  @Test("switches tenant: an app of another tenant asks for a login there, and both sessions are good afterwards")
  func tenants() async throws {
    func settings(_ tenant: String) -> String {
      "settings: {accessSettings: {gcipSettings: {tenantIds: [\(tenant)]}}}"
    }
    let fixture = try await BrowserFixture(
      apps: ["payroll": settings("1-north"), "wiki": settings("2-south")], organization: Self.withPlatform)
    let north = try await fixture.browser("goto", ["url": fixture.url("payroll")])
    #expect(north.text.contains("tenant 1-north"))
    #expect(try await fixture.browser("click", ["selector": "button[type=submit]"]).url == fixture.url("payroll"))
    let south = try await fixture.browser("goto", ["url": fixture.url("wiki", "/page")])
    #expect(south.text.contains("tenant 2-south"))
    let switched = try await fixture.browser("click", ["selector": "button[type=submit]"])
    #expect(switched.url == fixture.url("wiki", "/page"))
    #expect(switched.text.contains("platform:ann@example.com"))
    #expect(try await fixture.browser("goto", ["url": fixture.url("payroll")]).url == fixture.url("payroll"))
  }

  @Test("logs in at a page of the organization's own, on another site, comes back to where it was, and signs out by it")
  func loginPage() async throws {
    let fixture = try await BrowserFixture(
      apps: ["payroll": "settings: {accessSettings: {gcipSettings: {tenantIds: [1-north]}}}"],
      organization: Self.withPlatform)
    let page = try await fixture.browser("goto", ["url": fixture.url("payroll", "/runs?month=3")])
    #expect(page.url.hasPrefix("https://welcome.localhost:\(fixture.port)/in?mode=login&provider=platform&"))
    let app = try await fixture.browser("click", ["selector": "button[type=submit]"])
    #expect(app.url == fixture.url("payroll", "/runs?month=3"))
    #expect(app.text.contains("platform:ann@example.com"))
    let out = try await fixture.browser("goto", ["url": fixture.url("payroll", "/runs?gcp-iap-mode=GCIP_SIGNOUT")])
    #expect(out.text.contains("mode signout"))
    let again = try await fixture.browser("click", ["selector": "a"])
    #expect(again.url.hasPrefix("https://welcome.localhost:\(fixture.port)/in?mode=reauth&"))
  }

  @Test("an account that its provider has locked is out within the policy's revalidate")
  func locked() async throws {
    let fixture = try await BrowserFixture(apps: Self.apps)
    _ = try await fixture.browser("goto", ["url": fixture.url("payroll")])
    _ = try await fixture.browser("login", ["user": "ann"])
    try await fixture.lock("ann")
    try await fixture.advance(seconds: 119)
    let status = "fetch('/data').then(r => r.status + ' ' + r.headers.get('x-postern-reason'))"
    #expect(try await fixture.browser("evaluate", ["script": status]).json["value"]?.text == "200 null")
    try await fixture.advance(seconds: 2)
    #expect(try await fixture.browser("evaluate", ["script": status]).json["value"]?.text == "401 signedOut")
  }
}
