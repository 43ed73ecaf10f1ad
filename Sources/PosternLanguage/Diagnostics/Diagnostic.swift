// One mistake, as data: an id that never changes, a place, words that may.
// All words stand in `Diagnostic+Wording*.swift`.

/// What is wrong with a policy tree, and where.
public struct Diagnostic: Error, Hashable, Sendable {
  /// Whether a mistake keeps the tree from compiling.
  public enum Severity: String, Sendable { case error, warning }

  /// A remark on another place that the mistake has to do with.
  public struct Note: Hashable, Sendable {
    /// What is to be said of the other place.
    public var message: String
    /// The other place.
    public var span: Span

    public init(message: String, span: Span) {
      self.message = message
      self.span = span
    }
  }

  /// Stable, kebab-case; `docs/diagnostics/<id>.md` explains it.
  public var id: String
  /// An error keeps the tree from compiling, a warning does not.
  public var severity: Severity
  /// Lower case, no full stop, the author's text in backticks.
  public var message: String
  /// nil where no file can be shown, as for an empty tree.
  public var span: Span?
  /// What to write instead.
  public var help: String?
  /// Other places that the mistake has to do with.
  public var notes: [Note]

  public init(
    id: String, severity: Severity, message: String, span: Span?, help: String? = nil, notes: [Note] = []
  ) {
    self.id = id
    self.severity = severity
    self.message = message
    self.span = span
    self.help = help
    self.notes = notes
  }
}
