// How long things are and what they say about themselves: functions, files, first lines, public declarations.

enum ShapeLimit {
  static let functionLineCount = 70
  static let fileLineCount = 500
  static let summaryCharacterCount = 150
}

extension SwiftFile {
  func lengthViolations() -> [Violation] {
    // The last line ends with a newline: what follows is no line.
    let count = lines.last == "" ? lines.count - 1 : lines.count
    if count <= ShapeLimit.fileLineCount { return [] }
    return [violation(line: count - 1, "the limit of a file is \(ShapeLimit.fileLineCount) lines: split it")]
  }

  func openingViolations() -> [Violation] {
    // `///` would be the documentation of a declaration, not of the file.
    let isComment = lines.first.map { $0.hasPrefix("// ") } ?? false
    return isComment ? [] : [violation(line: 0, "open with a `//` comment: what the file is, and what it refuses")]
  }

  // MARK: functions

  private static let typeWords: Set<Substring> = ["struct", "class", "enum", "extension", "protocol", "actor"]
  private static let declarationWords: Set<Substring> = typeWords.union([
    "func", "init", "deinit", "subscript", "var", "let", "if", "for", "while", "switch", "guard", "do", "catch", "else",
    "return", "defer", "repeat",
  ])

  /// Blocks of code (so not those of types) that are longer than a function may be.
  func functionViolations() -> [Violation] {
    var open: [(isType: Bool, line: Int)] = []
    var header: (word: Substring, line: Int)?
    var violations: [Violation] = []
    for (index, line) in code.enumerated() {
      for token in Self.tokens(of: line) {
        switch token {
        case "{":
          open.append((header.map { Self.typeWords.contains($0.word) } ?? false, header?.line ?? index))
          header = nil
        case "}":
          header = nil
          if let block = open.popLast(), !block.isType, let message = lengthMessage(block.line...index) {
            violations.append(violation(line: block.line, message))
          }
        case ";": header = nil
        default: if Self.declarationWords.contains(token) { header = (token, index) }
        }
      }
    }
    return violations
  }

  /// The words, braces and semicolons of a line.
  private static func tokens(of line: String) -> [Substring] {
    var tokens: [Substring] = []
    var rest = line[...]
    while let first = rest.first {
      let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      if !word.isEmpty || "{};".contains(first) { tokens.append(word.isEmpty ? rest.prefix(1) : word) }
      rest = rest.dropFirst(max(1, word.count))
    }
    return tokens
  }

  /// Golden texts inside a function are data, and do not count.
  private func lengthMessage(_ block: ClosedRange<Int>) -> String? {
    let count = block.count { !isText(line: $0) }
    if count <= ShapeLimit.functionLineCount { return nil }
    return "\(count) lines of code in one piece, the limit is \(ShapeLimit.functionLineCount): divide it"
  }

  // MARK: public declarations

  /// Public declarations without a summary. What implements a C header is documented there, and an initializer that only
  /// stores its parameters says nothing that the stored properties do not.
  func summaryViolations() -> [Violation] {
    code.indices.compactMap { index in
      guard code[index].contains(/(?:^|\s)public\s/), !code[index].contains(/\simport\s/) else { return nil }
      var first = index
      while first > 0, code[first - 1].contains(/^\s*@\w/) { first -= 1 }
      if code[first...index].contains(where: { $0.contains("@implementation") }) { return nil }
      if storesOnly(initializerAt: index) { return nil }
      return summaryFault(above: first).map { violation(line: index, $0) }
    }
  }

  /// Whether an initializer begins at a line, whose body is nothing but `self.name = name`.
  private func storesOnly(initializerAt index: Int) -> Bool {
    guard code[index].contains(/^\s*public init\(/) else { return false }
    let rest = code[index...].joined(separator: "\n")
    guard let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") else { return false }
    return rest[rest.index(after: open)..<close].split(separator: "\n").allSatisfy { line in
      line.allSatisfy(\.isWhitespace) || line.wholeMatch(of: /\s*self\.(\w+) = (\w+)\s*/).map { $0.1 == $0.2 } ?? false
    }
  }

  /// What is wrong with the first sentence of the documentation that ends above a line.
  private func summaryFault(above line: Int) -> String? {
    let texts = lines.map { $0.trimmingPrefix(while: \.isWhitespace) }
    var first = line
    while first > 0, texts[first - 1].hasPrefix("///") { first -= 1 }
    if first == line { return "say in one sentence of `///` what this is" }
    let paragraph = texts[first..<line].map { $0.dropFirst(3).trimmingPrefix(while: \.isWhitespace) }
      .prefix { !$0.isEmpty }.joined(separator: " ")
    guard let stop = paragraph.firstRange(of: /[.](?=$|\s+[A-Z`0-9])/) else {
      return "a summary is a sentence and ends with a full stop"
    }
    let count = paragraph[..<stop.upperBound].count
    if count <= ShapeLimit.summaryCharacterCount { return nil }
    return "a summary has at most \(ShapeLimit.summaryCharacterCount) characters, this one \(count): shorten it"
  }
}

// MARK: unfinished work

/// Lines that say that something is still to be done.
func unfinishedViolations(path: String, lines: [String]) -> [Violation] {
  // Spelled apart, so that this file does not hold what it looks for.
  let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HACK" + ":"]
  return lines.enumerated().compactMap { index, line in
    marks.contains { line.contains($0) }
      ? Violation(path: path, line: index + 1, message: "a mark of unfinished work: finish it, or cut it") : nil
  }
}
