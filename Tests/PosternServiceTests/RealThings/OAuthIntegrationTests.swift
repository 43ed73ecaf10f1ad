// The life of an OAuth client with everything real but the tool's own clock: a public library (Authlib) as the client, Chromium as its person's
// browser, Canaille as the login provider, the app behind nginx.

import Testing

@testable import PosternService

@Suite("A public OAuth library", .serialized, .timeLimit(.minutes(3)))
struct OAuthIntegrationTests {
  private static let apps = [
    "payroll": "settings: {accessSettings: {oauthSettings: {programmaticClients: [reader, sync]}}}"
  ]

  private static func clients(_ port: Int) -> String {
    """
    kind: OAuthClients
    sessionLength: 16h
    boundScopes: [payroll.read]
    clients:
      - id: reader
        displayName: Payroll reader
        party: FIRST_PARTY
        redirectURIs: ["http://127.0.0.1/callback"]
        scopes: [payroll.read, notes.read]
        apps: [payroll]
      - id: sync
        displayName: Sync
        party: THIRD_PARTY
        redirectURIs: ["http://127.0.0.1/callback"]
        scopes: [payroll.read, notes.read]
        apps: [payroll]
    """
  }

  private func fixture() async throws -> BrowserFixture {
    try await BrowserFixture(apps: Self.apps, documents: { ["clients.yaml": Self.clients($0)] })
  }

  /// Signs ann in at the provider, for the library's authorization request; what the library makes of the answer.
  private func signIn(
    _ fixture: BrowserFixture, _ tool: LibraryTool, scope: String = "payroll.read notes.read",
    as name: String = "Payroll reader"
  ) async throws -> JSON {
    let begun = try await tool.tell("begin", ["scope": scope])
    let provider = try await fixture.browser("goto", ["url": try #require(begun["url"]?.text)])
    try #require(provider.url.hasPrefix("https://id.localhost:\(fixture.port)/"))
    let page = try await fixture.browser("login", ["user": "ann"])
    #expect(page.title == "\(name) asks for access")
    let arrived = try await fixture.browser("click", ["selector": "a.button"])
    return try await tool.tell("finish", ["url": arrived.url])
  }

  @Test("logs in, calls an app, is refused at the session length, re-authenticates, and goes on")
  func firstParty() async throws {
    let fixture = try await fixture()
    let tool = try await LibraryTool(fixture, client: "reader")
    let tokens = try await signIn(fixture, tool)
    #expect(tokens["scope"]?.text == "payroll.read notes.read")
    let app = try await tool.tell("call", ["url": fixture.url("payroll", "/runs")])
    #expect(app["status"]?.int == 200)
    #expect(app["text"]?.text?.contains("people:ann@example.com") == true)
    try await fixture.advance(seconds: 16 * 3_600 - 60)
    #expect(try await tool.tell("refresh")["error"] == nil)
    #expect(try await tool.tell("call", ["url": fixture.url("payroll")])["status"]?.int == 200)
    try await fixture.advance(seconds: 60)
    #expect(try await tool.tell("call", ["url": fixture.url("payroll")])["status"]?.int == 401)
    #expect(try await tool.tell("refresh")["error"]?.text == "invalid_grant")
    let url = try await tool.reauthenticationURL(fixture)
    try await fixture.advance(seconds: 2)
    _ = try await fixture.browser("goto", ["url": url])
    #expect(try await fixture.browser("login", ["user": "ann"]).title == "Let Payroll reader go on?")
    let done = try await fixture.browser("click", ["selector": "button[type=submit]"])
    #expect(done.title == "You have signed in again")
    #expect(try await tool.tell("refresh")["error"] == nil)
    #expect(try await tool.tell("call", ["url": fixture.url("payroll")])["status"]?.int == 200)
  }

  @Test("of a third party is refused at the session length for good; a scope outside the list is not bounded")
  func thirdParty() async throws {
    let fixture = try await fixture()
    let tool = try await LibraryTool(fixture, client: "sync")
    #expect(try await signIn(fixture, tool, as: "Sync")["access_token"] != nil)
    #expect(try await tool.tell("call", ["url": fixture.url("payroll")])["status"]?.int == 200)
    try await fixture.advance(seconds: 16 * 3_600)
    #expect(try await tool.tell("refresh")["error"]?.text == "invalid_grant")
    #expect(try await tool.refusal(fixture)["error_subtype"]?.text == "invalid_rapt")
    try await fixture.browser("new")
    let other = try await LibraryTool(fixture, client: "sync")
    #expect(try await signIn(fixture, other, scope: "notes.read", as: "Sync")["access_token"] != nil)
    try await fixture.advance(seconds: 16 * 3_600)
    #expect(try await other.tell("refresh")["scope"]?.text == "notes.read")
  }

  @Test("connects a device, and gives its token back")
  func device() async throws {
    let fixture = try await fixture()
    let tool = try await LibraryTool(fixture, client: "reader")
    let begun = try await tool.tell("device")
    let code = try #require(begun["device_code"]?.text)
    #expect(try await tool.tell("poll", ["device_code": code])["error"]?.text == "authorization_pending")
    #expect(try await tool.tell("poll", ["device_code": code])["error"]?.text == "slow_down")
    _ = try await fixture.browser("goto", ["url": try #require(begun["verification_uri_complete"]?.text)])
    let page = try await fixture.browser("login", ["user": "ann"])
    #expect(page.title == "Connect Payroll reader?")
    #expect(page.text.contains(try #require(begun["user_code"]?.text)))
    #expect(try await fixture.browser("click", ["selector": "button[type=submit]"]).title == "Connected")
    #expect(try await tool.tell("poll", ["device_code": code])["access_token"] != nil)
    #expect(try await tool.tell("call", ["url": fixture.url("payroll")])["status"]?.int == 200)
    #expect(try await tool.tell("revoke")["status"]?.int == 200)
    #expect(try await tool.tell("call", ["url": fixture.url("payroll")])["status"]?.int == 401)
    #expect(try await tool.tell("refresh")["error"]?.text == "invalid_grant")
  }
}
