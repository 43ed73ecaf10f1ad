// The whole report, in one run: organizations of very different sizes, the largest from YAML; conditions and groups; the peers;
// and what of the demands is met.

internal import Foundation
internal import PosternCompiler

enum Report {
  static func run(_ options: Options) throws {
    var figures = Figures()
    let clock = TickClock()
    try RoadCheck.run()
    describe(clock, options, into: &figures)
    let workspace = try Workspace(appCount: options.appCount)
    defer { workspace.remove() }
    for size in options.sizes {
      let synthetic = SyntheticOrganization(appCount: size)
      let file = workspace.file("\(size).ptb")
      try Data(Compiler.compile(synthetic.policy(), revision: 1)).write(to: URL(filePath: file))
      let organization = try MeasuredOrganization(synthetic, file: file)
      try OrganizationReport(organization: organization, clock: clock, effort: options.effort).run(into: &figures)
    }
    try measureLargest(options, clock, workspace, into: &figures)
    try GroupsReport.run(options.effort, into: &figures)
    try ConditionReport.run(options.effort, into: &figures)
    try PeerReport.run(options, into: &figures)
    Demand.judge(&figures)
    if let file = options.jsonFile { try figures.write(to: file) }
  }

  private static func measureLargest(
    _ options: Options, _ clock: TickClock, _ workspace: Workspace, into figures: inout Figures
  ) throws {
    let synthetic = SyntheticOrganization(appCount: options.appCount)
    let file = workspace.file("largest.ptb")
    if Compilation.isPossible {
      let tenth = SyntheticOrganization(appCount: (options.appCount + 9) / 10)
      try Compilation.run(tenth, in: workspace, to: workspace.file("tenth.ptb"), into: &figures)
      try Compilation.run(synthetic, in: workspace, to: file, into: &figures)
    } else {
      figures.omit("compiling from YAML: there is no postern beside postern-bench")
      try Data(Compiler.compile(synthetic.policy(), revision: 1)).write(to: URL(filePath: file))
    }
    let organization = try MeasuredOrganization(synthetic, file: file)
    try OrganizationReport(organization: organization, clock: clock, effort: options.effort).run(into: &figures)
    addSections(organization, into: &figures)
    try OpeningReport.run(organization, into: &figures)
    ThreadReport.run(organization, options.effort, into: &figures)
    ReloadReport.run(organization, clock, options.effort, into: &figures)
  }

  private static func addSections(_ organization: MeasuredOrganization, into figures: inout Figures) {
    let layout = BundleLayout(organization.opened)
    for (name, id) in BundleLayout.sections {
      let byteCount = Double(layout.section(id).byteCount)
      figures.add(
        "sections, \(organization.appCount) apps", name, byteCount, "bytes", hash: organization.opened.mark,
        ratio: byteCount / Double(layout.byteCount), to: "the bundle")
    }
  }

  private static func describe(_ clock: TickClock, _ options: Options, into figures: inout Figures) {
    figures.set("date", Date.now.formatted(.iso8601))
    figures.set("processors", String(ProcessInfo.processInfo.activeProcessorCount))
    figures.set(
      "clock",
      "\(number(clock.emptyNanoseconds)) ns for nothing, taken off; steps of \(number(clock.stepNanoseconds)) ns")
    figures.set(
      "single shots",
      "\(options.effort.rounds) rounds of \(options.effort.shotCount); the least of each quantile, the median of the rounds' ratios"
    )
    figures.set("floor", "clang -O2, x86-64 with SSE2; Postern: swiftc -O, whole module, the same processor")
    figures.set("load", loadAverage)
  }

  /// What else the machine did when the run began.
  private static var loadAverage: String {
    (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)).map { String($0.prefix { $0 != "\n" }) }
      ?? "unknown"
  }
}
