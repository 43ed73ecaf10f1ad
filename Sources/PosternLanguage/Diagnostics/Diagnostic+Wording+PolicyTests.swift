// The words for Test documents and request files.

extension Diagnostic {
  static func factWrittenTwice(_ key: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      error: "fact-written-twice", "\(quoted(key)) stands beside `url`, which says it too", at: span,
      help: "write either `url` or its parts", notes: [Note(message: "`url` is here", span: first)])
  }

  static func unknownAxis(_ name: String, known: [String], at span: Span) -> Diagnostic {
    let nearest = NearestName.of(name, among: known)
    return Diagnostic(
      error: "unknown-axis", "no axis gives a value for \(quoted("${" + name + "}"))", at: span,
      help: nearest.map { "did you mean \(quoted("${" + $0 + "}"))?" } ?? "add it to `axes`, in every row")
  }

  static func axisNotUsed(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "axis-not-used", "no text of the case has the axis \(quoted(name)), so that its cases are all the same",
      at: span, help: "write \(quoted("${" + name + "}")) where its values belong, or remove the axis")
  }

  static func tableTooLarge(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "table-too-large", "the axes stand for more than \(limit) cases", at: span,
      help: "split the table, or put values that belong together into rows of one axis")
  }

  static func secondDocument(at span: Span) -> Diagnostic {
    Diagnostic(error: "second-document", "a request file holds one request, and this is another", at: span)
  }
}
