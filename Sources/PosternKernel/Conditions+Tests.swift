// The tests of conditions over two registers: equality and order across types as CEL has them, parts of texts, membership.
// What has no overload for the values at hand is an error; equality of unrelated values is false.

internal import CPostern

extension Bundle {
  // MARK: comparison

  borrowing func compare(
    _ left: Register, _ right: Register, _ comparison: Comparison, _ facts: borrowing ConditionRun
  ) -> Truth {
    if left.isError || right.isError { return .error }
    if comparison == .equal { return Truth(areEqual(left, right, facts)) }
    if comparison == .notEqual { return Truth(!areEqual(left, right, facts)) }
    guard Self.haveOrder(left, right) else { return .error }
    // NaN is in no order with anything: every comparison is false.
    guard let order = order(left, right, facts) else { return .no }
    switch comparison {
    case .less: return Truth(order < 0)
    case .lessOrEqual: return Truth(order <= 0)
    case .greater: return Truth(order > 0)
    default: return Truth(order >= 0)
    }
  }

  borrowing func areEqual(_ left: Register, _ right: Register, _ facts: borrowing ConditionRun) -> Bool {
    if left.isNumber && right.isNumber { return Self.order(number: left, right) == 0 }
    if left.tag != right.tag { return false }
    switch Int(left.tag) {
    case POSTERN_TEXT, POSTERN_BYTES, POSTERN_ADDRESS:
      return text(left, facts).has(text(right, facts), .whole)
    case POSTERN_NULL: return true
    case POSTERN_BOOL, POSTERN_TIMESTAMP, POSTERN_DURATION: return left.value == right.value
    default: return false
    }
  }

  private static func haveOrder(_ left: Register, _ right: Register) -> Bool {
    if left.isNumber && right.isNumber { return true }
    if left.tag != right.tag { return false }
    switch Int(left.tag) {
    case POSTERN_TEXT, POSTERN_BYTES, POSTERN_BOOL, POSTERN_TIMESTAMP, POSTERN_DURATION: return true
    default: return false
    }
  }

  private borrowing func order(
    _ left: Register, _ right: Register, _ facts: borrowing ConditionRun
  ) -> Int? {
    if left.isNumber { return Self.order(number: left, right) }
    switch Int(left.tag) {
    case POSTERN_TEXT, POSTERN_BYTES: return text(left, facts).order(text(right, facts))
    case POSTERN_BOOL: return Self.sign(left.value, right.value)
    default: return Self.sign(Int64(bitPattern: left.value), Int64(bitPattern: right.value))
    }
  }

  @inline(__always) private static func sign<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
    left < right ? -1 : left == right ? 0 : 1
  }

  // MARK: numbers

  /// The order of two numbers by value, whatever their types; nil for NaN.
  private static func order(number left: Register, _ right: Register) -> Int? {
    if left.has(POSTERN_DOUBLE) || right.has(POSTERN_DOUBLE) { return orderOfDouble(left, right) }
    let leftIsNegative = left.has(POSTERN_INT) && Int64(bitPattern: left.value) < 0
    let rightIsNegative = right.has(POSTERN_INT) && Int64(bitPattern: right.value) < 0
    if leftIsNegative != rightIsNegative { return leftIsNegative ? -1 : 1 }
    // Of one sign, two's complement orders as unsigned numbers do.
    return sign(left.value, right.value)
  }

  /// An integer that meets a double is rounded to one, as the CEL project's own cases ask.
  private static func orderOfDouble(_ left: Register, _ right: Register) -> Int? {
    let first = left.asDouble
    let second = right.asDouble
    return first.isNaN || second.isNaN ? nil : sign(first, second)
  }

  // MARK: texts

  /// Whether a text among the strings is the whole, the beginning or the end of the path.
  @inline(__always)
  borrowing func testPath(_ part: TextPart, textOffset: Int, byteCount: Int, _ path: Span<UInt8>) -> Truth {
    let surplus = path.count &- byteCount
    if surplus < 0 || (part == .whole && surplus != 0) { return .no }
    let range = TextRange(offset: part == .suffix ? surplus : 0, count: byteCount)
    return Truth(equals(sections.strings.offset &+ textOffset, count: byteCount, path.slice(range)))
  }

  /// `startsWith` and `endsWith`.
  borrowing func testPart(
    _ register: Register, _ part: Register, _ facts: borrowing ConditionRun, atEnd: Bool
  ) -> Truth {
    guard register.has(POSTERN_TEXT), part.has(POSTERN_TEXT) else { return .error }
    return Truth(text(register, facts).has(text(part, facts), atEnd ? .suffix : .prefix))
  }

  // MARK: matching

  /// `matches` and `contains`: one step of a table for each byte.
  borrowing func matches(_ register: Register, _ constant: Register, _ facts: borrowing ConditionRun) -> Truth {
    guard register.has(POSTERN_TEXT), constant.has(ConstantTag.automaton) else { return .error }
    let text = text(register, facts)
    let start = words.u32(sections.automata.offset &+ 4 &+ 4 &* constant.offset)
    let automaton = Automaton(words, sections.automata.offset &+ Int(start))
    var state = automaton.start
    var index = 0
    while index < text.byteCount, state != automaton.matched, state != 0 {
      let count = min(8, text.byteCount &- index)
      var word = text.word(index, byteCount: count)
      for _ in 0..<count {
        state = automaton.step(state, UInt8(truncatingIfNeeded: word), words)
        word >>= 8
      }
      index &+= 8
    }
    return Truth(automaton.accepts(state, words))
  }

  // MARK: membership

  borrowing func isMember(_ value: Register, _ container: Register, _ facts: borrowing ConditionRun) -> Truth {
    if value.isError { return .error }
    switch Int(container.tag) {
    case ConstantTag.textSet: return value.has(POSTERN_TEXT) ? Truth(isInSet(value, container, facts)) : .no
    case ConstantTag.addressRanges:
      return value.has(POSTERN_ADDRESS) ? Truth(isInRanges(value, container, facts)) : .error
    case POSTERN_LIST: return isInCells(value, container, step: 1, facts)
    case POSTERN_MAP: return isInCells(value, container, step: 2, facts)
    default: return .error
    }
  }

  /// A binary search in texts that ascend.
  private borrowing func isInSet(_ value: Register, _ set: Register, _ facts: borrowing ConditionRun) -> Bool {
    let text = text(value, facts)
    var low = 0
    var high = Int(set.count)
    while low < high {
      let middle = (low &+ high) >> 1
      let pair = words.u64(sections.lists.offset &+ 4 &* set.offset &+ 8 &* middle)
      let order = text.order(self.text(at: Int(pair.lowHalf), byteCount: Int(pair.highHalf)))
      if order == 0 { return true }
      if order < 0 { high = middle } else { low = middle &+ 1 }
    }
    return false
  }

  /// A binary search in ranges that ascend and lie apart.
  private borrowing func isInRanges(_ value: Register, _ ranges: Register, _ facts: borrowing ConditionRun) -> Bool {
    let key = addressKey(value, facts)
    var low = 0
    var high = Int(ranges.count)
    while low < high {
      let middle = (low &+ high) >> 1
      let offset = sections.lists.offset &+ 4 &* ranges.offset &+ AddressRange.byteCount &* middle
      let range = AddressRange(words, offset)
      if key < range.first {
        high = middle
      } else if range.last < key {
        low = middle &+ 1
      } else {
        return true
      }
    }
    return false
  }

  private borrowing func addressKey(_ value: Register, _ facts: borrowing ConditionRun) -> AddressKey {
    let text = text(value, facts)
    if text.byteCount == 16 {
      return AddressKey(high: text.word(0, byteCount: 8).byteSwapped, low: text.word(8, byteCount: 8).byteSwapped)
    }
    // An IPv4 address lies where RFC 4291 maps it.
    return AddressKey(high: 0, low: 0xFFFF_0000_0000 | text.word(0, byteCount: 4).byteSwapped >> 32)
  }

  /// A walk over the items of a list, or the keys of a map, in the facts.
  private borrowing func isInCells(
    _ value: Register, _ list: Register, step: Int, _ facts: borrowing ConditionRun
  ) -> Truth {
    var index = 0
    while index < Int(list.count) {
      var item = Register()
      // What is no value equals nothing.
      if load(facts.cells[list.offset &+ index], facts, &item), areEqual(item, value, facts) { return .yes }
      index &+= step
    }
    return .no
  }
}

extension Register {
  /// Whether it holds the error that a shared value came to.
  @inline(__always) var isError: Bool { has(ConstantTag.error) }

  /// Of a number.
  var asDouble: Double {
    if has(POSTERN_DOUBLE) { return Double(bitPattern: value) }
    return has(POSTERN_INT) ? Double(Int64(bitPattern: value)) : Double(value)
  }

  @inline(__always) var isNumber: Bool { has(POSTERN_INT) || has(POSTERN_UINT) || has(POSTERN_DOUBLE) }
}
