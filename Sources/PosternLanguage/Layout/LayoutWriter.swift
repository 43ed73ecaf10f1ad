// Writes documents in the canonical layout (docs/layout.md). Refuses nothing: what a document can hold has a layout.

/// Writes the text of one file.
struct LayoutWriter {
  /// Brackets stay brackets up to here; comments and texts may be longer.
  static let columnLimit = 120
  /// YAML takes nothing longer than 1,024 characters for a key, unless it is told by a `?`.
  private static let keyLimit = 1_000

  private(set) var text = ""
  /// Bytes before the line that is being written.
  private var lineStart = 0

  static func text(of documents: [LayoutDocument]) -> String {
    var writer = LayoutWriter()
    for (index, document) in documents.enumerated() {
      if index > 0 {
        writer.write(document.isSetOff ? [.blank] : [], 0)
        writer.line("---")
      }
      writer.write(document)
    }
    return writer.text
  }

  private mutating func write(_ document: LayoutDocument) {
    var root = document.root
    var notes = root.before
    if isBlock(root, at: 0) {
      notes += comments([root.trailing])
      if root.value.anchor == nil { notes += comments([root.open]) + hoistedLines(&root.value, 0) }
      write(notes, 0)
      if let anchor = root.value.anchor { line("&" + anchor, root.open) }
      write(root.value, 0)
    } else {
      write(notes + root.above, 0)
      text += root.value.anchor.map { "&\($0) " } ?? ""
      writeLeaf(root, -2)
    }
    write(document.end, 0)
  }

  // MARK: lines

  private mutating func line(_ text: String, _ comment: String? = nil) {
    self.text += text + (comment.map { " " + $0 } ?? "") + "\n"
    lineStart = self.text.utf8.count
  }

  private mutating func pad(_ column: Int) { text += String(repeating: " ", count: max(column, 0)) }

  /// Runs of blank lines become one; none is the first line.
  private mutating func write(_ lines: [LayoutLine], _ column: Int) {
    for line in lines {
      switch line {
      case .blank: if !text.isEmpty && !text.utf8.suffix(2).elementsEqual("\n\n".utf8) { self.line("") }
      case .comment(let comment):
        pad(column)
        self.line(comment)
      }
    }
  }

  private func comments(_ texts: [String?]) -> [LayoutLine] { texts.compactMap { $0 }.map { .comment($0) } }

  // MARK: blocks

  private mutating func write(_ node: LayoutNode, _ column: Int, isInLine: Bool = false) {
    guard case .collection(_, let items) = node.content else { return }
    for (index, item) in items.enumerated() {
      if item.key == nil {
        writeListItem(item, column, isInLine: isInLine && index == 0)
      } else {
        writeEntry(item, column, isInLine: isInLine && index == 0)
      }
    }
    write(node.end, column)
  }

  /// An item of a list; what stands behind its dash or its bracket goes above it, for its first line is that of its first entry.
  private mutating func writeListItem(_ item: LayoutItem, _ column: Int, isInLine: Bool) {
    var item = item
    let isBlock = isBlock(item, at: column + 2)
    var notes = item.before
    if isBlock && item.value.anchor == nil {
      notes += comments([item.trailing, item.open]) + hoistedLines(&item.value, column + 2)
    }
    write(notes, column)
    if !isInLine { pad(column) }
    text += "-"
    guard isBlock else { return writeLeaf(item, column) }
    text += " "
    if let anchor = item.value.anchor {
      line("&" + anchor, item.trailing ?? item.open)
      write(comments([item.trailing == nil ? nil : item.open]), column + 2)
    }
    write(item.value, column + 2, isInLine: item.value.anchor == nil)
  }

  /// Takes the lines away that stand before the first text of a block: they go above the dash in the same line.
  private func hoistedLines(_ node: inout LayoutNode, _ column: Int) -> [LayoutLine] {
    guard case .collection(let isMapping, var items) = node.content, var first = items.first else { return [] }
    var lines = first.before
    first.before = []
    if !isMapping && isBlock(first, at: column + 2) && first.value.anchor == nil {
      lines += comments([first.trailing, first.open]) + hoistedLines(&first.value, column + 2)
      (first.trailing, first.open) = (nil, nil)
    }
    items[0] = first
    node.content = .collection(isMapping: isMapping, items)
    return lines
  }

  private mutating func writeEntry(_ item: LayoutItem, _ column: Int, isInLine: Bool) {
    var item = item
    write(item.before, column)
    if !isInLine { pad(column) }
    let key = item.key?.text(inFlow: false) ?? ""
    if key.unicodeScalars.count > Self.keyLimit {
      line("? " + key, item.head)
      item.head = nil
      pad(column)
      text += ":"
    } else {
      text += key + ":"
    }
    guard isBlock(item, at: column + key.unicodeScalars.count + 2) else { return writeLeaf(item, column) }
    text += item.value.anchor.map { " &" + $0 } ?? ""
    // What stood behind a bracket is about the whole value, and stays behind its key.
    var notes = comments([item.head]) + item.above + comments([item.trailing, item.open])
    let isBehindKey = item.head != nil || item.above.isEmpty
    let behindKey = isBehindKey ? notes.first : nil
    if behindKey != nil { notes.removeFirst() }
    if case .comment(let comment)? = behindKey { line("", comment) } else { line("") }
    write(notes, column + 2)
    write(item.value, column + 2)
  }

  // MARK: values in a line

  /// A value behind its key or dash, or, where comments come between, below them; `column` is that of the key or dash.
  private mutating func writeLeaf(_ item: LayoutItem, _ column: Int) {
    let isNothing = item.value.isNothing
    let anchor = item.value.anchor.map { "&" + $0 }
    if isNothing {
      text += anchor.map { " " + $0 } ?? ""
      line("", item.head ?? item.trailing)
      return write(item.above, column + 2)
    }
    if item.head != nil || item.above.hasComment {
      line("", item.head)
      write(item.above, column + 2)
      pad(column + 2)
    } else if column >= 0 {
      text += " "
    }
    text += anchor.map { column >= 0 ? $0 + " " : "" } ?? ""
    writeText(of: item, column + 2)
  }

  private mutating func writeText(of item: LayoutItem, _ column: Int) {
    switch item.value.content {
    case .alias(let name): line("*" + name, item.trailing)
    case .scalar(let scalar):
      write(scalar, item.trailing, column)
    case .collection(let isMapping, let items):
      guard items.isEmpty else { return line(flowText(item.value) ?? "", item.trailing) }
      let brackets = isMapping ? ["{", "}"] : ["[", "]"]
      guard item.open != nil || !item.value.end.isEmpty else { return line(brackets.joined(), item.trailing) }
      line(brackets[0], item.open)
      write(item.value.end, column)
      pad(column - 2)
      line(brackets[1], item.trailing)
    }
  }

  /// In a line; or as a block, if it was one, or was written over lines and fits in none.
  private mutating func write(_ scalar: LayoutScalar, _ comment: String?, _ column: Int) {
    let text = scalar.line(inFlow: false)
    let isTooLong = self.text.utf8.count - lineStart + text.unicodeScalars.count > Self.columnLimit
    let folded = isTooLong ? scalar.folded(byteCount: max(Self.columnLimit - column, Self.columnLimit / 2)) : nil
    guard let head = (folded ?? scalar).blockHead, let block = (folded ?? scalar).block else {
      return line(text, scalar.block?.comment ?? comment)
    }
    line(head, block.comment ?? comment)
    for text in block.lines {
      if !text.isEmpty { pad(max(column, 2)) }
      line(text)
    }
    for _ in 0..<max(scalar.endCount - 1, 0) { line("") }
  }
}

// What stays in brackets.
extension LayoutWriter {
  /// Whether a value takes lines of its own below its key, or begins behind its dash; `column` is where it would begin.
  private func isBlock(_ item: LayoutItem, at column: Int) -> Bool {
    guard case .collection(_, let items) = item.value.content, !items.isEmpty else { return false }
    guard item.value.isFlow, item.open == nil, let text = flowText(item.value) else { return true }
    let anchorCount = item.value.anchor.map { $0.utf8.count + 2 } ?? 0
    return column + anchorCount + text.unicodeScalars.count > Self.columnLimit
  }

  /// A value in brackets; nil where a comment or an empty value stands inside, or it is longer than any line.
  private func flowText(_ node: LayoutNode, isInside: Bool = false) -> String? {
    let anchor = isInside ? node.anchor.map { "&\($0) " } ?? "" : ""
    switch node.content {
    case .alias(let name): return anchor + "*" + name
    case .scalar(let scalar):
      let isLonger = scalar.text.utf8.count > Self.columnLimit * 4
      return scalar.isNothing || isLonger ? nil : anchor + scalar.line(inFlow: true)
    case .collection(let isMapping, let items):
      if node.end.hasComment { return nil }
      var text = anchor + (isMapping ? "{" : "[")
      for (index, item) in items.enumerated() {
        guard let inner = flowText(item) else { return nil }
        text += (index > 0 ? ", " : "") + inner
        if text.utf8.count > Self.columnLimit * 4 { return nil }
      }
      return text + (isMapping ? "}" : "]")
    }
  }

  private func flowText(_ item: LayoutItem) -> String? {
    let hasComment = item.head != nil || item.open != nil || item.trailing != nil
    if hasComment || item.before.hasComment || item.above.hasComment { return nil }
    guard let text = flowText(item.value, isInside: true) else { return nil }
    return (item.key.map { $0.text(inFlow: true) + ": " } ?? "") + text
  }
}

extension LayoutNode {
  /// A value that is left out.
  var isNothing: Bool {
    if case .scalar(let scalar) = content { scalar.isNothing } else { false }
  }
}
