// Mistakes as data: the texts in Cases/mistakes, one paragraph a case, and the few that are too long to be written
// down.
//
//     ## a sentence that names the case           the small tree of ReadingTree.swift and what follows
//     ## a sentence that names the case (whole tree)      what follows alone
//     == path           a file; with ` +` after the path, the small tree's own file and these lines
//
// `«id»` stands right before the place that must be reported.

import Testing

@testable import PosternLanguage

/// One tree with mistakes.
struct BadInput: Sendable, CustomTestStringConvertible {
  var name: String
  var tree: Tree

  var testDescription: String { name }

  static let all =
    [
      "documents", "names", "iam", "conditions", "hosts", "sessions", "settings", "propagation", "providers",
      "groups-and-tests",
    ]
    .flatMap { parse(Golden.text("mistakes/\($0).txt")) }
    + parse(Golden.text("mistakes/oauth-clients.txt"), app: Tree.app + Tree.acceptingClient) + [
      tooManyProviders, tooManyDenyRules, tooLongHost, tooManyAttributes, tooLargeTable,
    ]

  /// The cases of one text.
  static func parse(_ text: String, app: String = Tree.app) -> [BadInput] {
    text.components(startingWith: "## ").map { paragraph in
      let (title, rest) = paragraph.firstLine
      let isWhole = title.hasSuffix(" (whole tree)")
      var files = isWhole ? [:] : ["organization.yaml": Tree.organization, "payroll.yaml": app]
      for file in rest.components(startingWith: "== ") {
        let (head, text) = file.firstLine
        let path = head.hasSuffix(" +") ? String(head.dropLast(2)) : head
        files[path] = (head.hasSuffix(" +") ? files[path] ?? "" : "") + text
      }
      return BadInput(name: title, tree: Tree(files: files.map { (path: $0.key, text: $0.value) }))
    }
  }

  // MARK: too long to be written down

  static let tooManyProviders: BadInput = {
    let list = (0...Policy.providerLimit).map { index in
      let mark = index == Policy.providerLimit ? "«too-many»" : ""
      return "  - {\(mark)name: p\(index), source: oidc, issuer: 'https://p\(index).example.com', clientID: x}\n"
    }
    let text = "kind: Organization\nname: example.com\nproviders: [p0]\nloginProviders:\n" + list.joined()
    return BadInput(name: "more login providers than a bundle holds", tree: Tree(("organization.yaml", text)))
  }()

  static let tooManyDenyRules: BadInput = {
    let list = (0...Policy.denyRuleLimit).map { index in
      let mark = index == Policy.denyRuleLimit ? "«too-many»" : ""
      return "  - denyRule: \(mark){deniedPrincipals: ['user:a@example.com'], deniedPermissions: [iap.*]}\n"
    }
    return BadInput(
      name: "more deny rules than a bundle holds", tree: .small(organization: "deny:\n" + list.joined()))
  }()

  static let tooManyAttributes: BadInput = {
    let names = (0...Propagation.attributeLimit).map { index in
      (index == Propagation.attributeLimit ? "«too-many»" : "") + "\"a\(index)\""
    }
    return BadInput(
      name: "more attributes than an app may be given",
      tree: .small(
        app: """
          settings:
            applicationSettings:
              attributePropagationSettings:
                enable: true
                expression: 'attributes.saml_attributes.filter(x, x.name in [\(names.joined(separator: ", "))])'
                outputCredentials: [JWT]

          """))
  }()

  static let tooLargeTable = BadInput(
    name: "a table of more cases than one may have",
    tree: .small(others: [
      (
        "z.test.yaml",
        """
        kind: Test
        tests:
          - name: one
            «table-too-large»axes: {a: [\((0...TestTable.caseLimit).map(String.init).joined(separator: ", "))]}
            request: {url: "https://payroll.example.com/${a}"}
            expect: {verdict: allow}

        """
      )
    ]))

  static let tooLongHost = BadInput(
    name: "a host of more than 253 bytes",
    tree: Tree(
      ("organization.yaml", Tree.organization),
      ("z.yaml", "kind: App\nname: z\nroutes: [«malformed-host»\(String(repeating: "a.", count: 126))com]\n")))
}

extension String {
  /// The parts that begin with a mark at the start of a line, without it; what stands before the first is left out.
  fileprivate func components(startingWith mark: String) -> [String] {
    ("\n" + self).split(separator: "\n" + mark, omittingEmptySubsequences: false).dropFirst().map { $0 + "\n" }
  }

  fileprivate var firstLine: (line: String, rest: String) {
    let parts = split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    return (parts[0], parts.count > 1 ? parts[1] : "")
  }
}
