// A node with the bytes that it takes: where its anchor, its brackets and its text begin and end. What an alias stands for is not
// looked at. Refuses what has no canonical layout: empty keys, and comments between an anchor and a text.

/// A node of a document by the bytes of its file.
struct PlacedNode {
  enum Content {
    case scalar(YAMLNode.Scalar)
    /// The name.
    case alias(String)
    case sequence([PlacedNode])
    case mapping([(key: PlacedNode, value: PlacedNode)])
  }

  var content: Content
  /// With the anchor.
  var start: Int
  var contentStart: Int
  /// After the last byte; of a block after that of its last child.
  var end: Int
  /// Without the `&`.
  var anchor: String?
  /// Whether it is written in brackets, or stands in some.
  var isFlow = false
  /// Whether it has brackets of its own: a pair in a list, `[a: b]`, has none.
  var hasBrackets = false
  /// Of a literal or folded scalar: the lines below its head, without their indentation; to the last that has something.
  var blockLines: [String] = []

  /// A plain scalar without a text: no byte shows where it is.
  var isNothing: Bool {
    if case .scalar(let scalar) = content { scalar.style == .plain && scalar.text.isEmpty } else { false }
  }

  var isLeaf: Bool {
    switch content {
    case .scalar, .alias: true
    case .sequence, .mapping: false
    }
  }

  /// Children in the order of their bytes: keys and values in turn.
  var children: [PlacedNode] {
    switch content {
    case .scalar, .alias: []
    case .sequence(let items): items
    case .mapping(let entries): entries.flatMap { [$0.key, $0.value] }
    }
  }
}

/// Finds the bytes of nodes.
struct NodePlacing {
  private(set) var source: LayoutSource

  init(_ source: LayoutSource) { self.source = source }

  /// Recursion is bounded by the parser's. `blockColumn` is that of the innermost block around the node; -1 of none.
  mutating func placed(
    _ node: YAMLNode, inFlow: Bool = false, blockColumn: Int = -1
  ) throws(LayoutFault) -> PlacedNode {
    let start = source.offset(line: node.span.startLine, column: node.span.startColumn)
    let isOfFirstKey = isAtFirstKey(node)
    if byte(start) == UInt8(ascii: "*") && !isOfFirstKey {
      let name = name(after: start)
      return PlacedNode(content: .alias(source.text(name)), start: start, contentStart: start, end: name.upperBound)
    }
    let anchor = byte(start) == UInt8(ascii: "&") && !isOfFirstKey ? name(after: start) : nil
    var placed = PlacedNode(content: .sequence([]), start: start, contentStart: start, end: start, isFlow: inFlow)
    placed.anchor = anchor.map { source.text($0) }
    if case .scalar(let scalar) = node.content {
      try place(scalar, node.span, after: anchor, &placed)
      if scalar.style.isBlock { placeLines(scalar, node.span, blockColumn, &placed) }
      return placed
    }
    if let anchor { placed.contentStart = contentStart(after: anchor.upperBound) }
    placed.hasBrackets = [UInt8(ascii: "["), UInt8(ascii: "{")].contains(byte(placed.contentStart) ?? 0)
    placed.isFlow = inFlow || placed.hasBrackets
    if placed.hasBrackets, let anchor { try refuseComment(after: anchor) }
    let column = placed.isFlow ? blockColumn : source.column(of: placed.contentStart)
    try placeChildren(of: node, column, &placed)
    return placed
  }

  private func byte(_ offset: Int) -> UInt8? { offset < source.bytes.count ? source.bytes[offset] : nil }

  /// Whether what stands at a mapping's start, an anchor or an alias, is its first key's.
  private func isAtFirstKey(_ node: YAMLNode) -> Bool {
    guard case .mapping(let entries) = node.content, let key = entries.first?.key.span else { return false }
    return (key.startLine, key.startColumn) == (node.span.startLine, node.span.startColumn)
  }

  /// The name of an anchor or alias: letters, digits, `-` and `_`.
  private func name(after offset: Int) -> Range<Int> {
    var end = offset + 1
    while let byte = byte(end), isNameByte(byte) { end += 1 }
    return offset + 1..<end
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// The first byte that is neither blank, nor a break, nor of a comment.
  private func contentStart(after offset: Int) -> Int {
    var index = offset
    while let byte = byte(index) {
      if byte == UInt8(ascii: "#") {
        while let byte = self.byte(index), !LayoutSource.isBreak(byte) { index += 1 }
      } else if LayoutSource.isBlank(byte) || LayoutSource.isBreak(byte) {
        index += 1
      } else {
        break
      }
    }
    return index
  }

  private mutating func place(
    _ scalar: YAMLNode.Scalar, _ span: Span, after anchor: Range<Int>?, _ placed: inout PlacedNode
  ) throws(LayoutFault) {
    placed.content = .scalar(scalar)
    if placed.isNothing {
      placed.end = anchor?.upperBound ?? placed.start
      placed.contentStart = placed.end
      return
    }
    if let anchor {
      try refuseComment(after: anchor)
      placed.contentStart = contentStart(after: anchor.upperBound)
    }
    placed.end = source.offset(line: span.endLine, column: span.endColumn)
  }

  private func refuseComment(after anchor: Range<Int>) throws(LayoutFault) {
    let content = contentStart(after: anchor.upperBound)
    guard source.bytes[anchor.upperBound..<content].contains(UInt8(ascii: "#")) else { return }
    throw fault("a comment stands between an anchor and its value: move it above them", at: anchor.lowerBound - 1)
  }

  /// Where a block scalar's lines are: it ends with the last that has something, or with the empty ones that it keeps.
  private mutating func placeLines(
    _ scalar: YAMLNode.Scalar, _ span: Span, _ blockColumn: Int, _ placed: inout PlacedNode
  ) {
    let headLine = source.line(of: placed.contentStart)
    let head = source.bytes[placed.contentStart..<source.lines[headLine].upperBound]
    let endLine = min(Int(span.endLine) - (span.endColumn == 1 ? 1 : 0), source.lines.count)
    let lines = headLine + 1 < endLine ? Array(source.lines[headLine + 1..<endLine]) : []
    let digit = head.prefix { $0 != UInt8(ascii: "#") }.first(where: ScalarReader.isDigit)
    let indentation = digit.map { max(blockColumn, 0) + Int($0 - UInt8(ascii: "0")) } ?? indentation(of: lines)
    let texts = lines.map { source.text(min($0.lowerBound + indentation, $0.upperBound)..<$0.upperBound) }
    placed.blockLines = Array(texts[..<((texts.lastIndex { !$0.isEmpty } ?? -1) + 1)])
    let breakCount = scalar.text.utf8.reversed().prefix { $0 == 0x0A }.count
    let keptCount = placed.blockLines.isEmpty ? breakCount : max(breakCount - 1, 0)
    let lastLine = min(headLine + placed.blockLines.count + keptCount, source.lines.count - 1)
    placed.end = source.lines[lastLine].upperBound
  }

  /// The spaces before the first line that has something else.
  private func indentation(of lines: [Range<Int>]) -> Int {
    let counts = lines.map { source.bytes[$0].prefix { $0 == 0x20 }.count }
    return zip(lines, counts).first { $0.count > $1 }?.1 ?? counts.max() ?? 0
  }

  private mutating func placeChildren(
    of node: YAMLNode, _ column: Int, _ placed: inout PlacedNode
  ) throws(LayoutFault) {
    switch node.content {
    case .scalar: break
    case .sequence(let items):
      var children: [PlacedNode] = []
      for item in items { children.append(try self.placed(item, inFlow: placed.isFlow, blockColumn: column)) }
      placed.content = .sequence(children)
      placed.end = children.last?.end ?? placed.end
    case .mapping(let entries):
      var children: [(key: PlacedNode, value: PlacedNode)] = []
      for entry in entries {
        let key = try self.placed(entry.key, inFlow: placed.isFlow)
        if key.isNothing { throw fault("a key is empty: write it as `\"\"` if that is what was meant", at: key.start) }
        var value = try self.placed(entry.value, inFlow: placed.isFlow, blockColumn: column)
        if value.isNothing && value.anchor == nil {
          // libyaml places it before whatever comes next.
          (value.start, value.contentStart, value.end) = (key.end, key.end, key.end)
        }
        children.append((key, value))
      }
      placed.content = .mapping(children)
      placed.end = children.last?.value.end ?? placed.end
    }
    if placed.hasBrackets { placed.end = source.offset(line: node.span.endLine, column: node.span.endColumn) }
  }

  private func fault(_ sentence: String, at offset: Int) -> LayoutFault {
    .noLayout(sentence, line: source.line(of: offset) + 1, column: source.column(of: offset) + 1)
  }
}

extension YAMLNode.Scalar.Style {
  var isBlock: Bool { self == .literal || self == .folded }
}
