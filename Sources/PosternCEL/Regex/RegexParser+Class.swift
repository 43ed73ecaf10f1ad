// Escapes and bracketed classes of regular expressions. Refuses escapes that RE2 does not know, ranges that run
// backwards, and classes without an end or with an unknown name.

extension RegexParser {
  private static let controlEscapes: [Unicode.Scalar: UInt32] = [
    "a": 0x07, "f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09, "v": 0x0B,
  ]

  private static let assertionEscapes: [Unicode.Scalar: RegexAssertion] = [
    "A": .beginText, "z": .endText, "b": .wordBoundary, "B": .noWordBoundary,
  ]

  private static let unsupportedEscapes: [Unicode.Scalar: String] = [
    "C": "a single byte `\\C`", "G": "the assertion `\\G`", "K": "the reset `\\K`", "R": "the line break class `\\R`",
    "X": "the grapheme class `\\X`", "Z": "the assertion `\\Z`", "g": "a backreference `\\g`",
    "k": "a backreference `\\k`",
  ]

  /// What follows a backslash that is read, outside of a class.
  mutating func escape() throws(CELError) -> RegexNode {
    if let next = peek(), let assertion = Self.assertionEscapes[next] {
      index += 1
      return .assertion(assertion)
    }
    if let set = try classEscape() { return .codePoint(set) }
    return .codePoint(literal(try characterEscape()))
  }

  /// `\d`, `\pL`, `\p{Greek}` and the like; nil where the escape is of one character.
  private mutating func classEscape() throws(CELError) -> CodePointSet? {
    guard let next = peek() else { return nil }
    if next == "p" || next == "P" { return try unicodeClass() }
    // Of ASCII letters, bit 5 tells the case: upper case negates.
    guard let set = NamedClasses.perl[next.value | 0x20] else { return nil }
    index += 1
    return try spend(fold(set, negated: next.value & 0x20 == 0))
  }

  private mutating func unicodeClass() throws(CELError) -> CodePointSet {
    let start = index - 1
    var isNegated = take("P")
    if !isNegated { index += 1 }
    guard !atEnd else { throw error("invalid class `\(text(from: start))`") }
    var name = ""
    if take("{") {
      if take("^") { isNegated.toggle() }
      name = try text(upTo: "}", from: start)
    } else {
      index += 1
      name = text(from: index - 1)
    }
    guard let set = NamedClasses.unicode(name) else {
      let kinds = "general categories and some scripts (\(UnicodeScripts.all.keys.sorted().joined(separator: ", ")))"
      throw error("unknown class `\(text(from: start))`; there are \(kinds)")
    }
    return try spend(fold(set, negated: isNegated))
  }

  private mutating func text(upTo end: Unicode.Scalar, from start: Int) throws(CELError) -> String {
    let first = index
    while !atEnd, peek() != end { index += 1 }
    let inner = text(from: first)
    guard take(end) else { throw error("invalid class `\(text(from: start))`") }
    return inner
  }

  private func fold(_ set: CodePointSet, negated isNegated: Bool) -> CodePointSet {
    let folded = flags.ignoresCase ? CaseOrbits.folded(set) : set
    return isNegated ? folded.inverted : folded
  }

  /// The code point of an escape whose backslash is read.
  private mutating func characterEscape() throws(CELError) -> UInt32 {
    let start = index - 1
    guard let scalar = peek() else { throw error("a backslash ends the expression") }
    index += 1
    if let value = Self.controlEscapes[scalar] { return value }
    if let name = Self.unsupportedEscapes[scalar] { throw error("\(name) is not supported, as in RE2") }
    switch scalar {
    case "x": return try hexadecimalEscape(from: start)
    case "0"..."9": return try octalEscape(scalar, from: start)
    case "A"..."Z", "a"..."z": throw error("unknown escape `\(text(from: start))`")
    case _ where scalar.isASCII: return scalar.value
    default: throw error("unknown escape `\(text(from: start))`")
    }
  }

  /// `\0`, or up to three octal digits; one digit alone would be a backreference.
  private mutating func octalEscape(_ first: Unicode.Scalar, from start: Int) throws(CELError) -> UInt32 {
    let isOctal = peek().map { ("0"..."7").contains($0) } ?? false
    guard first == "0" || (first <= "7" && isOctal) else {
      throw error("a backreference `\(text(from: start))` is not supported, as in RE2")
    }
    var value = first.value - 0x30
    for _ in 0..<2 {
      guard let digit = peek(), ("0"..."7").contains(digit) else { break }
      value = value * 8 + digit.value - 0x30
      index += 1
    }
    return value
  }

  private mutating func hexadecimalEscape(from start: Int) throws(CELError) -> UInt32 {
    var digits: [UInt32] = []
    let isBraced = take("{")
    while let digit = peek()?.hexadecimalDigit, isBraced || digits.count < 2 {
      digits.append(digit)
      index += 1
    }
    let isComplete = isBraced ? take("}") && !digits.isEmpty : digits.count == 2
    let value = digits.reduce(0) { min($0 * 16 + $1, 0x110000) }
    guard isComplete, value <= 0x10FFFF else { throw error("invalid escape `\(text(from: start))`") }
    return value
  }

  /// A class whose opening bracket is read.
  mutating func bracketClass() throws(CELError) -> CodePointSet {
    let start = index - 1
    let isNegated = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    var isFirst = true
    while isFirst || !take("]") {
      guard !atEnd else { throw error("missing `]` for `\(text(from: start))`") }
      isFirst = false
      try appendClassItem(to: &ranges, from: start)
    }
    return try spend(fold(spend(CodePointSet(ranges)), negated: isNegated))
  }

  private mutating func appendClassItem(to ranges: inout [ClosedRange<UInt32>], from start: Int) throws(CELError) {
    if let set = try posixClass() {
      ranges += set.ranges
      return
    }
    let itemStart = index
    if take("\\") {
      if let set = try classEscape() {
        ranges += set.ranges
        return
      }
      index -= 1
    }
    let low = try classCharacter()
    var high = low
    if peek() == "-", index + 1 < scalars.count, scalars[index + 1] != 0x5D {
      index += 1
      high = try classCharacter()
    }
    guard low <= high else { throw error("the range `\(text(from: itemStart))` runs backwards") }
    ranges.append(low...high)
  }

  private mutating func classCharacter() throws(CELError) -> UInt32 {
    take("\\") ? try characterEscape() : next()
  }

  /// `[:alpha:]` or `[:^alpha:]`; nil where no such thing is next.
  private mutating func posixClass() throws(CELError) -> CodePointSet? {
    let start = index
    guard takes("[:") else { return nil }
    while !atEnd, !sees(":]") { index += 1 }
    guard takes(":]") else {
      index = start
      return nil
    }
    let name = text(from: start).dropFirst(2).dropLast(2)
    let isNegated = name.hasPrefix("^")
    guard let set = NamedClasses.posix[String(isNegated ? name.dropFirst() : name)] else {
      throw error("unknown class `\(text(from: start))`")
    }
    return try spend(fold(set, negated: isNegated))
  }
}

extension Unicode.Scalar {
  /// The value of a hexadecimal digit; nil for every other character.
  fileprivate var hexadecimalDigit: UInt32? {
    switch self {
    case "0"..."9": value - 0x30
    case "A"..."F": value - 0x37
    case "a"..."f": value - 0x57
    default: nil
    }
  }
}
