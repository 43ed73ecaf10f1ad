// `postern fmt`: what it writes and what it leaves alone, its words and its statuses.

import Foundation
import Testing

@Suite("fmt")
struct FmtTests {
  private static let untidy = "kind:  App\nname: 'a' # c\nroutes:\n- 'a.example.com/'\n"
  private static let tidy = "kind: App\nname: a # c\nroutes:\n  - a.example.com/\n"

  private func scratch(_ files: [String: String]) throws -> Scratch {
    let scratch = try Scratch()
    for (name, text) in files { try scratch.write(text, to: name) }
    return scratch
  }

  private func fmt(_ arguments: [String], in scratch: Scratch, input: String = "") throws -> Outcome {
    var command = Command(arguments: ["fmt"] + arguments)
    command.folder = scratch.folder
    command.input = Array(input.utf8)
    return try command.run()
  }

  private func text(_ name: String, in scratch: Scratch) throws -> String {
    String(decoding: try scratch.bytes(name), as: UTF8.self)
  }

  @Test("files that are not laid out are replaced and named, and a second run has nothing to do")
  func folder() throws {
    let scratch = try scratch(["p/f/a.yaml": Self.untidy, "p/b.yml": Self.untidy, "p/c.yaml": Self.tidy])
    #expect(try fmt(["p"], in: scratch) == Outcome(status: 0, output: "p/b.yml\np/f/a.yaml\n", errors: ""))
    #expect(try text("p/f/a.yaml", in: scratch) == Self.tidy)
    #expect(try text("p/b.yml", in: scratch) == Self.tidy)
    #expect(try fmt(["p"], in: scratch) == Outcome(status: 0, output: "", errors: ""))
  }

  @Test("with --check nothing is written, and what is not laid out is named with status 2")
  func check() throws {
    let scratch = try scratch(["p/a.yaml": Self.untidy, "p/b.yaml": Self.tidy])
    #expect(try fmt(["--check", "p"], in: scratch) == Outcome(status: 2, output: "p/a.yaml\n", errors: ""))
    #expect(try text("p/a.yaml", in: scratch) == Self.untidy)
    #expect(try fmt(["--check", "p/b.yaml"], in: scratch) == Outcome(status: 0, output: "", errors: ""))
  }

  @Test("with --diff nothing is written, and the change is shown")
  func diff() throws {
    let long = "kind: App\n" + (0..<12).map { "k\($0): v\n" }.joined() + "last:   v"
    let scratch = try scratch(["a.yaml": Self.untidy, "b.yaml": "k: 'v'\n" + long])
    let outcome = try fmt(["--diff", "a.yaml", "b.yaml"], in: scratch)
    #expect(outcome.status == 2)
    Golden.expect(outcome.output, is: "fmt-diff.txt")
    #expect(try text("a.yaml", in: scratch) == Self.untidy)
  }

  @Test("standard input goes to standard output")
  func standardInput() throws {
    let scratch = try Scratch()
    #expect(try fmt(["-"], in: scratch, input: Self.untidy) == Outcome(status: 0, output: Self.tidy, errors: ""))
    #expect(try fmt(["-", "--check"], in: scratch, input: Self.untidy).output == "standard input\n")
  }

  @Test("a file with errors is named and keeps its bytes, and the others are laid out")
  func errors() throws {
    let broken = "kind: App\nname: [\n"
    let directive = "%YAML 1.1\n---\nkind:  App\n"
    let scratch = try scratch(["p/a.yaml": broken, "p/b.yaml": directive, "p/c.yaml": Self.untidy])
    let outcome = try fmt(["p"], in: scratch)
    #expect(outcome.status == 3)
    #expect(outcome.output == "p/c.yaml\n")
    #expect(outcome.errors.hasPrefix("error[yaml-syntax]: ") && outcome.errors.contains("--> p/a.yaml:3:1"))
    #expect(
      outcome.errors.hasSuffix("error: p/b.yaml:1:1: a directive says nothing to Postern: take the line out\n"))
    #expect(try text("p/a.yaml", in: scratch) == broken)
    #expect(try text("p/b.yaml", in: scratch) == directive)
  }

  @Test("a policy with mistakes is laid out as any other")
  func mistakes() throws {
    let scratch = try scratch(["a.yaml": "kind:  Nothing\nsession: {idleTimeout: 900 , idleTimeout: 'x'}\n"])
    #expect(try fmt(["a.yaml"], in: scratch).status == 0)
    #expect(try text("a.yaml", in: scratch) == "kind: Nothing\nsession: {idleTimeout: 900, idleTimeout: x}\n")
  }

  @Test("the mode of a file stays, and a link stays a link to the file that is laid out")
  func modesAndLinks() throws {
    let scratch = try scratch(["a.yaml": Self.untidy])
    let outcome = try Shell.run(
      "chmod 640 a.yaml; ln -s a.yaml b.yaml; \"$0\" fmt b.yaml; stat -c %a a.yaml; readlink b.yaml",
      folder: scratch.folder)
    #expect(outcome == Outcome(status: 0, output: "b.yaml\n640\na.yaml\n", errors: ""))
    #expect(try text("a.yaml", in: scratch) == Self.tidy)
  }

  @Test("JSON is left alone")
  func json() throws {
    let scratch = try scratch(["p/a.json": "{\"kind\":  \"App\"}", "p/b.yaml": Self.tidy])
    #expect(try fmt(["p"], in: scratch) == Outcome(status: 0, output: "", errors: ""))
    let outcome = try fmt(["p/a.json"], in: scratch)
    #expect(outcome == Outcome(status: 1, output: "", errors: "error: p/a.json is JSON, which fmt leaves alone\n"))
  }

  @Test("what cannot be read or written ends with status 1", arguments: ["nowhere", "empty"])
  func unreadable(_ path: String) throws {
    let scratch = try scratch(["empty/x": ""])
    let outcome = try fmt([path], in: scratch)
    #expect(outcome.status == 1)
    #expect(outcome.output == "" && outcome.errors.hasPrefix("error: cannot read \(path): "))
  }

  @Test("the repository's own tree is laid out")
  func repository() throws {
    let outcome = try Command("fmt", "--check", Golden.root.appending(path: "policies").path()).run()
    #expect(outcome == Outcome(status: 0, output: "", errors: ""))
  }
}
