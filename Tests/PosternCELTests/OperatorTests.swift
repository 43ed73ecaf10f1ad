// The operators, over all types they take.

import Testing

@testable import PosternCEL

@Suite("Operators")
struct OperatorTests {
  @Test(
    "integers are added, multiplied and divided within 64 bits, and beyond are errors",
    arguments: cases(
      """
      1 + 2 => 3
      -4 - 5 => -9
      6 * -7 => -42
      -7 / 2 => -3
      -7 % 2 => -1
      43 % -5 => 3
      -(3) => -3
      9223372036854775807 + 1 => error
      -9223372036854775808 - 1 => error
      9223372036854775807 * 2 => error
      -9223372036854775808 / -1 => error
      -9223372036854775808 % -1 => error
      -(-9223372036854775808) => error
      -9223372036854775808 * -1 => error
      1 / 0 => error
      1 % 0 => error
      """))
  func integers(item: Case) throws { try expect(item) }

  @Test(
    "unsigned integers never go below zero or past 64 bits",
    arguments: cases(
      """
      1u + 2u => 3u
      42u - 12u => 30u
      3u * 4u => 12u
      7u / 2u => 3u
      7u % 2u => 1u
      0u - 1u => error
      18446744073709551615u + 1u => error
      18446744073709551615u * 2u => error
      1u / 0u => error
      1u % 0u => error
      -(1u) => error
      """))
  func unsigned(item: Case) throws { try expect(item) }

  @Test(
    "doubles follow IEEE 754 and are never an error",
    arguments: cases(
      """
      4.25 + 15.25 => 19.5
      1.5 - 2.5 => -1.0
      2.5 * 4.0 => 10.0
      1.0 / 4.0 => 0.25
      15.75 / 0.0 => double('inf')
      -15.75 / 0.0 => double('-inf')
      2.0 * 1e308 => double('inf')
      (0.0 / 0.0) == (0.0 / 0.0) => false
      -(0.0) => -0.0
      47.5 % 5.5 => error
      """))
  func doubles(item: Case) throws { try expect(item) }

  @Test(
    "types do not mix in arithmetic",
    arguments: cases(
      """
      1 + 1u => error
      1 + 1.0 => error
      1.0 - 1u => error
      'a' + 1 => error
      'a' + b'a' => error
      [1] + 1 => error
      {} + {} => error
      null + null => error
      true + true => error
      'a' * 2 => error
      -'a' => error
      !1 => error
      """))
  func mixtures(item: Case) throws { try expect(item) }

  @Test(
    "texts, bytes and lists are joined by `+`",
    arguments: cases(
      """
      'he' + 'llo' => 'hello'
      '¢' + 'ÿ' => '¢ÿ'
      b'ab' + b'' + b'c' => b'abc'
      [1] + [] + ['a'] => [1, 'a']
      """))
  func joining(item: Case) throws { try expect(item) }

  @Test(
    "numbers of equal value are equal whatever their types, and unrelated types never are",
    arguments: cases(
      """
      1 == 1.0 => true
      1u == 1 => true
      1.0 == 1u => true
      1 != 1u => false
      -1 == 18446744073709551615u => false
      9223372036854775807 == 9223372036854775807u => true
      9007199254740993 == 9007199254740992 => false
      0.0 == -0.0 => true
      double('nan') == double('nan') => false
      double('nan') != double('nan') => true
      1 == '1' => false
      null == false => false
      null == null => true
      'e\\u0301' == '\\u00e9' => false
      b'a' == 'a' => false
      [1, [2u]] == [1.0, [2]] => true
      [1] == [1, 1] => false
      [double('nan')] == [double('nan')] => false
      {1: 'a', 2u: 'b'} == {2: 'b', 1u: 'a'} => true
      {1: 'a'} == {1: 'b'} => false
      {1: 'a'} == {2: 'a'} => false
      {} == [] => false
      int == type(1) => true
      int == uint => false
      timestamp(0) == timestamp('1970-01-01T00:00:00Z') => true
      duration('60s') == duration('1m') => true
      """))
  func equality(item: Case) throws { try expect(item) }

  @Test(
    "order is that of numbers across types, of code points, of bytes and of time",
    arguments: cases(
      """
      1 < 2u => true
      -1 < 0u => true
      18446744073709551615u > 9223372036854775807 => true
      1.5 > 1 => true
      18446744073709551615u > 1e19 => true
      -1.5 < 0u => true
      1e300 > 18446744073709551615u => true
      9007199254740993 > 9007199254740992 => true
      1 <= 1.0 => true
      1 >= 1u => true
      double('nan') < 1 => false
      double('nan') >= double('nan') => false
      1u > double('nan') => false
      false < true => true
      'a' < 'b' => true
      'Z' < 'a' => true
      'a' < 'aa' => true
      '\\uffff' < '\\U00010000' => true
      b'a' < b'\\xff' => true
      timestamp(0) < timestamp(1) => true
      duration('1s') >= duration('1000ms') => true
      duration('-1s') < duration('-1ms') => true
      1 < 'a' => error
      null <= null => error
      [1] < [2] => error
      {} < {} => error
      true < 1 => error
      int < uint => error
      timestamp(0) < duration('1s') => error
      """))
  func order(item: Case) throws { try expect(item) }

  @Test(
    "an integer that meets a double is rounded to the nearest double, as the CEL project's cases ask",
    arguments: cases(
      """
      9223372036854775807 == 9223372036854775808.0 => true
      9223372036854775807 < 9223372036854775808.0 => false
      9223372036854775808.0 <= 9223372036854775807 => true
      9007199254740993 == 9007199254740992.0 => true
      18446744073709551615u >= 18446744073709551616.0 => true
      -9223372036854775808 <= -9223372036854777857.0 => false
      """))
  func roundedOrder(item: Case) throws { try expect(item) }

  @Test(
    "`in` looks for elements and keys by the language's equality",
    arguments: cases(
      """
      1 in [3, 2, 1.0] => true
      1u in [1] => true
      1 in [] => false
      'a' in ['b'] => false
      [1] in [[1u]] => true
      'k' in {'k': null} => true
      2.0 in {2: 1} => true
      2.5 in {2: 1} => false
      b'' in {'': 1} => false
      1 in 'a' => error
      1 in 1 => error
      """))
  func containment(item: Case) throws { try expect(item) }

  @Test(
    "indices are whole numbers within the list, keys are those of the map",
    arguments: cases(
      """
      [7, 8, 9][0] => 7
      [7, 8, 9][2u] => 9
      [7, 8, 9][1.0] => 8
      [7][0.1] => error
      [7][1] => error
      [7][-1] => error
      [7][18446744073709551615u] => error
      [7][1e300] => error
      [7]['0'] => error
      {'a': 1}['a'] => 1
      {1: 'one'}[1u] => 'one'
      {1u: 'one'}[1.0] => 'one'
      {true: 1}[true] => 1
      {'a': 1}['b'] => error
      {'a': 1}[b'a'] => error
      {'a': 1}.a => 1
      {'a': 1}.b => error
      'abc'[0] => error
      1.a => error
      has({'a': null}.a) => true
      has({}.a) => false
      has([1].a) => error
      """))
  func members(item: Case) throws { try expect(item) }

  @Test(
    "keys of maps are bools, integers and texts, each once",
    arguments: cases(
      """
      {1: 1, 1u: 2} => error
      {'a': 1, 'a': 2} => error
      {1.0: 1} => error
      {null: 1} => error
      {[]: 1} => error
      size({true: 1, 1: 1, '1': 1, 18446744073709551615u: 1}) => 4
      """))
  func keys(item: Case) throws { try expect(item) }
}
