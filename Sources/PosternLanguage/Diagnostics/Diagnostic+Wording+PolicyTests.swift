// The words for Test documents and request files.

extension Diagnostic {
  static func factWrittenTwice(_ key: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      error: "fact-written-twice", "\(quoted(key)) stands beside `url`, which says it too", at: span,
      help: "write either `url` or its parts", notes: [Note(message: "`url` is here", span: first)])
  }

  static func secondDocument(at span: Span) -> Diagnostic {
    Diagnostic(error: "second-document", "a request file holds one request, and this is another", at: span)
  }
}
