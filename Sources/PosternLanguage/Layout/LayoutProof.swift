// Shows that a text that was laid out says what its file says: the same values, in the same order, as plain or as quoted as their
// readers care for, and every comment between the same two texts. Refuses to pass what it cannot show.

/// A file's values and comments, as far as a layout must keep them.
struct LayoutProof {
  /// A value, or where it stands; in bytes, for texts that only look the same are not the same.
  private enum Mark: Hashable {
    case text([UInt8])
    /// A text that means something else in quotes.
    case plain([UInt8])
    case alias(String)
    case anchor(String)
    case list, mapping, end, document
  }

  /// A comment, with the number of texts before it.
  private struct Comment: Hashable {
    var textCount: Int
    var bytes: [UInt8]

    var sentence: String { "the comment `\(String(decoding: bytes, as: UTF8.self))` would not stand where it stands" }
  }

  private var marks: [Mark] = []
  private var comments: [Comment] = []
  /// By comment: where else it may stand, for one behind a bracket is about all that stands in it.
  private var otherTextCounts: [[Int]] = []

  init(_ roots: [PlacedNode], _ found: [LayoutComment], in source: LayoutSource) {
    var leaves: [PlacedNode] = []
    var brackets = Brackets()
    for root in roots {
      marks.append(.document)
      add(root, source, &leaves, &brackets)
    }
    let heads = leaves.compactMap { leaf -> (offset: Int, text: String)? in
      guard case .scalar(let scalar) = leaf.content, scalar.style.isBlock else { return nil }
      return CommentScan.comment(atHeadOf: leaf, in: source).map { (leaf.contentStart + 1, $0) }
    }
    let texts = (found.map { ($0.offset, $0.text) } + heads).sorted { $0.0 < $1.0 }
    var textCount = 0
    for (offset, text) in texts {
      while textCount < leaves.count && leaves[textCount].contentStart < offset { textCount += 1 }
      comments.append(Comment(textCount: textCount, bytes: Array(text.utf8)))
      otherTextCounts.append(Self.isBehindBracket(offset, source) ? brackets[source.line(of: offset)] ?? [] : [])
    }
  }

  /// By the line in which values in brackets end: the numbers of texts before each.
  private typealias Brackets = [Int: [Int]]

  /// Whether nothing but blanks and commas stands between a closing bracket and a comment.
  private static func isBehindBracket(_ offset: Int, _ source: LayoutSource) -> Bool {
    let lineStart = source.lines[source.line(of: offset)].lowerBound
    let last = source.bytes[lineStart..<offset].last { !LayoutSource.isBlank($0) && $0 != UInt8(ascii: ",") }
    return last == UInt8(ascii: "]") || last == UInt8(ascii: "}")
  }

  private mutating func add(
    _ node: PlacedNode, _ source: LayoutSource, _ leaves: inout [PlacedNode], _ brackets: inout Brackets
  ) {
    if let anchor = node.anchor { marks.append(.anchor(anchor)) }
    switch node.content {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain && ScalarWriting.isAmbiguous(scalar.text)
      let bytes = Array(scalar.text.utf8)
      marks.append(isPlain ? .plain(bytes) : .text(bytes))
      if !node.isNothing { leaves.append(node) }
    case .alias(let name):
      marks.append(.alias(name))
      leaves.append(node)
    case .sequence, .mapping:
      if node.hasBrackets { brackets[source.line(of: node.end - 1), default: []].append(leaves.count) }
      marks.append(node.isMapping ? .mapping : .list)
      for child in node.children { add(child, source, &leaves, &brackets) }
      marks.append(.end)
    }
  }

  /// What is not the same in a text that was laid out; nil where all is.
  func difference(from written: LayoutProof) -> String? {
    if marks != written.marks { return "its values would not be the same" }
    if comments == written.comments { return nil }
    var left: [Comment: Int] = [:]
    for comment in written.comments { left[comment, default: 0] += 1 }
    func take(_ comment: Comment) -> Bool {
      guard let count = left[comment], count > 0 else { return false }
      left[comment] = count - 1
      return true
    }
    for (comment, others) in zip(comments, otherTextCounts) where others.isEmpty && !take(comment) {
      return comment.sentence
    }
    for (comment, others) in zip(comments, otherTextCounts) where !others.isEmpty {
      let places = [comment.textCount] + others
      if !places.contains(where: { take(Comment(textCount: $0, bytes: comment.bytes)) }) {
        return comment.sentence
      }
    }
    return left.values.allSatisfy { $0 == 0 } ? nil : "there would be more comments"
  }
}
