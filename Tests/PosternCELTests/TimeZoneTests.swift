// Time zones: the platform's files against the platform's own calendar, and files made by hand that are refused.

import Foundation
import Testing

@testable import PosternCEL

@Suite("Time zones")
struct TimeZoneTests {
  private static let zoneInfo = URL(fileURLWithPath: "/usr/share/zoneinfo")
  private static let noon2000: Int64 = 946_728_000

  private static func file(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: zoneInfo.appending(path: name)))
  }

  /// 1995-01-01 to 2026-01-01.
  private static let compared: Range<Int64> = 788_918_400..<1_767_225_600

  @Test(
    "every offset of the years 1995 to 2025 is the platform's, to the second on both sides of each transition",
    arguments: [
      "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Tehran", "Asia/Kolkata",
      "Africa/Casablanca", "Europe/Dublin", "Pacific/Apia", "America/Nuuk", "Asia/Gaza", "UTC",
    ])
  func agreesWithPlatform(_ name: String) throws {
    let zone = try #require(TimeZone(identifier: name), "the platform has no zone data")
    let table = try TimeZoneTable(tzif: try Self.file(name))
    var instants = Array(stride(from: Self.compared.lowerBound, to: Self.compared.upperBound, by: 86_400 * 3))
    instants += table.transitions.map(\.at).filter(Self.compared.contains).flatMap { [$0 - 1, $0, $0 + 1] }
    for instant in instants {
      let theirs = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
      #expect(table.offsetSeconds(at: instant).map { Int($0) } == theirs, "\(name) at \(instant)")
    }
  }

  @Test("every transition that the platform finds from 1995 to 2025 is in the table, to the second")
  func hasEveryTransition() throws {
    for name in ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Tehran"] {
      let zone = try #require(TimeZone(identifier: name), "the platform has no zone data")
      let table = try TimeZoneTable(tzif: try Self.file(name))
      let ours = table.transitions.map(\.at).filter(Self.compared.contains)
      #expect(ours == Self.platformTransitions(of: zone), "\(name)")
      #expect(!ours.isEmpty)
    }
  }

  /// Found day by day and then by halving, from nothing but the platform's offsets.
  private static func platformTransitions(of zone: TimeZone) -> [Int64] {
    func offset(_ instant: Int64) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant))) }
    return stride(from: compared.lowerBound, to: compared.upperBound, by: 86_400).compactMap { day in
      var (before, after) = (day, day + 86_400)
      guard offset(before) != offset(after) else { return nil }
      while after - before > 1 {
        let middle = (before + after) / 2
        if offset(middle) == offset(before) { before = middle } else { after = middle }
      }
      return after
    }
  }

  @Test("every zone of the platform is read, but for those that count leap seconds")
  func readsEveryFile() throws {
    let files = try #require(FileManager.default.enumerator(at: Self.zoneInfo, includingPropertiesForKeys: nil))
    var count = 0
    for case let url as URL in files where !url.path.contains("/right/") {
      guard let data = try? Data(contentsOf: url), data.starts(with: Array("TZif".utf8)) else { continue }
      #expect(throws: Never.self, "\(url.path)") { try TimeZoneTable(tzif: [UInt8](data)) }
      count += 1
    }
    #expect(count > 0, "the platform has no zone data")
  }

  @Test(
    "the rule of the footer is followed to the end of the year 2100 and no further",
    arguments: [
      ("EST5EDT,M3.2.0,M11.1.0", "2100-03-14T06:59:59Z", -18_000),
      ("EST5EDT,M3.2.0,M11.1.0", "2100-03-14T07:00:00Z", -14_400),
      ("EST5EDT,M3.2.0,M11.1.0", "2100-11-07T05:59:59Z", -14_400),
      ("EST5EDT,M3.2.0,M11.1.0", "2100-11-07T06:00:00Z", -18_000),
      ("EST5EDT,M3.2.0,M11.1.0", "2100-12-31T23:59:59Z", -18_000),
      ("EST5EDT,M3.2.0,M11.1.0", "2101-01-01T00:00:00Z", nil),
      ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2050-01-01T00:00:00Z", 39_600),
      ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2050-07-01T00:00:00Z", 36_000),
      ("AEST-10AEDT,M10.1.0,M4.1.0/3", "0001-01-01T00:00:00Z", 39_600),
      ("IST-1GMT0,M10.5.0,M3.5.0/1", "2030-01-01T00:00:00Z", 0),
      ("IST-1GMT0,M10.5.0,M3.5.0/1", "2030-07-01T00:00:00Z", 3600),
      ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-03-31T00:59:59Z", -7200),
      ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-03-31T01:00:00Z", -3600),
      ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2030-03-29T23:59:59Z", 7200),
      ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2030-03-30T00:00:00Z", 10_800),
      ("WGT3WGST4,0/0,J365/23", "2030-06-01T00:00:00Z", -14_400),
      ("WGT3WGST4,0/0,J365/23", "2031-01-01T03:00:00Z", -14_400),
      ("AAA0BBB,J60/0,J61/0", "2028-02-29T12:00:00Z", 0),
      ("AAA0BBB,J60/0,J61/0", "2028-03-01T12:00:00Z", 3600),
      ("AAA0BBB,59/0,60/0", "2028-02-29T12:00:00Z", 3600),
      ("AAA0BBB,59/0,60/0", "2029-03-01T12:00:00Z", 3600),
      ("AAA1:02:03", "2029-03-01T12:00:00Z", -3723),
      ("AAA+24", "2029-03-01T12:00:00Z", -86_400),
    ] as [(String, String, Int32?)])
  func followsRule(_ footer: String, _ instant: String, _ offset: Int32?) throws {
    let standard = try #require(try TimeZoneRule(footer: Array(footer.utf8))).standardOffsetSeconds
    let table = try TimeZoneTable(tzif: ZoneFile(types: [(standard, false)], footer: footer).bytes)
    #expect(table.offsetSeconds(at: try #require(CELTimestamp(rfc3339: instant)).seconds) == offset)
  }

  @Test("before the first transition stands the first type of standard time")
  func startsWithStandardTime() throws {
    var file = ZoneFile(types: [(7200, true), (3600, false)], footer: "CET-1")
    file.transitions = [(Self.noon2000, 0), (Self.noon2000 + 10, 1)]
    let table = try TimeZoneTable(tzif: file.bytes)
    #expect([-1, 0, 9, 10].map { table.offsetSeconds(at: Self.noon2000 + $0) } == [3600, 7200, 7200, 3600])
    #expect(table.offsetSeconds(at: .min) == 3600)
  }

  @Test("a transition that changes a name alone is left out of the table")
  func leavesOutRenaming() throws {
    var file = ZoneFile(types: [(3600, false)], footer: "CET-1")
    file.transitions = [(Self.noon2000, 0)]
    #expect(try TimeZoneTable(tzif: file.bytes).transitions.isEmpty)
  }

  @Test(
    "a footer that is no rule is refused",
    arguments: [
      "E5", "EST", "EST25", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,M11.1.0,", "EST5EDT,M13.2.0,M11.1.0",
      "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.0.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J10",
      "EST5EDT,J366,J10",
      "EST5EDT,366,10", "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0/-168,M11.1.0", "<EST5", "<E>5", "EST5:60",
      "EST5 ", " EST5", "EST5\n", "\u{E9}\u{E9}\u{E9}5", "EST99999999999999999999999", "EST5EDT,99999999999999999999,1",
    ])
  func refusesRule(_ footer: String) {
    let file = ZoneFile(types: [(-18_000, false)], footer: footer)
    #expect(throws: TimeZoneTable.Refusal.invalidRule) { try TimeZoneTable(tzif: file.bytes) }
  }

  @Test("what a file must not have is refused by its name", arguments: ZoneFile.refused)
  func refusesFile(_ bytes: [UInt8], _ refusal: TimeZoneTable.Refusal) {
    #expect(throws: refusal) { try TimeZoneTable(tzif: bytes) }
  }

  @Test("a file that is cut anywhere is refused")
  func refusesCutFiles() throws {
    let bytes = try Self.file("Europe/Berlin")
    for count in 0..<bytes.count {
      #expect(throws: TimeZoneTable.Refusal.self) { try TimeZoneTable(tzif: Array(bytes[..<count])) }
    }
  }

  @Test("a damaged file is read or refused, and never traps (seed 42)")
  func survivesDamage() throws {
    let bytes = try Self.file("America/New_York")
    var generator = SeededGenerator(seed: 42)
    for _ in 0..<3000 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        damaged[Int.random(in: damaged.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      guard let table = try? TimeZoneTable(tzif: damaged) else { continue }
      #expect(zip(table.transitions, table.transitions.dropFirst()).allSatisfy { $0.at < $1.at })
    }
  }

  @Test(
    "selectors in a named zone follow its table, and an instant after the year 2100 is an error",
    arguments: cases(
      """
      timestamp('2030-03-31T00:59:59Z').getHours('Europe/Berlin') => 1
      timestamp('2030-03-31T01:00:00Z').getHours('Europe/Berlin') => 3
      timestamp('2100-12-31T23:00:00Z').getFullYear('Europe/Berlin') => 2101
      timestamp('2101-01-01T00:00:00Z').getHours('Europe/Berlin') => error
      timestamp('2030-03-31T01:00:00Z').getHours('Europe/Nowhere') => error
      """))
  func selects(_ item: Case) throws {
    let zones = ["Europe/Berlin": try TimeZoneTable(tzif: try Self.file("Europe/Berlin"))]
    if let expected = item.expected {
      #expect(try evaluate(item.text, timeZones: zones) == evaluate(expected))
    } else {
      #expect(throws: CELError.self) { try evaluate(item.text, timeZones: zones) }
    }
  }

  @Test("a table is made of ascending transitions alone")
  func tableRefusesDisorder() {
    #expect(TimeZoneTable(initialOffsetSeconds: 0, transitions: [(2, 60), (1, 0)]) == nil)
    #expect(TimeZoneTable(initialOffsetSeconds: 0, transitions: [(1, 60), (1, 0)]) == nil)
    #expect(TimeZoneTable(initialOffsetSeconds: 0, transitions: [(TimeZoneTable.endSecondsSince1970, 0)]) == nil)
    #expect(TimeZoneTable(initialOffsetSeconds: 0, transitions: [(1, 60)])?.offsetSeconds(at: 1) == 60)
  }
}

/// A TZif file made by hand.
struct ZoneFile {
  var types: [(offset: Int32, isDaylight: Bool)]
  var footer: String
  var transitions: [(at: Int64, type: UInt8)] = []
  var version = UInt8(ascii: "2")
  var leapCount: Int32 = 0
  var nameByteCount: Int32 = 4
  var flagCount: Int32 = 0

  init(types: [(offset: Int32, isDaylight: Bool)], footer: String) {
    self.types = types
    self.footer = footer
  }

  var bytes: [UInt8] {
    var block: [UInt8] = transitions.flatMap { Self.bigEndian($0.at) } + transitions.map(\.type)
    block += types.flatMap { Self.bigEndian($0.offset) + [$0.isDaylight ? 1 : 0, 0] }
    block += [UInt8](repeating: 0, count: Int(nameByteCount + leapCount * 12 + flagCount))
    let counts = [flagCount, 0, leapCount, Int32(transitions.count), Int32(types.count), nameByteCount]
    return header([0, 0, 0, 0, 0, 0]) + header(counts) + block + Array("\n\(footer)\n".utf8)
  }

  private func header(_ counts: [Int32]) -> [UInt8] {
    Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15) + counts.flatMap { Self.bigEndian($0) }
  }

  private static func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    stride(from: Number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> Number($0)) }
  }

  private static func changed(_ change: (inout ZoneFile) -> Void) -> [UInt8] {
    var file = ZoneFile(types: [(-18_000, false)], footer: "EST5")
    change(&file)
    return file.bytes
  }

  static let refused: [([UInt8], TimeZoneTable.Refusal)] = [
    ([], .truncated),
    ([UInt8](repeating: 0, count: 100), .notTimeZoneFile),
    (Array("TZif2".utf8) + [UInt8](repeating: 0xFF, count: 200), .truncated),
    (changed { $0.version = 0 }, .unsupportedVersion),
    (changed { $0.leapCount = 1 }, .leapSeconds),
    (changed { $0.types = [] }, .invalidCounts),
    (changed { $0.nameByteCount = 0 }, .invalidCounts),
    (changed { $0.flagCount = 2 }, .invalidCounts),
    (changed { $0.types[0].offset = .min }, .invalidOffset),
    (changed { $0.transitions = [(5, 0), (5, 0)] }, .unorderedTransitions),
    (changed { $0.transitions = [(5, 0), (4, 0)] }, .unorderedTransitions),
    (changed { $0.transitions = [(.min, 0)] }, .invalidTransition),
    (changed { $0.transitions = [(5, 1)] }, .unknownType),
    (changed { $0.footer = "" }, .missingRule),
    (changed { $0.footer = "CST6" }, .contradictingRule),
    (changed { ($0.transitions, $0.footer) = ([(5, 0)], "CST6") }, .contradictingRule),
    (changed { ($0.transitions, $0.footer) = ([(-1 << 59, 0)], "PST8PDT,M3.2.0,M11.1.0") }, .contradictingRule),
  ]
}
