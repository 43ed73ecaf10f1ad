// What conditions look up: automata, one step for each byte of a text, time zones, one search for an instant, and ranges of
// addresses.

/// A table that says whether a text matches a regular expression: an item of `automata`.
struct Automaton {
  /// States, classes, start and matched state, and the classes of the 256 bytes.
  static let headByteCount = 16 + 256

  let stateCount: Int
  let classCount: Int
  let start: Int
  /// The state that accepts whatever follows; the number of states where there is none.
  let matched: Int
  let classesOffset: Int

  init(_ words: Words, _ offset: Int) {
    stateCount = Int(words.u32(offset))
    classCount = Int(words.u32(offset &+ 4))
    start = Int(words.u32(offset &+ 8))
    matched = Int(words.u32(offset &+ 12))
    classesOffset = offset &+ 16
  }

  /// One byte a state: whether a text that ends in it matches.
  var endsOffset: Int { classesOffset &+ 256 }

  /// Two bytes for each state and class, after the ends in whole words.
  var stepsOffset: Int { endsOffset &+ (stateCount &+ 3) & ~3 }

  var byteCount: Int {
    let steps = 2 &* stateCount &* classCount
    return Self.headByteCount &+ (stateCount &+ 3) & ~3 &+ (steps &+ 3) & ~3
  }

  @inline(__always) func step(_ state: Int, _ byte: UInt8, _ words: Words) -> Int {
    let byteClass = Int(words.byte(classesOffset &+ Int(byte)))
    return Int(words.u16(stepsOffset &+ 2 &* (state &* classCount &+ byteClass)))
  }

  @inline(__always) func accepts(_ state: Int, _ words: Words) -> Bool { words.byte(endsOffset &+ state) == 1 }
}

/// The offsets of a time zone: an item of `zones`.
struct ZoneTable {
  /// The number of transitions, the offset before the first, the instant after which nothing is known.
  static let headByteCount = 16
  static let transitionByteCount = 12

  let count: Int
  let initialOffset: Int32
  let end: Int64
  private let transitionsOffset: Int

  init(_ words: Words, _ offset: Int) {
    count = Int(words.u32(offset))
    initialOffset = Int32(bitPattern: words.u32(offset &+ 4))
    end = Int64(bitPattern: words.u64(offset &+ 8))
    transitionsOffset = offset &+ Self.headByteCount
  }

  /// No place on earth is further than a day from Greenwich.
  static func isOffset(_ seconds: Int32) -> Bool { seconds > -100_000 && seconds < 100_000 }

  /// Seconds since 1970.
  @inline(__always) func instant(_ index: Int, _ words: Words) -> Int64 {
    Int64(bitPattern: words.u64(transitionsOffset &+ Self.transitionByteCount &* index))
  }

  @inline(__always) func offset(after index: Int, _ words: Words) -> Int32 {
    Int32(bitPattern: words.u32(transitionsOffset &+ Self.transitionByteCount &* index &+ 8))
  }

  /// Seconds east of Greenwich at an instant, and the instant at which that ends; nil where it lies beyond what is known.
  func period(at seconds: Int64, _ words: Words) -> (offsetSeconds: Int32, end: Int64)? {
    if seconds >= end { return nil }
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) >> 1
      if instant(middle, words) <= seconds { low = middle &+ 1 } else { high = middle }
    }
    let offsetSeconds = low == 0 ? initialOffset : offset(after: low &- 1, words)
    return (offsetSeconds, low == count ? end : instant(low, words))
  }
}

/// An address as a number: the halves of its 128 bits, an IPv4 address where RFC 4291 maps it.
struct AddressKey {
  let high: UInt64
  let low: UInt64

  @inline(__always) static func < (left: AddressKey, right: AddressKey) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }
}

/// A range of addresses: 32 bytes in `lists`, the halves of the first and of the last.
struct AddressRange {
  static let byteCount = 32

  let first: AddressKey
  let last: AddressKey

  @inline(__always) init(_ words: Words, _ offset: Int) {
    let record = Block<32>(words, offset)
    first = AddressKey(high: record.u64(0), low: record.u64(8))
    last = AddressKey(high: record.u64(16), low: record.u64(24))
  }
}
