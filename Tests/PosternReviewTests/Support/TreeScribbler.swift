// Writes policy files as nobody should: the same values with any indentation, quotes, brackets and order of keys, and comments
// and blank lines wherever YAML lets them stand; all from one seed.

import PosternLanguage

struct TreeScribbler {
  private var chances: PairGenerator
  /// Every comment, in the order of the text.
  private(set) var comments: [String] = []
  /// Comments further in than this would be lines of the block scalar above them.
  private var commentColumnLimit = Int.max

  init(seed: UInt64) { chances = PairGenerator(seed: seed) }

  /// The documents of a file in another dress.
  mutating func scribbled(_ file: SourceFile) -> SourceFile {
    comments = []
    let roots = YAMLParser.parse(file.bytes, fileIndex: 0).nodes
    var text = chances.chance(10) ? "---\n" : ""
    for (index, root) in roots.enumerated() {
      if index > 0 { text += chances.pick(["---", "...\n---", "---\n---"]) + endOfLine() }
      commentColumnLimit = .max
      text += filler(0) + (chances.chance(5) ? flow(root, 0) + endOfLine() : block(root, chances.pick([0, 0, 0, 2])))
      text += filler(0)
    }
    if chances.chance(10) { while text.last == "\n" { text.removeLast() } }
    if chances.chance(10) { text = text.replacing("\n", with: "\r\n") }
    return SourceFile(path: file.path, bytes: (chances.chance(5) ? [0xEF, 0xBB, 0xBF] : []) + Array(text.utf8))
  }

  // MARK: what is between values

  private mutating func comment() -> String {
    let opening = chances.pick(["# ", "#", "#  a: b ", "# - x ", "#} \"' ", "# é ", "## "])
    comments.append("\(opening)note-\(comments.count);")
    return comments[comments.count - 1]
  }

  /// The end of a line, perhaps with a comment.
  private mutating func endOfLine() -> String {
    (chances.chance(12) ? chances.pick([" ", "    "]) + comment() : "") + chances.pick(["", "", "  "]) + "\n"
  }

  /// Lines without a value, around a column.
  private mutating func filler(_ column: Int) -> String {
    var text = ""
    while chances.chance(20) {
      let indentation = max(0, min(column + chances.pick([0, 0, 0, 2, 4, -1, -2, -9]), commentColumnLimit))
      text +=
        chances.pick([true, false])
        ? pad(indentation) + comment() + "\n" : chances.pick(["\n", "\n", pad(min(2, commentColumnLimit)) + "\n"])
    }
    return text
  }

  private func pad(_ count: Int) -> String { String(repeating: " ", count: count) }

  // MARK: blocks

  private mutating func block(_ node: YAMLNode, _ column: Int, isInLine: Bool = false) -> String {
    var text = ""
    switch node.content {
    case .scalar(let scalar): text += pad(column) + line(scalar, column - 1, inFlow: false) + endOfLine()
    case .sequence(let items):
      for (index, item) in items.enumerated() {
        text += isInLine && index == 0 ? "-" : filler(column) + pad(column) + "-"
        text += value(item, column, isListItem: true)
      }
    case .mapping(let entries):
      for (index, entry) in shuffled(entries).enumerated() {
        if !isInLine || index > 0 { text += filler(column) + pad(column) }
        text += key(entry.key, column, inFlow: false) + ":" + value(entry.value, column, isListItem: false)
      }
    }
    return text
  }

  /// Behind a dash or a key's colon.
  private mutating func value(_ node: YAMLNode, _ column: Int, isListItem: Bool) -> String {
    commentColumnLimit = .max
    if node.isEmptyOrScalar || chances.chance(25) {
      if case .scalar(let scalar) = node.content, chances.chance(10), let text = blockScalar(scalar, column) {
        return text
      }
      let isBelow = chances.chance(5)
      let start = isBelow ? endOfLine() + filler(column + 2) + pad(column + 2) : chances.pick([" ", " ", "   "])
      return start + flow(node, column, inFlow: false) + endOfLine()
    }
    if isListItem && chances.chance(70) {
      let gap = 1 + chances.below(3)
      return pad(gap) + block(node, column + 1 + gap, isInLine: true)
    }
    let isList = if case .sequence = node.content { true } else { false }
    let step = isList && !isListItem ? chances.pick([0, 1, 2, 4]) : chances.pick([1, 2, 2, 4])
    return endOfLine() + block(node, column + step)
  }

  /// A literal or folded scalar of the same text; nil where it could not be one.
  private mutating func blockScalar(_ scalar: YAMLNode.Scalar, _ column: Int) -> String? {
    guard scalar.isFree, !scalar.text.hasPrefix(" "), !scalar.text.contains("\n") else { return nil }
    let indentation = column + 1 + chances.below(4)
    let isFolded = chances.chance(50)
    var lines = [scalar.text]
    if isFolded && chances.chance(70) { lines = wrapped(scalar.text) }
    let head = (isFolded ? ">" : "|") + (chances.chance(20) ? "\(indentation - column)-" : "-")
    let text = " " + head + endOfLine() + lines.map { pad(indentation) + $0 + "\n" }.joined()
    commentColumnLimit = indentation - 1
    return text
  }

  /// The text in lines that YAML joins with one space.
  private mutating func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if let last = lines.last, word.isEmpty || last.hasSuffix(" ") || last.isEmpty || chances.chance(70) {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  private mutating func shuffled(_ entries: [YAMLNode.Entry]) -> [YAMLNode.Entry] {
    guard chances.chance(30) else { return entries }
    var entries = entries
    for index in entries.indices.dropFirst() { entries.swapAt(index, chances.below(index + 1)) }
    return entries
  }

  // MARK: brackets

  private mutating func flow(_ node: YAMLNode, _ column: Int, inFlow: Bool = true) -> String {
    switch node.content {
    case .scalar(let scalar): return line(scalar, column, inFlow: inFlow)
    case .sequence(let items):
      var text = "[" + space(column)
      for (index, item) in items.enumerated() {
        text += flow(item, column) + space(column)
        if index + 1 < items.count || chances.chance(15) { text += "," + space(column) }
      }
      return text + "]"
    case .mapping(let entries):
      var text = "{" + space(column)
      for (index, entry) in shuffled(entries).enumerated() {
        text += key(entry.key, column, inFlow: true) + ": " + flow(entry.value, column) + space(column)
        if index + 1 < entries.count || chances.chance(15) { text += "," + space(column) }
      }
      return text + "}"
    }
  }

  /// Between the marks of a list in brackets: nothing, blanks, or lines.
  private mutating func space(_ column: Int) -> String {
    if chances.chance(85) { return chances.pick(["", " ", " "]) }
    return endOfLine() + filler(column + 2) + pad(column + 1 + chances.below(4))
  }

  // MARK: scalars

  private mutating func key(_ node: YAMLNode, _ column: Int, inFlow: Bool) -> String {
    guard case .scalar(let scalar) = node.content else { return "" }
    return oneLine(scalar, inFlow: inFlow) + (chances.chance(5) ? " " : "")
  }

  private mutating func line(_ scalar: YAMLNode.Scalar, _ column: Int, inFlow: Bool) -> String {
    let text = oneLine(scalar, inFlow: inFlow)
    guard scalar.isFree, chances.chance(10) else { return text }
    // Inside quotes and plain texts a break is a space, whatever the indentation, if it is enough.
    let indentation = max(column, 0) + 1 + chances.below(4)
    let lines = wrapped(text)
    let isSafe = lines.dropFirst().allSatisfy { !"#-?:".contains($0.first ?? "#") }
    return isSafe ? lines.joined(separator: "\n" + pad(indentation)) : text
  }

  private mutating func oneLine(_ scalar: YAMLNode.Scalar, inFlow: Bool) -> String {
    let text = scalar.text
    let needsQuotes = inFlow && text.contains("{")
    if scalar.style == .plain && !scalar.isFree && !needsQuotes { return text }
    let isSimple = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./@ ".contains($0)) }
    let canBePlain = isSimple && scalar.isFree && text.first?.isLetter == true && text.last?.isLetter == true
    let isWritten = scalar.style == .plain && !inFlow
    switch chances.below(3) {
    case 0 where canBePlain || isWritten: return text
    case 1 where !text.contains("\n"): return "'" + text.replacing("'", with: "''") + "'"
    default:
      let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      return "\"" + escaped + "\""
    }
  }
}

extension YAMLNode {
  fileprivate var isEmptyOrScalar: Bool {
    switch content {
    case .scalar: true
    case .sequence(let items): items.isEmpty
    case .mapping(let entries): entries.isEmpty
    }
  }
}

extension YAMLNode.Scalar {
  /// Whether quotes are all the same to whoever reads it: it is a text, and nothing could take it for a flag, a number or a table's value.
  fileprivate var isFree: Bool {
    !text.isEmpty && !text.contains("${") && !["true", "false", "null"].contains(text) && text.contains { $0.isLetter }
      && !(text.first?.isNumber == true && text.contains("e"))
  }
}
