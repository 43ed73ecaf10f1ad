// A value tree as YAML text: blocks, two spaces, plain scalars wherever every reader of YAML sees the same text in them, and
// double quotes elsewhere. One function is the door (`PolicyText.yaml`), so that a canonical layout can take its place.

/// The text of a policy file.
enum PolicyText {
  /// One document with a line break at its end.
  static func yaml(_ document: TreeValue) -> String {
    var writer = PolicyWriter()
    writer.write(document, indentation: 0)
    return writer.text
  }
}

private struct PolicyWriter {
  var text = ""

  /// What stands at the beginning of a line, or after `- `.
  mutating func write(_ value: TreeValue, indentation: Int) {
    switch value.content {
    case .object(let entries):
      for (index, entry) in entries.enumerated() {
        if index > 0 { indent(indentation) }
        text += Scalar.text(entry.key) + ":"
        writeBelow(entry.value, indentation: indentation)
      }
    case .list(let items):
      for (index, item) in items.enumerated() {
        if index > 0 { indent(indentation) }
        text += "-"
        writeItem(item, indentation: indentation)
      }
    case .scalar, .hole: text += inline(value) + "\n"
    }
  }

  /// The value of a key, after its colon.
  private mutating func writeBelow(_ value: TreeValue, indentation: Int) {
    if case .scalar(let written, isTyped: false) = value.content, Scalar.isBlock(written) {
      return writeLines(written, indentation: indentation + 2)
    }
    guard let inner = block(value) else {
      text += " " + inline(value) + "\n"
      return
    }
    text += "\n"
    indent(indentation + 2)
    write(inner, indentation: indentation + 2)
  }

  /// A text of several lines as it reads.
  private mutating func writeLines(_ written: String, indentation: Int) {
    text += " |-\n"
    for line in written.split(separator: "\n", omittingEmptySubsequences: false) {
      if !line.isEmpty { indent(indentation) }
      text += line + "\n"
    }
  }

  private mutating func writeItem(_ value: TreeValue, indentation: Int) {
    text += " "
    guard let inner = block(value) else {
      text += inline(value) + "\n"
      return
    }
    write(inner, indentation: indentation + 2)
  }

  /// The value where it takes lines of its own.
  private func block(_ value: TreeValue) -> TreeValue? {
    switch value.content {
    case .list(let items) where !items.isEmpty: value
    case .object(let entries) where !entries.isEmpty: value
    default: nil
    }
  }

  private func inline(_ value: TreeValue) -> String {
    switch value.content {
    case .scalar(let text, let isTyped): isTyped ? text : Scalar.text(text)
    case .list: "[]"
    case .object: "{}"
    case .hole(let what): "# FILL IN: " + Scalar.comment(what)
    }
  }

  private mutating func indent(_ count: Int) { text += String(repeating: " ", count: count) }
}

/// Scalars of YAML 1.1 and 1.2 alike.
private enum Scalar {
  /// Words and signs that some reader takes for something else than a text.
  private static let reserved: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "y", "n", "null", "~", "nan", ".nan", ".inf", "inf",
  ]

  static func text(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last else { return false }
    let isLetter: (UInt8) -> Bool = { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
    let isDigit: (UInt8) -> Bool = { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    // A digit may begin durations and hosts, unless all of the text could be a number or a time.
    let isNumeric = isDigit(first) && text.utf8.allSatisfy { isDigit($0) || "._-+:eETZ, ".utf8.contains($0) }
    let isRadix = ["0x", "0o", "0b"].contains { text.lowercased().hasPrefix($0) }
    guard isLetter(first) || isDigit(first) || first == UInt8(ascii: "/"), !isNumeric, !isRadix else { return false }
    guard last != UInt8(ascii: ":"), last != UInt8(ascii: " "), !reserved.contains(text.lowercased()) else {
      return false
    }
    return text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !text.contains(": ") && !text.contains(" #")
  }

  /// Whether a literal block holds the text as it is: printable ASCII, neither ends in white space.
  static func isBlock(_ text: String) -> Bool {
    let isPrintable = text.utf8.allSatisfy { ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x0A }
    guard isPrintable, text.utf8.contains(0x0A), let first = text.utf8.first, let last = text.utf8.last else {
      return false
    }
    return first > 0x20 && last > 0x20
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "\u{20}"..."\u{7E}", "\u{A0}"..."\u{200A}", "\u{2010}"..."\u{2027}", "\u{2030}"..."\u{205F}",
        "\u{2070}"..."\u{FEFE}", "\u{FF00}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
        result.unicodeScalars.append(scalar)
      default: result += escape(scalar)
      }
    }
    return result + "\""
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "\\U" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
  }

  /// What a comment may hold: printable ASCII on one line.
  static func comment(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { (0x20..<0x7F).contains($0.value) ? $0 : "?" }))
  }
}
