// The simulation and the table against a matcher of the tests' own, over expressions and texts made from seeds; and the
// shape, the limits and the cost of tables.

import Testing

@testable import PosternCEL

/// Matches by the definition: the places where a node can end, over code points, for a set of places where it begins.
private struct RegexOracle {
  let scalars: [UInt32]

  init(_ text: String) { scalars = text.unicodeScalars.map(\.value) }

  func matches(_ node: RegexNode) -> Bool { !ends(node, Set(0...scalars.count)).isEmpty }

  private func ends(_ node: RegexNode, _ starts: Set<Int>) -> Set<Int> {
    switch node {
    case .empty: starts
    case .codePoint(let set):
      Set(starts.filter { $0 < scalars.count && isMember(scalars[$0], of: set) }.map { $0 + 1 })
    case .assertion(let assertion): starts.filter { holds(assertion, at: $0) }
    case .concatenation(let nodes): nodes.reduce(starts) { ends($1, $0) }
    case .alternation(let nodes): nodes.reduce(into: []) { $0.formUnion(ends($1, starts)) }
    case .repetition(let node, let minimum, let maximum): repeated(node, minimum, maximum, starts)
    }
  }

  private func isMember(_ scalar: UInt32, of set: CodePointSet) -> Bool { set.ranges.contains { $0.contains(scalar) } }

  private func repeated(_ node: RegexNode, _ minimum: Int, _ maximum: Int?, _ starts: Set<Int>) -> Set<Int> {
    var current = starts
    for _ in 0..<minimum { current = ends(node, current) }
    var all = current
    // More rounds than there are places reach no place that is new.
    for _ in 0..<min(maximum ?? .max, minimum + scalars.count + 1) - minimum {
      current = ends(node, current)
      all.formUnion(current)
    }
    return all
  }

  private func holds(_ assertion: RegexAssertion, at place: Int) -> Bool {
    let isBoundary = isWord(place - 1) != isWord(place)
    return switch assertion {
    case .beginText: place == 0
    case .endText: place == scalars.count
    case .beginLine: place == 0 || scalars[place - 1] == 10
    case .endLine: place == scalars.count || scalars[place] == 10
    case .wordBoundary: isBoundary
    default: !isBoundary
    }
  }

  private func isWord(_ place: Int) -> Bool {
    guard scalars.indices.contains(place), let scalar = Unicode.Scalar(scalars[place]), scalar.isASCII else {
      return false
    }
    return Character(scalar).isLetter || Character(scalar).isNumber || scalar == "_"
  }
}

/// Expressions and texts from a seed.
private struct RegexGenerator {
  var random: SeededGenerator

  private static let atoms = [
    "a", "b", "c", "_", "é", "€", "😀", "\\n", " ", ".", "[ab]", "[^a]", "[a-cé-😀]", "\\w", "\\W", "\\d", "\\s", "\\pL",
    "(?i:K)",
    "(?s:.)", "^", "$", "\\b", "\\B", "(?m:^)", "(?m:$)", "\\A", "\\z", "", "[^é]",
  ]
  private static let quantifiers = ["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "{0,2}"]
  private static let characters: [Character] = ["a", "b", "c", "_", "é", "è", "€", "😀", "\n", " ", "k", "K", "1", "-"]

  mutating func pattern(depth: Int) -> String {
    guard depth > 0 else { return Self.atoms.randomElement(using: &random) ?? "" }
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return pattern(depth: depth - 1) + "|" + pattern(depth: depth - 1)
    case 1, 2: return pattern(depth: depth - 1) + pattern(depth: depth - 1)
    case 3, 4: return "(" + pattern(depth: depth - 1) + ")" + (Self.quantifiers.randomElement(using: &random) ?? "")
    default: return "(?:" + pattern(depth: depth - 1) + ")" + pattern(depth: depth - 1)
    }
  }

  mutating func text() -> String {
    String(
      (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in Self.characters.randomElement(using: &random) })
  }
}

/// Bytes that count how many of them are asked for.
private final class CountingBytes: Sequence, IteratorProtocol {
  private var bytes: Array<UInt8>.Iterator
  private(set) var count = 0

  init(_ text: String) { bytes = Array(text.utf8).makeIterator() }

  func next() -> UInt8? {
    guard let byte = bytes.next() else { return nil }
    count += 1
    return byte
  }
}

struct RegexTableTests {
  @Test(
    "the simulation and the table agree with the definition over generated expressions and texts",
    arguments: [1, 2, 3, UInt64.random(in: 4...UInt64.max)])
  func agreement(seed: UInt64) throws {
    print("regular expressions from seed \(seed)")
    var generator = RegexGenerator(random: SeededGenerator(seed: seed))
    var tableCount = 0
    for _ in 0..<300 {
      let pattern = generator.pattern(depth: Int.random(in: 1...3, using: &generator.random))
      let node = try RegexParser.parse(pattern)
      let regex = try CELRegex(pattern)
      // A few expressions need more states than a table may have.
      let table = try? regex.table(stateLimit: 200)
      if table != nil { tableCount += 1 }
      for _ in 0..<12 {
        let text = generator.text()
        let expected = RegexOracle(text).matches(node)
        let place = "seed \(seed), \(pattern.debugDescription) on \(text.debugDescription)"
        #expect(regex.matches(text) == expected, "simulation: \(place)")
        #expect(table?.matches(utf8: text.utf8) ?? expected == expected, "table: \(place)")
      }
    }
    #expect(tableCount >= 270)
  }

  @Test(
    "a table has as many states and classes as its language needs",
    arguments: [
      // Dead, start and matched; one state that only waits for a character is the same as start.
      ("a", 3, 2, true), ("abc", 5, 4, true), ("", 2, 1, true), ("^a", 3, 2, true), ("^a$", 3, 2, false),
      ("a$", 3, 2, false), ("(a|aa)+$", 3, 2, false), ("(a+)+$", 3, 2, false), ("^(a|b|c|d)$", 3, 2, false),
      (#"[^\x00-\x{10FFFF}]"#, 1, 1, false), ("a^b", 1, 1, false), ("(ab|cb|db)*x|x", 3, 2, true),
      ("x{3}", 5, 2, true), ("(x+x+)+y", 5, 3, true),
    ])
  func minimal(pattern: String, stateCount: Int, classCount: Int, hasMatchedState: Bool) throws {
    let table = try CELRegex(pattern).table()
    #expect(table.stateCount == stateCount)
    #expect(table.classCount == classCount)
    #expect((table.matchedState != nil) == hasMatchedState)
  }

  @Test(
    "state 0 rejects and the matched state accepts, and neither is ever left",
    arguments: ["a", "^a$", #"\bfoo\b"#, "(?m)^x$", "é|[^a]b", #"\pL+\d"#, "a^b", ""])
  func sinks(pattern: String) throws {
    let table = try CELRegex(pattern).table()
    #expect(!table.acceptingAtEnd[0])
    #expect(table.transitions[..<table.classCount].allSatisfy { $0 == 0 })
    if let matched = table.matchedState {
      #expect(table.acceptingAtEnd[matched])
      let row = table.transitions[(matched * table.classCount)...].prefix(table.classCount)
      #expect(row.allSatisfy { Int($0) == matched })
    }
  }

  @Test(
    "every entry of a table is a state, and every byte has a class",
    arguments: ["a", #"(?i)\bk\pL+$"#, "(?s)^.*x.{3}$", #"\p{Han}\B"#])
  func wellFormed(pattern: String) throws {
    let table = try CELRegex(pattern).table()
    #expect(table.byteClasses.count == 256)
    #expect(table.byteClasses.allSatisfy { $0 < table.classCount })
    #expect(table.transitions.count == table.stateCount * table.classCount)
    #expect(table.transitions.allSatisfy { $0 < table.stateCount })
  }

  @Test("expressions of the same language have the same table")
  func canonical() throws {
    let tables = try ["^(a|b)*abb$", "^[ab]*abb$", "^(a*b*)*a(b{2})$", "^[ab]*bb$"].map { try CELRegex($0).table() }
    #expect(tables[0] == tables[1])
    #expect(tables[0] == tables[2])
    #expect(tables[0] != tables[3])
  }

  @Test(
    "a table past the states asked for is refused",
    arguments: [("[01]*1[01]{20}$", 4096), ("(a|b)*a(a|b){12}$", 4096), ("a{100}", 50), ("abc", 3), ("a$", 0)])
  func stateCounts(pattern: String, limit: Int) throws {
    let regex = try CELRegex(pattern)
    #expect(throws: CELError(.limit, "the table of the regular expression needs more than \(limit) states")) {
      try regex.table(stateLimit: limit)
    }
  }

  @Test(
    "making a table ends within its bound of steps, made or refused",
    arguments: [
      "(a|aa)+$", "(a+)+$", "(x+x+)+y", "[01]*1[01]{20}", "[01]*1[01]{20}$", "(a?){500}a{500}$",
      "(.*)(.*)(.*)(.*)x$",
      #"(\w+\s?)+$"#, "([a-z]+)*[A-Z]([a-z]+)*[0-9]$", #"(\pL|\pN|\pM){0,20}$"#, "(.{0,30}a){30}$",
    ])
  func hostileTables(pattern: String) throws {
    var determinization = RegexDeterminization(try CELRegex(pattern).program, stateLimit: 4096)
    do {
      _ = try determinization.table()
    } catch {
      #expect(error.kind == .limit)
    }
    // One row may be under way when the bound is noticed.
    #expect(determinization.steps <= RegexLimits.tableStepCount + 200_000)
  }

  @Test(
    "the simulation looks at no more instructions for a byte than three times the program's",
    arguments: ["(a|aa)+$", "(a+)+$", "(x+x+)+y", "[01]*1[01]{20}$", "(a?){50}a{50}$", "(a*)*b"])
  func linearSimulation(pattern: String) throws {
    let program = try CELRegex(pattern).program
    let text = String(repeating: "ax01", count: 500)
    var simulation = RegexSimulation(program)
    let matches = simulation.matches(Array(text.utf8) + [0x21])
    #expect(!matches)
    #expect(simulation.steps <= 3 * program.instructions.count * (text.utf8.count + 2))
  }

  @Test("a match that takes more steps than it may is an error, and one that takes fewer is answered")
  func stepLimit() throws {
    let regex = try CELRegex("(a?){50}a{50}$")
    let text = String(repeating: "a", count: 200) + "!"
    #expect(throws: CELError(.limit, "the regular expression takes more than 1000 steps to match a text")) {
      try regex.matches(text, stepLimit: 1000)
    }
    #expect(try !regex.matches(text, stepLimit: 1_000_000))
    #expect(try regex.matches(String(text.dropLast()), stepLimit: 1_000_000))
  }

  @Test(
    "a table takes one step a byte, whatever the expression", arguments: ["(a+)+$", "(a|aa)+$", "(x+x+)+y", "(a*)*b"])
  func oneStepAByte(pattern: String) throws {
    let table = try CELRegex(pattern).table()
    let bytes = CountingBytes(String(repeating: "a", count: 10_000) + "!")
    #expect(!table.matches(utf8: bytes))
    #expect(bytes.count == 10_001)
  }
}
