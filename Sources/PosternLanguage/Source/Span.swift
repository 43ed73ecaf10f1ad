// Where in the policy tree a value stands. Refuses nothing: a span is what the YAML parser said.

/// A place in a policy tree: a file and a half-open range of it.
public struct Span: Hashable, Sendable {
  /// Index into `Policy.files`, or into the files of the reading that made it.
  public var fileIndex: Int32
  /// Lines and columns count from 1; columns count Unicode scalars, as editors do.
  public var startLine: Int32
  /// The column of the first character.
  public var startColumn: Int32
  /// The line of the last character.
  public var endLine: Int32
  /// The column after the last character.
  public var endColumn: Int32

  public init(fileIndex: Int32, startLine: Int32, startColumn: Int32, endLine: Int32, endColumn: Int32) {
    self.fileIndex = fileIndex
    self.startLine = startLine
    self.startColumn = startColumn
    self.endLine = endLine
    self.endColumn = endColumn
  }
}

/// A value with the place that it comes from.
public struct Sourced<Value> {
  /// The value.
  public var value: Value
  /// Where it is written.
  public var span: Span

  public init(_ value: Value, at span: Span) {
    self.value = value
    self.span = span
  }
}

extension Sourced: Sendable where Value: Sendable {}
extension Sourced: Equatable where Value: Equatable {}
extension Sourced: Hashable where Value: Hashable {}

/// One file of a policy tree.
public struct SourceFile: Sendable {
  /// Path below the tree's root, with `/`; never absolute, so that a bundle does not depend on where it was made.
  public let path: String
  /// The file's bytes as read.
  public let bytes: [UInt8]
  /// Where its lines begin, once somebody asks.
  let lineStarts = LineStarts()

  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}
