// The tree of a regular expression, as far as the question "does it match?" tells expressions apart: captures, and
// whether a quantifier is greedy, are gone. Refuses nothing.

/// A regular expression as a tree; its depth is bounded by `CELLimits.depth`, about twice over.
indirect enum RegexNode: Sendable, Hashable {
  /// Matches the empty text.
  case empty
  /// Matches one code point of the set.
  case codePoint(CodePointSet)
  /// Matches the empty text where the assertion holds.
  case assertion(RegexAssertion)
  case concatenation([RegexNode])
  case alternation([RegexNode])
  /// nil is without a bound.
  case repetition(RegexNode, minimum: Int, maximum: Int?)
}

/// What an expression may ask of the place between two characters; as a set, what holds there.
struct RegexAssertion: OptionSet, Sendable, Hashable {
  let rawValue: UInt8

  /// `\A`, and `^` outside of multi-line mode.
  static let beginText = RegexAssertion(rawValue: 1)
  /// `\z`, and `$` outside of multi-line mode.
  static let endText = RegexAssertion(rawValue: 2)
  /// `(?m)^`.
  static let beginLine = RegexAssertion(rawValue: 4)
  /// `(?m)$`.
  static let endLine = RegexAssertion(rawValue: 8)
  /// `\b`, of ASCII words.
  static let wordBoundary = RegexAssertion(rawValue: 16)
  /// `\B`.
  static let noWordBoundary = RegexAssertion(rawValue: 32)
}

/// What stands before a place in the text, as far as assertions ask.
enum RegexPreceding: UInt8, Sendable, Hashable {
  case start
  case newline
  case word
  case other

  init(_ byte: UInt8) {
    self = byte == 0x0A ? .newline : RegexFollowing.isWord(byte) ? .word : .other
  }
}

/// What stands after a place in the text, as far as assertions ask.
enum RegexFollowing: UInt8, Sendable, Hashable, CaseIterable {
  case end
  case newline
  case word
  /// A byte inside a character: no place between two characters.
  case continuation
  case other

  init(_ byte: UInt8) {
    switch byte {
    case 0x0A: self = .newline
    case 0x80...0xBF: self = .continuation
    default: self = Self.isWord(byte) ? .word : .other
    }
  }

  static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
    default: false
    }
  }
}

extension RegexAssertion {
  /// The assertions that hold between what precedes and what follows.
  init(after preceding: RegexPreceding, before following: RegexFollowing) {
    self = []
    guard following != .continuation else { return }
    if preceding == .start { formUnion([.beginText, .beginLine]) }
    if preceding == .newline { insert(.beginLine) }
    if following == .end { formUnion([.endText, .endLine]) }
    if following == .newline { insert(.endLine) }
    insert((preceding == .word) == (following == .word) ? .noWordBoundary : .wordBoundary)
  }
}
