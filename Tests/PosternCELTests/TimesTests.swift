// Instants and durations as text, their sums, and the calendar: tables of what is read, refused and written.

import Foundation
import Testing

@testable import PosternCEL

@Suite("Instants, durations and the calendar")
struct TimesTests {
  @Test(
    "an RFC 3339 date-time is read as the instant in UTC",
    arguments: [
      ("1970-01-01T00:00:00Z", 0, 0),
      ("2009-02-13T23:31:30Z", 1_234_567_890, 0),
      ("2009-02-13T23:31:20.123456789Z", 1_234_567_880, 123_456_789),
      ("2009-02-14T01:31:30.5+02:00", 1_234_567_890, 500_000_000),
      ("2009-02-13T14:01:30-09:30", 1_234_567_890, 0),
      ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
      ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999),
      ("2000-02-29T00:00:00Z", 951_782_400, 0),
      ("0000-12-31T23:30:00-01:00", -62_135_595_000, 0),
    ] as [(String, Int64, Int32)])
  func reads(_ text: String, _ seconds: Int64, _ nanoseconds: Int32) {
    #expect(CELTimestamp(rfc3339: text) == CELTimestamp(seconds: seconds, nanoseconds: nanoseconds))
  }

  @Test(
    "what is no RFC 3339 date-time of the years 1 to 9999 is refused",
    arguments: [
      "", "2009-02-13", "2009-02-13T23:31:30", "2009-02-13 23:31:30Z", "2009-02-13t23:31:30z", "2009-02-13T23:31:60Z",
      "2009-02-13T24:00:00Z", "2009-02-30T00:00:00Z", "2009-13-01T00:00:00Z", "2009-00-01T00:00:00Z",
      "2009-01-00T00:00:00Z",
      "1900-02-29T00:00:00Z", "2009-02-13T23:31:30.Z", "2009-02-13T23:31:30.1234567890Z", "2009-02-13T23:31:30,5Z",
      "2009-02-13T23:31:30+0200", "2009-02-13T23:31:30+24:00", "2009-02-13T23:31:30+02:60", "2009-02-13T23:31:30Z ",
      "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
      "2009-2-13T23:31:30Z", "+2009-02-13T23:31:30Z", "２００９-02-13T23:31:30Z", "2009-02-13T23:31:30Z\u{301}",
    ])
  func refuses(_ text: String) {
    #expect(CELTimestamp(rfc3339: text) == nil)
  }

  @Test(
    "an instant is written in UTC with the shortest fraction",
    arguments: [
      ("2009-02-13T23:31:30.500000000Z", "2009-02-13T23:31:30.5Z"),
      ("2009-02-13T23:31:30.000+05:30", "2009-02-13T18:01:30Z"),
      ("0001-01-01T00:00:00.000000001Z", "0001-01-01T00:00:00.000000001Z"),
      ("0987-06-05T04:03:02.010Z", "0987-06-05T04:03:02.01Z"),
    ])
  func writes(_ text: String, _ canonical: String) throws {
    #expect(try #require(CELTimestamp(rfc3339: text)).rfc3339 == canonical)
  }

  @Test("every instant that is written is read back as itself (seed 20260131)")
  func roundTrips() throws {
    var generator = SeededGenerator(seed: 20_260_131)
    for _ in 0..<3000 {
      let seconds = Int64.random(in: CELTimestamp.secondsRange, using: &generator)
      let nanoseconds =
        Int32.random(in: 0..<1000, using: &generator) * [1, 1000, 1_000_000, 0].randomElement(using: &generator)!
      let instant = try #require(CELTimestamp(seconds: seconds, nanoseconds: nanoseconds))
      #expect(CELTimestamp(rfc3339: instant.rfc3339) == instant)
      let span = try #require(CELDuration(seconds: seconds < 0 ? seconds : -seconds, nanoseconds: -nanoseconds))
      #expect(CELDuration(text: span.text) == span)
    }
  }

  @Test(
    "a duration is read in every unit and written in seconds",
    arguments: [
      ("0", "0s"), ("-0", "0s"), ("0s", "0s"), ("1h45m47s", "6347s"), ("1h45m47.5s", "6347.5s"), ("-1.5h", "-5400s"),
      ("+90m", "5400s"), ("1ms", "0.001s"), ("1us", "0.000001s"), ("1\u{B5}s", "0.000001s"), ("1\u{3BC}s", "0.000001s"),
      ("-1ns", "-0.000000001s"), (".5s", "0.5s"), ("1.s", "1s"), ("1.9ns", "0.000000001s"), ("2s1h", "3602s"),
      ("315576000000s", "315576000000s"), ("-315576000000s", "-315576000000s"),
      ("0.0000000000000000000000000000000000000000000001h", "0s"),
      ("000000000000000000000000000000000000000000000001s", "1s"),
    ])
  func readsDuration(_ text: String, _ canonical: String) {
    #expect(CELDuration(text: text)?.text == canonical)
  }

  @Test(
    "what is no duration, or passes its range, is refused",
    arguments: [
      "", "-", "+", "1", "00", "0.", ".s", ".", "1h0", "0h0", "1 s", " 1s", "1s ", "1e3s", "1d", "1H", "--1s", "1s-1s",
      "s",
      "315576000001s", "-315576000001s",
      "999999999999999999999999999999999999999999999999999h",
      "99999999999999999999999999999999h99999999999999999999999999999999h",
    ])
  func refusesDuration(_ text: String) {
    #expect(CELDuration(text: text) == nil)
  }

  @Test(
    "an instant and a duration add and subtract within range",
    arguments: [
      ("2009-02-13T23:00:00Z", "240s", "2009-02-13T23:04:00Z"),
      ("0001-01-01T00:00:01.000000001Z", "-999999999ns", "0001-01-01T00:00:00.000000002Z"),
      ("1970-01-01T00:00:00Z", "-1ns", "1969-12-31T23:59:59.999999999Z"),
      ("0001-01-01T00:00:00Z", "-1ns", nil),
      ("9999-12-31T23:59:59.999999999Z", "1ns", nil),
      ("9999-12-31T23:59:59Z", "315576000000s", nil),
    ])
  func adds(_ start: String, _ duration: String, _ end: String?) throws {
    let start = try #require(CELTimestamp(rfc3339: start))
    let duration = try #require(CELDuration(text: duration))
    #expect(start.adding(duration)?.rfc3339 == end)
    #expect(try start.subtracting(#require(duration.negated))?.rfc3339 == end)
  }

  @Test(
    "two instants differ by what lies between them, up to what an Int64 of nanoseconds holds",
    arguments: [
      ("2009-02-13T23:31:30Z", "2009-02-13T23:31:00Z", "30s"),
      ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.5Z", "-0.5s"),
      ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", nil),
      ("2262-04-11T23:47:16.854775807Z", "1970-01-01T00:00:00Z", "9223372036.854775807s"),
      ("2262-04-11T23:47:16.854775808Z", "1970-01-01T00:00:00Z", nil),
    ])
  func differs(_ later: String, _ earlier: String, _ duration: String?) throws {
    let later = try #require(CELTimestamp(rfc3339: later))
    #expect(try later.duration(since: #require(CELTimestamp(rfc3339: earlier)))?.text == duration)
  }

  @Test("sums of durations carry their fractions, and are nil out of range")
  func sumsDurations() throws {
    let half = try #require(CELDuration(text: "1.5s"))
    let most = try #require(CELDuration(text: "315576000000s"))
    #expect(half.subtracting(try #require(CELDuration(text: "2.25s")))?.text == "-0.75s")
    #expect(half.adding(half)?.text == "3s")
    #expect(most.adding(half) == nil)
  }

  @Test("the calendar agrees with the platform's on every instant tried (seed 7)")
  func calendarAgrees() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    var generator = SeededGenerator(seed: 7)
    // From 1600 to 2400, where the platform's calendar is Gregorian too.
    for _ in 0..<2000 {
      let seconds = Int64.random(in: -11_676_096_000...13_569_465_600, using: &generator)
      let ours = CivilTime(secondsSince1970: seconds)
      let date = Date(timeIntervalSince1970: Double(seconds))
      let theirs = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
      #expect(theirs.year == ours.year && theirs.month == ours.month && theirs.day == ours.day)
      #expect(theirs.hour == ours.hour && theirs.minute == ours.minute && theirs.second == ours.second)
      #expect(theirs.weekday == ours.dayOfWeek + 1)
      #expect(calendar.ordinality(of: .day, in: .year, for: date) == ours.dayOfYear + 1)
    }
  }

  @Test("the first and the last second that an Int64 counts have dates", arguments: [Int64.min, Int64.max])
  func calendarIsTotal(_ seconds: Int64) {
    #expect((1...12).contains(CivilTime(secondsSince1970: seconds).month))
  }

  @Test(
    "a fixed offset is read with and without a sign",
    arguments: [
      ("UTC", 0), ("+05:30", 19_800), ("-8:00", -28_800), ("02:00", 7200), ("-00:00", 0), ("-09:30", -34_200),
      ("23:59", 86_340), ("", nil), ("utc", nil), ("+24:00", nil), ("+5:60", nil), ("+05", nil), ("+0530", nil),
      ("+005:30", nil), ("+-5:30", nil), ("+05:30 ", nil), ("America/New_York", nil),
    ] as [(String, Int32?)])
  func readsOffset(_ text: String, _ seconds: Int32?) {
    #expect(FixedOffset.seconds(text) == seconds)
  }
}
