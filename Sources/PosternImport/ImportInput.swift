// What an import takes: files that somebody has read, and what exports do not say. Refuses no option that the policy language
// would take; `postern check` reads the result.

/// One input, as it was found.
public struct ImportInput: Sendable {
  /// What was found there.
  public enum Content: Sendable {
    case bytes([UInt8])
    /// Why there are no bytes.
    case unreadable(String)
    /// Why nobody looked.
    case skipped(String)
  }

  /// As people gave it or would give it, `-` for standard input; reports show it.
  public var path: String
  /// What names apps: the path below the folder that was given.
  ///
  /// Of a file that was given, its own name, or that of its folder too where it is called `iam` or `settings`.
  public var layout: String
  /// What it holds.
  public var content: Content

  public init(path: String, layout: String, content: Content) {
    self.path = path
    self.layout = layout
    self.content = content
  }
}

/// What exports do not say, and people do.
public struct ImportOptions: Sendable {
  /// A login provider's keys and values, in their order.
  public typealias Fields = [(key: String, value: String)]

  /// The organization's domain.
  public var organization: String?
  /// Login providers; a key that is written twice is a list.
  public var providers: [Fields] = []
  /// The providers of every app, by name.
  public var defaultProviders: [String] = []
  /// Timers of every app.
  public var session: Fields = []
  /// Routes by the names of apps.
  public var hosts: [(app: String, route: String)] = []
  /// What a file's resources are of: `finance/payroll`, by the file's path.
  public var apps: [(path: String, file: String)] = []
  /// Where Google's resources stand in the tree: `finance`, by `projects/12`.
  public var places: [(resource: String, path: String)] = []
  /// The project of Terraform's resources that say none.
  public var project: String?

  /// No option.
  public init() {}
}
