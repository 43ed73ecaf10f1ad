// The host of a request: what remains of it when port and trailing dot are gone, in one pass of 8 bytes a step.
// Refuses what docs/decision.md, "Comparison", calls malformed. Letters are folded while they are compared, never copied.

enum Host {
  static let byteLimit = 253

  /// The byte count of `text` without port and trailing dot; nil where it is malformed.
  @inline(__always) static func trimmedCount(_ text: Span<UInt8>) -> Int? {
    let count = text.count
    if count == 0 || count > byteLimit { return nil }
    var offset = 0
    while offset &+ 8 <= count {
      if !areNameBytes(text.u64(offset)) { return slowTrimmedCount(text) }
      offset &+= 8
    }
    let rest = count &- offset
    if rest > 0 {
      // The unused high bytes become `a`, which passes.
      let filler: UInt64 = 0x6161_6161_6161_6161 << (UInt64(rest) &* 8)
      if !areNameBytes(text.word(offset, byteCount: rest) | filler) { return slowTrimmedCount(text) }
    }
    if text[count &- 1] != UInt8(ascii: ".") { return count }
    return count > 1 ? count &- 1 : nil
  }

  /// Handles ports and addresses, byte by byte.
  private static func slowTrimmedCount(_ text: Span<UInt8>) -> Int? {
    if text[0] == UInt8(ascii: "[") { return addressCount(text) }
    var end = 0
    while end < text.count, isNameByte(text[end]) { end &+= 1 }
    if end < text.count && !isPort(text, from: end) { return nil }
    if end > 0 && text[end &- 1] == UInt8(ascii: ".") { end &-= 1 }
    return end > 0 ? end : nil
  }

  /// The byte count of a bracketed IPv6 address with its brackets.
  private static func addressCount(_ text: Span<UInt8>) -> Int? {
    var end = 1
    while end < text.count, isAddressByte(text[end]) { end &+= 1 }
    if end == 1 || end >= text.count || text[end] != UInt8(ascii: "]") { return nil }
    end &+= 1
    return end == text.count || isPort(text, from: end) ? end : nil
  }

  /// Whether a colon and at least one digit, and nothing else, stand from `offset`.
  private static func isPort(_ text: Span<UInt8>, from offset: Int) -> Bool {
    if text[offset] != UInt8(ascii: ":") || offset &+ 1 >= text.count { return false }
    var index = offset &+ 1
    while index < text.count {
      if !ASCII.isDigit(text[index]) { return false }
      index &+= 1
    }
    return true
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    ASCII.isDigit(byte) || ASCII.isLetter(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }

  private static func isAddressByte(_ byte: UInt8) -> Bool {
    ASCII.isHexadecimal(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
  }

  /// Whether the bytes are all letters, digits, `-` or `.`.
  @inline(__always) static func areNameBytes(_ bytes: UInt64) -> Bool {
    let highBits: UInt64 = 0x8080_8080_8080_8080
    let lower = bytes | 0x2020_2020_2020_2020
    // With every byte below 0x80, adding (0x80 - bound) sets a byte's high bit where it is at least the bound.
    let sevenBits = bytes & ~highBits
    let lowerSevenBits = lower & ~highBits
    let isLetter = (lowerSevenBits &+ 0x1F1F_1F1F_1F1F_1F1F) & ~(lowerSevenBits &+ 0x0505_0505_0505_0505)
    let isDashToNine = (sevenBits &+ 0x5353_5353_5353_5353) & ~(sevenBits &+ 0x4646_4646_4646_4646)
    let slashless = sevenBits ^ 0x2F2F_2F2F_2F2F_2F2F
    let isNotSlash = slashless &+ 0x7F7F_7F7F_7F7F_7F7F
    return (isLetter | (isDashToNine & isNotSlash)) & ~bytes & highBits == highBits
  }

  /// The 8 bytes folded. Of the bytes that a name may have only capitals lack the bit that makes a letter small; the
  /// brackets of an address lack it too, and must keep to themselves.
  @inline(__always) static func folded(_ word: UInt64, isAddress: Bool) -> UInt64 {
    isAddress ? ASCII.lowercased(word) : word | 0x2020_2020_2020_2020
  }

  /// The same for at most 8 bytes, whose unused ones stay 0.
  @inline(__always) static func foldedTail(_ word: UInt64, byteCount: Int, isAddress: Bool) -> UInt64 {
    let unused: UInt64 = byteCount == 0 ? 0 : UInt64.max >> (64 &- UInt64(byteCount) &* 8)
    return folded(word, isAddress: isAddress) & unused
  }

  /// The hash of a host, letters folded.
  @inline(__always)
  static func hash(_ text: Span<UInt8>, seed: UInt64, isWildcard: Bool, isAddress: Bool) -> UInt64 {
    let count = text.count
    let context = PerfectHash.hostContext(isWildcard: isWildcard)
    var state = PerfectHash.start(seed: seed, context: context, byteCount: count)
    if count < 8 { return PerfectHash.finish(state, shortWord(text, isAddress: isAddress), 0) }
    var offset = 0
    while offset &+ 16 < count {
      state = PerfectHash.step(
        state, folded(text.u64(offset), isAddress: isAddress), folded(text.u64(offset &+ 8), isAddress: isAddress))
      offset &+= 16
    }
    return PerfectHash.finish(
      state, folded(text.u64(max(0, count &- 16)), isAddress: isAddress),
      folded(text.u64(count &- 8), isAddress: isAddress))
  }

  /// The same of a name of at most 40 bytes that is no wildcard, step by step where a loop would ask for each.
  @inline(__always) static func plainHash(_ text: Span<UInt8>, seed: UInt64) -> UInt64 {
    let count = text.count
    let context = PerfectHash.hostContext(isWildcard: false)
    var state = PerfectHash.start(seed: seed, context: context, byteCount: count)
    let letters: UInt64 = 0x2020_2020_2020_2020
    if count <= 16 {
      if count < 8 { return PerfectHash.finish(state, shortWord(text, isAddress: false), 0) }
      return PerfectHash.finish(state, text.u64(0) | letters, text.u64(count &- 8) | letters)
    }
    state = PerfectHash.step(state, text.u64(0) | letters, text.u64(8) | letters)
    if count > 32 { state = PerfectHash.step(state, text.u64(16) | letters, text.u64(24) | letters) }
    return PerfectHash.finish(state, text.u64(count &- 16) | letters, text.u64(count &- 8) | letters)
  }

  /// A text of fewer than 8 bytes as one word, letters folded.
  @inline(never) private static func shortWord(_ text: Span<UInt8>, isAddress: Bool) -> UInt64 {
    foldedTail(text.word(0, byteCount: text.count), byteCount: text.count, isAddress: isAddress)
  }

  /// Whether the name stored at `offset` of the line, with zeros after it, is `text`, letters folded; their byte counts
  /// are equal.
  @inline(__always)
  static func isName(_ text: Span<UInt8>, storedIn line: Line, at offset: Int) -> Bool {
    let count = text.count
    if count < 8 {
      return line.u64(offset) == text.word(0, byteCount: count) || isNameInCapitals(text, storedIn: line, at: offset)
    }
    var difference = line.u64(offset &+ count &- 8) ^ text.u64(count &- 8)
    var index = 0
    while index &+ 8 < count {
      difference |= line.u64(offset &+ index) ^ text.u64(index)
      index &+= 8
    }
    // Nearly every client writes small letters.
    return difference == 0 || isNameInCapitals(text, storedIn: line, at: offset)
  }

  @inline(never)
  private static func isNameInCapitals(_ text: Span<UInt8>, storedIn line: Line, at offset: Int) -> Bool {
    // A bracket opens an address, whose letters fold otherwise; with the letters' bit it is a brace.
    if text[0] | 0x20 == UInt8(ascii: "{") { return false }
    var difference: UInt64 = 0
    text.forEachWord { word, index in difference |= foldedDifference(stored: line.u64(offset &+ index), word) }
    if text.count & 7 != 0 {
      difference |= foldedDifference(stored: line.u64(offset &+ text.count & ~7), text.tailWord)
    }
    return difference == 0
  }

  /// 0 where the words are equal but for the case of stored letters, which alone of a name's bytes have the bit 0x40.
  @inline(__always) private static func foldedDifference(stored: UInt64, _ word: UInt64) -> UInt64 {
    (stored ^ word) & ~(stored >> 1 & 0x2020_2020_2020_2020)
  }

  /// Whether the stored text at `offset` is the checked host, letters folded; their byte counts are equal.
  @inline(__always)
  static func isEqual(_ text: Span<UInt8>, _ words: Words, _ offset: Int, isAddress: Bool) -> Bool {
    var index = 0
    while index &+ 8 <= text.count {
      if words.u64(offset &+ index) != folded(text.u64(index), isAddress: isAddress) { return false }
      index &+= 8
    }
    let rest = text.count &- index
    let tail = foldedTail(text.word(index, byteCount: rest), byteCount: rest, isAddress: isAddress)
    return words.word(offset &+ index, count: rest) == tail
  }
}

/// Questions about single ASCII bytes.
enum ASCII {
  @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
  @inline(__always) static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  static func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 6
  }

  /// The value of a hexadecimal digit; nil for another byte.
  static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte &- UInt8(ascii: "0") }
    let letter = (byte | 0x20) &- UInt8(ascii: "a")
    return letter < 6 ? letter &+ 10 : nil
  }

  @inline(__always) static func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }

  /// 8 bytes with their ASCII capitals folded.
  @inline(__always) static func lowercased(_ word: UInt64) -> UInt64 {
    let highBits: UInt64 = 0x8080_8080_8080_8080
    let sevenBits = word & ~highBits
    let isCapital = (sevenBits &+ 0x3F3F_3F3F_3F3F_3F3F) & ~(sevenBits &+ 0x2525_2525_2525_2525) & ~word & highBits
    return word | isCapital >> 2
  }
}
