// Where something stands in the tree, as it is told to people. Refuses nothing: a span is what the parser said.

internal import PosternLanguage

/// A file with a line and a column, as the reader finds it from where they are.
public struct TreePlace: Hashable, Sendable {
  /// The file's path.
  public let file: String
  /// The line, from 1.
  public let line: Int
  /// The column, from 1, in Unicode scalars.
  public let column: Int

  init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  init(_ span: Span, in policy: Policy, pathPrefix: String) {
    file = pathPrefix + policy.files[Int(span.fileIndex)].path
    line = Int(span.startLine)
    column = Int(span.startColumn)
  }

  /// `policies/finance/payroll.test.yaml:3:5`.
  public var text: String { "\(file):\(line):\(column)" }

  var json: JSONValue {
    .object(["file": .string(file), "line": .integer(Int64(line)), "column": .integer(Int64(column))])
  }
}
