// The words for what is wrong with a policy's documents, names and values, and the list of all ids.

extension Diagnostic {
  // MARK: documents

  static func missingOrganization(at span: Span) -> Diagnostic {
    Diagnostic(
      error: "missing-organization", "no document of kind `Organization` stands at the root of the tree", at: span,
      help: "write `organization.yaml` beside the top folders: `kind: Organization`, `name`, `loginProviders`")
  }

  static func duplicateOrganization(at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      error: "duplicate-organization", "a tree has one organization, and this is the second", at: span,
      notes: [Note(message: "the first is here", span: first)])
  }

  static func duplicateFolder(_ path: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      error: "duplicate-folder", "\(quoted(path)) has two documents of kind `Folder`", at: span,
      help: "a folder says what it has to say in one document", notes: [Note(message: "the first is here", span: first)]
    )
  }

  static func misplacedDocument(kind: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "misplaced-document",
      kind == "Folder"
        ? "a document of kind `Folder` cannot stand at the root of the tree"
        : "a document of kind \(quoted(kind)) can only stand at the root of the tree", at: span,
      help: kind == "Folder" ? "the root is the organization: write it there" : "move it beside `organization.yaml`")
  }

  static func treeTooDeep(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "tree-too-deep", "the app stands more than \(limit) levels below the organization", at: span,
      help: "an app has at most \(limit - 1) folders above it")
  }

  // MARK: names

  static func badName(_ what: String, _ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "bad-name", "\(quoted(text)) cannot be the name of \(article(what))", at: span,
      help: "a name begins with a letter or digit and goes on with letters, digits, `-`, `_` and `.`, all ASCII, "
        + "at most \(PolicyReader.nameByteLimit)")
  }

  static func badLevelName(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "bad-name", "\(quoted(text)) cannot be the name of an access level", at: span,
      help: "write a letter, then letters, digits and `_`; or `accessPolicies/NUMBER/accessLevels/NAME`")
  }

  static func duplicateName(_ what: String, _ text: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      error: "duplicate-name", "the \(what) \(quoted(text)) is here for the second time", at: span,
      notes: [Note(message: "the first is here", span: first)])
  }

  static func unknownApp(_ text: String, known: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      error: "unknown-app", "no app is called \(quoted(text))", at: span,
      help: NearestName.of(text, among: known).map { "did you mean \(quoted($0))?" })
  }

  static func unknownProvider(_ text: String, known: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      error: "unknown-provider", "no login provider is called \(quoted(text))", at: span,
      help: known.isEmpty ? "the organization declares none" : "it declares \(alternatives(known))")
  }

  private static func article(_ noun: String) -> String {
    (noun.first.map { "aeiou".contains($0) } ?? false) ? "an \(noun)" : "a \(noun)"
  }

  // MARK: values

  static func outOfRange(_ range: ClosedRange<UInt32>, at span: Span) -> Diagnostic {
    let least = durationText(range.lowerBound)
    return Diagnostic(
      error: "out-of-range",
      range.upperBound == .max
        ? "this must be at least \(least)" : "this must be \(least) to \(durationText(range.upperBound))", at: span)
  }

  /// `5m`, `12h`, `90s`.
  static func durationText(_ seconds: UInt32) -> String {
    if seconds > 0 && seconds % 3_600 == 0 { return "\(seconds / 3_600)h" }
    return seconds > 0 && seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s"
  }

  static func emptyList(_ key: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "empty-list", "\(quoted(key)) is empty", at: span, help: "list at least one, or leave the key out")
  }

  static func atMostOne(at span: Span) -> Diagnostic {
    Diagnostic(error: "at-most-one", "only one can stand here", at: span, help: "the API takes one")
  }

  static func exactlyOneKey(of keys: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      error: "exactly-one-key", "exactly one key must stand here", at: span, help: "write \(alternatives(keys))")
  }

  static func tooMany(_ what: String, limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "too-many", "an organization has at most \(limit) \(what), and this is one more", at: span)
  }

  static func secretInPolicy(_ key: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "secret-in-policy", "\(quoted(key)) is a secret, and secrets never stand in a policy tree", at: span,
      help: "give it to the gate's own configuration, and change it: whoever can read this file has read it")
  }

  static func notApplied(_ key: String, _ why: String, at span: Span) -> Diagnostic {
    Diagnostic(warning: "not-applied", "\(quoted(key)) is not applied: \(why)", at: span)
  }
}
