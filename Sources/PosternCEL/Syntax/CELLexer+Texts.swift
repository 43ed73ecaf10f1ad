// Strings and bytes: their quotes, prefixes and escapes (CEL language definition, "String and Bytes Values").
// Refuses escapes the language has not, code points that are no characters, and literals that are not closed.

extension CELLexer {
  /// What stands before the quote of a string or of bytes.
  struct LiteralPrefix {
    var byteCount = 0
    var isRaw = false
    var isBytes = false
  }

  /// The prefix of the literal at `offset`; nil where the text does not go on with a quote after it.
  var literalPrefix: LiteralPrefix? {
    var prefix = LiteralPrefix()
    if let byte = self[offset], byte | 0x20 == UInt8(ascii: "b") {
      prefix.isBytes = true
      prefix.byteCount += 1
    }
    if let byte = self[offset + prefix.byteCount], byte | 0x20 == UInt8(ascii: "r") {
      prefix.isRaw = true
      prefix.byteCount += 1
    }
    let quote = self[offset + prefix.byteCount]
    return quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") ? prefix : nil
  }

  /// The literal at `offset`. A line end in triple quotes is one line feed, however it is written.
  mutating func textLiteral(_ prefix: LiteralPrefix) throws(CELIssue) -> CELToken {
    let start = offset
    offset += prefix.byteCount
    let quote = text[offset]
    let isTriple = self[offset + 1] == quote && self[offset + 2] == quote
    let closing = [UInt8](repeating: quote, count: isTriple ? 3 : 1)
    offset += closing.count
    var content: [UInt8] = []
    while !text[offset...].starts(with: closing) {
      guard let byte = self[offset], isTriple || !Self.isLineEnd(byte) else {
        throw .unclosedText(String(decoding: closing, as: UTF8.self), at: start..<offset)
      }
      if byte == UInt8(ascii: "\\"), !prefix.isRaw {
        try escape(isBytes: prefix.isBytes, into: &content)
      } else {
        content.append(byte == Self.carriageReturn ? Self.lineFeed : byte)
        offset += byte == Self.carriageReturn && self[offset + 1] == Self.lineFeed ? 2 : 1
      }
    }
    offset += closing.count
    let kind = prefix.isBytes ? CELToken.Kind.bytes(content) : .string(String(decoding: content, as: UTF8.self))
    return CELToken(kind: kind, range: start..<offset)
  }

  /// The escape at `offset`, as UTF-8 in a string and as one byte in bytes.
  private mutating func escape(isBytes: Bool, into content: inout [UInt8]) throws(CELIssue) {
    guard let letter = self[offset + 1] else { throw .unknownEscape("\\", isBytes: isBytes, at: offset..<offset + 1) }
    if let byte = Self.singleEscapes[letter] {
      content.append(byte)
      offset += 2
    } else if let digitCount = Self.hexDigitCounts[letter], digitCount == 2 || !isBytes {
      let value = try escapedNumber(from: offset + 2, digitCount: digitCount, radix: 16)
      try append(value, isBytes: isBytes, length: 2 + digitCount, to: &content)
    } else if Self.digit(letter, radix: 8) != nil {
      let value = try escapedNumber(from: offset + 1, digitCount: 3, radix: 8)
      try append(value, isBytes: isBytes, length: 4, to: &content)
    } else {
      let range = offset..<characterEnd(at: offset + 1)
      throw .unknownEscape(characters(range), isBytes: isBytes, at: range)
    }
  }

  private func escapedNumber(from start: Int, digitCount: Int, radix: UInt32) throws(CELIssue) -> UInt32 {
    var value: UInt32 = 0
    for index in start..<start + digitCount {
      guard let digit = self[index].flatMap({ Self.digit($0, radix: radix) }) else {
        let range = offset..<index
        throw .shortEscape(characters(range), digitCount: digitCount, radix: radix, at: range)
      }
      // At most eight digits of base 16, so 32 bits: nothing is lost.
      value = value << (radix == 16 ? 4 : 3) | digit
    }
    return value
  }

  private mutating func append(
    _ value: UInt32, isBytes: Bool, length: Int, to content: inout [UInt8]
  ) throws(CELIssue) {
    let range = offset..<offset + length
    if isBytes || length == 4 {
      guard let byte = UInt8(exactly: value) else { throw .octalOutOfRange(characters(range), at: range) }
      if isBytes {
        content.append(byte)
        offset += length
        return
      }
    }
    guard let scalar = Unicode.Scalar(value) else { throw .noCharacter(characters(range), value, at: range) }
    content.append(contentsOf: String(Character(scalar)).utf8)
    offset += length
  }

  private static let carriageReturn: UInt8 = 0x0D
  private static let lineFeed: UInt8 = 0x0A

  /// The byte that a letter or a mark after a backslash stands for.
  private static let singleEscapes: [UInt8: UInt8] = [
    UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "?"): UInt8(ascii: "?"),
    UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "'"): UInt8(ascii: "'"),
    UInt8(ascii: "`"): UInt8(ascii: "`"), UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08,
    UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    UInt8(ascii: "v"): 0x0B,
  ]

  /// How many digits follow a letter that starts a number; those of more than two are no escapes of bytes.
  private static let hexDigitCounts: [UInt8: Int] = [
    UInt8(ascii: "x"): 2, UInt8(ascii: "X"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8,
  ]
}
