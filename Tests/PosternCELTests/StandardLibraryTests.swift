// The standard functions.

import Testing

@testable import PosternCEL

@Suite("Standard library")
struct StandardLibraryTests {
  @Test(
    "sizes count code points, bytes, elements and entries",
    arguments: cases(
      """
      size('') => 0
      size('πέντε') => 5
      '😀e\\u0301'.size() => 3
      size(b'\\xff\\x00') => 2
      [1, [2, 3]].size() => 2
      size({'a': 1}) => 1
      size(1) => error
      size(null) => error
      size() => error
      size('a', 'b') => error
      """))
  func sizes(item: Case) throws { try expect(item) }

  @Test(
    "parts of texts are found by code points",
    arguments: cases(
      """
      'foobar'.startsWith('foo') => true
      'foobar'.startsWith('bar') => false
      'foobar'.endsWith('bar') => true
      'foobar'.endsWith('xfoobar') => false
      'abababc'.contains('ababc') => true
      'aabaabaaa'.contains('aabaaa') => true
      'abab'.contains('abb') => false
      ''.contains('') => true
      ''.contains('a') => false
      'e\\u0301'.contains('e') => true
      'e\\u0301'.startsWith('\\u00e9') => false
      startsWith('a', 'a') => error
      'a'.startsWith(1) => error
      1.contains('1') => error
      """))
  func parts(item: Case) throws { try expect(item) }

  @Test(
    "a text matches where a part of it does, by RE2's syntax",
    arguments: cases(
      """
      'abcd'.matches('bc') => true
      matches('grey', '^gr(a|e)y$') => true
      ''.matches('') => true
      'grey'.matches('^re') => false
      '🐱😀😀'.matches('(a|😀){2}') => true
      ['a', 'b', 'a'].map(text, text.matches('^a$')) => [true, false, true]
      ['^a$', '^b$', '^a$'].map(pattern, 'a'.matches(pattern)) => [true, false, true]
      'a'.matches('(') => error
      'a'.matches('(?=a)') => error
      'a'.matches(1) => error
      """))
  func matching(item: Case) throws { try expect(item) }

  @Test(
    "conversions to integers are exact or errors",
    arguments: cases(
      """
      int(5u) => 5
      int(9223372036854775808u) => error
      int(-7.9) => -7
      int(1e18) => 1000000000000000000
      int(9223372036854775807.0) => error
      int(-9223372036854775808.0) => error
      int(double('nan')) => error
      int(double('inf')) => error
      int('-12') => -12
      int('9223372036854775808') => error
      int('abc') => error
      int('') => error
      int(' 1') => error
      int('1.5') => error
      int(timestamp('2004-09-16T23:59:59Z')) => 1095379199
      int(true) => error
      int(null) => error
      uint(3) => 3u
      uint(-1) => error
      uint(3.9) => 3u
      uint(-0.5) => error
      uint(18446744073709551616.0) => error
      uint(double('nan')) => error
      uint('18446744073709551615') => 18446744073709551615u
      uint('-1') => error
      uint('+1') => error
      uint('') => error
      """))
  func integers(item: Case) throws { try expect(item) }

  @Test(
    "conversions to doubles, bools and bytes",
    arguments: cases(
      """
      double(-3) => -3.0
      double(18446744073709551615u) => 18446744073709551616.0
      double('6.02214e23') => 6.02214e23
      double('-.5') => -0.5
      double('Infinity') => 1.0 / 0.0
      double('1e999') => error
      double('abc') => error
      double('') => error
      double('1 ') => error
      double('nan(1)') => error
      double(true) => error
      bool('1') => true
      bool('t') => true
      bool('True') => true
      bool('TRUE') => true
      bool('f') => false
      bool('0') => false
      bool('TrUe') => error
      bool('') => error
      bool(1) => error
      bytes('ÿ') => b'\\xc3\\xbf'
      bytes(b'a') => b'a'
      bytes(1) => error
      dyn(1) => 1
      """))
  func otherConversions(item: Case) throws { try expect(item) }

  @Test(
    "conversions to text print what the literal would be",
    arguments: cases(
      """
      string('a') => 'a'
      string(-456) => '-456'
      string(9876u) => '9876'
      string(true) => 'true'
      string(123.456) => '123.456'
      string(-0.00987) => '-0.00987'
      string(1.0) => '1'
      string(-0.0) => '-0'
      string(0.0001) => '0.0001'
      string(0.00001) => '1e-05'
      string(100000.0) => '100000'
      string(1000000.0) => '1e+06'
      string(6.02214e23) => '6.02214e+23'
      string(1.38e-23) => '1.38e-23'
      string(-84.32e7) => '-8.432e+08'
      string(1e100) => '1e+100'
      string(double('nan')) => 'NaN'
      string(double('-inf')) => '-Inf'
      string(double('inf')) => '+Inf'
      string(b'\\xc3\\xbf') => 'ÿ'
      string(b'\\xff') => error
      string(timestamp('2009-02-13T23:31:30.5Z')) => '2009-02-13T23:31:30.5Z'
      string(duration('1h45m47.5s')) => '6347.5s'
      string(null) => error
      string([]) => error
      """))
  func texts(item: Case) throws { try expect(item) }

  @Test(
    "types are values with a type of their own",
    arguments: cases(
      """
      type(1) == int => true
      type(type(1)) == type => true
      type(int) == type => true
      type(1u) => uint
      type(1.0) => double
      type(null) => null_type
      type('') => string
      type(b'') => bytes
      type([1]) == type(['a']) => true
      type({}) => map
      type(timestamp(0)) => google.protobuf.Timestamp
      type(duration('0s')) => google.protobuf.Duration
      type(true) != bool => false
      """))
  func types(item: Case) throws { try expect(item) }

  @Test(
    "instants and spans are added within their ranges",
    arguments: cases(
      """
      timestamp('2009-02-13T23:00:00Z') + duration('240s') => timestamp('2009-02-13T23:04:00Z')
      duration('240s') + timestamp('2009-02-13T23:00:00Z') => timestamp('2009-02-13T23:04:00Z')
      timestamp('2009-02-13T23:10:00Z') - duration('600s') => timestamp('2009-02-13T23:00:00Z')
      timestamp('2009-02-13T23:10:00Z') - timestamp('2009-02-13T23:00:00Z') => duration('600s')
      duration('1s') - duration('1500ms') => duration('-0.5s')
      timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns') => error
      timestamp('0001-01-01T00:00:00Z') - duration('1ns') => error
      timestamp('0001-01-01T00:00:00Z') - timestamp('9999-12-31T23:59:59Z') => error
      duration('200000000000s') - duration('-200000000000s') => error
      timestamp(253402300800) => error
      timestamp('2009-13-01T00:00:00Z') => error
      duration('1') => error
      timestamp(0) + timestamp(0) => error
      duration('1s') - timestamp(0) => error
      """))
  func times(item: Case) throws { try expect(item) }

  @Test(
    "parts of instants are those of the calendar of the zone",
    arguments: cases(
      """
      timestamp('2009-02-13T23:31:30Z').getFullYear() => 2009
      timestamp('2009-02-13T23:31:30Z').getMonth() => 1
      timestamp('2009-02-13T23:31:30Z').getDate() => 13
      timestamp('2009-02-13T23:31:30Z').getDayOfMonth() => 12
      timestamp('2009-02-13T23:31:30Z').getDayOfWeek() => 5
      timestamp('2009-02-13T23:31:30Z').getDayOfYear() => 43
      timestamp('2009-02-13T23:31:30Z').getHours() => 23
      timestamp('2009-02-13T23:31:30Z').getMinutes() => 31
      timestamp('2009-02-13T23:31:30Z').getSeconds() => 30
      timestamp('2009-02-13T23:31:30.123456789Z').getMilliseconds() => 123
      timestamp('2009-02-13T23:31:30Z').getDate('+05:30') => 14
      timestamp('2009-02-13T23:31:30Z').getHours('02:00') => 1
      timestamp('2009-02-13T23:31:30Z').getMinutes('-00:30') => 1
      timestamp('2009-02-13T23:31:30Z').getHours('UTC') => 23
      timestamp('2009-02-13T23:31:30Z').getHours('Nowhere/City') => error
      timestamp('2009-02-13T23:31:30.5Z').getMilliseconds('Nowhere/City') => error
      timestamp('2009-02-13T23:31:30Z').getHours(1) => error
      timestamp('9999-12-31T23:59:59Z').getFullYear('+14:00') => 10000
      duration('10000s').getHours() => 2
      duration('3730s').getMinutes() => 62
      duration('-3730.5s').getSeconds() => -3730
      duration('1.234s').getMilliseconds() => 234
      duration('1s').getFullYear() => error
      duration('1s').getHours('UTC') => error
      """))
  func partsOfTimes(item: Case) throws { try expect(item) }

  @Test("a zone's name is looked up in the zones of the evaluator, at the instant asked about")
  func namedZone() throws {
    struct OneZone: CELTimeZones {
      func offsetSeconds(ofZone name: String, at secondsSince1970: Int64) -> Int32? {
        name == "Mars/Base" ? (secondsSince1970 < 86_400 ? 3600 : 7200) : nil
      }
      func nextTransition(ofZone name: String, after secondsSince1970: Int64) -> Int64? { nil }
    }
    #expect(try evaluate("timestamp(0).getHours('Mars/Base')", timeZones: OneZone()) == .int(1))
    #expect(try evaluate("timestamp(86400).getHours('Mars/Base')", timeZones: OneZone()) == .int(2))
  }
}
