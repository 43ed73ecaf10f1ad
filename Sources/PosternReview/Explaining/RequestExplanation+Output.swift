// An explanation for people and for other tools.

internal import PosternCompiler
public import PosternLanguage

extension RequestExplanation {
  /// Changes that are shown unless all are asked for.
  static let shownChangeCount = 5
  /// Members that are shown of those who get the same answer.
  private static let shownMemberCount = 8
  private static let exampleCount = 5

  private var isAllowed: Bool { explanation.decision.verdict == .allow }

  // MARK: text

  /// The explanation for a terminal, with a line break at its end.
  public func text(isColored: Bool = false, showsAll: Bool = false) -> String {
    let paint = Paint(isOn: isColored)
    var lines = explanation.text.split(separator: "\n").map(String.init)
    if let first = lines.first { lines[0] = paint.verdict(first, isAllowed: isAllowed) }
    lines += ["", paint.heading("the road (docs/decision.md, \"Order\")")] + roadLines(paint)
    if !isOfPolicy { lines.append("  " + Self.bundleNote) }
    lines += ["", paint.heading(changesHeading)] + changeLines(showsAll: showsAll)
    if !formChanges.isEmpty {
      let other =
        explanation.decision.verdict == .redirect
        ? "a 401 in place of the login page" : "a login page in place of the 401"
      lines +=
        ["", paint.heading("what would have made it \(other)")]
        + formChanges.map { "  " + $0.text }.map(Wording.printable)
    }
    lines +=
      ["", paint.heading("who else gets this answer")]
      + sameLines(showsAll: showsAll).map { "  " + Wording.printable($0) }
    return lines.map { $0 + "\n" }.joined()
  }

  private static let bundleNote =
    "A bundle says where rules and apps are written, not limits and routes: explain the folder for the whole road."

  private func roadLines(_ paint: Paint) -> [String] {
    let rows = Inspection.table(road.map { [$0.isDeciding ? ">" : " "] + $0.cells }).map(Wording.printable)
    return zip(road, rows).flatMap { step, row in
      [step.isDeciding ? paint.verdict(row, isAllowed: isAllowed) : row]
        + step.details.map { "           " + Wording.printable($0) }
    }
  }

  private var changesHeading: String { isAllowed ? "what would end it" : "what would have let it in" }

  private func changeLines(showsAll: Bool) -> [String] {
    let tried =
      Shown.count(triedCounts.singles, "single change", "single changes")
      + (triedCounts.instants == 0 ? "" : ", \(Shown.count(triedCounts.instants, "other time", "other times"))")
      + (triedCounts.pairs == 0 ? "" : " and \(Shown.count(triedCounts.pairs, "pair", "pairs")) of them")
    if changes.isEmpty { return ["  nothing was found, after trying \(tried)"] }
    let shown = showsAll ? changes[...] : changes.prefix(Self.shownChangeCount)
    let width = shown.map(\.text.count).filter { $0 <= Self.columnWidth }.max() ?? 0
    let ends = Inspection.table(
      shown.map { change in
        (isAllowed ? ["\(change.decision.reason)"] : []) + [change.places.compactMap { $0 }.first?.text ?? ""]
      })
    let rows = zip(shown, ends).map { change, end in
      "  " + (end.allSatisfy { $0 == " " } ? change.text : Self.padded(change.text, to: width) + end)
    }
    let rest = changes.count - shown.count
    return rows.map(Wording.printable) + (rest == 0 ? [] : ["  and \(rest) more, with --all"])
  }

  /// Longer changes do not move the others' places.
  private static let columnWidth = 80

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func sameLines(showsAll: Bool) -> [String] {
    switch same {
    case .everybody: return ["everybody: who asks makes no difference"]
    case .everybodyWithoutLogin: return ["everybody who is not logged in"]
    case .notKnown: return ["not known: a bundle does not say who is in its groups; explain the folder"]
    case .those(let those): return lines(those, showsAll: showsAll)
    }
  }

  private func lines(_ those: SameAnswers, showsAll: Bool) -> [String] {
    let named = Shown.count(those.namedCount, "person whom the policy names", "people whom the policy names")
    let asked = those.isCut ? ", of whom \(SameAnswers.peopleLimit) were asked for" : ""
    let sets = those.sets.map { "whoever is in \($0), which the directory does not list" }
    if those.people.isEmpty { return ["nobody else of the \(named)\(asked)"] + sets }
    let examples = those.people.prefix(Self.exampleCount).joined(separator: ", ")
    let shown = showsAll ? those.entries[...] : those.entries.prefix(Self.shownMemberCount)
    let rest = those.entries.count - shown.count
    let members = shown.map { entry in
      entry.member + (entry.peopleCount.map { " (\(Shown.count($0, "person", "people")))" } ?? "")
    }
    return [
      "\(Shown.count(those.people.count, "other", "others")) of the \(named)\(asked), such as \(examples)",
      "as members: " + members.joined(separator: ", ") + (rest == 0 ? "" : ", and \(rest) more"),
    ] + sets
  }

  // MARK: JSON

  /// The explanation as an object; every change with the request that the kernel was asked.
  public var json: JSONValue {
    guard case .object(let members) = explanation.json else { return explanation.json }
    return .object(
      members + [
        JSONValue.Member("road", .array(road.map(\.json))), JSONValue.Member("changes", .array(changes.map(\.json))),
        JSONValue.Member("formChanges", .array(formChanges.map(\.json))),
        JSONValue.Member(
          "tried",
          .object([
            "singles": .integer(Int64(triedCounts.singles)), "instants": .integer(Int64(triedCounts.instants)),
            "pairs": .integer(Int64(triedCounts.pairs)),
          ])),
        JSONValue.Member("sameAnswer", sameJSON),
      ])
  }

  private var sameJSON: JSONValue {
    switch same {
    case .everybody: .object(["who": "everybody"])
    case .everybodyWithoutLogin: .object(["who": "everybodyWithoutLogin"])
    case .notKnown: .object(["who": "notKnown"])
    case .those(let those):
      .object([
        "who": "those", "caller": those.caller.map { .string($0) }, "peopleCount": .integer(Int64(those.people.count)),
        "namedCount": .integer(Int64(those.namedCount)), "complete": .bool(!those.isCut),
        "members": .array(
          those.entries.map { entry in
            .object(["member": .string(entry.member), "peopleCount": entry.peopleCount.map { .integer(Int64($0)) }])
          }),
        "people": .array(those.people.map { .string($0) }), "sets": .array(those.sets.map { .string($0) }),
      ])
    }
  }
}

/// Colours, on terminals alone.
private struct Paint {
  let isOn: Bool

  func heading(_ text: String) -> String { isOn ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  func verdict(_ text: String, isAllowed: Bool) -> String {
    isOn ? "\u{1B}[\(isAllowed ? 32 : 31)m\(text)\u{1B}[0m" : text
  }
}
