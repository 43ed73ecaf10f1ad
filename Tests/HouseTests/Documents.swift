// Pages of Markdown as the rules read them: headings, links, tables.

struct MarkdownFile: Sendable {
  let path: String
  let lines: [String]
  /// Whether a line is inside a block of code.
  let isCode: [Bool]

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var isFenced = false
    var isCode: [Bool] = []
    for line in lines {
      let isFence = line.hasPrefix("```")
      isCode.append(isFenced || isFence || line.hasPrefix("    "))
      if isFence { isFenced.toggle() }
    }
    self.isCode = isCode
  }

  /// A page has one title, and it stands first.
  func titleViolations() -> [Violation] {
    let titles = lines.indices.filter { !isCode[$0] && lines[$0].hasPrefix("# ") }
    if titles == [0] { return [] }
    let line = titles.first { $0 != 0 } ?? 0
    return [Violation(path: path, line: line + 1, message: "one `# Title`, in the first line, and no other")]
  }

  /// Links to files that are not there. `exists` is asked for paths from the root.
  func linkViolations(exists: (String) -> Bool) -> [Violation] {
    let folder = path.split(separator: "/").dropLast().map(String.init)
    return lines.indices.flatMap { index -> [Violation] in
      if isCode[index] { return [] }
      return lines[index].matches(of: /\]\(([^)#\s]+)(?:#[^)]*)?\)/).compactMap { match in
        let target = String(match.output.1)
        if target.contains("://") || exists(Self.resolve(target, in: folder)) { return nil }
        return Violation(path: path, line: index + 1, message: "the link to \(target) leads nowhere")
      }
    }
  }

  private static func resolve(_ target: String, in folder: [String]) -> String {
    var parts = folder
    for part in target.split(separator: "/") {
      if part == ".." { parts = parts.dropLast() } else if part != "." { parts.append(String(part)) }
    }
    return parts.joined(separator: "/")
  }

  /// The names in backticks in the first column of the table below a heading.
  func names(inTableBelow heading: String) -> [String] {
    guard let start = lines.firstIndex(where: { $0.hasPrefix("#") && $0.hasSuffix(" \(heading)") }) else { return [] }
    return lines[(start + 1)...].prefix { !$0.hasPrefix("#") }.flatMap { line -> [String] in
      guard line.hasPrefix("|"), let first = line.split(separator: "|").first else { return [] }
      return first.matches(of: /`(\w+)`/).map { String($0.output.1) }
    }
  }
}
