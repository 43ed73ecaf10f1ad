// The pages of docs/diagnostics inside the program, for it runs where no source tree is. `Pages/diagnostics.txt` is all pages
// one after the other, each below a line `=== id ===`; a test keeps it equal to the folder and writes it anew on request.

internal import PosternLanguage

/// What each diagnostic means, with an example and its correction.
enum DiagnosticPages {
  /// The page of an id; nil where there is none.
  static func page(_ id: String) -> String? {
    let lines = String(decoding: PackageResources.diagnostics_txt, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(of: "=== \(id) ===") else { return nil }
    let page = lines[(start + 1)...].prefix { !isHeading($0) }
    return page.joined(separator: "\n") + (page.last == "" ? "" : "\n")
  }

  /// Whether a diagnostic has this id.
  static func isID(_ text: String) -> Bool { Diagnostic.catalogue.contains { $0.id == text } }

  private static func isHeading(_ line: Substring) -> Bool { line.hasPrefix("=== ") && line.hasSuffix(" ===") }
}
