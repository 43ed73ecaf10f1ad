// Conditions stand where docs/bundle-format.md says: records, attributes, words, automata, zones. Offsets and numbers are
// written out here, as the page has them.

import PosternLanguage
import Testing

@testable import PosternCompiler

@Suite("Layout of conditions")
struct ConditionLayoutTests {
  /// A tree of one organization and one app with a condition for each of two bindings.
  private static func page(_ first: String, _ second: String = "true", deny: String? = nil) throws -> PageReader {
    let denial = """
      deny:
        - denyRule:
            deniedPrincipals: ["user:ada@example.com"]
            deniedPermissions: [iap.googleapis.com/webServiceVersions.accessViaIAP]
            denialCondition: {title: d, expression: '\(deny ?? "")'}
      """
    let organization = """
      kind: Organization
      name: example.com
      loginProviders:
        - {name: w, source: workspace, issuer: "https://w.example", clientID: postern, domains: [example.com]}
      session: {absoluteTimeout: none, idleTimeout: none, revalidate: none}
      iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: ["user:root@example.com"]}]}

      """
    let app = """
      kind: App
      name: a
      routes: [a.example.com/]
      iam:
        bindings:
          - role: roles/iap.httpsResourceAccessor
            members: ["domain:example.com"]
            condition: {title: first, expression: '\(first)'}
          - role: roles/iap.httpsResourceAccessor
            members: ["user:ada@example.com"]
            condition: {title: second, expression: '\(second)'}
      """
    let files = ["organization.yaml": organization + (deny == nil ? "" : denial), "a.yaml": app]
    let reading = Policy.read(files: files.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) })
    let policy = try #require(reading.policy, "\(reading.diagnostics.map(\.message))")
    let zones = try ZoneFiles()
    defer { zones.remove() }
    try zones.write(ZoneFiles.shift(), to: "Test/Shift")
    return PageReader(policy, zoneinfo: zones.path)
  }

  private static func words(_ page: PageReader, _ opcode: UInt8) -> [Int] {
    let section = page.section(18)
    return stride(from: section.lowerBound, to: section.upperBound, by: 16).filter { page.byte($0) == opcode }
  }

  @Test("conditional bindings stand in a run of records, which the app's record names and NONE ends")
  func records() throws {
    let page = try Self.page(#"request.method == "GET""#, #"request.time < timestamp("2030-01-01T00:00:00Z")"#)
    let start = page.section(20).lowerBound
    #expect(page.section(20).count == 48)
    #expect((0..<3).map { page.u32(start + 16 * $0) } == [1, 2, UInt32.max])
    #expect((0..<3).map { page.u32(start + 12 + 16 * $0) } == [0, 0, 0])
    for index in 0..<2 {
      let label = page.section(18).lowerBound + 16 * Int(page.u32(start + 16 * index + 4))
      #expect([UInt16(page.byte(label)), page.u16(label + 2)] == [1, 0])
      let row = page.unit(page.u32(start + 16 * index + 8))
      #expect([page.u32(row), page.u32(row + 4), page.u32(row + 8)] == [UInt32.max, 1, UInt32(index + 1)])
    }
    #expect(page.u16(page.app(0) + 4) == 8)
    #expect(page.u32(page.section(11).lowerBound + 12) == 0)
    // The app's own row would hold bindings without conditions: it has none.
    #expect(page.byte(page.app(0) + 6) == 0)
  }

  @Test("without conditions the sections are there and empty, and the app's record says NONE")
  func empty() {
    var builder = PolicyBuilder()
    builder.addApp("a")
    let page = PageReader(builder.policy)
    #expect((20...22).map { page.section($0).count } == [0, 0, 0])
    #expect(page.u32(page.section(11).lowerBound + 12) == UInt32.max)
    #expect(page.u16(page.app(0) + 4) == 0)
  }

  @Test("a deny rule has its condition")
  func denyRule() throws {
    let page = try Self.page("true", deny: #"request.method == "PUT""#)
    let rule = page.section(13).lowerBound
    #expect(page.u32(rule + 16) == 0)
    let label = page.section(18).lowerBound + 16 * Int(page.u32(rule + 20))
    #expect([UInt16(page.byte(label)), page.u16(label + 2)] == [1, 0])
  }

  @Test("a fact that conditions ask for is an attribute: path, type, scope and slot")
  func attributes() throws {
    let page = try Self.page(
      #"request.headers["x-a"] == "b" || has(request.auth.claims.dept.unit)"#,
      #"request.auth.claims["a \"b\\"] == 1 || inIpRange(origin.ip, "10.0.0.0/8") || origin.ip == "10.0.0.1""#)
    let start = page.section(4).lowerBound
    let count = page.section(4).count / 16
    #expect(
      (0..<count).map { page.text(start + 16 * $0) } == [
        #"request.headers["x-a"]"#, "request.auth.claims.dept.unit", #"request.auth.claims["a \"b\\"]"#, "origin.ip",
        "origin.ip",
      ])
    #expect((0..<count).map { page.byte(start + 16 * $0 + 8) } == [0, 0, 0, 13, 0])
    #expect((0..<count).map { page.byte(start + 16 * $0 + 9) } == [1, 1, 1, 1, 1])
    #expect((0..<count).map { page.u16(start + 16 * $0 + 10) } == [0, 1, 2, 3, 4])
    #expect(page.u32(page.section(2).lowerBound + 16) == 5)
  }

  @Test("a condition that asks for the time begins with when it may turn")
  func turns() throws {
    let page = try Self.page(
      #"request.time < timestamp("2030-01-01T00:00:00Z") && request.time.getHours("+01:00") >= 8 || "#
        + #"request.time.getDate("Test/Shift") == 1 || request.time == request.time || device.screen_lock"#)
    let start = page.section(18).lowerBound + 16 * Int(page.u32(page.section(20).lowerBound + 4))
    #expect((0..<6).map { page.byte(start + 16 * $0) } == [1, 33, 34, 35, 36, 37])
    #expect(page.u64(start + 16 + 8) == 1_893_456_000_000)
    #expect([page.byte(start + 33), page.byte(start + 34)] == [0, 6])
    #expect([page.u32(start + 40), page.u32(start + 44)] == [3_600, 8 << 16])
    #expect([page.byte(start + 49), page.byte(start + 50)] == [1, 2])
    #expect([page.u32(start + 56), page.u32(start + 60)] == [0, UInt32.max])
  }

  @Test("a test of the path has the text, its part and two ways out in one word")
  func path() throws {
    let page = try Self.page(#"request.path.endsWith("/a")"#)
    let word = try #require(Self.words(page, 32).first)
    #expect(page.byte(word + 1) == 2)
    #expect(page.u16(word + 2) == 2)
    let text = page.section(1).lowerBound + Int(page.u32(word + 12))
    #expect([page.byte(text), page.byte(text + 1)] == [0x2F, 0x61])
  }

  @Test("a set of texts is pairs that ascend, named by a constant of tag 0x40")
  func textSet() throws {
    let page = try Self.page(#"request.method in ["PUT", "GET", "HEAD"]"#)
    let constant = try #require(Self.words(page, 20).first { page.u16($0 + 2) == 0x40 })
    let pairs = page.section(17).lowerBound + 4 * Int(page.u32(constant + 8))
    #expect(page.u32(constant + 12) == 3)
    #expect((0..<3).map { page.text(pairs + 8 * $0) } == ["GET", "HEAD", "PUT"])
  }

  @Test("ranges of addresses are first and last, high half first, IPv4 where IPv6 maps it")
  func addressRanges() throws {
    let page = try Self.page(#"inIpRange(origin.ip, ["2001:db8::/32", "10.0.0.0/8"])"#)
    let constant = try #require(Self.words(page, 20).first { page.u16($0 + 2) == 0x41 })
    let ranges = page.section(17).lowerBound + 4 * Int(page.u32(constant + 8))
    #expect(page.u32(constant + 12) == 2)
    let first: [UInt64] = [0, 0xFFFF_0A00_0000, 0, 0xFFFF_0AFF_FFFF]
    let second: [UInt64] = [0x2001_0DB8_0000_0000, 0, 0x2001_0DB8_FFFF_FFFF, .max]
    #expect((0..<8).map { page.u64(ranges + 8 * $0) } == first + second)
  }

  @Test("an automaton has its head, the classes of bytes, ends and steps")
  func automaton() throws {
    let page = try Self.page(#"request.path.matches("^/a")"#)
    let start = page.section(21).lowerBound
    #expect([page.u32(start), page.u32(start + 4)] == [1, 12])
    #expect(page.u32(start + 8) == UInt32(page.section(21).count))
    let item = start + 12
    let (states, classes) = (Int(page.u32(item)), Int(page.u32(item + 4)))
    let steps = item + 272 + (states + 3) / 4 * 4
    #expect(page.section(21).count == 12 + 272 + (states + 3) / 4 * 4 + (states * classes + 1) / 2 * 4)
    // By hand through `/a`, into the state that accepts whatever follows.
    let state = "/a".utf8.reduce(Int(page.u32(item + 8))) { state, byte in
      Int(page.u16(steps + 2 * (state * classes + Int(page.byte(item + 16 + Int(byte))))))
    }
    #expect(state == Int(page.u32(item + 12)))
    #expect(page.byte(item + 272 + state) == 1)
  }

  @Test("a zone has its transitions with the offsets after them, and where knowledge ends")
  func zone() throws {
    let page = try Self.page(#"request.time.getHours("Test/Shift") < 9"#)
    let start = page.section(22).lowerBound
    #expect((0..<3).map { page.u32(start + 4 * $0) } == [1, 12, 40])
    #expect(page.section(22).count == 40)
    let item = start + 12
    #expect([page.u32(item), page.u32(item + 4)] == [1, 3_600])
    #expect([page.u64(item + 8), page.u64(item + 16)] == [4_133_980_800, 1_000_000_000])
    #expect(page.u32(item + 24) == 7_200)
    #expect(Self.words(page, 24).count == 1)
  }
}
