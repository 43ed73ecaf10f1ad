// Regular expressions of RE2's syntax, matched in time linear in the text. Refuses what RE2 refuses, and expressions
// whose program would be larger than `RegexLimits`.

/// A regular expression that is ready to match texts.
public struct CELRegex: Sendable {
  let program: RegexProgram

  /// Reads RE2 syntax; an error says what RE2 would not take, or which limit is passed.
  public init(_ pattern: String) throws(CELError) {
    program = try RegexCompiler.compile(try RegexParser.parse(pattern))
  }

  /// Whether the expression matches somewhere in the text.
  public func matches(_ text: String) -> Bool {
    var simulation = RegexSimulation(program)
    return simulation.matches(text.utf8)
  }

  /// The same with a bound on the instructions looked at; past it an error of kind `.limit`.
  public func matches(_ text: String, stepLimit: Int) throws(CELError) -> Bool {
    var simulation = RegexSimulation(program, stepLimit: stepLimit)
    let matches = simulation.matches(text.utf8)
    guard simulation.steps <= stepLimit else {
      throw CELError(.limit, "the regular expression takes more than \(stepLimit) steps to match a text")
    }
    return matches
  }

  /// The same question as a table of one step a byte; past `stateLimit` states, or too much work, an error of kind
  /// `.limit`.
  public func table(stateLimit: Int = 4096) throws(CELError) -> CELRegexTable {
    var determinization = RegexDeterminization(program, stateLimit: min(stateLimit, RegexLimits.tableStateCount))
    return try determinization.table().minimized()
  }
}

/// Bounds on expressions, so that reading and compiling one takes a small part of a second.
enum RegexLimits {
  /// Bytes of a pattern.
  static let patternByteCount = 100_000
  /// Instructions of a program, with counted repetition written out.
  static let instructionCount = 20_000
  /// Ranges of bytes in all instructions of a program.
  static let edgeCount = 100_000
  /// Ranges that the classes of a pattern may come to while it is read.
  static let classRangeCount = 200_000
  /// What ignoring the case of a large class counts for, in ranges.
  static let foldingCost = 400
  /// States that fit a table's 16-bit entries.
  static let tableStateCount = 65_536
  /// Instructions looked at and byte classes stepped over while a table is made.
  static let tableStepCount = 4_000_000
  /// Entries of a table before it is made smaller: states times byte classes.
  static let tableEntryCount = 1_000_000

  static var tooManyInstructions: CELError {
    CELError(.limit, "the regular expression takes more than \(instructionCount) instructions")
  }
}
