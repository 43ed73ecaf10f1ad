// What the tests of reading share: small trees as text, and what came of them.

@testable import PosternLanguage

/// A policy tree written in a test.
struct Tree {
  var files: [(path: String, text: String)]

  init(_ files: (path: String, text: String)...) { self.files = files }

  init(files: [(path: String, text: String)]) { self.files = files }

  /// An organization with one provider and every required limit, and one app; what is added stands in either.
  static func small(organization: String = "", app: String = "") -> Tree {
    Tree(("organization.yaml", Tree.organization + organization), ("payroll.yaml", Tree.app + app))
  }

  static let organization = """
    kind: Organization
    name: example.com
    loginProviders:
      - {name: workspace, source: workspace, issuer: "https://accounts.example.com", clientID: postern, domains: [example.com]}
    session: {absoluteTimeout: 14d, idleTimeout: none, revalidate: 2m}

    """

  static let app = """
    kind: App
    name: payroll
    routes: [payroll.example.com/]

    """

  func read() -> Policy.Reading {
    Policy.read(files: files.map { SourceFile(path: $0.path, bytes: Array($0.text.utf8)) })
  }

  /// `id` and place of each diagnostic, as `wrong-type payroll.yaml:3:9`.
  func faults() -> [String] {
    let reading = read()
    return reading.diagnostics.map { diagnostic in
      guard let span = diagnostic.span else { return diagnostic.id }
      return "\(diagnostic.id) \(reading.files[Int(span.fileIndex)].path):\(span.startLine):\(span.startColumn)"
    }
  }
}
