// `make bench`: what a decision costs, over organizations of very different sizes, in one run. Counts and ratios are what is
// judged; times are printed because people ask for them.

internal import CPostern
internal import Foundation
internal import PosternCompiler
internal import PosternKernel
internal import PosternLanguage

@main
enum PosternBenchmark {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "measure": try measure(Array(arguments.dropFirst()))
    case "tree": try SyntheticTree.write(appCount: Int(arguments[1]) ?? 10, folder: arguments[2])
    case "bundle": try writeBundle(Array(arguments.dropFirst()))
    default:
      guard let options = Options(arguments) else {
        show(Options.usage)
        exit(1)
      }
      try Report.run(options)
    }
  }

  /// For profiling by hand: `bundle APPS FILE` writes a bundle and shows the arguments that `measure` takes.
  private static func writeBundle(_ arguments: [String]) throws {
    let appCount = Int(arguments[0]) ?? 10
    let policy = SyntheticOrganization(appCount: appCount).policy()
    try Data(Compiler.compile(policy, revision: 1)).write(to: URL(filePath: arguments[1]))
    let subject = Subject(policy, appIndex: appCount / 2)
    show("measure decide \(arguments[1]) \(subject.host) \(subject.email) \(subject.groups.joined(separator: " "))")
  }

  /// What runs under callgrind: `measure decide|resolve|verify FILE HOST EMAIL GROUP...`.
  private static func measure(_ arguments: [String]) throws {
    if arguments[0] == "floor" { return FloorReport.measure(appCount: Int(arguments[1]) ?? 10) }
    if arguments[0] == "condition" { return try ConditionReport.measure(Int(arguments[1]) ?? 0) }
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: arguments[1])))
    let workload = Workload(host: arguments[2], email: arguments[3], groups: Array(arguments.dropFirst(4)))
    let loop = try DecisionLoop(bytes: bytes, workload: workload)
    measuring(loop) { _ in
      switch arguments[0] {
      case "resolve": measuredResolve()
      case "verify": _ = measuredVerification()
      default: _ = measuredBatch()
      }
    }
  }
}
