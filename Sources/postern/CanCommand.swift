// `postern can`: every app that a principal reaches.

internal import ArgumentParser
internal import PosternLanguage
internal import PosternReview

struct CanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "can",
    abstract: "Lists every app that a principal reaches.",
    discussion: """
      By which binding, on which condition and under which timers; and the apps that it is kept out of although a binding \
      holds it. What is known of the principal is its name and the directory's groups: what else a token may say of \
      somebody, such as more groups, is asked for by itself, as group:ADDRESS.

      EXAMPLES:
        postern can user:ann@example.com policies/
        postern can group:finance@example.com policies/ --json

      EXIT STATUS: 0 where it reaches an app, 2 where it reaches none, 1 where the text is no principal, 3 the policy \
      has errors.
      """)

  @Argument(help: "user:, serviceAccount:, group: or domain: with an address or a domain, or a principal:// of a pool.")
  var principal: String

  @Argument(help: ArgumentHelp("The folder of the policy tree.", valueName: "folder"))
  var folder: String

  @Flag(help: "Print the answer as JSON.")
  var json = false

  func run() throws {
    let policy = try CheckedTree(folder: folder).compilablePolicy()
    guard let access = PrincipalAccess(principal, in: policy, pathPrefix: CheckedTree.pathPrefix(folder)) else {
      throw CommandFailure("'\(principal)' is no principal: write it as a binding would, as user:ann@example.com")
    }
    try StandardOutput.write(json ? access.json.prettyText : access.text)
    if access.apps.isEmpty { throw ExitStatus.notAllowed }
  }
}
