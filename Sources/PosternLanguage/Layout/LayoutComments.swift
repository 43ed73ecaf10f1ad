// The comments of a file: what stands between the texts of its nodes and is no mark of YAML. Every byte is accounted for, so that
// nothing can be lost unseen. Refuses directives.

/// A comment by its place.
struct LayoutComment: Equatable {
  let offset: Int
  let line: Int
  /// Bytes before it in its line.
  let column: Int
  /// Whether nothing but blanks stands before it in its line.
  let isAlone: Bool
  /// With its `#`, without blanks at the end.
  let text: String
}

/// Looks for comments between nodes.
struct CommentScan {
  private let source: LayoutSource
  private(set) var comments: [LayoutComment] = []
  private var offset = 0

  /// All comments of a file but those behind the heads of block scalars.
  static func comments(of roots: [PlacedNode], in source: LayoutSource) throws(LayoutFault) -> [LayoutComment] {
    var scan = CommentScan(source: source)
    for root in roots { try scan.pass(root) }
    try scan.look(until: source.bytes.count)
    return scan.comments
  }

  private init(source: LayoutSource) { self.source = source }

  /// The comment behind the head of a block scalar.
  static func comment(atHeadOf node: PlacedNode, in source: LayoutSource) -> String? {
    let line = source.lines[source.line(of: node.contentStart)]
    guard let start = source.bytes[node.contentStart..<line.upperBound].firstIndex(of: UInt8(ascii: "#")) else {
      return nil
    }
    return text(from: start, to: line.upperBound, source)
  }

  private static func text(from start: Int, to end: Int, _ source: LayoutSource) -> String {
    var end = end
    while end > start && LayoutSource.isBlank(source.bytes[end - 1]) { end -= 1 }
    return source.text(start..<end)
  }

  private mutating func pass(_ node: PlacedNode) throws(LayoutFault) {
    if let anchor = node.anchor {
      try look(until: node.start)
      offset = node.start + 1 + anchor.utf8.count
    }
    if node.isLeaf {
      try look(until: node.contentStart)
      offset = max(offset, node.end)
    }
    for child in node.children { try pass(child) }
  }

  /// Between two texts stand blanks, breaks, marks and comments.
  private mutating func look(until end: Int) throws(LayoutFault) {
    while offset < end {
      switch source.bytes[offset] {
      case UInt8(ascii: "#"): takeComment()
      case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: ","),
        UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"):
        offset += 1
      case UInt8(ascii: ".") where source.isMarker(line: source.line(of: offset)): offset += 1
      case UInt8(ascii: "%") where source.column(of: offset) == 0:
        throw fault("a directive says nothing to Postern: take the line out")
      default: throw fault("this is neither a value nor a mark of YAML that has a layout")
      }
    }
  }

  private mutating func takeComment() {
    let line = source.line(of: offset)
    let range = source.lines[line]
    comments.append(
      LayoutComment(
        offset: offset, line: line, column: offset - range.lowerBound,
        isAlone: source.bytes[range.lowerBound..<offset].allSatisfy(LayoutSource.isBlank),
        text: Self.text(from: offset, to: range.upperBound, source)))
    offset = range.upperBound
  }

  private func fault(_ sentence: String) -> LayoutFault {
    .noLayout(sentence, line: source.line(of: offset) + 1, column: source.column(of: offset) + 1)
  }
}
