// A condition as it is written, with what reading it came to. Refuses nothing: a condition with mistakes is carried
// without a reading, and the tree that holds it is refused.

/// An expression that must hold before a binding grants or a deny rule denies; `docs/language.md`, "Conditions".
public struct Condition: Sendable {
  /// The condition's title.
  public var title: String
  /// The condition's text.
  public var expression: Sourced<String>
  /// The expression as it was read; nil where it has mistakes, or stands where it grants nothing.
  public var reading: ConditionExpression?
  /// The file that the text stands in, for the places of its parts.
  var file: SourceFile?

  public init(title: String, expression: Sourced<String>, reading: ConditionExpression? = nil) {
    self.title = title
    self.expression = expression
    self.reading = reading
  }

  /// Where a part of the expression, in UTF-8 bytes of its text, is written; all of it where its source is not known.
  public func span(of range: Range<Int>) -> Span {
    expression.span(of: range, in: file)
  }
}
