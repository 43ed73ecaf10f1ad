// `format`, and doubles in decimal.

import Foundation
import Testing

@testable import PosternCEL

@Suite("Formats")
struct FormatTests {
  @Test(
    "every type is written by the clauses that it has, and by no other",
    arguments: cases(
      #"""
      'no %% clause'.format([]) => 'no % clause'
      '%s and %s'.format(['a', 'b', 'left over']) => 'a and b'
      '%s'.format([null]) => 'null'
      '%s'.format([true]) => 'true'
      '%s'.format([-7]) => '-7'
      '%s'.format([7u]) => '7'
      '%s'.format([2.0]) => '2'
      '%s'.format([-0.0000001]) => '-0.0000001'
      '%s'.format([1e21]) => '1000000000000000000000'
      '%s'.format([0.1]) => '0.1'
      '%s'.format([double('NaN')]) => 'NaN'
      '%s'.format([double('-Infinity')]) => '-Infinity'
      '%s'.format([b'xyz']) => 'xyz'
      '%s'.format([b'\xff\xfea\xf0\x9f']) => '\ufffda\ufffd'
      '%s'.format([b'\xff\xef\xbf\xbd\xff']) => '\ufffd\ufffd\ufffd'
      '%s'.format([[b'\xff\xff']]) => '[\ufffd]'
      '%s'.format([int]) => 'int'
      '%s'.format([timestamp('2023-02-03T23:31:20.50Z')]) => '2023-02-03T23:31:20.5Z'
      '%s'.format([duration('1h45m47.5s')]) => '6347.5s'
      '%s'.format([[]]) => '[]'
      '%s'.format([['abc', 3.14, null, [9, 8u]]]) => '[abc, 3.14, null, [9, 8]]'
      '%s'.format([{}]) => '{}'
      '%s'.format([{'strKey': 'x', 6: duration('422s'), true: [42]}]) => '{6: 422s, strKey: x, true: [42]}'
      '%s'.format([{'é': 1, 'z': 2, 'e': 3}]) => '{e: 3, z: 2, é: 1}'
      '%s'.format([optional.none()]) => error
      '%s'.format([[optional.of(1)]]) => error
      '%s'.format([{'a': ip('1.2.3.4')}]) => error
      '%d %d'.format([-9223372036854775808, 18446744073709551615u]) => '-9223372036854775808 18446744073709551615'
      '%d'.format([double('NaN')]) => 'NaN'
      '%d %d %d'.format([2.0, 3.14, -1e21]) => '2 3.14 -1000000000000000000000'
      '%d'.format(['1']) => error
      '%d'.format([true]) => error
      '%d'.format([duration('1s')]) => error
      '%b %b %b'.format([5, -5, true]) => '101 -101 1'
      '%b'.format([false]) => '0'
      '%b'.format(['a']) => error
      '%o %o'.format([11, 65535u]) => '13 177777'
      '%o'.format([true]) => error
      '%o'.format([1.0]) => error
      '%x %X'.format([30, -30]) => '1e -1E'
      '%x'.format([18446744073709551615u]) => 'ffffffffffffffff'
      '%x %X'.format(['Hello', b'\xff\x00']) => '48656c6c6f FF00'
      '%x'.format([1.0]) => error
      '%X'.format([null]) => error
      """#))
  func types(item: Case) throws { try expect(item) }

  @Test(
    "doubles are rounded once, half to even on their exact value",
    arguments: cases(
      #"""
      '%f'.format([2.71828]) => '2.718280'
      '%.3f'.format([1.2345]) => '1.234'
      '%.0f %.0f %.0f'.format([0.5, 1.5, 2.5]) => '0 2 2'
      '%.1f %.1f'.format([0.25, 0.75]) => '0.2 0.8'
      '%.2f'.format([-0.001]) => '-0.00'
      '%.2f'.format([0.005]) => '0.01'
      '%.0f'.format([9.5]) => '10'
      '%.1f'.format([99.96]) => '100.0'
      '%.3f'.format([-123.4999]) => '-123.500'
      '%f %f'.format([3, 3u]) => '3.000000 3.000000'
      '%.0f'.format([9007199254740993]) => '9007199254740992'
      '%.25f'.format([0.1]) => '0.1000000000000000055511151'
      '%f'.format([double('NaN')]) => 'NaN'
      '%.1f'.format([double('-Infinity')]) => '-Infinity'
      '%e'.format([0.0]) => '0.000000e+00'
      '%.6e'.format([1052.032911275]) => '1.052033e+03'
      '%.0e'.format([9.5]) => '1e+01'
      '%.0e'.format([-2.5]) => '-2e+00'
      '%.2e'.format([9.999]) => '1.00e+01'
      '%.1e'.format([5e-324]) => '4.9e-324'
      '%.1e'.format([1.7976931348623157e308]) => '1.8e+308'
      '%.1e'.format([0.00012]) => '1.2e-04'
      '%e %e'.format([2, 3u]) => '2.000000e+00 3.000000e+00'
      '%e'.format([double('Infinity')]) => 'Infinity'
      '%f'.format(['1.0']) => error
      '%e'.format([true]) => error
      """#))
  func doubles(item: Case) throws { try expect(item) }

  @Test(
    "clauses that are none are errors",
    arguments: cases(
      #"""
      '%'.format([1]) => error
      'a%'.format([1]) => error
      '%a'.format([1]) => error
      '%E'.format([0.5]) => error
      '%S'.format(['a']) => error
      '% d'.format([1]) => error
      '%5d'.format([1]) => error
      '%.3d'.format([1]) => error
      '%.2s'.format(['abc']) => error
      '%.'.format([1.0]) => error
      '%.3'.format([1.0]) => error
      '%.f'.format([1.0]) => error
      '%.-1f'.format([1.0]) => error
      '%.1001f'.format([1.0]) => error
      '%.99999999999999999999f'.format([1.0]) => error
      '%é'.format([1]) => error
      '%s'.format([]) => error
      '%d %d'.format([1]) => error
      '%s'.format('a') => error
      '%s'.format(['a'], 1) => error
      """#))
  func mistakes(item: Case) throws { try expect(item) }

  @Test("doubles are written as the C library writes them, of every magnitude and precision (seed 2718)")
  func agreesWithPlatform() throws {
    var generator = SeededGenerator(seed: 2718)
    for _ in 0..<2000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      let precision = Int.random(in: 0...20, using: &generator)
      let exact = try #require(ExactDecimal(value))
      let magnitude = value.magnitude
      #expect(exact.fixed(precision) == String(format: "%.\(precision)f", magnitude))
      #expect(exact.scientific(precision) == String(format: "%.\(precision)e", magnitude))
    }
  }

  @Test("halves of decimal places are written as the C library writes them (seed 3)")
  func agreesOnHalves() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let value = Double(Int64.random(in: 0...4_000_000, using: &generator)) / 64
      let precision = Int.random(in: 0...6, using: &generator)
      let exact = try #require(ExactDecimal(value))
      #expect(exact.fixed(precision) == String(format: "%.\(precision)f", value))
      #expect(exact.scientific(precision) == String(format: "%.\(precision)e", value))
    }
  }

  @Test("a double's shortest text without an exponent is read back as that double (seed 4)")
  func positionalRoundTrips() {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<2000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      let text = value.positionalText
      #expect(Double(text)?.bitPattern == value.bitPattern)
      #expect(!text.utf8.contains(UInt8(ascii: "e")))
    }
  }
}
