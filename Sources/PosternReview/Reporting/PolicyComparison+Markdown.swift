// A comparison for a pull request: a table of the differences, and below it each witness, folded, as a request file. Refuses
// nothing; what would be Markdown in a name is escaped.

internal import PosternLanguage

extension PolicyComparison {
  /// The report as GitHub-flavoured Markdown.
  public var markdown: String {
    var lines = ["### Policy review", "", "**\(summary)**", ""]
    if isSame { return lines.map { $0 + "\n" }.joined() }
    lines += ["| effect | app | what | where |", "|---|---|---|---|"]
    for difference in differences {
      let what =
        Self.escaped("\(difference.kind.rawValue): \(difference.sentence)")
        + (difference.condition.map { "<br>where " + Self.escaped($0) } ?? "")
        + (difference.isUnproven ? "<br>" + Self.escaped(difference.proofSentence) : "")
      lines.append(
        "| \(difference.effect.word) | \(Self.escaped(difference.appName ?? "organization")) | \(what) "
          + "| \(Self.escaped(difference.place?.text ?? "")) |")
    }
    lines += [""] + differences.flatMap(witnessLines)
    return lines.map { $0 + "\n" }.joined()
  }

  private func witnessLines(_ difference: Difference) -> [String] {
    guard let facts = difference.proof.facts else { return [] }
    let title = "\(difference.appName ?? "organization"), \(difference.sentence)"
    return [
      // A line of HTML: Markdown's escapes would stand in it as they are, and a line end would end it.
      "<details><summary>\(Self.escapedHTML(title.split(whereSeparator: \.isNewline).joined(separator: " ")))</summary>",
      "", Self.escaped(difference.proofSentence), "",
      "```json", facts.prettyText.trimmedEnd, "```", "", "</details>", "",
    ]
  }

  /// Text that stands for itself in a table cell.
  private static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\n", "\r": " "
      case "|", "\\", "`", "*", "_", "[", "]", "~", "#": "\\\(character)"
      default: String(character)
      }
    }.joined()
  }
}

extension String {
  /// Without the line break at its end.
  fileprivate var trimmedEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}
