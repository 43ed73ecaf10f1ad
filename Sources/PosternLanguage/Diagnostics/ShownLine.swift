// A source line as a terminal shows it, and where the underline goes: tabs become spaces, wide characters take two
// cells, combining ones none, what cannot be shown becomes U+FFFD, and a long line is cut around the mistake.

/// One line of a report with the cells to underline.
struct ShownLine {
  private(set) var text = ""
  /// Cells before the underline.
  private(set) var markOffset = 0
  private(set) var markWidth = 1

  static let tabWidth = 4
  /// Cells that a line may take before it is cut, and cells kept before the mistake.
  static let widthLimit = 120
  static let keptWidth = 40
  private static let cut = "..."

  private struct Cell {
    var text: String
    var width: Int
  }

  /// Columns count Unicode scalars from 1, as `Span` does; `endColumn` is the one after the last.
  init(_ bytes: ArraySlice<UInt8>, startColumn: Int, endColumn: Int) {
    let cells = Self.cells(bytes)
    let lastColumn = (cells.lastIndex { $0.text != " " } ?? -1) + 2
    let start = min(max(startColumn, 1) - 1, cells.count)
    let end = min(max(min(endColumn, max(lastColumn, startColumn + 1)) - 1, start), cells.count)
    markOffset = Self.width(cells[..<start])
    markWidth = max(1, Self.width(cells[start..<end]))
    text = cells.map(\.text).joined()
    if Self.width(cells[...]) > Self.widthLimit { cutAround(cells, start: start) }
    while text.last == " " { text.removeLast() }
  }

  private mutating func cutAround(_ cells: [Cell], start: Int) {
    var first = start
    var width = 0
    while first > 0 && width + cells[first - 1].width <= Self.keptWidth {
      first -= 1
      width += cells[first].width
    }
    let prefix = first > 0 ? Self.cut : ""
    markOffset = prefix.utf8.count + width
    var end = start
    while end < cells.count && width + cells[end].width <= Self.widthLimit {
      width += cells[end].width
      end += 1
    }
    text = prefix + cells[first..<end].map(\.text).joined() + (end < cells.count ? Self.cut : "")
    markWidth = min(markWidth, max(1, prefix.utf8.count + width - markOffset))
  }

  private static func width(_ cells: ArraySlice<Cell>) -> Int { cells.reduce(0) { $0 + $1.width } }

  private static func cells(_ bytes: ArraySlice<UInt8>) -> [Cell] {
    let line = Array(bytes)
    var cells: [Cell] = []
    var width = 0
    var index = 0
    while index < line.count {
      let (value, byteCount) = SourceText.decode(line, at: index)
      let cell = cell(value, atWidth: width)
      cells.append(cell)
      width += cell.width
      index += byteCount
    }
    return cells
  }

  private static func cell(_ value: UInt32?, atWidth width: Int) -> Cell {
    guard let value, let scalar = Unicode.Scalar(value) else { return Cell(text: "\u{FFFD}", width: 1) }
    if scalar == "\t" {
      let count = tabWidth - width % tabWidth
      return Cell(text: String(repeating: " ", count: count), width: count)
    }
    guard value >= 0x20, !SourceText.isRefused(value) else { return Cell(text: "\u{FFFD}", width: 1) }
    return Cell(text: String(scalar), width: CellWidth.of(scalar))
  }
}

/// How many cells of a terminal a character takes (Unicode Standard Annex 11, in its large ranges).
enum CellWidth {
  static func of(_ scalar: Unicode.Scalar) -> Int {
    guard scalar.value >= 0x300 else { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }
  }

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
    0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
    0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]
}
