// The math extension.

import Testing

@testable import PosternCEL

@Suite("Math library")
struct MathLibraryTests {
  @Test(
    "the greatest and the least keep their own type, the first of equal ones",
    arguments: cases(
      #"""
      math.greatest(5) => 5
      math.greatest(1, 1.0, 1u) => 1
      math.greatest(1.0, 1) => 1.0
      math.greatest(-3, 3u) => 3u
      math.greatest(5.4, 10, 3u, -5.0) => 10
      math.greatest(9223372036854775807, 18446744073709551615u) => 18446744073709551615u
      math.greatest([1, 3, 2]) => 3
      math.greatest([1.5, 1u]) => 1.5
      math.least(5.4, 10, 3u, -5.0) => -5.0
      math.least(1u, 1) => 1u
      math.least([5.4, 10, 3u]) => 3u
      math.least(-9223372036854775808, 0u) => -9223372036854775808
      math.greatest([]) => error
      math.least([1, 'a']) => error
      math.greatest('a', 1) => error
      math.greatest(true) => error
      math.greatest() => error
      math.greatest([1], [2]) => error
      math.greatest(0.0 / 0.0, 1) => error
      math.least(1, 0.0 / 0.0) => error
      """#))
  func extremes(item: Case) throws { try expect(item) }

  @Test(
    "doubles are rounded to whole ones",
    arguments: cases(
      #"""
      math.ceil(1.2) => 2.0
      math.ceil(-1.2) => -1.0
      math.floor(1.2) => 1.0
      math.floor(-1.2) => -2.0
      math.round(1.5) => 2.0
      math.round(2.5) => 3.0
      math.round(-1.5) => -2.0
      math.round(0.49999999999999994) => 0.0
      math.trunc(-1.9) => -1.0
      math.trunc(1e300) => 1e300
      math.isNaN(math.ceil(0.0 / 0.0)) => true
      math.isInf(math.floor(1.0 / 0.0)) => true
      math.ceil(1) => error
      math.floor('1') => error
      math.round(1u) => error
      math.trunc() => error
      """#))
  func rounding(item: Case) throws { try expect(item) }

  @Test(
    "magnitudes, signs, roots and kinds of doubles",
    arguments: cases(
      #"""
      math.abs(-1) => 1
      math.abs(1u) => 1u
      math.abs(-11.5) => 11.5
      math.abs(-9223372036854775807) => 9223372036854775807
      math.abs(-9223372036854775808) => error
      math.abs('1') => error
      math.sign(-42) => -1
      math.sign(0) => 0
      math.sign(7u) => 1u
      math.sign(0u) => 0u
      math.sign(-0.3) => -1.0
      math.sign(0.0) => 0.0
      math.isNaN(math.sign(0.0 / 0.0)) => true
      math.sign(true) => error
      math.sqrt(49.0) => 7.0
      math.sqrt(0) => 0.0
      math.sqrt(985.25) => 31.388692231439016
      math.sqrt(9u) => 3.0
      math.isNaN(math.sqrt(-1)) => true
      math.sqrt('4') => error
      math.isNaN(1.0) => false
      math.isInf(-1.0 / 0.0) => true
      math.isInf(0.0 / 0.0) => false
      math.isFinite(1.0) => true
      math.isFinite(1.0 / 0.0) => false
      math.isNaN(1) => error
      """#))
  func signs(item: Case) throws { try expect(item) }

  @Test(
    "bits are combined and shifted within their type",
    arguments: cases(
      #"""
      math.bitOr(1, 2) => 3
      math.bitOr(1u, 2u) => 3u
      math.bitAnd(-1, 6) => 6
      math.bitAnd(3u, 6u) => 2u
      math.bitXor(4, -2) => -6
      math.bitXor(3u, 5u) => 6u
      math.bitNot(1) => -2
      math.bitNot(0u) => 18446744073709551615u
      math.bitOr(1, 2u) => error
      math.bitNot(1.0) => error
      math.bitShiftLeft(1, 2) => 4
      math.bitShiftLeft(1, 63) => -9223372036854775808
      math.bitShiftLeft(-1, 64) => 0
      math.bitShiftLeft(1u, 9223372036854775807) => 0u
      math.bitShiftLeft(3u, 63) => 9223372036854775808u
      math.bitShiftRight(-1024, 3) => 2305843009213693824
      math.bitShiftRight(-1, 63) => 1
      math.bitShiftRight(-1, 0) => -1
      math.bitShiftRight(1024, 64) => 0
      math.bitShiftRight(1024u, 2) => 256u
      math.bitShiftLeft(1, -1) => error
      math.bitShiftRight(1u, -9223372036854775808) => error
      math.bitShiftRight(1u, 1u) => error
      math.bitShiftLeft(1.0, 1) => error
      """#))
  func bits(item: Case) throws { try expect(item) }
}
