// The strings extension, but for `format`.

import Testing

@testable import PosternCEL

@Suite("Strings library")
struct StringsLibraryTests {
  @Test(
    "positions count code points, and outside the text are errors",
    arguments: cases(
      #"""
      'tacocat'.charAt(3) => 'o'
      'tacocat'.charAt(7) => ''
      '©αT'.charAt(0) => '©'
      '©αT'.charAt(1) => 'α'
      'e\u0301x'.charAt(1) => '\u0301'
      ''.charAt(0) => ''
      'tacocat'.charAt(8) => error
      'tacocat'.charAt(-1) => error
      'tacocat'.charAt(9223372036854775807) => error
      'tacocat'.charAt(-9223372036854775808) => error
      'tacocat'.charAt(1u) => error
      'tacocat'.substring(4) => 'cat'
      'tacocat'.substring(7) => ''
      'tacocat'.substring(0, 4) => 'taco'
      'tacocat'.substring(4, 4) => ''
      'ta©o©αT'.substring(2, 6) => '©o©α'
      'tacocat'.substring(40) => error
      'tacocat'.substring(-1) => error
      'tacocat'.substring(1, 50) => error
      'tacocat'.substring(4, 3) => error
      'tacocat'.substring(1, true) => error
      7.substring(1) => error
      """#))
  func positions(item: Case) throws { try expect(item) }

  @Test(
    "texts are found from the left and from the right",
    arguments: cases(
      #"""
      'tacocat'.indexOf('') => 0
      'tacocat'.indexOf('ac') => 1
      'tacocat'.indexOf('none') => -1
      'tacocat'.indexOf('', 3) => 3
      'tacocat'.indexOf('', 7) => 7
      'tacocat'.indexOf('a', 3) => 5
      'tacocat'.indexOf('at', 3) => 5
      'ta©o©αT'.indexOf('©') => 2
      'ta©o©αT'.indexOf('©', 3) => 4
      'ta©o©αT'.indexOf('©αT', 3) => 4
      'ta©o©αT'.indexOf('©α', 5) => -1
      ''.indexOf('a') => -1
      ''.indexOf('') => 0
      'é'.indexOf('e') => -1
      'e\u0301'.indexOf('e') => 0
      'e\u0301'.indexOf('\u00e9') => -1
      'a\r\nb'.indexOf('\n') => 2
      'tacocat'.indexOf('a', 7) => error
      'tacocat'.indexOf('a', 30) => error
      'tacocat'.indexOf('a', -1) => error
      'tacocat'.indexOf('', 8) => error
      'tacocat'.indexOf(1) => error
      'tacocat'.indexOf('a', 1u) => error
      'tacocat'.lastIndexOf('') => 7
      'tacocat'.lastIndexOf('at') => 5
      'tacocat'.lastIndexOf('none') => -1
      'tacocat'.lastIndexOf('', 3) => 3
      'tacocat'.lastIndexOf('a', 3) => 1
      'tacocat'.lastIndexOf('a', 0) => -1
      'ta©o©αT'.lastIndexOf('©') => 4
      'ta©o©αT'.lastIndexOf('©', 3) => 2
      'ta©o©αT'.lastIndexOf('©α', 4) => 4
      'bananananana'.lastIndexOf('nana', 7) => 6
      'aaaa'.lastIndexOf('aa') => 2
      ''.lastIndexOf('@@') => -1
      'tacocat'.lastIndexOf('a', 30) => error
      'tacocat'.lastIndexOf('a', -1) => error
      """#))
  func searches(item: Case) throws { try expect(item) }

  @Test(
    "letters of ASCII change their case, and no others",
    arguments: cases(
      #"""
      'TacoCÆt Xii@[`{'.lowerAscii() => 'tacocÆt xii@[`{'
      'tacoCÆt æz@[`{'.upperAscii() => 'TACOCÆT æZ@[`{'
      1.upperAscii() => error
      'a'.upperAscii(1) => error
      """#))
  func casing(item: Case) throws { try expect(item) }

  @Test(
    "texts are replaced from the left, as often as is said",
    arguments: cases(
      #"""
      'hello hello'.replace('he', 'we') => 'wello wello'
      'hello hello'.replace('he', 'we', -1) => 'wello wello'
      'hello hello'.replace('he', 'we', 1) => 'wello hello'
      'hello hello'.replace('he', 'we', 0) => 'hello hello'
      'hello hello'.replace('x', 'we') => 'hello hello'
      'aaa'.replace('aa', 'b') => 'ba'
      'a©b'.replace('', '-') => '-a-©-b-'
      'a©b'.replace('', '-', 2) => '-a-©b'
      ''.replace('', '-') => '-'
      'abc'.replace('b', '') => 'ac'
      'e\u0301'.replace('e', 'a') => 'a\u0301'
      'abc'.replace('b', 1) => error
      'abc'.replace('b', 'c', 1u) => error
      'abc'.replace('b') => error
      """#))
  func replaces(item: Case) throws { try expect(item) }

  @Test(
    "texts are split into at most as many parts as is said, and joined",
    arguments: cases(
      #"""
      'hello world events!'.split(' ') => ['hello', 'world', 'events!']
      'hello world events!'.split(' ', 0) => []
      'hello world events!'.split(' ', 1) => ['hello world events!']
      'hello world events!'.split(' ', 2) => ['hello', 'world events!']
      'o©o©o'.split('©', -1) => ['o', 'o', 'o']
      'o©α'.split('') => ['o', '©', 'α']
      'o©α'.split('', 2) => ['o', '©α']
      ''.split('') => []
      ''.split(',') => ['']
      ','.split(',') => ['', '']
      'abc'.split(1) => error
      'abc'.split('b', true) => error
      ['x', 'y'].join() => 'xy'
      ['x', 'y', ''].join('-') => 'x-y-'
      ['x'].join('-') => 'x'
      [].join('-') => ''
      ['x', 1].join() => error
      ['x'].join(1) => error
      'x'.join() => error
      """#))
  func splits(item: Case) throws { try expect(item) }

  @Test(
    "white space is what Unicode has as such, without joiners",
    arguments: cases(
      #"""
      ' \f\n\r\t\vtext  '.trim() => 'text'
      '\u0085\u00a0\u1680text\u2000\u200a\u2028\u2029\u202f\u205f\u3000'.trim() => 'text'
      'te xt'.trim() => 'te xt'
      '\u200btext\u200d\ufeff'.trim() => '\u200btext\u200d\ufeff'
      ' \n '.trim() => ''
      ''.trim() => ''
      """#))
  func trims(item: Case) throws { try expect(item) }

  @Test(
    "texts are reversed by code points and quoted with the language's escapes",
    arguments: cases(
      #"""
      'gums'.reverse() => 'smug'
      'Ta©oCαt'.reverse() => 'tαCo©aT'
      'e\u0301'.reverse() => '\u0301e'
      'a\r\n'.reverse() => '\n\ra'
      ''.reverse() => ''
      strings.quote('a\a\b\f\n\r\t\v\\"z') => '"a\\a\\b\\f\\n\\r\\t\\v\\\\\\"z"'
      strings.quote('') => '""'
      strings.quote("'☺©'") => "\"'☺©'\""
      strings.quote('a\r\nb') => '"a\\r\\nb"'
      strings.quote(1) => error
      """#))
  func quotes(item: Case) throws { try expect(item) }

  @Test(
    "what stands at a template's variable is extracted",
    arguments: cases(
      #"""
      name.extract('/order_date={date}/') => '2019-11-03'
      name.extract('buckets/{name}/') => 'acme-orders-aaa'
      name.extract('/orders/{empty}order_date') => ''
      name.extract('{start}/data_lake') => 'projects/_/buckets/acme-orders-aaa'
      name.extract('orders/{end}') => 'order_date=2019-11-03/aef87g87ae0876'
      name.extract('{all}') => name
      name.extract('/orders/{none}/order_date=') => ''
      name.extract('/orders/order_date=/{id}/data_lake') => ''
      'ab©cd'.extract('b{x}c') => '©'
      'x'.extract('none') => error
      'x'.extract('{}') => error
      'x'.extract('{a}{b}') => error
      'x'.extract('{a') => error
      'x'.extract('a}') => error
      'x'.extract('}a{') => error
      'x'.extract('{{a}}') => error
      'x'.extract('') => error
      'x'.extract(1) => error
      """#))
  func extracts(item: Case) throws {
    let name = "projects/_/buckets/acme-orders-aaa/data_lake/orders/order_date=2019-11-03/aef87g87ae0876"
    guard let expected = item.expected else { return try expect(item, ["name": .string(name)]) }
    let activation: [String: CELValue] = ["name": .string(name)]
    #expect(try evaluate(item.text, activation) == evaluate(expected, activation))
  }

  @Test("what is found by searching is what trying every position finds (seed 11)")
  func searchAgrees() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<4000 {
      let text = (0..<Int.random(in: 0...30, using: &generator)).map { _ in UInt8.random(in: 0...1, using: &generator) }
      let part = (0..<Int.random(in: 1...4, using: &generator)).map { _ in UInt8.random(in: 0...1, using: &generator) }
      let found = text.indices.filter { text[$0...].starts(with: part) }
      let search = TextSearch(part)
      let middle = text.count / 2
      #expect(search.firstOffset(in: text, from: middle) == found.first { $0 >= middle })
      #expect(search.lastOffset(in: text, upTo: middle) == found.last { $0 <= middle })
      let apart = found.reduce(into: [Int]()) { if $1 >= ($0.last ?? -9) + part.count { $0.append($1) } }
      #expect(search.offsets(in: text, atMost: 3) == Array(apart.prefix(3)))
    }
  }

  @Test("what was split by a separator and joined by it again is the text (seed 12)")
  func splitsAndJoins() throws {
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<300 {
      let text = String((0..<20).map { _ in "ab©\u{301}".randomElement(using: &generator) ?? "a" })
      let separator = ["a", "b", "ab", "©", ""].randomElement(using: &generator) ?? ""
      let activation: [String: CELValue] = ["t": .string(text), "s": .string(separator)]
      #expect(try evaluate("t.split(s).join(s)", activation) == .string(text))
      #expect(try evaluate("t.reverse().reverse()", activation) == .string(text))
      #expect(try evaluate("t.substring(0, 7) + t.substring(7)", activation) == .string(text))
    }
  }

  @Test(
    "results too large for an evaluation are errors before they are made",
    arguments: ["t.replace('a', t)", "t.replace('', t)", "t.split('').join(t)", "f.format(v)"])
  func bounds(text: String) throws {
    let activation: [String: CELValue] = [
      "t": .string(String(repeating: "a", count: 5000)),
      "f": .string(String(repeating: "%.999f", count: 12_000)),
      "v": .list([CELValue](repeating: .double(1), count: 12_000)),
    ]
    #expect { try evaluate(text, activation) } throws: { ($0 as? CELError)?.kind == .limit }
  }
}
