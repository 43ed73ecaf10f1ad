// A report for programs, as JSON of our own: `schema/report.schema.json` describes it.

extension Report {
  /// One object; its keys never change their order or meaning.
  public var json: JSONValue {
    .object([
      "diagnostics": .array(diagnostics.map(object)),
      "errorCount": .integer(Int64(errorCount)),
      "warningCount": .integer(Int64(warningCount)),
    ])
  }

  private func object(_ diagnostic: Diagnostic) -> JSONValue {
    .object([
      "id": .string(diagnostic.id),
      "severity": .string(diagnostic.severity.rawValue),
      "message": .string(diagnostic.message),
      "place": diagnostic.span.map(place),
      "help": diagnostic.help.map { .string($0) },
      "notes": .array(diagnostic.notes.map(object)),
    ])
  }

  private func object(_ note: Diagnostic.Note) -> JSONValue {
    .object(["message": .string(note.message), "place": place(note.span)])
  }

  private func place(_ span: Span) -> JSONValue {
    .object([
      "file": .string(path(of: span)),
      "startLine": .integer(Int64(span.startLine)),
      "startColumn": .integer(Int64(span.startColumn)),
      "endLine": .integer(Int64(span.endLine)),
      "endColumn": .integer(Int64(span.endColumn)),
    ])
  }
}
