// The report: one row a size, with the ratios that the claim of constant cost stands or falls with.

internal import CPostern
internal import Foundation
internal import PosternCompiler
internal import PosternKernel
internal import PosternLanguage

/// One organization, measured.
struct Row {
  let appCount: Int
  let bundleByteCount: Int
  let grantsBytesPerGrant: Double
  let verifyMilliseconds: Double
  let decideNanoseconds: Double
  let resolveNanoseconds: Double
  let hash: UInt64
  let decide: Count?
  let resolve: Count?
}

enum Report {
  static func run(_ options: Options) throws {
    var figures = Figures()
    let clock = TickClock()
    show("a decision: host 24 bytes, path 30, 4 integers, the app's row and a folder's, no condition")
    show("apps      bundle bytes  grants B/grant  verify ms  decide ns  instructions  allocations  resolve ns  hash")
    var comparisons: [FloorComparison] = []
    var rows: [Row] = []
    for size in options.sizes {
      let policy = SyntheticOrganization(appCount: size).policy()
      let bytes = Compiler.compile(policy, revision: 1)
      let row = try measure(policy, bytes)
      show(line(row))
      add(row, to: &figures)
      rows.append(row)
      comparisons.append(try FloorComparison(policy, bytes: bytes, clock, options.effort))
    }
    printRatios(rows, into: &figures)
    FloorReport.showHeader(clock, rounds: options.effort.rounds)
    for comparison in comparisons { FloorReport.add(comparison, to: &figures) }
    if let first = rows.first { try FloorReport.compareInstructions(first, into: &figures) }
    try PeerReport.run(options, into: &figures)
    try ConditionReport.run(into: &figures)
    try Compilation.run(appCount: options.compileAppCount, into: &figures)
    if let file = options.jsonFile { try figures.write(to: file) }
  }

  private static func add(_ row: Row, to figures: inout Figures) {
    let workload = "hot, \(row.appCount) apps"
    figures.add(workload, "bundle", Double(row.bundleByteCount), "bytes")
    figures.add(workload, "grants section", row.grantsBytesPerGrant, "bytes a grant")
    figures.add(workload, "verify", row.verifyMilliseconds, "ms")
    figures.add(workload, "resolve, mean", row.resolveNanoseconds, "ns")
    figures.add(workload, "decide, mean of batches of 64", row.decideNanoseconds, "ns", hash: row.hash)
    if let count = row.decide { figures.add(workload, count, hash: row.hash) }
  }

  private static func line(_ row: Row) -> String {
    let instructions = row.decide.map { String($0.instructions / DecisionLoop.batchCount) } ?? "-"
    let allocations = row.decide.map { String($0.allocations) } ?? "-"
    return [
      pad(String(row.appCount), 8), pad(String(row.bundleByteCount), 14), pad(decimal(row.grantsBytesPerGrant), 16),
      pad(decimal(row.verifyMilliseconds), 11), pad(decimal(row.decideNanoseconds), 11), pad(instructions, 14),
      pad(allocations, 13), pad(decimal(row.resolveNanoseconds), 12), "  " + String(row.hash, radix: 16),
    ].joined()
  }

  private static func printRatios(_ rows: [Row], into figures: inout Figures) {
    let times = rows.map(\.decideNanoseconds)
    if let least = times.min(), let most = times.max() {
      figures.add("hot, all sizes", "decide, slowest to fastest size", most / least, "times")
      show("decide, slowest size against fastest: \(decimal(most / least)) times")
    }
    let counts = rows.compactMap { $0.decide?.instructions }
    if let least = counts.min(), let most = counts.max() {
      figures.add("hot, all sizes", "instructions, most to least", Double(most) / Double(least), "times")
      show("instructions, most against least: \(decimal(Double(most - least) * 100 / Double(least))) % more")
    } else {
      show("instructions: valgrind is not installed, nothing was counted")
    }
  }

  private static func measure(_ policy: Policy, _ bytes: [UInt8]) throws -> Row {
    let appCount = policy.apps.count
    let subject = Subject(policy, appIndex: appCount / 2)
    let workload = Workload(host: subject.host, email: subject.email, groups: subject.groups)
    let loop = try DecisionLoop(bytes: bytes, workload: workload)
    let decision = loop.decideOnce()
    precondition(Int(decision.verdict) == POSTERN_ALLOW, "the measured request must be allowed: \(decision.reason)")
    let file = FileManager.default.temporaryDirectory.appending(path: "postern-bench-\(getpid()).ptb")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    let counts = try count(file.path, subject)
    let (decide, resolve, verify) = measuring(loop) { _ in
      (
        bestMean(runs: 400, calls: 50, count: DecisionLoop.batchCount) { measuredBatch() },
        bestMean(runs: 200, calls: 2_000, count: 1) {
          measuredResolve()
          return 0
        },
        bestMean(runs: 20, calls: 1, count: 1) { measuredVerification() ? 1 : 0 }
      )
    }
    let grantCount = policy.nodes.flatMap(\.bindings).reduce(0) { $0 + Set($1.members.map(\.memberIndex)).count }
    return Row(
      appCount: appCount, bundleByteCount: bytes.count,
      grantsBytesPerGrant: Double(sectionByteCount(bytes, id: 12)) / Double(grantCount),
      verifyMilliseconds: verify.nanoseconds / 1_000_000, decideNanoseconds: decide.nanoseconds,
      resolveNanoseconds: resolve.nanoseconds, hash: decide.hash, decide: counts?.decide, resolve: counts?.resolve)
  }

  private static func count(_ file: String, _ subject: Subject) throws -> (decide: Count, resolve: Count)? {
    if !Callgrind.isInstalled { return nil }
    let arguments = [file, subject.host, subject.email] + subject.groups
    return (
      try Callgrind.count(inside: "postern_bench_decide", arguments: ["measure", "decide"] + arguments),
      try Callgrind.count(inside: "postern_bench_resolve", arguments: ["measure", "resolve"] + arguments)
    )
  }

  /// The byte count of a section, from the section table.
  private static func sectionByteCount(_ bytes: [UInt8], id: UInt32) -> UInt64 {
    let count = Int(word(bytes, 12, UInt32.self))
    for entry in 0..<count where word(bytes, 64 + 24 * entry, UInt32.self) == id {
      return word(bytes, 64 + 24 * entry + 16, UInt64.self)
    }
    return 0
  }

  private static func word<Value: FixedWidthInteger>(_ bytes: [UInt8], _ offset: Int, _ type: Value.Type) -> Value {
    (0..<MemoryLayout<Value>.size).reversed().reduce(0) { $0 << 8 | Value(bytes[offset + $1]) }
  }
}

func pad(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

func decimal(_ value: Double) -> String { String(format: "%.2f", value) }

/// Shows a line at once, also where the output is a file.
func show(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
