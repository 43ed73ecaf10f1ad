// Takes an expression's text apart into tokens, one at a time, so that the first mistake of a text is the one that is told.
// Refuses characters the language has no use for, quoted fields that are not closed, and what its extensions name.

/// The lexer: the lexis of the CEL language definition, "Syntax".
struct CELLexer {
  let text: [UInt8]
  /// Where the next token is looked for.
  var offset = 0

  init(text: [UInt8]) {
    self.text = text
  }

  /// The next token; `.end` for ever once the text is at its end.
  mutating func next() throws(CELIssue) -> CELToken {
    skipBlanks()
    guard let byte = self[offset] else { return CELToken(kind: .end, range: text.count..<text.count) }
    if let prefix = literalPrefix { return try textLiteral(prefix) }
    if Self.isNameStart(byte) { return word() }
    if Self.isDigit(byte) || (byte == UInt8(ascii: ".") && self[offset + 1].map(Self.isDigit) == true) {
      return try number()
    }
    return byte == UInt8(ascii: "`") ? try quotedField() : try symbol()
  }

  /// nil past the end.
  subscript(offset: Int) -> UInt8? {
    offset < text.count ? text[offset] : nil
  }

  /// The characters of a part of the text.
  func characters(_ range: Range<Int>) -> String {
    String(decoding: text[range], as: UTF8.self)
  }

  /// The end of the whole character that starts at `offset`, so that no message shows half of one.
  func characterEnd(at offset: Int) -> Int {
    var end = offset + 1
    while let byte = self[end], byte & 0xC0 == 0x80 { end += 1 }
    return min(end, text.count)
  }

  /// White space and comments, which reach to the end of their line.
  private mutating func skipBlanks() {
    while let byte = self[offset] {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D: offset += 1
      case UInt8(ascii: "/") where self[offset + 1] == UInt8(ascii: "/"): skipLine()
      default: return
      }
    }
  }

  private mutating func skipLine() {
    while let byte = self[offset], !Self.isLineEnd(byte) { offset += 1 }
  }

  private mutating func word() -> CELToken {
    let start = offset
    while let byte = self[offset], Self.isNamePart(byte) { offset += 1 }
    return CELToken(kind: .identifier(characters(start..<offset)), range: start..<offset)
  }

  /// A field that is no identifier: letters, digits, `_`, `.`, `-`, `/` and spaces between backticks.
  private mutating func quotedField() throws(CELIssue) -> CELToken {
    let start = offset
    offset += 1
    while let byte = self[offset], byte != UInt8(ascii: "`") {
      guard !Self.isLineEnd(byte) else { throw .unclosedField(at: start..<offset) }
      guard Self.isNamePart(byte) || Self.quotedPunctuation.contains(byte) else { throw strayInField() }
      offset += 1
    }
    guard offset < text.count else { throw .unclosedField(at: start..<offset) }
    offset += 1
    guard offset > start + 2 else { throw .emptyField(at: start..<offset) }
    return CELToken(kind: .quoted(characters(start + 1..<offset - 1)), range: start..<offset)
  }

  private func strayInField() -> CELIssue {
    let range = offset..<characterEnd(at: offset)
    return .strayInField(characters(range), at: range)
  }

  /// The longest symbol that the text goes on with.
  private mutating func symbol() throws(CELIssue) -> CELToken {
    let start = offset
    for length in [2, 1] where start + length <= text.count {
      guard let symbol = Self.symbols[Array(text[start..<start + length])] else { continue }
      offset += length
      return CELToken(kind: .symbol(symbol), range: start..<offset)
    }
    let range = start..<characterEnd(at: start)
    throw .strayCharacter(characters(range), at: range)
  }

  private static let symbols = Dictionary(
    uniqueKeysWithValues: CELToken.Symbol.allCases.map { (Array($0.rawValue.utf8), $0) })
  private static let quotedPunctuation: Set<UInt8> = Set(".-/ ".utf8)
}

extension CELLexer {
  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  static func isNameStart(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }

  static func isNamePart(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) }

  static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  /// Whether a text is an identifier by its characters; it may still be a reserved word.
  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return false }
    return isNameStart(first) && text.utf8.allSatisfy(isNamePart)
  }

  /// The value of a digit below `radix`; nil of any other byte.
  static func digit(_ byte: UInt8, radix: UInt32) -> UInt32? {
    let value: UInt32
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte) - 0x30
    case UInt8(ascii: "a")...UInt8(ascii: "f"): value = UInt32(byte) - 0x61 + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): value = UInt32(byte) - 0x41 + 10
    default: return nil
    }
    return value < radix ? value : nil
  }
}
