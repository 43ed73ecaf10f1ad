// A report for people: the message, the place, the line with the mistake underlined, what to write instead.

extension Report {
  /// The whole report; colours by ANSI escapes, for terminals.
  public func text(isColored: Bool = false) -> String {
    var lines = SourceLines(files)
    let paint = Paint(isOn: isColored)
    var text = ""
    for diagnostic in diagnostics {
      text += header(diagnostic, paint)
      if let span = diagnostic.span { text += snippet(span, mark: "^", color(diagnostic.severity), paint, &lines) }
      if let help = diagnostic.help { text += indent(diagnostic.span) + paint("= help:", .cyan) + " " + help + "\n" }
      for note in diagnostic.notes {
        text += paint("note:", .cyan) + " " + note.message + "\n"
        text += snippet(note.span, mark: "-", .cyan, paint, &lines)
      }
      text += "\n"
    }
    return text + summary + "\n"
  }

  private func color(_ severity: Diagnostic.Severity) -> Paint.Color { severity == .error ? .red : .yellow }

  private func header(_ diagnostic: Diagnostic, _ paint: Paint) -> String {
    let label = "\(diagnostic.severity.rawValue)[\(diagnostic.id)]"
    return paint(label, color(diagnostic.severity)) + ": " + diagnostic.message + "\n"
  }

  /// Up to the bar beside the lines.
  private func indent(_ span: Span?) -> String {
    span.map { String(repeating: " ", count: String($0.startLine).utf8.count + 1) } ?? ""
  }

  /// The place, the line and the underline; of a longer span, the part on its first line.
  private func snippet(
    _ span: Span, mark: String, _ color: Paint.Color, _ paint: Paint, _ lines: inout SourceLines
  ) -> String {
    let number = String(span.startLine)
    let indent = indent(span)
    let place = "\(path(of: span)):\(span.startLine):\(span.startColumn)"
    let head = indent.dropLast() + paint("-->", .blue) + " " + place + "\n"
    guard let line = lines.line(Int(span.startLine), ofFile: Int(span.fileIndex)) else { return head }
    let endColumn = span.endLine == span.startLine ? Int(span.endColumn) : Int.max
    let shown = ShownLine(line, startColumn: Int(span.startColumn), endColumn: endColumn)
    let gutter = paint("|", .blue)
    let underline = String(repeating: " ", count: shown.markOffset) + String(repeating: mark, count: shown.markWidth)
    return head + indent + gutter + "\n"
      + paint(number, .blue) + " " + gutter + (shown.text.isEmpty ? "" : " " + shown.text) + "\n"
      + indent + gutter + " " + paint(underline, color) + "\n"
  }
}

/// ANSI colours (ECMA-48), or none.
struct Paint {
  enum Color: String {
    case red = "1;31", yellow = "1;33", blue = "1;34", cyan = "1;36"
  }

  let isOn: Bool

  func callAsFunction(_ text: String, _ color: Color) -> String {
    isOn ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
  }
}

/// The lines of files, each file looked through once.
struct SourceLines {
  private let files: [SourceFile]
  /// Where the lines begin, by file.
  private var starts: [Int: [Int]] = [:]

  init(_ files: [SourceFile]) { self.files = files }

  /// The bytes of a line, from 1, without its end; nil where there is no such line.
  mutating func line(_ number: Int, ofFile index: Int) -> ArraySlice<UInt8>? {
    guard files.indices.contains(index) else { return nil }
    let bytes = files[index].bytes
    let starts = starts[index] ?? Self.starts(of: bytes)
    self.starts[index] = starts
    guard number >= 1, number <= starts.count, !bytes.isEmpty else { return nil }
    let rest = bytes[starts[number - 1]...]
    return rest.prefix { $0 != 0x0A && $0 != 0x0D }
  }

  private static func starts(of bytes: [UInt8]) -> [Int] {
    var starts = [SourceText.byteOrderMark(of: bytes)]
    for (offset, byte) in bytes.enumerated() {
      let isFirstOfTwo = byte == 0x0D && offset + 1 < bytes.count && bytes[offset + 1] == 0x0A
      if byte == 0x0A || (byte == 0x0D && !isFirstOfTwo) { starts.append(offset + 1) }
    }
    return starts
  }
}
