// How a scalar is written: plain where it is plainly a text, in double quotes where it must be quoted, in single ones where
// double ones would need escapes. What a reader might take for something else than a text keeps the quotes that it has, or has not:
// to flags, numbers and claims they mean something (docs/language.md, "Scalars").

/// A scalar as it will be written.
struct LayoutScalar: Equatable {
  let text: String
  let isPlain: Bool
  /// Of a literal or folded scalar.
  var block: Block?
  /// Whether it was written over several lines, without being a block.
  var isWrapped = false

  struct Block: Equatable {
    var isFolded: Bool
    /// Below the head, without indentation, to the last that is not empty.
    var lines: [String]
    /// Behind the head, with its `#`.
    var comment: String?
  }

  init(text: String, isPlain: Bool, block: Block? = nil) {
    self.text = text
    self.isPlain = isPlain
    self.block = block
  }

  var isNothing: Bool { isPlain && text.isEmpty }

  /// On one line: plain, or in quotes.
  func line(inFlow: Bool) -> String {
    if isPlain && ScalarWriting.isAmbiguous(text) { return text }
    let isQuoted = ScalarWriting.isAmbiguous(text) || !ScalarWriting.canBePlain(text, inFlow: inFlow)
    return isQuoted ? ScalarWriting.quoted(text) : text
  }

  /// What may stand before the first line of a block, whose lines are indented by two more than what is around them; nil where
  /// only quotes can hold the text.
  var blockHead: String? {
    guard let block, let first = block.lines.first(where: { !$0.isEmpty }), !text.utf8.allSatisfy({ $0 == 0x0A }) else {
      return nil
    }
    let indentation = first.utf8.first.map(LayoutSource.isBlank) ?? false ? "2" : ""
    let chomping = [0: "-", 1: ""][endCount] ?? "+"
    return (block.isFolded ? ">" : "|") + indentation + chomping
  }

  /// The text as a folded scalar whose lines have so many bytes or one word; nil where folding would make another text of it.
  func folded(byteCount limit: Int) -> LayoutScalar? {
    guard isWrapped, !(isPlain && ScalarWriting.isAmbiguous(text)), let lines = ScalarWriting.folded(text, limit) else {
      return nil
    }
    return LayoutScalar(text: text, isPlain: false, block: Block(isFolded: true, lines: lines))
  }

  /// Line breaks at the end of the text.
  var endCount: Int { text.utf8.reversed().prefix { $0 == 0x0A }.count }
}

/// What YAML makes of texts.
enum ScalarWriting {
  private static let words: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "y", "n", "null", "~", "=", "<<",
  ]

  /// Whether some reader of YAML might take a plain text for a flag, a number, a date or nothing, or this one for a placeholder:
  /// rather too often than not.
  static func isAmbiguous(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return true }
    let bytes = Array(text.utf8)
    if bytes.contains(0x0A) || isMarker(text) { return false }
    if bytes.count <= 5 && words.contains(text.lowercased()) { return true }
    if zip(bytes, bytes.dropFirst()).contains(where: { $0 == UInt8(ascii: "$") && $1 == UInt8(ascii: "{") }) {
      return true
    }
    switch first {
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): return true
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      let isNumber = bytes.allSatisfy { ScalarReader.isDigit($0) || "_,.:eE+-".utf8.contains($0) }
      let isBased = first == UInt8(ascii: "0") && bytes.count > 1 && "xXoObB".utf8.contains(bytes[1])
      let isDate = bytes.count > 5 && bytes[..<4].allSatisfy(ScalarReader.isDigit) && bytes[4] == UInt8(ascii: "-")
      return isNumber || isBased || isDate
    default: return false
    }
  }

  /// Whether a text would be a mark between documents, if it began a line.
  private static func isMarker(_ text: String) -> Bool {
    let bytes = text.utf8.prefix(4)
    guard bytes.starts(with: "---".utf8) || bytes.starts(with: "...".utf8) else { return false }
    return bytes.count == 3 || bytes.last == 0x20
  }

  /// Whether a text that is plainly one may stand without quotes.
  static func canBePlain(_ text: String, inFlow: Bool) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last else { return false }
    if first == 0x20 || last == 0x20 || last == UInt8(ascii: ":") || Self.indicators.contains(first) { return false }
    if isMarker(text) || text.unicodeScalars.contains(where: needsEscape) { return false }
    for (byte, next) in zip(bytes, bytes.dropFirst()) {
      if byte == UInt8(ascii: ":") && next == 0x20 || byte == 0x20 && next == UInt8(ascii: "#") { return false }
    }
    return !inFlow || !bytes.contains { Self.flowIndicators.contains($0) }
  }

  private static let indicators = Set("-?:,[]{}#&*!|>'\"%@`".utf8)
  private static let flowIndicators = Set(",[]{}:?".utf8)

  /// What cannot be seen, or would end a line.
  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E: false
    case 0...0x1F, 0x7F...0xA0, 0xFEFF, 0xFFFE, 0xFFFF: true
    default: SourceText.isRefused(scalar.value) || scalar.properties.generalCategory == .spaceSeparator
    }
  }

  /// The lines of a text that YAML joins to it again: broken at single spaces, for only those come back. nil where it has none.
  static func folded(_ text: String, _ limit: Int) -> [String]? {
    guard !text.isEmpty, text.utf8.first != 0x20, text.utf8.last != 0x20,
      !text.unicodeScalars.contains(where: needsEscape)
    else {
      return nil
    }
    var lines: [String] = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let isInside = lines.isEmpty || lines[lines.count - 1].utf8.count + 1 + word.utf8.count > limit
      if isInside && !word.isEmpty && lines.last?.utf8.last != 0x20 {
        lines.append(String(word))
      } else {
        lines[lines.count - 1] += " " + word
      }
    }
    return lines.count > 1 ? lines : nil
  }

  /// In quotes: single ones where that spares escapes.
  static func quoted(_ text: String) -> String {
    let hasEscaped = text.utf8.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    let canBeSingle = !text.utf8.contains(UInt8(ascii: "'")) && !text.unicodeScalars.contains(where: needsEscape)
    if hasEscaped && canBeSingle { return "'" + text + "'" }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if let name = escapes[scalar] {
        quoted += "\\" + name
      } else if needsEscape(scalar) {
        quoted += numbered(scalar.value)
      } else {
        quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  private static let escapes: [Unicode.Scalar: String] = ["\"": "\"", "\\": "\\", "\n": "n", "\t": "t", "\r": "r"]

  private static func numbered(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    let (letter, count) = value < 0x100 ? ("x", 2) : value < 0x1_0000 ? ("u", 4) : ("U", 8)
    return "\\" + letter + String(repeating: "0", count: count - digits.utf8.count) + digits
  }
}
