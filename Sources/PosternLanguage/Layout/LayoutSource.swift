// The text of a file as its lines, and where in it the places of nodes are. Refuses nothing: the parser has read these bytes.

/// The bytes of one file by lines, without its byte order mark.
struct LayoutSource {
  let bytes: [UInt8]
  /// Without their breaks; the last one may be empty.
  let lines: [Range<Int>]
  /// By line: how many lines before it have nothing but blanks.
  private let blankLineCounts: [Int]
  /// The last place that was looked up: places are asked for in their order, and lines may be long.
  private var place = (line: 0, column: 0, offset: 0)

  init(_ file: SourceFile) {
    bytes = Array(file.bytes.dropFirst(SourceText.byteOrderMark(of: file.bytes)))
    var lines: [Range<Int>] = []
    var start = 0
    var index = 0
    while index < bytes.count {
      guard Self.isBreak(bytes[index]) else {
        index += 1
        continue
      }
      lines.append(start..<index)
      index += bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
      start = index
    }
    lines.append(start..<bytes.count)
    self.lines = lines
    var counts = [0]
    for line in lines { counts.append(counts[counts.count - 1] + (bytes[line].allSatisfy(Self.isBlank) ? 1 : 0)) }
    blankLineCounts = counts
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
  static func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  /// The byte at a line and column as spans count them.
  mutating func offset(line: Int32, column: Int32) -> Int {
    let line = min(Int(line) - 1, lines.count - 1)
    let column = Int(column) - 1
    if line != place.line || column < place.column { place = (line, 0, lines[line].lowerBound) }
    while place.column < column && place.offset < lines[line].upperBound {
      repeat { place.offset += 1 } while place.offset < bytes.count && bytes[place.offset] & 0xC0 == 0x80
      place.column += 1
    }
    return place.offset
  }

  /// The index of the line that a byte is in; its break belongs to it.
  func line(of offset: Int) -> Int {
    var low = 0
    var high = lines.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lines[middle].lowerBound <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// Bytes before a byte in its line.
  func column(of offset: Int) -> Int { offset - lines[line(of: offset)].lowerBound }

  /// Whether a line that is blank stands between two lines.
  func hasBlankLine(after first: Int, before second: Int) -> Bool {
    second > first + 1 && blankLineCounts[second] > blankLineCounts[first + 1]
  }

  /// Whether a line is `---` or `...`, with or without something behind it.
  func isMarker(line: Int) -> Bool {
    let text = bytes[lines[line]]
    guard text.starts(with: "---".utf8) || text.starts(with: "...".utf8) else { return false }
    return text.count == 3 || Self.isBlank(text[text.startIndex + 3])
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
