// Scalars by the type of their field: what is read, and what a mistake is told.

import Testing

@testable import PosternLanguage

@Suite("Scalars")
struct ScalarReaderTests {
  private func node(_ text: String) throws -> YAMLNode {
    let entries = try #require(YAMLParser.parse(Array("a: \(text)".utf8), fileIndex: 0).nodes.first)
    guard case .mapping(let found) = entries.content else { throw Diagnostic.wrongType(of: entries, expected: "") }
    return found[0].value
  }

  private func shown<Value>(_ result: Result<Value, Diagnostic>) -> String {
    switch result {
    case .success(let value): "\(value)"
    case .failure(let diagnostic): "\(diagnostic.id): \(diagnostic.message)"
    }
  }

  @Test(
    "a duration is whole numbers with units in falling order",
    arguments: [
      ("8h", 28_800), ("15m", 900), ("90s", 90), ("1h30m", 5_400), ("14d", 1_209_600), ("\"3600s\"", 3_600),
      ("'1d2h3m4s'", 93_784), ("0s", 0), ("08h", 28_800), ("3650d", 315_360_000), ("315360000s", 315_360_000),
    ])
  func durations(text: String, seconds: UInt32) throws {
    #expect(try ScalarReader.durationSeconds(node(text)).get() == seconds)
  }

  @Test(
    "another duration is refused with what is wrong with it",
    arguments: [
      ("900", "`900` has a number without a unit", "write its unit, as in `900s` or `900m`"),
      ("1h30", "`1h30` has a number without a unit", "write its unit, as in `1h30m`"),
      ("0h5", "`0h5` has a number without a unit", "write its unit, as in `1h30m`"),
      ("-5m", "`-5m` is negative", "write how long it takes; a duration has no sign"),
      ("8:30", "`8:30` is a time of day, not a duration", "write `8h30m` if that is what was meant"),
      ("1:2:3", "`1:2:3` is a time of day, not a duration", "write `1h2m3s` if that is what was meant"),
      ("1.5s", "`1.5s` has a fraction", "write whole numbers of a smaller unit, as in `90s` or `1h30m`"),
      (
        "30m1h", "`30m1h` does not have its units in falling order, each once",
        "write days, hours, minutes, seconds, as in `1d12h`"
      ),
      (
        "1m1m", "`1m1m` does not have its units in falling order, each once",
        "write days, hours, minutes, seconds, as in `1d12h`"
      ),
      (
        "3651d", "`3651d` is longer than 3650 days",
        "a limit that never ends is written `none`, where the field allows it"
      ),
      (
        "99999999999999999999s", "`99999999999999999999s` is longer than 3650 days",
        "a limit that never ends is written `none`, where the field allows it"
      ),
      ("5 m", "`5 m` is not a duration", "write whole numbers with `d`, `h`, `m` or `s`, as in `8h` or `1h30m`"),
      ("5min", "`5min` is not a duration", "write whole numbers with `d`, `h`, `m` or `s`, as in `8h` or `1h30m`"),
      ("8H", "`8H` is not a duration", "write whole numbers with `d`, `h`, `m` or `s`, as in `8h` or `1h30m`"),
      ("''", "`` is not a duration", "write whole numbers with `d`, `h`, `m` or `s`, as in `8h` or `1h30m`"),
      ("1w", "`1w` is not a duration", "write whole numbers with `d`, `h`, `m` or `s`, as in `8h` or `1h30m`"),
    ])
  func badDurations(text: String, message: String, help: String) throws {
    guard case .failure(let diagnostic) = ScalarReader.durationSeconds(try node(text)) else {
      Issue.record("\(text) was read")
      return
    }
    #expect([diagnostic.id, diagnostic.message, diagnostic.help] == ["bad-duration", message, help])
  }

  @Test(
    "a boolean is `true` or `false` and nothing else",
    arguments: [
      ("true", "true"), ("false", "false"),
      ("True", "bad-boolean: `True` is neither `true` nor `false`"),
      ("yes", "bad-boolean: `yes` is neither `true` nor `false`"),
      ("\"true\"", "wrong-type: expected `true` or `false`, found the quoted text `true`"),
      ("", "wrong-type: expected `true` or `false`, found nothing"),
      ("[true]", "wrong-type: expected `true` or `false`, found a list"),
    ])
  func booleans(text: String, expected: String) throws {
    #expect(shown(ScalarReader.bool(try node(text))) == expected)
  }

  @Test(
    "a whole number is decimal digits alone",
    arguments: [
      ("0", "0"), ("4096", "4096"), ("4294967295", "4294967295"),
      ("4294967296", "bad-integer: `4294967296` is not a whole number from 0 to 4294967295"),
      ("0o17", "bad-integer: `0o17` is not a whole number from 0 to 4294967295"),
      ("017", "bad-integer: `017` is not a whole number from 0 to 4294967295"),
      ("+1", "bad-integer: `+1` is not a whole number from 0 to 4294967295"),
      ("-1", "bad-integer: `-1` is not a whole number from 0 to 4294967295"),
      ("1e3", "bad-integer: `1e3` is not a whole number from 0 to 4294967295"),
      ("1_000", "bad-integer: `1_000` is not a whole number from 0 to 4294967295"),
      ("'1'", "wrong-type: expected a whole number, found the quoted text `1`"),
      ("{a: b}", "wrong-type: expected a whole number, found a mapping"),
    ])
  func wholeNumbers(text: String, expected: String) throws {
    #expect(shown(ScalarReader.count(try node(text))) == expected)
  }

  @Test("a text stays the text that it is", arguments: ["no", "on", "0o17", "1:30", "1e3", "~", "null", "2026-01-01"])
  func texts(text: String) throws {
    #expect(shown(ScalarReader.text(try node(text))) == text)
  }

  @Test("an empty text must be quoted")
  func emptyText() throws {
    #expect(shown(ScalarReader.text(try node("''"))) == "")
    #expect(shown(ScalarReader.text(try node(""))) == "wrong-type: expected a text, found nothing")
  }

  @Test(
    "the nearest name is found where few letters differ",
    arguments: [
      ("idleTimeuot", "idleTimeout"), ("IDLETIMEOUT", "idleTimeout"), ("revaldate", "revalidate"), ("x", nil),
      ("activities", "activity"), ("", nil), ("somethingElse", nil),
    ])
  func nearest(text: String, expected: String?) {
    #expect(NearestName.of(text, among: ["absoluteTimeout", "idleTimeout", "revalidate", "activity"]) == expected)
  }
}
