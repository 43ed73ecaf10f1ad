// What the tests of reading share: small trees as text, and what came of them. A text may hold marks: `«id»` stands
// right before the place at which a diagnostic with that id is expected, and is not part of the file.

@testable import PosternLanguage

/// A policy tree written in a test.
struct Tree: Sendable {
  /// In the order of their paths' bytes, without their marks.
  private(set) var files: [SourceFile] = []
  /// The marks, as `id path:line:column`, in file order.
  private(set) var expectedFaults: [String] = []

  init(_ files: (path: String, text: String)...) { self.init(files: files) }

  init(files: [(path: String, text: String)]) {
    for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      let (text, marks) = Self.parse(file.text)
      self.files.append(SourceFile(path: file.path, bytes: Array(text.utf8)))
      expectedFaults += marks.map { "\($0.id) \(file.path):\($0.place)" }
    }
  }

  /// An organization with one provider and every required limit, and one app; what is added stands at their ends.
  static func small(organization: String = "", app: String = "", others: [(path: String, text: String)] = []) -> Tree {
    Tree(
      files: [("organization.yaml", Tree.organization + organization), ("payroll.yaml", Tree.app + app)] + others)
  }

  static let organization = """
    kind: Organization
    name: example.com
    loginProviders:
      - {name: workspace, source: workspace, issuer: "https://a.example.com", clientID: postern, domains: [example.com]}
    session: {absoluteTimeout: 14d, idleTimeout: none, revalidate: 2m}

    """

  static let app = """
    kind: App
    name: payroll
    routes: [payroll.example.com/]

    """

  /// What an app adds, to take tokens of the OAuth client `cli`.
  static let acceptingClient = "settings: {accessSettings: {oauthSettings: {programmaticClients: [cli]}}}\n"

  func read() -> Policy.Reading { Policy.read(files: files) }

  /// The diagnostics, as `id path:line:column`.
  func faults() -> [String] {
    let reading = read()
    return reading.diagnostics.map { Self.fault($0, reading.files) }
  }

  static func fault(_ diagnostic: Diagnostic, _ files: [SourceFile]) -> String {
    guard let span = diagnostic.span else { return diagnostic.id }
    return "\(diagnostic.id) \(files[Int(span.fileIndex)].path):\(span.startLine):\(span.startColumn)"
  }

  private static func parse(_ text: String) -> (text: String, marks: [(id: String, place: String)]) {
    var plain = String.UnicodeScalarView()
    var marks: [(id: String, place: String)] = []
    var line = 1
    var column = 1
    var id: String?
    for scalar in text.unicodeScalars {
      switch (scalar, id) {
      case ("«", _): id = ""
      case ("»", let open?):
        marks.append((open, "\(line):\(column)"))
        id = nil
      case (_, let open?): id = open + String(scalar)
      default:
        plain.append(scalar)
        (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
      }
    }
    return (String(plain), marks)
  }
}
