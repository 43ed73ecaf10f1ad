// A YAML document as people wrote it: scalars unread, every node with its place. What the tags and plain scalars of
// YAML would make of a value is not asked: the field that reads it decides (docs/language.md, "Scalars").

/// A node of a YAML document; aliases are already replaced by what they stand for.
public struct YAMLNode: Sendable {
  public var content: Content
  public var span: Span

  public enum Content: Sendable {
    case scalar(Scalar)
    case sequence([YAMLNode])
    /// In file order, duplicates and all; the reader reports them.
    case mapping([Entry])
  }

  public struct Scalar: Sendable {
    public enum Style: Sendable { case plain, singleQuoted, doubleQuoted, literal, folded }
    public var text: String
    public var style: Style

    public init(text: String, style: Style) {
      self.text = text
      self.style = style
    }
  }

  public struct Entry: Sendable {
    public var key: YAMLNode
    public var value: YAMLNode

    public init(key: YAMLNode, value: YAMLNode) {
      self.key = key
      self.value = value
    }
  }

  public init(content: Content, span: Span) {
    self.content = content
    self.span = span
  }
}
