// The policy trees that the tests compile: one that is right, ones that are not, and one that takes a while.

import Foundation

/// A policy tree as files.
struct Tree {
  var files: [String: String]

  /// Two apps below one organization: one strict, one that everybody may see.
  static let small = Tree(files: [
    "organization.yaml": organization,
    "status.yaml": """
    kind: App
    name: status
    routes: [status.example.com/]
    iam: {bindings: [{role: roles/iap.httpsResourceAccessor, members: [allUsers]}]}

    """,
    "finance/payroll.yaml": """
    kind: App
    name: payroll
    routes: [payroll.example.com/]
    iam:
      bindings:
        - role: roles/iap.httpsResourceAccessor
          members: ["user:ann@example.com", "group:finance@example.com"]
    session: {idleTimeout: 15m}

    """,
  ])

  /// Mistakes of three kinds in two files, and a warning.
  static let broken = Tree(files: [
    "organization.yaml": organization,
    "payroll.yaml": """
    kind: App
    name: payroll
    routes: [payroll.example.com/]
    session: {idleTimeout: 900, absoluteTimout: 8h}

    """,
    "wiki.yaml": """
    kind: App
    name: wiki
    routes: [payroll.example.com/]
    iam:
      bindings:
        - role: roles/viewer
          members: ["user:ann@example.com"]

    """,
  ])

  /// So many apps that compiling them can be interrupted.
  static func large(appCount: Int) -> Tree {
    var tree = Tree(files: ["organization.yaml": organization])
    for folder in 0..<appCount / 100 {
      let apps = (0..<100).map { "kind: App\nname: app-\(folder)-\($0)\nroutes: [app-\(folder)-\($0).example.com/]\n" }
      for (index, app) in apps.enumerated() { tree.files["f\(folder)/app\(index).yaml"] = app }
    }
    return tree
  }

  private static let organization = """
    kind: Organization
    name: example.com
    loginProviders:
      - {name: workspace, source: workspace, issuer: "https://accounts.example.com", clientID: postern, domains: [example.com]}
    session: {absoluteTimeout: 14d, idleTimeout: none, revalidate: 2m}

    """

  /// Writes the tree into a folder of `scratch`; its path.
  @discardableResult func write(to scratch: Scratch, folder: String = "policies") throws -> String {
    for (name, text) in files { try scratch.write(text, to: "\(folder)/\(name)") }
    return scratch.path(folder)
  }
}
