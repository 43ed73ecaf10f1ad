// What a bundle says to the gate beside what decides: as the policy has it, or refused whole.

import PosternBundle
import PosternKernel
import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("The gate's section")
struct GateSectionTests {
  private static let organization = """
    kind: Organization
    name: example.com
    loginProviders:
      - {name: people, source: oidc, issuer: "https://id.example.com", clientID: postern, domains: [example.com]}
      - {name: platform, source: identityPlatform, issuer: "https://platform.example.com", clientID: p, endSession: true}
    session: {absoluteTimeout: 8h, idleTimeout: 15m, revalidate: 2m}
    providers: [people, platform]
    """

  private static func app(_ name: String, _ settings: String = "") -> String {
    "kind: App\nname: \(name)\nroutes: [\(name).example.com/]\n\(settings)\n"
  }

  private static let denied = """
    settings: {applicationSettings: {accessDeniedPageSettings: {accessDeniedPageUri: "https://help.example.com/denied"}}}
    """

  /// Apps in tree order: a, b, c, d, e.
  private static let files = [
    "organization.yaml": organization, "a.yaml": app("a"), "f/folder.yaml": "kind: Folder\n\(denied)\n",
    "f/b.yaml": app("b"), "f/c.yaml": app("c"),
    "f/d.yaml": app(
      "d", "settings: {accessSettings: {gcipSettings: {loginPageUri: \"https://login.example.com/seite?ü=1\"}}}"),
    "g/e.yaml": app("e"),
  ]

  private static func contents(_ files: [String: String] = files) throws -> BundleContents {
    let reading = Policy.read(files: files.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) })
    let policy = try #require(reading.policy, "\(reading.diagnostics)")
    let bytes = Compiler.compile(policy, revision: 1)
    _ = try VerifiedBundle(bytes)
    return try #require(BundleContents(verified: bytes))
  }

  @Test("pages are read back for each app as they are in force, and neighbours share a record")
  func pages() throws {
    let contents = try Self.contents()
    let gate = try #require(contents.gate)
    #expect((0..<contents.appCount).map(contents.appName) == ["a", "b", "c", "d", "e"])
    let denied = "https://help.example.com/denied"
    #expect((0..<5).map { gate.pages(ofApp: $0)?.denied } == [nil, denied, denied, denied, nil])
    #expect(
      (0..<5).map { gate.pages(ofApp: $0)?.login } == [nil, "", "", "https://login.example.com/seite?ü=1", nil])
    #expect(gate.pages.map(\.apps) == [1..<3, 3..<4])
  }

  @Test("providers whose session is to end are marked")
  func providers() throws {
    #expect(try Self.contents().gate?.endingProviders == 0b10)
  }

  @Test("a policy that says nothing of it has no such section, and says nothing")
  func none() throws {
    let organization = Self.organization.replacing(", endSession: true", with: "")
    let contents = try Self.contents(["organization.yaml": organization, "a.yaml": Self.app("a")])
    #expect(contents.table.range(.gate) == nil)
    let gate = try #require(contents.gate)
    #expect(gate.pages == [])
    #expect(gate.endingProviders == 0)
  }

  @Test("stripping and signing keep the section")
  func stripped() throws {
    let contents = try Self.contents()
    let stripped = try Compiler.strippingProvenance(of: contents.bytes)
    #expect(try #require(BundleContents(verified: stripped)).gate == contents.gate)
  }

  @Test(
    "a section that is not as it must be is refused whole",
    arguments: [
      ("a provider that is not there", 0, UInt32(0b100)), ("one record more", 8, 3), ("one record less", 8, 1),
      ("more records than anybody has", 8, .max), ("a reserved word", 12, 1), ("no apps", 20, 0),
      ("an app that is not there", 44, 3), ("more apps than there are", 20, .max), ("records that overlap", 40, 2),
      ("a text outside of strings", 24, .max), ("a text beyond strings", 28, .max), ("a text that is no UTF-8", 28, 1),
    ])
  func hostile(_ what: String, _ offset: Int, _ word: UInt32) throws {
    let contents = try Self.contents()
    let section = contents.section(.gate)
    var bytes = contents.bytes
    if what.hasSuffix("UTF-8") {
      // The text begins with a byte that only goes on.
      bytes[contents.section(.strings).lowerBound + Int(contents.u32(section.lowerBound + 24))] = 0x80
    }
    for index in 0..<4 { bytes[section.lowerBound + offset + index] = UInt8(truncatingIfNeeded: word >> (8 * index)) }
    #expect(try #require(BundleContents(verified: bytes)).gate == nil, "\(what)")
  }

  @Test("whatever byte of it is broken, nothing traps, and no app has pages that end outside of the bundle")
  func brokenBytes() throws {
    let contents = try Self.contents()
    for offset in contents.section(.gate) {
      for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
        var bytes = contents.bytes
        bytes[offset] = value
        guard let gate = BundleContents(verified: bytes)?.gate else { continue }
        #expect(gate.pages.allSatisfy { $0.apps.upperBound <= contents.appCount })
        for app in -1...contents.appCount { _ = gate.pages(ofApp: app) }
      }
    }
  }
}
