// An inspection as text: a few lines of summary, then the apps, with columns that line up.

internal import PosternBundle

extension Inspection {
  /// The inspection for a terminal, with a line break at the end; with programs where they are asked for.
  public func text(isDisassembled: Bool) -> String {
    var lines = [
      "revision \(revision), \(isSigned ? "signed" : "not signed"), by \(compilerVersion)",
      "manifest \(manifestDigest)",
    ]
    if let zoneData { lines.append(zoneData.line) }
    lines.append("")
    lines += Self.table(sections.map { [$0.name, "\($0.byteCount) bytes"] })
    lines.append("")
    lines += Self.table(counts.map { [$0.name, "\($0.count)"] })
    if let organizationRow { lines += ["", "organization"] + organizationRow.lines }
    for rule in denyRules { lines += [""] + rule.lines(isDisassembled: isDisassembled) }
    for client in clients { lines += [""] + client.lines }
    for app in apps { lines += [""] + app.lines(isDisassembled: isDisassembled) }
    return Wording.lines(lines)
  }

  /// The cost certificates alone: the most that any request to an app can take.
  public var costText: String {
    let rows = apps.map { ["\($0.name)", "\($0.cost.words)", "\($0.cost.probes)", "\($0.cost.bytesScanned)"] }
    return Wording.lines(Self.table([["app", "words", "probes", "bytes scanned"]] + rows, indentation: ""))
  }

  /// Rows whose columns begin at the same place; nothing stands behind the last text of a row.
  package static func table(_ rows: [[String]], indentation: String = "  ") -> [String] {
    let columnCount = rows.map(\.count).max() ?? 0
    let widths = (0..<columnCount).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      let last = row.lastIndex { !$0.isEmpty } ?? 0
      let cells = row.prefix(last + 1).enumerated().map { column, cell in
        column == last ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
      }
      return indentation + cells.joined(separator: "  ")
    }
  }
}

extension ZoneData {
  fileprivate var line: String {
    "time zones \(version.isEmpty ? "of no known version" : version), files \(Wording.hexadecimal(digest))"
  }
}

extension Inspection.AppInspection {
  fileprivate func lines(isDisassembled: Bool) -> [String] {
    var lines = ["app \(name)" + (place.map { "  \($0.text)" } ?? "")]
    lines += Inspection.table(head)
    for row in rows { lines += row.lines }
    for binding in conditionalBindings { lines += binding.lines(isDisassembled: isDisassembled) }
    if !propagation.isEmpty {
      lines.append("  propagation")
      lines += Inspection.table(propagation.map(\.cells), indentation: "    ")
    }
    if !settings.isEmpty {
      lines.append("  settings")
      lines += Inspection.table(
        settings.map { [$0.name, $0.value, $0.place ?? ""] }, indentation: "    ")
    }
    return isDisassembled ? lines + ["  program"] + Inspection.lines(of: program) : lines
  }

  private var head: [[String]] {
    var head = [["audience", audience]]
    head += routes.map { ["route", $0] }
    head.append(["providers", providers.joined(separator: ", ")])
    head += lists.map { [$0.name, $0.texts.joined(separator: ", ")] }
    if let publicBinding { head.append(["public", "binding \(publicBinding)"]) }
    if !denyRules.isEmpty { head.append(["deny rules", denyRules.map(String.init).joined(separator: ", ")]) }
    head.append(["cost", "\(cost.words) words, \(cost.probes) probes, \(cost.bytesScanned) bytes scanned"])
    return head
  }
}

extension Inspection {
  /// The words of all conditional bindings' conditions and what each costs, with a line break at the end.
  public var conditionText: String {
    let conditions = apps.flatMap(\.conditionalBindings).map(\.condition)
    return Wording.lines(conditions.flatMap { Self.lines(of: $0.program) + [$0.costText] })
  }

  static func lines(of program: [DisassembledWord]) -> [String] {
    let digitCount = program.last.map { String($0.index).count } ?? 0
    return program.map { word in
      let index = String(word.index)
      return "    " + String(repeating: " ", count: max(0, digitCount - index.count)) + index + "  " + word.text
    }
  }
}

extension Inspection.Row {
  fileprivate var lines: [String] {
    let count = "\(entryCount) member\(entryCount == 1 ? "" : "s")"
    return ["  row of \(count), bindings from \(firstBindingID)"]
      + Inspection.table(
        grants.map { ["binding \($0.bindingID)", $0.member, $0.place?.text ?? ""] }, indentation: "    ")
  }
}

extension Inspection.ConditionalBinding {
  fileprivate func lines(isDisassembled: Bool) -> [String] {
    ["  conditional binding \(bindingID)" + (place.map { "  \($0.text)" } ?? "")]
      + Inspection.table(condition.cells, indentation: "    ")
      + (isDisassembled ? Inspection.lines(of: condition.program) : [])
  }
}

extension Inspection.Condition {
  /// Characters of a source that are shown.
  private static let shownCount = 100

  fileprivate var cells: [[String]] {
    let texts = source.map { [["condition", $0.title], ["source", Self.shown($0.expression)]] } ?? []
    return texts + [["cost", costText]]
  }

  fileprivate var costText: String {
    let bytes = source.map { ", \($0.byteCount) bytes scanned" } ?? ""
    return "\(wordCount) words\(bytes), for each form of the path"
  }

  /// An expression in one line, and no longer than a line can be.
  private static func shown(_ expression: String) -> String {
    let lines = expression.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
    let line = lines.joined(separator: " ")
    return line.count > shownCount ? line.prefix(shownCount - 1) + "…" : line
  }
}

extension Inspection.PropagatedAttribute {
  fileprivate var cells: [String] {
    [source, emittedName, outputs.joined(separator: ", "), marks.joined(separator: ", ")]
  }
}

extension Inspection.DenyRule {
  fileprivate func lines(isDisassembled: Bool) -> [String] {
    let members = [["denied", denied.joined(separator: ", ")], ["excepted", excepted.joined(separator: ", ")]]
    return ["deny rule \(id)" + (place.map { "  \($0.text)" } ?? "")]
      + Inspection.table(members + (condition?.cells ?? []))
      + (isDisassembled ? condition.map { Inspection.lines(of: $0.program) } ?? [] : [])
  }
}
