// The small languages inside the language: members, hosts, addresses, routes, permissions, instants, Punycode.

import Testing

@testable import PosternLanguage

@Suite("Texts that the reader parses")
struct ReadingTextTests {
  static let pools = "iam.googleapis.com/locations/global/workforcePools/"

  static let members: [(text: String, member: Member)] = [
    ("allUsers", .allUsers), ("allAuthenticatedUsers", .allAuthenticatedUsers),
    ("user:Ann@Example.com", .user(email: "ann@example.com")),
    ("user:o'neil+tag@example.com", .user(email: "o'neil+tag@example.com")),
    ("serviceAccount:bot@x.iam.gserviceaccount.com", .serviceAccount(email: "bot@x.iam.gserviceaccount.com")),
    ("group:all@example.com", .group(email: "all@example.com")), ("domain:EXAMPLE.com", .domain("example.com")),
    ("principal://\(pools)p-1/subject/A b", .poolSubject(pool: "p-1", subject: "A b")),
    ("principalSet://\(pools)p/group/g/h", .poolGroup(pool: "p", group: "g/h")),
    ("principalSet://\(pools)p/attribute.site/x/y", .poolAttribute(pool: "p", name: "site", value: "x/y")),
    ("principalSet://\(pools)p/*", .pool("p")),
    ("principal://goog/subject/ann@example.com", .user(email: "ann@example.com")),
    ("principalSet://goog/group/all@example.com", .group(email: "all@example.com")),
    ("principalSet://goog/public:all", .allUsers),
    (
      "principal://iam.googleapis.com/projects/-/serviceAccounts/b@x.example.com",
      .serviceAccount(email: "b@x.example.com")
    ),
    ("deleted:user:a@example.com?uid=1", .deleted("user:a@example.com?uid=1")),
  ]

  @Test("every spelling of a member is that member", arguments: members.indices)
  func member(_ index: Int) throws {
    #expect(try Member(parsing: Self.members[index].text) == Self.members[index].member)
  }

  @Test("a member's canonical text is read as the same member", arguments: members.indices)
  func canonicalText(_ index: Int) throws {
    let member = Self.members[index].member
    #expect(try Member(parsing: member.canonicalText) == member)
  }

  @Test("two spellings of one member are one, two subjects that only look alike are two")
  func interning() throws {
    var table = MemberTable()
    let span = Span(startOfFile: 0)
    let user = try table.index(of: "user:ann@example.com", at: span)
    #expect(try table.index(of: "principal://goog/subject/Ann@example.com", at: span) == user)
    let composed = try table.index(of: "principal://\(Self.pools)p/subject/caf\u{E9}", at: span)
    #expect(try table.index(of: "principal://\(Self.pools)p/subject/cafe\u{301}", at: span) != composed)
    #expect(try table.index(of: "principal://\(Self.pools)p/subject/caf\u{E9}", at: span) == composed)
  }

  @Test("ten thousand texts are found again, each as itself")
  func manyTexts() {
    var index = ByteTextIndex()
    for number in 0..<10_000 { index.add("text-\(number)", UInt32(number)) }
    #expect((0..<10_000).allSatisfy { index.number(of: "text-\($0)") == UInt32($0) })
    #expect(index.number(of: "text-10000") == nil)
  }

  /// The samples of RFC 3492, section 7.1, and of everyday names.
  static let labels: [(label: String, ascii: String)] = [
    ("bücher", "xn--bcher-kva"), ("münchen", "xn--mnchen-3ya"), ("МОСКВА", "xn--80adxhks"), ("例え", "xn--r8jz45g"),
    ("почемужеонинеговорятпорусски", "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l"),
    ("3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"), ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
    ("ASCII", "ascii"), ("faß", "xn--fa-hia"),
  ]

  @Test("a label's A-label is that of RFC 3492", arguments: labels.indices)
  func punycode(_ index: Int) {
    #expect(Punycode.aLabel(of: Self.labels[index].label) == Self.labels[index].ascii)
  }

  static let hosts: [(text: String, host: String?)] = [
    ("a", "a"), ("A.Example.COM", "a.example.com"), ("a.example.com.", "a.example.com"), ("10.0.0.1", "10.0.0.1"),
    ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("a-b.c", "a-b.c"), ("", nil), (".", nil), ("a..b", nil),
    ("a.-b", nil), ("a-.b", nil), ("a_b", nil), ("a b", nil), (".a", nil), ("a..", nil),
    (String(repeating: "a", count: 63), String(repeating: "a", count: 63)), (String(repeating: "a", count: 64), nil),
    ("[2001:DB8::1]", "[2001:db8::1]"), ("[::ffff:10.0.0.1]", "[::ffff:10.0.0.1]"), ("[]", nil), ("[abc]", nil),
    ("[::1", nil), ("[::g]", nil),
  ]

  @Test("a host is a name of RFC 1123 or an address in brackets", arguments: hosts.indices)
  func host(_ index: Int) {
    #expect((try? HostName.hostOrAddress(Self.hosts[index].text)) == Self.hosts[index].host)
  }

  static let origins: [(text: String, origin: String?)] = [
    ("https://A.example.com", "https://a.example.com"), ("https://a.example.com:443", "https://a.example.com"),
    ("http://a.example.com:443", "http://a.example.com:443"), ("http://localhost:3000", "http://localhost:3000"),
    ("https://[::1]:8443", "https://[::1]:8443"), ("https://a.example.com/", nil), ("https://a.example.com?", nil),
    ("null", nil), ("*", nil), ("ftp://a.example.com", nil), ("https://a.example.com:65536", nil),
    ("https://a.example.com:+1", nil), ("https://a.example.com:", nil),
  ]

  @Test("an origin is written as browsers send it", arguments: origins.indices)
  func origin(_ index: Int) {
    #expect((try? WebAddress.origin(Self.origins[index].text)) == Self.origins[index].origin)
  }

  static let permissions: [(text: String, isCovered: Bool)] = [
    ("iap.googleapis.com/webServiceVersions.accessViaIAP", true), ("iap.webServiceVersions.accessViaIAP", true),
    ("iap.googleapis.com/webServiceVersions.*", true), ("iap.googleapis.com/*.accessViaIAP", true),
    ("iap.googleapis.com/*.*", true), ("iap.googleapis.com/*", true), ("iap.*", true), ("iap.*.accessViaIAP", true),
    ("*", false), ("iap.googleapis.com/webServiceVersions", false), ("iap.webServiceVersions.getIamPolicy", false),
    ("iap.googleapis.com/webService*.accessViaIAP", false), ("storage.googleapis.com/*", false),
    ("iap.googleapis.com/tunnelInstances.accessViaIAP", false), ("IAP.*", false), ("iap.*.*.*", false),
  ]

  @Test(
    "a permission covers access in both spellings and with wildcards for whole parts", arguments: permissions.indices)
  func permission(_ index: Int) {
    #expect(AccessPermission.isCovered(by: Self.permissions[index].text) == Self.permissions[index].isCovered)
  }

  static let instants: [(text: String, milliseconds: Int64?)] = [
    ("1970-01-01T00:00:00Z", 0), ("2026-01-01T00:00:00Z", Instant.defaultNow), ("now", 5_000),
    ("2000-02-29T23:59:59.5Z", 951_868_799_500), ("1969-12-31T23:59:59.999Z", -1),
    ("2026-01-01T01:30:00+01:30", Instant.defaultNow), ("2025-12-31T19:00:00-05:00", Instant.defaultNow),
    ("3s ago", 2_000), ("1h30m ago", 5_000 - 5_400_000), ("in 1m", 65_000), ("1900-02-29T00:00:00Z", nil),
    ("2026-13-01T00:00:00Z", nil), ("2026-01-01T24:00:00Z", nil), ("2026-01-01T00:00:00", nil), ("2026-01-01", nil),
    ("2026-01-01T00:00:00.1234Z", nil), ("1767225600", nil), ("3 ago", nil), ("in", nil), ("", nil),
  ]

  @Test("an instant is RFC 3339 or a distance from now", arguments: instants.indices)
  func instant(_ index: Int) {
    let row = Self.instants[index]
    #expect(Instant.milliseconds(row.text, now: 5_000) == row.milliseconds)
  }

  @Test("logical operators are counted outside of texts")
  func operators() {
    #expect(ConditionalBindings.logicalOperatorCount("!a && (b || c) && d != e") == 4)
    #expect(ConditionalBindings.logicalOperatorCount(#"a == "&& || \" !" && b == '!'"#) == 1)
  }

  @Test("a prefix covers whole segments")
  func prefixes() {
    #expect(PathPrefix.covers("/a", "/a") && PathPrefix.covers("/a", "/a/b") && PathPrefix.covers("", "/a"))
    #expect(!PathPrefix.covers("/a", "/ab") && !PathPrefix.covers("/a/b", "/a"))
  }
}
