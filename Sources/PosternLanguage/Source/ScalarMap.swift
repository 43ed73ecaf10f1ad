// Where in a file each byte of a scalar's text is written: escapes, folded lines and indentation taken back to their
// source (YAML 1.1, as libyaml scans it). Refuses to guess: a scalar that it does not read to the same text has no map.

extension Sourced where Value == String {
  /// Where a part of a scalar, in UTF-8 bytes of its text, is written; all of it where its source is not known.
  func span(of range: Range<Int>, in file: SourceFile?) -> Span {
    guard let file, let map = ScalarMap(file, span: span, text: value) else { return span }
    return map.span(of: range, fileIndex: span.fileIndex)
  }
}

extension [SourceFile] {
  /// The file that a span is in; nil where it is not among these.
  func file(of span: Span) -> SourceFile? {
    indices.contains(Int(span.fileIndex)) ? self[Int(span.fileIndex)] : nil
  }
}

/// The places of a scalar's bytes.
struct ScalarMap {
  /// The bytes of the file that one byte of the text was made of.
  private struct Piece {
    let byte: UInt8
    let start: Int
    let end: Int
  }

  private let bytes: [UInt8]
  /// Where the scalar begins.
  private let start: Position
  /// As many as the text is asked for.
  private let limit: Int
  private var pieces: [Piece] = []
  private var index: Int

  /// nil where the text at `span`, an alias perhaps, does not come to `text`.
  init?(_ file: SourceFile, span: Span, text: String) {
    bytes = file.bytes
    limit = text.utf8.count
    guard let start = Position.place(ofLine: span.startLine, column: span.startColumn, in: file) else { return nil }
    self.start = start
    index = start.offset
    skipAnchor()
    guard index < bytes.count else { return nil }
    readScalar(text)
    guard pieces.count >= limit, zip(pieces, text.utf8).allSatisfy({ $0.byte == $1 }) else { return nil }
  }

  /// Where a range of the text's bytes is written; an empty one after the last character before it that is no blank.
  func span(of range: Range<Int>, fileIndex: Int32) -> Span {
    let range = range.clamped(to: 0..<limit)
    var position = start
    position.advance(
      to: range.isEmpty ? endOfText(before: range.lowerBound) : pieces[range.lowerBound].start, in: bytes)
    let start = position
    let end = range.isEmpty ? position.offset : pieces[range.upperBound - 1].end
    position.advance(to: max(end, start.offset), in: bytes)
    return Span(
      fileIndex: fileIndex, startLine: start.line, startColumn: start.column, endLine: position.line,
      endColumn: range.isEmpty ? position.column + 1 : position.column)
  }

  private func endOfText(before index: Int) -> Int {
    let last = pieces[..<index].last { $0.byte != 0x20 && $0.byte != 0x0A && $0.byte != 0x09 }
    return last?.end ?? pieces.first?.start ?? self.index
  }

  // MARK: reading

  private mutating func readScalar(_ text: String) {
    switch bytes[index] {
    case UInt8(ascii: "\""):
      index += 1
      readFlow(.doubleQuoted)
    case UInt8(ascii: "'"):
      index += 1
      readFlow(.singleQuoted)
    case UInt8(ascii: "|"), UInt8(ascii: ">"): readBlock(text)
    default: readFlow(.plain)
    }
  }

  private mutating func skipAnchor() {
    guard index < bytes.count, bytes[index] == UInt8(ascii: "&") else { return }
    while index < bytes.count && !isBlank(index) && !isBreak(index) { index += 1 }
    while index < bytes.count && (isBlank(index) || isBreak(index)) { index += 1 }
  }

  private func isBlank(_ index: Int) -> Bool { index < bytes.count && (bytes[index] == 0x20 || bytes[index] == 0x09) }

  private func isBreak(_ index: Int) -> Bool { index < bytes.count && (bytes[index] == 0x0A || bytes[index] == 0x0D) }

  /// The byte after the line break at `index`, which may be two bytes.
  private func endOfBreak(_ index: Int) -> Int {
    index + 1 < bytes.count && bytes[index] == 0x0D && bytes[index + 1] == 0x0A ? index + 2 : index + 1
  }

  private mutating func add(_ byte: UInt8, from start: Int, to end: Int) {
    pieces.append(Piece(byte: byte, start: start, end: end))
  }
}

// Scalars that end with a quote or with their line: breaks between lines are folded.
extension ScalarMap {
  private mutating func readFlow(_ style: YAMLNode.Scalar.Style) {
    while index < bytes.count && pieces.count < limit {
      if isBlank(index) || isBreak(index) {
        foldBlanks()
      } else if style == .doubleQuoted, let end = endOfJoin(index) {
        index = end
      } else if let (text, byteCount) = escape(style) {
        for byte in text { add(byte, from: index, to: index + byteCount) }
        index += byteCount
      } else {
        add(bytes[index], from: index, to: index + 1)
        index += 1
      }
    }
  }

  /// Blanks stay inside a line; around a break they go, one break is a space and each further one is kept.
  private mutating func foldBlanks() {
    let start = index
    var breakCount = 0
    while isBlank(index) || isBreak(index) {
      if isBreak(index) {
        breakCount += 1
        index = endOfBreak(index)
      } else {
        index += 1
      }
    }
    switch breakCount {
    case 0: for blank in start..<index { add(bytes[blank], from: blank, to: blank + 1) }
    case 1: add(0x20, from: start, to: index)
    default: for _ in 1..<breakCount { add(0x0A, from: start, to: index) }
    }
  }

  /// The first byte that is no blank after a backslash that ends a line; nil where there is none here.
  private func endOfJoin(_ index: Int) -> Int? {
    guard bytes[index] == UInt8(ascii: "\\"), isBreak(index + 1) else { return nil }
    var end = endOfBreak(index + 1)
    while isBlank(end) { end += 1 }
    return end
  }

  /// What the escape at `index` comes to, and the bytes that it takes; nil where there is none.
  private func escape(_ style: YAMLNode.Scalar.Style) -> (text: [UInt8], byteCount: Int)? {
    guard index + 1 < bytes.count else { return nil }
    let next = bytes[index + 1]
    switch (style, bytes[index]) {
    case (.singleQuoted, UInt8(ascii: "'")): return next == UInt8(ascii: "'") ? ([next], 2) : nil
    case (.doubleQuoted, UInt8(ascii: "\\")):
      if let value = Self.namedEscapes[next] { return (Array(String(value).utf8), 2) }
      guard let digitCount = Self.hexadecimalEscapes[next] else { return nil }
      let digits = String(decoding: bytes[(index + 2)...].prefix(digitCount), as: UTF8.self)
      guard let value = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) else { return nil }
      return (Array(String(value).utf8), 2 + digitCount)
    default: return nil
    }
  }

  private static let hexadecimalEscapes: [UInt8: Int] = [
    UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8,
  ]

  private static let namedEscapes: [UInt8: Unicode.Scalar] = [
    UInt8(ascii: "0"): "\0", UInt8(ascii: "a"): "\u{7}", UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "t"): "\t",
    0x09: "\t", UInt8(ascii: "n"): "\n", UInt8(ascii: "v"): "\u{B}", UInt8(ascii: "f"): "\u{C}",
    UInt8(ascii: "r"): "\r", UInt8(ascii: "e"): "\u{1B}", UInt8(ascii: " "): " ", UInt8(ascii: "\""): "\"",
    UInt8(ascii: "'"): "'", UInt8(ascii: "/"): "/", UInt8(ascii: "\\"): "\\", UInt8(ascii: "N"): "\u{85}",
    UInt8(ascii: "_"): "\u{A0}", UInt8(ascii: "L"): "\u{2028}", UInt8(ascii: "P"): "\u{2029}",
  ]
}

// Block scalars: lines below their head, without their indentation.
extension ScalarMap {
  private mutating func readBlock(_ text: String) {
    let isFolded = bytes[index] == UInt8(ascii: ">")
    let head = bytes[index...].prefix { $0 != 0x0A && $0 != 0x0D }
    let indicator = head.prefix { $0 != UInt8(ascii: "#") }.first { (0x31...0x39).contains($0) }
    index = endOfBreak(head.endIndex)
    let start = index
    // A written indentation counts from the mapping around the scalar, which is not known here: the first that fits.
    let candidates = indicator.map { Int($0 - 0x30)...(Int($0 - 0x30) + YAMLParser.depthLimit * 8) }
    let indentations = candidates ?? { $0...$0 }(detectedIndentation(from: index))
    for indentation in indentations {
      index = start
      pieces.removeAll()
      readLines(indentation, isFolded: isFolded)
      if pieces.count >= limit && zip(pieces, text.utf8).allSatisfy({ $0.byte == $1 }) { return }
    }
  }

  /// The spaces before the first line that has something else.
  private func detectedIndentation(from start: Int) -> Int {
    var lineStart = start
    while lineStart < bytes.count {
      let first = bytes[lineStart...].firstIndex { $0 != 0x20 } ?? bytes.count
      if !isBreak(first) { return first - lineStart }
      lineStart = endOfBreak(first)
    }
    return 0
  }

  private mutating func readLines(_ indentation: Int, isFolded: Bool) {
    var breakStart = index
    var (breakCount, isInside) = takeEmptyLines(indentation)
    var isFirst = true
    var wasBlank = false
    while isInside && pieces.count < limit {
      let isFoldable = isFolded && !isFirst && !wasBlank && !isBlank(index)
      if isFoldable && breakCount == 1 {
        add(0x20, from: breakStart, to: index)
      } else {
        addBreaks(isFoldable ? breakCount - 1 : breakCount, from: breakStart)
      }
      isFirst = false
      wasBlank = isBlank(index)
      takeLine()
      breakStart = index
      (breakCount, isInside) = takeEmptyLines(indentation, after: isBreak(index) ? endOfBreak(index) : nil)
    }
    addBreaks(breakCount, from: breakStart)
  }

  private mutating func addBreaks(_ count: Int, from start: Int) {
    for _ in 0..<count { add(0x0A, from: start, to: index) }
  }

  private mutating func takeLine() {
    while index < bytes.count && !isBreak(index) {
      add(bytes[index], from: index, to: index + 1)
      index += 1
    }
  }

  /// Goes past empty lines and the indentation of the next; counts their breaks, with the one before `next`, and tells
  /// whether the next line belongs to the scalar.
  private mutating func takeEmptyLines(_ indentation: Int, after next: Int? = nil) -> (count: Int, isInside: Bool) {
    var count = next == nil ? 0 : 1
    index = next ?? index
    while true {
      let lineStart = index
      while index < bytes.count && bytes[index] == 0x20 && index - lineStart < indentation { index += 1 }
      guard isBreak(index) else { return (count, index < bytes.count && index - lineStart == indentation) }
      index = endOfBreak(index)
      count += 1
    }
  }
}
