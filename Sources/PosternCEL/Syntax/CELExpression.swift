// The tree of an expression after its macros: what the parser makes, the checker types and the evaluator and the compiler walk.
// Refuses nothing; what cannot be said in the Common Expression Language has no node.

/// A node of a parsed expression.
public struct CELExpression: Sendable {
  /// Counts from 0 in the order in which nodes were made; unique within one parse.
  public let id: Int
  /// The UTF-8 bytes of the expression's text that the node was written as; of a macro, the whole call.
  public let range: Range<Int>
  /// What the node is.
  public let kind: Kind

  public init(id: Int, range: Range<Int>, kind: Kind) {
    self.id = id
    self.range = range
    self.kind = kind
  }

  /// What a node is.
  public indirect enum Kind: Sendable {
    /// A literal: null, bool, int, uint, double, string or bytes.
    case constant(CELValue)
    /// A name without dots. `isAbsolute`: written with a leading dot, so that no container and no comprehension variable is
    /// tried for it.
    case identifier(String, isAbsolute: Bool)
    /// `operand.field`, and `operand.?field` where `isOptional`; a quoted field stands without its backticks. Also each
    /// step of a qualified name: whether `a.b` names a variable is the checker's and the evaluator's question.
    case select(operand: CELExpression, field: String, isOptional: Bool)
    /// `has(operand.field)`.
    case has(operand: CELExpression, field: String)
    /// A function, a method (with its target) or an operator (named as in `CELOperator`).
    case call(function: String, target: CELExpression?, arguments: [CELExpression])
    case list([Element])
    case map([Entry])
    /// `Name{field: value}`: read so that it can be refused where it stands; messages are out of scope.
    case message(name: String, fields: [(name: String, value: CELExpression)])
    case comprehension(Comprehension)
    /// `cel.bind(name, value, body)`: `value` is computed at most once, when `body` first asks for it.
    case bind(name: String, value: CELExpression, body: CELExpression)
  }

  /// An element of a list literal; an optional one (`[?x]`) is left out where it is `optional.none()`.
  public struct Element: Sendable {
    /// The element itself.
    public let value: CELExpression
    /// Whether it is left out where it is `optional.none()`.
    public let isOptional: Bool

    public init(value: CELExpression, isOptional: Bool) {
      self.value = value
      self.isOptional = isOptional
    }
  }

  /// An entry of a map literal; an optional one (`{?k: x}`) is left out where it is `optional.none()`.
  public struct Entry: Sendable {
    /// The key of the entry.
    public let key: CELExpression
    /// The value of the entry.
    public let value: CELExpression
    /// Whether it is left out where it is `optional.none()`.
    public let isOptional: Bool

    public init(key: CELExpression, value: CELExpression, isOptional: Bool) {
      self.key = key
      self.value = value
      self.isOptional = isOptional
    }
  }

  /// A macro over the elements of a list, or the keys of a map.
  public struct Comprehension: Sendable {
    /// The macro.
    public enum Kind: Sendable, Hashable {
      /// Folds with `&&`, errors absorbed.
      case all
      /// Folds with `||`, errors absorbed.
      case exists
      /// Counts; an error is the result.
      case existsOne
      /// The elements for which the predicate holds.
      case filter
      /// A list of the transformed elements for which the predicate, if there is one, holds; `transformList` is the same.
      case map
      /// A map of the same keys with the transformed values.
      case transformMap
      /// A map of what the transform, a map of one entry, says.
      case transformMapEntry
    }

    /// Which macro it is.
    public let kind: Kind
    /// The list or map whose elements are visited.
    public let range: CELExpression
    /// One name (element, or key), or two: index and element, key and value.
    public let variables: [String]
    /// nil in a map without a condition.
    public let predicate: CELExpression?
    /// nil where the kind has none.
    public let transform: CELExpression?

    public init(
      kind: Kind, range: CELExpression, variables: [String], predicate: CELExpression?, transform: CELExpression?
    ) {
      self.kind = kind
      self.range = range
      self.variables = variables
      self.predicate = predicate
      self.transform = transform
    }
  }
}

/// The names of operators as functions, those of the CEL project's own syntax tree.
public enum CELOperator {
  /// `condition ? first : second`.
  public static let conditional = "_?_:_"
  /// `left && right`.
  public static let and = "_&&_"
  /// `left || right`.
  public static let or = "_||_"
  /// `!operand`.
  public static let not = "!_"
  /// `-operand`.
  public static let negate = "-_"
  /// `left == right`.
  public static let equals = "_==_"
  /// `left != right`.
  public static let notEquals = "_!=_"
  /// `left < right`.
  public static let less = "_<_"
  /// `left <= right`.
  public static let lessOrEqual = "_<=_"
  /// `left > right`.
  public static let greater = "_>_"
  /// `left >= right`.
  public static let greaterOrEqual = "_>=_"
  /// `left + right`.
  public static let add = "_+_"
  /// `left - right`.
  public static let subtract = "_-_"
  /// `left * right`.
  public static let multiply = "_*_"
  /// `left / right`.
  public static let divide = "_/_"
  /// `left % right`.
  public static let remainder = "_%_"
  /// `item in container`.
  public static let `in` = "@in"
  /// `container[key]`.
  public static let index = "_[_]"
  /// `container[?key]`.
  public static let optionalIndex = "_[?_]"
}
