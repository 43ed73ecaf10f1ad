// The bytes stand where docs/bundle-format.md says. Offsets are written out here, as the page has them, and not taken
// from the code that writes.

import PosternBundle
import PosternKernel
import PosternLanguage
import Testing

@testable import PosternCompiler

/// A compiled bundle, read by the page.
struct PageReader {
  let bytes: [UInt8]
  private var sections: [UInt32: Range<Int>] = [:]

  init(_ policy: Policy, revision: UInt64 = 1, zoneinfo: String = ZoneFolder.systemPath) {
    bytes = Compiler.compile(policy, revision: revision, options: Compiler.Options(zoneinfo: zoneinfo))
    for index in 0..<Int(u32(12)) {
      let entry = 64 + 24 * index
      let offset = Int(u64(entry + 8))
      sections[u32(entry)] = offset..<offset + Int(u64(entry + 16))
    }
  }

  func section(_ id: UInt32) -> Range<Int> { sections[id] ?? 0..<0 }
  func byte(_ offset: Int) -> UInt8 { bytes[offset] }
  func u16(_ offset: Int) -> UInt16 { UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8 }
  func u32(_ offset: Int) -> UInt32 { UInt32(u16(offset)) | UInt32(u16(offset + 2)) << 16 }
  func u64(_ offset: Int) -> UInt64 { UInt64(u32(offset)) | UInt64(u32(offset + 4)) << 32 }
  func text(_ field: Int) -> String { text(Int(u32(field)), Int(u32(field + 4))) }
  func text(_ offset: Int, _ count: Int) -> String {
    let start = section(1).lowerBound + offset
    return String(decoding: bytes[start..<start + count], as: UTF8.self)
  }

  func app(_ index: Int) -> Int { section(10).lowerBound + 64 * index }
  var nameCount: Int { section(5).count / 32 }
  func name(_ index: Int) -> Int { section(5).lowerBound + 32 * index }
  func nameIndex(_ kind: UInt8, _ text: String) -> Int? {
    (0..<nameCount).first { byte(name($0) + 8) == kind && self.text(name($0)) == text }
  }
  func unit(_ index: UInt32) -> Int { section(12).lowerBound + 8 * Int(index) }
  /// The host line of a text; the slots follow the head, which is padded to a multiple of 64.
  func hostLines() -> [Int] {
    let section = section(8)
    return stride(from: section.upperBound - 64 * Int(u32(section.lowerBound + 8)), to: section.upperBound, by: 64)
      .filter { byte($0 + 1) & 2 != 0 }
  }
}

@Suite("Layout")
struct LayoutTests {
  private func builder(_ bindings: [[Member]] = []) -> PolicyBuilder {
    var builder = PolicyBuilder()
    builder.addApp("payroll", bindings: bindings)
    return builder
  }

  @Test("the header has magic, versions, section count, revision and byte count")
  func header() {
    let page = PageReader(builder().policy, revision: 0x0102_0304_0506_0708)
    #expect(Array(page.bytes[0..<8]) == [0x89, 0x50, 0x54, 0x42, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect([page.u16(8), page.u16(10)] == [1, 1])
    #expect(page.u32(12) == 25)
    #expect(page.u64(16) == 0x0102_0304_0506_0708)
    #expect(page.u64(24) == UInt64(page.bytes.count))
  }

  @Test("the header's digest is the manifest's")
  func headerDigest() {
    let page = PageReader(builder().policy)
    #expect(Array(page.bytes[32..<64]) == SHA256.digest(of: page.bytes, page.section(33)))
  }

  @Test("the manifest begins with its name, revision, count and the compiler's version, and says nothing of no zones")
  func manifest() {
    let page = PageReader(builder().policy, revision: 9)
    let start = page.section(33).lowerBound
    #expect(Array(page.bytes[start..<start + 8]) == Array("PSTNMAN1".utf8))
    #expect([page.u64(start + 8), UInt64(page.u32(start + 16))] == [9, 24])
    #expect(page.section(33).count == 120 + 24 * 48)
    let version = page.bytes[start + 24..<start + 56]
    #expect(String(decoding: version.prefix { $0 != 0 }, as: UTF8.self) == Compiler.version)
    #expect(page.bytes[start + 56..<start + 120].allSatisfy { $0 == 0 })
  }

  @Test("the organization states its row, skew, counts and where each kind of name begins")
  func organization() {
    var builder = PolicyBuilder(bindings: [[.allAuthenticatedUsers, .user(email: "a@example.com")]])
    builder.policy.organization.clockSkewSeconds = 45
    builder.addApp("payroll", bindings: [[.poolAttribute(pool: "p", name: "dept", value: "hr")]])
    let page = PageReader(builder.policy)
    let start = page.section(2).lowerBound
    #expect((0..<8).map { page.u32(start + 4 * $0) } == [0, 45, 1, 1, 0, 1, 0, 0])
    #expect((0..<13).map { page.u32(start + 32 + 4 * $0) } == [0, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4])
    #expect(page.bytes[start + 84..<start + 128].allSatisfy { $0 == 0 })
  }

  @Test("a profile carries the app's revalidate, for the facts of the device")
  func revalidate() {
    var builder = PolicyBuilder()
    builder.addApp("first") { $0.session.revalidate = sourced(.seconds(600)) }
    builder.addApp("second") { $0.session.revalidate = sourced(.none) }
    let page = PageReader(builder.policy)
    let profiles = (0..<2).map { page.section(16).lowerBound + 64 * Int(page.u32(page.app($0) + 52)) }
    #expect(profiles.map { page.u32($0 + 48) } == [600, .max])
  }

  @Test("a profile refers to the attributes that are passed on, a record of names, list, outputs and flags each")
  func propagation() {
    var builder = PolicyBuilder()
    builder.addApp("first") { $0.application.attributePropagation = sourced(.selecting(["x"], outputs: [.header])) }
    builder.addApp("second") { app in
      app.application.attributePropagation = sourced(
        Propagation(
          expression: sourced(""), outputs: [.header, .jwt, .rctoken],
          attributes: [
            .init(source: .saml, name: "team", emittedName: "group"),
            .init(source: .iap, name: "device", emittedName: "device", isStrict: true, isDecorated: true),
          ]))
    }
    builder.addApp("third")
    let page = PageReader(builder.policy)
    let pairs = (0..<3).map { app in
      let profile = page.section(16).lowerBound + 64 * Int(page.u32(page.app(app) + 52))
      return [page.u32(profile + 40), page.u32(profile + 44)]
    }
    #expect(pairs == [[0, 1], [1, 2], [0, 0]])
    let records = [24, 48].map { page.section(23).lowerBound + $0 }
    #expect(page.section(23).count == 3 * 24)
    #expect(records.map { [page.text($0), page.text($0 + 8)] } == [["team", "group"], ["device", "device"]])
    #expect(
      records.map { Array(page.bytes[$0 + 16..<$0 + 24]) } == [[0, 7, 0, 0, 0, 0, 0, 0], [1, 7, 3, 0, 0, 0, 0, 0]])
  }

  @Test("the limits of attribute propagation are one in the language and in the format")
  func propagationLimits() {
    #expect(Propagation.attributeLimit == Int(BundleFormat.propagationLimit))
    #expect(Propagation.nameByteLimit == Int(BundleFormat.propagatedNameByteLimit))
  }

  @Test("a deny rule of everyone without that exception is in the anonymous caller's mask")
  func anonymousMask() {
    let builder = PolicyBuilder(denies: [
      .init(denied: [.allUsers], excepted: [.allUsers]), .init(denied: [.allUsers]),
      .init(denied: [.user(email: "a@example.com")]),
    ])
    let page = PageReader(builder.policy)
    #expect(page.byte(page.section(2).lowerBound + 96) == 0b010)
  }

  @Test("names are sorted by kind, pool, attribute slot and bytes, without equals")
  func nameOrder() {
    let page = PageReader(RoundTripTests.policy)
    let keys = (0..<page.nameCount).map { index in
      let name = page.name(index)
      let head = [page.byte(name + 8)].map(UInt16.init) + [page.u16(name + 10), page.u16(name + 12)]
      return head.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } + Array(page.text(name).utf8)
    }
    for (left, right) in zip(keys, keys.dropFirst()) { #expect(left.lexicographicallyPrecedes(right)) }
  }

  @Test("a name may be asserted by the providers that declare its domain or its pool")
  func nameMasks() throws {
    let page = PageReader(RoundTripTests.policy)
    func mask(_ kind: UInt8, _ text: String) throws -> UInt64 {
      page.u64(page.name(try #require(page.nameIndex(kind, text))) + 16)
    }
    #expect(try mask(1, "ada@example.com") == 0b0001)
    #expect(try mask(4, "team@example.com") == 0b0001)
    #expect(try mask(5, "S1") == 0b0100)
    #expect(try mask(0, "") == UInt64.max)
    #expect(try mask(9, "t-1") == UInt64.max)
  }

  @Test("a name's memberships are the groups above it, through groups, ascending")
  func memberships() throws {
    let page = PageReader(RoundTripTests.policy)
    func groups(_ kind: UInt8, _ text: String) throws -> [String] {
      let name = page.name(try #require(page.nameIndex(kind, text)))
      let start = page.section(7).lowerBound + 4 * Int(page.u32(name + 24))
      return (0..<Int(page.u32(name + 28))).map { page.text(page.name(Int(page.u32(start + 4 * $0)))) }
    }
    #expect(try groups(1, "ada@example.com") == ["all@example.com", "team@example.com"])
    #expect(try groups(4, "team@example.com") == ["all@example.com"])
    #expect(try groups(1, "zoe@example.com") == ["all@example.com"])
    #expect(try groups(4, "all@example.com") == [])
  }

  @Test("an app line has program, flags, rows, providers and references at their places")
  func appLine() {
    var builder = PolicyBuilder()
    builder.addProvider("saml", .saml)
    let folder = builder.addFolder("f", bindings: [[.domain("example.com")]])
    builder.addApp("payroll", parent: folder, bindings: [[.allUsers], [.allUsers]], providers: [0, 1]) { app in
      app.access.allowHTTPOptions = sourced(true)
      app.access.allowedDomains = sourced([])
    }
    let page = PageReader(builder.policy)
    let line = page.app(0)
    #expect(page.u32(line) == 0)
    #expect(page.u16(line + 4) == 7)
    // The app's own bindings leave no entry, so that the folder's row is its only one.
    #expect([page.byte(line + 6), page.byte(line + 7)] == [1, 0])
    #expect(page.u64(line + 8) == 0b11)
    #expect(page.u32(line + 16) == 0)
    #expect((1..<8).allSatisfy { page.u32(line + 16 + 4 * $0) == UInt32.max })
    #expect((0..<4).map { page.u32(line + 48 + 4 * $0) } == [UInt32.max, 0, 1, 0])
  }

  @Test("of several public bindings the nearest is named")
  func publicBinding() {
    var builder = PolicyBuilder(bindings: [[.allUsers]])
    let folder = builder.addFolder("f", bindings: [[.domain("example.com")], [.allUsers]])
    builder.addApp("near", parent: folder)
    let page = PageReader(builder.policy)
    #expect(page.u32(page.app(0) + 56) == 2)
  }

  @Test("a short host lies in its line, a long one in the strings")
  func hostTexts() throws {
    let long = String(repeating: "a", count: 41)
    var builder = PolicyBuilder()
    builder.addApp("a", routes: [PolicyBuilder.route(String(long.dropLast())), PolicyBuilder.route(long)])
    let page = PageReader(builder.policy)
    let lines = page.hostLines()
    let short = try #require(lines.first { page.byte($0) == 40 })
    #expect(String(decoding: page.bytes[short + 24..<short + 64], as: UTF8.self) == String(long.dropLast()))
    let other = try #require(lines.first { page.byte($0) == 41 })
    #expect(page.text(Int(page.u32(other + 24)), 41) == long)
  }

  @Test("a host line has the depths, the base app, the root's app and the longest path")
  func hostLine() throws {
    var builder = PolicyBuilder()
    builder.addApp("b", routes: ["/bb", "/x/y/z"].map { PolicyBuilder.route("h.example.com", $0) })
    builder.addApp("c", routes: [PolicyBuilder.route("h.example.com", "/aa", escapes: true)])
    let page = PageReader(builder.policy)
    let line = try #require(page.hostLines().first)
    // Of the two shortest routes the app whose name comes first has the base.
    #expect((0..<3).map { page.u32(line + 4 + 4 * $0) } == [0b1010, 0, UInt32.max])
    #expect(page.byte(line + 1) == 2)
    #expect(page.u16(line + 2) == 6)
  }

  @Test("a host line hints at the first two rows of its app, and at the number of cells of the second")
  func hostHints() throws {
    var builder = PolicyBuilder(bindings: [[.user(email: "o@example.com")]])
    let folder = builder.addFolder("f", bindings: [(0..<100).map { .user(email: "u\($0)@example.com") }])
    builder.addApp("a", parent: folder, bindings: [[.user(email: "a@example.com")]])
    let page = PageReader(builder.policy)
    let line = try #require(page.hostLines().first)
    let rows = (0..<2).map { page.u32(page.app(0) + 16 + 4 * $0) }
    #expect((0..<2).map { page.u32(line + 16 + 4 * $0) } == rows)
    // 100 entries take 2^5 cells, as the row says itself.
    #expect([UInt16(page.byte(line + 1) >> 3), page.u16(page.unit(rows[1]) + 14)] == [5, 5])
  }

  @Test("a wildcard is stored as what follows its label")
  func wildcards() throws {
    var builder = PolicyBuilder()
    builder.addApp("w", routes: [PolicyBuilder.route("h.example.com", wildcard: true, escapes: true)])
    let page = PageReader(builder.policy)
    let line = try #require(page.hostLines().first)
    #expect(page.byte(line + 1) == 0b111)
    #expect([page.u32(line + 4), page.u32(line + 12)] == [1, 0])
  }

  @Test("a walked row has its entries by grant, then member; of several bindings of a member the first")
  func walkedRow() throws {
    let page = PageReader(
      builder([
        [.user(email: "c@example.com"), .user(email: "a@example.com")],
        [.user(email: "b@example.com"), .user(email: "a@example.com"), .group(email: "g@example.com")],
      ]).policy)
    let row = page.unit(page.u32(page.app(0) + 16))
    #expect([page.u32(row), page.u32(row + 4), page.u32(row + 8)] == [UInt32.max, 4, 0])
    #expect([page.u16(row + 12), page.u16(row + 14)] == [0b10010, 0])
    let members = (0..<4).map { page.text(page.name(Self.name(ofKey: page.u32(row + 16 + 8 * $0)))) }
    #expect(Set(members.prefix(2)) == ["a@example.com", "c@example.com"])
    #expect(Set(members.suffix(2)) == ["b@example.com", "g@example.com"])
    #expect((0..<4).map { page.u32(row + 20 + 8 * $0) } == [0, 0, 1, 1])
  }

  /// The name whose index, times the factor of the page, is `key`.
  private static func name(ofKey key: UInt32) -> Int {
    (0..<1_000).first { UInt32($0) &* 0x9E37_79B1 == key } ?? -1
  }

  @Test("a walked row of five entries or more has a filter of their keys before them")
  func filteredRow() throws {
    let page = PageReader(builder([(0..<5).map { .user(email: "u\($0)@example.com") }]).policy)
    let row = page.unit(page.u32(page.app(0) + 16))
    let bits = (0..<5).map { UInt64(1) << UInt64(page.u32(row + 24 + 8 * $0) >> 26) }
    let filter = UInt64(page.u32(row + 16)) | UInt64(page.u32(row + 20)) << 32
    #expect(filter == bits.reduce(0, |))
  }

  @Test("a certificate states what the page counts")
  func certificate() {
    var builder = PolicyBuilder()
    builder.addProvider("partners", .identityPlatform, tenants: (0..<9).map { "t\($0)" })
    builder.addApp(
      "payroll", routes: [PolicyBuilder.route("h.example.com", "/abc"), PolicyBuilder.route("h.example.com", "/a/b")],
      bindings: [(0..<20).map { .user(email: "u\($0)@example.com") }]
    ) { app in
      app.access.programmaticClients = [sourced("one"), sourced("two"), sourced("three")]
      app.session.activityExclude = [sourced("/poll"), sourced("/x")]
    }
    builder.addApp("other", bindings: [(0..<3).map { .user(email: "u\($0)@example.com") }])
    let page = PageReader(builder.policy)
    func certificate(_ app: Int) -> [UInt32] {
      let cost = page.section(19).lowerBound + 16 * Int(page.u32(page.app(app) + 60))
      let reach = [UInt32(page.byte(cost + 12)), UInt32(page.u16(cost + 14))]
      return (0..<3).map { page.u32(cost + 4 * $0) } + reach
    }
    // Method, host, path, query, Accept and Upgrade, the other headers.
    let fixed: UInt32 = 64 + 759 + 16_384 + 16_384 + 16_384 + 64
    // The longest path is a person's session: 9 words. The first app has two depths, a probed row, nine tenants of a
    // provider and three clients; its excludes are 5 and 2 bytes.
    let probes: UInt32 = 4 + 8 + 512 + 4 + 4
    let bytes: UInt32 = fixed + 32 + 14
    #expect(certificate(0) == [18, probes, bytes, 2, 4])
    #expect(certificate(1) == [18, 14, fixed, 0, 0])
  }
}
