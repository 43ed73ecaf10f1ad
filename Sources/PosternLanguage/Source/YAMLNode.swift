// A YAML document as people wrote it: scalars unread, every node with its place. What the tags and plain scalars of
// YAML would make of a value is not asked: the field that reads it decides (docs/language.md, "Scalars").

/// A node of a YAML document; aliases are already replaced by what they stand for.
public struct YAMLNode: Sendable {
  /// What the node holds.
  public var content: Content
  /// Where the node is written.
  public var span: Span

  /// What a node can hold.
  public enum Content: Sendable {
    case scalar(Scalar)
    case sequence([YAMLNode])
    /// In file order, duplicates and all; the reader reports them.
    case mapping([Entry])
  }

  /// A scalar as written, escapes resolved.
  public struct Scalar: Sendable {
    /// How a scalar is quoted.
    public enum Style: Sendable { case plain, singleQuoted, doubleQuoted, literal, folded }
    /// The scalar's text.
    public var text: String
    /// How it is quoted.
    public var style: Style

    public init(text: String, style: Style) {
      self.text = text
      self.style = style
    }
  }

  /// One pair of a mapping.
  public struct Entry: Sendable {
    /// The key, which may be any node.
    public var key: YAMLNode
    /// The value.
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
