// Texts as conditions compare them: where they lie, eight bytes at a time, the host's letters folded. Copies nothing.

/// The text, the bytes or the address of a register.
struct RegisterText: ~Escapable {
  /// What it lies in: a short text is loaded with its neighbours.
  private let buffer: Span<UInt8>
  private let offset: Int
  let byteCount: Int
  /// Whether letters count as their lower case.
  private let isFolded: Bool

  @_lifetime(copy buffer)
  @inline(__always) init(_ buffer: Span<UInt8>, _ offset: Int, byteCount: Int, isFolded: Bool = false) {
    self.buffer = buffer
    self.offset = offset
    self.byteCount = byteCount
    self.isFolded = isFolded
  }

  /// The `count` bytes from `index`, at most 8, as a zero-extended little-endian word.
  @inline(__always) func word(_ index: Int, byteCount count: Int) -> UInt64 {
    let word = buffer.word(offset &+ index, byteCount: count)
    return isFolded ? ASCII.lowercased(word) : word
  }

  @inline(__always) func byte(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: word(index, byteCount: 1)) }

  /// Whether `text` is the whole, the beginning or the end of it.
  @inline(__always) func has(_ text: RegisterText, _ part: TextPart) -> Bool {
    let surplus = byteCount &- text.byteCount
    if surplus < 0 || (part == .whole && surplus != 0) { return false }
    let start = part == .suffix ? surplus : 0
    var index = 0
    while index &+ 8 < text.byteCount {
      if word(start &+ index, byteCount: 8) != text.word(index, byteCount: 8) { return false }
      index &+= 8
    }
    let rest = text.byteCount &- index
    return word(start &+ index, byteCount: rest) == text.word(index, byteCount: rest)
  }

  /// Below 0 where it stands before `other`, 0 where they are equal, by bytes: the order of code points.
  func order(_ other: RegisterText) -> Int {
    let common = min(byteCount, other.byteCount)
    var index = 0
    while index < common {
      let count = min(8, common &- index)
      let first = word(index, byteCount: count)
      let second = other.word(index, byteCount: count)
      // The first byte is the lowest: the other way round it weighs most.
      if first != second { return first.byteSwapped < second.byteSwapped ? -1 : 1 }
      index &+= 8
    }
    return byteCount < other.byteCount ? -1 : byteCount == other.byteCount ? 0 : 1
  }
}

extension Bundle {
  /// The text of a register.
  @_lifetime(copy facts)
  @inline(__always)
  borrowing func text(_ register: Register, _ facts: borrowing ConditionRun) -> RegisterText {
    let byteCount = Int(register.count)
    let isFolded = register.isFolded
    var text = RegisterText(facts.text, register.offset, byteCount: byteCount, isFolded: isFolded)
    if register.place == .path {
      text = RegisterText(facts.path, register.offset, byteCount: byteCount, isFolded: isFolded)
    }
    if register.place == .bundle {
      text = self.text(at: register.offset, byteCount: byteCount, isFolded: isFolded)
    }
    return text
  }

  /// A text among the strings.
  @_lifetime(immortal)
  @inline(__always) borrowing func text(at offset: Int, byteCount: Int, isFolded: Bool = false) -> RegisterText {
    RegisterText(words.span(), sections.strings.offset &+ offset, byteCount: byteCount, isFolded: isFolded)
  }
}
