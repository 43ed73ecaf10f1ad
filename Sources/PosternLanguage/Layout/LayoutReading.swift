// Gives every comment and blank line its place in the tree. What stands in the line of a value is about that value; a line of its
// own is about what comes next, or, as far in as the items above it, the last of their list. Nothing changes its order.

/// The documents of one file, with everything between their values.
struct LayoutReading {
  private let source: LayoutSource
  private let comments: [LayoutComment]
  /// The comments before it are placed.
  private var next = 0
  /// The line in which what was placed last ends.
  private var lastLine = -1

  /// Lays hold of a file's roots, which are in their order.
  static func documents(
    _ roots: [PlacedNode], _ comments: [LayoutComment], in source: LayoutSource
  ) -> [LayoutDocument] {
    var reading = LayoutReading(source: source, comments: comments)
    var documents: [LayoutDocument] = []
    for (index, root) in roots.enumerated() {
      let end = index + 1 < roots.count ? roots[index + 1].start : nil
      documents.append(reading.document(root, isFirst: index == 0, before: end))
    }
    return documents
  }

  private init(source: LayoutSource, comments: [LayoutComment]) {
    self.source = source
    self.comments = comments
  }

  // MARK: documents

  private mutating func document(_ root: PlacedNode, isFirst: Bool, before nextRoot: Int?) -> LayoutDocument {
    let limit = nextRoot.map { marker(after: root.end, before: $0) } ?? source.bytes.count
    var isSetOff = false
    if !isFirst, let marker = markerLine {
      isSetOff = source.hasBlankLine(after: lastLine, before: marker)
      lastLine = marker
    }
    let before = lines(before: root.start)
    var document = LayoutDocument(root: item(nil, root, limit, around: (-1, -1)), isSetOff: isSetOff)
    document.root.before = before + document.root.before
    while let comment = comment(before: limit) { document.end += take(comment) }
    markerLine = source.line(of: limit)
    return document
  }

  /// The line of the `---` before the next document.
  private var markerLine: Int?

  /// Where the first marker between two documents stands.
  private func marker(after end: Int, before start: Int) -> Int {
    let lines = source.line(of: end)...source.line(of: start)
    // A document may begin behind its marker.
    let line = lines.first { source.isMarker(line: $0) && source.lines[$0].lowerBound >= end }
    return line.map { source.lines[$0].lowerBound } ?? start
  }

  // MARK: values

  /// The columns of the block around an item, and of the next one that goes on behind it; -1 where there is none.
  private typealias Columns = (block: Int, following: Int)

  private mutating func item(
    _ key: PlacedNode?, _ node: PlacedNode, _ limit: Int, around columns: Columns
  ) -> LayoutItem {
    var item = LayoutItem(key: key.map(Self.key), value: LayoutNode(content: .alias("")))
    if let key {
      lastLine = source.line(of: key.end)
      item.head = commentInLine(before: node.isNothing ? limit : node.start)
      if !node.isNothing || node.anchor != nil { item.above = lines(before: node.start) }
    }
    switch node.content {
    case .scalar, .alias: readLeaf(node, &item, limit, columns)
    case .sequence, .mapping: readCollection(node, &item, limit, columns)
    }
    item.value.anchor = node.anchor
    item.value.isFlow = node.isFlow
    return item
  }

  private static func key(_ node: PlacedNode) -> LayoutKey {
    let content: LayoutKey.Content =
      switch node.content {
      case .scalar(let scalar): .scalar(LayoutScalar(text: scalar.text, isPlain: scalar.style == .plain))
      case .alias(let name): .alias(name)
      case .sequence, .mapping: preconditionFailure("the parser refuses keys that are no texts")
      }
    return LayoutKey(content: content, anchor: node.anchor)
  }

  private mutating func readLeaf(_ node: PlacedNode, _ item: inout LayoutItem, _ limit: Int, _ columns: Columns) {
    item.value.content = leaf(node)
    lastLine = max(lastLine, source.line(of: node.end))
    item.trailing = commentInLine(before: limit)
    // What is further in than an empty value's key stands where its value would.
    guard node.isNothing && !node.isFlow else { return }
    while let comment = comment(before: limit), comment.isAlone, comment.column > columns.block {
      item.above += take(comment)
    }
  }

  private func leaf(_ node: PlacedNode) -> LayoutNode.Content {
    switch node.content {
    case .alias(let name): return .alias(name)
    case .scalar(let scalar):
      var written = LayoutScalar(text: scalar.text, isPlain: scalar.style == .plain)
      if scalar.style.isBlock {
        written.block = LayoutScalar.Block(
          isFolded: scalar.style == .folded, lines: node.blockLines,
          comment: CommentScan.comment(atHeadOf: node, in: source))
      } else {
        written.isWrapped = source.line(of: node.contentStart) != source.line(of: node.end)
      }
      return .scalar(written)
    case .sequence, .mapping: preconditionFailure("a leaf has no children")
    }
  }

  // MARK: collections

  private mutating func readCollection(
    _ node: PlacedNode, _ item: inout LayoutItem, _ limit: Int, _ columns: Columns
  ) {
    let children = node.children
    let inside = node.hasBrackets ? node.end - 1 : limit
    if node.hasBrackets || node.anchor != nil {
      lastLine = source.line(of: node.hasBrackets ? node.contentStart : node.start)
      item.open = commentInLine(before: children.first?.start ?? inside)
    }
    let column = node.isFlow ? columns.block : source.column(of: node.contentStart)
    let items = items(of: node, inside, (column, columns.following))
    item.value.content = .collection(isMapping: node.isMapping, items)
    if node.hasBrackets {
      while let comment = comment(before: inside) { item.value.end += take(comment) }
      lastLine = source.line(of: node.end - 1)
      item.trailing = commentInLine(before: limit)
    } else if !node.isFlow {
      item.value.end = ending(column, columns.following, limit)
    }
  }

  private mutating func items(of node: PlacedNode, _ limit: Int, _ columns: Columns) -> [LayoutItem] {
    let entries: [(key: PlacedNode?, value: PlacedNode)] =
      switch node.content {
      case .sequence(let items): items.map { (nil, $0) }
      case .mapping(let entries): entries.map { ($0.key, $0.value) }
      case .scalar, .alias: []
      }
    var items: [LayoutItem] = []
    for (index, entry) in entries.enumerated() {
      let before = lines(before: (entry.key ?? entry.value).start)
      let next = index + 1 < entries.count ? entries[index + 1] : nil
      let end = next.map { ($0.key ?? $0.value).start } ?? limit
      var item = item(
        entry.key, entry.value, end, around: (columns.block, next == nil ? columns.following : columns.block))
      item.before = before
      items.append(item)
    }
    return items
  }

  /// Comments after a block's last item that are as far in as its items, and further than what goes on behind it.
  private mutating func ending(_ column: Int, _ following: Int, _ limit: Int) -> [LayoutLine] {
    var lines: [LayoutLine] = []
    while let comment = comment(before: limit), comment.isAlone, comment.column >= column,
      comment.column > following
    {
      lines += take(comment)
    }
    return lines
  }

  // MARK: lines

  private func comment(before limit: Int) -> LayoutComment? {
    next < comments.count && comments[next].offset < limit ? comments[next] : nil
  }

  /// A comment, after a blank line if one stands above it.
  private mutating func take(_ comment: LayoutComment) -> [LayoutLine] {
    let isSetOff = source.hasBlankLine(after: lastLine, before: comment.line)
    lastLine = comment.line
    next += 1
    return (isSetOff ? [.blank] : []) + [.comment(comment.text)]
  }

  /// The comment in the line in which what was placed last ends.
  private mutating func commentInLine(before limit: Int) -> String? {
    guard let comment = comment(before: limit), comment.line == lastLine else { return nil }
    next += 1
    return comment.text
  }

  /// All lines above what stands at `offset`.
  private mutating func lines(before offset: Int) -> [LayoutLine] {
    var lines: [LayoutLine] = []
    while let comment = comment(before: offset) { lines += take(comment) }
    let line = source.line(of: offset)
    if source.hasBlankLine(after: lastLine, before: line) { lines.append(.blank) }
    lastLine = max(lastLine, line)
    return lines
  }
}

extension PlacedNode {
  var isMapping: Bool {
    if case .mapping = content { true } else { false }
  }
}
