// Which script a character is of, and which Latin letter it passes for: enough to tell an author what is wrong with a
// host that looks right. Names only; whatever is not ASCII is refused anyway.

/// Unicode scripts by range, for the message about a name that is not ASCII.
enum Script {
  /// The common ranges of each script; a character outside all of them is named by its code point alone.
  private static let ranges: [(range: ClosedRange<UInt32>, name: String)] = [
    (0x00AA...0x024F, "Latin"),
    (0x0250...0x02AF, "Latin"),
    (0x0370...0x03FF, "Greek"),
    (0x0400...0x052F, "Cyrillic"),
    (0x0530...0x058F, "Armenian"),
    (0x0590...0x05FF, "Hebrew"),
    (0x0600...0x06FF, "Arabic"),
    (0x0900...0x097F, "Devanagari"),
    (0x0E00...0x0E7F, "Thai"),
    (0x10A0...0x10FF, "Georgian"),
    (0x1100...0x11FF, "Hangul"),
    (0x13A0...0x13FF, "Cherokee"),
    (0x1E00...0x1EFF, "Latin"),
    (0x1F00...0x1FFF, "Greek"),
    (0x2C60...0x2C7F, "Latin"),
    (0x2DE0...0x2DFF, "Cyrillic"),
    (0x3040...0x309F, "Hiragana"),
    (0x30A0...0x30FF, "Katakana"),
    (0x3400...0x4DBF, "Han"),
    (0x4E00...0x9FFF, "Han"),
    (0xA640...0xA69F, "Cyrillic"),
    (0xAB70...0xABBF, "Cherokee"),
    (0xAC00...0xD7AF, "Hangul"),
    (0xFF00...0xFFEF, "fullwidth"),
    (0x1D400...0x1D7FF, "mathematical"),
  ]

  /// Letters that most fonts draw like the Latin one beside them (Unicode Technical Standard 39, in part).
  private static let lookAlikes: [Unicode.Scalar: Character] = [
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ј": "j", "ѕ": "s", "һ": "h",
    "ԁ": "d", "ԛ": "q", "ԝ": "w", "ӏ": "l", "к": "k", "м": "m", "т": "t", "в": "b", "н": "h",
    "α": "a", "ο": "o", "ν": "v", "ρ": "p", "υ": "u", "ι": "i", "κ": "k", "χ": "x", "γ": "y", "ε": "e", "τ": "t",
    "օ": "o", "ս": "u", "հ": "h", "ո": "n", "ց": "g", "ա": "w",
    "ı": "i", "ɑ": "a", "ɡ": "g", "ⅼ": "l", "ⅰ": "i", "Ꭺ": "a", "Ꮯ": "c",
  ]

  /// The name of a character's script; nil where this table has none.
  static func name(of scalar: Unicode.Scalar) -> String? {
    ranges.first { $0.range.contains(scalar.value) }?.name
  }

  /// The Latin letter that a character passes for.
  static func lookAlike(of scalar: Unicode.Scalar) -> Character? {
    let lowered = String(scalar).lowercased().unicodeScalars.first ?? scalar
    if let letter = lookAlikes[lowered] { return letter }
    guard (0xFF41...0xFF5A).contains(lowered.value) else { return nil }
    return Character(Unicode.Scalar(UInt8(truncatingIfNeeded: lowered.value - 0xFF41 + 0x61)))
  }
}
