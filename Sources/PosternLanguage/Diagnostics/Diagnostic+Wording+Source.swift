// The words for what is wrong with files before anyone asks what they mean: folders, bytes, YAML.

extension Diagnostic {
  // MARK: folders and files

  static func unreadableFile(_ path: String, reason: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      error: "unreadable-file", "cannot read \(quoted(path)): \(reason)", at: span,
      help: "a policy tree is read whole or not at all: make the file readable, or take it out of the tree")
  }

  static func symlinkLoop(_ path: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "symlink-loop", "\(quoted(path)) leads back to a folder that it stands in", at: span,
      help: "remove the symbolic link")
  }

  static func foldersTooDeep(_ path: String, limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "folders-too-deep", "\(quoted(path)) stands below more than \(limit) folders", at: span,
      help: "a resource tree has at most \(Policy.depthLimit) levels")
  }

  static func badFileName(_ path: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "bad-file-name", "the name of \(quoted(path)) is not UTF-8 or has a control character", at: span,
      help: "rename the file: a report could not show where a rule stands")
  }

  static func documentTooLarge(byteLimit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "document-too-large", "the file is larger than \(byteText(byteLimit))", at: span,
      help: "split it into several files")
  }

  static func treeTooLarge(_ what: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      error: "tree-too-large", "the tree has more than \(what)", at: span,
      help: "the files from here on are not read: is this the folder that was meant?")
  }

  static func emptyTree(_ path: String) -> Diagnostic {
    Diagnostic(
      error: "empty-tree", "no policy file in \(quoted(path))", at: nil,
      help: "policy files end in `.yaml`, `.yml` or `.json`; names that begin with a dot are skipped")
  }

  static func emptyFile(at span: Span) -> Diagnostic {
    Diagnostic(
      error: "empty-file", "the file holds no document", at: span,
      help: "write a document with a `kind`, or remove the file; a rule that was lost must not go unnoticed")
  }

  // MARK: bytes

  static func invalidUTF8(byte: UInt8, at span: Span) -> Diagnostic {
    // A byte that is no character is at least 0x80: two digits.
    let digits = String(byte, radix: 16, uppercase: true)
    return Diagnostic(
      error: "invalid-utf-8", "byte 0x\(digits) does not belong to a UTF-8 character", at: span,
      help: "save the file as UTF-8")
  }

  static func controlCharacter(_ value: UInt32, at span: Span) -> Diagnostic {
    let reason = SourceText.refusal(value) ?? "is a control character"
    return Diagnostic(
      error: "control-character", "the character \(codePoint(value)) \(reason)", at: span,
      help: "remove it; readers of the file cannot see it, or see something else than the compiler does")
  }

  // MARK: YAML

  static func yamlSyntax(_ problem: String, isTab: Bool, at span: Span, notes: [Note]) -> Diagnostic {
    Diagnostic(
      error: "yaml-syntax", isTab ? "a tab cannot stand here" : problem, at: span,
      help: isTab ? "indent with spaces" : nil, notes: notes)
  }

  static func nestingTooDeep(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "nesting-too-deep", "the document is nested more than \(limit) levels deep", at: span,
      help: "no policy needs this; the rest of the file is not read")
  }

  static func aliasExpansion(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "alias-expansion", "the aliases of this file stand for more than \(limit) values", at: span,
      help: "write the values out, or put the people into a group")
  }

  static func unknownAlias(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "unknown-alias", "no anchor `&\(name)` stands before this alias in the document", at: span,
      help: "an anchor is good from its end to the end of its document")
  }

  static func mergeKey(at span: Span) -> Diagnostic {
    Diagnostic(
      error: "merge-key", "merge keys (`<<`) are not read", at: span,
      help: "write the keys out, or set them on the folder above: settings are inherited")
  }

  static func explicitTag(_ tag: String, at span: Span) -> Diagnostic {
    Diagnostic(
      error: "explicit-tag", "the tag \(quoted(tag)) is not read", at: span,
      help: "remove it: the field decides how its value is read")
  }

  static func complexKey(at span: Span) -> Diagnostic {
    Diagnostic(error: "complex-key", "a key must be a text", at: span, help: "found a list or a mapping as a key")
  }
}
