// What `postern inspect` shows of a bundle and of a tree.

import Foundation
import Testing

@Suite("inspect")
struct InspectTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try Tree.small.write(to: scratch)
    try #require(run("compile", "policies", "-o", "out.ptb", "--revision", "7").status == 0)
  }

  private func run(_ arguments: String...) throws -> Outcome {
    var command = Command(arguments: arguments)
    command.folder = scratch.folder
    return try command.run()
  }

  @Test("a bundle is shown with its revision, its sections and its apps")
  func bundle() throws {
    let outcome = try run("inspect", "out.ptb")
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("revision 7, not signed, by postern "))
    for line in ["\n  provenance ", "\n  apps  ", "\napp payroll  finance/payroll.yaml:1:1\n", "\napp status  "] {
      #expect(outcome.output.contains(line))
    }
  }

  @Test("of a tree the settings in force are shown with their places, and of one app its program")
  func tree() throws {
    let output = try run("inspect", "policies", "--app", "payroll", "--disassemble").output
    // Sizes and digests above the apps change with every version of the format.
    let start = try #require(output.range(of: "\napp payroll")).lowerBound
    Golden.expect(String(output[start...]), is: "inspect-payroll.txt")
  }

  @Test("the JSON has the same app, with its program")
  func json() throws {
    let output = try run("inspect", "policies", "--app", "payroll", "--json").output
    let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
    let apps = try #require(object?["apps"] as? [[String: Any]])
    #expect(apps.map { $0["name"] as? String } == ["payroll"])
    #expect((apps.first?["program"] as? [Any])?.isEmpty == false)
  }

  @Test("the certificates stand in one table")
  func costs() throws {
    Golden.expect(try run("inspect", "out.ptb", "--costs").output, is: "inspect-costs.txt")
  }

  @Test("an app that is not there is an error")
  func unknownApp() throws {
    #expect(
      try run("inspect", "out.ptb", "--app", "wiki")
        == Outcome(status: 1, output: "", errors: "error: out.ptb has no app called 'wiki'\n"))
  }
}
