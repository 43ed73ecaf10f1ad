// A Swift file as the rules read it: its lines, and the same lines with comments and texts blanked out, so that what is
// left is code at its own place. Knows nested comments, raw and multi-line texts and interpolations; no regex literals.

/// One file of ours.
struct SwiftFile: Sendable {
  let path: String
  let lines: [String]
  /// `lines` with comments blank and the contents of texts replaced by `textFilling`.
  let code: [String]

  /// Quotation marks: in code they stand nowhere but around texts.
  static let textFilling = UInt8(ascii: "\"")

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var mask = CodeMask(Array(text.utf8))
    code = mask.masked().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// The module that a file of `Sources` belongs to.
  var module: String? {
    let parts = path.split(separator: "/")
    return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
  }

  var name: String { String(path.split(separator: "/").last ?? "") }

  /// Whether a line is nothing but a part of a text.
  func isText(line index: Int) -> Bool {
    let line = code[index]
    return line.contains("\"") && line.allSatisfy { $0 == "\"" || $0.isWhitespace }
  }

  func violation(line index: Int, _ message: String) -> Violation {
    Violation(path: path, line: index + 1, message: message)
  }
}

/// Blanks what is not code.
private struct CodeMask {
  private let bytes: [UInt8]
  private var result: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    result = bytes
  }

  mutating func masked() -> [UInt8] {
    code(isInterpolation: false)
    return result
  }

  private func starts(_ text: String, at offset: Int) -> Bool {
    bytes[min(offset, bytes.count)...].starts(with: text.utf8)
  }

  private mutating func blank(to end: Int, with filling: UInt8) {
    while index < min(end, bytes.count) {
      if bytes[index] != UInt8(ascii: "\n") { result[index] = filling }
      index += 1
    }
  }

  private mutating func blankComment(to end: Int) { blank(to: end, with: UInt8(ascii: " ")) }

  private mutating func blankText(to end: Int) { blank(to: end, with: SwiftFile.textFilling) }

  /// Code up to the end of the file, or of an interpolation: up to the parenthesis that closes it.
  private mutating func code(isInterpolation: Bool) {
    var depth = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "/") where starts("//", at: index):
        blankComment(to: bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count)
        continue
      case UInt8(ascii: "/") where starts("/*", at: index):
        blockComment()
        continue
      case UInt8(ascii: "\""), UInt8(ascii: "#"):
        if let hashCount = textStart() {
          text(hashCount: hashCount)
          continue
        }
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      default: break
      }
      if isInterpolation && depth < 0 { return }
      index += 1
    }
  }

  private mutating func blockComment() {
    var depth = 0
    repeat {
      let opens = starts("/*", at: index)
      let closes = starts("*/", at: index)
      depth += (opens ? 1 : 0) - (closes ? 1 : 0)
      blankComment(to: index + (opens || closes ? 2 : 1))
    } while depth > 0 && index < bytes.count
  }

  /// The number of `#` of the text that begins here; nil where none does.
  private func textStart() -> Int? {
    var end = index
    while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
    return end < bytes.count && bytes[end] == UInt8(ascii: "\"") ? end - index : nil
  }

  private mutating func text(hashCount: Int) {
    let hashes = String(repeating: "#", count: hashCount)
    let quotes = starts("\"\"\"", at: index + hashCount) ? "\"\"\"" : "\""
    index += hashCount + quotes.utf8.count
    while index < bytes.count {
      if starts(quotes + hashes, at: index) {
        index += quotes.utf8.count + hashCount
        return
      }
      if starts("\\\(hashes)(", at: index) {
        blankText(to: index + hashCount + 2)
        code(isInterpolation: true)
        blankText(to: index + 1)
      } else {
        blankText(to: index + (starts("\\" + hashes, at: index) ? hashCount + 2 : 1))
      }
    }
  }
}
