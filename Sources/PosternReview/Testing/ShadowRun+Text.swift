// A decision log's flips for people and for scripts. Refuses nothing; what came from the log is shown, not sent to a terminal.

internal import PosternCompiler
public import PosternLanguage

extension ShadowRun {
  /// `3 of 1200 decisions would be others`, and how many lines could not be read.
  public var summary: String {
    let flipped = flips.reduce(0) { $0 + $1.count }
    let decided = "\(decidedCount) decision\(decidedCount == 1 ? "" : "s")"
    let broken = brokenCount == 0 ? "" : "; \(brokenCount) line\(brokenCount == 1 ? "" : "s") could not be read"
    return (flipped == 0 ? "none of \(decided) would be another" : "\(flipped) of \(decided) would be others") + broken
  }

  /// The report for people.
  public var text: String {
    var lines: [String] = []
    for flip in flips {
      let times = flip.count == 1 ? "once" : "\(flip.count) times"
      lines.append(
        "\(flip.effect.word)  \(flip.appName ?? "no app"): \(flip.before.text) -> \(flip.after.text), \(times)")
      lines.append("    line \(flip.line): \(flip.facts.sentence)")
    }
    for broken in brokenLines { lines.append("line \(broken.line) cannot be read: \(broken.reason)") }
    if brokenCount > brokenLines.count { lines.append("and \(brokenCount - brokenLines.count) more lines") }
    return Wording.lines(lines + [summary])
  }

  /// The report for scripts.
  public var json: JSONValue {
    .object([
      "decided": .integer(Int64(decidedCount)), "flips": .array(flips.map(\.json)),
      "broken": .integer(Int64(brokenCount)),
      "brokenLines": .array(
        brokenLines.map { .object(["line": .integer(Int64($0.line)), "reason": .string($0.reason)]) }),
    ])
  }
}

extension ShadowFlip {
  fileprivate var json: JSONValue {
    .object([
      "app": appName.map { .string($0) }, "effect": .string(effect.word), "before": before.json, "after": after.json,
      "count": .integer(Int64(count)), "line": .integer(Int64(line)), "facts": facts.json,
    ])
  }
}

extension ShadowAnswer {
  fileprivate var json: JSONValue {
    .object(["verdict": .string("\(verdict)"), "reason": reason.map { .string("\($0)") }])
  }
}
