// `postern who`: everyone who reaches an app.

internal import ArgumentParser
internal import PosternLanguage
internal import PosternReview

struct WhoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "who",
    abstract: "Lists everyone who reaches an app.",
    discussion: """
      The bindings of the app, its folders and the organization, with their conditions and with whom the directory's \
      groups hold; the deny rules that stand before them; the app's timers. Whom tokens put into a group is not known here.

      EXAMPLES:
        postern who payroll policies/
        postern who payroll policies/ --json

      EXIT STATUS: 0 where somebody reaches the app, 2 where nobody does, 1 where no app has the name, 3 the policy has \
      errors.
      """)

  @Argument(help: "The app's name.")
  var app: String

  @Argument(help: ArgumentHelp("The folder of the policy tree.", valueName: "folder"))
  var folder: String

  @Flag(help: "Print the answer as JSON.")
  var json = false

  func run() throws {
    let policy = try CheckedTree(folder: folder).compilablePolicy()
    guard let access = AppAccess(app: app, in: policy, pathPrefix: CheckedTree.pathPrefix(folder)) else {
      throw CommandFailure("no app of \(folder) is called '\(app)'")
    }
    try StandardOutput.write(json ? access.json.prettyText : access.text)
    if access.memberCount == 0 { throw ExitStatus.notAllowed }
  }
}
