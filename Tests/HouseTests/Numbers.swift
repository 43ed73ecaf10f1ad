// Numbers that stand in more than one place: the C header, the Swift enumerations, the pages. Read as text on purpose: what
// is compared is what is written.

/// A name with its number, in order of the file.
struct NumberedName: Hashable, CustomStringConvertible {
  let name: String
  let number: Int

  var description: String { "\(name) = \(number)" }
}

enum Numbers {
  /// The constants of the enumeration that follows `typedef ... TYPE;` in a C header, without `prefix`, in lowerCamelCase.
  static func ofHeader(_ header: String, type: String, prefix: String) -> [NumberedName] {
    guard let start = header.firstRange(of: " \(type);")?.upperBound,
      let open = header[start...].firstIndex(of: "{"), let close = header[open...].firstIndex(of: "}")
    else { return [] }
    return header[open..<close].matches(of: /(\w+)\s*=\s*(\d+)/).compactMap { match in
      guard match.output.1.hasPrefix(prefix), let number = Int(match.output.2) else { return nil }
      return NumberedName(name: lowerCamelCase(match.output.1.dropFirst(prefix.count)), number: number)
    }
  }

  static func lowerCamelCase(_ name: Substring) -> String {
    let words = name.split(separator: "_").map { $0.lowercased() }
    return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// The cases with raw numbers of the first enumeration of this name.
  static func ofEnumeration(_ source: SwiftFile, name: String) -> [NumberedName] {
    let code = source.code.joined(separator: "\n")
    guard let start = code.firstRange(of: "enum \(name): ")?.upperBound,
      let open = code[start...].firstIndex(of: "{"), let close = code[open...].firstIndex(of: "}")
    else { return [] }
    return code[open..<close].matches(of: /(\w+)\s*=\s*(\d+)/).compactMap { match in
      Int(match.output.2).map { NumberedName(name: String(match.output.1), number: $0) }
    }
  }

  /// Static members `name: TYPE { TYPE(number) }`.
  static func ofStaticMembers(_ source: SwiftFile, type: String) -> [NumberedName] {
    source.code.compactMap { line in
      guard let match = line.firstMatch(of: /static var (\w+): (\w+) \{ (\w+)\((\d+)\) \}/),
        match.output.2 == type, match.output.3 == type, let number = Int(match.output.4)
      else { return nil }
      return NumberedName(name: String(match.output.1), number: number)
    }
  }

  /// The rows `| number | name | ...` of the tables below a heading of a page.
  static func ofTable(_ page: String, below heading: String) -> [NumberedName] {
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(where: { $0.hasPrefix("#") && $0.hasSuffix(" \(heading)") }) else { return [] }
    return lines[(start + 1)...].prefix { !$0.hasPrefix("#") }.compactMap { line in
      let cells = line.split(separator: "|").map { $0.filter { $0 != " " && $0 != "`" } }
      guard cells.count >= 3, let number = Int(cells[0]) else { return nil }
      return NumberedName(name: cells[1], number: number)
    }
  }
}
