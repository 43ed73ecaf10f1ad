// `make bench`: what a decision costs, over organizations of very different sizes, in one run. Counts and ratios are what is
// judged; times are printed because people ask for them.

internal import Foundation
internal import PosternCompiler

@main
enum PosternBenchmark {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch (arguments.first, arguments.count) {
    case ("measure", 3...): try measure(Array(arguments.dropFirst()))
    case ("tree", 3):
      try SyntheticTree.write(SyntheticOrganization(appCount: number(arguments[1])), folder: arguments[2])
    case ("bundle", 3): try writeBundle(appCount: number(arguments[1]), file: arguments[2])
    case ("plot", 3): try Plot(Figures(file: arguments[1])).write(to: arguments[2])
    default:
      guard let options = Options(arguments) else {
        show(Options.usage)
        exit(1)
      }
      try Report.run(options)
    }
  }

  private static func number(_ text: String) -> Int { Int(text) ?? 10 }

  /// For profiling by hand: writes a bundle and shows the arguments that `measure` takes.
  private static func writeBundle(appCount: Int, file: String) throws {
    let organization = SyntheticOrganization(appCount: appCount)
    try Data(Compiler.compile(organization.policy(), revision: 1)).write(to: URL(filePath: file))
    let subject = Subject(organization, app: appCount / 2)
    show("measure decide \(file) \(subject.host) \(subject.email) \(subject.groups.joined(separator: " "))")
  }

  /// What runs in a process of its own. Under callgrind: `measure decide|resolve|verify FILE HOST EMAIL GROUP...`, or a part of
  /// the report's own. And `measure child PROGRAM ARGUMENT...`.
  private static func measure(_ arguments: [String]) throws {
    switch arguments[0] {
    case "floor": return measureFloor(appCount: number(arguments[1]))
    case "condition": return try ConditionReport.measure(number(arguments[1]))
    case "child": return try ChildUse.show(of: Array(arguments.dropFirst()))
    case "spread": return try measureSpread(file: arguments[1], appCount: number(arguments[2]))
    case "groups": return try GroupsReport.measure(number(arguments[1]))
    default: break
    }
    let facts = RequestFacts(host: arguments[2], email: arguments[3], groups: Array(arguments.dropFirst(4)))
    let loop = DecisionLoop(try OpenedBundle(file: arguments[1]), Workload(facts))
    measuring(loop) { _ in
      switch arguments[0] {
      case "resolve": measuredResolve()
      case "verify": _ = measuredVerification()
      default: _ = measuredBatch()
      }
    }
  }

  private static func measureSpread(file: String, appCount: Int) throws {
    let list = RequestList(spreadOver: SyntheticOrganization(appCount: appCount))
    try measuring(DecisionLoop(OpenedBundle(file: file), Workload(RequestFacts(list.subjects[0])))) { loop in
      loop.set(list)
      for index in 0..<list.count {
        loop.place(index, of: list)
        _ = measuredBatch()
      }
    }
  }

  private static func measureFloor(appCount: Int) {
    let organization = SyntheticOrganization(appCount: appCount)
    let facts = RequestFacts(Subject(organization, app: appCount / 2))
    SingleShots.keep(Batch.decide(FloorLoop(FloorTables(organization), facts)))
  }
}
