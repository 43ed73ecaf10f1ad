// The words that every reader of a mapping uses: keys, and values of the wrong type.

extension Diagnostic {
  // MARK: keys

  static func unknownKey(_ key: String, of owner: String, known: [String], at span: Span) -> Diagnostic {
    let nearest = NearestName.of(key, among: known)
    return Diagnostic(
      error: "unknown-key", "unknown key \(quoted(key)) in \(owner)", at: span,
      help: nearest.map { "did you mean \(quoted($0))?" } ?? listed("keys", known))
  }

  static func duplicateKey(_ key: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      error: "duplicate-key", "the key \(quoted(key)) is written twice", at: span, help: "keep one of the two",
      notes: [Note(message: "first written here", span: first)])
  }

  static func missingKey(_ key: String, of owner: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "missing-key", "the key \(quoted(key)) is missing in \(owner)", at: span,
      help: "write \(quoted(key + ": ..."))")
  }

  static func missingKind(known: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      error: "missing-kind", "the document does not say what it is", at: span,
      help: "begin it with `kind:` and \(alternatives(known))")
  }

  static func unknownKind(_ kind: String, known: [String], at span: Span) -> Diagnostic {
    let nearest = NearestName.of(kind, among: known)
    return Diagnostic(
      error: "unknown-kind", "unknown kind \(quoted(kind))", at: span,
      help: nearest.map { "did you mean \(quoted($0))?" } ?? listed("kinds", known))
  }

  // MARK: values

  static func wrongType(of node: YAMLNode, expected: String) -> Diagnostic {
    Diagnostic(error: "wrong-type", "expected \(expected), found \(found(node))", at: node.span)
  }

  static func unknownValue(_ value: String, known: [String], at span: Span) -> Diagnostic {
    let nearest = NearestName.of(value, among: known)
    return Diagnostic(
      error: "unknown-value", "\(quoted(value)) is none of the values that may stand here", at: span,
      help: nearest.map { "did you mean \(quoted($0))?" } ?? listed("values", known))
  }

  static func badDuration(_ text: String, _ fault: DurationFault, at span: Span) -> Diagnostic {
    Diagnostic(error: "bad-duration", "\(quoted(text)) \(fault.problem)", at: span, help: fault.help)
  }

  static func badBoolean(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "bad-boolean", "\(quoted(text)) is neither `true` nor `false`", at: span,
      help: booleanWords[text.lowercased()].map { "write `\($0)`" } ?? "write `true` or `false`")
  }

  static func badInteger(_ text: String, limit: UInt32, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "bad-integer", "\(quoted(text)) is not a whole number from 0 to \(limit)", at: span,
      help: "write decimal digits alone, without a leading zero")
  }

  static func badTime(_ text: String, expected: String, at span: Span) -> Diagnostic {
    Diagnostic(error: "bad-time", "\(quoted(text)) is not a time", at: span, help: "write \(expected)")
  }

  /// What other YAML readers take for a boolean.
  private static let booleanWords: [String: Bool] = [
    "true": true, "yes": true, "y": true, "on": true, "1": true,
    "false": false, "no": false, "n": false, "off": false, "0": false,
  ]

  /// A value by its type, as a message names it.
  private static func found(_ node: YAMLNode) -> String {
    switch node.content {
    case .mapping: return "a mapping"
    case .sequence: return "a list"
    case .scalar(let scalar):
      guard !scalar.text.isEmpty else { return scalar.style == .plain ? "nothing" : "an empty text" }
      return scalar.style == .plain ? quoted(scalar.text) : "the quoted text \(quoted(scalar.text))"
    }
  }

  private static func listed(_ what: String, _ known: [String]) -> String {
    "the \(what) are " + known.map(quoted).joined(separator: ", ")
  }
}
