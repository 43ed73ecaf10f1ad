// OAuth clients from the tree to the bundle: as the policy has them, in the order of their ids, with the bits of their scopes.

import PosternBundle
import PosternKernel
import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("The OAuth clients' section")
struct OAuthClientSectionTests {
  private static func contents() throws -> BundleContents {
    try #require(BundleContents(verified: ClientTree.bundle().bytes))
  }

  @Test("clients are read back as the policy has them, sorted by the bytes of their ids")
  func clients() throws {
    let clients = try Self.contents().oauthClients
    #expect(clients.map(\.id) == ["Admin", "mirror", "payroll-cli"])
    let tool = try #require(clients.last)
    #expect(tool.displayName == "Payroll command line")
    #expect(tool.party == .firstParty)
    #expect(tool.flows == [.code, .device])
    #expect(tool.redirectURIs == ["http://127.0.0.1/callback", "https://tool.example.com/cb"])
    #expect(
      tool.scopes
        == ["profile", "payroll.read", "payroll.write", "mail.send", "https://www.googleapis.com/auth/cloud-platform"])
    #expect(tool.apps == ["payroll", "mail"])
    #expect(clients.map(\.party) == [.firstParty, .thirdParty, .firstParty])
    #expect(clients.map(\.flows) == [[.device], [.device], [.code, .device]])
    #expect(clients.map(\.redirectURIs.count) == [0, 0, 2])
  }

  @Test("each client has the limits of its own document, and the defaults where none are written")
  func limits() throws {
    let clients = try Self.contents().oauthClients
    #expect(clients.map(\.sessionLengthSeconds) == [3_600, 57_600, 57_600])
    #expect(clients.map(\.needsSecureKey) == [true, false, false])
    #expect(clients.map(\.liveTokens) == [2, 100, 100])
    #expect(clients.map(\.unusedTimeoutSeconds) == [172_800, 15_552_000, 15_552_000])
  }

  @Test("patterns are bits of the client's own scopes: exact ones, and prefixes with a star")
  func masks() throws {
    let clients = try Self.contents().oauthClients
    #expect(clients.map(\.boundScopes) == [0b1, 0b001, 0b10110])
    #expect(clients.map(\.passwordChangeEnds) == [0, 0, 0b01000])
  }

  @Test("a client with 64 scopes has a bit for each, and the last one binds")
  func everyBit() throws {
    var files = ClientTree.files
    let scopes = (0..<64).map { "s\($0)" }
    files["clients.yaml"] = """
      kind: OAuthClients
      sessionLength: 1h
      boundScopes: [s63]
      clients:
        - {id: wide, displayName: Wide, party: THIRD_PARTY, flows: [DEVICE], scopes: [\(scopes.joined(separator: ", "))], apps: [mail]}
      """
    let bundle = try ClientTree.bundle(files)
    let wide = try #require(BundleContents(verified: bundle.bytes)?.oauthClients.last)
    #expect(wide.boundScopes == 1 << 63)
    #expect(bundle.decide(ClientTree.refresh("wide", ["s62"]), at: ClientTree.now).reason == .unbound)
    #expect(bundle.decide(ClientTree.refresh("wide", ["s63"]), at: ClientTree.now).reason == .withinSessionLength)
  }

  @Test("a policy without clients has no such section, and its bundle is what it was without them")
  func none() throws {
    let files = ClientTree.files.filter { !["clients.yaml", "keys.yaml"].contains($0.key) }
    let bundle = try ClientTree.bundle(files)
    let contents = try #require(BundleContents(verified: bundle.bytes))
    #expect(contents.table.range(.oauthClients) == nil)
    #expect(contents.oauthClients == [])
    #expect(bundle.decide(ClientTree.refresh("mirror", []), at: ClientTree.now).reason == .unknownClient)
  }

  @Test("the kernel reads other clients as another bundle")
  func decidesAs() throws {
    var files = ClientTree.files
    let bundle = try ClientTree.bundle(files)
    #expect(bundle.decidesAs(try ClientTree.bundle(files)))
    files["keys.yaml"] = files["keys.yaml"]?.replacing("1h", with: "2h")
    #expect(!bundle.decidesAs(try ClientTree.bundle(files)))
  }

  @Test("from the tree to the answer: within the session length, past it, and after another authentication")
  func endToEnd() throws {
    let bundle = try ClientTree.bundle()
    var refresh = ClientTree.refresh("payroll-cli", ["payroll.read", "profile"])
    let within = bundle.decide(refresh, at: ClientTree.now)
    #expect(within.outcome == .allowed)
    #expect(within.validUntil == refresh.authenticatedAt + 57_600_000)
    let past = bundle.decide(refresh, at: within.validUntil)
    #expect(past.outcome == .reauthenticate)
    #expect(past.method == .login)
    refresh.authenticatedAt = within.validUntil - 1
    #expect(bundle.decide(refresh, at: within.validUntil).outcome == .allowed)
  }
}
