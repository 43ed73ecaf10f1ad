// Every id that a diagnostic may have, with the sentence that its page in docs/diagnostics begins with.
// A test holds this table, the pages and the wording files equal.

extension Diagnostic {
  /// Every id, in byte order.
  public static let catalogue: [(id: String, summary: String)] =
    (sourceCatalogue + policyCatalogue).sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }

  /// Every id, in byte order, without the sentences.
  public static let allIDs = catalogue.map(\.id)

  /// The ids of the sources and their reading, and of what only compiling or review finds, in byte order.
  static let sourceCatalogue: [(id: String, summary: String)] = [
    ("alias-expansion", "The aliases of a file stand for more values than a policy could need."),
    ("bad-boolean", "A switch is written as something else than `true` or `false`."),
    ("bad-duration", "A duration is not written as whole numbers with units."),
    ("bad-file-name", "The name of a file or folder cannot be shown in a report."),
    ("bad-integer", "A number is not written in decimal digits alone, or is too large."),
    ("bad-time", "An instant is written neither as RFC 3339 does nor as a distance from now."),
    ("budget-exceeded", "A request to an app may cost more than the organization's budget allows."),
    ("complex-key", "A list or a mapping is used as a key."),
    ("condition-not-bounded", "A condition has a part whose cost nothing bounds."),
    ("control-character", "A file holds a character that its readers cannot see."),
    ("document-too-large", "A file is larger than a policy file may be."),
    ("duplicate-key", "A mapping has the same key twice."),
    ("empty-file", "A file of the tree holds no document."),
    ("empty-tree", "The folder has no policy file."),
    ("explicit-tag", "A value has a YAML tag."),
    ("folders-too-deep", "Folders are nested deeper than a resource tree can be."),
    ("guard-broken", "An app does what a guard of the organization says must never be."),
    ("guard-not-proven", "A guard of the organization could be neither proved of an app nor refuted."),
    ("invalid-utf-8", "A file has bytes that are not UTF-8."),
    ("merge-key", "A mapping uses the merge key `<<`."),
    ("missing-key", "A key that must be written is not."),
    ("missing-kind", "A document does not say what it is."),
    ("nesting-too-deep", "Lists and mappings are nested deeper than a policy could need."),
    ("symlink-loop", "A symbolic link leads back to a folder that it stands in."),
    ("tree-too-large", "The folder has more files, or more bytes, than a policy tree may have."),
    ("unknown-alias", "An alias has no anchor before it."),
    ("unknown-key", "A mapping has a key that means nothing there."),
    ("unknown-kind", "A document is of a kind that does not exist."),
    ("unknown-value", "A word is none of those that its field takes."),
    ("unreadable-file", "A file or folder of the tree cannot be read."),
    ("wrong-type", "A value is of another type than its field."),
    ("yaml-syntax", "A file is not YAML."),
  ]
}
