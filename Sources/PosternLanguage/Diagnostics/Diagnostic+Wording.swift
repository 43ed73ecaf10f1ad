// How every diagnostic is worded: one static function for each id, named after it, in `Diagnostic+Wording+*.swift`.
// This file holds what they share. Words are lower case, without a full stop, with the author's text in backticks.

extension Diagnostic {
  /// A mistake that keeps the tree from compiling.
  init(error id: String, _ message: String, at span: Span?, help: String? = nil, notes: [Note] = []) {
    self.init(id: id, severity: .error, message: message, span: span, help: help, notes: notes)
  }

  /// A remark that leaves the tree compiling.
  init(warning id: String, _ message: String, at span: Span?, help: String? = nil, notes: [Note] = []) {
    self.init(id: id, severity: .warning, message: message, span: span, help: help, notes: notes)
  }

  /// The author's text as it may stand in a message: in backticks, on one line, cut where it is long.
  package static func quoted(_ text: String) -> String { quoted(text, limit: quotedScalarLimit) }

  /// The same, with another bound of its characters.
  package static func quoted(_ text: String, limit: Int) -> String {
    var result = "`"
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if index == limit {
        result += "..."
        break
      }
      if SourceText.isRefused(scalar.value) || scalar == "\n" || scalar == "\t" || scalar == "\r" {
        result += escaped(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result + "`"
  }

  /// The most characters of the author's text that a message repeats.
  static let quotedScalarLimit = 80

  /// A character that cannot be shown, as `U+0007`.
  static func escaped(_ scalar: Unicode.Scalar) -> String { codePoint(scalar.value) }

  /// The name of a code point, as Unicode writes it.
  static func codePoint(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }

  /// `1 file`, `2 files`.
  package static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  /// `2 GiB`, `16 MiB`, `3 bytes`.
  static func byteText(_ count: Int) -> String {
    if count > 0 && count % (1 << 30) == 0 { return "\(count >> 30) GiB" }
    return count > 0 && count % (1 << 20) == 0 ? "\(count >> 20) MiB" : counted(count, "byte")
  }

  /// `a`, `a or b`, `a, b or c`, each in backticks.
  static func alternatives(_ texts: [String]) -> String {
    let parts = texts.map(quoted)
    guard let last = parts.last, parts.count > 1 else { return parts.first ?? "nothing" }
    return parts.dropLast().joined(separator: ", ") + " or " + last
  }
}
