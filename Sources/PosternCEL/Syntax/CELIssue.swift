// What is wrong with an expression, and where. Refuses nothing.

/// A mistake in an expression, found before it is evaluated.
public struct CELIssue: Error, Sendable, Hashable {
  /// The kinds of mistake.
  public enum Kind: String, Sendable, Hashable {
    /// Not the grammar of the language.
    case syntax
    /// A named limit of `CELLimits` is passed.
    case limit
    /// A name that nothing declares.
    case undeclared
    /// No overload of a function takes these types.
    case overload
    /// The type is not what the place asks for.
    case type
  }

  /// What kind of mistake it is.
  public let kind: Kind
  /// In lower case, without a full stop, the author's text in backticks.
  public let message: String
  /// What to do about it, where something useful can be said: "did you mean ...".
  public let help: String?
  /// UTF-8 bytes of the expression's text.
  public let range: Range<Int>

  public init(_ kind: Kind, _ message: String, at range: Range<Int>, help: String? = nil) {
    self.kind = kind
    self.message = message
    self.range = range
    self.help = help
  }
}

/// Bounds on what is read and evaluated, so that no expression can exhaust the process that reads it.
public enum CELLimits {
  /// Bytes of an expression.
  public static let byteCount = 100_000
  /// Levels of nesting, of parentheses as of operators.
  public static let depth = 250
  /// Levels of the tree, each link of a chain such as `a + b + c` or `a.b.c` counted: what recursion over a tree can meet.
  public static let height = 2_500
  /// Nodes of the tree, after macros.
  public static let nodeCount = 100_000
  /// Elements of one list or map literal.
  public static let elementCount = 20_000
  /// Elements that one evaluation visits or makes, and bytes of the texts that it makes.
  public static let evaluationSteps = 10_000_000
}
