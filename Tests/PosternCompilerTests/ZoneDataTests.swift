// What a manifest says of the time zone files that a bundle was compiled with (docs/bundle-format.md, "manifest"). Offsets
// are written out here, as the page has them.

internal import PosternBundle
import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Zone data")
struct ZoneDataTests {
  /// A policy of one app with a condition, and an access level `level` of another.
  private static func policy(_ expression: String, level: String = "true") -> Policy {
    var builder = PolicyBuilder()
    builder.addApp("payroll", bindings: [[.domain("example.com")]])
    builder.policy.nodes[1].bindings[0].condition = Condition(title: "c", expression: sourced(expression))
    builder.policy.accessLevels = [
      AccessLevel(name: sourced("level"), condition: Condition(title: "l", expression: sourced(level)))
    ]
    let diagnostics = builder.policy.readConditions().filter { $0.severity == .error }
    precondition(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
    return builder.policy
  }

  /// A folder with the zones `Test/A` and `Test/B`, and what `files` adds or replaces.
  private func page(_ policy: Policy, _ files: [String: [UInt8]] = [:]) throws -> PageReader {
    let zones = try ZoneFiles()
    defer { zones.remove() }
    let all = ["Test/A": ZoneFiles.shift(), "Test/B": ZoneFiles.shift(at: 1_100_000_000)].merging(files) { $1 }
    for (name, bytes) in all { try zones.write(bytes, to: name) }
    return PageReader(policy, zoneinfo: zones.path)
  }

  private func version(_ page: PageReader) -> String {
    let start = page.section(33).lowerBound + 56
    return String(decoding: page.bytes[start..<start + 32].prefix { $0 != 0 }, as: UTF8.self)
  }

  private func digest(_ page: PageReader) -> [UInt8] {
    let start = page.section(33).lowerBound + 88
    return Array(page.bytes[start..<start + 32])
  }

  private static let zoned = policy("request.time.getHours(\"Test/B\") < 9 || request.time.getHours(\"Test/A\") < 9")

  @Test("the digest is of the lines that sha256sum prints of the named files, in the order of their names")
  func digestOfFiles() throws {
    let openSSL = try OpenSSL()
    defer { openSSL.remove() }
    try openSSL.write(ZoneFiles.shift(), to: "A")
    try openSSL.write(ZoneFiles.shift(at: 1_100_000_000), to: "B")
    var lines = ""
    for name in ["A", "B"] {
      try #require(try openSSL.run("dgst", "-sha256", "-r", "-out", "digest", name) == 0)
      lines += String(decoding: try openSSL.read("digest").prefix(64), as: UTF8.self) + "  Test/\(name)\n"
    }
    try openSSL.write(Array(lines.utf8), to: "lines")
    try #require(try openSSL.run("dgst", "-sha256", "-binary", "-out", "digest", "lines") == 0)
    #expect(try digest(page(Self.zoned)) == openSSL.read("digest"))
  }

  @Test("another file of a zone that is named gives another digest")
  func changedFile() throws {
    let changed = try page(Self.zoned, ["Test/B": ZoneFiles.shift(at: 1_100_000_001)])
    #expect(try digest(changed) != digest(page(Self.zoned)))
  }

  @Test("a file of a zone that nobody names changes no byte")
  func otherFile() throws {
    #expect(try page(Self.zoned, ["Test/C": ZoneFiles.shift()]).bytes == page(Self.zoned).bytes)
  }

  @Test("a zone that an access level names for a condition counts, whoever asks for the level")
  func zonesOfLevels() throws {
    let asking = Self.policy("levels.level", level: "request.time.getHours(\"Test/A\") < 9")
    let naming = Self.policy("request.time.getHours(\"Test/A\") < 9")
    #expect(try digest(page(asking)) == digest(page(naming)))
  }

  @Test("a zone of an access level that nobody asks for does not count")
  func zonesOfOtherLevels() throws {
    let policy = Self.policy("true", level: "request.time.getHours(\"Test/A\") < 9")
    #expect(try digest(page(policy)).allSatisfy { $0 == 0 })
  }

  @Test(
    "the version is the first that a file of the folder tells",
    arguments: [
      (["tzdata.zi": "# version 2025b\n# redo\n", "version": "2024a\n"], "2025b"), (["+VERSION": "2024a"], "2024a"),
      (["version": "2023c\n"], "2023c"), (["tzdata.zi": "# redo\n", "version": "2023c\n"], "2023c"), ([:], ""),
      (["version": "é\n"], ""), (["version": String(repeating: "1", count: 33)], ""), (["version": "\n2023c"], ""),
    ] as [([String: String], String)])
  func versions(files: [String: String], expected: String) throws {
    #expect(try version(page(Self.zoned, files.mapValues { Array($0.utf8) })) == expected)
  }

  @Test(
    "without a named zone the bundle has the same bytes whatever the folder",
    arguments: ["request.method == 'GET'", "request.time.getHours('+02:00') < 9 || request.time.getHours('UTC') < 9"])
  func reproducible(expression: String) throws {
    let policy = Self.policy(expression)
    let other = try page(policy, ["tzdata.zi": Array("# version 2025b\n".utf8)])
    #expect(try page(policy).bytes == other.bytes)
    #expect(digest(other).allSatisfy { $0 == 0 })
    #expect(version(other).isEmpty)
  }

  @Test("a stripped bundle says the same of its zones")
  func stripped() throws {
    let bundle = try page(Self.zoned, ["version": Array("2025b".utf8)]).bytes
    let bare = try OpenBundle(Compiler.strippingProvenance(of: bundle))
    #expect(Inspection(bare).zoneData == Inspection(try OpenBundle(bundle)).zoneData)
    #expect(Inspection(bare).zoneData?.version == "2025b")
  }

  @Test("an inspection shows version and digest, and no line where there is no zone")
  func inspection() throws {
    let zoned = try page(Self.zoned, ["version": Array("2025b".utf8)])
    let shown = Inspection(try OpenBundle(zoned.bytes))
    let hexadecimal = Wording.hexadecimal(digest(zoned))
    #expect(shown.text(isDisassembled: false).contains("\ntime zones 2025b, files \(hexadecimal)\n"))
    #expect(shown.json.compactText.contains(#""timeZones":{"version":"2025b","files":"\#(hexadecimal)"}"#))
    let plain = Inspection(try OpenBundle(page(Self.policy("true")).bytes))
    #expect(!plain.text(isDisassembled: false).contains("time zones"))
  }

  @Test("a constant instant's part in a named zone is computed with the zone's file, as the reference computes it")
  func constantInstants() throws {
    let hours = #"timestamp("2026-07-01T12:00:00Z").getHours("Europe/Berlin")"#
    for (expression, verdict) in [("\(hours) == 14", Verdict.allow), ("\(hours) == 13", .forbidden)] {
      let policy = Self.policy(expression)
      let bundle = try OpenBundle(Compiler.compile(policy, revision: 1))
      let request = Request("payroll.example.com")
      let credential = Credential.person("ada@example.com")
      let decision = bundle.decide(request, credential, at: Credential.now)
      #expect(decision == policy.decide(request, credential, at: Credential.now, timeZones: ZoneFolder()))
      #expect(decision.verdict == verdict)
    }
  }
}
