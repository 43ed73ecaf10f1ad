// Instants: against dates worked out elsewhere (`date -u -d ... +%s`), and what is refused.

import Testing

@testable import PosternLanguage

@Suite("Instants")
struct InstantTests {
  @Test(
    "a timestamp of RFC 3339 is milliseconds since 1970",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999Z", -1), ("2026-01-01T00:00:00Z", 1_767_225_600_000),
      ("2000-02-29T12:00:00Z", 951_825_600_000), ("2100-03-01T00:00:00Z", 4_107_542_400_000),
      ("2026-03-02T10:00:00+01:30", 1_772_440_200_000), ("2026-03-02T10:00:00-05:00", 1_772_463_600_000),
      ("2026-03-02T10:00:00.5Z", 1_772_445_600_500), ("2026-03-02T10:00:00.05Z", 1_772_445_600_050),
      ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59Z", 253_402_300_799_000),
    ] as [(String, Int64)])
  func timestamps(text: String, milliseconds: Int64) {
    #expect(Instant.milliseconds(text, now: 0) == milliseconds)
  }

  @Test(
    "an instant may be so long before or after now",
    arguments: [
      ("now", 10_000_000), ("1h ago", 6_400_000), ("in 1m30s", 10_090_000), ("1772445600123", 1_772_445_600_123),
    ] as [(String, Int64)])
  func relative(text: String, milliseconds: Int64) {
    #expect(Instant.milliseconds(text, now: 10_000_000) == milliseconds)
  }

  @Test(
    "another text is no instant",
    arguments: [
      "", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z",
      "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
      "2026-01-01T00:00:60Z", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00Z ",
      "2026-01-01T00:00:00.1234Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+0100",
      "1772445600", "17724456001234", "-1h", "1h", "ago", " ago", "in", "in 5", "in -5m", "yesterday",
    ])
  func refused(text: String) {
    #expect(Instant.milliseconds(text, now: 0) == nil)
  }
}
