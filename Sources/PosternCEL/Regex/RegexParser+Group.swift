// Groups, flags and quantifiers of regular expressions. Refuses lookaround, backreferences by name and other syntax of
// Perl that RE2 leaves out; names that are repeated; quantifiers on quantifiers; repetition more than 1000 times in
// all.

extension RegexParser {
  /// The bounds of a quantifier.
  struct Bounds {
    let minimum: Int
    let maximum: Int?
  }

  /// RE2's bound on counts, and on the product of counts that are nested.
  static let repeatLimit = 1000

  /// Syntax after `(?` that RE2 leaves out, longest first.
  private static let unsupportedGroups: [(prefix: String, name: String)] = [
    ("(?=", "lookahead `(?=`"), ("(?!", "lookahead `(?!`"), ("(?<=", "lookbehind `(?<=`"),
    ("(?<!", "lookbehind `(?<!`"),
    ("(?P=", "a backreference `(?P=`"), ("(?P>", "recursion `(?P>`"), ("(?>", "an atomic group `(?>`"),
    ("(?#", "a comment `(?#`"), ("(?(", "a condition `(?(`"), ("(?|", "a branch reset `(?|`"),
    ("(?R", "recursion `(?R`"),
  ]

  /// What follows an opening parenthesis that is read, with its closing one.
  mutating func group(from start: Int) throws(CELError) -> Piece {
    let outer = flags
    depth += 1
    guard depth <= CELLimits.depth else {
      throw CELError(.limit, "the regular expression nests more than \(CELLimits.depth) groups")
    }
    let piece = try alternation()
    guard take(")") else { throw error("missing `)` for `\(text(from: start))`") }
    depth -= 1
    flags = outer
    return piece
  }

  /// A group whose `(?` is next; nil where it only sets flags.
  mutating func perlGroup() throws(CELError) -> Piece? {
    let start = index
    for (prefix, name) in Self.unsupportedGroups where sees(prefix) {
      throw error("\(name) is not supported, as in RE2")
    }
    if takes("(?P<") || takes("(?<") {
      try groupName(from: start)
      return try group(from: start)
    }
    _ = takes("(?")
    let outer = flags
    guard try setFlags(from: start) else { return nil }
    let piece = try group(from: start)
    flags = outer
    return piece
  }

  private mutating func groupName(from start: Int) throws(CELError) {
    var name = ""
    while let scalar = peek(), scalar.isASCII, RegexFollowing.isWord(UInt8(scalar.value)) {
      name.unicodeScalars.append(scalar)
      index += 1
    }
    let isClosed = take(">")
    guard isClosed, !name.isEmpty else {
      if !isClosed, !atEnd { index += 1 }
      throw error("invalid group name in `\(text(from: start))`")
    }
    guard groupNames.insert(name).inserted else { throw error("the group name `\(name)` is used twice") }
  }

  /// Reads flags up to `:` (true: a group follows) or `)`, and sets them.
  private mutating func setFlags(from start: Int) throws(CELError) -> Bool {
    var isSetting = true
    var sawFlag = true
    while !atEnd {
      let scalar = Unicode.Scalar(next())
      switch scalar {
      case "i": flags.ignoresCase = isSetting
      case "m": flags.isMultiLine = isSetting
      case "s": flags.dotMatchesNewline = isSetting
      case "U": break
      case "-" where isSetting:
        (isSetting, sawFlag) = (false, false)
        continue
      case ":" where sawFlag, ")" where sawFlag: return scalar == ":"
      default: throw error("invalid or unsupported group `\(text(from: start))`")
      }
      sawFlag = true
    }
    throw error("missing `)` for `\(text(from: start))`")
  }

  /// A quantifier with its mark of laziness; nil where none is next. A brace that begins none is a character.
  mutating func quantifier() throws(CELError) -> Bounds? {
    let start = index
    let bounds: Bounds?
    if take("*") {
      bounds = Bounds(minimum: 0, maximum: nil)
    } else if take("+") {
      bounds = Bounds(minimum: 1, maximum: nil)
    } else if take("?") {
      bounds = Bounds(minimum: 0, maximum: 1)
    } else {
      bounds = try countedQuantifier()
    }
    guard let bounds else {
      index = start
      return nil
    }
    _ = take("?")
    return bounds
  }

  private mutating func countedQuantifier() throws(CELError) -> Bounds? {
    let start = index
    guard take("{"), let minimum = count() else { return nil }
    var maximum: Int? = minimum
    if take(",") {
      maximum = nil
      if peek() != "}" {
        guard let count = count() else { return nil }
        maximum = count
      }
    }
    guard take("}") else { return nil }
    guard minimum <= Self.repeatLimit, maximum.map({ (minimum...Self.repeatLimit).contains($0) }) ?? true else {
      throw error("invalid repeat count `\(text(from: start))`; counts are ordered and at most \(Self.repeatLimit)")
    }
    return Bounds(minimum: minimum, maximum: maximum)
  }

  /// Decimal digits without leading zeros; counts past the limit are all one.
  private mutating func count() -> Int? {
    let start = index
    var value = 0
    while let scalar = peek(), ("0"..."9").contains(scalar) {
      value = min(value * 10 + Int(scalar.value - 0x30), Self.repeatLimit + 1)
      index += 1
    }
    guard index > start, index == start + 1 || scalars[start] != 0x30 else { return nil }
    return value
  }

  func apply(_ bounds: Bounds, to pieces: inout [Piece], from start: Int) throws(CELError) {
    guard let last = pieces.last else { throw error("nothing to repeat before `\(text(from: start))`") }
    guard !last.isQuantified else {
      throw error("the quantifier `\(text(from: start))` stands on another quantifier; group what it repeats")
    }
    let times = max(bounds.maximum ?? bounds.minimum, 1)
    guard last.repeatCount * times <= Self.repeatLimit else {
      throw error("`\(text(from: start))` makes nested repetition more than \(Self.repeatLimit) times")
    }
    let isEmpty = last.node == .empty || bounds.maximum == 0
    let node = RegexNode.repetition(last.node, minimum: bounds.minimum, maximum: bounds.maximum)
    pieces[pieces.count - 1] = Piece(
      node: isEmpty ? .empty : node, repeatCount: last.repeatCount * times, isQuantified: true)
  }
}
