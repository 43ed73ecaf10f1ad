// What was found in one run, in the order of the files: the value behind every form of output (`Report+*.swift`).

/// Diagnostics with the files that they speak of.
public struct Report: Sendable {
  /// By file and place; those without a place first. Of one place, in the order in which they were found.
  public let diagnostics: [Diagnostic]
  /// The files that spans refer to.
  public let files: [SourceFile]
  /// What stands before every path, such as `policies/`, so that a path leads somewhere from where the reader is.
  public let pathPrefix: String

  /// Sorts diagnostics by file and place.
  public init(_ diagnostics: [Diagnostic], files: [SourceFile], pathPrefix: String = "") {
    self.diagnostics = Self.sorted(diagnostics)
    self.files = files
    self.pathPrefix = pathPrefix
  }

  /// How many errors there are.
  public var errorCount: Int { diagnostics.count { $0.severity == .error } }
  /// How many warnings there are.
  public var warningCount: Int { diagnostics.count { $0.severity == .warning } }
  /// Whether the tree cannot be compiled.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// `2 errors, 1 warning`.
  public var summary: String {
    let parts = [(errorCount, "error"), (warningCount, "warning")].filter { $0.0 > 0 }
    return parts.isEmpty ? "no mistakes" : parts.map(Diagnostic.counted).joined(separator: ", ")
  }

  /// The path of a span's file as the reader should see it.
  func path(of span: Span) -> String {
    files.indices.contains(Int(span.fileIndex)) ? pathPrefix + files[Int(span.fileIndex)].path : pathPrefix
  }

  private static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    diagnostics.enumerated().sorted { left, right in
      order(left.element, left.offset).lexicographicallyPrecedes(order(right.element, right.offset))
    }.map(\.element)
  }

  private static func order(_ diagnostic: Diagnostic, _ index: Int) -> [Int] {
    guard let span = diagnostic.span else { return [-1, 0, 0, index] }
    return [Int(span.fileIndex), Int(span.startLine), Int(span.startColumn), index]
  }
}
