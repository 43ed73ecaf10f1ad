// `postern who` and `postern can`: forms of output, statuses, what is no app and no principal.

import Testing

@Suite("who and can")
struct ReachTests {
  @Test(
    "the answers for a small tree are the recorded ones",
    arguments: [
      (["who", "payroll"], "who.txt"), (["who", "payroll", "--json"], "who.json"),
      (["who", "status"], "who-public.txt"),
      (["can", "user:ann@example.com"], "can.txt"), (["can", "user:ann@example.com", "--json"], "can.json"),
      (["can", "user:eve@example.com"], "can-denied.txt"),
    ])
  func answers(_ arguments: [String], _ golden: String) throws {
    let outcome = try run(arguments, Self.tree)
    #expect(outcome.status == (golden == "can-denied.txt" ? 2 : 0))
    #expect(outcome.errors == "")
    Golden.expect(outcome.output, is: golden)
  }

  @Test("an app that nobody reaches ends with status 2")
  func nobody() throws {
    let outcome = try run(["who", "empty"], Self.tree)
    #expect(outcome.status == 2)
    #expect(outcome.output.hasPrefix("empty, policies/empty.yaml:1:1: nobody\n"))
  }

  @Test(
    "what is no app, and no principal, ends with status 1",
    arguments: [
      (["who", "nowhere"], "error: no app of policies is called 'nowhere'\n"),
      (["can", "ann"], "error: 'ann' is no principal: write it as a binding would, as user:ann@example.com\n"),
    ])
  func unknown(_ arguments: [String], _ message: String) throws {
    #expect(try run(arguments, Self.tree) == Outcome(status: 1, output: "", errors: message))
  }

  @Test("a tree with mistakes ends with status 3", arguments: [["who", "payroll"], ["can", "user:ann@example.com"]])
  func mistakes(_ arguments: [String]) throws {
    #expect(try run(arguments, Tree.broken).status == 3)
  }

  private func run(_ arguments: [String], _ tree: Tree) throws -> Outcome {
    let scratch = try Scratch()
    try tree.write(to: scratch)
    var command = Command(arguments: [arguments[0], arguments[1], "policies"] + arguments.dropFirst(2))
    command.folder = scratch.folder
    return try command.run()
  }

  /// The small tree with a directory, a condition, deny rules and an app that nobody reaches.
  private static let tree: Tree = {
    var tree = Tree.small
    tree.files["empty.yaml"] = "kind: App\nname: empty\nroutes: [empty.example.com/]\n"
    tree.files["groups.yaml"] = """
      kind: Groups
      groups: [{email: finance@example.com, members: ["user:ann@example.com", "user:cfo@example.com"]}]

      """
    tree.files["ledger.yaml"] = """
      kind: App
      name: ledger
      routes: [ledger.example.com/]
      iam:
        bindings:
          - role: roles/iap.httpsResourceAccessor
            members: ["user:ann@example.com", "user:eve@example.com"]
            condition: {title: reads, expression: 'request.method == "GET"'}

      """
    tree.files["finance/folder.yaml"] = """
      kind: Folder
      deny:
        - denyRule:
            deniedPrincipals: ["user:eve@example.com", "domain:example.com"]
            exceptionPrincipals: ["group:finance@example.com"]
            deniedPermissions: [iap.googleapis.com/webServiceVersions.accessViaIAP]
        - denyRule:
            deniedPrincipals: ["user:ann@example.com"]
            deniedPermissions: [iap.googleapis.com/webServiceVersions.accessViaIAP]
            denialCondition: {title: no writing, expression: 'request.method == "POST"'}

      """
    tree.files["ledger.yaml"]? += """
      deny:
        - denyRule:
            deniedPrincipals: ["user:eve@example.com"]
            deniedPermissions: [iap.googleapis.com/webServiceVersions.accessViaIAP]

      """
    tree.files["status.yaml"]? += """
      deny:
        - denyRule:
            deniedPrincipals: ["user:eve@example.com"]
            deniedPermissions: [iap.googleapis.com/webServiceVersions.accessViaIAP]

      """
    return tree
  }()
}
