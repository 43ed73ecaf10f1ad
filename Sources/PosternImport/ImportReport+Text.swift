// The report for people: a line for each resource, below it what the tree does not have of it and why.

internal import PosternLanguage

extension ImportReport {
  /// The whole report.
  public var text: String {
    var lines: [String] = []
    for fault in faults {
      lines.append("\(fault.place.text): error: \(fault.message)")
      if let help = fault.help { lines.append("  " + help) }
    }
    lines += skipped.map { "\(ReportText.path($0.path)): skipped: \($0.why)" }
    for item in items { lines += Self.lines(of: item) }
    if !names.isEmpty {
      lines.append("")
      lines += names.map { "\($0.what): \($0.path), \($0.source)" }
    }
    return (lines + ["", summary]).joined(separator: "\n") + "\n"
  }

  /// `3 resources: 2 whole, 1 in part, 0 not carried over`.
  public var summary: String {
    if hasFaults { return "\(Diagnostic.counted(faults.count, "mistake")) in the inputs: nothing is written" }
    let resources = items.filter { $0.outcome != .envelope }
    let counts = [(Outcome.whole, "whole"), (.part, "in part"), (.none, "not carried over")].map { outcome, word in
      "\(resources.count { $0.outcome == outcome }) \(word)"
    }
    let skippedText = skipped.isEmpty ? "" : ", \(Diagnostic.counted(skipped.count, "path")) skipped"
    return "\(Diagnostic.counted(resources.count, "resource")): \(counts.joined(separator: ", "))\(skippedText)"
  }

  private static func lines(of item: Item) -> [String] {
    let name = item.name.map { " " + Diagnostic.quoted($0) } ?? ""
    var head = "\(item.place.text): \(item.kind)\(name)"
    if let position = item.position { head += " of \(position)" }
    switch item.outcome {
    case .whole: head += ": whole"
    case .part: head += ": in part"
    case .none: head += ": not carried over"
    case .envelope: break
    }
    if !item.files.isEmpty { head += ", in " + item.files.joined(separator: ", ") }
    return [head] + lostLines(item) + quietLines(item)
  }

  private static func lostLines(_ item: Item) -> [String] {
    item.fields.filter { $0.field.remark.kind == .lost }.flatMap { placed in
      let path = placed.field.path.isEmpty ? "all of it" : Diagnostic.quoted(placed.field.path)
      let line = "  \(placed.place.text): \(path) is not carried over: \(placed.field.remark.why)"
      return [line] + (placed.field.remark.help.map { ["    = help: " + $0] } ?? [])
    }
  }

  /// What is no policy, by reason, on one line each.
  private static func quietLines(_ item: Item) -> [String] {
    var reasons: [Remark] = []
    var paths: [Remark: [String]] = [:]
    for placed in item.fields where placed.field.remark.kind != .lost {
      if paths[placed.field.remark] == nil { reasons.append(placed.field.remark) }
      paths[placed.field.remark, default: []].append(placed.field.path)
    }
    return reasons.map { remark in
      let fields = (paths[remark] ?? []).map { $0.isEmpty ? "all of it" : ReportText.path($0) }
      return "  \(remark.why): \(fields.joined(separator: ", "))"
    }
  }
}
