// Reads the RE2 syntax of regular expressions into a tree. Refuses what RE2 refuses, and says by name what RE2 leaves
// out (backreferences, lookaround, `\C`); also scripts without a table, and more nesting than `CELLimits.depth`.

/// Reads one regular expression; `parse` is the way in.
struct RegexParser {
  /// The flags that `(?ims)` sets; `U` and laziness change no answer to "does it match?".
  struct Flags: Sendable, Hashable {
    var ignoresCase = false
    var isMultiLine = false
    var dotMatchesNewline = false
  }

  /// What has been read of a concatenation.
  struct Piece {
    var node: RegexNode
    /// How often counted repetitions inside repeat an atom at most.
    var repeatCount = 1
    /// Whether the last thing applied was a quantifier, on which another cannot stand.
    var isQuantified = false
  }

  let scalars: [UInt32]
  var index = 0
  var flags = Flags()
  var depth = 0
  var groupNames: Set<String> = []
  /// What classes have cost so far, in ranges.
  var classCost = 0
  var atomCount = 0

  private init(_ pattern: String) { scalars = pattern.unicodeScalars.map(\.value) }

  /// The tree of a pattern.
  static func parse(_ pattern: String) throws(CELError) -> RegexNode {
    guard pattern.utf8.count <= RegexLimits.patternByteCount else {
      throw CELError(.limit, "the regular expression is longer than \(RegexLimits.patternByteCount) bytes")
    }
    var parser = RegexParser(pattern)
    let piece = try parser.alternation()
    guard parser.atEnd else { throw parser.error("unexpected `)`") }
    return piece.node
  }

  /// Everything up to a `)` or the end.
  mutating func alternation() throws(CELError) -> Piece {
    var branches: [RegexNode] = []
    var repeatCount = 1
    repeat {
      let branch = try concatenation()
      branches.append(branch.node)
      repeatCount = max(repeatCount, branch.repeatCount)
    } while take("|")
    return Piece(node: branches.count == 1 ? branches[0] : .alternation(branches), repeatCount: repeatCount)
  }

  private mutating func concatenation() throws(CELError) -> Piece {
    var pieces: [Piece] = []
    while let next = peek(), next != "|", next != ")" {
      try item(after: &pieces)
    }
    let nodes = pieces.map(\.node).filter { $0 != .empty }
    let node: RegexNode = nodes.isEmpty ? .empty : nodes.count == 1 ? nodes[0] : .concatenation(nodes)
    return Piece(node: node, repeatCount: pieces.map(\.repeatCount).max() ?? 1)
  }

  private mutating func item(after pieces: inout [Piece]) throws(CELError) {
    let start = index
    if let bounds = try quantifier() {
      try apply(bounds, to: &pieces, from: start)
    } else if sees("(?") {
      if let piece = try perlGroup() { try add(piece, to: &pieces) }
    } else if takes("\\Q") {
      for node in quotedLiterals() { try add(Piece(node: node), to: &pieces) }
    } else if take("(") {
      try add(group(from: start), to: &pieces)
    } else {
      try add(Piece(node: atom()), to: &pieces)
    }
  }

  private mutating func add(_ piece: Piece, to pieces: inout [Piece]) throws(CELError) {
    atomCount += 1
    guard atomCount <= RegexLimits.instructionCount else { throw RegexLimits.tooManyInstructions }
    pieces.append(piece)
  }

  /// One character, class or assertion.
  private mutating func atom() throws(CELError) -> RegexNode {
    if takes("[") { return .codePoint(try bracketClass()) }
    if takes("\\") { return try escape() }
    switch next() {
    case 0x2E: return .codePoint(flags.dotMatchesNewline ? .all : CodePointSet.newline.inverted)
    case 0x5E: return .assertion(flags.isMultiLine ? .beginLine : .beginText)
    case 0x24: return .assertion(flags.isMultiLine ? .endLine : .endText)
    case let scalar: return .codePoint(literal(scalar))
    }
  }

  /// A character, with those that differ in case only where case is ignored.
  func literal(_ scalar: UInt32) -> CodePointSet {
    flags.ignoresCase ? CaseOrbits.folded(CodePointSet(scalar)) : CodePointSet(scalar)
  }

  private mutating func quotedLiterals() -> [RegexNode] {
    var nodes: [RegexNode] = []
    while !atEnd, !takes("\\E") { nodes.append(.codePoint(literal(next()))) }
    return nodes
  }
}

extension RegexParser {
  var atEnd: Bool { index == scalars.count }

  func peek() -> Unicode.Scalar? { atEnd ? nil : Unicode.Scalar(scalars[index]) }

  /// Steps over one character; there must be one.
  mutating func next() -> UInt32 {
    index += 1
    return scalars[index - 1]
  }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek() == scalar else { return false }
    index += 1
    return true
  }

  /// Whether `text` is next.
  func sees(_ text: String) -> Bool {
    var position = index
    for scalar in text.unicodeScalars {
      guard position < scalars.count, scalars[position] == scalar.value else { return false }
      position += 1
    }
    return true
  }

  /// Steps over `text` where it is next.
  mutating func takes(_ text: String) -> Bool {
    guard sees(text) else { return false }
    index += text.unicodeScalars.count
    return true
  }

  /// The text from `start` to where the parser stands, cut where it is long.
  func text(from start: Int) -> String {
    var text = ""
    for scalar in scalars[start..<index].prefix(40).compactMap(Unicode.Scalar.init) {
      text.unicodeScalars.append(scalar)
    }
    return index - start > 40 ? text + "..." : text
  }

  func error(_ reason: String) -> CELError {
    CELError(.invalidArgument, "invalid regular expression: \(reason)")
  }

  /// Counts what a class costs to make.
  mutating func spend(_ set: CodePointSet) throws(CELError) -> CodePointSet {
    classCost += set.ranges.count + (flags.ignoresCase && set.count > 256 ? RegexLimits.foldingCost : 0)
    guard classCost <= RegexLimits.classRangeCount else {
      throw CELError(
        .limit, "the classes of the regular expression have more than \(RegexLimits.classRangeCount) ranges")
    }
    return set
  }
}
